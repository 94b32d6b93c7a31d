"use strict";

/**
 * Asks the server for what the side column shows of the active chart's symbol, and for nothing that is folded, behind
 * another tab, out of sight or in a hidden tab.
 */
{
  const { SidePanel, OrderBook, TimeAndSales, DepthChart, textPace } = window.candlecast;
  const SETTLES_MS = 80;

  class BookFeed {
    /** @param {HTMLElement} element the side column */
    constructor(element) {
      this.element = element;
      this.side = new SidePanel(element);
      this.book = new OrderBook(/** @type {HTMLElement} */ (this.side.panel("book")));
      this.trades = new TimeAndSales(/** @type {HTMLElement} */ (this.side.panel("trades")));
      this.depth = new DepthChart(/** @type {HTMLElement} */ (element.querySelector(".book-depth")));
      this.bodies = [this.book.body, this.trades.holder];
      this.inSight = new Set();
      this.symbol = "";
      this.sent = "";
      /** @type {any[]} texts about trades that are not shown yet, oldest first: each tells what the one before did not */
      this.untold = [];
      this.wanted = { type: "book", symbol: "", levels: 0, trades: 0, multiple: 1 };
      this.settling = 0;
      this.sizes = new ResizeObserver(() => this.settle());
      this.places = new IntersectionObserver((entries) => this.onPlaces(entries));
      for (const body of this.bodies) {
        this.sizes.observe(body);
        this.places.observe(body);
      }
      element.querySelector(".popup")?.addEventListener("click", (event) => this.onStep(event.target));
      element.addEventListener("candlecast:opened", () => this.drawSteps());
    }

    /** @param {IntersectionObserverEntry[]} entries */
    onPlaces(entries) {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.inSight.add(target);
        else this.inSight.delete(target);
      }
      this.settle();
    }

    settle() {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.ask(), SETTLES_MS);
    }

    /** @param {string} symbol */
    choose(symbol) {
      if (!symbol || symbol === this.symbol) return;
      this.symbol = symbol;
      this.book.clear(symbol);
      this.trades.clear(symbol);
      this.ask();
    }

    /** The connection, or the page's sight of it, is another: the server knows nothing. */
    askAnew() {
      this.sent = "";
      this.ask();
    }

    ask() {
      if (!this.symbol || document.hidden) return;
      const seen = this.bodies.map((body) => this.inSight.has(body) && body.clientHeight > 0);
      const depth = this.side.layout.view === "depth";
      const levels = seen[0] ? (depth ? 1 : this.book.fit()) : 0;
      const trades = seen[1] ? this.trades.fit() : 0;
      this.depth.follow(depth && seen[0] ? this.symbol : "");
      const multiple = this.side.multiple(this.symbol);
      this.wanted = { type: "book", symbol: this.symbol, levels, trades, multiple };
      const text = JSON.stringify(this.wanted);
      if (text !== this.sent && window.candlecast.send?.(this.wanted)) this.sent = text;
    }

    /** @param {any} message */
    onMessage(message) {
      if (message.symbol !== this.symbol) return; // of what was asked for before
      if (message.type === "book") this.book.show(message);
      else if (message.type === "trades") {
        this.untold.push(message);
        textPace.soon(this); // with the charts' texts: the page is laid out once for all of them
      }
    }

    /** Shows what has been told of trades. */
    tell() {
      for (const message of this.untold.splice(0)) if (message.symbol === this.symbol) this.trades.show(message);
    }

    /** Where nothing but HTTP reaches the server: the same numbers once a second. */
    async poll() {
      const { symbol, levels, trades, multiple } = this.wanted;
      if (window.candlecast.mode !== "polling" || document.hidden || !symbol) return;
      const name = `symbol=${encodeURIComponent(symbol)}`;
      try {
        if (levels) await this.fetch("book", `/api/book?${name}&levels=${levels}&multiple=${multiple}`);
        if (trades) await this.fetch("trades", `/api/trades?${name}&limit=${trades}`);
      } catch (reason) {
        if (!(reason instanceof TypeError || reason instanceof SyntaxError)) throw reason; // no network, or not our server
      }
    }

    /** @param {string} type @param {string} address */
    async fetch(type, address) {
      const response = await fetch(address, { cache: "no-store" });
      if (response.ok && !response.redirected) this.onMessage({ type, ...(await response.json()) });
    }

    /** @param {EventTarget | null} target an entry of the menu of steps */
    onStep(target) {
      const entry = target instanceof Element ? target.closest("[data-multiple]") : null;
      if (!(entry instanceof HTMLElement)) return;
      this.side.step(this.symbol, Number(entry.dataset.multiple));
      window.candlecast.closePopup(true);
    }

    /** What each step is in money. */
    drawSteps() {
      const { tick = 0, tick_decimals: digits = 0 } = this.book.shown ?? {};
      for (const entry of this.element.querySelectorAll("[data-multiple]")) {
        const multiple = Number(/** @type {HTMLElement} */ (entry).dataset.multiple);
        const step = tick ? Number((tick * multiple).toFixed(digits)) : 0;
        window.candlecast.words.write(entry.querySelector(".step-size"), step ? step.toLocaleString("en-US", { maximumFractionDigits: digits }) : "");
        entry.setAttribute("aria-checked", String(multiple === this.side.multiple(this.symbol)));
      }
    }

    /** Our own server or its feed is lost: what is shown is old. @param {boolean} lost */
    grey(lost) {
      for (const name of ["book", "trades"]) this.side.panel(name)?.toggleAttribute("data-stale", lost);
    }

    stop() {
      clearTimeout(this.settling);
      textPace.forget(this);
      this.sizes.disconnect();
      this.places.disconnect();
      this.depth.stop();
      if (this.symbol) window.candlecast.send?.({ type: "book", symbol: this.symbol });
    }
  }

  /** @type {BookFeed | null} */
  let feed = null;
  let chosen = "";

  /** Pages come and go. */
  function find() {
    const element = /** @type {HTMLElement | null} */ (document.querySelector(".side"));
    const usable = element?.querySelector(".trades-rows") && element.querySelector(".book-body");
    if (feed && (!usable || feed.element !== element)) {
      feed.stop();
      feed = null;
    }
    if (!usable || feed) return;
    feed = new BookFeed(/** @type {HTMLElement} */ (element));
    feed.choose(chosen);
  }

  new MutationObserver(find).observe(document.documentElement, { subtree: true, childList: true });
  document.addEventListener("candlecast:message", (event) => feed?.onMessage(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener("candlecast:opened-socket", () => feed?.askAnew());
  document.addEventListener("candlecast:side", () => feed?.ask());
  document.addEventListener("visibilitychange", () => feed?.askAnew());
  new MutationObserver(() => feed?.depth.fetchIn(0)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  setInterval(() => {
    const pill = document.querySelector('[data-status="pill"]');
    void feed?.poll();
    feed?.grey(pill?.getAttribute("data-state") === "lost");
  }, 1000);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    candlecastBook: {
      /** The active chart's symbol. @param {string} symbol */
      symbol(symbol) {
        chosen = symbol;
        feed?.choose(symbol);
      },
    },
  });
}
