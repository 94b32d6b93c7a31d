"use strict";

/**
 * The side column: which panels are folded, which tab a narrow screen shows, how the order book is shown. Kept in this
 * browser, and checked when it is read like anything from outside.
 *
 * @typedef {{tab: string, folded: string[], view: string, sheet: string, multiples: Record<string, number>}} SideLayout
 */
{
  const { Sheet, SNAPS } = window.candlecast;
  const KEY = "candlecast.side";
  const VERSION = 1;
  const PANELS = ["watchlist", "book", "trades"];
  const VIEWS = ["ladder", "depth"];
  const MULTIPLES = [1, 2, 5, 10, 20, 50, 100, 500, 1000]; // as in components/order_book.py
  const MOST_SYMBOLS = 200;

  /** @returns {SideLayout} */
  const usual = () => ({ tab: PANELS[0], folded: [], view: VIEWS[0], sheet: "half", multiples: {} });

  /** @param {any} value @returns {SideLayout} what can be used of it */
  function checked(value) {
    const layout = usual();
    if (value?.version !== VERSION) return layout;
    if (PANELS.includes(value.tab)) layout.tab = value.tab;
    if (VIEWS.includes(value.view)) layout.view = value.view;
    if (SNAPS.includes(value.sheet)) layout.sheet = value.sheet;
    if (Array.isArray(value.folded)) layout.folded = PANELS.filter((name) => value.folded.includes(name));
    for (const [symbol, multiple] of Object.entries(value.multiples ?? {}).slice(0, MOST_SYMBOLS)) {
      if (MULTIPLES.includes(/** @type {any} */ (multiple))) layout.multiples[symbol] = /** @type {number} */ (multiple);
    }
    return layout;
  }

  /** @returns {SideLayout} */
  function read() {
    try {
      return checked(JSON.parse(localStorage.getItem(KEY) || "null"));
    } catch (reason) {
      if (reason instanceof SyntaxError || reason instanceof DOMException) return usual(); // broken, or storage is off
      throw reason;
    }
  }

  class SidePanel {
    /** @param {HTMLElement} element */
    constructor(element) {
      this.element = element;
      this.layout = read();
      this.sheet = new Sheet(element, this.layout.sheet, (sheet) => this.change({ sheet }));
      element.addEventListener("click", (event) => this.onClick(event));
      element.querySelector(".side-tabs")?.addEventListener("keydown", (event) => this.onKey(/** @type {any} */ (event)));
      this.draw();
    }

    /** @param {string} name @returns {HTMLElement | null} */
    panel(name) {
      return this.element.querySelector(`[data-panel="${name}"]`);
    }

    /** @param {Event} event */
    onClick(event) {
      if (!(event.target instanceof Element)) return;
      const button = /** @type {HTMLElement | null} */ (event.target.closest("button"));
      const { folds, sideTab, bookView } = button?.dataset ?? {};
      if (folds) this.fold(folds);
      else if (sideTab) this.choose(sideTab);
      else if (bookView) this.change({ view: bookView });
    }

    /** @param {string} tab */
    choose(tab) {
      this.change({ tab });
      this.sheet.show();
    }

    /** @param {KeyboardEvent} event arrow keys go from tab to tab */
    onKey(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const tabs = PANELS.length;
      const next = PANELS[(PANELS.indexOf(this.layout.tab) + step + tabs) % tabs];
      this.choose(next);
      /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-side-tab="${next}"]`))?.focus();
      event.preventDefault();
    }

    /** @param {string} name */
    fold(name) {
      const { folded } = this.layout;
      this.change({ folded: folded.includes(name) ? folded.filter((each) => each !== name) : [...folded, name] });
    }

    /** @param {string} symbol @returns {number} ticks in a step of its ladder */
    multiple(symbol) {
      return this.layout.multiples[symbol] ?? 1;
    }

    /** @param {string} symbol @param {number} multiple */
    step(symbol, multiple) {
      this.change({ multiples: { ...this.layout.multiples, [symbol]: multiple } });
    }

    /** @param {Partial<SideLayout>} layout */
    change(layout) {
      Object.assign(this.layout, layout);
      try {
        localStorage.setItem(KEY, JSON.stringify({ version: VERSION, ...this.layout }));
      } catch (reason) {
        if (!(reason instanceof DOMException)) throw reason; // no storage: it lasts as long as the page
      }
      this.draw();
      document.dispatchEvent(new CustomEvent("candlecast:side"));
    }

    draw() {
      const { tab, folded, view } = this.layout;
      this.element.dataset.tab = tab;
      for (const button of this.element.querySelectorAll("[data-side-tab]")) {
        const chosen = /** @type {HTMLElement} */ (button).dataset.sideTab === tab;
        button.setAttribute("aria-selected", String(chosen));
        /** @type {HTMLElement} */ (button).tabIndex = chosen ? 0 : -1;
      }
      for (const name of PANELS) {
        const panel = this.panel(name);
        panel?.toggleAttribute("data-folded", folded.includes(name));
        panel?.querySelector(".panel-fold")?.setAttribute("aria-expanded", String(!folded.includes(name)));
      }
      const book = this.panel("book");
      if (book) book.dataset.view = view;
      for (const button of this.element.querySelectorAll("[data-book-view]")) {
        button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.bookView === view));
      }
    }
  }

  window.candlecast.SidePanel = SidePanel;
}
