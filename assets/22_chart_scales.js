"use strict";

/**
 * Where things are in a picture, from the numbers beside it: candles and times to columns, prices to rows, and back;
 * and where they will be in the picture of another view. All in device pixels.
 */
{
  const { words } = window.candlecast;
  const WIDEST_MARGIN = 0.065;
  const LETTERS = /** @type {[number, string][]} */ ([[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]]);
  const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

  /** @param {string} interval like "15m" @returns {number} ms */
  const intervalMs = (interval) => Number.parseInt(interval, 10) * UNITS[/** @type {"m"} */ (interval.at(-1))];

  /**
   * Where the newest of `bars` candles is drawn: the rule of chart_acceleration/geometry.py `slots`.
   * @param {number} bars @param {number} width of the plot @param {number} scale device pixels per CSS pixel
   * @returns {{step: number, newest: number}} pixels per candle, centre of the newest one
   */
  function slots(bars, width, scale) {
    let step = Math.floor(width / (bars + 2));
    let margin = width - step * bars;
    if (step < 3 || margin > Math.max(WIDEST_MARGIN * width, 2.5 * step)) {
      margin = Math.min(0.04 * width, Math.max((2 * width) / bars, 6 * scale));
      step = (width - margin) / bars;
    }
    const line = Math.max(1, Math.floor(scale));
    const wick = step >= 3 * line ? line : 1;
    return { step, newest: Math.floor(width - margin - step / 2) + wick / 2 };
  }

  /** A vertical axis: values from `top` at row y0 to `bottom` at y1. */
  class ValueAxis {
    /** @param {number[]} plot @param {number} top @param {number} bottom @param {boolean} [logarithmic] */
    constructor([, y0, , y1], top, bottom, logarithmic = false) {
      this.y0 = y0;
      this.y1 = y1;
      this.to = logarithmic ? Math.log : (/** @type {number} */ value) => value;
      this.from = logarithmic ? Math.exp : (/** @type {number} */ value) => value;
      this.top = this.to(top);
      this.bottom = this.to(bottom);
    }

    /** @param {number} y @returns {number} */
    valueAt(y) {
      return this.from(this.top - ((y - this.y0) / (this.y1 - this.y0)) * (this.top - this.bottom));
    }

    /** @param {number} value @returns {number} */
    rowOf(value) {
      return this.y0 + ((this.top - this.to(value)) / (this.top - this.bottom)) * (this.y1 - this.y0);
    }

    /**
     * The range after a zoom by `factor` (above 1 shows more) about its middle, and a move by `rows`.
     * @param {number} factor @param {number} rows
     * @returns {[number, number]} values at bottom and top
     */
    moved(factor, rows) {
      const shift = (rows / (this.y1 - this.y0)) * (this.top - this.bottom);
      const middle = (this.top + this.bottom) / 2 + shift;
      const half = ((this.top - this.bottom) / 2) * factor;
      return [this.from(middle - half), this.from(middle + half)];
    }
  }

  /** @param {Meta} meta @returns {ValueAxis} of the prices */
  const priceAxis = (meta) => new ValueAxis(meta.plot, meta.price_top, meta.price_bottom, meta.axis === "log");

  /** One past the last row of prices and panes. @param {Meta} meta @returns {number} */
  const plotBottom = ({ plot, studies = [] }) =>
    Math.max(plot[3], ...studies.map((study) => study.pane?.plot[3] ?? 0));

  /** @param {Meta} meta @param {number} y @returns {StudyMeta | null} the study whose pane has row y */
  const paneAt = ({ studies = [] }, y) =>
    studies.find(({ pane }) => pane && y >= pane.plot[1] && y < pane.plot[3]) ?? null;

  /** The rule of chart_acceleration/price_ticks.py `short_text`. @param {number} value @param {number} decimals */
  function shortText(value, decimals) {
    const size = Math.abs(value);
    const [limit, letter] = (size >= 1e4 && LETTERS.find(([least]) => size >= least)) || [1, ""];
    if (!letter) return words.number(value, decimals);
    return words.number(value / limit, size < 10 * limit ? 2 : 1) + letter;
  }

  /**
   * @param {Meta} meta @param {number} y @param {ValueAxis} axis of the prices
   * @returns {string} what is written beside row y; "" between plots
   */
  function axisText(meta, y, axis) {
    const study = paneAt(meta, y);
    if (study?.pane) {
      const { plot, top, bottom } = study.pane;
      return shortText(new ValueAxis(plot, top, bottom).valueAt(y), study.decimals ?? 2);
    }
    if (y >= meta.plot[3]) return "";
    const price = axis.valueAt(y);
    if (meta.axis !== "percent" || !meta.percent_base) return words.number(price, meta.decimals);
    return `${words.signed((100 * (price - meta.percent_base)) / Math.abs(meta.percent_base), 2)} %`;
  }

  /** @type {Map<string, Intl.DateTimeFormat>} */
  const formats = new Map();

  /** @param {number} ms @param {string} zone @param {string} interval @returns {string} "Mon 31 Jan 18:15" */
  function timeText(ms, zone, interval) {
    const daily = interval.endsWith("d"); // a daily candle is the UTC day
    const key = `${zone} ${interval}`;
    let format = formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat("en-GB", {
        timeZone: daily ? "UTC" : zone,
        weekday: "short",
        day: "numeric",
        month: "short",
        ...(daily ? { year: "numeric" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
        ...(interval.endsWith("s") ? { second: "2-digit" } : {}),
      });
      formats.set(key, format);
    }
    return format.format(ms).replaceAll(",", "").replace("Sept", "Sep");
  }

  Object.assign(window.candlecast, { scales: {
    intervalMs, slots, ValueAxis, priceAxis, plotBottom, paneAt, shortText, axisText, timeText,
  } });
}
