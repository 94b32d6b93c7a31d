"use strict";

/**
 * The paper page: asks for an account over the frames socket, and passes what it is told to the parts of the page. What
 * moves with every price is written at the pace of the charts' texts.
 */
{
  const { PaperLists, PaperTicket, PaperLines, PaperCurves, PaperNews, PaperHeads, Sheet, SNAPS } = window.candlecast;
  const { paperApi: api, paperWords: say, paperSide: side } = window.candlecast;
  const KEPT = "candlecast.paper.account";
  const KEPT_SNAP = "candlecast.paper.sheet";
  const ASK_MS = 1000;

  /** @param {string} key @returns {string} */
  function kept(key) {
    try {
      return localStorage.getItem(key) ?? "";
    } catch {
      return ""; // storage is switched off
    }
  }

  /** @param {string} key @param {string} value */
  function keep(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      return; // it lasts as long as the page
    }
  }

  class PaperPage {
    /** @param {HTMLElement} page @param {HTMLElement} sheet */
    constructor(page, sheet) {
      this.page = page;
      this.sheetElement = sheet;
      this.wanted = Number(kept(KEPT)) || 0;
      this.symbol = "";
      /** @type {any} */
      this.head = null;
      /** @type {any[]} */
      this.accounts = [];
      /** @type {PaperAutomation[]} */
      this.automations = [];
      /** @type {PaperFill[]} */
      this.fills = [];
      /** @type {number[][]} */
      this.curve = [[], []];
      this.asking = false;
      this.gone = false; // the socket
      this.listSeen = ""; // what the journal or the results were asked for
      this.sent = "";
      this.news = new PaperNews();
      this.heads = new PaperHeads(page);
      this.lists = new PaperLists(page, () => this.fetchList());
      /** @type {PaperLines | null} */
      this.lines = null;
      this.ticket = new PaperTicket(/** @type {HTMLElement} */ (page.querySelector(".order-ticket")), () => this.lines?.draw());
      this.equity = new PaperCurves(/** @type {HTMLCanvasElement} */ (page.querySelector(".paper-equity-line")));
      const snap = kept(KEPT_SNAP);
      this.sheet = new Sheet(sheet, SNAPS.includes(snap) ? snap : "half", (now) => keep(KEPT_SNAP, now));
      this.ending = new AbortController();
      this.listen();
      this.findChart();
    }

    listen() {
      const { signal } = this.ending;
      document.addEventListener("candlecast:paper-account", (event) => this.chooseAccount(Number(/** @type {CustomEvent} */ (event).detail)), { signal });
      new window.candlecast.PaperHands(this, signal);
      this.timer = setInterval(() => {
        this.showOffline();
        void this.fetchList();
      }, ASK_MS);
    }

    /** What is shown is old, and nothing can be told, while the socket is gone. */
    showOffline() {
      const gone = ["lost", "polling"].includes(window.candlecast.mode);
      this.ticket.showOffline(gone ? "The server is out of reach: what is shown is old, and nothing can be sent." : "");
      if (gone !== this.gone) {
        this.gone = gone;
        this.drawKill();
      }
    }

    stop() {
      this.ending.abort();
      clearInterval(this.timer);
      this.equity.stop();
      this.lines?.stop();
      window.candlecast.send?.({ type: "paper" });
    }

    /** The chart comes after the page, and is another after a change of the tier. */
    findChart() {
      const chart = /** @type {HTMLElement | null} */ (this.page.querySelector(".chart[data-symbol]"));
      if (chart && this.lines?.chart !== chart && chart.querySelector("img.chart-keyframe")) {
        this.lines?.stop();
        const { orders = [], positions = [] } = this.lines ?? {};
        this.lines = new PaperLines(chart, this.ticket);
        Object.assign(this.lines, { orders, positions });
      }
    }

    /** @param {string} symbol */
    choose(symbol) {
      if (!symbol || symbol === this.symbol) return;
      this.symbol = symbol;
      this.ask();
    }

    /** @param {number} account */
    chooseAccount(account) {
      this.wanted = account;
      keep(KEPT, String(account));
      this.ask();
    }

    /** Tells the server what is shown here, where that differs from what it knows. @param {boolean} [anew] */
    ask(anew = false) {
      if (!this.symbol || document.hidden) return;
      const wanted = { type: "paper", account: this.wanted, symbol: this.symbol };
      const text = JSON.stringify(wanted);
      if ((anew || text !== this.sent) && window.candlecast.send?.(wanted)) this.sent = text;
    }

    // --- what is told -------------------------------------------------------------------------------------------

    /** @param {{part: string, account: number, value: any}} message */
    onMessage({ part, account, value }) {
      if (part === "quote") {
        if (value.symbol === this.symbol) this.ticket.showQuote(value);
        return;
      }
      if (part === "accounts") {
        this.accounts = value;
        return this.heads.showAccounts(value, api.account);
      }
      if (part === "account") this.take(account, value);
      if (account !== api.account) return; // of the account that was shown before
      if (part === "positions") this.showPositions(value);
      else if (part === "orders") this.showOrders(value);
      else if (part === "fills") this.showFills(value);
      else if (part === "gauges") side.showGauges(this.page, value);
      else if (part === "automations") this.showAutomations(value);
      else if (part === "instruments") this.showInstruments(value);
      else if (part === "curve") {
        this.curve = value;
        this.drawEquity();
      }
      this.page.classList.add("has-account");
    }

    /** @param {number} account @param {any} head */
    take(account, head) {
      const other = api.account !== account;
      api.account = account;
      this.news.of(account);
      this.head = { ...head, id: account };
      if (other) this.heads.showAccounts(this.accounts, account);
      this.drawHead();
      this.ticket.showHead(head);
    }

    /** @param {PaperPosition[]} positions */
    showPositions(positions) {
      this.lists.showPositions(positions);
      this.ticket.positions = positions;
      if (this.lines) this.lines.positions = positions;
      this.lines?.draw();
      this.drawKill();
    }

    /** @param {PaperOrder[]} orders */
    showOrders(orders) {
      this.lists.showOrders(orders);
      if (this.lines) this.lines.orders = orders;
      this.lines?.draw();
      this.drawKill();
    }

    /** @param {PaperInstrument[]} instruments */
    showInstruments(instruments) {
      say.instruments.clear();
      for (const each of instruments) say.instruments.set(each.symbol, each);
      this.ticket.draw();
    }

    /** @param {PaperFill[]} fills */
    showFills(fills) {
      this.fills = fills;
      this.lists.showFills(fills, this.head?.fill_count ?? fills.length);
      this.news.fills(fills, this.lists.orders, this.head?.currency ?? "");
    }

    /** @param {PaperAutomation[]} automations */
    showAutomations(automations) {
      this.automations = automations;
      side.showAutomations(this.page, automations);
      this.news.states(automations);
    }

    drawHead() {
      const { head } = this;
      this.heads.show(head);
      this.drawEquity();
      this.drawKill();
    }

    drawEquity() {
      if (!this.head) return;
      const { equity } = this.head;
      const [times, values] = this.curve;
      const newest = times[times.length - 1] ?? 0;
      const now = this.head.market === "replay" ? Math.max(newest, this.lines?.panel?.meta?.time_ms ?? 0) : Math.max(Date.now(), newest);
      this.equity.show([{ times: [...times, now], values: [...values, equity], colour: "--line-a" }]);
    }

    drawKill() {
      const live = this.lists.orders.filter(say.isLive).length;
      const does = this.gone ? "The server is out of reach." : this.head?.halted ? "Trading is stopped." : "";
      side.tellKill(this.page, live, this.lists.positions.length, does);
    }

    /** Journal and results are asked for while they are shown, when something happened. */
    async fetchList() {
      const { tab } = this.lists;
      const seen = `${tab} ${api.account} ${this.head?.seq}`;
      if (!["journal", "results"].includes(tab) || !this.head || this.asking || document.hidden || seen === this.listSeen) return;
      if (window.candlecast.mode === "lost") return;
      this.asking = true;
      try {
        const given = await api.ask("GET", tab === "journal" ? "/journal?limit=200" : "/statistics");
        if (tab === "journal") this.lists.showJournal((this.journal = given.rows ?? given));
        else window.candlecast.showPaperResults(this.page, given.metrics ?? given);
        this.listSeen = seen;
      } catch (reason) {
        if (!(reason instanceof api.Refused)) throw reason;
      } finally {
        this.asking = false;
      }
    }
  }

  /** @type {PaperPage | null} */
  let shown = null;
  let chosen = "";

  function find() {
    const page = /** @type {HTMLElement | null} */ (document.querySelector(".page-paper"));
    const sheet = /** @type {HTMLElement | null} */ (page?.querySelector(".paper-sheet") ?? null);
    const whole = page && sheet?.querySelector(".kill") && document.getElementById("paper-send") && document.getElementById("paper-size");
    if (shown && shown.page !== page) {
      shown.stop();
      shown = null;
    }
    if (!whole || !page || !sheet) return;
    if (!shown) {
      shown = new PaperPage(page, sheet);
      shown.choose(chosen || (document.getElementById("chart")?.dataset.symbol ?? ""));
    }
    shown.findChart();
  }

  function symbolOfChart() {
    const symbol = document.getElementById("chart")?.dataset.symbol ?? "";
    if (symbol) chosen = symbol;
    shown?.choose(chosen);
  }

  new MutationObserver(() => {
    find();
    symbolOfChart();
  }).observe(document.documentElement, { subtree: true, childList: true, attributeFilter: ["data-symbol"] });
  document.addEventListener("candlecast:message", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (detail.type === "paper") shown?.onMessage(detail);
  });
  document.addEventListener("candlecast:opened-socket", () => shown?.ask(true));
  document.addEventListener("visibilitychange", () => shown?.ask(true));
  window.candlecast.paperPage = () => shown;
}
