"use strict";

/**
 * The grid of the dashboard: which chart shows what. Changing it is a matter of this page alone; the charts' script
 * sees `data-` attributes change and asks the server for what they say.
 *
 * Cells are what charts show, kept across reloads; slots are places on the page. One slot shows the active cell, several
 * show the first cells in their order.
 */
{
  const { readLayout, keepLayout } = window.candlecast;
  const ELEMENT_NAMES = ["style", "axis", "zone", "volume", "indicators", "lines", "quote", "countdown", "trades"];
  const MARKET = /** @type {("symbol" | "interval")[]} */ (["symbol", "interval"]);
  const narrow = window.matchMedia("(max-width: 767px)");

  const freed = () => ({ symbol: false, interval: false });

  /** @param {Element} slot @returns {HTMLElement | null} */
  const chartIn = (slot) => slot.querySelector(".chart[data-symbol]");

  /** Whether the address says what the chart shows. */
  function isAddressed() {
    const query = new URLSearchParams(location.search);
    return ELEMENT_NAMES.some((name) => query.has(name));
  }

  class ChartGrid {
    /** @param {HTMLElement} element @param {HTMLElement} chart the first one, as the server wrote it */
    constructor(element, chart) {
      this.element = element;
      this.first = chart;
      this.symbols = /** @type {string[]} */ (JSON.parse(element.dataset.symbols ?? "[]"));
      this.intervals = /** @type {string[]} */ (JSON.parse(element.dataset.intervals ?? "[]"));
      this.defaults = /** @type {Elements} */ (JSON.parse(chart.dataset.elements ?? "{}"));
      this.more = /** @type {HTMLElement} */ (element.querySelector(".chart-more"));
      this.blank = this.copy();
      /** While the address says what the chart shows, nothing is kept. */
      this.addressed = isAddressed();
      this.layout = this.begin(chart.dataset.symbol ?? "", chart.dataset.interval ?? "");
      this.draw();
    }

    /** A cell without a picture, to make the others from. @returns {HTMLElement} */
    copy() {
      const cell = /** @type {HTMLElement} */ (this.element.querySelector(".chart-cell")?.cloneNode(true));
      for (const part of cell.querySelectorAll("[id]")) part.removeAttribute("id");
      for (const strip of cell.querySelectorAll(".live-chart > .strip")) strip.remove();
      return cell;
    }

    /** What was kept, with what the address asks for. @param {string} symbol @param {string} interval @returns {Layout} */
    begin(symbol, interval) {
      const kept = readLayout();
      const cells = (kept?.cells ?? []).map((cell) => ({ ...cell, ...this.known(cell) }));
      if (cells.length === 0) cells.push({ symbol, interval, elements: this.defaults, link: freed() });
      const layout = { size: kept?.size ?? 1, active: kept?.active ?? 0, cells };
      const active = cells[layout.active];
      if (symbol) active.symbol = symbol;
      if (interval) active.interval = interval;
      if (this.addressed) Object.assign(active, { elements: this.defaults, link: freed() });
      return this.addressed ? { ...layout, size: 1 } : layout;
    }

    /** This server may follow other symbols than it did. @param {Cell} cell */
    known({ symbol, interval }) {
      return {
        symbol: this.symbols.includes(symbol) ? symbol : this.symbols[0],
        interval: this.intervals.includes(interval) ? interval : this.intervals[0],
      };
    }

    get active() {
      return this.layout.cells[this.layout.active];
    }

    /** How many charts there is room for. */
    get size() {
      return narrow.matches ? 1 : this.layout.size;
    }

    /** @returns {HTMLElement[]} */
    get slots() {
      return /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll(".chart-cell")]);
    }

    /** The cell that a slot shows. @param {number} slot */
    cellAt(slot) {
      return this.size === 1 ? this.layout.active : slot;
    }

    /** The chart that is concerned by what is chosen. @returns {HTMLElement | null} */
    get activeChart() {
      const slot = this.size === 1 ? 0 : this.layout.active;
      return this.slots[slot] ? chartIn(this.slots[slot]) : null;
    }

    // --- what is chosen -----------------------------------------------------------------------------------------

    /** @param {number} size */
    resize(size) {
      const { cells } = this.layout;
      while (cells.length < size) cells.push(this.another(cells.length));
      const last = size - 1;
      if (size > 1 && this.layout.active > last) {
        [cells[last], cells[this.layout.active]] = [cells[this.layout.active], cells[last]];
        this.layout.active = last;
      }
      this.layout.size = size;
      this.changed();
    }

    /** A view that is not there yet: the next symbol, then the next interval. @param {number} index @returns {Cell} */
    another(index) {
      const { symbol, interval } = this.active;
      const symbols = Math.max(1, this.symbols.length);
      const place = Math.max(0, this.symbols.indexOf(symbol)) + index;
      const length = Math.max(0, this.intervals.indexOf(interval)) + Math.floor(index / symbols);
      return {
        symbol: this.symbols[place % symbols] ?? symbol,
        interval: this.intervals[length % this.intervals.length] ?? interval,
        elements: this.defaults,
        link: freed(),
      };
    }

    /** @param {number} index of a cell */
    activate(index) {
      if (index === this.layout.active) return;
      this.layout.active = index;
      this.tell();
      this.changed();
    }

    /** The selectors show the active chart's market. */
    tell() {
      const { symbol, interval } = this.active;
      window.dash_clientside?.set_props("symbol", { value: symbol });
      window.dash_clientside?.set_props("interval", { value: interval });
    }

    /** Another market for the active chart and those linked to it. @param {{symbol?: string, interval?: string}} market */
    choose(market) {
      for (const name of MARKET) {
        const value = market[name];
        if (!value || this.active[name] === value) continue;
        const linked = this.active.link[name] ? this.layout.cells.filter((cell) => cell.link[name]) : [];
        for (const cell of [this.active, ...linked]) cell[name] = value;
      }
      this.keep();
      this.draw();
    }

    /** @param {"symbol" | "interval"} name @param {boolean} on */
    link(name, on) {
      const leader = this.layout.cells.find((cell) => cell !== this.active && cell.link[name]);
      this.active.link[name] = on;
      if (on && leader) this.active[name] = leader[name];
      this.tell();
      this.changed();
    }

    /** @param {Partial<Elements>} elements */
    show(elements) {
      this.active.elements = { ...this.active.elements, ...elements };
      this.changed();
    }

    /** Somebody chose here: from now on that is what counts, and no longer the address. */
    changed() {
      if (this.addressed) {
        this.addressed = false;
        const address = new URL(location.href);
        for (const name of ELEMENT_NAMES) address.searchParams.delete(name);
        history.replaceState(history.state, "", address);
      }
      this.keep();
      this.draw();
    }

    keep() {
      if (!this.addressed && this.active.symbol && this.active.interval) keepLayout(this.layout);
    }

    // --- the page -----------------------------------------------------------------------------------------------

    draw() {
      const { size } = this;
      while (this.layout.cells.length < size) this.layout.cells.push(this.another(this.layout.cells.length));
      while (this.more.children.length > size - 1) this.more.lastElementChild?.remove();
      while (this.more.children.length < size - 1) this.more.append(this.blank.cloneNode(true));
      this.element.dataset.grid = String(size);
      this.slots.forEach((slot, place) => this.fill(slot, place));
      document.dispatchEvent(new CustomEvent("candlecast:grid", { detail: this }));
    }

    /** @param {HTMLElement} slot @param {number} place */
    fill(slot, place) {
      const index = this.cellAt(place);
      const { symbol, interval, elements, link } = this.layout.cells[index];
      const active = index === this.layout.active;
      slot.classList.toggle("is-active", active);
      slot.classList.toggle("is-linked", link.symbol || link.interval);
      const chart = chartIn(slot);
      if (!chart) return;
      const wanted = { symbol, interval, elements: JSON.stringify(elements), chart: String(place + 1) };
      for (const [name, value] of Object.entries(wanted)) if (chart.dataset[name] !== value) chart.dataset[name] = value;
      chart.setAttribute("aria-label", place === 0 ? "Candlestick chart" : `Candlestick chart ${place + 1}`);
    }

    /** What the first chart is to say, for Dash, which owns it. */
    get firstMarket() {
      const { symbol, interval } = this.layout.cells[this.cellAt(0)];
      return [symbol, interval];
    }

    /** A press in a chart, or the keyboard coming to it. @param {EventTarget | null} target */
    point(target) {
      const slot = target instanceof Element ? target.closest(".chart-cell") : null;
      const place = this.slots.indexOf(/** @type {HTMLElement} */ (slot));
      if (place >= 0) this.activate(this.cellAt(place));
    }
  }

  /** @type {ChartGrid | null} */
  let grid = null;

  /** Pages come and go, and so does the first chart when the way of drawing changes. */
  function find() {
    const element = /** @type {HTMLElement | null} */ (document.querySelector(".chart-grid"));
    const chart = element && chartIn(element);
    const usable = chart?.querySelector("img.chart-keyframe") && element?.querySelector(".chart-more");
    if (grid && (!usable || grid.element !== element || grid.first !== chart)) grid = null;
    if (!usable) element?.querySelector(".chart-more")?.replaceChildren();
    else grid ??= new ChartGrid(/** @type {HTMLElement} */ (element), /** @type {HTMLElement} */ (chart));
    if (!usable && element) element.dataset.grid = "1";
  }

  // Before the charts' own script sees the new elements: observers are told in the order they were made.
  new MutationObserver(find).observe(document.documentElement, { subtree: true, childList: true });
  document.addEventListener("pointerdown", ({ target }) => grid?.point(target), { capture: true });
  document.addEventListener("focusin", ({ target }) => grid?.point(target));
  narrow.addEventListener("change", () => grid?.draw());

  window.candlecast.grid = {
    /** The grid of this page, null on pages without one. @returns {ChartGrid | null} */
    current: () => grid,

    /** What the selectors say, from Dash. @param {string} symbol @param {string} interval @param {string[]} changed */
    choose(symbol, interval, changed) {
      if (!grid) return [symbol, interval];
      const all = changed.length === 0;
      grid.choose({
        symbol: all || changed.includes("symbol") || !grid.active.symbol ? symbol : "",
        interval: all || changed.includes("interval") || !grid.active.interval ? interval : "",
      });
      return grid.firstMarket;
    },
  };
}
