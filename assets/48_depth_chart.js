"use strict";

/**
 * The depth chart: a picture by its address, asked for twice a second while it is in sight; one that has not changed
 * is not sent again. Device pixels are shown as device pixels, as those of a chart are.
 */
{
  const { PictureUrl, beforePaint, decodePicture } = window.candlecast;
  const EVERY_MS = 500;
  const REFUSED_MS = 10_000; // no renderer, or signed out: that does not change soon
  const SMALLEST = 16;
  const MOST_RATIO = 4;

  Object.assign(window.candlecast, { depths: 0 }); // pictures shown, for tests and people

  class DepthChart {
    /** @param {HTMLElement} holder */
    constructor(holder) {
      this.holder = holder;
      this.image = /** @type {HTMLImageElement} */ (holder.querySelector("img"));
      this.symbol = "";
      this.timer = 0;
      this.asked = "";
      this.tag = "";
      /** @type {PictureUrl | null} */
      this.url = null;
      this.crosshair = new window.candlecast.DepthCrosshair(holder);
    }

    /** Shows the book of `symbol` from now on; nothing for "". @param {string} symbol */
    follow(symbol) {
      if (symbol === this.symbol) return;
      this.symbol = symbol;
      if (symbol) this.crosshair.read(null, 1, symbol); // nothing of the last one stays
      if (symbol) this.fetchIn(0);
      else clearTimeout(this.timer);
    }

    /** @param {number} ms */
    fetchIn(ms) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.fetch(), ms);
    }

    async fetch() {
      let wait = EVERY_MS;
      if (!document.hidden && this.symbol && window.candlecast.mode !== "lost") {
        try {
          wait = await this.ask();
        } catch (reason) {
          if (!(reason instanceof TypeError)) throw reason; // no network: the pill says so
        }
      }
      if (this.symbol) this.fetchIn(wait);
    }

    /** @returns {Promise<number>} ms until the next one */
    async ask() {
      const ratio = Math.min(Math.max(window.devicePixelRatio, 0.5), MOST_RATIO);
      const [width, height] = [this.holder.clientWidth, this.holder.clientHeight].map((css) => Math.round(css * ratio));
      if (width < SMALLEST || height < SMALLEST) return EVERY_MS;
      const theme = document.documentElement.dataset.theme || "dark";
      const size = `width=${width}&height=${height}&scale=${Math.max(1, ratio)}`;
      const asked = `symbol=${encodeURIComponent(this.symbol)}&${size}&theme=${theme}`;
      /** @type {Record<string, string>} */
      const headers = asked === this.asked ? { "If-None-Match": this.tag } : {};
      const response = await fetch(`/api/depth.webp?${asked}`, { cache: "no-store", headers });
      if (response.status === 304) return EVERY_MS;
      if (!response.ok || response.redirected) return REFUSED_MS;
      const { symbol } = this;
      const reading = JSON.parse(response.headers.get("X-Depth") ?? "{}");
      const url = new PictureUrl(await response.blob());
      await decodePicture(url.text);
      beforePaint(() => {
        this.show(url, asked, response.headers.get("ETag") ?? "", { width, height, ratio });
        if (symbol === this.symbol) this.crosshair.read(reading.runs ? reading : null, ratio, symbol);
      });
      return EVERY_MS;
    }

    /** @param {PictureUrl} url @param {string} asked @param {string} tag @param {{width: number, height: number, ratio: number}} size */
    show(url, asked, tag, { width, height, ratio }) {
      const before = this.url;
      Object.assign(this, { url, asked, tag });
      this.image.decoding = "sync";
      this.image.src = url.text;
      this.image.alt = `Depth of the order book of ${this.symbol}`;
      this.image.style.cssText = `display:block;zoom:${1 / ratio};width:${width}px;height:${height}px`;
      before?.release();
      window.candlecast.depths += 1;
    }

    stop() {
      this.follow("");
      this.url?.release();
      this.url = null;
    }
  }

  window.candlecast.DepthChart = DepthChart;
}
