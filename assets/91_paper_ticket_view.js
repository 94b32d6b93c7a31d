"use strict";

/** What stands on the order ticket: its fields by name, its button, its figures, and the sentence below them. */
{
  const { words, paperWords: say, paperSizing: sizing, paperDom: dom } = window.candlecast;
  const FIELDS = { limit: "paper-limit", stop: "paper-stop", trail: "paper-trail", amount: "paper-size", target: "paper-target", loss: "paper-loss" };
  const MODES = /** @type {const} */ (["base", "percent", "risk"]);

  class PaperTicketView {
    static FIELDS = FIELDS;
    static MODES = MODES;

    /** @param {HTMLElement} root */
    constructor(root) {
      this.root = root;
    }

    get button() {
      return /** @type {HTMLButtonElement} */ (document.getElementById("paper-send"));
    }

    /** @param {string} name @returns {HTMLInputElement} */
    input(name) {
      return /** @type {HTMLInputElement} */ (document.getElementById(FIELDS[/** @type {"limit"} */ (name)]));
    }

    /** @param {string} name @returns {HTMLElement | null} */
    part(name) {
      return this.root.querySelector(`[data-ticket="${name}"]`);
    }

    /** @param {string} name of a part @param {string} text */
    write(name, text) {
      words.write(this.part(name), text);
    }

    /** @param {string | undefined} side */
    side(side) {
      dom.setClass(this.button, `button button-main button-${side === "sell" ? "down" : "up"}`);
    }

    /** @param {string} symbol @param {"base" | "percent" | "risk"} mode of the size */
    units(symbol, mode) {
      const [base, money] = say.currencies(symbol);
      for (const name of ["limit", "stop", "trail"]) words.write(this.root.querySelector(`[data-ticket-unit="${name}"]`), money);
      const units = { base, percent: "% equity", risk: `${money} risk` };
      this.write("mode", units[mode]);
      const next = MODES[(MODES.indexOf(mode) + 1) % MODES.length];
      dom.setAttribute(/** @type {HTMLElement} */ (this.part("mode")), "title", `Size in ${units[mode]}; press for ${units[next]}`);
    }

    /** @param {TicketValues} values @param {TicketFigures} figures @param {PaperQuote} quote */
    figures(values, figures, quote) {
      words.write(this.button, sizing.act(values, figures, quote));
      const digits = (figures.value ?? 1) < 1 ? 6 : 2;
      this.write("value", words.number(figures.value, digits));
      this.write("fee", words.number(figures.fee, digits));
      this.write("fee-name", `Fee, ${figures.maker ? "maker" : "taker"} `);
      this.write("risk", words.number(figures.risk, digits));
      for (const name of /** @type {const} */ (["target", "loss"])) this.far(name, values[name], figures.price);
    }

    /** How far a bracket is away. @param {string} name @param {number | null} value @param {number | null} price */
    far(name, value, price) {
      const far = price && value ? `${words.signed((100 * (value - price)) / price, 1)} %` : "";
      words.write(this.root.querySelector(`[data-ticket-unit="${name}"]`), far);
    }

    /** @param {string} field that cannot be used, "" for none */
    mark(field) {
      const names = { size: "amount" };
      for (const name of Object.keys(FIELDS)) {
        const wrong = name === (names[/** @type {"size"} */ (field)] ?? field);
        dom.setAttribute(this.input(name), "aria-invalid", wrong ? "true" : null);
      }
    }

    /** @param {string} sentence @param {boolean} refused */
    say(sentence, refused) {
      const place = this.part("message");
      if (!place) return;
      dom.setClass(place, `ticket-message ${refused ? "is-refused" : ""}`.trim());
      words.write(place, sentence);
    }
  }

  window.candlecast.PaperTicketView = PaperTicketView;
}
