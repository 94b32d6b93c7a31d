"use strict";

/**
 * The crosshair: dashed lines through all panes of a chart, with price and time on the axes, and the same moment in all
 * other charts of the page. Drawn from the numbers beside the pictures; no message goes to the server.
 */
{
  const { scales, words } = window.candlecast;

  /** The lines and labels of one chart. */
  class Crosshair {
    /** @param {HTMLElement} chart */
    constructor(chart) {
      this.root = document.createElement("div");
      this.root.className = "chart-crosshair";
      this.root.hidden = true;
      this.root.ariaHidden = "true";
      [this.time, this.price, this.timeText, this.priceText] = ["time", "price", "time-text", "price-text"].map((name) => {
        const part = document.createElement("div");
        part.className = `chart-crosshair-${name}`;
        this.root.append(part);
        return part;
      });
      chart.append(this.root);
    }

    /**
     * All in device pixels. @param {{x: number, y: number | null, bottom: number, right: number, height: number,
     *   ratio: number, time: string, price: string}} at
     */
    show({ x, y, bottom, right, height, ratio, time, price }) {
      const css = (/** @type {number} */ pixels) => `${pixels / ratio}px`;
      hide(this.root, false);
      hide(this.time, x < 0 || x >= right);
      this.time.style.height = css(bottom);
      this.time.style.transform = `translateX(${css(Math.floor(x))})`;
      words.write(this.timeText, time);
      hide(this.timeText, this.time.hidden || !time || height <= bottom);
      this.timeText.style.top = css(bottom);
      this.timeText.style.transform = `translateX(clamp(0px, ${css(x)} - 50%, ${css(right)} - 100%))`;
      hide(this.price, y === null);
      hide(this.priceText, y === null || !price);
      if (y === null) return;
      this.price.style.width = css(right);
      this.price.style.transform = `translateY(${css(Math.floor(y))})`;
      words.write(this.priceText, price);
      this.priceText.style.left = css(right); // and to the edge, over the axis' own labels
      this.priceText.style.transform = `translateY(calc(${css(y)} - 50%))`;
    }

    hide() {
      hide(this.root, true);
    }
  }

  /** Written again it would be styled again. @param {HTMLElement} part @param {boolean} hidden */
  function hide(part, hidden) {
    if (part.hidden !== hidden) part.hidden = hidden;
  }

  /** Which chart is pointed at, and where; all charts of the page look here. */
  class Crosshairs {
    /** @param {() => Iterable<ChartPanel>} panels */
    constructor(panels) {
      this.panels = panels;
      this.enabled = true; // whether other charts show the same moment
      /** @type {{panel: ChartPanel, x: number, y: number, time: number | null} | null} */
      this.point = null;
      /** @type {number | null} the moment that the other charts were last drawn for */
      this.shared = null;
      this.scheduled = false;
    }

    /** @param {ChartPanel} panel @param {number} x @param {number} y device pixels from the chart's corner */
    pointAt(panel, x, y) {
      const before = this.point?.panel;
      this.point = { panel, x, y, time: null };
      this.draw(panel);
      if (before && before !== panel) this.draw(before); // its own lines, where nobody pointed at nothing between
      this.schedule();
    }

    /** @param {ChartPanel} panel */
    leave(panel) {
      if (this.point?.panel !== panel) return;
      this.point = null;
      this.draw(panel);
      this.schedule();
    }

    /** The other charts follow in the same display frame, once, however often the pointer was told of. */
    schedule() {
      if (this.scheduled || (this.point?.time ?? null) === this.shared) return;
      this.scheduled = true;
      requestAnimationFrame(() => {
        this.scheduled = false;
        this.shared = this.point?.time ?? null;
        for (const other of this.panels()) if (other !== this.point?.panel) this.draw(other);
      });
    }

    /** Draws what a chart has of the crosshair now; after its picture or view changed. @param {ChartPanel} panel */
    draw(panel) {
      const { meta } = panel;
      const here = this.point?.panel === panel ? this.point : null;
      const index = meta && this.point && (here ? this.indexAt(panel, here.x) : this.indexOf(panel, this.point.time));
      const row = index === null || index === undefined ? null : (panel.rows?.at(index) ?? null);
      if (here) here.time = row?.time ?? null;
      panel.showRow(row);
      if (!meta || (!here && !row)) {
        panel.crosshair.hide();
        return;
      }
      const { a, b } = panel.motion();
      const bottom = scales.plotBottom(meta);
      const inside = here && here.y >= 0 && here.y < bottom;
      panel.crosshair.show({
        x: row ? a * (meta.x_first + (row.index - meta.first_index) * meta.step) + b : (here?.x ?? 0),
        y: inside ? here.y : null,
        bottom,
        right: meta.plot[2],
        height: panel.devicePixels.height,
        ratio: panel.ratio,
        time: row ? scales.timeText(row.time, panel.zone, meta.interval) : "",
        price: inside && panel.devicePixels.width > meta.plot[2] ? scales.axisText(meta, here.y, panel.view.axis(meta)) : "",
      });
    }

    /** The candle nearest to a column. @param {ChartPanel} panel @param {number} x @returns {number | null} */
    indexAt(panel, x) {
      const { meta, rows } = panel;
      if (!meta || !rows || !rows.times.length) return null;
      const { a, b } = panel.motion();
      const index = Math.round(meta.first_index + ((x - b) / a - meta.x_first) / meta.step);
      return Math.max(meta.first_index, Math.min(rows.end - 1, index));
    }

    /** The candle of a moment. @param {ChartPanel} panel @param {number | null} time @returns {number | null} */
    indexOf({ meta, rows }, time) {
      if (!this.enabled || !meta || !rows || time === null) return null;
      const index = rows.indexAt(time, scales.intervalMs(meta.interval));
      return index !== null && index >= meta.first_index ? index : null;
    }
  }

  Object.assign(window.candlecast, { Crosshair, Crosshairs });
}
