"use strict";

/** The order ticket: reads its fields, writes what they come to, sends. B and S choose the side, Enter sends. */
{
  const { words, paperWords: say, paperSizing: sizing, paperDom: dom, PaperTicketView } = window.candlecast;
  const { MODES, FIELDS } = PaperTicketView;
  const PRICED = { limit: ["limit"], stop: ["stop", "stop_limit"] };

  /** @param {string} text @returns {number | null} null for nothing, NaN for no number */
  function numberOf(text) {
    const plain = text.replaceAll(",", "").replace("\u2212", "-").trim();
    return plain === "" ? null : Number(plain);
  }

  /** As if it had been typed: React hears of it. @param {HTMLInputElement} input @param {string} text */
  function type(input, text) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  class PaperTicket {
    /** @param {HTMLElement} root @param {() => void} changed its prices are others */
    constructor(root, changed) {
      this.root = root;
      this.changed = changed;
      /** @type {PaperQuote | null} */
      this.quote = null;
      /** @type {PaperHead | null} */
      this.head = null;
      /** @type {PaperPosition[]} */
      this.positions = [];
      /** @type {"base" | "percent" | "risk"} */
      this.mode = "base";
      this.touched = false; // by hand, since it was last sent
      this.refused = false; // the sentence that stands there is a refusal
      this.offline = ""; // why the server cannot be told anything, "" when it can
      this.done = ""; // what became of the last order
      this.orders = new window.candlecast.PaperOrders(this);
      this.view = new PaperTicketView(root);
      root.addEventListener("input", () => this.onInput());
      root.addEventListener("change", (event) => this.onChange(event.target));
      root.addEventListener("click", (event) => this.onClick(event));
      root.addEventListener("keydown", (event) => this.onKey(event));
      root.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.orders.send();
      });
      this.draw();
    }

    /** @param {string} name @returns {HTMLInputElement} */
    input(name) {
      return this.view.input(name);
    }

    /** @param {string} id */
    ticked(id) {
      return /** @type {HTMLInputElement | null} */ (document.getElementById(id))?.checked ?? false;
    }

    /** @returns {TicketValues} */
    get values() {
      const { side, kind, tif = "gtc" } = this.root.dataset;
      const typed = (/** @type {string} */ name) => numberOf(this.input(name).value);
      const limit = kind === "limit";
      return {
        side: side === "sell" ? "sell" : "buy",
        kind: kind ?? "limit",
        mode: this.mode,
        limit: typed("limit"), stop: typed("stop"), trail: typed("trail"), amount: typed("amount"),
        target: typed("target"), loss: typed("loss"),
        tif: limit ? tif : "gtc",
        post: limit && this.ticked("paper-post"),
        reduce: this.ticked("paper-reduce"),
      };
    }

    // --- what comes in ------------------------------------------------------------------------------------------

    /** @param {PaperQuote} quote */
    showQuote(quote) {
      const other = this.quote?.symbol !== quote.symbol;
      this.quote = quote;
      say.places.set(quote.symbol, quote.decimals);
      if (other) this.begin(quote);
      else if (!this.touched && !this.input("limit").value) this.offer(quote);
      for (const name of /** @type {("bid" | "ask")[]} */ (["bid", "ask"])) this.view.write(name, words.number(quote[name], quote.decimals));
      this.draw();
    }

    /** Another symbol: nothing of the last one stays. @param {PaperQuote} quote */
    begin(quote) {
      this.view.write("symbol", quote.symbol);
      for (const name of ["stop", "trail", "target", "loss"]) type(this.input(name), "");
      this.offer(quote);
    }

    /** A price to begin with, as soon as there is one. @param {PaperQuote} quote */
    offer(quote) {
      type(this.input("limit"), words.number(quote.bid ?? quote.last, quote.decimals).replace(words.NONE, ""));
      this.touched = false;
    }

    /** @param {string} why "" when the server hears this page */
    showOffline(why) {
      if (why === this.offline) return;
      this.offline = why;
      this.draw();
    }

    /** Why nothing can be sent, "" when it can. */
    get blocked() {
      return this.offline || (this.head ? say.waits(this.head) : "");
    }

    /** @param {PaperHead} head */
    showHead(head) {
      this.head = head;
      this.draw();
    }

    /** From the chart, the book, a dragged line. @param {string} name @param {number} price */
    setPrice(name, price) {
      const kinds = PRICED[/** @type {"limit"} */ (name)];
      if (kinds && !kinds.includes(this.values.kind)) this.choose("kind", kinds[0]);
      type(this.input(name), words.number(price, this.quote?.decimals ?? 2));
    }

    // --- hands --------------------------------------------------------------------------------------------------

    onInput() {
      this.touched = true;
      this.refused = false;
      this.done = "";
      this.draw();
    }

    /** What was typed is written as prices are. @param {EventTarget | null} target */
    onChange(target) {
      const value = target instanceof HTMLInputElement && target.type !== "checkbox" ? numberOf(target.value) : null;
      if (target instanceof HTMLInputElement && target.id !== FIELDS.amount && value !== null && Number.isFinite(value)) {
        const text = words.number(value, Math.max(this.quote?.decimals ?? 2, /\.(\d+)$/.exec(String(value))?.[1].length ?? 0));
        if (text !== target.value) type(target, text);
      }
      this.draw();
    }

    /** @param {Event} event */
    onClick(event) {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      const group = /** @type {HTMLElement | null} */ (button.closest("[data-choice]"));
      if (group) this.choose(group.dataset.choice ?? "", button.dataset.value ?? "");
      else if (button.dataset.share) this.share(button.dataset.share);
      else if (button.dataset.ticket === "mode") this.turnMode();
    }

    /** @param {string} name @param {string} value */
    choose(name, value) {
      this.root.dataset[name] = value;
      for (const button of this.root.querySelectorAll(`[data-choice="${name}"] button`)) {
        const chosen = /** @type {HTMLElement} */ (button).dataset.value === value;
        dom.setAttribute(button, "aria-checked", String(chosen));
        /** @type {HTMLElement} */ (button).tabIndex = chosen ? 0 : -1;
      }
      this.draw();
    }

    turnMode() {
      this.mode = MODES[(MODES.indexOf(this.mode) + 1) % MODES.length];
      type(this.input("amount"), "");
      this.input("amount").focus();
    }

    /** @param {string} share percent of equity, or "max" */
    share(share) {
      if (!this.quote || !this.head) return;
      const { price } = sizing.figures({ ...this.values, amount: 1, mode: "base" }, this.quote, this.head);
      if (!price || !(price > 0)) return;
      const held = this.positions.find((each) => each.symbol === this.quote?.symbol && each.owner === "manual");
      const { symbol } = this.quote;
      const most = sizing.largest(this.head, price, this.values.side, held, symbol);
      const size = share === "max" ? most : sizing.rounded((this.head.equity * Number(share)) / 100 / price, price, symbol);
      this.mode = "base";
      type(this.input("amount"), String(size));
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      const target = /** @type {HTMLElement} */ (event.target);
      const group = /** @type {HTMLElement | null} */ (target.closest("[data-choice]"));
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") return this.escape(target);
      if (!step) return;
      if (group) this.turn(group, step);
      else if (target instanceof HTMLInputElement && ["ArrowUp", "ArrowDown"].includes(event.key) && target.type !== "checkbox") this.nudge(target, -step * (event.shiftKey ? 10 : 1));
      else return;
      event.preventDefault();
    }

    /** @param {HTMLElement} group @param {number} step */
    turn(group, step) {
      const all = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("button")]);
      const next = all[(all.findIndex((each) => each.tabIndex === 0) + step + all.length) % all.length];
      this.choose(group.dataset.choice ?? "", next.dataset.value ?? "");
      next.focus();
    }

    /** Arrow keys move a price by ticks, a size by its steps. @param {HTMLInputElement} input @param {number} count */
    nudge(input, count) {
      if (!this.quote) return;
      const { symbol, decimals, last } = this.quote;
      const size = input.id === FIELDS.amount;
      const step = !size ? say.tick(symbol, decimals) : this.mode === "base" ? sizing.sizeStep(symbol, last ?? 1) : 1;
      const value = numberOf(input.value) ?? (size ? 0 : last);
      if (value === null || !Number.isFinite(value)) return;
      const moved = Math.max(0, Math.round(value / step + count) * step);
      type(input, size ? String(Number(moved.toFixed(8))) : words.number(moved, decimals));
    }

    /** @param {HTMLElement} target */
    escape(target) {
      this.done = "";
      this.say("", false);
      target.blur();
    }

    /** By key: a choice, and the field to be typed in next. @param {string} name @param {string} value @param {string} field */
    begun(name, value, field) {
      this.choose(name, value);
      this.input(field).focus();
      this.input(field).select();
    }

    // --- what it says -------------------------------------------------------------------------------------------

    draw() {
      const { quote, head, view } = this;
      if (!view.button) return;
      view.side(this.root.dataset.side);
      view.units(quote?.symbol ?? "", this.mode);
      this.changed();
      if (!quote || !head) return;
      const { values } = this;
      const figures = sizing.figures(values, quote, head);
      view.button.disabled = this.orders.sending || this.blocked !== "" || figures.problem !== "";
      view.figures(values, figures, quote);
      view.mark(this.touched ? figures.field : "");
      if (!this.refused) this.say(this.blocked || this.orders.waits || (this.touched ? figures.problem : this.done || this.hint), false);
      if (this.root.dataset.kind !== "limit") this.root.dataset.tif = "gtc";
    }

    /** While the size is not typed yet. */
    get hint() {
      return this.input("amount").value ? "" : sizing.hint(this.quote?.symbol ?? "");
    }

    /** @param {string} sentence @param {boolean} refused */
    say(sentence, refused) {
      this.refused = refused;
      this.view.say(sentence, refused);
    }

    /** What became of the order that was sent. @param {string} said @param {boolean} refused */
    told(said, refused) {
      if (!refused) this.touched = false;
      this.done = refused ? "" : said;
      this.say(said, refused);
    }
  }

  Object.assign(window.candlecast, { PaperTicket, paperType: type });
}
