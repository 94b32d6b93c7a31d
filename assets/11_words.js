"use strict";

/** How numbers, ages and times are written: thousands comma, decimal point, a true minus sign, space before units. */
{
  const MINUS = "\u2212";
  const NONE = "\u2013";
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  /** @type {Map<number, Intl.NumberFormat>} */
  const formats = new Map();

  /**
   * @param {number | null | undefined} value
   * @param {number} decimals
   * @returns {string} e.g. "38,533.0"
   */
  function number(value, decimals) {
    if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
    let format = formats.get(decimals);
    if (!format) {
      format = new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      formats.set(decimals, format);
    }
    const text = format.format(Math.abs(value));
    return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
  }

  /** @param {number | null | undefined} value @param {number} decimals @returns {string} "+7.0" or "−7.0" */
  function signed(value, decimals) {
    const text = number(value, decimals);
    return text === NONE || text.startsWith(MINUS) || !/[1-9]/.test(text) ? text : `+${text}`;
  }

  /** @param {number} change @param {number} percent @param {number} decimals @returns {string} "+7.0 (+0.02 %)" */
  function change(change, percent, decimals) {
    const share = signed(percent, 2);
    return share === NONE ? signed(change, decimals) : `${signed(change, decimals)} (${share} %)`;
  }

  /** @param {number} value @returns {string} "2,977", "203", "21.1", "0.0312": the digits that matter */
  function volume(value) {
    if (!(value > 0)) return number(value, 0);
    for (const [limit, letter] of /** @type {[number, string][]} */ ([[1e12, "T"], [1e9, "B"], [1e6, "M"]])) {
      if (value >= limit) return `${number(value / limit, 2)}${letter}`;
    }
    if (value >= 100) return number(value, 0);
    if (value >= 10) return number(value, 1);
    return number(value, value >= 1 ? 2 : 4);
  }

  /** @param {number} ms @returns {string} "38 ms", "1.8 s", "14 s", "3 min" */
  function age(ms) {
    if (ms < 1000) return `${Math.round(ms)} ms`;
    if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
    if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
    if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
    return `${Math.round(ms / 3_600_000)} h`;
  }

  /** @param {Date} date @returns {string} "31 Jan 2022 20:47:18 UTC" */
  function clock(date) {
    const time = date.toISOString().slice(11, 19);
    return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} UTC`;
  }

  /**
   * Changes a text only where it differs, and in its text node, so that mutation observers see no new nodes.
   * @param {Element | null | undefined} element
   * @param {string} text
   */
  function write(element, text) {
    if (!element || element.textContent === text) return;
    if (element.childNodes.length === 1 && element.firstChild instanceof Text) element.firstChild.data = text;
    else element.textContent = text;
  }

  window.candlecast.words = { NONE, number, signed, change, volume, age, clock, write };
}
