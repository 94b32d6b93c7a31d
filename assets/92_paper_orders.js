"use strict";

/** Sends what the ticket says: one at a time, with a key, so that a press after a lost answer places nothing twice. */
{
  const { paperApi: api, paperSizing: sizing } = window.candlecast;
  const UNSURE = ["network", "journal"]; // it may have been placed: the same press again is the same order
  const SLOW_MS = 400;
  const PRICES = { market: [], limit: ["limit"], stop: ["stop"], stop_limit: ["stop", "limit"], trail: ["trail"] };

  class PaperOrders {
    /** @param {PaperTicket} ticket */
    constructor(ticket) {
      this.ticket = ticket;
      this.sending = false;
      this.waits = ""; // what an order waits for that takes long
      this.key = { body: "", value: "" };
    }

    async send() {
      const { quote, head, values, blocked } = this.ticket;
      if (!quote || !head || this.sending) return;
      this.ticket.touched = true;
      const figures = sizing.figures(values, quote, head);
      this.ticket.draw();
      if (figures.problem || blocked || !figures.size) return;
      this.sending = true;
      this.ticket.draw();
      const slow = setTimeout(() => this.wait("The order waits to be journaled."), SLOW_MS);
      try {
        await this.ask(body(quote.symbol, values, figures.size));
      } finally {
        clearTimeout(slow);
        this.sending = false;
        this.wait("");
      }
    }

    /** @param {string} what */
    wait(what) {
      this.waits = what;
      this.ticket.draw();
    }

    /** @param {object} order */
    async ask(order) {
      const text = `${api.account} ${JSON.stringify(order)}`;
      if (this.key.body !== text) this.key = { body: text, value: api.newKey() };
      try {
        const answer = await api.ask("POST", "/orders", order, { "Idempotency-Key": this.key.value });
        this.key.body = "";
        this.ticket.told(answer.words ?? "", false);
      } catch (reason) {
        if (!(reason instanceof api.Refused)) throw reason;
        if (!UNSURE.includes(reason.rule)) this.key.body = ""; // answered: the next press is another order
        this.ticket.told(api.sentence(reason.message, "Order"), true);
      }
    }
  }

  /** @param {string} symbol @param {TicketValues} values @param {number} size */
  function body(symbol, values, size) {
    const { side, kind, tif, target, loss } = values;
    const used = PRICES[/** @type {"limit"} */ (kind)].map((name) => [name, values[/** @type {"limit"} */ (name)]]);
    return {
      symbol, side, kind, size, ...Object.fromEntries(used),
      ...(kind === "limit" ? { tif } : {}),
      ...(values.post ? { post_only: true } : {}),
      ...(values.reduce ? { reduce_only: true } : {}),
      ...(target === null ? {} : { take_profit: target }),
      ...(loss === null ? {} : { stop_loss: loss }),
    };
  }

  window.candlecast.PaperOrders = PaperOrders;
}
