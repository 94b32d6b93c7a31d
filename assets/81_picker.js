"use strict";

/**
 * The indicator picker: what the active chart shows, and the list to choose from. Every change is asked of the server
 * first, whose registry says in its own words what cannot be; what can be is on the chart at once.
 */
{
  const { words, make, readIndicator, writeIndicator, PickerRow } = window.candlecast;
  const SETTLES_MS = 150; // after the last key in a field
  const COLOURS_MS = 500;
  const grid = () => window.candlecast.grid.current();

  class IndicatorPicker {
    /** @param {HTMLElement} element */
    constructor(element) {
      this.element = element;
      const choices = /** @type {Choice[]} */ (JSON.parse(element.dataset.choices ?? "[]"));
      /** @type {Map<string, Choice>} */
      this.choices = new Map(choices.map((choice) => [choice.key, choice]));
      this.own = /** @type {HTMLElement} */ (element.querySelector(".picker-own"));
      /** @type {PickerRow[]} */
      this.rows = [];
      this.shown = ""; // the chart and the kinds of indicators that the rows are of
      this.editing = -1; // the row whose form is open
      this.settling = 0;
      this.number = 0; // of the newest question
      /** @type {{place: number, cell: Cell | undefined}} what the newest question is about */
      this.asked = { place: -1, cell: undefined };
      this.search = this.addSearch();
    }

    addSearch() {
      const look = { type: "search", placeholder: "Search", "aria-label": "Search indicators" };
      const search = /** @type {HTMLInputElement} */ (make("input", "picker-search", look));
      search.addEventListener("input", () => this.filter());
      this.element.querySelector(".picker-list")?.before(search);
      return search;
    }

    /** Lines that have every word of the search somewhere. */
    filter() {
      const wanted = this.search.value.toLowerCase().split(/\s+/);
      let found = 0;
      for (const family of this.element.querySelectorAll(".picker-family")) {
        const lines = /** @type {HTMLElement[]} */ ([...family.querySelectorAll(".picker-line")]);
        const title = family.firstElementChild?.textContent;
        for (const line of lines) {
          const text = `${line.dataset.key} ${line.textContent} ${title}`.toLowerCase();
          line.hidden = !wanted.every((word) => text.includes(word));
        }
        const left = lines.filter((line) => !line.hidden).length;
        /** @type {HTMLElement} */ (family).hidden = left === 0;
        found += left;
      }
      const none = this.element.querySelector(".picker-list .picker-none");
      if (none instanceof HTMLElement) none.hidden = found > 0;
    }

    /** @returns {Chosen[]} what the active chart shows */
    get chosen() {
      return (grid()?.active.elements.indicators ?? []).map(readIndicator);
    }

    /** @param {Chosen} chosen @returns {Choice} */
    choiceOf({ key }) {
      return this.choices.get(key) ?? { key, title: key, parameters: [], lines: [] };
    }

    // --- what the chart shows -----------------------------------------------------------------------------------

    /** Rows stay while only their values change: a field keeps its focus. */
    draw() {
      const shown = grid();
      if (!shown) return;
      const { symbol, interval } = shown.active;
      words.write(this.element.querySelector('[data-picker="chart"]'), `${symbol} ${interval}`);
      const { chosen } = this;
      const kinds = JSON.stringify([shown.layout.active, chosen.map(({ key }) => key)]);
      if (kinds !== this.shown) this.rebuild(chosen, kinds);
      chosen.forEach(({ values }, place) => this.rows[place].show(values));
      this.drawColours();
    }

    /** @param {Chosen[]} chosen @param {string} kinds */
    rebuild(chosen, kinds) {
      const sameChart = JSON.parse(this.shown || "[-1]")[0] === JSON.parse(kinds)[0];
      if (!sameChart || this.editing >= chosen.length) this.editing = -1;
      this.shown = kinds;
      this.rows = chosen.map(
        (each, place) => new PickerRow(each, this.choiceOf(each), this.editing === place, this.actsOf(place)),
      );
      const none = make("p", "picker-none", {}, "Only prices and volume. Choose below.");
      const parts = chosen.length > 0 ? this.rows.map(({ part }) => part) : [none];
      this.own.replaceChildren(make("h3", "", {}, "On this chart"), ...parts);
    }

    /** @param {number} place @returns {Acts} */
    actsOf(place) {
      return {
        edit: () => this.edit(this.editing === place ? -1 : place),
        remove: () => this.remove(place),
        typed: () => this.typed(place),
        paint: (line, letter) => this.paint(place, line, letter),
      };
    }

    drawColours() {
      const chart = grid()?.activeChart;
      const studies = (chart && window.candlecast.panelOf(chart)?.meta?.studies) || [];
      this.rows.forEach((row, place) => row.showColours(studies[place]?.curves.map(({ role }) => role) ?? []));
    }

    /** Opens the form of a row. @param {number} place -1: none */
    edit(place) {
      const before = this.editing;
      this.editing = place;
      this.rebuild(this.chosen, this.shown);
      this.draw();
      const row = this.rows[place < 0 ? before : place];
      const focus = row?.part.querySelector(place < 0 ? ".picker-edit" : "input, .picker-edit");
      if (focus instanceof HTMLElement) focus.focus();
    }

    // --- changes ------------------------------------------------------------------------------------------------

    /** @param {string} key */
    add(key) {
      const chosen = [...this.chosen, { key, values: [], colours: "" }];
      this.ask(chosen, chosen.length - 1);
    }

    /** @param {number} place */
    remove(place) {
      this.editing = -1;
      const left = (grid()?.active.elements.indicators ?? []).filter((_, index) => index !== place);
      grid()?.show({ indicators: left });
      const next = this.rows[Math.min(place, this.rows.length - 1)]?.part.querySelector("button");
      (next instanceof HTMLElement ? next : this.search).focus();
    }

    /** @param {number} place */
    typed(place) {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.change(place, {}), SETTLES_MS);
    }

    /** @param {number} place @param {Partial<Chosen>} change beside what the fields say */
    change(place, change) {
      const { chosen } = this;
      if (!this.rows[place]) return; // removed while it was typed
      chosen[place] = { ...chosen[place], values: this.rows[place].typed, ...change };
      this.ask(chosen, place);
    }

    /** @param {number} place @param {number} line @param {string} letter */
    paint(place, line, letter) {
      const chosen = this.chosen[place];
      const letters = this.choiceOf(chosen).lines.map((_, index) => chosen.colours[index] ?? "-");
      letters[line] = letter;
      this.change(place, { colours: letters.join("") });
    }

    /** @param {Chosen[]} chosen @param {number} place the one that is new */
    ask(chosen, place) {
      this.number += 1;
      this.asked = { place, cell: grid()?.active };
      const indicators = chosen.map((each) => writeIndicator(each, this.choiceOf(each)));
      window.dash_clientside?.set_props("indicator-picker-asked", { data: { number: this.number, indicators } });
    }

    /** @param {{number: number, indicators: string[], problem: string | null}} answer */
    answered({ number, indicators, problem }) {
      const { place, cell } = this.asked;
      if (number !== this.number || cell !== grid()?.active) return; // overtaken
      this.own.querySelector(":scope > .picker-problem")?.remove();
      this.rows[place]?.tell(problem ?? "");
      if (problem === null) grid()?.show({ indicators });
      else if (!this.rows[place]) this.own.append(make("p", "picker-problem", { role: "alert" }, problem));
    }
  }

  /** @type {IndicatorPicker | null} */
  let picker = null;
  let timer = 0;

  function refresh() {
    if (!picker || picker.element.hidden || !picker.element.isConnected) return;
    picker.drawColours();
    timer = setTimeout(refresh, COLOURS_MS);
  }

  /** @param {Event} event */
  function onOpened({ target }) {
    if (!(target instanceof HTMLElement) || !target.classList.contains("picker")) return;
    if (picker?.element !== target) picker = new IndicatorPicker(target);
    picker.draw();
    picker.search.focus();
    clearTimeout(timer);
    refresh();
  }

  /** Up and down go from line to line. @param {KeyboardEvent} event */
  function onKey(event) {
    const from = event.target instanceof Element ? event.target.closest(".picker-search, .picker-line") : null;
    if (!from || !picker || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const lines = [picker.search, ...picker.element.querySelectorAll(".picker-line:not([hidden])")];
    const next = lines[lines.indexOf(from) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  }

  document.addEventListener("candlecast:opened", onOpened);
  document.addEventListener("candlecast:grid", () => picker?.element.isConnected && picker.draw());
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", ({ target }) => {
    const line = target instanceof Element && target.closest(".picker-line");
    if (line instanceof HTMLElement) picker?.add(line.dataset.key ?? "");
  });

  const callbacks = {
    /** The server's answer, from Dash. @param {any} answer */
    answered(answer) {
      if (answer) picker?.answered(answer);
    },
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { candlecastGrid: callbacks });
}
