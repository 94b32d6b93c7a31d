"use strict";

/** The head of the paper page: the account's figures, its strips, the status bar's part, the menu of accounts. */
{
  const { words, make, paperWords: say, paperDom: dom } = window.candlecast;
  const LASTS_MS = { journal: 2000, idle: 1000 }; // what comes and goes is not told: a strip moves all that is below it

  class PaperHeads {
    /** @param {HTMLElement} page */
    constructor(page) {
      this.page = page;
      this.told = "";
      /** @type {any[]} */
      this.accounts = [];
      this.other = 0; // an account that trades while the shown one waits
      /** @type {Map<string, number>} timers of strips that are to be shown */
      this.waiting = new Map();
    }

    /** In the top bar too. @param {string} name @param {string} text @param {string} [tone] */
    write(name, text, tone) {
      for (const place of document.querySelectorAll(`[data-paper="${name}"]`)) {
        words.write(place, text);
        if (tone !== undefined) dom.setClass(/** @type {HTMLElement} */ (place), tone);
      }
    }

    /** @param {any} head */
    show(head) {
      this.write("name", head.name);
      this.write("equity", words.number(head.equity, 2));
      words.write(this.page.querySelector('[data-paper-unit="equity"]'), head.currency);
      for (const name of ["unrealised", "realised_today"]) {
        const { text, tone } = say.result(head[name]);
        this.write(name, text, tone);
      }
      this.write("cash", words.number(head.cash, 2));
      this.write("exposure", `${words.number(head.exposure_percent, 1)} %`);
      const drawdown = say.share(head.drawdown_percent);
      this.write("drawdown", drawdown.text, drawdown.tone);
      this.write("fees_today", words.number(head.fees_today, 2));
      this.gain(head);
      this.strip("halted", say.stopCause(head.halted ?? ""), 0);
      this.showJournal(head.journal);
      this.showIdle(head);
      this.strip("notice", head.notice ?? "", 0);
      this.status("journal", head.journal.split(":")[0]);
      this.status("order", say.latency(head.tick_to_order_us));
    }

    /** @param {{equity: number, start_capital: number, currency: string}} head */
    gain({ equity, start_capital: start, currency }) {
      const { text, tone } = say.result(equity - start);
      const share = start ? ` (${say.share((100 * (equity - start)) / start).text})` : "";
      this.write("equity_now", words.number(equity, 2));
      this.write("gain", text + share, tone);
      this.write("span", currency);
    }

    /** @param {string} name @param {string} text */
    status(name, text) {
      words.write(document.querySelector(`[data-status="paper-${name}"]`), text);
    }

    /** @param {string} journal */
    showJournal(journal) {
      const fault = say.journalFault(journal);
      const waiting = Number(/^behind (\d+)/.exec(journal)?.[1] ?? 0);
      const late = waiting ? `${words.number(waiting, 0)} ${waiting === 1 ? "event waits" : "events wait"} to be written.` : "";
      words.write(this.page.querySelector('[data-paper-strip="journal"] b'), fault ? "The journal cannot be written" : "The journal is behind");
      this.strip("journal", fault ? `${fault}. No order is taken meanwhile, nothing is lost.` : late, fault ? 0 : LASTS_MS.journal);
    }

    /** An account that another could stand in for, or that waits for what nothing else on the page tells. @param {PaperHead} head */
    showIdle(head) {
      const other = this.accounts.find((each) => each.tradable && each.id !== head.id);
      const told = ["lost", "connecting", "ended"].includes(/** @type {HTMLElement | null} */ (document.querySelector('[data-status="pill"]'))?.dataset.state ?? "");
      const idle = !head.tradable && !head.halted && !say.journalFault(head.journal) && (other || !told);
      const strip = this.strip("idle", idle ? head.why_not : "", LASTS_MS.idle);
      const act = /** @type {HTMLElement} */ (strip.querySelector("button"));
      act.hidden = !other;
      this.other = other?.id ?? 0;
      if (other) words.write(act, `Show ${other.name}`);
    }

    /** @param {string} name @param {string} cause "" for none @param {number} after ms that it has lasted */
    strip(name, cause, after) {
      const strip = /** @type {HTMLElement} */ (this.page.querySelector(`[data-paper-strip="${name}"]`));
      words.write(strip.querySelector("[data-paper-cause]"), cause);
      if (!cause || after === 0) {
        clearTimeout(this.waiting.get(name));
        this.waiting.delete(name);
        if (strip.hidden !== !cause) strip.hidden = !cause;
      } else if (strip.hidden && !this.waiting.has(name)) {
        this.waiting.set(name, window.setTimeout(() => {
          strip.hidden = false;
        }, after));
      }
      return strip;
    }

    /** @param {any[]} accounts @param {number} shown */
    showAccounts(accounts, shown) {
      this.accounts = accounts;
      const told = JSON.stringify([accounts, shown]);
      if (told === this.told) return;
      this.told = told;
      const holder = this.page.querySelector('[data-paper-list="accounts"]');
      holder?.replaceChildren(...accounts.map((each) => item(each, each.id === shown)));
    }
  }

  /** @param {{id: number, name: string, market: string, currency: string, equity: number}} row @param {boolean} shown */
  function item({ id, name, market, currency, equity }, shown) {
    const look = { type: "button", role: "menuitemradio", "data-account": String(id), "aria-checked": String(shown) };
    const button = make("button", "popup-item paper-account-item", look);
    const about = make("span", "");
    about.append(make("b", "", {}, name), make("span", "caption", {}, market));
    const worth = make("span", "paper-account-equity", {}, `${words.number(equity, 0)} ${currency}`);
    button.append(about, worth, make("span", "icon icon-check", { "aria-hidden": "true" }));
    return button;
  }

  window.candlecast.PaperHeads = PaperHeads;
}
