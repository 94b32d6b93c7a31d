"use strict";

/**
 * A web worker that decodes the pictures of all charts and paints each on the chart's canvas: the page's main thread
 * has no style, layout, paint or decoding for them, and what keeps it busy delays no picture. The page
 * (assets/16_painter.js) says what belongs where; nothing here knows of prices.
 *
 * @typedef {{x: number, y: number, w: number, h: number}} Box   device pixels
 * @typedef {{a: number, b: number, c: number, d: number}} Motion   x' = a x + b, y' = c y + d
 * @typedef {{y: number, rising: boolean}} LastLine   the row of the dotted line of the last price; null for none
 * @typedef {{surface: number, canvas: OffscreenCanvas | null, whole: boolean, source: Box, target: Box, plot: number[],
 *   ratio: number, motion: Motion, line: LastLine | null}} Order   one chart's part of a picture, and its new canvas
 * @typedef {{number: number, picture: ArrayBuffer, orders: Order[], arrived: number}} Task
 * @typedef {{number: number, motion: Motion, line: LastLine | null}} Move   of the picture with this number
 */
{
  const DASH = 2; // CSS pixels
  const STILL = 1e-6;
  const colours = { panel: "#000", rising: "#fff", falling: "#fff" };

  /** Decoded pixels, kept for as long as a surface shows a part of them. */
  class Picture {
    static alive = 0;

    /** @param {ImageBitmap} pixels */
    constructor(pixels) {
      this.pixels = pixels;
      this.holders = 1;
      Picture.alive += 1;
    }

    hold() {
      this.holders += 1;
      return this;
    }

    release() {
      this.holders -= 1;
      if (this.holders > 0) return;
      this.pixels.close();
      Picture.alive -= 1;
    }
  }

  /** A part of a picture at its place in a chart. */
  class Layer {
    /** @param {Picture} picture @param {Order} order */
    constructor(picture, { source, target }) {
      this.picture = picture.hold();
      this.source = source;
      this.target = target;
    }

    /** @param {OffscreenCanvasRenderingContext2D} context */
    paint(context) {
      const { source: from, target: to } = this;
      context.drawImage(this.picture.pixels, from.x, from.y, from.w, from.h, to.x, to.y, to.w, to.h);
    }
  }

  /** The canvas of a chart: a whole picture, the newest strip over it, both moved to the view, and the last price. */
  class Surface {
    /** @param {OffscreenCanvas} canvas */
    constructor(canvas) {
      this.canvas = canvas;
      this.context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
      /** @type {Layer | null} */
      this.whole = null;
      /** @type {Layer | null} */
      this.strip = null;
      /** @type {Order | null} the newest painted */
      this.order = null;
      this.number = 0; // of its picture
      canvas.addEventListener("contextrestored", () => this.paint(null));
    }

    /** @param {Order} order @param {Picture} picture @param {number} number */
    take(order, picture, number) {
      const before = this.order;
      const changed = [this.strip?.target, order.target, lineBox(before), lineBox(order)];
      const all = order.whole || !before || !isStill(before.motion) || !isStill(order.motion);
      if (order.whole) {
        this.whole?.picture.release();
        this.strip?.picture.release();
        this.whole = new Layer(picture, order);
        this.strip = null;
      } else {
        this.strip?.picture.release();
        this.strip = new Layer(picture, order);
      }
      this.order = order;
      this.number = number;
      this.paint(all ? null : changed);
    }

    /** @param {Move} move */
    move({ motion, line }) {
      if (!this.order) return;
      this.order = { ...this.order, motion, line };
      this.paint(null);
    }

    /** @param {(Box | null | undefined)[] | null} changed what has to be painted; null for all of it */
    paint(changed) {
      const { context, order } = this;
      if (!order) return;
      context.save();
      if (changed) {
        context.beginPath();
        for (const box of changed) if (box) context.rect(box.x, box.y, box.w, box.h);
        context.clip();
      }
      this.paintLayers();
      if (!isStill(order.motion)) this.paintMoved(order);
      if (order.line) this.paintLine(order, order.line);
      context.restore();
    }

    paintLayers() {
      this.whole?.paint(this.context);
      this.strip?.paint(this.context);
    }

    /**
     * Candles move both ways, what is below them only across, the price axis only up and down; each part has a window
     * of its own, so that none runs over another. @param {Order} order
     */
    paintMoved({ plot: [x0, y0, x1, y1], motion: { a, b, c, d } }) {
      const { width, height } = this.canvas;
      this.paintWindow([x0, y0, x1, y1], [a, c, b, d]);
      this.paintWindow([x0, y1, x1, height], [a, 1, b, 0]);
      this.paintWindow([x1, y0, width, y1], [1, c, 0, d]);
    }

    /** @param {number[]} window @param {number[]} matrix */
    paintWindow([x0, y0, x1, y1], [a, c, b, d]) {
      const { context } = this;
      context.save();
      context.beginPath();
      context.rect(x0, y0, x1 - x0, y1 - y0);
      context.clip();
      context.fillStyle = colours.panel;
      context.fillRect(x0, y0, x1 - x0, y1 - y0);
      context.transform(a, 0, 0, c, b, d);
      this.paintLayers();
      context.restore();
    }

    /** @param {Order} order @param {LastLine} line */
    paintLine({ plot: [left, , right], ratio }, { y, rising }) {
      const { context } = this;
      const thick = thickness(ratio);
      context.strokeStyle = rising ? colours.rising : colours.falling;
      context.lineWidth = thick;
      context.setLineDash([DASH * ratio]);
      context.beginPath();
      context.moveTo(left, y + thick / 2);
      context.lineTo(right, y + thick / 2);
      context.stroke();
    }

    release() {
      this.whole?.picture.release();
      this.strip?.picture.release();
    }
  }

  const isStill = (/** @type {Motion} */ { a, b, c, d }) =>
    Math.abs(a - 1) + Math.abs(c - 1) < STILL && Math.abs(b) + Math.abs(d) < 0.01;

  const thickness = (/** @type {number} */ ratio) => Math.max(1, Math.round(ratio));

  /** @param {Order | null} order @returns {Box | null} */
  function lineBox(order) {
    if (!order?.line) return null;
    const [left, , right] = order.plot;
    return { x: left, y: order.line.y, w: right - left, h: thickness(order.ratio) };
  }

  /**
   * `ImageDecoder` decodes bytes where they are, in a tenth of the time that `createImageBitmap` needs for a small picture
   * with its way through a blob; browsers have it in secure contexts only, and not all have it. A bitmap made of what it
   * decoded keeps these pixels; drawn on a canvas first they are converted and copied, longer than decoding takes.
   * @param {ArrayBuffer} bytes @returns {Promise<ImageBitmap>}
   */
  async function decode(bytes) {
    const type = "image/webp";
    if (!("ImageDecoder" in self)) return createImageBitmap(new Blob([bytes], { type }));
    const decoder = new ImageDecoder({ data: bytes, type });
    try {
      const { image } = await decoder.decode();
      const bitmap = await createImageBitmap(image);
      image.close();
      return bitmap;
    } finally {
      decoder.close();
    }
  }

  /** @type {Map<number, Surface>} */
  const surfaces = new Map();
  /** @type {{task: Task, picture: Picture | null, decoded: boolean}[]} pictures being decoded, as they were sent */
  let coming = [];

  /** Decoding overlaps, painting does not: a patch may be decoded before its keyframe, but lies over it. @param {Task} task */
  async function take(task) {
    const item = { task, picture: /** @type {Picture | null} */ (null), decoded: false };
    coming.push(item);
    for (const { surface, canvas } of task.orders) if (canvas) surfaces.set(surface, new Surface(canvas));
    try {
      item.picture = new Picture(await decode(task.picture));
    } catch (reason) {
      if (!(reason instanceof DOMException || reason instanceof RangeError)) throw reason; // told as failed below
    }
    item.decoded = true;
    if (!coming.includes(item)) item.picture?.release();
    else while (coming[0]?.decoded) present(coming.shift());
  }

  /** @param {typeof coming[number]} item */
  function present({ task: { number, orders, arrived }, picture }) {
    const decodeMs = performance.now() + performance.timeOrigin - arrived;
    if (picture) for (const order of orders) surfaces.get(order.surface)?.take(order, picture, number);
    picture?.release();
    postMessage({ type: "painted", number, failed: !picture, decodeMs, alive: Picture.alive });
  }

  /** The view changed: of the picture that is shown, and of those on their way. @param {number} surface @param {Move[]} moves */
  function move(surface, moves) {
    for (const moved of moves) {
      if (surfaces.get(surface)?.number === moved.number) surfaces.get(surface)?.move(moved);
      const item = coming.find(({ task }) => task.number === moved.number);
      const order = item?.task.orders.find((each) => each.surface === surface);
      if (order) Object.assign(order, { motion: moved.motion, line: moved.line });
    }
  }

  /** @type {Record<string, (message: any) => void>} */
  const handlers = {
    frame: (task) => void take(task),
    move: ({ surface, moves, turn }) => {
      move(surface, moves);
      postMessage({ type: "moved", surface, turn });
    },
    colours: ({ values }) => Object.assign(colours, values),
    drop: ({ surface }) => {
      surfaces.get(surface)?.release();
      surfaces.delete(surface);
    },
    reset: () => {
      for (const { picture } of coming) picture?.release();
      coming = [];
    },
  };

  addEventListener("message", ({ data }) => handlers[data.type](data));
  postMessage({ type: "ready" });
}
