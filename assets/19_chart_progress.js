"use strict";

/** How far the history of a chart has come, over its foot: what the server says once a second while it is asked for. */
{
  const { words } = window.candlecast;

  class ChartProgress {
    /** @param {HTMLElement} chart */
    constructor(chart) {
      this.chart = chart;
      this.place = /** @type {HTMLElement | null} */ (chart.querySelector(".chart-progress"));
      this.text = chart.querySelector("[data-progress=text]");
      this.bar = /** @type {HTMLElement | null} */ (chart.querySelector("[data-progress=bar]"));
      this.hide();
    }

    /** @param {number} loaded candles @param {number} expected at most; none when all that could be had is there */
    show(loaded, expected) {
      if (!this.place || !this.bar || expected === 0) return this.hide();
      this.place.hidden = false;
      this.chart.toggleAttribute("data-loading", true);
      words.write(this.text, `${words.number(loaded, 0)} of ${words.number(expected, 0)} candles`);
      this.bar.style.width = `${(100 * loaded) / expected}%`;
      this.place.ariaValueNow = String(loaded);
      this.place.ariaValueMax = String(expected);
    }

    hide() {
      if (this.place) this.place.hidden = true;
      this.chart.toggleAttribute("data-loading", false);
    }
  }

  window.candlecast.ChartProgress = ChartProgress;
}
