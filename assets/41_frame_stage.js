"use strict";

/**
 * Takes the frames of the socket to the painter, or to images where there is none; until that is known they wait. What
 * the numbers beside a picture change on the page, changes when the painter has painted it.
 */
{
  const { parseFrame, painter, FramePlayer } = window.candlecast;
  const counters = window.candlecast;

  class FrameStage {
    /**
     * @param {(chart: number) => ChartPanel | undefined} panelOf
     * @param {(sequence: number) => void} acknowledge
     * @param {(chart: number) => void} broken  a picture of this chart could not be decoded
     */
    constructor(panelOf, acknowledge, broken) {
      this.panelOf = panelOf;
      this.acknowledge = acknowledge;
      this.broken = broken;
      this.images = new FramePlayer(panelOf, acknowledge, broken);
      /** @type {{frame: Frame, arrived: number}[]} came before it was known who shows them */
      this.early = [];
      /** @type {Map<number, {frame: Frame, arrived: number}>} pictures with the painter, by number */
      this.painting = new Map();
      this.lastNumber = 0;
      painter.decided = () => this.early.splice(0).forEach((item) => this.play(item));
      painter.painted = (message) => this.painted(message);
    }

    /** Takes one binary message; throws what `parseFrame` throws. @param {ArrayBuffer} buffer */
    receive(buffer) {
      const item = { frame: parseFrame(buffer), arrived: performance.now() };
      counters.frames += 1;
      if (painter.state === "starting") this.early.push(item);
      else this.play(item);
    }

    /** @param {{frame: Frame, arrived: number}} item */
    play(item) {
      if (painter.state === "none") this.images.play(item.frame);
      else this.paint(item);
    }

    /** @param {{frame: Frame, arrived: number}} item */
    paint(item) {
      const { frame, arrived } = item;
      this.lastNumber += 1;
      const number = this.lastNumber;
      const picture = frame.picture.slice().buffer; // ours stays, for the image
      /** @type {Transferable[]} */
      const transferred = [picture];
      const orders = frame.entries.map((entry) => this.panelOf(entry.chart)?.order(entry, number, transferred)).filter(Boolean);
      this.painting.set(number, item);
      painter.useTheme();
      painter.tell({ type: "frame", number, picture, orders, arrived: arrived + performance.timeOrigin }, transferred);
    }

    /** @param {{number: number, failed: boolean}} message */
    painted({ number, failed }) {
      const item = this.painting.get(number);
      if (!item) return; // of an earlier socket
      this.painting.delete(number);
      counters.errors += Number(failed);
      for (const entry of item.frame.entries) this.shown(entry, number, item.frame.picture, failed);
      counters.showMs = performance.now() - item.arrived;
      this.acknowledge(item.frame.sequence);
    }

    /** @param {Entry} entry @param {number} number @param {Uint8Array<ArrayBuffer>} bytes @param {boolean} failed */
    shown(entry, number, bytes, failed) {
      const panel = this.panelOf(entry.chart);
      if (failed) {
        panel?.painted.lost(number);
        this.broken(entry.chart);
      } else if (!panel?.painted.pictures.has(number) || !panel.accepts(entry)) counters.dropped += 1;
      else {
        panel.paintedEntry(entry, number, bytes);
        this.images.count(entry);
      }
    }

    /** Forgets what is under way: the socket that would be told about it is gone. */
    reset() {
      this.images.reset();
      this.early = [];
      for (const [number, { frame }] of this.painting) {
        for (const { chart } of frame.entries) this.panelOf(chart)?.painted.lost(number);
      }
      this.painting.clear();
      painter.tell({ type: "reset" });
    }
  }

  window.candlecast.FrameStage = FrameStage;
}
