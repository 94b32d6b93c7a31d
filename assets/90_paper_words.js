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
 * @typedef {{symbol: string, price_step: number | null, size_step: number, least_size: number | null,
 *   least_value: number | null}} PaperInstrument
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

  /** What the venue told of its symbols. @type {Map<string, PaperInstrument>} */
  const instruments = new Map();

  /** The smallest change of a price. @param {string} symbol @param {number} decimals where the venue told nothing */
  const tick = (symbol, decimals) => instruments.get(symbol)?.price_step ?? 10 ** -decimals;

  /** @param {number} value in as many digits as it has */
  const plain = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 8 });

  /** @param {string} symbol @param {number | null | undefined} value @returns {string} */
  function price(symbol, value) {
    if (value === null || value === undefined) return words.NONE;
    const own = /\.(\d+)$/.exec(String(value))?.[1].length ?? 0;
    const known = places.get(symbol) ?? (value >= 1000 ? 1 : value >= 1 ? 2 : 5);
    return words.number(value, Math.min(8, Math.max(known, Math.min(own, known + 2))));
  }

  /** @param {number} ms @returns {string} "20:47:18" today, "31 Jan 20:47:18" before */
  function moment(ms) {
    const [date, today] = [new Date(ms), new Date()].map((each) => words.clock(each).split(" "));
    const [day, month, year, time] = date;
    return [day, month, year].every((part, place) => part === today[place]) ? time : `${day} ${month} ${time}`;
  }

  /** "Take profit", "Buy limit": what it is for, else what it is. @param {PaperOrder} order */
  function orderName({ role, side, kind }) {
    return KINDS[/** @type {"stop loss"} */ (role)] ?? `${side === "buy" ? "Buy" : "Sell"} ${kind}`;
  }

  /** Where it stands on the chart. @param {PaperOrder} order */
  const orderPrice = ({ limit, stop, triggered }) => (stop !== null && !triggered ? stop : (limit ?? stop));

  /** Which price of it moves when its line is dragged. @param {PaperOrder} order @returns {"limit" | "stop"} */
  const movedPrice = ({ stop, triggered }) => (stop !== null && !triggered ? "stop" : "limit");

  /** Only a limit stands at its price. @param {PaperOrder} order */
  const queues = ({ kind, stop, triggered }) => kind.includes("limit") && (stop === null || triggered);

  const STOPPED = /^Trading stopped: /;
  const FAILING = /^failing: /;

  /** Why it stopped, where the sentence before says that it did. @param {string} halted @returns {string} */
  const stopCause = (halted) => capital(halted.replace(STOPPED, ""));

  /** @param {string} journal of an account @returns {string} why it cannot be written, "" when it can */
  const journalFault = (journal) => (FAILING.test(journal) ? capital(journal.replace(FAILING, "")) : "");

  /** Why an account takes no orders, "" when it does. @param {PaperHead} head */
  function waits({ tradable, halted, journal, why_not: why }) {
    if (tradable) return "";
    if (halted) return `Trading is stopped. ${stopCause(halted)}`;
    return journalFault(journal) ? "The journal cannot be written, so no order is taken." : why;
  }

  /** @param {number | null} micros @returns {string} "41 µs", "1.8 ms", "4.3 s" */
  function latency(micros) {
    if (micros === null) return words.NONE;
    return micros < 1000 ? `${words.number(micros, 0)} µs` : micros < 100_000 ? `${words.number(micros / 1000, 1)} ms` : words.age(micros / 1000);
  }

  /** @param {string} text */
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  /** @param {string} symbol @returns {[string, string]} base and quote currency */
  function currencies(symbol) {
    const [base, quote] = symbol.split("@")[0].split("-");
    return [base, quote ?? ""];
  }

  window.candlecast.paperWords = {
    tone, result, share, size, price, places, instruments, tick, plain, moment, orderName, orderPrice, movedPrice, queues, currencies, capital,
    stopCause, journalFault, waits, latency,
    /** @param {PaperOrder} order */
    isLive: (order) => LIVE.includes(order.state),
  };
}
