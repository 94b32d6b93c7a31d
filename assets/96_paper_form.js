"use strict";

/**
 * Fields of the paper page's dialogs: label above with its range at the right, unit inside, one sentence below about what
 * cannot be used.
 *
 * @typedef {{name: string, label: string, kind?: "number" | "text" | "choice" | "tick", value?: any, unit?: string, low?: number,
 *   high?: number, whole?: boolean, optional?: boolean, options?: [string, string][], wide?: boolean,
 *   check?: () => string}} FieldValue   `check`: what else is wrong with it, "" for nothing
 */
{
  const { words, make } = window.candlecast;

  /** @param {FieldValue} field */
  function rangeWords({ kind = "number", low, high, optional }) {
    if (kind !== "number") return "";
    const text = (/** @type {number} */ value) => value.toLocaleString("en-US", { maximumFractionDigits: 8 }).replace("-", "−");
    if (low !== undefined && high !== undefined) return `${text(low)} to ${text(high)}`;
    return optional || low === undefined ? "" : `from ${text(low)}`;
  }

  class PaperField {
    /** @param {FieldValue} field */
    constructor(field) {
      this.field = field;
      const { name, label, kind = "number", wide } = field;
      this.root = make("label", `paper-field is-${kind}${wide ? " is-wide" : ""}`);
      this.input = /** @type {HTMLInputElement} */ (this.control());
      const caption = make("span", "paper-field-label", {}, label);
      caption.append(make("span", "field-range", {}, rangeWords(field)));
      this.problem = make("span", "paper-field-problem", { role: "alert" });
      const inside = make("span", "paper-field-inside");
      inside.append(this.input, make("span", "field-unit", {}, field.unit ?? ""));
      if (kind === "choice") inside.append(make("span", "icon icon-chevron", { "aria-hidden": "true" }));
      this.input.name = name;
      this.root.append(...(kind === "tick" ? [this.input, caption] : [caption, inside]), this.problem);
    }

    control() {
      const { kind = "number", value, options = [] } = this.field;
      if (kind === "choice") {
        const select = /** @type {HTMLSelectElement} */ (make("select", "picker-input"));
        for (const [key, text] of options) select.append(make("option", "", { value: key }, text));
        if (value !== undefined && value !== null) select.value = String(value);
        return select;
      }
      const input = /** @type {HTMLInputElement} */ (make("input", kind === "tick" ? "" : "picker-input", { type: kind === "tick" ? "checkbox" : "text", autocomplete: "off" }));
      if (kind === "tick") input.checked = Boolean(value);
      else input.value = value === null || value === undefined ? "" : String(value);
      if (kind === "number") {
        input.value = input.value.replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ","));
        input.inputMode = "decimal";
      }
      return input;
    }

    /** What it says, typed as its kind. */
    get value() {
      const { kind = "number" } = this.field;
      if (kind === "tick") return this.input.checked;
      if (kind !== "number") return this.input.value.trim();
      const plain = this.input.value.replaceAll(",", "").trim();
      return plain === "" ? null : Number(plain);
    }

    /** @param {string} text */
    unit(text) {
      words.write(this.root.querySelector(".field-unit"), text);
    }

    /** @returns {string} what is wrong with it, "" for nothing */
    wrong() {
      const { kind = "number", low, high, whole, optional, label, check } = this.field;
      if (check) return check();
      const value = /** @type {any} */ (this.value);
      if (kind === "text") return value || optional ? "" : `${label} is needed.`;
      if (kind !== "number" || (value === null && optional)) return "";
      if (value === null || !Number.isFinite(value)) return "Needs a number.";
      if ((low !== undefined && value < low) || (high !== undefined && value > high)) return `Must be ${rangeWords({ ...this.field, optional: false })}.`;
      return whole && !Number.isInteger(value) ? "Must be a whole number." : "";
    }

    /** @param {string} sentence */
    tell(sentence) {
      words.write(this.problem, sentence);
      this.input.setAttribute("aria-invalid", String(sentence !== ""));
    }
  }

  class PaperForm {
    /** @param {HTMLFormElement} form @param {{act: string, danger?: boolean, send: (values: Record<string, any>) => Promise<boolean>}} what */
    constructor(form, { act, danger = false, send }) {
      this.form = form;
      this.send = send;
      /** @type {PaperField[]} */
      this.fields = [];
      this.body = make("div", "paper-form-body");
      this.message = make("p", "paper-form-message", { role: "status" });
      const foot = make("div", "paper-form-foot");
      const look = danger ? "button button-danger" : "button button-primary";
      this.close = make("button", "button", { type: "button", "data-dialog-act": "close" }, danger ? "Keep trading" : "Close");
      this.button = /** @type {HTMLButtonElement} */ (make("button", look, { type: "submit" }, act));
      this.button.hidden = act === "";
      foot.append(this.close, this.button);
      form.replaceChildren(this.body, this.message, foot);
      form.onsubmit = (event) => {
        event.preventDefault();
        void this.submit();
      };
      form.oninput = () => this.check(false);
    }

    /** @param {FieldValue[]} values after those there are @param {HTMLElement} [place] that they stand in */
    add(values, place = this.body) {
      const made = values.map((value) => new PaperField(value));
      this.fields.push(...made);
      place.append(...made.map(({ root }) => root));
      if (made.length === this.fields.length) this.fields[0]?.input.focus();
      return made;
    }

    /** @param {PaperField[]} fields */
    remove(fields) {
      this.fields = this.fields.filter((each) => !fields.includes(each));
      for (const { root } of fields) root.remove();
    }

    /** @returns {Record<string, any>} */
    get values() {
      return Object.fromEntries(this.fields.map((field) => [field.field.name, field.value]));
    }

    /** @param {boolean} all also what nobody has typed in yet */
    check(all) {
      const wrong = this.fields.map((field) => field.wrong());
      this.fields.forEach((field, place) => (all || field.problem.textContent) && field.tell(wrong[place]));
      return !wrong.some(Boolean);
    }

    async submit() {
      if (!this.check(true) || this.button.disabled) {
        this.fields.find((field) => field.wrong())?.input.focus();
        return;
      }
      this.button.disabled = true;
      try {
        if (await this.send(this.values)) /** @type {HTMLDialogElement} */ (this.form.closest("dialog")).close();
      } finally {
        this.button.disabled = false;
      }
    }

    /** @param {string} sentence @param {boolean} [refused] */
    say(sentence, refused = false) {
      words.write(this.message, sentence);
      this.message.className = `paper-form-message${refused ? " is-refused" : ""}`;
    }

    /** Sends, and says why it was refused. @param {Promise<any>} asked @returns {Promise<boolean>} */
    async tried(asked) {
      try {
        await asked;
        return true;
      } catch (reason) {
        if (!(reason instanceof window.candlecast.paperApi.Refused)) throw reason;
        this.say(reason.message, true);
        return false;
      }
    }
  }

  Object.assign(window.candlecast, { PaperForm, PaperField });
}
