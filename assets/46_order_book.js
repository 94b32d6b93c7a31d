"use strict";

/**
 * The ladder: rows are made once and used again, and only texts that changed are written. A press on a row, or Enter,
 * says its price as the DOM event `candlecast:price` ({symbol, price, side}).
 *
 * @typedef {[number, number, number]} BookLevel   price, size, running total
 * @typedef {{symbol: string, state: string, detail: string, tick: number, multiple: number, step: number,
 *   decimals: number, tick_decimals: number, size_decimals: number, bids: BookLevel[], asks: BookLevel[],
 *   last: number | null, direction: number, spread: number | null, spread_bp: number | null, imbalance: number,
 *   tape_decimals?: number}} BookMessage
 * @typedef {{element: HTMLElement, bar: HTMLElement, cells: HTMLElement[], price: number}} BookRow
 */
{
  const { words } = window.candlecast;
  const TAGS = { lost: "RESYNCING", stale: "STALE" };
  const MOST_ROWS = 60;

  /** @param {string} symbol @returns {[string, string]} base and quote currency */
  function currencies(symbol) {
    const [base, quote] = symbol.split("@")[0].split("-");
    return [base, quote ?? ""];
  }

  /** A size with the digits of its column; one too small for them is not zero. @param {number} value @param {number} digits */
  function size(value, digits) {
    const least = 10 ** -digits;
    return value > 0 && value < least / 2 ? `<${words.number(least, digits)}` : words.number(value, digits);
  }

  /** Column heads say the currencies. @param {Element} panel @param {string} symbol */
  function nameColumns(panel, symbol) {
    const [base, quote] = currencies(symbol);
    words.write(panel.querySelector('[data-column="price"]'), `Price ${quote}`);
    words.write(panel.querySelector('[data-column="size"]'), `Size ${base}`);
  }

  class OrderBook {
    /** @param {HTMLElement} panel */
    constructor(panel) {
      this.panel = panel;
      this.body = /** @type {HTMLElement} */ (panel.querySelector(".book-body"));
      this.columns = this.part(".book-columns");
      this.middle = this.part(".book-middle");
      /** @type {Record<"ask" | "bid", {holder: HTMLElement, rows: BookRow[]}>} rows with the best level first */
      this.sides = {
        ask: { holder: this.part(".book-asks"), rows: [] },
        bid: { holder: this.part(".book-bids"), rows: [] },
      };
      /** @type {BookMessage | null} */
      this.shown = null;
      panel.addEventListener("click", (event) => this.onClick(event));
      this.body.addEventListener("keydown", (event) => this.onKey(event));
    }

    /** @param {string} selector @returns {HTMLElement} */
    part(selector) {
      return /** @type {HTMLElement} */ (this.panel.querySelector(selector));
    }

    /** How many rows of each side there is room for; makes them. @returns {number} */
    fit() {
      const height = parseFloat(getComputedStyle(this.panel).getPropertyValue("--side-row")) || 18;
      const room = this.body.clientHeight - this.columns.offsetHeight - this.middle.offsetHeight;
      const count = Math.min(Math.max(1, Math.floor(room / 2 / height)), MOST_ROWS);
      for (const name of /** @type {("ask" | "bid")[]} */ (["ask", "bid"])) {
        const { holder, rows } = this.sides[name];
        while (rows.length > count) rows.pop()?.element.remove();
        while (rows.length < count) {
          const row = this.made(name);
          rows.push(row);
          if (name === "ask") holder.prepend(row.element);
          else holder.append(row.element);
        }
      }
      if (this.shown) this.fill(this.shown);
      return count;
    }

    /** @param {string} side @returns {BookRow} */
    made(side) {
      const element = document.createElement("button");
      element.type = "button";
      element.className = "book-row is-empty";
      element.tabIndex = -1;
      element.dataset.side = side;
      const bar = document.createElement("i");
      const cells = ["price", "size", "total"].map((name) => {
        const cell = document.createElement("span");
        cell.className = `side-${name}`;
        return cell;
      });
      element.append(bar, ...cells);
      return { element, bar, cells, price: 0 };
    }

    /** Another symbol is to come: nothing of the last one stays. @param {string} symbol */
    clear(symbol) {
      this.shown = null;
      const none = { state: "waiting", detail: "Waiting for the order book.", last: null, spread: null, spread_bp: null };
      this.draw(/** @type {any} */ ({ symbol, ...none, bids: [], asks: [], direction: 0, decimals: 0 }));
    }

    /** @param {BookMessage} message */
    show(message) {
      this.shown = message.state === "refused" ? null : message;
      this.draw(message.state === "refused" ? { ...message, bids: [], asks: [], last: null, spread: null } : message);
    }

    /** @param {BookMessage} message */
    draw(message) {
      const { state, detail, bids, asks } = message;
      if (this.panel.dataset.state !== state) this.panel.dataset.state = state;
      this.panel.toggleAttribute("data-empty", bids.length + asks.length === 0);
      const tag = this.part(".book-tag");
      const text = TAGS[/** @type {keyof typeof TAGS} */ (state)] ?? "";
      words.write(tag, text);
      tag.hidden = !text;
      tag.title = detail;
      words.write(this.panel.querySelector(".panel-state-detail"), detail || "The order book is empty.");
      nameColumns(this.panel, message.symbol);
      this.fill(message);
      this.drawMiddle(message);
      if (message.step) words.write(this.part(".book-step"), `tick ${words.number(message.step, message.decimals)}`);
    }

    /** @param {BookMessage} message */
    fill({ bids, asks, decimals, size_decimals: digits }) {
      const last = (/** @type {BookLevel[]} */ levels, /** @type {number} */ rows) =>
        levels[Math.min(levels.length, rows) - 1]?.[2] ?? 0;
      const count = this.sides.ask.rows.length;
      const most = Math.max(last(bids, count), last(asks, count));
      for (const [name, levels] of /** @type {["ask" | "bid", BookLevel[]][]} */ ([["ask", asks], ["bid", bids]])) {
        this.sides[name].rows.forEach((row, place) => fillRow(row, levels[place], decimals, digits, most));
      }
      this.holdFocus();
    }

    /** One row can be reached by the keyboard, the others from there. */
    holdFocus() {
      const rows = this.rows();
      const now = rows.find((row) => row.tabIndex === 0);
      if (now) return;
      for (const { rows: all } of Object.values(this.sides)) for (const { element } of all) element.tabIndex = -1;
      const best = this.sides.ask.rows[0] ?? this.sides.bid.rows[0];
      const first = rows.includes(best?.element) ? best.element : rows[0];
      if (first) first.tabIndex = 0;
    }

    /** @param {BookMessage} message */
    drawMiddle({ last, direction, spread, spread_bp: points, tick_decimals: digits }) {
      const price = this.part(".book-last");
      words.write(price, words.number(last, digits ?? 0));
      const way = String(direction ?? 0);
      if (price.dataset.direction !== way) price.dataset.direction = way;
      words.write(this.part(".book-spread"), words.number(spread, digits ?? 0));
      words.write(this.part(".book-bp"), points === null || points === undefined ? "" : `${words.number(points, points < 0.095 ? 2 : 1)} bp`);
    }

    /** Rows with a level, from above. @returns {HTMLElement[]} */
    rows() {
      const asks = this.sides.ask.rows.map((row) => row.element).reverse();
      const all = [...asks, ...this.sides.bid.rows.map((row) => row.element)];
      return all.filter((row) => !row.classList.contains("is-empty"));
    }

    /** @param {Event} event */
    onClick(event) {
      const pressed = event.target instanceof Element ? event.target.closest(".book-row") : null;
      if (!pressed || !this.shown) return;
      for (const [side, { rows }] of Object.entries(this.sides)) {
        const row = rows.find((each) => each.element === pressed);
        const detail = { symbol: this.shown.symbol, price: row?.price, side };
        if (row) document.dispatchEvent(new CustomEvent("candlecast:price", { detail }));
      }
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      const rows = this.rows();
      const now = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      if (now < 0 || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
      const places = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: rows.length - 1 };
      const place = places[/** @type {keyof typeof places} */ (event.key)];
      const next = rows[Math.min(Math.max(place, 0), rows.length - 1)];
      rows[now].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @param {BookRow} row @param {BookLevel | undefined} level @param {number} decimals @param {number} digits @param {number} most */
  function fillRow(row, level, decimals, digits, most) {
    if (row.element.classList.contains("is-empty") !== !level) row.element.classList.toggle("is-empty", !level);
    if (!level) {
      if (row.element !== document.activeElement) row.element.tabIndex = -1;
      return;
    }
    const [price, amount, total] = level;
    row.price = price;
    words.write(row.cells[0], words.number(price, decimals));
    words.write(row.cells[1], size(amount, digits));
    words.write(row.cells[2], size(total, digits));
    const share = `scaleX(${most > 0 ? (total / most).toFixed(3) : 0})`;
    if (row.bar.style.transform !== share) row.bar.style.transform = share;
  }

  Object.assign(window.candlecast, { OrderBook, bookWords: { currencies, size, nameColumns } });
}
