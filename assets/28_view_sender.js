"use strict";

/**
 * Changed views on their way: the picture moves in the next display frame, and the server hears of the newest view only,
 * once a frame and at most sixty times a second whatever the display does. Nothing queues up.
 */
{
  const LEAST_PAUSE_MS = 15;

  class ViewSender {
    /** @param {(message: object) => void} send */
    constructor(send) {
      this.send = send;
      /** @type {Set<ChartPanel>} */
      this.moved = new Set();
      /** @type {Set<ChartPanel>} */
      this.unsent = new Set();
      this.scheduled = false;
      this.lastSent = -Infinity;
    }

    /** @param {ChartPanel} panel */
    changed(panel) {
      this.moved.add(panel);
      this.unsent.add(panel);
      this.schedule();
    }

    schedule() {
      if (this.scheduled) return;
      this.scheduled = true;
      requestAnimationFrame((now) => {
        this.scheduled = false;
        if (now - this.lastSent >= LEAST_PAUSE_MS) this.flush(now); // first: the server works while the page does
        for (const panel of this.moved) panel.move();
        this.moved.clear();
        if (this.unsent.size) this.schedule();
      });
    }

    /** @param {number} now */
    flush(now) {
      for (const panel of this.unsent) {
        const message = panel.viewport();
        if (!message) continue;
        this.lastSent = now;
        this.send(message);
      }
      this.unsent.clear();
    }

    /** @param {ChartPanel} panel */
    forget(panel) {
      this.moved.delete(panel);
      this.unsent.delete(panel);
    }
  }

  window.candlecast.ViewSender = ViewSender;
}
