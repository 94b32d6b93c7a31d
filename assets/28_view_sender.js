"use strict";

/**
 * Changed views on their way: the picture moves in the next display frame, and the server hears of the newest view only,
 * once a frame and at most sixty times a second whatever the display does. Nothing queues up. What lies over a picture that
 * the painter moves is written a frame later: then its canvas shows the motion, the crisp picture may have brought all of
 * it already, and the page is free to receive that meanwhile.
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
      /** @type {Set<ChartPanel>} what lies over their pictures is to follow */
      this.following = new Set();
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
        this.move();
        if (this.unsent.size || this.following.size) this.schedule();
      });
    }

    move() {
      for (const panel of this.following) if (panel.isAhead) panel.move();
      this.following.clear();
      for (const panel of this.moved) {
        panel.moveAhead();
        this.following.add(panel);
      }
      this.moved.clear();
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
      this.following.delete(panel);
    }
  }

  window.candlecast.ViewSender = ViewSender;
}
