"use strict";

/**
 * The watchlist: rows come once a second as what changed, cells change in place, and the small lines of all symbols
 * are crops of one picture that is fetched every five seconds while somebody looks.
 *
 * @typedef {{symbol: string, price: number | null, change_pct: number | null, turnover: number | null,
 *   decimals: number}} WatchRow
 */
{
  const { words, beforePaint, decodePicture } = window.candlecast;
  const GRID = "watchlist-grid";
  const EVERY_MS = 5000;
  const REFUSED_MS = 60_000; // no renderer, or signed out: that does not change soon
  const MOST_RATIO = 4;
  const VOLUME_FROM = 316; // CSS pixels that the columns with the volume need
  const LINE_FROM = 264;
  const NAME = 78; // of a symbol, as in components/watchlist.py
  const HEIGHTS = { header: 24, row: 30 };
  const PHONE_HEIGHTS = { header: 32, row: 44 };

  // counters for tests and people, beside those of the charts: pictures shown, and their URLs not yet revoked
  Object.assign(window.candlecast, { watchLines: 0, watchUrls: 0 });

  const phone = window.matchMedia("(max-width: 767px)");

  /** The small lines: one picture, a crop of it in every row. */
  class WatchLines {
    constructor() {
      /** @type {string[]} as the server has them: the order of the picture's cells */
      this.symbols = [];
      this.timer = 0;
      this.asked = "";
      this.tag = "";
      this.url = "";
      /** @type {HTMLImageElement | null} holds the decoded pixels */
      this.picture = null;
      this.cell = { width: 0, height: 0, ratio: 1 };
    }

    /** Device pixels of a cell, from what the screen has. */
    wanted() {
      const ratio = Math.min(Math.max(window.devicePixelRatio, 0.5), MOST_RATIO);
      const [width, height] = phone.matches ? [64, 24] : [40, 18];
      return { width: Math.round(width * ratio), height: Math.round(height * ratio), ratio };
    }

    /** @param {number} [ms] */
    fetchIn(ms = 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.fetch(), ms);
    }

    async fetch() {
      let wait = EVERY_MS;
      const { tier, mode } = window.candlecast;
      const drawn = tier === "picture" && mode !== "lost"; // else the server has nothing to draw with, or is gone
      if (drawn && !document.hidden && document.querySelector(".watch-line img")) {
        try {
          wait = await this.ask();
        } catch (reason) {
          if (!(reason instanceof TypeError)) throw reason; // no network: the pill says so
        }
      }
      this.fetchIn(wait);
    }

    /** @returns {Promise<number>} ms until the next one */
    async ask() {
      const cell = this.wanted();
      const theme = document.documentElement.dataset.theme || "dark";
      const scale = Math.max(1, cell.ratio);
      const asked = `theme=${theme}&cell_width=${cell.width}&cell_height=${cell.height}&scale=${scale}`;
      /** @type {Record<string, string>} */
      const headers = asked === this.asked ? { "If-None-Match": this.tag } : {};
      const response = await fetch(`/api/sparklines.webp?${asked}`, { cache: "no-store", headers });
      if (response.status === 304) return EVERY_MS;
      if (!response.ok || response.redirected) return REFUSED_MS;
      const url = URL.createObjectURL(await response.blob());
      window.candlecast.watchUrls += 1;
      const picture = await decodePicture(url);
      beforePaint(() => {
        const before = this.url;
        Object.assign(this, { url, picture, cell, asked, tag: response.headers.get("ETag") ?? "" });
        for (const image of document.querySelectorAll(".watch-line img")) this.place(/** @type {any} */ (image));
        this.revoke(before);
        window.candlecast.watchLines += 1;
      });
      return EVERY_MS;
    }

    /** @param {string} url */
    revoke(url) {
      if (!url) return;
      URL.revokeObjectURL(url);
      window.candlecast.watchUrls -= 1;
    }

    /** The page has no list any more. */
    forget() {
      this.revoke(this.url);
      Object.assign(this, { url: "", picture: null, asked: "" });
    }

    /** Shows the crop of the row's symbol; `zoom` as in 20_chart_panel.js. @param {HTMLImageElement} image */
    place(image) {
      const number = this.symbols.indexOf(image.dataset.symbol ?? "");
      if (!this.url || !this.picture || number < 0) return;
      const { width, height, ratio } = this.cell;
      const down = this.picture.naturalHeight / height;
      const x = Math.floor(number / down) * width;
      const y = (number % down) * height;
      image.decoding = "sync";
      image.alt = `${image.dataset.symbol}, last 24 hours`;
      image.src = this.url;
      image.style.cssText =
        `display:block;zoom:${1 / ratio};width:${width}px;height:${height}px;object-position:${-x}px ${-y}px`;
    }
  }

  /** Rows and what the grid shows of them. */
  class Watchlist {
    constructor() {
      /** @type {Map<string, WatchRow & {chosen: boolean, moved: number}>} */
      this.rows = new Map();
      this.symbol = "";
      this.filter = "";
      /** @type {any} AG Grid's interface, of the grid on the page */
      this.grid = null;
      this.lines = new WatchLines();
    }

    /** @param {WatchRow[]} changed */
    async update(changed) {
      const rows = changed.map((row) => this.keep(row));
      if (await this.attach()) return; // it has been filled with all of them
      if (!this.shown || !rows.length) return;
      const add = rows.filter((row) => !this.grid.getRowNode(row.symbol)); // a replay brings other symbols
      if (add.length) this.grid.applyTransaction({ add });
      if (add.length) this.fit();
      this.grid.applyTransactionAsync({ update: rows.filter((row) => !add.includes(row)) });
    }

    /** @param {WatchRow} row */
    keep(row) {
      const before = this.rows.get(row.symbol);
      const moved = Math.sign((row.price ?? 0) - (before?.price ?? row.price ?? 0));
      const kept = { ...row, moved, chosen: row.symbol === this.symbol };
      this.rows.set(row.symbol, kept);
      if (!before) this.lines.symbols.push(row.symbol);
      return kept;
    }

    /** Finds the grid when the page has a new one. @returns {Promise<boolean>} whether it has been filled */
    async attach() {
      const grid = await window.dash_ag_grid.getApiAsync(GRID);
      if (grid === this.grid) return false;
      this.grid = grid;
      grid.addEventListener("cellClicked", (/** @type {any} */ { data }) => this.choose(data.symbol));
      grid.addEventListener("cellKeyDown", (/** @type {any} */ { data, event }) => {
        if (event.key === "Enter") this.choose(data.symbol);
      });
      grid.addEventListener("gridSizeChanged", () => this.fit());
      grid.addEventListener("modelUpdated", () => this.count());
      grid.setGridOption("rowData", [...this.rows.values()]);
      grid.setGridOption("quickFilterText", this.filter);
      this.fit();
      this.lines.fetchIn(50);
      return true;
    }

    /** @param {string} symbol */
    choose(symbol) {
      window.dash_clientside.set_props("symbol", { value: symbol });
    }

    /** The symbol of the chart, wherever it was chosen. @param {string} symbol */
    mark(symbol) {
      const touched = [this.symbol, symbol].flatMap((name) => this.rows.get(name) ?? []);
      this.symbol = symbol;
      const rows = touched.map((row) => ({ ...row, chosen: row.symbol === symbol }));
      for (const row of rows) this.rows.set(row.symbol, row);
      if (this.shown && rows.length) this.grid.applyTransaction({ update: rows });
    }

    get shown() {
      return this.grid !== null && !this.grid.isDestroyed();
    }

    /** @param {string} text */
    find(text) {
      this.filter = text;
      if (this.shown) this.grid.setGridOption("quickFilterText", text);
    }

    /** CSS pixels that the names need; the venue of one stands below it. @returns {number} */
    nameWidth() {
      const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
      pen.font = `600 ${phone.matches ? 13 : 12}px Inter`;
      const names = [...this.rows.keys()].flatMap((symbol) => symbol.split("@"));
      return Math.ceil(Math.max(0, ...names.map((name) => pen.measureText(name).width))) + (phone.matches ? 20 : 16);
    }

    /** What does not fit is left out: neither names nor numbers ever get an ellipsis. */
    fit() {
      const width = document.querySelector(".watch-grid .ag-body-viewport")?.clientWidth ?? 0;
      if (!this.shown || width === 0) return;
      const heights = phone.matches ? PHONE_HEIGHTS : HEIGHTS;
      this.grid.setGridOption("headerHeight", heights.header);
      this.grid.setGridOption("rowHeight", heights.row);
      const name = Math.max(NAME, this.nameWidth());
      this.grid.applyColumnState({ state: [{ colId: "symbol", ...(name > NAME ? { flex: null, width: name } : { flex: NAME }) }] });
      const rest = width - (name - NAME);
      this.grid.setColumnsVisible(["turnover"], rest >= VOLUME_FROM && !phone.matches);
      this.grid.setColumnsVisible(["line"], rest >= LINE_FROM);
      document.querySelector(".watchlist")?.setAttribute("data-fitted", "");
    }

    count() {
      const shown = this.grid.getDisplayedRowCount();
      const all = this.rows.size;
      words.write(document.querySelector(".watch-count"), shown === all ? String(all) : `${shown} of ${all}`);
    }

    /** Once a second: is there a list, and is what it shows of now? */
    look() {
      const panel = document.querySelector(".watchlist");
      const pill = document.querySelector('[data-status="pill"]');
      panel?.toggleAttribute("data-stale", pill?.getAttribute("data-state") === "lost");
      if (!panel) this.lines.forget();
    }

    visibility() {
      if (document.getElementById(GRID) && !document.hidden) this.lines.fetchIn();
    }
  }

  const list = new Watchlist();

  /** Three digits that matter: "842", "12.4K", "1.24B". @param {number | null | undefined} value */
  function short(value) {
    if (value === null || value === undefined || !Number.isFinite(value)) return words.NONE;
    const letters = ["", "K", "M", "B", "T"];
    let size = 0;
    let rest = value;
    while (rest >= 999.5 && size < letters.length - 1) {
      rest /= 1000;
      size += 1;
    }
    return words.number(rest, rest >= 99.95 || rest === 0 ? 0 : rest >= 9.995 ? 1 : 2) + letters[size];
  }

  /** @param {number | null} value percent */
  const percent = (value) => (value === null ? words.NONE : `${words.signed(value, 2)} %`);

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions ?? {}, {
    watchPrice: (/** @type {any} */ { value, data }) => words.number(value, data.decimals),
    watchChange: (/** @type {any} */ { value }) => percent(value),
    watchVolume: (/** @type {any} */ { value }) => short(value),
  });

  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions ?? {}, {
    /** @param {{value: string}} props */
    WatchSymbol: ({ value }) => {
      const [name, venue] = value.split("@");
      const { createElement } = window.React;
      return venue ? createElement("span", { className: "watch-name" }, name, createElement("small", null, venue)) : name;
    },
    /** @param {{data: WatchRow}} props */
    WatchLine: ({ data: { symbol } }) =>
      window.React.createElement("img", {
        alt: "",
        draggable: false,
        "data-symbol": symbol,
        ref: (/** @type {HTMLImageElement | null} */ image) => image && list.lines.place(image),
      }),
  });

  Object.assign(window.dash_clientside.candlecast, {
    /** @param {{moment: number, rows: WatchRow[]} | null} answer @returns {number} up to when the rows are known */
    watchRows(answer) {
      if (!answer) return window.dash_clientside.no_update;
      void list.update(answer.rows);
      return answer.moment;
    },
    /** Dash has one callback without an output for an input: it tells all of them. @param {string} symbol */
    watchSymbol(symbol) {
      list.mark(symbol);
      window.dash_clientside.candlecastBook.symbol(symbol);
    },
    watchFilter: (/** @type {string | null} */ text) => list.find(text ?? ""),
  });

  document.addEventListener("visibilitychange", () => list.visibility());
  new MutationObserver(() => list.lines.fetchIn()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  window.addEventListener("resize", () => list.lines.fetchIn(200));
  setInterval(() => list.look(), 1000);
}
