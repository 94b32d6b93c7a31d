"use strict";

/** The head of the paper page: the account's figures, its strips, the status bar's part, the menu of accounts. */
{
  const { words, make, paperWords: say, paperDom: dom } = window.candlecast;

  class PaperHeads {
    /** @param {HTMLElement} page */
    constructor(page) {
      this.page = page;
      this.told = "";
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
      this.strip("halted", head.halted);
      this.strip("idle", head.halted || head.tradable ? null : head.why_not);
      this.strip("journal", head.journal === "in sync" ? null : head.journal);
      const { tick_to_order_us: micros } = head;
      this.status("journal", head.journal.split(":")[0]);
      this.status("order", micros === null ? words.NONE : `${words.number(micros, 0)} µs`);
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

    /** @param {string} name @param {string | null} cause */
    strip(name, cause) {
      const strip = /** @type {HTMLElement} */ (this.page.querySelector(`[data-paper-strip="${name}"]`));
      if (strip.hidden !== !cause) strip.hidden = !cause;
      words.write(strip.querySelector("[data-paper-cause]"), cause ?? "");
    }

    /** @param {any[]} accounts @param {number} shown */
    showAccounts(accounts, shown) {
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
