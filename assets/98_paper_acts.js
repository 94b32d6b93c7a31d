"use strict";

/** What is done to an account at a press: cancel, close, resume; and the toasts for fills that others caused. */
{
  const { words, paperApi: api, paperWords: say } = window.candlecast;
  const MOST_TOASTS = 3;

  /** Those of one order as one: its size, and the price that it got in all. @param {PaperFill[]} fills @returns {(PaperFill & {parts: number})[]} */
  function byOrder(fills) {
    /** @type {Map<number | null, PaperFill & {parts: number}>} */
    const found = new Map();
    for (const fill of fills) {
      const before = found.get(fill.order);
      if (!before) found.set(fill.order, { ...fill, parts: 1 });
      else {
        const size = before.size + fill.size;
        const price = (before.price * before.size + fill.price * fill.size) / size;
        const [fee, realised] = [before.fee + fill.fee, before.realised + fill.realised];
        Object.assign(before, { size, price, fee, realised, parts: before.parts + 1 });
      }
    }
    return [...found.values()];
  }

  /** @param {PaperFill & {parts: number}} fill @param {PaperOrder | undefined} order @param {string} currency */
  function fillWords(fill, order, currency) {
    const done = fill.side === "buy" ? "bought" : "sold";
    const price = words.number(fill.price, say.places.get(fill.symbol) ?? 2);
    const title = `Filled: ${done} ${say.size(Number(fill.size.toFixed(8)))} ${say.currencies(fill.symbol)[0]} at ${price}`;
    const kind = order ? `${order.kind.charAt(0).toUpperCase()}${order.kind.slice(1)} order ${order.id}` : "Order";
    const parts = fill.parts > 1 ? `, ${fill.parts} prices` : "";
    const gain = fill.realised ? `, realised ${words.signed(fill.realised, 2)}` : "";
    return [title, `${kind}${parts}, ${fill.maker ? "maker" : "taker"}, fee ${words.number(fill.fee, 2)}${gain} ${currency}`];
  }

  /** Tells what a person has not seen yet: fills newer than the newest known, refusals of waiting orders, automations. */
  class PaperNews {
    constructor() {
      this.account = 0;
      this.fill = -1;
      /** @type {Map<string, string>} */
      this.automations = new Map();
    }

    /** @param {number} account */
    of(account) {
      if (this.account === account) return;
      this.account = account;
      this.fill = -1;
      this.automations.clear();
    }

    /** @param {PaperFill[]} fills newest first @param {PaperOrder[]} orders @param {string} currency */
    fills(fills, orders, currency) {
      const newest = fills[0]?.id ?? 0;
      const fresh = this.fill < 0 ? [] : fills.filter(({ id }) => id > this.fill);
      this.fill = Math.max(this.fill, newest);
      const told = byOrder(fresh);
      for (const fill of told.slice(0, MOST_TOASTS).reverse()) {
        const [title, detail] = fillWords(fill, orders.find(({ id }) => id === fill.order), currency);
        api.toast("success", title, detail, `fill-${fill.id}`);
      }
      const rest = told.length - MOST_TOASTS;
      if (rest > 0) api.toast("info", `${rest} more orders filled`, "All of them are in the list of fills.", "fills-more");
    }

    /** @param {PaperAutomation[]} automations */
    states(automations) {
      for (const { id, name, state, words: why } of automations) {
        const before = this.automations.get(id);
        this.automations.set(id, state);
        if (!before || before === state || !why || state === "running") continue;
        api.toast(state === "failed" ? "error" : "warning", `Strategy ${state}: ${name}`, why, `automation-${id}`);
      }
    }
  }

  const paperActs = {
    /** @param {number} order */
    cancel: (order) => api.tried(api.ask("DELETE", `/orders/${order}`), "Cancel"),
    /** @param {PaperPosition} position */
    close({ symbol, owner }) {
      return api.tried(api.ask("DELETE", `/positions/${encodeURIComponent(symbol)}?owner=${encodeURIComponent(owner)}`), "Close");
    },
    async resume() {
      const done = await api.tried(api.ask("POST", "/resume", {}), "Resume");
      if (done) api.toast("info", "Trading goes on", "Orders are taken again. Automations stay as they are.", "paper-kill");
    },
  };

  Object.assign(window.candlecast, { PaperNews, paperActs });
}
