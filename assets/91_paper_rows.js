"use strict";

/**
 * Tables whose rows are made once and used again: a row has a key, and only texts and colours that changed are written.
 *
 * @typedef {string | {text: string, tone?: string, title?: string}} CellValue   `tone`: a class
 * @typedef {{key: string, cells: CellValue[], look?: string, act?: RowAct | null}} RowValue
 * @typedef {{name: string, icon?: string, words?: string, label: string}} RowAct   the button at a row's end
 */
{
  const { words, make } = window.candlecast;

  /** @param {Element} element @param {string} name @param {string | null} value */
  function setAttribute(element, name, value) {
    if (element.getAttribute(name) === value) return;
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }

  /** @param {HTMLElement} element @param {string} look */
  function setClass(element, look) {
    if (element.className !== look) element.className = look;
  }

  class PaperTable {
    /** @param {HTMLElement} list of components/paper_lists.py */
    constructor(list) {
      this.list = list;
      this.body = /** @type {HTMLElement} */ (list.querySelector("tbody"));
      this.heads = [...list.querySelectorAll("thead th")].map((head) => /** @type {HTMLElement} */ (head));
      this.looks = this.heads.map((head) => head.className);
      this.widest = this.heads.map(() => 0);
      /** @type {Map<string, HTMLElement>} */
      this.rows = new Map();
    }

    /** @param {RowValue[]} values in their order */
    show(values) {
      setClass(this.list, this.list.className.replace(/ has-none|$/, "").trim() + (values.length ? "" : " has-none"));
      const kept = new Set(values.map(({ key }) => key));
      for (const [key, row] of this.rows) {
        if (kept.has(key)) continue;
        row.remove();
        this.rows.delete(key);
      }
      values.forEach((value, place) => {
        const row = this.rows.get(value.key) ?? this.made(value.key);
        if (this.body.children[place] !== row) this.body.insertBefore(row, this.body.children[place] ?? null);
        this.fill(row, value);
      });
    }

    /** @param {string} key */
    made(key) {
      const row = make("tr", "", { "data-key": key });
      row.append(...this.looks.map((look) => make("td", look)));
      this.rows.set(key, row);
      return row;
    }

    /** @param {HTMLElement} row @param {RowValue} value */
    fill(row, { cells, look = "", act = null }) {
      setClass(row, look);
      cells.forEach((cell, place) => {
        const { text, tone = "", title } = typeof cell === "string" ? { text: cell } : cell;
        const element = /** @type {HTMLElement} */ (row.children[place]);
        words.write(element, text);
        this.hold(place, text);
        setClass(element, `${this.looks[place]} ${tone}`.trim());
        if (title !== undefined) setAttribute(element, "title", title || null);
      });
      this.end(/** @type {HTMLElement} */ (row.lastElementChild), act, cells.length < this.looks.length);
    }

    /** A column of numbers stays as wide as its widest was: a digit more or less moves no other. @param {number} place @param {string} text */
    hold(place, text) {
      if (text.length <= this.widest[place] || !this.looks[place].includes("number")) return;
      this.widest[place] = text.length;
      const narrow = text.match(/[.,\s]/g)?.length ?? 0;
      this.heads[place].style.setProperty("--widest", `${text.length - 0.5 * narrow}ch`);
    }

    /** The act at the end. @param {HTMLElement} cell @param {RowAct | null} act @param {boolean} ours */
    end(cell, act, ours) {
      if (!ours) return;
      let button = cell.querySelector("button");
      if (!act) {
        button?.remove();
        return;
      }
      if (!button) {
        const icon = act.icon ? "icon-button icon-button-small" : "paper-note";
        button = /** @type {HTMLButtonElement} */ (make("button", icon, { type: "button" }));
        if (act.icon) button.append(make("span", `icon icon-${act.icon}`, { "aria-hidden": "true" }));
        cell.append(button);
      }
      setAttribute(button, "data-row-act", act.name);
      const label = act.words ? `${act.label}: ${act.words}` : act.label;
      setAttribute(button, "title", label);
      setAttribute(button, "aria-label", label);
      if (act.icon) return;
      words.write(button, act.words || "Add note");
      button.toggleAttribute("data-none", !act.words);
    }
  }

  Object.assign(window.candlecast, { PaperTable, paperDom: { setAttribute, setClass } });
}
