"use strict";

/**
 * What Dash's clientside callbacks call: theme, address and chart selection. The address is where symbol and interval
 * live (?symbol=BTC-USD&interval=1m), so links and the back button work; this browser remembers the last choice. What
 * else the address says (&indicators=sma:20) stays when one of the two changes.
 */
{
  const KEPT = "candlecast.market";
  const WITH_MARKET = ["dashboard", "paper"];

  /** @returns {{symbol?: string, interval?: string}} */
  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(KEPT) || "{}") ?? {};
    } catch {
      return {};
    }
  }

  /** @param {string} symbol @param {string} interval */
  function remember(symbol, interval) {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ symbol, interval }));
    } catch {
      return; // storage is switched off: the address still carries the choice
    }
  }

  /** @param {string} pathname */
  function markPage(pathname) {
    const page = window.candlecastPage(pathname);
    document.documentElement.dataset.page = page;
    for (const link of document.querySelectorAll(".rail-link, .phone-link")) {
      if (link.classList.contains(`nav-${page}`)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {string} name */
  function markSwitches(name) {
    const contrast = document.getElementById("colour-blind-toggle");
    contrast?.setAttribute("aria-pressed", String(name.endsWith("-cb")));
  }

  /** Colons and commas need no escape in a query, and people read it. @param {URLSearchParams} query */
  const readable = (query) => query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");

  /** The first of `wishes` that is allowed. @param {unknown[]} wishes @param {string[]} allowed */
  const pick = (wishes, allowed) => wishes.find((wish) => allowed.includes(/** @type {string} */ (wish)));

  const callbacks = {
    theme() {
      const themes = window.candlecastTheme;
      const button = window.dash_clientside.callback_context.triggered_id;
      let name = themes.current();
      if (button === "theme-toggle") name = themes.toggled(name);
      if (button === "colour-blind-toggle") name = themes.contrasted(name);
      if (name !== themes.current()) themes.apply(name);
      markSwitches(name);
      return [name, name.startsWith("dark") ? "dark" : "light"];
    },

    /**
     * Address to selectors: at the start, after a link, after the back button.
     * @param {string} pathname @param {string} search @param {string[]} symbols @param {string} symbol
     * @param {{value: string}[]} intervals @param {string} interval
     */
    fromAddress(pathname, search, symbols, symbol, intervals, interval) {
      markPage(pathname);
      const asked = new URLSearchParams(search || "");
      const kept = remembered();
      const lengths = intervals.map((item) => item.value);
      return [
        pick([asked.get("symbol"), kept.symbol, symbol], symbols) ?? symbols[0],
        pick([asked.get("interval"), kept.interval, interval], lengths) ?? lengths[0],
      ];
    },

    /** Selectors to address, memory and navigation links. @param {string} symbol @param {string} interval */
    toAddress(symbol, interval) {
      remember(symbol, interval);
      const query = `?symbol=${encodeURIComponent(symbol)}&interval=${encodeURIComponent(interval)}`;
      const page = document.documentElement.dataset.page ?? "";
      const asked = new URLSearchParams(window.location.search);
      const differs = asked.get("symbol") !== symbol || asked.get("interval") !== interval;
      if (WITH_MARKET.includes(page) && differs) {
        const first = !asked.has("symbol");
        asked.set("symbol", symbol);
        asked.set("interval", interval);
        const address = `?${readable(asked)}`;
        const many = document.querySelector(".chart-more > .chart-cell"); // going from chart to chart is no history
        if (first || many) history.replaceState(history.state, "", address);
        else history.pushState({}, "", address);
      }
      const links = ["/", "/backtesting", "/paper"].map((path) => path + query);
      return [...links, ...links];
    },

    /** Price, change and class of the phone's header. @param {string[] | null} words */
    quote: (words) => words ?? Array(3).fill(window.dash_clientside.no_update),

    /** The answer stands on the button for a while. @param {string | null} text */
    async copyText(text) {
      if (!text) return window.dash_clientside.no_update;
      setTimeout(() => window.dash_clientside.set_props("copy-diagnosis", { children: "Copy diagnosis" }), 3000);
      try {
        await navigator.clipboard.writeText(text);
        return "Copied";
      } catch {
        return "Not allowed here"; // no clipboard without TLS, or the browser's user refused
      }
    },

    /** The chart's script watches these attributes. @param {string} symbol @param {string} interval */
    chart(symbol, interval) {
      const changed = window.dash_clientside.callback_context.triggered.map(({ prop_id: id }) => id.split(".")[0]);
      return window.candlecast.grid.choose(symbol, interval, changed);
    },
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, { candlecast: callbacks });
}
