"use strict";

/**
 * The candles behind a picture, read off the bytes that came with it, and what changed since: crosshair and legend
 * ask here instead of the server. The layout is spelled out in docs/frames_protocol.md.
 *
 * @typedef {{index: number, time: number, o: number, h: number, l: number, c: number, volume: number,
 *   before: number | null, values: number[]}} Row   `before`: the close before, `values`: of every curve in order
 */
{
  const HEADER = 24;
  const PRICES = 5; // open, high, low, close, volume; then curves
  const CLOSE = 3;

  class ChartRows {
    /** Throws a RangeError for bytes that are none of ours. @param {ArrayBuffer} bytes */
    constructor(bytes) {
      const view = new DataView(bytes);
      const [count, width] = [view.getUint32(0, true), view.getUint32(4, true)];
      const secondsAt = HEADER + 8 * width;
      const added = new Float64Array(bytes, HEADER, width);
      const seconds = new Uint32Array(bytes, secondsAt, count);
      const differences = new Float32Array(bytes, secondsAt + 4 * count, width * count);
      const start = view.getFloat64(16, true);
      this.first = view.getFloat64(8, true);
      this.times = Float64Array.from(seconds, (second) => start + 1000 * second);
      this.columns = Array.from(added, (value, column) =>
        Float64Array.from(differences.subarray(column * count, (column + 1) * count), (part) => part + value),
      );
    }

    /** One past the newest row. */
    get end() {
      return this.first + this.times.length;
    }

    /** Takes over the rows that a patch brings. @param {ChartRows} newer */
    merge(newer) {
      for (let row = Math.max(newer.first, this.first); row < Math.min(newer.end, this.end); row += 1) {
        newer.columns.forEach((column, number) => {
          if (this.columns[number]) this.columns[number][row - this.first] = column[row - newer.first];
        });
      }
    }

    /** The newest row as an entry's JSON says it, exactly. @param {Meta} meta */
    update(meta) {
      const last = this.times.length - 1;
      if (last < 0 || this.times[last] !== meta.time_ms) return;
      const curves = (meta.studies ?? []).flatMap((study) => study.curves.map(({ value }) => value ?? NaN));
      [meta.o, meta.h, meta.l, meta.c, meta.volume, ...curves].forEach((value, number) => {
        if (this.columns[number]) this.columns[number][last] = value;
      });
    }

    /** @param {number} index absolute @returns {Row | null} */
    at(index) {
      const row = index - this.first;
      if (!(row >= 0 && row < this.times.length)) return null;
      const [o, h, l, c, volume] = this.columns.map((column) => column[row]);
      return {
        index,
        time: this.times[row],
        o,
        h,
        l,
        c,
        volume,
        before: row > 0 ? this.columns[CLOSE][row - 1] : null,
        values: this.columns.slice(PRICES).map((column) => column[row]),
      };
    }

    /**
     * The candle that a moment falls in.
     * @param {number} time ms @param {number} length of a candle, ms
     * @returns {number | null} absolute index; null outside, and in a gap
     */
    indexAt(time, length) {
      let [low, high] = [0, this.times.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.times[middle] <= time) low = middle + 1;
        else high = middle;
      }
      return low > 0 && time < this.times[low - 1] + length ? this.first + low - 1 : null;
    }
  }

  window.candlecast.ChartRows = ChartRows;
}
