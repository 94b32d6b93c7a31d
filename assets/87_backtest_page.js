"use strict";

/** What Dash's clientside callbacks of the backtesting page call, and its keys: Ctrl+Enter runs, Escape cancels. */
{
  const NOTHING = () => window.dash_clientside.no_update;

  /** @param {string} id @returns {HTMLButtonElement | null} */
  const button = (id) => /** @type {HTMLButtonElement | null} */ (document.getElementById(id));

  /** Narrow pages show one of the two. @param {string} view */
  function turnTo(view) {
    const page = document.getElementById("backtest-page");
    if (page && page.dataset.view !== view) page.dataset.view = view;
  }

  const callbacks = {
    /** The address names the run, so that a reload shows it again. @param {string | null} shown @param {string | null} ticket */
    address(shown, ticket) {
      const run = ticket ?? shown;
      const address = run ? `?run=${encodeURIComponent(run)}` : window.location.search;
      const here = window.location.pathname === "/backtesting";
      if (here && address !== window.location.search) history.replaceState(history.state, "", address);
      const changed = window.dash_clientside.callback_context.triggered.map(({ prop_id: id }) => id.split(".")[0]);
      if (shown && (changed.includes("backtest-shown") || !changed.length)) turnTo("result");
      return run;
    },

    /** @param {RunFacts | null} facts @param {RunTrade[] | null} rows */
    chart(facts, rows) {
      const changed = window.dash_clientside.callback_context.triggered.map(({ prop_id: id }) => id.split(".")[0]);
      window.candlecast.runChart.open(facts);
      if (changed.includes("backtest-trades") && rows?.length) window.candlecast.runChart.mark(rows[0]);
      return facts?.run ?? null;
    },

    /** The values of a cell of the map. @param {any} click @param {[string, Record<string, number>][] | null} axes */
    cell(click, axes) {
      const point = click?.points?.[0];
      if (!point || !axes) return NOTHING();
      const [[x, xs], [y, ys]] = axes;
      /** @type {Record<string, number>} */
      const values = { [x]: xs[point.x] };
      if (y) values[y] = ys[point.y];
      return values;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (document.documentElement.dataset.page !== "backtest") return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const run = button("backtest-run");
      if (!run || run.disabled || run.classList.contains("is-busy")) return;
      event.preventDefault();
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); // its value counts
      setTimeout(() => run.click());
    }
    const cancel = button("backtest-cancel");
    if (event.key === "Escape" && !event.defaultPrevented && cancel && !cancel.hidden) cancel.click();
  });

  document.addEventListener("click", ({ target }) => {
    const mark = target instanceof Element && target.closest(".report-title .tag-warn");
    if (mark) button("backtest-tabs-log")?.click();
    const tab = target instanceof Element && target.closest(".view-tab");
    if (tab instanceof HTMLElement) turnTo(tab.dataset.view ?? "form");
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { candlecastBacktest: callbacks });
}
