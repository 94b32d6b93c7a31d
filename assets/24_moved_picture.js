"use strict";

/**
 * The picture on its way to another view: copies of its two layers, moved by CSS transforms in the next display frame,
 * until the crisp picture is there. Candles move both ways, what is below them only across, the price axis only up
 * and down; each part has a window of its own, so that none runs over another.
 */
{
  const STILL = 1e-6;

  class MovedPicture {
    /** @param {HTMLElement} chart @param {HTMLImageElement[]} layers of the picture, lowest first */
    constructor(chart, layers) {
      this.layers = layers;
      this.root = document.createElement("div");
      this.root.className = "chart-moved";
      this.root.hidden = true;
      this.root.ariaHidden = "true";
      this.parts = ["candles", "below", "axis"].map((name) => this.part(name));
      layers[layers.length - 1].after(this.root);
    }

    /** @param {string} name */
    part(name) {
      const part = document.createElement("div");
      const stage = document.createElement("div");
      part.dataset.part = name;
      const copies = this.layers.map(() => {
        const copy = document.createElement("img");
        copy.alt = "";
        copy.decoding = "sync";
        copy.draggable = false;
        return copy;
      });
      stage.append(...copies);
      part.append(stage);
      this.root.append(part);
      return { part, stage, copies };
    }

    /**
     * @param {Meta} meta of the picture @param {{a: number, b: number, c: number, d: number}} motion
     * @param {{w: number, h: number}} size of the picture @param {number} ratio device pixels per CSS pixel
     */
    show(meta, { a, b, c, d }, size, ratio) {
      const still = Math.abs(a - 1) + Math.abs(c - 1) < STILL && Math.abs(b) + Math.abs(d) < 0.01;
      if (still) {
        this.hide();
        return;
      }
      const [x0, y0, x1, y1] = meta.plot;
      this.root.style.zoom = String(1 / ratio);
      this.place(0, [x0, y0, x1, y1], `matrix(${a}, 0, 0, ${c}, ${b}, ${d})`);
      this.place(1, [x0, y1, x1, size.h], `matrix(${a}, 0, 0, 1, ${b}, 0)`);
      this.place(2, [x1, y0, size.w, y1], `matrix(1, 0, 0, ${c}, 0, ${d})`);
      this.root.hidden = false;
    }

    /** @param {number} number @param {number[]} box @param {string} transform */
    place(number, [x0, y0, x1, y1], transform) {
      const { part, stage, copies } = this.parts[number];
      part.style.cssText = `left:${x0}px;top:${y0}px;width:${x1 - x0}px;height:${y1 - y0}px`;
      stage.style.cssText = `left:${-x0}px;top:${-y0}px;transform:${transform}`;
      copies.forEach((copy, layer) => {
        const original = this.layers[layer];
        const text = original.getAttribute("src");
        if (text === null) copy.removeAttribute("src");
        else if (copy.getAttribute("src") !== text) copy.src = text; // decoded already: shown at once
        copy.style.cssText = original.style.cssText;
        copy.style.zoom = "1";
      });
    }

    hide() {
      if (this.root.hidden) return;
      this.root.hidden = true;
      for (const { copies } of this.parts) copies.forEach((copy) => copy.removeAttribute("src"));
    }
  }

  window.candlecast.MovedPicture = MovedPicture;
}
