"use strict";

/**
 * Frames of /ws/charts: the binary message, and the object URLs that its picture may live in.
 *
 * @typedef {{x: number, y: number, w: number, h: number}} Box              device pixels
 * @typedef {{chart: number, kind: number, source: Box, target: Box, meta: Meta, rows: ChartRows | null}} Entry
 * @typedef {{sequence: number, entries: Entry[], picture: Uint8Array<ArrayBuffer>}} Frame
 * @typedef {{chart: number, symbol: string, interval: string, venue: string, o: number, h: number, l: number,
 *   c: number, volume: number, change: number, change_pct: number, decimals: number, direction: number,
 *   last_y: number, plot: number[], stale: boolean, alt: string, studies?: StudyMeta[], time_ms?: number,
 *   price_top: number, price_bottom: number, first_index: number, x_first: number, step: number, axis?: string,
 *   percent_base?: number | null, bars: number, end?: number | null, price_range?: number[] | null,
 *   held?: number[], ticks?: number[]}} Meta
 * @typedef {{label: string, role: string, value: number | null, text: string}} CurveMeta
 * @typedef {{title: string, pane: PaneMeta | null, left_out: boolean, decimals?: number,
 *   curves: CurveMeta[]}} StudyMeta
 * @typedef {{plot: number[], top: number, bottom: number}} PaneMeta
 */

/** What the page's scripts share, and the counters that tests and people can read in the console. */
window.candlecast = {
  mode: "connecting", // "connecting" | "socket" | "lost" | "polling"
  frames: 0, // binary messages received
  keyframes: 0, // pictures shown
  patches: 0,
  dropped: 0, // entries that belonged to an earlier subscription
  acks: 0,
  opens: 0, // sockets opened
  polls: 0, // pictures fetched by the polling fallback
  errors: 0, // pictures that could not be decoded, messages that could not be read
  liveUrls: 0, // object URLs created and not yet revoked
  liveBitmaps: 0, // pictures that the painter holds decoded
  lastFrameAt: 0, // performance.now() of the newest picture shown
  decodeMs: 0, // newest frame: arrival to decoded
  showMs: 0, // newest frame: arrival to shown
};

{
  const MAGIC = 0x31464343; // "CCF1", little-endian
  const HEADER = 16;
  const ENTRY = 20;
  const KEYFRAME = 0;
  const PATCH = 1;
  const HAS_ROWS = 1;
  const utf8 = new TextDecoder();

  /** @param {DataView} view @param {number} at @returns {Box} */
  const box = (view, at) => ({
    x: view.getUint16(at, true),
    y: view.getUint16(at + 2, true),
    w: view.getUint16(at + 4, true),
    h: view.getUint16(at + 6, true),
  });

  /**
   * Reads one binary message. Throws a RangeError (too short, not ours) or SyntaxError (JSON).
   * @param {ArrayBuffer} buffer
   * @returns {Frame}
   */
  function parseFrame(buffer) {
    const view = new DataView(buffer);
    if (buffer.byteLength < HEADER || view.getUint32(0, true) !== MAGIC) {
      throw new RangeError(`frame of ${buffer.byteLength} bytes does not begin with CCF1`);
    }
    const count = view.getUint16(8, true);
    const metaStart = HEADER + count * ENTRY;
    const metaEnd = metaStart + view.getUint32(12, true);
    if (metaEnd >= buffer.byteLength) {
      throw new RangeError(`frame of ${buffer.byteLength} bytes has no picture: it would begin at ${metaEnd}`);
    }
    /** @type {Meta[]} */
    const metas = JSON.parse(utf8.decode(new Uint8Array(buffer, metaStart, metaEnd - metaStart)));
    let next = metaEnd;
    const entries = metas.slice(0, count).map((meta, index) => {
      const at = HEADER + index * ENTRY;
      let rows = null;
      if (view.getUint8(at + 3) & HAS_ROWS) {
        const begin = next + 4;
        next = begin + view.getUint32(next, true);
        rows = new window.candlecast.ChartRows(buffer.slice(begin, next)); // sliced, so that its numbers are aligned
      }
      return {
        chart: view.getUint16(at, true),
        kind: view.getUint8(at + 2),
        source: box(view, at + 4),
        target: box(view, at + 12),
        meta,
        rows,
      };
    });
    return { sequence: view.getUint32(4, true), entries, picture: new Uint8Array(buffer, next) };
  }

  /**
   * One object URL, shown by any number of images. It is revoked when the last of them has let go: an unrevoked URL
   * keeps its picture in memory for the life of the page, one revoked too early is a network error in the console.
   */
  class PictureUrl {
    /** @param {Blob} blob */
    constructor(blob) {
      this.text = URL.createObjectURL(blob);
      this.holders = 1; // whoever made it; released once the picture was handed to its images
      window.candlecast.liveUrls += 1;
    }

    /** @returns {PictureUrl} */
    hold() {
      this.holders += 1;
      return this;
    }

    release() {
      this.holders -= 1;
      if (this.holders === 0) {
        URL.revokeObjectURL(this.text);
        window.candlecast.liveUrls -= 1;
      }
    }
  }

  /**
   * Runs `task` before the next paint. A hidden tab paints nothing and calls no animation frame, so there a timer
   * must do it, else the server would wait for the acknowledgement for ever.
   * @param {() => void} task
   */
  function beforePaint(task) {
    let done = false;
    const once = () => {
      if (!done) {
        done = true;
        task();
      }
    };
    if (!document.hidden) requestAnimationFrame(once);
    setTimeout(once, document.hidden ? 0 : 500);
  }

  /**
   * Decodes off-screen, so that the visible image changes to a finished picture. Decoding a hidden tab's picture may
   * be put off by the browser without end: it is shown undecoded after a second.
   * @param {string} url
   * @returns {Promise<HTMLImageElement>} kept by the caller until the swap, which holds the decoded pixels
   */
  async function decodePicture(url) {
    const image = new Image();
    image.src = url;
    const decoded = image.decode();
    const late = new Promise((resolve) => setTimeout(resolve, document.hidden ? 0 : 1000));
    await Promise.race([decoded, late]);
    return image;
  }

  Object.assign(window.candlecast, { KEYFRAME, PATCH, parseFrame, PictureUrl, beforePaint, decodePicture });
}
