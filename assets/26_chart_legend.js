"use strict";

/** A chart's legend: the newest candle, or the one that the crosshair is at; studies beside it in their colours. */
{
  const { scales, words, StudyLegend } = window.candlecast;

  class ChartLegend {
    /** @param {HTMLElement} chart */
    constructor(chart) {
      this.element = /** @type {HTMLElement} */ (chart.querySelector(".chart-legend"));
      this.studies = new StudyLegend(chart);
      /** @type {Map<string, Element | null>} */
      this.fields = new Map();
      /** @type {Map<string, string>} what the fields say: to ask them costs more than to remember */
      this.texts = new Map();
    }

    /** @param {Meta} meta @param {Row | null} row null: the newest @param {number} ratio */
    show(meta, row, ratio) {
      const { o, h, l, c, volume } = row ?? meta;
      const before = row?.before ?? o;
      const change = row ? c - before : meta.change;
      const percent = row ? (100 * change) / before : meta.change_pct;
      const price = (/** @type {number} */ value) => words.number(value, meta.decimals);
      if (this.element.hidden) this.element.hidden = false;
      const direction = String(row ? (c >= o ? 1 : -1) : meta.direction);
      if (this.element.dataset.direction !== direction) this.element.dataset.direction = direction;
      this.field("symbol", meta.symbol);
      this.field("context", meta.venue ? `${meta.interval} · ${meta.venue}` : meta.interval);
      this.field("o", price(o));
      this.field("h", price(h));
      this.field("l", price(l));
      this.field("c", price(c));
      this.field("change", words.change(change, percent, meta.decimals));
      this.field("volume", words.volume(volume));
      this.studies.show(row ? { ...meta, studies: valuesAt(meta, row) } : meta, ratio);
    }

    /** Says what is to come. @param {string} symbol @param {string} context */
    announce(symbol, context) {
      this.field("symbol", symbol);
      this.field("context", context);
    }

    /** Keeps its places without values. */
    clear() {
      this.studies.clear();
      this.element.hidden = false;
      delete this.element.dataset.direction;
    }

    hide() {
      this.studies.clear();
      this.element.hidden = true;
    }

    /** @param {string | null} text of the tag that says how old the picture is; null takes it away */
    setStale(text) {
      const tag = /** @type {HTMLElement | null} */ (this.part("stale"));
      if (!tag) return;
      if (tag.hidden !== (text === null)) tag.hidden = text === null;
      if (text !== null) words.write(tag, text);
    }

    /** @param {string} name */
    part(name) {
      let part = this.fields.get(name);
      if (part === undefined) {
        part = this.element.querySelector(`[data-field="${name}"]`);
        this.fields.set(name, part);
      }
      return part;
    }

    /** @param {string} name @param {string} text */
    field(name, text) {
      if (this.texts.get(name) === text) return;
      this.texts.set(name, text);
      words.write(this.part(name), text);
    }
  }

  /** The studies with the values beside a row, written as the server writes them. @param {Meta} meta @param {Row} row */
  function valuesAt({ studies = [], decimals: digits }, { values }) {
    let next = 0;
    return studies.map((study) => {
      const write = study.pane ? scales.shortText : words.number;
      const curves = study.curves.map((curve) => {
        const value = values[next];
        next += 1;
        return { ...curve, text: Number.isFinite(value) ? write(value, study.decimals ?? digits) : words.NONE };
      });
      return { ...study, curves };
    });
  }

  window.candlecast.ChartLegend = ChartLegend;
}
