"use strict";

/**
 * Candles for a page that draws by itself: history once, then one message a tick with the newest row of all charts.
 * A row: seconds, open, high, low, close, volume, averages of 20 and 50 closes.
 */
window.bench = {
  updates: 0, // of all charts, given to the library
  drawn: 0, // display frames that drew at least one of them
  drawing: false,
  bars: 120,
  plain: new URLSearchParams(location.search).has("plain"), // candles alone, nothing beside them

  /** A display frame draws whatever came before it, once. */
  count() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.drawn += 1;
    });
  },

  /** @param {(rows: number[][], place: HTMLElement) => (row: number[]) => void} make a chart and its update */
  async start(make) {
    const history = await (await fetch("history")).json();
    const updates = history.map((/** @type {number[][]} */ rows) => {
      const place = document.createElement("div");
      place.className = "place";
      document.body.append(place);
      return make(rows.slice(-this.bars), place);
    });
    const socket = new WebSocket(`ws://${location.host}/updates`);
    socket.onmessage = ({ data }) => {
      JSON.parse(data).forEach((/** @type {number[]} */ row, /** @type {number} */ chart) => updates[chart](row));
      this.updates += 1;
      this.count();
    };
  },
};
