"use strict";

/**
 * Shows frames in images, in the order they were sent. Decoding overlaps (the server has at most two frames under way), showing
 * does not: a patch may be decoded before its keyframe, but is laid over it.
 */
{
  const { PictureUrl, beforePaint, decodePicture, KEYFRAME } = window.candlecast;
  const counters = window.candlecast;

  class FramePlayer {
    /**
     * @param {(chart: number) => ChartPanel | undefined} panelOf
     * @param {(sequence: number) => void} acknowledge  called after the swap
     * @param {(chart: number) => void} broken  a picture of this chart could not be decoded
     */
    constructor(panelOf, acknowledge, broken) {
      this.panelOf = panelOf;
      this.acknowledge = acknowledge;
      this.broken = broken;
      /** @type {{frame: Frame, url: PictureUrl, arrived: number, image: HTMLImageElement | null, ready: boolean}[]} */
      this.queue = [];
      this.scheduled = false;
    }

    /** @param {Frame} frame */
    play(frame) {
      const url = new PictureUrl(new Blob([frame.picture], { type: "image/webp" }));
      const item = { frame, url, arrived: performance.now(), image: null, ready: false };
      this.queue.push(item);
      void this.decode(item);
    }

    /** @param {FramePlayer["queue"][number]} item */
    async decode(item) {
      try {
        item.image = await decodePicture(item.url.text);
      } catch (reason) {
        if (!(reason instanceof DOMException)) throw reason;
        counters.errors += 1; // shown as a missing entry below: the chart asks for a keyframe
      }
      counters.decodeMs = performance.now() - item.arrived;
      item.ready = true;
      this.schedule();
    }

    schedule() {
      if (this.scheduled || !this.queue[0]?.ready) return;
      this.scheduled = true;
      beforePaint(() => {
        this.scheduled = false;
        while (this.queue[0]?.ready) this.present(this.queue.shift());
      });
    }

    /** @param {FramePlayer["queue"][number]} item */
    present({ frame, url, image, arrived }) {
      for (const entry of frame.entries) {
        const panel = this.panelOf(entry.chart);
        if (!image) this.broken(entry.chart);
        else if (!panel?.show(entry, url)) counters.dropped += 1;
        else this.count(entry);
      }
      url.release();
      counters.showMs = performance.now() - arrived;
      this.acknowledge(frame.sequence);
    }

    /** @param {Entry} entry */
    count(entry) {
      if (entry.kind === KEYFRAME) counters.keyframes += 1;
      else counters.patches += 1;
      counters.lastFrameAt = performance.now();
    }

    /** Forgets what is still being decoded: the socket that would be told about it is gone. */
    reset() {
      for (const item of this.queue) item.url.release();
      this.queue = [];
    }
  }

  window.candlecast.FramePlayer = FramePlayer;
}
