"use strict";

/**
 * The layout of the dashboard as this browser keeps it. What was kept is checked like anything from outside: a value
 * that is not as it should be is as good as none, and the socket would be closed for it.
 *
 * @typedef {{style: string, axis: string, zone: string, volume: boolean, indicators: string[], lines: string[],
 *   quote: boolean, countdown: boolean, trades: boolean}} Elements
 * @typedef {{symbol: string, interval: string, elements: Elements, link: {symbol: boolean, interval: boolean}}} Cell
 * @typedef {{size: number, active: number, cells: Cell[]}} Layout   `active` < `size`; one cell or more
 */
{
  const KEY = "candlecast.grid";
  const VERSION = 1;
  const SIZES = [1, 4, 9, 16];
  const LONGEST = 65_536; // characters
  const LONGEST_ELEMENTS = 3000; // a subscription is at most 4096 bytes
  const MOST_INDICATORS = 12;
  const STYLES = ["candles", "hollow", "bars", "heikin-ashi", "line", "area"];
  const AXES = ["linear", "log", "percent"];

  /** @param {unknown} value @param {number} longest @returns {value is string} */
  const isWord = (value, longest) => typeof value === "string" && value !== "" && value.length <= longest;

  /** @param {unknown} value @param {number} most @param {number} longest */
  const areWords = (value, most, longest) =>
    Array.isArray(value) && value.length <= most && value.every((text) => isWord(text, longest));

  /** @param {any} value @param {string[]} names */
  const areFlags = (value, names) => names.every((name) => typeof value?.[name] === "boolean");

  /** @param {any} value @returns {value is Elements} */
  function isElements(value) {
    return (
      STYLES.includes(value?.style) &&
      AXES.includes(value.axis) &&
      isWord(value.zone, 64) &&
      areFlags(value, ["volume", "quote", "countdown", "trades"]) &&
      areWords(value.indicators, MOST_INDICATORS, 200) &&
      areWords(value.lines, 64, 200) &&
      JSON.stringify(value).length <= LONGEST_ELEMENTS
    );
  }

  /** @param {any} value @returns {value is Cell} */
  function isCell(value) {
    return (
      isWord(value?.symbol, 32) &&
      isWord(value.interval, 8) &&
      isElements(value.elements) &&
      areFlags(value.link, ["symbol", "interval"])
    );
  }

  /** @param {any} value @returns {Layout | null} */
  function checked(value) {
    if (value?.version !== VERSION || !SIZES.includes(value.size) || !Array.isArray(value.cells)) return null;
    const { size, active, cells } = value;
    const right = cells.length >= 1 && cells.length <= SIZES[3] && cells.every(isCell);
    const last = Math.min(cells.length, size === 1 ? SIZES[3] : size) - 1;
    if (!right || !Number.isInteger(active) || active < 0 || active > last) return null;
    return { size, active, cells: cells.map(only) };
  }

  /** Names that nobody knows would be a breach of the protocol. @param {Cell} cell @returns {Cell} */
  function only({ symbol, interval, elements, link }) {
    const { style, axis, zone, volume, indicators, lines, quote, countdown, trades } = elements;
    return {
      symbol,
      interval,
      elements: { style, axis, zone, volume, indicators, lines, quote, countdown, trades },
      link: { symbol: link.symbol, interval: link.interval },
    };
  }

  /** @returns {Layout | null} the layout kept here, null without one that can be used */
  function readLayout() {
    try {
      const text = localStorage.getItem(KEY) ?? "";
      return text.length > LONGEST ? null : checked(JSON.parse(text || "null"));
    } catch (reason) {
      if (reason instanceof SyntaxError || reason instanceof DOMException) return null; // broken, or storage is off
      throw reason;
    }
  }

  /** @param {Layout} layout */
  function keepLayout(layout) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ version: VERSION, ...layout }));
    } catch (reason) {
      if (!(reason instanceof DOMException)) throw reason; // no storage: the layout lasts as long as the page
    }
  }

  Object.assign(window.candlecast, { readLayout, keepLayout });
}
