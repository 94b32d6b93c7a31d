"use strict";

/** The equity of a run shows the time that its chart shows, on the same kind of scale; Plotly zooms move the chart. */
{
  /** @returns {any} Plotly's element of the equity, once it is drawn */
  const plot = () => document.querySelector("#backtest-equity .js-plotly-plot");

  /** @type {{from: number, to: number, log: boolean, right: number, wanted: boolean}} */
  const state = { from: 0, to: 0, log: false, right: 64, wanted: false };

  /** As Plotly has unpacked them. @param {any} figure @param {string} uid @returns {number[]} */
  const values = (figure, uid) => [...(figure._fullData?.find((/** @type {any} */ trace) => trace.uid === uid)?.y ?? [])];

  /** Labels at 1, 2 and 5, at powers of ten alone where there are many of them. @param {any} figure @returns {string | number} */
  function logSteps(figure) {
    const all = [...values(figure, "equity"), ...values(figure, "hold")].filter((value) => value > 0);
    let [low, high] = [Infinity, 0];
    for (const value of all) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return high / low > 300 ? 1 : "D2";
  }

  /** The boxes with the newest values stand at logarithms on a logarithmic axis. @param {any} figure */
  function boxes(figure) {
    /** @type {Record<string, number>} */
    const moved = {};
    for (const [place, uid] of ["hold", "equity"].entries()) {
      const last = values(figure, uid).at(-1);
      if (last === undefined || !figure.layout.annotations?.[place]) continue;
      moved[`annotations[${place}].y`] = state.log ? Math.log10(Math.max(last, 1e-9)) : last;
    }
    return moved;
  }

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
      "yaxis.dtick": state.log ? logSteps(figure) : null,
      ...boxes(figure),
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
