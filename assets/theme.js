"use strict";

/**
 * What the first paint needs, loaded in the head: which page this is, and the theme, the one kept in this browser or
 * else the system's.
 * Names are those of the chart palette: dark, light, dark-cb, light-cb ("cb": colour-blind-safe pair).
 */
{
  const KEY = "candlecast.theme";
  const MANTINE_KEY = "mantine-color-scheme-value"; // read by Mantine before its first paint
  const NAMES = ["dark", "light", "dark-cb", "light-cb"];

  /** Storage is switched off in some browsers; the theme then lasts as long as the page. @returns {string | null} */
  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {Record<string, string>} kept */
  function show(name, kept) {
    document.documentElement.dataset.theme = name;
    try {
      for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
    } catch {
      return; // not kept, but shown
    }
  }

  /** @param {string} name @returns {string} */
  const scheme = (name) => (name.startsWith("dark") ? "dark" : "light");

  /** @param {string} name */
  const apply = (name) => show(name, { [KEY]: name, [MANTINE_KEY]: scheme(name) });

  const kept = stored() ?? "";
  const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const first = NAMES.includes(kept) ? kept : system;
  show(first, { [MANTINE_KEY]: scheme(first) });

  const PAGES = { "/": "dashboard", "/backtesting": "backtest", "/paper": "paper", "/performance": "performance", "/data": "data" };
  /** The key of the page at `pathname`, for CSS and for the navigation. @param {string} pathname */
  window.candlecastPage = (pathname) => PAGES[/** @type {keyof typeof PAGES} */ (pathname)] ?? "other";
  document.documentElement.dataset.page = window.candlecastPage(window.location.pathname);

  window.candlecastTheme = {
    /** @returns {string} */
    current: () => document.documentElement.dataset.theme || "dark",
    /** Light to dark and back; the colour-blind-safe pair stays as it is. @param {string} name @returns {string} */
    toggled: (name) => (name.startsWith("dark") ? name.replace("dark", "light") : name.replace("light", "dark")),
    /** @param {string} name @returns {string} */
    contrasted: (name) => (name.endsWith("-cb") ? name.slice(0, -3) : `${name}-cb`),
    apply,
  };
}
