"use strict";

/**
 * Over the price axis: ticks of the picture that a label of the page would cut are covered whole, as the picture leaves
 * out those that its own labels would cut.
 */
{
  const { make } = window.candlecast;
  const NEAR = 17; // CSS pixels from a label's middle to a tick that is not told
  const LAST = { middle: 7, near: 24 }; // the last price's box has hidden its own

  class AxisCovers {
    /** @param {HTMLElement} root a layer below the labels */
    constructor(root) {
      this.root = root;
      /** @type {HTMLElement[]} */
      this.covers = [];
    }

    /** @param {number[]} ticks rows, CSS pixels @param {number[]} labels rows @param {number | null} last row of the last price */
    show(ticks, labels, last) {
      const told = (/** @type {number} */ row) => last !== null && Math.abs(row - last - LAST.middle) < LAST.near;
      const cut = ticks.filter((row) => !told(row) && labels.some((label) => Math.abs(label - row) < NEAR));
      while (this.covers.length < cut.length) this.covers.push(this.root.appendChild(make("i", "paper-axis-cover")));
      this.covers.forEach((cover, place) => {
        const shown = place < cut.length;
        if (cover.hidden === shown) cover.hidden = !shown;
        const moved = `translateY(${cut[place]}px)`;
        if (shown && cover.style.transform !== moved) cover.style.transform = moved;
      });
    }
  }

  window.candlecast.AxisCovers = AxisCovers;
}
