"use strict";

/** Figures of the account's closed trades and of its equity, as cards. */
{
  const { words, make, paperWords: say, paperDom: dom } = window.candlecast;
  /** @typedef {{key: string, label: string, value: number | null, unit: string, formula: string, note: string}} PaperMetric */
  const SIGNED = ["total_return", "cagr", "max_drawdown", "expectancy", "alpha"]; // the others have no good and bad side of 0

  /** @param {HTMLElement} page @param {PaperMetric[]} metrics */
  function showResults(page, metrics) {
    const list = /** @type {HTMLElement} */ (page.querySelector(".paper-list-results"));
    list.classList.toggle("has-none", !metrics.length);
    const cards = /** @type {HTMLElement} */ (list.querySelector(".paper-results"));
    while (cards.children.length > metrics.length) cards.lastElementChild?.remove();
    metrics.forEach((metric, place) => show(/** @type {HTMLElement} */ (cards.children[place] ?? cards.appendChild(card())), metric));
  }

  /** @param {HTMLElement} element @param {PaperMetric} metric */
  function show(element, metric) {
    const { key, label, value, formula, note } = metric;
    const text = metricWords(metric);
    dom.setAttribute(element, "title", value === null ? `${note} ${formula}` : formula);
    words.write(element.querySelector(".metric-caption"), label);
    words.write(element.querySelector("b"), text);
    dom.setClass(/** @type {HTMLElement} */ (element.querySelector("b")), SIGNED.includes(key) ? say.tone(text) : "flat");
    words.write(element.querySelector(".metric-note"), value === null ? "" : note);
  }

  function card() {
    const element = make("div", "metric-card");
    const line = make("div", "metric-line");
    line.append(make("b", ""), make("span", "metric-note"));
    element.append(make("div", "metric-caption"), line);
    return element;
  }

  /** @param {PaperMetric} metric */
  function metricWords({ key, value, unit }) {
    if (value === null) return words.NONE;
    if (unit === "ns") return words.age(value / 1e6);
    const digits = unit === "count" ? 0 : 2;
    const text = SIGNED.includes(key) ? words.signed(value, digits) : words.number(value, digits);
    return unit === "%" ? `${text} %` : text;
  }

  window.candlecast.showPaperResults = showResults;
}
