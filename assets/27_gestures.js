"use strict";

/**
 * What hands do to a chart: wheel, drags, pinches, double clicks and keys change its view at once; a pointer that
 * hovers, or a finger that rests, moves the crosshair.
 */
{
  const { scales } = window.candlecast;
  const LONG_PRESS_MS = 450;
  const MOVES_AFTER = 4; // CSS pixels
  const WHEEL_RESTS_MS = 150;
  const WHEEL_LINE = 33; // pixels of a line and of a page, where a mouse counts in those
  const WHEEL_PAGE = 400;
  const ZOOM = 0.0016; // per wheel pixel; pinches on a touchpad come as small steps with the control key
  const PINCH = 0.012;
  const STRONGEST = Math.log(1.6); // of one event
  const KEY_ZOOM = 1.25;
  const NOT_OURS = "button, a, input, select, textarea, [data-no-gesture]";

  class Gestures {
    /**
     * @param {ChartPanel} panel @param {(panel: ChartPanel) => void} changed the view is another
     * @param {Crosshairs} crosshairs
     */
    constructor(panel, changed, crosshairs) {
      this.panel = panel;
      this.changed = changed;
      this.crosshairs = crosshairs;
      /** @type {Map<number, {x: number, y: number}>} fingers and buttons that are down, device pixels */
      this.down = new Map();
      /** @type {"" | "plot" | "price" | "time" | "pinch" | "point" | "rest"} */
      this.mode = "";
      this.timer = 0;
      this.ending = new AbortController();
      this.listen(panel.element);
    }

    /** @param {HTMLElement} chart */
    listen(chart) {
      const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act, options = {}) =>
        chart.addEventListener(name, (event) => this.panel.meta && act(event), { signal: this.ending.signal, ...options });
      on("pointerdown", (event) => this.onDown(event));
      on("pointermove", (event) => this.onMove(event));
      on("pointerup", (event) => this.onUp(event));
      on("pointercancel", (event) => this.onUp(event));
      on("pointerleave", (event) => event.pointerType !== "touch" && this.crosshairs.leave(this.panel));
      on("dblclick", (event) => this.onDouble(event));
      on("wheel", (event) => this.onWheel(event), { passive: false });
      on("keydown", (event) => this.onKey(event));
      on("contextmenu", (event) => this.mode === "point" && event.preventDefault());
      // A page does not scroll under a finger that moves the crosshair, nor under two
      on("touchmove", (event) => ["point", "pinch"].includes(this.mode) && event.preventDefault(), { passive: false });
    }

    stop() {
      clearTimeout(this.timer);
      this.ending.abort();
      this.crosshairs.leave(this.panel);
    }

    /** @param {PointerEvent | MouseEvent} event @returns {{x: number, y: number}} device pixels from the chart's corner */
    at({ clientX, clientY }) {
      const { left, top } = this.panel.element.getBoundingClientRect();
      return { x: (clientX - left) * this.panel.ratio, y: (clientY - top) * this.panel.ratio };
    }

    /** @param {{x: number, y: number}} at @returns {"plot" | "price" | "time"} */
    zone({ x, y }) {
      const meta = /** @type {Meta} */ (this.panel.meta);
      if (y >= scales.plotBottom(meta)) return "time";
      return x >= meta.plot[2] ? "price" : "plot";
    }

    // --- pointers -----------------------------------------------------------------------------------------------

    /** @param {PointerEvent} event */
    onDown(event) {
      if (event.button !== 0 || (event.target instanceof Element && event.target.closest(NOT_OURS))) return;
      const at = this.at(event);
      this.panel.element.focus({ preventScroll: true });
      this.panel.element.setPointerCapture(event.pointerId);
      this.down.set(event.pointerId, at);
      clearTimeout(this.timer);
      if (this.down.size > 1) this.mode = "pinch";
      else if (event.pointerType !== "touch" || this.zone(at) !== "plot") this.mode = this.zone(at);
      else {
        this.mode = "rest";
        this.timer = setTimeout(() => this.press(at), LONG_PRESS_MS);
      }
      if (event.pointerType === "touch") this.crosshairs.leave(this.panel);
    }

    /** A finger has rested. @param {{x: number, y: number}} at */
    press(at) {
      this.mode = "point";
      this.crosshairs.pointAt(this.panel, at.x, at.y);
    }

    /** @param {PointerEvent} event */
    onMove(event) {
      const at = this.at(event);
      const before = this.down.get(event.pointerId);
      if (event.pointerType !== "touch" || this.mode === "point") this.hover(event, at);
      if (!before || this.mode === "point") return;
      const far = Math.hypot(at.x - before.x, at.y - before.y) >= MOVES_AFTER * this.panel.ratio;
      if (this.mode === "rest" && !far) return;
      clearTimeout(this.timer);
      if (this.mode === "rest") this.mode = "plot";
      if (this.mode === "pinch") this.pinch(event.pointerId, at);
      else this.drag(before, at);
      this.down.set(event.pointerId, at);
      this.changed(this.panel);
    }

    /** @param {PointerEvent} event @param {{x: number, y: number}} at */
    hover(event, at) {
      const over = event.target instanceof Element && event.target.closest(NOT_OURS);
      if (over || this.zone(at) !== "plot") this.crosshairs.leave(this.panel);
      else this.crosshairs.pointAt(this.panel, at.x, at.y);
    }

    /** @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
    drag(from, to) {
      const { view, scale } = this.panel;
      const meta = /** @type {Meta} */ (this.panel.meta);
      const [x0, y0, x1, y1] = meta.plot;
      if (this.mode === "plot") view.drag(meta, scale, to.x - from.x, to.y - from.y);
      else if (this.mode === "price") {
        const rest = (/** @type {number} */ y) => Math.max(y1 - y, 0) + 0.2 * (y1 - y0);
        view.stretch(meta, rest(from.y) / rest(to.y));
      } else {
        const rest = (/** @type {number} */ x) => Math.max(x1 - x, 0) + 0.05 * (x1 - x0);
        view.zoom(meta, scale, rest(to.x) / rest(from.x), null);
      }
    }

    /** @param {number} moved which finger @param {{x: number, y: number}} to */
    pinch(moved, to) {
      const meta = /** @type {Meta} */ (this.panel.meta);
      const other = [...this.down].find(([id]) => id !== moved)?.[1];
      const from = this.down.get(moved);
      if (!other || !from) return;
      const apart = (/** @type {{x: number, y: number}} */ at) =>
        Math.max(8 * this.panel.ratio, Math.hypot(at.x - other.x, at.y - other.y));
      this.panel.view.zoom(meta, this.panel.scale, apart(from) / apart(to), (to.x + other.x) / 2);
      this.panel.view.drag(meta, this.panel.scale, (to.x - from.x) / 2, 0);
    }

    /** @param {PointerEvent} event */
    onUp(event) {
      clearTimeout(this.timer);
      if (!this.down.delete(event.pointerId)) return;
      this.mode = this.down.size ? "plot" : "";
      if (this.down.size) return;
      this.panel.view.settle();
      this.changed(this.panel);
    }

    /** @param {MouseEvent} event */
    onDouble(event) {
      if (event.target instanceof Element && event.target.closest(NOT_OURS)) return;
      const { view } = this.panel;
      const zone = this.zone(this.at(event));
      if (zone === "price") view.prices = null;
      else if (zone === "time") view.zoomed = null;
      else view.reset();
      this.changed(this.panel);
    }

    /** @param {WheelEvent} event */
    onWheel(event) {
      event.preventDefault();
      const { view, scale } = this.panel;
      const meta = /** @type {Meta} */ (this.panel.meta);
      const unit = [1, WHEEL_LINE, WHEEL_PAGE][event.deltaMode] ?? 1;
      const [dx, dy] = event.shiftKey ? [event.deltaX || event.deltaY, 0] : [event.deltaX, event.deltaY];
      const at = this.at(event);
      const power = dy * unit * (event.ctrlKey ? PINCH : ZOOM);
      const factor = Math.exp(Math.max(-STRONGEST, Math.min(STRONGEST, power)));
      if (Math.abs(dx) > Math.abs(dy)) view.drag(meta, scale, -dx * unit * this.panel.ratio, 0);
      else if (this.zone(at) === "price") view.stretch(meta, factor);
      else view.zoom(meta, scale, factor, Math.min(at.x, meta.plot[2]));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        view.settle();
        this.changed(this.panel);
      }, WHEEL_RESTS_MS);
      this.changed(this.panel);
    }

    // --- keys ---------------------------------------------------------------------------------------------------

    /** @param {KeyboardEvent} event */
    onKey(event) {
      const ours = event.target === this.panel.element && !event.defaultPrevented;
      if (!ours || event.ctrlKey || event.altKey || event.metaKey || !this.obey(event)) return;
      event.preventDefault();
      this.changed(this.panel);
    }

    /** @param {KeyboardEvent} event @returns {boolean} whether it is one of ours */
    obey({ key, shiftKey }) {
      const { view, scale } = this.panel;
      const meta = /** @type {Meta} */ (this.panel.meta);
      const stride = Math.max(1, Math.round(view.bars * (shiftKey ? 0.5 : 0.1)));
      const zoom = (/** @type {number} */ factor) => view.zoom(meta, scale, factor, null);
      if (key === "ArrowLeft") view.moveTo(meta, view.endBeside(meta) - stride);
      else if (key === "ArrowRight") view.moveTo(meta, view.endBeside(meta) + stride);
      else if (key === "+" || key === "=") zoom(1 / KEY_ZOOM);
      else if (key === "-" || key === "_") zoom(KEY_ZOOM);
      else if (key === "Home") view.moveTo(meta, -Infinity);
      else if (key === "End") view.place = null;
      else if (key === "0" || (key === "Escape" && !view.isUsual)) view.reset();
      else return false;
      return true;
    }
  }

  window.candlecast.Gestures = Gestures;
}
