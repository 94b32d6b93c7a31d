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

    /** @param {Meta} meta @param {ChartView} view @param {number} scale @param {number} ratio */
    show(meta, view, scale, ratio) {
      const { plot, last_y: last, direction, c, price_range: fixed } = meta;
      this.frame(plot, scales.plotBottom(meta), ratio);
      this.now.hidden = view.following;
      const motion = view.motion(meta, scale);
      const y = motion.c * last + motion.d;
      this.line.hidden = !(y >= plot[1] && y < plot[3]) || Boolean(fixed && (c < fixed[0] || c > fixed[1]));
      if (this.line.hidden) return;
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

  window.candlecast.ChartOverlay = ChartOverlay;
}
