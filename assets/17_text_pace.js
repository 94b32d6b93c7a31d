"use strict";

/**
 * Texts beside live pictures change five times a second, those of all charts at once: nobody reads more, and each time
 * the page has to be styled, laid out and painted. The chart that is pointed at is told of every picture.
 */
{
  const PAUSE_MS = 200;

  class TextPace {
    constructor() {
      /** @type {Set<ChartPanel>} */
      this.waiting = new Set();
      this.scheduled = false;
      this.lastAt = -Infinity;
    }

    /** @param {ChartPanel} panel whose texts are old */
    soon(panel) {
      this.waiting.add(panel);
      if (this.scheduled) return;
      this.scheduled = true;
      const pause = this.lastAt + PAUSE_MS - performance.now();
      if (pause > 0) setTimeout(() => this.write(), pause);
      else queueMicrotask(() => this.write()); // with the other charts of the same picture
    }

    write() {
      this.scheduled = false;
      this.lastAt = performance.now();
      for (const panel of this.waiting) panel.tell();
      this.waiting.clear();
    }

    /** @param {ChartPanel} panel that has the newest texts, or none */
    forget(panel) {
      this.waiting.delete(panel);
    }
  }

  window.candlecast.textPace = new TextPace();
}
