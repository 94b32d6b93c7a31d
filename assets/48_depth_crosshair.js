"use strict";

/**
 * The depth chart's crosshair: price, size up to it and distance from the middle, read from what came with the picture.
 * Follows mouse, finger and arrow keys; nothing is asked of the server.
 *
 * @typedef {{right: number, bottom: number, low: number, high: number, middle: number, most: number, decimals: number,
 *   digits: number, runs: [number, number][]}} DepthReading   as in server/book_pictures.py; lengths in device pixels
 */
{
  const { words } = window.candlecast;
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 };

  class DepthCrosshair {
    /** @param {HTMLElement} holder */
    constructor(holder) {
      this.holder = holder;
      /** @type {DepthReading | null} */
      this.reading = null;
      /** @type {number[]} a total for each part of the width */
      this.totals = [];
      this.ratio = 1;
      this.symbol = "";
      /** Part of the plot's width, from 0 to 1. @type {number | null} */
      this.at = null;
      this.root = document.createElement("div");
      this.root.className = "depth-crosshair";
      this.root.hidden = true;
      [this.line, this.level, this.price, this.total, this.away] = ["line", "level", "price", "total", "away"].map((name) => {
        const part = document.createElement("div");
        part.className = `depth-${name}`;
        this.root.append(part);
        return part;
      });
      holder.append(this.root);
      holder.addEventListener("pointermove", (event) => this.onPoint(event));
      holder.addEventListener("pointerdown", (event) => this.onPoint(event));
      holder.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.point(null));
      holder.addEventListener("blur", () => this.point(null));
      holder.addEventListener("focus", () => holder.matches(":focus-visible") && this.point(this.at ?? 0.5));
      holder.addEventListener("keydown", (event) => this.onKey(event));
    }

    /** Another picture is shown. @param {DepthReading | null} reading @param {number} ratio @param {string} symbol */
    read(reading, ratio, symbol) {
      Object.assign(this, { reading, ratio, symbol });
      this.totals = reading ? reading.runs.flatMap(([count, total]) => Array(count).fill(total)) : [];
      this.draw();
    }

    /** @param {PointerEvent} event */
    onPoint({ clientX }) {
      const { reading, ratio } = this;
      if (!reading) return;
      const x = (clientX - this.holder.getBoundingClientRect().left) * ratio;
      this.point(x <= reading.right ? x / reading.right : null);
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      const parts = this.totals.length;
      const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
      if (!parts) return;
      if (step) this.point(Math.min(Math.max((this.at ?? 0.5) + step / parts, 0), 1));
      else if (event.key === "Home" || event.key === "End") this.point(event.key === "Home" ? 0 : 1);
      else if (event.key === "Escape" && this.at !== null) this.point(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    /** @param {number | null} at */
    point(at) {
      this.at = at === null ? null : Math.min(Math.max(at, 0), 1);
      this.draw();
    }

    draw() {
      const { reading, at, holder } = this;
      this.root.hidden = !reading || at === null;
      if (!reading || at === null) {
        holder.removeAttribute("aria-valuetext");
        return;
      }
      const parts = this.totals.length;
      const part = Math.min(parts - 1, Math.floor(at * parts));
      const price = reading.low + ((part + 0.5) / parts) * (reading.high - reading.low);
      const share = `${words.signed((100 * (price - reading.middle)) / reading.middle, 3)} %`;
      const base = this.symbol.split("-")[0];
      const told = [words.number(price, reading.decimals), `${words.number(this.totals[part], reading.digits)} ${base}`, share];
      this.place((part + 0.5) / parts, this.totals[part]);
      [this.price, this.total, this.away].forEach((label, index) => words.write(label, told[index]));
      holder.setAttribute("aria-valuenow", String(part));
      holder.setAttribute("aria-valuetext", told.join(", "));
    }

    /** @param {number} at @param {number} total */
    place(at, total) {
      const { right, bottom, most } = /** @type {DepthReading} */ (this.reading);
      const css = (/** @type {number} */ pixels) => `${pixels / this.ratio}px`;
      const [x, y] = [at * right, bottom * (1 - Math.min(1, total / most))];
      this.line.style.cssText = `height:${css(bottom)};transform:translateX(${css(x)})`;
      this.level.style.cssText = `width:${css(right)};transform:translateY(${css(y)})`;
      const along = `left:0;transform:translateX(clamp(0px, ${css(x)} - 50%, ${css(right)} - 100%))`;
      this.price.style.cssText = `top:${css(bottom)};${along}`;
      this.away.style.cssText = `top:20px;${along}`;
      this.total.style.cssText = `right:0;top:0;transform:translateY(clamp(0px, ${css(y)} - 50%, ${css(bottom)} - 100%))`;
    }
  }

  window.candlecast.DepthCrosshair = DepthCrosshair;
}
