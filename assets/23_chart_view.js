"use strict";

/**
 * What a chart shows of its market: how many candles, up to which one, and between which prices. Gestures change it at
 * once; the server hears of it by the viewport messages that the client sends, and pictures follow.
 */
{
  const { scales } = window.candlecast;
  const FEWEST = 8;
  const MOST = 5000; // what the protocol allows
  const LEAST_SPACING = 0.25; // device pixels per candle
  const LEAST_SHARE = 1e-7; // of the price, that a fixed range spans at least

  class ChartView {
    /** @param {() => number} usual how many candles are shown unless somebody zooms */
    constructor(usual) {
      this.usual = usual;
      this.market = "";
      this.reset();
    }

    /** Back to the usual number of the newest candles, prices fitted. */
    reset() {
      /** @type {number | null} not whole while somebody zooms; null for the usual number */
      this.zoomed = null;
      /** @type {number | null} one past the last candle, not whole while somebody drags; null follows the newest */
      this.place = null;
      /** @type {[number, number] | null} prices at the plot's bottom and top; null fits them */
      this.prices = null;
      this.atEdge = false; // the newest candle is in sight, though a drag has not ended there
      this.time = 0; // of the last candle shown, ms
    }

    /** Another market is another view. @param {string} symbol @param {string} interval */
    of(symbol, interval) {
      const market = `${symbol} ${interval}`;
      if (this.market && this.market !== market) this.reset();
      this.market = market;
    }

    get bars() {
      return this.zoomed === null ? this.usual() : Math.round(this.zoomed);
    }

    get end() {
      return this.place === null || this.atEdge ? null : Math.round(this.place);
    }

    get following() {
      return this.end === null;
    }

    get isUsual() {
      return this.zoomed === null && this.following && this.prices === null;
    }

    /** What subscriptions and viewport messages say of it; what is as usual is left out. */
    get wishes() {
      return {
        bars: this.bars,
        ...(this.end === null ? {} : { end: this.end }),
        ...(this.prices === null ? {} : { price_range: this.prices }),
      };
    }

    /** One past the last candle of this view, beside a picture. @param {Meta} meta @returns {number} */
    endBeside({ held, first_index: first, bars }) {
      return this.place ?? held?.[1] ?? first + bars;
    }

    /** @param {Meta} meta the picture that is moved @param {number} end one past the last candle wanted */
    moveTo({ held = [0, Infinity] }, end) {
      const first = Math.min(held[1], held[0] + this.bars);
      this.place = Math.min(held[1], Math.max(first, end));
      this.atEdge = Math.round(this.place) >= held[1];
    }

    /**
     * Drags the candles by `dx` device pixels, and the prices by `dy` where they do not fit themselves.
     * @param {Meta} meta @param {number} scale @param {number} dx @param {number} dy
     */
    drag(meta, scale, dx, dy) {
      const { step } = scales.slots(this.bars, meta.plot[2] - meta.plot[0], scale);
      this.moveTo(meta, this.endBeside(meta) - dx / step);
      if (this.prices) this.prices = this.allowed(this.axis(meta).moved(1, dy));
    }

    /**
     * Shows `factor` times as many candles; the one at column `x` stays there, for null the last one.
     * @param {Meta} meta @param {number} scale @param {number} factor @param {number | null} x
     */
    zoom(meta, scale, factor, x) {
      const width = meta.plot[2] - meta.plot[0];
      const before = scales.slots(this.bars, width, scale);
      const end = this.endBeside(meta);
      const held = meta.held ? meta.held[1] - meta.held[0] : MOST;
      const most = Math.max(this.usual(), Math.min(MOST, held, Math.floor(width / LEAST_SPACING)));
      this.zoomed = Math.max(Math.min(FEWEST, most), Math.min(most, (this.zoomed ?? this.bars) * factor));
      const after = scales.slots(this.bars, width, scale);
      const kept = x === null ? 0 : (x - before.newest) / before.step - (x - after.newest) / after.step;
      this.moveTo(meta, end + kept);
    }

    /** Shows `factor` times the range of prices, fixed from now on. @param {Meta} meta @param {number} factor */
    stretch(meta, factor) {
      this.prices = this.allowed(this.axis(meta).moved(factor, 0));
    }

    /**
     * After the connection was lost a server may count candles anew: the view stays at its time.
     * @param {Meta} meta @param {ChartRows} rows of its picture @param {boolean} reopened
     * @returns {boolean} whether the view is another now
     */
    keepTime(meta, rows, reopened) {
      if (this.following || meta.end !== this.end) return false;
      const time = rows.times.at(-1) ?? 0;
      const missed = reopened && this.time ? (this.time - time) / scales.intervalMs(meta.interval) : 0;
      if (missed) this.moveTo(meta, rows.end + Math.round(missed));
      else this.time = time;
      return missed !== 0;
    }

    /** Ends a drag: candles stand at whole places again. */
    settle() {
      if (this.place !== null) this.place = this.end;
    }

    /** The axis of prices that this view has or, while prices fit themselves, the picture. @param {Meta} meta */
    axis(meta) {
      if (!this.prices) return scales.priceAxis(meta);
      return new scales.ValueAxis(meta.plot, this.prices[1], this.prices[0], meta.axis === "log");
    }

    /** @param {[number, number]} range @returns {[number, number] | null} what it was when it cannot be */
    allowed([low, high]) {
      const size = Math.max(Math.abs(low), Math.abs(high));
      const can = Number.isFinite(high - low) && high - low > LEAST_SHARE * size && size < 1e15 && size > 1e-15;
      return can ? [low, high] : this.prices;
    }

    /**
     * How a picture has to be moved to show this view, as x' = a x + b and y' = c y + d.
     * @param {Meta} meta of the picture @param {number} scale
     * @returns {{a: number, b: number, c: number, d: number}}
     */
    motion(meta, scale) {
      const across = this.across(meta, scale);
      if (!this.prices || same(this.prices, meta.price_range)) return { ...across, c: 1, d: 0 };
      const [from, to] = [scales.priceAxis(meta), this.axis(meta)];
      const c = (from.top - from.bottom) / (to.top - to.bottom);
      const at = to.y0 + ((to.top - from.top) / (to.top - to.bottom)) * (to.y1 - to.y0); // of the picture's row y0
      return { ...across, c, d: at - c * from.y0 };
    }

    /** @param {Meta} meta @param {number} scale @returns {{a: number, b: number}} */
    across(meta, scale) {
      const { bars, end = null, first_index: first, x_first: left, step } = meta;
      const wanted = scales.slots(this.bars, meta.plot[2] - meta.plot[0], scale);
      const slide = this.place === null ? 0 : this.place - Math.round(this.place);
      if (bars === this.bars && end === this.end) return { a: 1, b: -Math.round(slide * step) }; // whole pixels stay crisp
      const newest = this.endBeside(meta) - 1;
      const a = wanted.step / step;
      return { a, b: wanted.newest + (first - newest) * wanted.step - a * left };
    }
  }

  /** @param {number[]} one @param {number[] | null | undefined} other @returns {boolean} */
  const same = (one, other) => Boolean(other && one[0] === other[0] && one[1] === other[1]);

  window.candlecast.ChartView = ChartView;
}
