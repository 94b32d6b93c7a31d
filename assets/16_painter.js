"use strict";

/**
 * The page's end of the worker that decodes and paints the charts' pictures (assets/workers/chart_painter.js). Browsers
 * without canvases off the main thread show the same pictures in images.
 */
{
  const counters = window.candlecast;
  const SCRIPT = "/assets/workers/chart_painter.js";

  class Painter {
    constructor() {
      /** @type {"starting" | "ready" | "none"} */
      this.state = "starting";
      this.lastSurface = 0;
      this.theme = "";
      this.decided = () => {}; // the worker is ready, or there is none
      this.painted = (/** @type {{number: number, failed: boolean, decodeMs: number}} */ _message) => {};
      this.moved = (/** @type {{surface: number, turn: number}} */ _message) => {};
      this.failed = (/** @type {string} */ _reason) => {};
    }

    start() {
      if (!("transferControlToOffscreen" in HTMLCanvasElement.prototype) || !("Worker" in window)) {
        this.decide("none");
        return;
      }
      const worker = (this.worker = new Worker(SCRIPT));
      worker.addEventListener("message", ({ data }) => this.onMessage(data));
      worker.addEventListener("error", (event) => {
        if (this.state === "starting") this.decide("none"); // the file did not come
        else this.failed(`the painter failed: ${event.message}`);
      });
    }

    /** @param {Painter["state"]} state */
    decide(state) {
      this.state = state;
      this.decided();
    }

    /** @param {any} message */
    onMessage(message) {
      if (message.type === "ready") this.decide("ready");
      else if (message.type === "moved") this.moved(message);
      else {
        counters.liveBitmaps = message.alive;
        counters.decodeMs = message.decodeMs;
        this.painted(message);
      }
    }

    /** @param {object} message @param {Transferable[]} transferred */
    tell(message, transferred = []) {
      this.worker?.postMessage(message, transferred);
    }

    /** @returns {number} that no other canvas of this page had */
    nextSurface() {
      this.lastSurface += 1;
      return this.lastSurface;
    }

    /** What is painted beside the pictures has the theme's colours; read once for each theme. */
    useTheme() {
      const theme = document.documentElement.dataset.theme ?? "";
      if (theme === this.theme) return;
      this.theme = theme;
      const styles = getComputedStyle(document.documentElement);
      const values = { panel: styles.getPropertyValue("--panel"), rising: styles.getPropertyValue("--up"), falling: styles.getPropertyValue("--down") };
      this.tell({ type: "colours", values });
    }
  }

  window.candlecast.painter = new Painter();
}
