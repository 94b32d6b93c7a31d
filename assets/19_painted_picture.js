"use strict";

/**
 * A chart's picture on a canvas that the painter paints. The canvas lies over the image of the keyframe, which stays
 * what readers of the page, "Save image" and browsers without such canvases have. A canvas has one size for its life:
 * a picture of another size comes with a new one, and the old one goes once that is painted.
 *
 * @typedef {{motion: {a: number, b: number, c: number, d: number}, line: {y: number, rising: boolean} | null}} PlacedPicture
 *   how a picture is moved to show the view, and the row of the last price
 */
{
  const { painter, PictureUrl, decodePicture, KEYFRAME } = window.candlecast;
  const IMAGE_AFTER_MS = 250; // without another keyframe: zooming and panning decode no picture twice
  const REMOVED_AFTER_MS = 200; // its successor has been painted, yet may wait for its display frame

  class PaintedPicture {
    /** @param {HTMLElement} chart @param {PictureLayer} image of the keyframe */
    constructor(chart, image) {
      this.chart = chart;
      this.image = image;
      /** @type {HTMLCanvasElement | null} */
      this.canvas = null;
      /** @type {HTMLCanvasElement[]} with earlier sizes */
      this.replaced = [];
      this.surface = 0;
      /** @type {Map<number, {meta: Meta, told: string}>} pictures under way and the one shown, by number, oldest first */
      this.pictures = new Map();
      this.asked = 0; // moves
      this.answered = 0; // the newest of them that has been painted
      this.imageTimer = 0;
      this.imageTurn = 0; // rises when the image under way is no longer wanted
      this.ratio = 0;
      chart.classList.remove("is-painted"); // of a copied chart
    }

    /** Whether there is a canvas that patches can be painted on. */
    get exists() {
      return this.canvas !== null;
    }

    /**
     * What the painter has to know of one entry; a keyframe of another size brings a new canvas.
     * @param {Entry} entry @param {number} number of the picture @param {number} ratio @param {PlacedPicture} placed
     * @param {Transferable[]} transferred gets the new canvas
     */
    order({ kind, source, target, meta }, number, ratio, placed, transferred) {
      const whole = kind === KEYFRAME;
      let canvas = null;
      if (whole && (this.canvas?.width !== target.w || this.canvas.height !== target.h)) {
        canvas = this.replaceCanvas(target);
        transferred.push(canvas);
      }
      if (this.canvas && (canvas || this.ratio !== ratio)) this.canvas.style.zoom = String(1 / ratio);
      this.ratio = ratio;
      this.pictures.set(number, { meta, told: JSON.stringify(placed) });
      return { surface: this.surface, canvas, whole, source, target, plot: meta.plot, ratio, ...placed };
    }

    /** @param {Box} size @returns {OffscreenCanvas} */
    replaceCanvas({ w, h }) {
      const canvas = document.createElement("canvas");
      canvas.className = "chart-canvas";
      canvas.ariaHidden = "true";
      canvas.width = w;
      canvas.height = h;
      (this.canvas ?? this.image.image).after(canvas);
      this.leaveCanvas();
      this.canvas = canvas;
      this.surface = painter.nextSurface();
      this.asked = this.answered = 0;
      return canvas.transferControlToOffscreen();
    }

    /** The canvas stays for as long as its successor may not be seen. */
    leaveCanvas() {
      this.pictures.clear();
      if (!this.canvas) return;
      painter.tell({ type: "drop", surface: this.surface });
      this.replaced.push(this.canvas);
      this.canvas = null;
    }

    /** A picture was painted: those before it are history. @param {number} number @param {Entry} entry @param {Uint8Array} bytes @param {number} ratio */
    shown(number, entry, bytes, ratio) {
      for (const older of this.pictures.keys()) if (older < number) this.pictures.delete(older);
      if (entry.kind !== KEYFRAME) return;
      this.chart.classList.add("is-painted");
      const replaced = this.replaced.splice(0);
      if (replaced.length) setTimeout(() => replaced.forEach((canvas) => canvas.remove()), REMOVED_AFTER_MS);
      this.stopImage();
      const url = () => new PictureUrl(new Blob([bytes], { type: "image/webp" }));
      if (this.image.url) this.imageTimer = setTimeout(() => this.replaceImage(entry, url(), ratio), IMAGE_AFTER_MS);
      else this.showImage(entry, url(), ratio);
    }

    /** @param {Entry} entry @param {PictureUrl} url @param {number} ratio */
    showImage(entry, url, ratio) {
      this.image.show(entry, url, ratio);
      url.release();
    }

    /** Decoded first: the image is never without a picture. @param {Entry} entry @param {PictureUrl} url @param {number} ratio */
    async replaceImage(entry, url, ratio) {
      const turn = this.imageTurn;
      const decoded = await decodePicture(url.text); // kept until the image has it
      if (decoded && turn === this.imageTurn) this.showImage(entry, url, ratio);
      else url.release();
    }

    stopImage() {
      clearTimeout(this.imageTimer);
      this.imageTurn += 1;
    }

    /** A picture under way will not be shown. @param {number} number */
    lost(number) {
      this.pictures.delete(number);
    }

    /** The view is another: each picture, shown or under way, is moved to it. @param {(meta: Meta) => PlacedPicture} place */
    move(place) {
      const moves = [];
      for (const [number, picture] of this.pictures) {
        const placed = place(picture.meta);
        const told = JSON.stringify(placed);
        if (told === picture.told) continue;
        picture.told = told;
        moves.push({ number, ...placed });
      }
      if (!moves.length) return;
      this.asked += 1;
      painter.tell({ type: "move", surface: this.surface, moves, turn: this.asked });
    }

    /** Hides what was painted, until the next keyframe is. */
    hide() {
      this.stopImage();
      this.chart.classList.remove("is-painted");
    }

    /** Lets go of everything. */
    forget() {
      this.hide();
      this.leaveCanvas();
      for (const canvas of this.replaced.splice(0)) canvas.remove();
    }
  }

  window.candlecast.PaintedPicture = PaintedPicture;
}
