"use strict";

/** What hands do on the paper page: presses on its buttons, tabs and switches, and its keys. */
{
  const { paperSide: side, paperDialogs: dialogs, paperActs: acts, paperDom: dom } = window.candlecast;

  /** What a letter chooses on the ticket, and the field that is typed in next. @type {Record<string, [string, string, string]>} */
  const KEYS = {
    b: ["side", "buy", "amount"], s: ["side", "sell", "amount"],
    m: ["kind", "market", "amount"], l: ["kind", "limit", "limit"], t: ["kind", "stop", "stop"],
  };

  class PaperHands {
    /** @param {PaperPage} shown @param {AbortSignal} signal ends it */
    constructor(shown, signal) {
      this.shown = shown;
      shown.page.addEventListener("click", (event) => this.onClick(event), { signal });
      document.addEventListener("keydown", (event) => this.onKey(event), { signal });
      const note = (/** @type {any} */ event) => this.note(event.detail);
      document.addEventListener("candlecast:paper-note", note, { signal });
    }

    /** @param {Event} event */
    onClick(event) {
      const target = event.target instanceof Element ? event.target : null;
      const of = (/** @type {string} */ name) => /** @type {HTMLElement | null} */ (target?.closest(`[${name}]`));
      const sheetTab = of("data-sheet-tab");
      const act = of("data-paper-act")?.dataset.paperAct;
      const account = of("data-account")?.dataset.account;
      const automation = of("data-automation");
      if (sheetTab) this.showSheet(sheetTab.dataset.sheetTab ?? "trade");
      else if (account) {
        this.shown.chooseAccount(Number(account));
        window.candlecast.closePopup(true);
      } else if (automation) this.onAutomation(automation);
      else if (act) this.act(act);
    }

    /** @param {string} tab of the phone's sheet */
    showSheet(tab) {
      const own = ["trade", "risk"].includes(tab);
      this.shown.sheetElement.dataset.show = own ? tab : "lists";
      for (const each of this.shown.sheetElement.querySelectorAll("[data-sheet-tab]")) {
        const chosen = /** @type {HTMLElement} */ (each).dataset.sheetTab === tab;
        dom.setAttribute(each, "aria-selected", String(chosen));
        /** @type {HTMLElement} */ (each).tabIndex = chosen ? 0 : -1;
      }
      if (!own) this.shown.lists.choose(tab);
      this.shown.sheet.show();
    }

    /** @param {string} act */
    act(act) {
      if (act === "other") return this.shown.chooseAccount(this.shown.heads.other);
      if (act === "resume") return void acts.resume();
      if (act === "keys") return this.showKeys();
      if (!this.shown.head) return;
      if (act === "close-all") dialogs.closeAll(this.shown.lists.positions, this.shown.lists.orders, this.shown.head.currency);
      else if (act === "limits") void dialogs.limits(this.shown.head, this.shown.symbol);
      else if (act === "start") void dialogs.start(this.shown.head, this.shown.symbol, document.getElementById("chart")?.dataset.interval ?? "1m");
      else if (act === "reconcile") window.candlecast.paperReconcile?.(this.shown.automations);
      else {
        window.candlecast.closePopup();
        if (act === "account") dialogs.account(this.shown.head);
        else if (act === "terms") dialogs.terms(this.shown.head);
      }
    }

    /** @param {HTMLElement} button */
    onAutomation(button) {
      const id = /** @type {HTMLElement} */ (button.closest("[data-id]")).dataset.id ?? "";
      if (button.dataset.automation === "turn") void side.turn(id, button.getAttribute("aria-checked") !== "true");
      else window.candlecast.paperReconcile?.(this.shown.automations, id);
    }

    /** Arrow keys go from tab to tab of the sheet. @param {KeyboardEvent} event @returns {boolean} */
    turnSheet(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const tabs = /** @type {HTMLElement[]} */ ([...this.shown.sheetElement.querySelectorAll("[data-sheet-tab]")]);
      const at = tabs.indexOf(/** @type {HTMLElement} */ (event.target));
      if (at < 0 || !step) return false;
      const next = tabs[(at + step + tabs.length) % tabs.length];
      this.showSheet(next.dataset.sheetTab ?? "trade");
      next.focus();
      event.preventDefault();
      return true;
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      if (this.turnSheet(event)) return;
      const { target, key } = event;
      if (key === "?" && !(target instanceof HTMLTextAreaElement) && !document.querySelector("dialog[open]")) return this.showKeys(event);
      const typing = target instanceof HTMLElement && target.closest("input, select, textarea, dialog, [contenteditable]");
      if (typing || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const begin = KEYS[/** @type {"b"} */ (key.toLowerCase())];
      if (!begin) return;
      event.preventDefault();
      if (window.matchMedia("(max-width: 767px)").matches) this.showSheet("trade");
      this.shown.ticket.begun(...begin);
    }

    /** The list of all keys. @param {KeyboardEvent} [event] */
    showKeys(event) {
      event?.preventDefault();
      /** @type {HTMLDialogElement | null} */ (this.shown.page.querySelector('[data-dialog="keys"]'))?.showModal();
    }

    /** @param {string} key of a row: a fill's number, or a journal entry's */
    note(key) {
      if (this.shown.lists.tab === "journal") {
        const row = this.shown.journal?.find((/** @type {any} */ each) => String(each.seq) === key);
        if (row) dialogs.note(`Entry ${key}`, row, `/journal/${key}`);
        return;
      }
      const fill = this.shown.fills.find((each) => String(each.id) === key);
      if (fill) dialogs.note(`Fill ${key}`, fill, `/fills/${key}`);
    }
  }

  window.candlecast.PaperHands = PaperHands;
}
