"use strict";

/** What lies over a chart's picture and follows its plot: grips of the axes, last-price line, the way back to now. */
{
  const { scales } = window.candlecast;

  class ChartOverlay {
    /** @param {HTMLElement} chart */
    constructor(chart) {
      this.chart = chart;
      this.line = /** @type {HTMLElement} */ (chart.querySelector(".chart-last-line"));
      this.framed = "";
      for (const name of ["price", "time"]) {
        const grip = document.createElement("div");
        grip.className = `chart-axis-${name}`;
        chart.append(grip);
      }
      this.now = document.createElement("button");
      this.now.type = "button";
      this.now.className = "button button-small chart-now";
      this.now.textContent = "Go to now";
      this.now.hidden = true;
      chart.append(this.now);
      chart.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight + - Home End 0 Escape");
    }

    /**
     * @param {Meta} meta @param {ChartView} view @param {{c: number, d: number}} motion of the picture
     * @param {number} ratio @param {boolean} lined whether the last-price line is ours; else the painter has it
     */
    show(meta, view, motion, ratio, lined) {
      const { plot, direction } = meta;
      this.frame(plot, scales.plotBottom(meta), ratio);
      if (this.now.hidden !== view.following) this.now.hidden = view.following;
      const y = lined ? lastRow(meta, motion) : null;
      if (this.line.hidden !== (y === null)) this.line.hidden = y === null;
      if (y === null) return;
      if (this.line.dataset.direction !== String(direction)) this.line.dataset.direction = String(direction);
      this.line.style.transform = `translateY(${y / ratio}px)`; // no layout, and no shift of one
    }

    /** What stays from patch to patch is not written again. @param {number[]} plot @param {number} bottom @param {number} ratio */
    frame([left, , right], bottom, ratio) {
      const framed = `${left} ${right} ${bottom} ${ratio}`;
      if (this.framed === framed) return;
      this.framed = framed;
      this.chart.style.setProperty("--plot-right", `${right / ratio}px`);
      this.chart.style.setProperty("--plot-bottom", `${bottom / ratio}px`);
      this.line.style.left = `${left / ratio}px`;
      this.line.style.width = `${(right - left) / ratio}px`;
    }

    /** Without a picture. @param {ChartView} view */
    clear(view) {
      this.line.hidden = true;
      this.now.hidden = view.following;
    }
  }

  /**
   * The row of the last price in a picture that is moved; null outside the plot.
   * @param {Meta} meta @param {{c: number, d: number}} motion @returns {number | null}
   */
  function lastRow({ plot, last_y: last, c: price, price_range: fixed }, { c, d }) {
    const y = c * last + d;
    if (!(y >= plot[1] && y < plot[3])) return null;
    return fixed && (price < fixed[0] || price > fixed[1]) ? null : y;
  }

  window.candlecast.lastRow = lastRow;
  window.candlecast.ChartOverlay = ChartOverlay;
}
