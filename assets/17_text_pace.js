"use strict";

/**
 * Texts beside live pictures change five times a second, those of all charts and the trades beside them at once: nobody
 * reads more, and each time the page has to be styled, laid out and painted. The chart that is pointed at is told of
 * every picture.
 *
 * @typedef {{tell: () => void}} Told   writes its newest texts
 */
{
  const PAUSE_MS = 200;

  class TextPace {
    constructor() {
      /** @type {Set<Told>} */
      this.waiting = new Set();
      this.scheduled = false;
      this.lastAt = -Infinity;
    }

    /** @param {Told} one whose texts are old */
    soon(one) {
      this.waiting.add(one);
      if (this.scheduled) return;
      this.scheduled = true;
      const pause = this.lastAt + PAUSE_MS - performance.now();
      if (pause > 0) setTimeout(() => this.write(), pause);
      else queueMicrotask(() => this.write()); // together with what else this message brings
    }

    write() {
      this.scheduled = false;
      this.lastAt = performance.now();
      const waiting = [...this.waiting];
      this.waiting.clear();
      for (const one of waiting) one.tell();
    }

    /** @param {Told} one that has the newest texts, or none */
    forget(one) {
      this.waiting.delete(one);
    }
  }

  window.candlecast.textPace = new TextPace();
}
