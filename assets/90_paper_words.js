"use strict";

/**
 * An account in words: how money, sizes, prices and orders of the paper page are written.
 *
 * @typedef {{id: number, owner: string, opened_by: string, symbol: string, side: "buy" | "sell", kind: string, size: number,
 *   filled: number, limit: number | null, stop: number | null, trail: number | null, tif: string, post_only: boolean,
 *   reduce_only: boolean, state: string, words: string, parent: number | null, role: string, queue_ahead: number | null,
 *   placed_ms: number, triggered: boolean}} PaperOrder
 * @typedef {{owner: string, opened_by: string, symbol: string, side: "long" | "short", size: number, entry: number,
 *   mark: number | null, value: number | null, unrealised: number | null, return_percent: number | null}} PaperPosition
 * @typedef {{id: number, order: number | null, opened_by: string, symbol: string, side: "buy" | "sell", size: number,
 *   price: number, fee: number, realised: number, maker: boolean, time_ms: number, note: string, tags: string[]}} PaperFill
 */
{
  const { words } = window.candlecast;
  const LIVE = ["waiting", "working"];
  const KINDS = { "take profit": "Take profit", "stop loss": "Stop loss" };

  /** @param {string} text as written, with its sign */
  const tone = (text) => ({ "+": "up", "\u2212": "down" })[text.charAt(0)] ?? "flat";

  /** @param {number | null | undefined} value @returns {{text: string, tone: string}} */
  function result(value) {
    const text = words.signed(value, 2);
    return { text, tone: tone(text) };
  }

  /** @param {number | null | undefined} value in percent @returns {{text: string, tone: string}} */
  function share(value) {
    const text = words.signed(value, 2);
    return { text: text === words.NONE ? text : `${text} %`, tone: tone(text) };
  }

  /** At least four decimals, more where the size has them. @param {number | null | undefined} value */
  function size(value) {
    if (value === null || value === undefined) return words.NONE;
    const digits = /\.(\d+)$/.exec(value.toFixed(8).replace(/0+$/, ""))?.[1].length ?? 0;
    return words.number(value, Math.max(4, digits));
  }

  /** Decimals of prices, by symbol; the ticket's quote brings them. @type {Map<string, number>} */
  const places = new Map();

  /** @param {string} symbol @param {number | null | undefined} value @returns {string} */
  function price(symbol, value) {
    if (value === null || value === undefined) return words.NONE;
    const own = /\.(\d+)$/.exec(String(value))?.[1].length ?? 0;
    const known = places.get(symbol) ?? (value >= 1000 ? 1 : value >= 1 ? 2 : 5);
    return words.number(value, Math.min(8, Math.max(known, Math.min(own, known + 2))));
  }

  /** @param {number} ms @returns {string} "31 Jan 20:47:18" */
  function moment(ms) {
    const [day, month, , time] = words.clock(new Date(ms)).split(" ");
    return `${day} ${month} ${time}`;
  }

  /** @param {number} ms @returns {string} "20:47:18" */
  const time = (ms) => new Date(ms).toISOString().slice(11, 19);

  /** "Take profit", "Buy limit": what it is for, else what it is. @param {PaperOrder} order */
  function orderName({ role, side, kind }) {
    return KINDS[/** @type {"stop loss"} */ (role)] ?? `${side === "buy" ? "Buy" : "Sell"} ${kind}`;
  }

  /** Where it stands on the chart. @param {PaperOrder} order */
  const orderPrice = ({ limit, stop, triggered }) => (stop !== null && !triggered ? stop : (limit ?? stop));

  /** Which price of it moves when its line is dragged. @param {PaperOrder} order @returns {"limit" | "stop"} */
  const movedPrice = ({ stop, triggered }) => (stop !== null && !triggered ? "stop" : "limit");

  /** @param {string} symbol @returns {[string, string]} base and quote currency */
  function currencies(symbol) {
    const [base, quote] = symbol.split("@")[0].split("-");
    return [base, quote ?? ""];
  }

  window.candlecast.paperWords = {
    tone, result, share, size, price, places, moment, time, orderName, orderPrice, movedPrice, currencies,
    /** @param {PaperOrder} order */
    isLive: (order) => LIVE.includes(order.state),
  };
}
