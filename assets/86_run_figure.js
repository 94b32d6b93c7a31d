"use strict";

/** The equity of a run shows the time that its chart shows, on the same kind of scale; Plotly zooms move the chart. */
{
  /** @returns {any} Plotly's element of the equity, once it is drawn */
  const plot = () => document.querySelector("#backtest-equity .js-plotly-plot");

  /** @type {{from: number, to: number, log: boolean, right: number, wanted: boolean}} */
  const state = { from: 0, to: 0, log: false, right: 64, wanted: false };

  function apply() {
    state.wanted = false;
    const figure = plot();
    if (!figure?.layout?.xaxis || !figure.data.length) return;
    const range = [new Date(state.from).toISOString(), new Date(state.to).toISOString()];
    const kind = state.log ? "log" : "linear";
    const { xaxis, yaxis } = figure.layout;
    const same = xaxis.range?.map((/** @type {any} */ at) => new Date(`${at}`.replace(" ", "T").replace(/Z?$/, "Z")).getTime());
    const known = same?.[0] === state.from && same?.[1] === state.to && figure.layout.margin.r === state.right;
    if (known && (yaxis.type ?? "linear") === kind) return;
    window.Plotly.relayout(figure, {
      "margin.r": state.right,
      "xaxis.range": range,
      "xaxis.autorange": false,
      "yaxis.type": kind,
      "yaxis.autorange": true,
    });
  }

  window.candlecast.runFigure = {
    /** @param {number} from ms @param {number} to ms @param {boolean} log @param {number} right width of the price axis */
    follow(from, to, log, right) {
      Object.assign(state, { from, to, log, right });
      if (state.wanted) return;
      state.wanted = true;
      requestAnimationFrame(apply);
    },
    /** The figure was drawn anew. */
    again() {
      if (state.to > state.from) requestAnimationFrame(apply);
    },
  };
}
