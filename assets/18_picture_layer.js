"use strict";

/** One of the images that a chart's picture is made of: the keyframe, or the patch above it. */
{
  class PictureLayer {
    /** @param {HTMLElement} chart @param {string} selector of the image in it */
    constructor(chart, selector) {
      this.image = /** @type {HTMLImageElement} */ (chart.querySelector(selector));
      this.image.decoding = "sync"; // the swap and its paint are one: never a frame without a picture
      this.image.draggable = false;
      /** @type {PictureUrl | null} */
      this.url = null;
      // The styles that it has, to be compared with: what stays as it was is not written, and where no patch moves the
      // page has nothing to lay out, only a picture to paint.
      this.box = "";
      this.crop = "";
    }

    /**
     * Shows the part of a decoded picture that is this chart's. `zoom` makes a CSS pixel of the image one device pixel,
     * at every device pixel ratio and at fractional offsets; a transform does the same only at whole ratios (measured,
     * see tests/browser/test_pixels.py).
     * @param {Entry} entry @param {PictureUrl} url @param {number} ratio device pixels per CSS pixel
     */
    show({ source, target }, url, ratio) {
      const { image } = this;
      image.src = url.text;
      const box = `zoom:${1 / ratio};left:${target.x}px;top:${target.y}px;width:${target.w}px;height:${target.h}px;`;
      const crop = `${-source.x}px ${-source.y}px`;
      if (this.box !== box) image.style.cssText = `${box}object-position:${crop}`;
      else if (this.crop !== crop) image.style.objectPosition = crop;
      this.box = box;
      this.crop = crop;
      this.release();
      this.url = url.hold();
    }

    clear() {
      if (!this.url) return;
      this.image.style.display = "none";
      this.box = "";
      this.image.removeAttribute("src");
      this.release();
    }

    /** The picture may be forgotten; the image keeps what it shows. */
    release() {
      this.url?.release();
      this.url = null;
    }
  }

  window.candlecast.PictureLayer = PictureLayer;
}
