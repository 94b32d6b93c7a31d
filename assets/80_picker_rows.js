"use strict";

/**
 * One indicator in the picker: its line among those of the chart, and the form with its numbers and colours.
 *
 * @typedef {{name: string, label: string, default: number, low: number, high: number, step: number}} ParameterField
 * @typedef {{key: string, title: string, parameters: ParameterField[], lines: string[]}} Choice
 * @typedef {{key: string, values: string[], colours: string}} Chosen   `colours`: a letter per line, "-" for none chosen
 * @typedef {{edit: () => void, remove: () => void, typed: () => void, paint: (line: number, letter: string) => void}} Acts
 */
{
  const { words } = window.candlecast;
  const LETTERS = ["a", "b", "c", "d", "e"];

  /**
   * @param {string} tag @param {string} className @param {Record<string, string>} [attributes] @param {string} [text]
   * @returns {HTMLElement}
   */
  function make(tag, className, attributes = {}, text = "") {
    const element = document.createElement(tag);
    if (className) element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  }

  /** @param {string} text like "macd:12:26:9/ab-" @returns {Chosen} */
  function readIndicator(text) {
    const [named, colours = ""] = text.split("/");
    const [key, ...values] = named.split(":");
    return { key, values, colours };
  }

  /** By name, so that an empty field is told apart from one left out. @param {Chosen} chosen @param {Choice} choice */
  function writeIndicator({ key, values, colours }, { parameters }) {
    const named = parameters.map(({ name, default: usual }, place) => `${name}=${values[place] ?? usual}`);
    return `${key}(${named.join(",")})${/[a-e]/.test(colours) ? `/${colours}` : ""}`;
  }

  class PickerRow {
    /** @param {Chosen} chosen @param {Choice} choice @param {boolean} open @param {Acts} acts */
    constructor(chosen, choice, open, acts) {
      this.acts = acts;
      this.dots = make("span", "picker-dots");
      this.values = make("span", "picker-values");
      this.problem = make("p", "picker-problem", { role: "alert" });
      this.part = make("div", "picker-row");
      this.part.append(...this.head(choice, open), ...(open ? [this.form(chosen, choice)] : []), this.problem);
    }

    /** @param {Choice} choice @param {boolean} open */
    head({ title }, open) {
      const name = make("button", "picker-edit", { type: "button", "aria-expanded": String(open), title: "Change" });
      name.append(this.dots, make("span", "picker-name", {}, title), this.values);
      name.addEventListener("click", () => this.acts.edit());
      const remove = make("button", "icon-button", { type: "button", title: "Remove", "aria-label": `Remove ${title}` });
      remove.append(make("span", "icon icon-close", { "aria-hidden": "true" }));
      remove.addEventListener("click", () => this.acts.remove());
      return [name, remove];
    }

    /** @param {Chosen} chosen @param {Choice} choice */
    form({ values }, { parameters, lines }) {
      const form = make("div", "picker-form");
      form.append(
        ...parameters.map((field, index) => this.field(field, values[index])),
        ...lines.map((label, line) => this.colours(label, line)),
      );
      return form;
    }

    /** @param {ParameterField} field @param {string | undefined} value */
    field({ name, label, default: usual, low, high, step }, value) {
      const bounds = `${low.toLocaleString("en-US")} to ${high.toLocaleString("en-US")}`;
      const caption = make("span", "picker-label", {}, label);
      caption.append(make("span", "field-range", {}, bounds));
      const limits = { min: String(low), max: String(high), step: String(step) };
      const look = { type: "number", inputmode: "decimal", "data-name": name, ...limits };
      const input = /** @type {HTMLInputElement} */ (make("input", "picker-input", look));
      input.value = value ?? String(usual);
      input.addEventListener("input", () => this.acts.typed());
      const part = make("label", "picker-field");
      part.append(caption, input);
      return part;
    }

    /** @param {string} label @param {number} line */
    colours(label, line) {
      const group = make("div", "picker-colours", { role: "group", "aria-label": `Colour of ${label}` });
      group.append(make("span", "", {}, label), ...LETTERS.map((letter) => this.colour(line, letter)));
      return group;
    }

    /** @param {number} line @param {string} letter */
    colour(line, letter) {
      const name = letter.toUpperCase();
      const look = { type: "button", "aria-pressed": "false", "aria-label": `Colour ${name}`, title: `Colour ${name}` };
      const place = { "data-line": String(line), "data-role": `LINE_${name}` };
      const button = make("button", "picker-colour", { ...look, ...place });
      button.addEventListener("click", () => this.acts.paint(line, letter));
      return button;
    }

    /** What the fields say, in their order. */
    get typed() {
      return this.inputs.map(({ value }) => value);
    }

    get inputs() {
      return /** @type {HTMLInputElement[]} */ ([...this.part.querySelectorAll(".picker-input")]);
    }

    /** @param {string[]} values */
    show(values) {
      words.write(this.values, values.join(" "));
    }

    /** The colours that the newest picture has. @param {string[]} roles one per line */
    showColours(roles) {
      const wanted = roles.join();
      if (wanted !== this.dots.dataset.roles) {
        this.dots.replaceChildren(...[...new Set(roles)].map((role) => make("i", "", { "data-role": role })));
      }
      this.dots.dataset.roles = wanted;
      for (const button of this.part.querySelectorAll(".picker-colour")) {
        const { line, role } = /** @type {HTMLElement} */ (button).dataset;
        button.setAttribute("aria-pressed", String(roles[Number(line)] === role));
      }
    }

    /** The registry's sentence, and the fields that it is about. @param {string} sentence "" for none */
    tell(sentence) {
      words.write(this.problem, sentence);
      for (const input of this.inputs) {
        const about = new RegExp(`\\b${input.dataset.name} (was|[\\d.,]+;)`).test(sentence);
        input.setAttribute("aria-invalid", String(about));
      }
    }
  }

  Object.assign(window.candlecast, { make, readIndicator, writeIndicator, PickerRow });
}
