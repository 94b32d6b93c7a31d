"use strict";

/** What hands do to the chart of a backtest: drags, the wheel and keys show other candles, a pointer tells the time. */
{
  const { words } = window.candlecast;
  const WHEEL = 0.0015;
  const KEY_ZOOM = 1.25;
  const BUSY = "is-dragged";

  /** Time runs evenly between two knots. @param {[number[], number[]]} knots @param {number} row @returns {number} ms */
  function timeAt([rows, times], row) {
    const after = Math.max(1, rows.findIndex((each) => each >= row));
    const before = after - 1;
    if (rows.length < 2) return times[0];
    const share = (row - rows[before]) / (rows[after] - rows[before]);
    return times[before] + share * (times[after] - times[before]);
  }

  class RunHands {
    /** @param {RunChart} chart @param {AbortSignal} signal ends it */
    constructor(chart, signal) {
      this.chart = chart;
      /** @type {{x: number, first: number, last: number} | null} */
      this.drag = null;
      const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act, options = {}) =>
        chart.element.addEventListener(name, act, { signal, ...options });
      on("wheel", (event) => this.onWheel(event), { passive: false });
      on("pointerdown", (event) => this.onDown(event));
      on("pointermove", (event) => this.onMove(event));
      on("pointerup", () => this.drop());
      on("pointercancel", () => this.drop());
      on("pointerleave", () => this.point(null));
      on("dblclick", (event) => event.target.closest("button") || chart.show(0, chart.facts.bars));
      on("keydown", (event) => this.onKey(event));
    }

    /** @param {{clientX: number}} event @returns {number} share of the plot's width */
    share({ clientX }) {
      const width = this.chart.shown?.plot[2] ?? this.chart.element.clientWidth;
      return Math.min(Math.max((clientX - this.chart.element.getBoundingClientRect().left) / width, 0), 1);
    }

    /** @param {WheelEvent} event */
    onWheel(event) {
      if (!this.chart.shown) return;
      event.preventDefault();
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        this.move((sideways / this.chart.shown.plot[2]) * (this.chart.last - this.chart.first));
      } else this.chart.zoom(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * WHEEL))), this.share(event));
    }

    /** @param {number} candles */
    move(candles) {
      const by = Math.sign(candles) * Math.max(1, Math.round(Math.abs(candles)));
      this.chart.show(this.chart.first + by, this.chart.last + by);
    }

    /** @param {PointerEvent} event */
    onDown(event) {
      if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button"))) return;
      this.drag = { x: event.clientX, first: this.chart.first, last: this.chart.last };
      this.chart.element.setPointerCapture(event.pointerId);
      this.chart.element.classList.add(BUSY);
    }

    /** @param {PointerEvent} event */
    onMove(event) {
      this.point(event);
      if (!this.drag || !this.chart.shown) return;
      const { x, first, last } = this.drag;
      const by = ((x - event.clientX) / this.chart.shown.plot[2]) * (last - first);
      if (Math.round(first + by) !== this.chart.first) this.chart.show(first + by, last + by);
    }

    drop() {
      this.drag = null;
      this.chart.element.classList.remove(BUSY);
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      if (event.target !== this.chart.element || event.ctrlKey || event.altKey || event.metaKey) return;
      const stride = (this.chart.last - this.chart.first) * (event.shiftKey ? 0.5 : 0.1);
      /** @type {Record<string, () => void>} */
      const acts = {
        ArrowLeft: () => this.move(-stride),
        ArrowRight: () => this.move(stride),
        "+": () => this.chart.zoom(1 / KEY_ZOOM, 0.5),
        "-": () => this.chart.zoom(KEY_ZOOM, 0.5),
        0: () => this.chart.show(0, this.chart.facts.bars),
      };
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }

    /** The line at the candle below the pointer, and its time. @param {PointerEvent | null} event */
    point(event) {
      const { shown } = this.chart;
      const [cross, time] = [this.chart.part("cross"), this.chart.part("time")];
      const over = event && shown && !(event.target instanceof Element && event.target.closest("button"));
      const x = over ? event.clientX - this.chart.element.getBoundingClientRect().left : Infinity;
      cross.hidden = time.hidden = !over || x > shown.plot[2];
      if (cross.hidden || !shown) return;
      const [left, top, width, height] = shown.plot;
      const row = Math.min(Math.max(Math.round(shown.first + (x - shown.x_first) / shown.step), shown.first), shown.last - 1);
      const at = Math.min(Math.max(shown.x_first + (row - shown.first) * shown.step, left), left + width);
      Object.assign(cross.style, { left: `${at}px`, top: `${top}px`, height: `${height}px` });
      Object.assign(time.style, { left: `${Math.max(60, Math.min(at, width - 60))}px`, bottom: "3px" });
      const ms = timeAt(shown.knots, row);
      words.write(time, new Date(ms).toISOString().slice(0, 16).replace("T", " "));
    }
  }

  window.candlecast.RunHands = RunHands;
}
