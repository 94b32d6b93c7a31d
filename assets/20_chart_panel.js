"use strict";

/**
 * One chart on the page: its picture on a canvas or in two images, legend, dotted last-price line, and the texts that lie
 * over the picture while there is none or while it is old. Its view may be ahead of its picture, which is moved meanwhile.
 *
 * @typedef {{source: string, retry: string, tag: string}} Lost   texts of the strip, and of the tag in the legend
 */
{
  const { words, wishes, textPace, PictureLayer, KEYFRAME } = window.candlecast;
  const OWN_PARTS = [".chart-canvas", ".chart-moved", ".chart-crosshair", ".chart-axis-price", ".chart-axis-time", ".chart-now"];
  const LARGEST = 4096;
  const LOADING_AFTER_MS = 400;
  const FINEST_SPACING = 5; // CSS pixels per candle: a narrow panel shows fewer candles, not thinner ones
  const AXIS_WIDTH = 64;
  const FEWEST_BARS = 20;

  class ChartPanel {
    /** @param {HTMLElement} element @param {number} chart number in the protocol, unique in this tab */
    constructor(element, chart) {
      this.element = element;
      this.chart = chart;
      this.onScreen = true;
      this.settling = 0; // timer of a refresh to come
      this.cssPixels = { width: 0, height: 0 }; // as last observed: reading it costs no layout
      this.devicePixels = { width: 0, height: 0 };
      /** @type {string} the subscription the server has, as text; "" for none */
      this.subscribed = "";
      /** @type {Meta | null} */
      this.meta = null;
      /** @type {ChartRows | null} the candles behind the picture */
      this.rows = null;
      /** @type {Row | null} the candle that the legend tells; null for the newest */
      this.row = null;
      this.size = { w: 0, h: 0 }; // of the picture
      this.reopened = false; // the connection is another since the last picture
      this.view = new window.candlecast.ChartView(() => this.usualBars());
      element.querySelectorAll(OWN_PARTS.join()).forEach((part) => part.remove()); // of a copied chart
      this.keyframe = new PictureLayer(element, "img.chart-keyframe");
      this.patch = new PictureLayer(element, "img.chart-patch");
      this.legend = new window.candlecast.ChartLegend(element);
      this.moved = new window.candlecast.MovedPicture(element, [this.keyframe.image, this.patch.image]);
      this.painted = new window.candlecast.PaintedPicture(element, this.keyframe);
      this.isAhead = false; // the picture is moved to the view, what lies over it is not
      this.lost = false; // the picture is old: what lies over it says so
      this.crosshair = new window.candlecast.Crosshair(element);
      this.overlay = new window.candlecast.ChartOverlay(element);
      this.changed = () => {}; // the view is another, by no gesture
      this.state = /** @type {HTMLElement} */ (element.querySelector(".chart-state"));
      this.strip = /** @type {HTMLElement | null} */ (element.querySelector(".chart-lost"));
      this.progress = new window.candlecast.ChartProgress(element);
      this.loading = setTimeout(() => this.showLoading(), LOADING_AFTER_MS);
    }

    /**
     * Device pixels per CSS pixel of the pictures asked for; less than the screen's where 4096 would not do. From the
     * size that was last observed: to ask the element would lay out the page, for every picture.
     */
    get ratio() {
      const { width, height } = this.cssPixels;
      return Math.min(window.devicePixelRatio, LARGEST / (width || 1), LARGEST / (height || 1));
    }

    /** @param {ResizeObserverEntry} entry */
    measure(entry) {
      const { width, height } = (this.cssPixels = entry.contentRect);
      const exact = entry.devicePixelContentBoxSize?.[0];
      const near = (/** @type {number} */ size, /** @type {number} */ css) => Math.abs(size - css * this.ratio) <= 1;
      // An emulated device ratio (developer tools) leaves the exact box in CSS pixels; so does our own smaller ratio.
      this.devicePixels =
        exact && near(exact.inlineSize, width) && near(exact.blockSize, height)
          ? { width: exact.inlineSize, height: exact.blockSize }
          : { width: Math.round(width * this.ratio), height: Math.round(height * this.ratio) };
    }

    /** Device pixels per CSS pixel as the server counts them. */
    get scale() {
      return Math.max(1, Math.min(4, this.ratio));
    }

    /** The time zone of the time axis. */
    get zone() {
      return JSON.parse(this.element.dataset.elements || "{}").zone || "UTC";
    }

    /** Candles that are shown unless somebody zooms. */
    usualBars() {
      const fitting = Math.floor((this.devicePixels.width / this.ratio - AXIS_WIDTH) / FINEST_SPACING);
      return Math.min(Number(this.element.dataset.bars) || 120, Math.max(FEWEST_BARS, fitting));
    }

    /** @returns {Subscription | null} what this panel should show now; null while it has no symbol, size or place */
    wants() {
      return wishes.wants(this);
    }

    /** @returns {object | null} the message of a zoom or pan; null when the server knows this view */
    viewport() {
      return wishes.viewport(this);
    }

    /** @returns {URLSearchParams | null} the exact view as /api/chart.webp takes it; null while there is none */
    pictureQuery() {
      return wishes.pictureQuery(this);
    }

    /** Whether an entry is of what this panel shows now, and not of an earlier subscription. @param {Entry} entry */
    accepts({ meta }) {
      const { symbol, interval } = this.element.dataset;
      return meta.symbol === symbol && meta.interval === interval;
    }

    /**
     * Shows one entry of a frame in images; to be called before a paint, with the picture decoded.
     * @param {Entry} entry
     * @param {PictureUrl} url
     * @returns {boolean} false when the entry is of an earlier subscription and was left out
     */
    show(entry, url) {
      if (!this.accepts(entry)) return false;
      if (entry.kind === KEYFRAME) {
        this.keyframe.show(entry, url, this.ratio);
        this.patch.clear();
      } else this.patch.show(entry, url, this.ratio);
      this.take(entry);
      return true;
    }

    /**
     * What the painter has to do for one entry of a frame.
     * @param {Entry} entry @param {number} number of the picture @param {Transferable[]} transferred gets new canvases
     * @returns {object | null} null for what is not shown
     */
    order(entry, number, transferred) {
      if (!this.accepts(entry) || (entry.kind !== KEYFRAME && !this.painted.exists)) return null;
      return this.painted.order(entry, number, this.ratio, this.place(entry.meta), transferred);
    }

    /** The painter has painted an entry. @param {Entry} entry @param {number} number @param {Uint8Array} bytes of its picture */
    paintedEntry(entry, number, bytes) {
      this.painted.shown(number, entry, bytes, this.ratio);
      this.take(entry);
    }

    /** Where the painter puts a picture, and its last price. @param {Meta} meta @returns {PlacedPicture} */
    place(meta) {
      const motion = this.view.motion(meta, this.scale);
      const y = this.lost ? null : window.candlecast.lastRow(meta, motion);
      return { motion, line: y === null ? null : { y: Math.round(y), rising: meta.direction >= 0 } };
    }

    /** Takes over the numbers of the picture that is shown. @param {Entry} entry */
    take({ kind, meta, rows, target }) {
      if (kind === KEYFRAME) {
        this.size = target;
        this.rows = rows;
        if (this.rows && this.view.keepTime(meta, this.rows, this.reopened)) this.changed();
        this.reopened = false;
      } else if (rows) this.rows?.merge(rows);
      this.rows?.update(meta);
      this.describe(meta, kind === KEYFRAME);
    }

    /** Shows a whole picture of the fallback, which has legend and last-price line drawn in. @param {PictureUrl} url */
    showPolled(url) {
      const { width: w, height: h } = this.devicePixels;
      this.keyframe.show(/** @type {any} */ ({ source: { x: 0, y: 0 }, target: { x: 0, y: 0, w, h } }), url, this.ratio);
      this.patch.clear();
      this.painted.hide();
      this.withoutNumbers();
      this.legend.hide();
      this.hideState();
    }

    /** What stood beside the last picture is not true of this one. */
    withoutNumbers() {
      this.meta = this.rows = this.row = null;
      this.overlay.clear(this.view);
      this.moved.hide();
      this.crosshair.hide();
    }

    /** @param {Meta} meta @param {boolean} atOnce */
    describe(meta, atOnce) {
      this.meta = meta;
      this.hideState();
      if (atOnce || window.candlecast.crosshairs.point?.panel === this) this.tell();
      else {
        if (!this.painted.exists) this.follow();
        textPace.soon(this);
      }
    }

    /** Writes what stands beside the picture. */
    tell() {
      textPace.forget(this);
      if (!this.meta) return;
      if (this.keyframe.image.alt !== this.meta.alt) this.keyframe.image.alt = this.meta.alt;
      this.move();
    }

    /** How the picture has to be moved to show the view. */
    motion() {
      return this.view.motion(/** @type {Meta} */ (this.meta), this.scale);
    }

    /** Has the painter move the picture to the view; without it all moves. */
    moveAhead() {
      this.isAhead = this.meta !== null && this.painted.exists;
      return this.isAhead ? this.painted.move((each) => this.place(each)) : this.move();
    }

    /** Shows the view with the picture there is: moved, unless it is the right one. */
    move() {
      this.isAhead = false;
      if (!this.meta) return;
      this.follow();
      window.candlecast.crosshairs.draw(this); // and the legend with it
    }

    /** Has the picture follow the view, and what lies over it the picture. */
    follow() {
      const meta = /** @type {Meta} */ (this.meta);
      if (this.painted.exists) this.painted.move((each) => this.place(each));
      else this.moved.show(meta, this.motion(), this.size, this.ratio);
      this.overlay.show(meta, this.view, this.motion(), this.ratio, !this.painted.exists || this.lost);
      this.element.dispatchEvent(new CustomEvent("candlecast:followed")); // for what others lay over the chart
    }

    /** @param {Row | null} row that the legend tells; null for the newest */
    showRow(row) {
      this.row = row;
      if (this.meta) this.legend.show(this.meta, row, this.ratio);
    }

    /** @param {"empty" | "loading" | "error"} state @param {string} title @param {string} detail */
    showState(state, title, detail) {
      clearTimeout(this.loading);
      const { symbol, interval } = this.element.dataset;
      if (symbol && (this.meta?.symbol !== symbol || this.meta.interval !== interval)) this.blank(symbol, interval ?? "");
      this.state.hidden = false;
      this.state.dataset.state = state;
      words.write(this.state.querySelector("[data-state-field=title]"), title);
      words.write(this.state.querySelector("[data-state-field=detail]"), detail);
    }

    /** Nothing of another market stays under the text. @param {string} symbol @param {string} interval */
    blank(symbol, interval) {
      this.patch.clear();
      this.keyframe.clear();
      this.painted.hide();
      this.withoutNumbers();
      this.legend.clear();
      this.keyframe.image.alt = "";
      this.announce(symbol, interval);
    }

    /** Says in the legend what is to come, until a picture says what is there. @param {string} symbol @param {string} interval */
    announce(symbol, interval) {
      if (this.meta) return;
      this.legend.announce(symbol, [interval, this.element.dataset.venue].filter(Boolean).join(" · "));
    }

    showLoading() {
      const { symbol, interval } = this.element.dataset;
      if (symbol && interval && !this.meta) this.showState("loading", "Loading candles", `${symbol}, ${interval}`);
    }

    hideState() {
      clearTimeout(this.loading);
      if (!this.state.hidden) this.state.hidden = true;
    }

    /** The picture stays, greyed, and says how old it is. @param {Lost | null} lost */
    setLost(lost) {
      this.element.classList.toggle("is-stale", lost !== null);
      this.legend.setStale(lost?.tag ?? null);
      if (this.lost !== (lost !== null)) {
        this.lost = lost !== null;
        if (this.meta) this.follow();
      }
      if (this.strip && this.strip.hidden !== (lost === null)) this.strip.hidden = lost === null;
      if (lost === null) return;
      words.write(this.strip?.querySelector("[data-lost=source]"), lost.source);
      words.write(this.strip?.querySelector("[data-lost=retry]"), lost.retry);
    }

    /** Lets go of everything; for a panel that left the page. */
    forget() {
      clearTimeout(this.loading);
      textPace.forget(this);
      this.moved.hide();
      this.patch.clear();
      this.painted.forget();
      this.keyframe.release();
    }
  }

  window.candlecast.ChartPanel = ChartPanel;
}
