"use strict";

/**
 * One line over the chart: an order, a position, or a price on the ticket. It is dragged by its tag, moved by arrow keys
 * while its grip has the focus (Shift: ten ticks), and sent when it is let go of or Enter is pressed; Escape puts it back.
 *
 * @typedef {{key: string, kind: "order" | "position" | "draft", tone: string, price: number, name: string, size: string,
 *   result: {text: string, tone: string}, grip: string, close: string}} LineValue   `grip`, `close`: labels, "" for none
 * @typedef {{moved: (price: number) => void, dropped: (price: number) => void, closed: () => void,
 *   round: (price: number) => number, tick: () => number, priceAt: (y: number) => number}} LineActs
 */
{
  const { words, make, paperDom: dom } = window.candlecast;

  class PaperLine {
    /** @param {LineValue} value @param {LineActs} acts */
    constructor(value, acts) {
      this.acts = acts;
      this.value = value;
      /** @type {number | null} where it is dragged to */
      this.at = null;
      this.root = make("div", "paper-line", { "data-no-gesture": "" });
      this.rule = make("i", ""); // in a layer of its own: no line is drawn over the tag of another
      this.tag = make("div", "paper-line-tag");
      this.axis = make("span", "paper-line-axis");
      this.name = make("b", "paper-line-name");
      this.size = make("span", "paper-line-size");
      this.result = make("span", "paper-line-result");
      this.tag.append(...(value.grip ? [this.grip()] : []), this.name, this.size, this.result, ...(value.close ? [this.cross()] : []));
      this.root.append(this.tag, this.axis);
      this.show(value);
    }

    grip() {
      const grip = make("button", "paper-line-grip", { type: "button", role: "slider", "aria-orientation": "vertical" });
      grip.append(make("span", "icon icon-grip", { "aria-hidden": "true" }));
      grip.addEventListener("keydown", (event) => this.onKey(event));
      grip.addEventListener("blur", () => this.back());
      this.tag.addEventListener("pointerdown", (event) => this.onDown(event));
      this.handle = grip;
      return grip;
    }

    cross() {
      const button = make("button", "paper-line-close", { type: "button" });
      button.append(make("span", "icon icon-close", { "aria-hidden": "true" }));
      button.addEventListener("click", () => this.acts.closed());
      this.closer = button;
      return button;
    }

    get price() {
      return this.at ?? this.value.price;
    }

    /** @param {LineValue} value */
    show(value) {
      this.value = value;
      this.drawLook();
      words.write(this.name, value.name);
      words.write(this.size, value.size);
      words.write(this.result, value.result.text);
      dom.setClass(this.result, `paper-line-result ${value.result.tone}`);
      if (this.closer) for (const name of ["title", "aria-label"]) dom.setAttribute(this.closer, name, value.close);
      if (!this.handle) return;
      for (const name of ["title", "aria-label"]) dom.setAttribute(this.handle, name, value.grip);
      dom.setAttribute(this.handle, "aria-valuenow", String(this.price));
    }

    drawLook() {
      const look = `is-${this.value.kind} is-${this.value.tone}${this.at === null ? "" : " is-edited"}`;
      dom.setClass(this.root, `paper-line ${look}`);
      dom.setClass(this.rule, `paper-line-rule ${look}`);
    }

    /** @param {boolean} hidden */
    hide(hidden) {
      for (const part of [this.root, this.rule]) if (part.hidden !== hidden) part.hidden = hidden;
    }

    remove() {
      for (const part of [this.root, this.rule]) part.remove();
    }

    /**
     * @param {number} y CSS pixels @param {number} tag shift of the tag, where another is in its place
     * @param {number} label shift of the label on the axis @param {string} price as written
     */
    place(y, tag, label, price) {
      shift(this.root, y);
      shift(this.rule, y);
      shift(this.tag, tag);
      shift(this.axis, label);
      words.write(this.axis, price);
    }

    /** @param {PointerEvent} event */
    onDown(event) {
      if (event.button !== 0 || (event.target instanceof Element && event.target.closest(".paper-line-close"))) return;
      event.preventDefault();
      this.handle?.focus({ preventScroll: true });
      this.tag.setPointerCapture(event.pointerId);
      const offset = event.clientY - this.rule.getBoundingClientRect().top;
      const ending = new AbortController();
      const { signal } = ending;
      const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act) => this.tag.addEventListener(name, act, { signal });
      on("pointermove", ({ clientY }) => this.move(this.acts.priceAt(clientY - offset)));
      on("pointerup", () => {
        ending.abort();
        this.drop();
      });
      on("pointercancel", () => {
        ending.abort();
        this.back();
      });
      this.hold = ending;
    }

    /** @param {number} price */
    move(price) {
      const rounded = this.acts.round(price);
      if (!(rounded > 0) || rounded === this.price) return;
      this.at = rounded;
      this.drawLook();
      this.acts.moved(rounded);
    }

    drop() {
      const { at } = this;
      if (at !== null && at !== this.value.price) this.acts.dropped(at);
      else this.back();
    }

    /** Where it was. */
    back() {
      this.hold?.abort();
      if (this.at !== null && !this.sending) this.settle();
    }

    /** What was asked for is done, or refused: what is known now is shown. */
    settle() {
      this.sending = false;
      this.at = null;
      this.drawLook();
      this.acts.moved(this.value.price);
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (step) this.move(this.price + step * this.acts.tick() * (event.shiftKey ? 10 : 1));
      else if (event.key === "Enter" || event.key === " ") this.drop();
      else if (event.key === "Escape" && this.at !== null) this.back();
      else if (event.key === "Delete" && this.value.close) this.acts.closed();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @param {HTMLElement} element @param {number} y CSS pixels */
  function shift(element, y) {
    const moved = y ? `translateY(${y}px)` : "";
    if (element.style.transform !== moved) element.style.transform = moved;
  }

  window.candlecast.PaperLine = PaperLine;
}
