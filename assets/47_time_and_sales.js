"use strict";

/**
 * Time and sales: a fixed number of rows. A new trade takes the lowest row to the top, so only that row is written.
 *
 * @typedef {{number: number, time_ms: number, price: number, size: number, side: string, large: boolean}} TapeTrade
 * @typedef {{symbol: string, decimals: number, size_decimals: number, per_second: number, large_from: number | null,
 *   next: number, trades: TapeTrade[]}} TradesMessage   trades newest first
 * @typedef {{element: HTMLElement, cells: HTMLElement[], trade: TapeTrade | null}} TapeRow
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
      for (const row of this.rows) write(row, null, this.digits);
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
        for (const row of this.rows) write(row, row.trade, digits);
      }
      const fresh = message.trades.filter((trade) => trade.number >= this.next).slice(0, this.rows.length);
      for (const trade of fresh.reverse()) this.add(trade);
      this.next = message.next;
      words.write(this.rate, `${words.number(message.per_second, 1)} / s`);
      if (this.rows[0]?.trade) this.panel.dataset.state = "followed";
    }

    /** @param {TapeTrade} trade */
    add(trade) {
      const row = /** @type {TapeRow} */ (this.rows.pop());
      write(row, trade, this.digits);
      this.rows.unshift(row);
      this.holder.prepend(row.element);
    }

    /** What a row does not say: the taker's side, and why it is marked. @param {EventTarget | null} target */
    explain(target) {
      const element = target instanceof Element ? target.closest(".trade-row") : null;
      const trade = this.rows.find((row) => row.element === element)?.trade;
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
    return { element, cells, trade: null };
  }

  /** @param {TapeRow} row @param {TapeTrade | null} trade @param {{price: number, size: number}} digits */
  function write(row, trade, digits) {
    row.trade = trade;
    row.element.classList.toggle("is-empty", !trade);
    if (!trade) return;
    row.element.dataset.side = trade.side;
    row.element.classList.toggle("is-large", trade.large);
    words.write(row.cells[0], words.number(trade.price, digits.price));
    words.write(row.cells[1], bookWords.size(trade.size, digits.size));
    words.write(row.cells[2], new Date(trade.time_ms).toISOString().slice(11, 22));
  }

  window.candlecast.TimeAndSales = TimeAndSales;
}
