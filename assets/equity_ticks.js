"use strict";

/**
 * The figure of a backtest: the boxes with the newest values win over tick labels, as they do in the live chart. Plotly
 * knows where both are only after it has drawn.
 */
{
  const NEAR = 17; // CSS pixels between the centres, see the chart rules

  /** @param {Element} element @returns {number} vertical centre on screen */
  const centre = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return (top + bottom) / 2;
  };

  /** @param {Element} plot */
  function hideCovered(plot) {
    const boxes = [...plot.querySelectorAll(".annotation .bg")].map(centre);
    for (const label of plot.querySelectorAll(".ytick text")) {
      const covered = boxes.some((box) => Math.abs(box - centre(label)) < NEAR);
      /** @type {SVGElement} */ (label).style.visibility = covered ? "hidden" : "";
    }
  }

  /** Figures come and go with the runs. @type {WeakSet<Element>} */
  const watched = new WeakSet();

  new MutationObserver(() => {
    for (const plot of document.querySelectorAll(".equity-graph .js-plotly-plot")) {
      if (watched.has(plot) || !("on" in plot)) continue;
      watched.add(plot);
      /** @type {any} */ (plot).on("plotly_afterplot", () => hideCovered(plot));
      hideCovered(plot);
    }
  }).observe(document.documentElement, { subtree: true, childList: true });
}
