"use strict";

/**
 * Chooses the theme before the first paint: the one kept in this browser, else the system's. Loaded in the head.
 * Names are those of the chart palette: dark, light, dark-cb, light-cb ("cb": colour-blind-safe pair).
 */
{
  const KEY = "candlecast.theme";
  const NAMES = ["dark", "light", "dark-cb", "light-cb"];

  /** Storage is switched off in some browsers; the theme then lasts as long as the page. @returns {string | null} */
  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  /** @param {string} name */
  function apply(name) {
    document.documentElement.dataset.theme = name;
    try {
      localStorage.setItem(KEY, name);
    } catch {
      return; // not kept, but shown
    }
  }

  const kept = stored() ?? "";
  const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  document.documentElement.dataset.theme = NAMES.includes(kept) ? kept : system;

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
