"use strict";

/**
 * Time and sales: a fixed number of rows that stay where they are, while trades go down from one to the next: to move
 * elements has the browser match every rule about what others contain (`:has`), up to the whole page.
 *
 * @typedef {{number: number, time_ms: number, price: number, size: number, side: string, large: boolean}} TapeTrade
 * @typedef {{symbol: string, decimals: number, size_decimals: number, per_second: number, large_from: number | null,
 *   next: number, trades: TapeTrade[]}} TradesMessage   trades newest first
 * @typedef {{trade: TapeTrade, texts: string[]}} ToldTrade   with the texts of its cells
 * @typedef {{element: HTMLElement, cells: HTMLElement[], told: ToldTrade | null}} TapeRow
 */
{
  const { words, bookWords } = window.candlecast;
  const MOST_ROWS = 120;

  class TimeAndSales {
    /** @param {HTMLElement} panel */
    constructor(panel) {
      this.panel = panel;
      this.holder = /** @type {HTMLElement} */ (panel.querySelector(".trades-rows"));
      this.rate = /** @type {HTMLElement} */ (panel.querySelector(".trades-rate"));
      /** @type {TapeRow[]} the newest first */
      this.rows = [];
      this.symbol = "";
      this.next = 0;
      this.digits = { price: 0, size: 0 };
      /** @type {number | null} */
      this.largeFrom = null;
      this.holder.addEventListener("pointerover", (event) => this.explain(event.target));
    }

    /** How many rows there is room for; makes them. @returns {number} */
    fit() {
      const height = parseFloat(getComputedStyle(this.panel).getPropertyValue("--side-row")) || 18;
      const count = Math.min(Math.max(1, Math.ceil(this.holder.clientHeight / height)), MOST_ROWS);
      while (this.rows.length > count) this.rows.pop()?.element.remove();
      while (this.rows.length < count) {
        const row = made();
        this.rows.push(row);
        this.holder.append(row.element);
      }
      return count;
    }

    /** @param {string} symbol */
    clear(symbol) {
      this.symbol = symbol;
      this.next = 0;
      for (const row of this.rows) write(row, null);
      this.panel.dataset.state = "waiting";
      words.write(this.rate, "");
      bookWords.nameColumns(this.panel, symbol);
    }

    /** @param {TradesMessage} message */
    show(message) {
      if (message.symbol !== this.symbol || message.next < this.next) this.clear(message.symbol);
      const digits = { price: message.decimals, size: message.size_decimals };
      this.largeFrom = message.large_from;
      if (digits.price !== this.digits.price || digits.size !== this.digits.size) {
        this.digits = digits;
        for (const row of this.rows) write(row, row.told && worded(row.told.trade, digits));
      }
      const fresh = message.trades.filter((trade) => trade.number >= this.next).slice(0, this.rows.length);
      this.add(fresh.map((trade) => worded(trade, digits)));
      this.next = message.next;
      words.write(this.rate, `${words.number(message.per_second, 1)} / s`);
      if (this.rows[0]?.told) this.panel.dataset.state = "followed";
    }

    /** @param {ToldTrade[]} fresh newest first */
    add(fresh) {
      if (!fresh.length) return;
      const told = [...fresh, ...this.rows.map((row) => row.told)];
      this.rows.forEach((row, place) => write(row, told[place]));
    }

    /** What a row does not say: the taker's side, and why it is marked. @param {EventTarget | null} target */
    explain(target) {
      const element = target instanceof Element ? target.closest(".trade-row") : null;
      const trade = this.rows.find((row) => row.element === element)?.told?.trade;
      if (!(element instanceof HTMLElement) || !trade) return;
      const [base] = bookWords.currencies(this.symbol);
      const taker = trade.side === "buy" ? "Bought at the market" : "Sold at the market";
      const from = this.largeFrom === null ? "" : ` Now from ${bookWords.size(this.largeFrom, this.digits.size)} ${base}.`;
      const rule = "among the largest 5 % of the last 1,000 and at least three times their median";
      element.title = trade.large ? `${taker}. Large: ${rule}.${from}` : taker;
    }
  }

  /** @returns {TapeRow} */
  function made() {
    const element = document.createElement("div");
    element.className = "trade-row is-empty";
    const cells = ["price", "size", "time"].map((name) => {
      const cell = document.createElement("span");
      cell.className = `side-${name}`;
      return cell;
    });
    element.append(...cells);
    return { element, cells, told: null };
  }

  /** @param {TapeTrade} trade @param {{price: number, size: number}} digits @returns {ToldTrade} */
  const worded = (trade, digits) => ({
    trade,
    texts: [
      words.number(trade.price, digits.price),
      bookWords.size(trade.size, digits.size),
      new Date(trade.time_ms).toISOString().slice(11, 22),
    ],
  });

  /** Writes what differs. @param {TapeRow} row @param {ToldTrade | null} told */
  function write(row, told) {
    const { element, told: before } = row;
    row.told = told;
    if (!before !== !told) element.classList.toggle("is-empty", !told);
    if (!told) return;
    const { side, large } = told.trade;
    if (element.dataset.side !== side) element.dataset.side = side;
    if (element.classList.contains("is-large") !== large) element.classList.toggle("is-large", large);
    row.cells.forEach((cell, place) => words.write(cell, told.texts[place]));
  }

  window.candlecast.TimeAndSales = TimeAndSales;
}
