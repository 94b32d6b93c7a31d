"use strict";

/**
 * What an order on the ticket comes to: size by amount, percent of equity or risk to the stop; value, fee and risk; and
 * what keeps it from being sent.
 *
 * @typedef {{symbol: string, last: number | null, bid: number | null, ask: number | null, decimals: number}} PaperQuote
 * @typedef {{id: number, equity: number, cash: number, exposure: number, currency: string, tradable: boolean, why_not: string,
 *   halted: string | null, journal: string, terms: {maker_fee_percent: number, taker_fee_percent: number, leverage: number}}} PaperHead
 * @typedef {{side: "buy" | "sell", kind: string, mode: "base" | "percent" | "risk", limit: number | null,
 *   stop: number | null, trail: number | null, amount: number | null, target: number | null, loss: number | null,
 *   tif: string, post: boolean, reduce: boolean}} TicketValues   numbers as typed: null for nothing, NaN for no number
 * @typedef {{price: number | null, size: number | null, value: number | null, fee: number | null, maker: boolean,
 *   risk: number | null, problem: string, field: string}} TicketFigures
 */
{
  const { words, paperWords: say } = window.candlecast;
  const NEEDS = { market: [], limit: ["limit"], stop: ["stop"], stop_limit: ["stop", "limit"], trail: ["trail"] };
  const NAMES = { limit: "Price", stop: "Trigger", trail: "Distance", target: "Take profit", loss: "Stop loss" };
  const KEPT = 0.999; // of what can be bought: prices move while the order is on its way

  /** @param {number} price @returns {number} decimals of a size that matter at this price */
  const digitsAt = (price) => Math.min(8, Math.max(4, Math.ceil(Math.log10(Math.max(price, 1e-9))) + 1));

  const FINEST = 1e-8; // where a venue told no step of sizes

  /** @param {string} symbol @param {number} price @returns {number} the step that sizes are made in */
  function sizeStep(symbol, price) {
    const step = say.instruments.get(symbol)?.size_step ?? FINEST;
    return step > FINEST ? step : 10 ** -digitsAt(price);
  }

  /** Never more than asked for. @param {number} size @param {number} price @param {string} symbol */
  function rounded(size, price, symbol) {
    const scale = Math.round(1e8 / sizeStep(symbol, price)) / 1e8;
    return Math.floor(size * scale * (1 + 1e-12)) / scale;
  }

  /** The price that an order fills at, as far as it is known. @param {TicketValues} values @param {PaperQuote} quote */
  function fillPrice({ kind, side, limit, stop }, quote) {
    if (kind === "limit" || kind === "stop_limit") return limit;
    return kind === "stop" ? stop : side === "buy" ? quote.ask : quote.bid;
  }

  /** A limit that the market reaches already is taken at once. @param {TicketValues} values @param {PaperQuote} quote */
  function isMaker({ kind, side, limit, tif, post }, { bid, ask }) {
    if (!kind.includes("limit") || tif !== "gtc" || limit === null) return false;
    if (kind === "stop_limit" || post) return true;
    return side === "buy" ? ask === null || limit < ask : bid === null || limit > bid;
  }

  /** @param {TicketValues} values @param {number} price @returns {number | null} what is lost per unit at the stop */
  function distance({ kind, trail, loss }, price) {
    if (loss !== null && Number.isFinite(loss)) return Math.abs(price - loss);
    return kind === "trail" ? trail : null;
  }

  /** @param {TicketValues} values @param {PaperHead} head @param {number} price @param {string} symbol @returns {number | null} in base currency */
  function sizeOf(values, head, price, symbol) {
    const { mode, amount } = values;
    if (amount === null || !(amount > 0) || !(price > 0)) return null;
    if (mode === "base") return amount;
    if (mode === "percent") return rounded((head.equity * amount) / 100 / price, price, symbol);
    const away = distance(values, price);
    return away ? rounded(amount / away, price, symbol) : null;
  }

  /** All that can be ordered. @param {PaperHead} head @param {number} price @param {"buy" | "sell"} side @param {PaperPosition | undefined} held @param {string} symbol */
  function largest({ equity, exposure, terms }, price, side, held, symbol) {
    const against = held && (held.side === "long") !== (side === "buy") ? held.size : 0;
    const free = Math.max(0, equity * terms.leverage - exposure + 2 * against * price);
    return rounded((free * KEPT) / (price * (1 + terms.taker_fee_percent / 100)), price, symbol);
  }

  /** @param {TicketValues} values @param {PaperQuote} quote @returns {[string, string]} sentence and field; empty when it can be sent */
  function problem(values, quote) {
    for (const name of [...NEEDS[/** @type {"limit"} */ (values.kind)], "target", "loss"]) {
      const value = values[/** @type {"limit"} */ (name)];
      const optional = name === "target" || name === "loss";
      if (value === null && optional) continue;
      if (!(Number(value) > 0)) return [`${NAMES[/** @type {"limit"} */ (name)]} needs a number above 0.`, name];
    }
    const price = fillPrice(values, quote);
    if (price === null) return ["There is no price yet.", ""];
    const up = values.side === "buy" ? 1 : -1;
    if (values.target !== null && up * (values.target - price) <= 0) return [`Take profit must be ${up > 0 ? "above" : "below"} ${words.number(price, quote.decimals)}.`, "target"];
    if (values.loss !== null && up * (price - values.loss) <= 0) return [`Stop loss must be ${up > 0 ? "below" : "above"} ${words.number(price, quote.decimals)}.`, "loss"];
    if (!(Number(values.amount) > 0)) return ["Size needs a number above 0.", "size"];
    if (values.mode === "risk" && !distance(values, price)) return ["A size by risk needs a stop loss.", "loss"];
    return ["", ""];
  }

  /** @param {number} value @param {number | null} step */
  const fits = (value, step) => step === null || Math.abs(value / step - Math.round(value / step)) < 1e-6;

  /** What the venue would not take. @param {TicketValues} values @param {number} size @param {number} value @param {string} symbol @returns {[string, string]} sentence and field */
  function offStep(values, size, value, symbol) {
    const steps = say.instruments.get(symbol);
    if (!steps) return ["", ""];
    const [base, money] = say.currencies(symbol);
    for (const name of [...NEEDS[/** @type {"limit"} */ (values.kind)], "target", "loss"]) {
      const price = values[/** @type {"limit"} */ (name)];
      if (price !== null && !fits(price, steps.price_step)) return [`${NAMES[/** @type {"limit"} */ (name)]} moves in steps of ${say.plain(steps.price_step ?? 0)} ${money}.`, name];
    }
    if (!fits(size, steps.size_step)) return [`Size moves in steps of ${say.plain(steps.size_step)} ${base}.`, "size"];
    if (steps.least_size !== null && size < steps.least_size) return [`The smallest size is ${say.plain(steps.least_size)} ${base}.`, "size"];
    if (steps.least_value !== null && value < steps.least_value) return [`The smallest order is worth ${say.plain(steps.least_value)} ${money}.`, "size"];
    return ["", ""];
  }

  /** While no size is typed. @param {string} symbol */
  function hint(symbol) {
    const steps = say.instruments.get(symbol);
    const [base] = say.currencies(symbol);
    if (!steps) return "Type a size, or press a share of equity.";
    const from = steps.least_size === null ? "" : `, from ${say.plain(steps.least_size)}`;
    return `Type a size in steps of ${say.plain(steps.size_step)} ${base}${from}, or press a share of equity.`;
  }

  /** @param {TicketValues} values @param {PaperQuote} quote @param {PaperHead} head @returns {TicketFigures} */
  function figures(values, quote, head) {
    const price = fillPrice(values, quote);
    const size = price === null ? null : sizeOf(values, head, price, quote.symbol);
    const maker = isMaker(values, quote);
    const value = size === null || price === null ? null : size * price;
    const fee = value === null ? null : (value * (maker ? head.terms.maker_fee_percent : head.terms.taker_fee_percent)) / 100;
    const away = price === null ? null : distance(values, price);
    const risk = size === null || away === null ? null : size * away;
    let [sentence, field] = problem(values, quote);
    if (!sentence && !size) sentence = "The size comes to nothing.";
    if (!sentence && size && value) [sentence, field] = offStep(values, size, value, quote.symbol);
    return { price, size, value, fee, maker, risk, problem: sentence, field };
  }

  /** What the button says. @param {TicketValues} values @param {TicketFigures} figures @param {PaperQuote} quote */
  function act({ side, kind, trail, stop }, { size, price }, { symbol, decimals }) {
    const what = `${side === "buy" ? "Buy" : "Sell"} ${say.size(size)} ${say.currencies(symbol)[0]}`;
    const at = (/** @type {number | null} */ value) => words.number(value, decimals);
    if (kind === "market") return `${what} at market`;
    if (kind === "trail") return `${what} trailing ${at(trail)}`;
    return kind === "stop" ? `${what} at stop ${at(stop)}` : `${what} at ${at(price)}`;
  }

  window.candlecast.paperSizing = { figures, act, largest, rounded, sizeStep, hint };
}
