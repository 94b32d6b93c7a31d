"use strict";

/**
 * The price chart of a backtest: pictures from /api/backtests/ID/chart. A drag, the wheel and the arrow keys ask for
 * other candles; one picture is asked for at a time, and the newest wish after it. The figure of the equity below
 * follows the same time axis.
 *
 * @typedef {{first: number, last: number, bars: number, plot: number[], from_ms: number, to_ms: number, x_first: number,
 *   step: number, knots: [number[], number[]]}} RunPicture   `plot` in CSS pixels: x, y, width, height; knots: rows, ms
 * @typedef {{run: string, bars: number, symbol: string, interval: string}} RunFacts
 * @typedef {{number: number, first: number, last: number}} RunTrade   rows of its entry and exit
 */
{
  const { words } = window.candlecast;
  const LEAST = 20; // candles that are shown
  const AROUND = 120; // candles at least that a trade is shown with
  const KEPT = "candlecast.run-chart.log";

  /** @returns {boolean} */
  function keptLog() {
    try {
      return localStorage.getItem(KEPT) === "true";
    } catch {
      return false; // storage is switched off
    }
  }

  /** @param {boolean} log */
  function keepLog(log) {
    try {
      localStorage.setItem(KEPT, String(log));
    } catch {
      return; // the choice lasts as long as the page
    }
  }

  class RunChart {
    /** @param {HTMLElement} element @param {RunFacts} facts */
    constructor(element, facts) {
      this.element = element;
      this.facts = facts;
      this.first = 0;
      this.last = facts.bars;
      this.log = keptLog();
      /** @type {RunTrade | null} */
      this.trade = null;
      /** @type {RunPicture | null} */
      this.shown = null;
      this.asking = false;
      this.again = false;
      this.url = "";
      this.pictures = 0;
      this.drawnRun = ""; // the run of the picture that is shown
      this.ending = new AbortController();
      this.listen();
      this.press("log", this.log);
      this.ask();
    }

    /** @param {string} name @returns {HTMLElement} */
    part(name) {
      return /** @type {HTMLElement} */ (this.element.querySelector(`[data-run-chart="${name}"]`));
    }

    listen() {
      const { signal } = this.ending;
      this.element.addEventListener("click", (event) => this.onClick(event), { signal });
      new window.candlecast.RunHands(this, signal);
      this.sizes = new ResizeObserver(() => this.ask());
      this.sizes.observe(this.element);
      this.themes = new MutationObserver(() => this.ask());
      this.themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    }

    stop() {
      this.ending.abort();
      this.sizes?.disconnect();
      this.themes?.disconnect();
      if (this.url) URL.revokeObjectURL(this.url);
    }

    /** Another run in the same place. @param {RunFacts} facts */
    open(facts) {
      this.facts = facts;
      this.trade = null;
      this.show(0, facts.bars);
    }

    /** @param {string} name @param {boolean} on */
    press(name, on) {
      this.part(name).setAttribute("aria-pressed", String(on));
    }

    // --- what is shown ------------------------------------------------------------------------------------------

    /** @param {number} first @param {number} last */
    show(first, last) {
      const { bars } = this.facts;
      const count = Math.round(Math.min(Math.max(last - first, Math.min(LEAST, bars)), bars));
      const start = Math.round(Math.min(Math.max(first, 0), bars - count));
      [this.first, this.last] = [start, start + count];
      this.ask();
    }

    /** @param {number} factor more than 1 shows more @param {number} at share of the width that stays in place */
    zoom(factor, at) {
      const count = this.last - this.first;
      const wanted = Math.min(Math.max(count * factor, LEAST), this.facts.bars);
      const first = this.first + (count - wanted) * at;
      this.show(first, first + wanted);
    }

    /** The chart moves to a trade and marks it. @param {RunTrade} trade */
    mark(trade) {
      this.trade = trade;
      const length = trade.last - trade.first + 1;
      const rest = Math.max(length, AROUND - length) / 2;
      this.show(trade.first - rest, trade.last + 1 + rest);
    }

    // --- pictures -----------------------------------------------------------------------------------------------

    /** @returns {string} */
    address() {
      const { clientWidth, clientHeight } = this.element;
      const query = new URLSearchParams({
        first: String(this.first),
        last: String(this.last),
        width: String(clientWidth),
        height: String(clientHeight),
        ratio: String(window.devicePixelRatio || 1),
        theme: window.candlecastTheme.current(),
        scale: this.log ? "log" : "linear",
      });
      return `/api/backtests/${encodeURIComponent(this.facts.run)}/chart?${query}`;
    }

    async ask() {
      if (this.asking) {
        this.again = true;
        return;
      }
      if (this.element.clientWidth < 80 || this.element.clientHeight < 60) return; // it is not on the page now
      this.asking = true;
      do {
        this.again = false;
        await this.fetch();
      } while (this.again && !this.ending.signal.aborted);
      this.asking = false;
    }

    async fetch() {
      try {
        const answer = await fetch(this.address(), { signal: this.ending.signal });
        if (!answer.ok) throw new Error((await answer.json()).error);
        const meta = JSON.parse(answer.headers.get("X-Chart") ?? "{}");
        await this.put(await answer.blob(), meta);
      } catch (reason) {
        if (this.ending.signal.aborted) return;
        this.tell(reason instanceof Error ? reason.message : String(reason));
      }
    }

    /** Decoded before it is shown, so that nothing flashes. @param {Blob} picture @param {RunPicture} meta */
    async put(picture, meta) {
      const { run } = this.facts;
      const url = URL.createObjectURL(picture);
      const next = new Image();
      next.src = url;
      await next.decode();
      const image = /** @type {HTMLImageElement} */ (this.part("picture"));
      const before = this.url;
      image.src = url;
      image.alt = `${this.facts.symbol} ${this.facts.interval}, candles ${meta.first + 1} to ${meta.last}`;
      [this.url, this.shown, this.drawnRun] = [url, meta, run];
      if (before) URL.revokeObjectURL(before);
      this.tell("");
      this.pictures += 1;
      this.place();
      const right = Math.round(this.element.clientWidth - meta.plot[0] - meta.plot[2]);
      window.candlecast.runFigure?.follow(meta.from_ms, meta.to_ms, this.log, right);
    }

    /** @param {string} problem */
    tell(problem) {
      const place = this.part("problem");
      words.write(place, problem ? `The chart cannot be drawn: ${problem}` : "");
      place.hidden = problem === "";
    }

    /** The marked trade in the picture's places. */
    place() {
      const mark = this.part("marked");
      const { trade, shown } = this;
      mark.hidden = !trade || !shown || trade.last < shown.first || trade.first >= shown.last;
      if (mark.hidden || !trade || !shown) return;
      const [x, y, width, height] = shown.plot;
      const at = (/** @type {number} */ row) =>
        Math.min(Math.max(shown.x_first + (row - shown.first) * shown.step, x), x + width);
      const [left, right] = [at(trade.first - 0.5), at(trade.last + 0.5)];
      Object.assign(mark.style, {
        left: `${left}px`,
        width: `${Math.max(2, right - left)}px`,
        top: `${y}px`,
        height: `${height}px`,
      });
      mark.dataset.trade = String(trade.number);
    }

    /** @param {MouseEvent} event */
    onClick(event) {
      const button = event.target instanceof Element && event.target.closest("[data-run-chart]");
      if (!(button instanceof HTMLButtonElement)) return;
      if (button.dataset.runChart === "all") this.show(0, this.facts.bars);
      else {
        this.log = !this.log;
        keepLog(this.log);
        this.press("log", this.log);
        this.ask();
      }
    }
  }

  /** @type {RunChart | null} */
  let chart = null;

  window.candlecast.runChart = {
    /** @returns {RunChart | null} */
    current: () => chart,
    /** @param {RunFacts | null} facts */
    open(facts) {
      const element = document.getElementById("backtest-chart");
      if (!element || !facts) return;
      if (chart?.element === element) {
        if (chart.facts.run !== facts.run) chart.open(facts);
        return;
      }
      chart?.stop();
      chart = new RunChart(element, facts);
    },
    /** @param {RunTrade} trade */
    mark: (trade) => chart?.mark(trade),
  };
}
