"use strict";

/** The lists of the paper page: positions, orders, fills, journal and results, by tabs that arrow keys go through. */
{
  const { words, PaperTable, paperWords: say, paperDom: dom } = window.candlecast;
  const SHOWN_ORDERS = 60;

  class PaperLists {
    /** @param {HTMLElement} page @param {() => void} changed another tab is shown */
    constructor(page, changed) {
      this.page = page;
      this.changed = changed;
      this.root = /** @type {HTMLElement} */ (page.querySelector(".paper-lists"));
      /** @type {Record<string, PaperTable>} */
      this.tables = {};
      for (const key of ["positions", "orders", "fills", "journal"]) {
        this.tables[key] = new PaperTable(/** @type {HTMLElement} */ (page.querySelector(`.paper-list-${key}`)));
      }
      /** @type {PaperPosition[]} */
      this.positions = [];
      /** @type {PaperOrder[]} */
      this.orders = [];
      /** @type {PaperFill[]} */
      this.fills = [];
      this.root.addEventListener("keydown", (event) => this.onKey(event));
      this.root.addEventListener("click", (event) => this.onClick(event));
    }

    get tab() {
      return this.root.dataset.tab ?? "positions";
    }

    /** @param {string} tab */
    choose(tab) {
      this.root.dataset.tab = tab;
      for (const each of this.tabs()) {
        const chosen = each.dataset.paperTab === tab;
        dom.setAttribute(each, "aria-selected", String(chosen));
        each.tabIndex = chosen ? 0 : -1;
      }
      this.changed();
    }

    /** @returns {HTMLElement[]} */
    tabs() {
      return /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll("[data-paper-tab]")]);
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      const tabs = this.tabs();
      const at = tabs.indexOf(/** @type {HTMLElement} */ (event.target));
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (at < 0 || !step) return;
      const next = tabs[(at + step + tabs.length) % tabs.length];
      this.choose(next.dataset.paperTab ?? "");
      next.focus();
      event.preventDefault();
    }

    /** @param {Event} event */
    onClick(event) {
      const target = event.target instanceof Element ? event.target : null;
      const tab = /** @type {HTMLElement | null} */ (target?.closest("[data-paper-tab]"));
      if (tab) return this.choose(tab.dataset.paperTab ?? "");
      const act = /** @type {HTMLElement | null} */ (target?.closest("[data-row-act]"));
      const key = /** @type {HTMLElement | null} */ (target?.closest("tr"))?.dataset.key ?? "";
      if (act) this.act(act.dataset.rowAct ?? "", key);
      else if (key && !target?.closest("button")) this.goTo(key);
    }

    /** @param {string} act @param {string} key */
    act(act, key) {
      if (act === "cancel") void window.candlecast.paperActs.cancel(Number(key));
      if (act === "close") {
        const position = this.positions.find((each) => `${each.owner} ${each.symbol}` === key);
        if (position) void window.candlecast.paperActs.close(position);
      }
      if (act === "note") document.dispatchEvent(new CustomEvent("candlecast:paper-note", { detail: key }));
    }

    /** A press on a row shows its symbol. @param {string} key */
    goTo(key) {
      const found =
        this.positions.find((each) => `${each.owner} ${each.symbol}` === key) ??
        (this.tab === "orders" ? this.orders : this.fills).find((each) => String(each.id) === key);
      if (found && this.tab !== "journal") window.dash_clientside.set_props("symbol", { value: found.symbol });
    }

    /** @param {string} key @param {number} number */
    count(key, number) {
      words.write(this.root.querySelector(`[data-paper-count="${key}"]`), number ? number.toLocaleString("en-US") : "0");
    }

    /** @param {PaperPosition[]} positions */
    showPositions(positions) {
      this.positions = positions;
      this.count("positions", positions.length);
      const symbol = document.getElementById("chart")?.dataset.symbol;
      this.tables.positions.show(
        positions.map((each) => ({
          key: `${each.owner} ${each.symbol}`,
          look: each.symbol === symbol ? "is-chosen" : "",
          cells: [
            { text: each.symbol, tone: "strong" },
            each.side === "long" ? { text: "Long", tone: "up" } : { text: "Short", tone: "down" },
            say.size(each.size),
            { text: say.price(each.symbol, each.entry), tone: "quiet" },
            say.price(each.symbol, each.mark),
            { text: words.number(each.value, 2), tone: "quiet" },
            say.result(each.unrealised),
            say.share(each.return_percent),
            { text: each.opened_by, tone: "faint" },
          ],
          act: { name: "close", icon: "close", label: `Close ${each.symbol} at market` },
        })),
      );
      this.showTotal(positions);
    }

    /** @param {PaperPosition[]} positions */
    showTotal(positions) {
      const total = /** @type {HTMLElement} */ (this.root.querySelector(".paper-list-positions tfoot"));
      const value = positions.reduce((sum, each) => sum + Math.abs(each.value ?? 0), 0);
      const gain = say.result(positions.reduce((sum, each) => sum + (each.unrealised ?? 0), 0));
      if (total.hidden !== positions.length < 2) total.hidden = positions.length < 2;
      words.write(total.querySelector('[data-paper-sum="value"]'), words.number(value, 2));
      const result = /** @type {HTMLElement} */ (total.querySelector('[data-paper-sum="p&l"]'));
      words.write(result, gain.text);
      dom.setClass(result, `number ${gain.tone}`);
      const all = /** @type {HTMLElement} */ (this.root.querySelector(".paper-close-all"));
      all.hidden = !positions.length;
    }

    /** @param {PaperOrder[]} orders live ones first */
    showOrders(orders) {
      this.orders = orders;
      const live = orders.filter(say.isLive);
      this.count("orders", live.length);
      const ended = orders.filter((each) => !say.isLive(each));
      this.tables.orders.show([...live, ...ended].slice(0, SHOWN_ORDERS).map((each) => this.orderRow(each)));
    }

    /** @param {PaperOrder} order @returns {RowValue} */
    orderRow(order) {
      const live = say.isLive(order);
      return {
        key: String(order.id),
        look: live ? "" : "is-ended",
        cells: [
          { text: order.symbol, tone: "strong" },
          order.side === "buy" ? { text: "Buy", tone: "up" } : { text: "Sell", tone: "down" },
          { text: orderWords(order), title: `Order ${order.id}` },
          say.size(order.size),
          { text: say.size(order.filled), tone: "quiet" },
          order.kind === "market" ? "market" : say.price(order.symbol, say.orderPrice(order)),
          { text: order.queue_ahead === null ? words.NONE : say.size(order.queue_ahead), tone: "quiet" },
          { text: say.capital(order.state), tone: order.state === "refused" ? "down" : "quiet", title: order.words },
          { text: order.opened_by, tone: "faint" },
        ],
        act: live ? { name: "cancel", icon: "close", label: `Cancel order ${order.id}` } : null,
      };
    }

    /** @param {PaperFill[]} fills newest first @param {number} count of all */
    showFills(fills, count) {
      this.fills = fills;
      this.count("fills", count);
      this.tables.fills.show(
        fills.map((each) => ({
          key: String(each.id),
          cells: [
            { text: say.moment(each.time_ms), tone: "quiet" },
            { text: each.symbol, tone: "strong" },
            each.side === "buy" ? { text: "Buy", tone: "up" } : { text: "Sell", tone: "down" },
            say.size(each.size),
            say.price(each.symbol, each.price),
            { text: words.number(each.fee, 2), tone: "quiet", title: each.maker ? "Maker" : "Taker" },
            each.realised ? say.result(each.realised) : { text: words.NONE, tone: "quiet" },
            { text: each.opened_by, tone: "faint" },
          ],
          act: { name: "note", words: noteWords(each), label: `Note on fill ${each.id}` },
        })),
      );
    }

    /** @param {{seq: number, time_ms: number, kind: string, words: string, owner: string, note: string, tags: string[], fill: number | null}[]} rows */
    showJournal(rows) {
      this.tables.journal.show(
        rows.map((each) => ({
          key: String(each.seq),
          cells: [
            { text: say.moment(each.time_ms), tone: "quiet" },
            { text: each.seq.toLocaleString("en-US"), tone: "faint" },
            { text: say.capital(each.kind.replaceAll("_", " ")), tone: "quiet" },
            { text: each.words, title: titled(each) },
          ],
          act: { name: "note", words: noteWords(each), label: `Note on entry ${each.seq}` },
        })),
      );
    }
  }

  /** "Trailing by 300.0", "Stop limit at 37,600.0": with the price that is in no other column. @param {PaperOrder} order */
  function orderWords(order) {
    const { role, kind, symbol, trail, limit } = order;
    const name = say.capital(role === "entry" ? kind : role);
    if (trail !== null) return `${name} by ${say.price(symbol, trail)}`;
    return kind === "stop limit" && !say.queues(order) ? `${name} at ${say.price(symbol, limit)}` : name;
  }

  /** All of it, with the id of the automation that it is about. @param {{words: string, owner: string}} row */
  const titled = ({ words: told, owner }) => (owner && owner !== "manual" ? `${told} (${owner})` : told);

  /** What stands where a note can be. @param {{note: string, tags: string[]}} of */
  const noteWords = ({ note, tags }) => [...tags.map((tag) => `#${tag}`), note].filter(Boolean).join(" ");

  window.candlecast.PaperLists = PaperLists;
}
