"use strict";

/**
 * One chart on the page: two image layers, legend, dotted last-price line, and the texts that lie over the picture
 * while there is none or while it is old.
 *
 * @typedef {{source: string, retry: string, tag: string}} Lost   texts of the strip, and of the tag in the legend
 * @typedef {{type: string, chart: number, symbol: string, interval: string, width: number, height: number,
 *   scale: number, theme: string, bars: number}} Subscription   and what the page says of the chart's elements
 */
{
  const { words, KEYFRAME } = window.candlecast;
  const SMALLEST = 16;
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
      this.devicePixels = { width: 0, height: 0 };
      /** @type {string} the subscription the server has, as text; "" for none */
      this.subscribed = "";
      /** @type {Meta | null} */
      this.meta = null;
      this.keyframe = this.layer("img.chart-keyframe");
      this.patch = this.layer("img.chart-patch");
      this.line = /** @type {HTMLElement} */ (element.querySelector(".chart-last-line"));
      this.legend = /** @type {HTMLElement} */ (element.querySelector(".chart-legend"));
      this.studies = new window.candlecast.StudyLegend(element);
      this.state = /** @type {HTMLElement} */ (element.querySelector(".chart-state"));
      this.strip = /** @type {HTMLElement | null} */ (element.querySelector(".chart-lost"));
      this.loading = setTimeout(() => this.showLoading(), LOADING_AFTER_MS);
    }

    /** @param {string} selector @returns {{image: HTMLImageElement, url: PictureUrl | null}} */
    layer(selector) {
      const image = /** @type {HTMLImageElement} */ (this.element.querySelector(selector));
      image.decoding = "sync"; // the swap and its paint are one: never a frame without a picture
      image.draggable = false;
      return { image, url: null };
    }

    /** Device pixels per CSS pixel of the pictures asked for; less than the screen's where 4096 would not do. */
    get ratio() {
      const { clientWidth, clientHeight } = this.element;
      return Math.min(window.devicePixelRatio, LARGEST / (clientWidth || 1), LARGEST / (clientHeight || 1));
    }

    /** @param {ResizeObserverEntry} entry */
    measure(entry) {
      const { width, height } = entry.contentRect;
      const exact = entry.devicePixelContentBoxSize?.[0];
      const near = (/** @type {number} */ size, /** @type {number} */ css) => Math.abs(size - css * this.ratio) <= 1;
      // An emulated device ratio (developer tools) leaves the exact box in CSS pixels; so does our own smaller ratio.
      this.devicePixels =
        exact && near(exact.inlineSize, width) && near(exact.blockSize, height)
          ? { width: exact.inlineSize, height: exact.blockSize }
          : { width: Math.round(width * this.ratio), height: Math.round(height * this.ratio) };
    }

    /** @returns {Subscription | null} what this panel should show now; null while it has no symbol, size or place */
    wants() {
      const { symbol, interval, bars } = this.element.dataset;
      const { width, height } = this.devicePixels;
      if (!symbol || !interval || !this.onScreen || width < 1 || height < 1) return null;
      const fitting = Math.max(FEWEST_BARS, Math.floor((width / this.ratio - AXIS_WIDTH) / FINEST_SPACING));
      const clamp = (/** @type {number} */ size) => Math.max(SMALLEST, Math.min(LARGEST, Math.round(size)));
      return {
        type: "subscribe",
        chart: this.chart,
        symbol,
        interval,
        width: clamp(width),
        height: clamp(height),
        scale: Math.max(1, Math.min(4, this.ratio)),
        theme: document.documentElement.dataset.theme || "dark",
        bars: Math.min(Number(bars) || 120, fitting),
        ...JSON.parse(this.element.dataset.elements || "{}"),
      };
    }

    /**
     * Shows one entry of a frame; to be called before a paint, with the picture decoded.
     * @param {Entry} entry
     * @param {PictureUrl} url
     * @returns {boolean} false when the entry is of an earlier subscription and was left out
     */
    show(entry, url) {
      const { symbol, interval } = this.element.dataset;
      if (entry.meta.symbol !== symbol || entry.meta.interval !== interval) return false;
      if (entry.kind === KEYFRAME) {
        this.place(this.keyframe, entry, url);
        this.clear(this.patch);
      } else {
        this.place(this.patch, entry, url);
      }
      this.describe(entry.meta);
      return true;
    }

    /**
     * `zoom` makes a CSS pixel of the image one device pixel, at every device pixel ratio and at fractional offsets;
     * a transform does the same only at whole ratios (measured, see tests/browser/test_pixels.py).
     * @param {{image: HTMLImageElement, url: PictureUrl | null}} layer
     * @param {Entry} entry
     * @param {PictureUrl} url
     */
    place(layer, { source, target }, url) {
      const { image } = layer;
      image.src = url.text;
      image.style.cssText =
        `zoom:${1 / this.ratio};left:${target.x}px;top:${target.y}px;width:${target.w}px;height:${target.h}px;` +
        `object-position:${-source.x}px ${-source.y}px`;
      layer.url?.release();
      layer.url = url.hold();
    }

    /** @param {{image: HTMLImageElement, url: PictureUrl | null}} layer */
    clear(layer) {
      if (!layer.url) return;
      layer.image.style.display = "none";
      layer.image.removeAttribute("src");
      layer.url.release();
      layer.url = null;
    }

    /** Shows a whole picture of the fallback, which has legend and last-price line drawn in. @param {PictureUrl} url */
    showPolled(url) {
      const { width: w, height: h } = this.devicePixels;
      this.place(this.keyframe, /** @type {any} */ ({ source: { x: 0, y: 0 }, target: { x: 0, y: 0, w, h } }), url);
      this.clear(this.patch);
      this.legend.hidden = true;
      this.line.hidden = true;
      this.studies.clear();
      this.hideState();
    }

    /** @param {Meta} meta */
    describe(meta) {
      this.meta = meta;
      this.hideState();
      this.keyframe.image.alt = meta.alt;
      const price = (/** @type {number} */ value) => words.number(value, meta.decimals);
      const change = words.change(meta.change, meta.change_pct, meta.decimals);
      const direction = String(meta.direction);
      this.legend.hidden = false;
      this.legend.dataset.direction = direction;
      this.field("symbol", meta.symbol);
      this.field("context", meta.venue ? `${meta.interval} · ${meta.venue}` : meta.interval);
      this.field("o", price(meta.o));
      this.field("h", price(meta.h));
      this.field("l", price(meta.l));
      this.field("c", price(meta.c));
      this.field("change", change);
      this.field("volume", words.volume(meta.volume));
      this.studies.show(meta, this.ratio);
      this.drawLine(meta, direction);
    }

    /** @param {string} name @param {string} text */
    field(name, text) {
      words.write(this.legend.querySelector(`[data-field="${name}"]`), text);
    }

    /** @param {Meta} meta @param {string} direction */
    drawLine({ plot: [x0, y0, x1, y1], last_y: y }, direction) {
      this.line.hidden = !(y >= y0 && y < y1);
      if (this.line.hidden) return;
      const ratio = this.ratio;
      this.line.dataset.direction = direction;
      this.line.style.left = `${x0 / ratio}px`;
      this.line.style.top = `${y / ratio}px`;
      this.line.style.width = `${(x1 - x0) / ratio}px`;
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
      this.clear(this.patch);
      this.clear(this.keyframe);
      this.line.hidden = true;
      this.studies.clear();
      this.legend.hidden = false;
      delete this.legend.dataset.direction;
      this.keyframe.image.alt = "";
      this.meta = null;
      this.announce(symbol, interval);
    }

    /** Says in the legend what is to come, until a picture says what is there. @param {string} symbol @param {string} interval */
    announce(symbol, interval) {
      if (this.meta) return;
      this.field("symbol", symbol);
      this.field("context", [interval, this.element.dataset.venue].filter(Boolean).join(" · "));
    }

    showLoading() {
      const { symbol, interval } = this.element.dataset;
      if (symbol && interval && !this.meta) this.showState("loading", "Loading candles", `${symbol}, ${interval}`);
    }

    hideState() {
      clearTimeout(this.loading);
      this.state.hidden = true;
    }

    /** The picture stays, greyed, and says how old it is. @param {Lost | null} lost */
    setLost(lost) {
      this.element.classList.toggle("is-stale", lost !== null);
      const tag = /** @type {HTMLElement | null} */ (this.legend.querySelector('[data-field="stale"]'));
      if (tag) tag.hidden = lost === null;
      if (this.strip) this.strip.hidden = lost === null;
      if (lost === null) return;
      words.write(tag, lost.tag);
      words.write(this.strip?.querySelector("[data-lost=source]"), lost.source);
      words.write(this.strip?.querySelector("[data-lost=retry]"), lost.retry);
    }

    /** Lets go of everything; for a panel that left the page. */
    forget() {
      clearTimeout(this.loading);
      this.clear(this.patch);
      this.keyframe.url?.release();
      this.keyframe.url = null;
    }
  }

  window.candlecast.ChartPanel = ChartPanel;
}
