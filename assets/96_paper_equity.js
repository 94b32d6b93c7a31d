"use strict";

/**
 * Lines over time on a canvas, in the theme's colours: the account's equity, and both of a reconciliation. Drawn when the
 * numbers, the size or the theme are others, not more than once a second.
 *
 * @typedef {{times: number[], values: number[], colour: string}} Curve   `colour`: the name of a CSS variable
 */
{
  const { words } = window.candlecast;
  const AXIS = 64; // CSS pixels, as on the chart
  const FOOT = 22;
  const TICK_APART = 44;
  const TIME_APART = 84;
  const PAUSE_MS = 1000;
  const STEPS_MS = [60e3, 300e3, 900e3, 3600e3, 4 * 3600e3, 12 * 3600e3, 86_400e3, 7 * 86_400e3, 30 * 86_400e3];

  /** @param {number} range @param {number} count */
  function niceStep(range, count) {
    const raw = range / Math.max(1, count);
    const power = 10 ** Math.floor(Math.log10(raw));
    return power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= raw) ?? 10);
  }

  /** @param {number} ms @param {number} step */
  function timeWords(ms, step) {
    const [day, month, , time] = words.clock(new Date(ms)).split(" ");
    return step >= 86_400e3 || ms % 86_400e3 === 0 ? `${day} ${month}` : time.slice(0, 5);
  }

  class PaperCurves {
    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
      this.canvas = canvas;
      /** @type {Curve[]} */
      this.curves = [];
      this.timer = 0;
      this.drawnAt = -Infinity;
      this.sizes = new ResizeObserver(() => this.draw());
      this.sizes.observe(canvas);
      this.themes = new MutationObserver(() => this.draw());
      this.themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    }

    stop() {
      clearTimeout(this.timer);
      this.sizes.disconnect();
      this.themes.disconnect();
    }

    /** @param {Curve[]} curves */
    show(curves) {
      this.curves = curves;
      if (this.timer) return;
      this.timer = window.setTimeout(() => this.draw(), Math.max(0, this.drawnAt + PAUSE_MS - performance.now()));
    }

    draw() {
      clearTimeout(this.timer);
      this.timer = 0;
      this.drawnAt = performance.now();
      const { clientWidth: width, clientHeight: height } = this.canvas;
      const ratio = window.devicePixelRatio || 1;
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (!w || !h) return;
      if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
      const pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      const style = getComputedStyle(this.canvas);
      pen.font = `400 11px ${style.getPropertyValue("--font")}`;
      pen.textBaseline = "middle";
      const box = this.box(width - AXIS, height - FOOT);
      this.frame(pen, style, width, height);
      if (!box) return;
      this.prices(pen, style, box, width);
      this.times(pen, style, box, height);
      for (const curve of this.curves) line(pen, curve, box, style.getPropertyValue(curve.colour));
      this.newest(pen, style, box, width);
    }

    /** What the axes span. @param {number} right @param {number} bottom */
    box(right, bottom) {
      const drawn = this.curves.filter(({ times }) => times.length > 1);
      if (!drawn.length || right < 40 || bottom < 40) return null;
      let [from, to, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
      for (const { times, values } of drawn) {
        [from, to] = [Math.min(from, times[0]), Math.max(to, times[times.length - 1])];
        for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
      }
      const room = (high - low || Math.abs(high) * 0.001 || 1) * 0.06;
      const top = 8;
      const x = (/** @type {number} */ time) => ((time - from) / (to - from || 1)) * (right - 8);
      const y = (/** @type {number} */ value) => top + ((high + room - value) / (high - low + 2 * room)) * (bottom - top);
      return { from, to, low: low - room, high: high + room, right, bottom, top, x, y };
    }

    /** @param {CanvasRenderingContext2D} pen @param {CSSStyleDeclaration} style @param {number} width @param {number} height */
    frame(pen, style, width, height) {
      pen.fillStyle = style.getPropertyValue("--axis");
      pen.fillRect(width - AXIS, 0, 1, height);
      pen.fillRect(0, height - FOOT, width, 1);
    }

    /** @param {CanvasRenderingContext2D} pen @param {CSSStyleDeclaration} style @param {any} box @param {number} width */
    prices(pen, style, box, width) {
      const step = niceStep(box.high - box.low, (box.bottom - box.top) / TICK_APART);
      const newest = this.tips().map((value) => box.y(value));
      for (let value = Math.ceil(box.low / step) * step; value < box.high; value += step) {
        const y = Math.round(box.y(value));
        pen.fillStyle = style.getPropertyValue("--grid");
        pen.fillRect(0, y, box.right, 1);
        if (newest.some((each) => Math.abs(each - y) < 17)) continue;
        pen.fillStyle = style.getPropertyValue("--axis-text");
        pen.fillText(words.number(value, step < 0.1 ? 2 : step < 1 ? 1 : 0), width - AXIS + 6, y + 0.5);
      }
    }

    /** @param {CanvasRenderingContext2D} pen @param {CSSStyleDeclaration} style @param {any} box @param {number} height */
    times(pen, style, box, height) {
      const least = ((box.to - box.from) * TIME_APART) / box.right;
      const step = STEPS_MS.find((each) => each >= least) ?? Math.ceil(least / 86_400e3) * 86_400e3;
      pen.textAlign = "center";
      for (let time = Math.ceil(box.from / step) * step; time < box.to; time += step) {
        const x = Math.round(box.x(time));
        pen.fillStyle = style.getPropertyValue("--grid");
        pen.fillRect(x, 0, 1, box.bottom);
        pen.fillStyle = style.getPropertyValue("--axis-text");
        if (x > 24 && x < box.right - 24) pen.fillText(timeWords(time, step), x, height - FOOT / 2 + 1);
      }
      pen.textAlign = "left";
    }

    tips() {
      return this.curves.filter(({ values }) => values.length > 1).map(({ values }) => values[values.length - 1]);
    }

    /** The newest value in a box on the axis. @param {CanvasRenderingContext2D} pen @param {CSSStyleDeclaration} style @param {any} box @param {number} width */
    newest(pen, style, box, width) {
      const [value] = this.tips();
      const y = Math.min(Math.max(Math.round(box.y(value)), 9), box.bottom - 9);
      pen.fillStyle = style.getPropertyValue(this.curves[0].colour);
      pen.fillRect(width - AXIS + 1, y - 9, AXIS - 1, 18);
      pen.fillStyle = style.getPropertyValue("--panel");
      pen.font = `600 11px ${style.getPropertyValue("--font")}`;
      pen.fillText(words.number(value, Math.abs(value) >= 1000 ? 0 : 2), width - AXIS + 6, y + 0.5);
    }
  }

  /** @param {CanvasRenderingContext2D} pen @param {Curve} curve @param {any} box @param {string} colour */
  function line(pen, { times, values }, box, colour) {
    pen.beginPath();
    times.forEach((time, place) => pen.lineTo(box.x(time), box.y(values[place])));
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.lineJoin = "round";
    pen.stroke();
  }

  window.candlecast.PaperCurves = PaperCurves;
}
