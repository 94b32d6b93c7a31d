"use strict";

/**
 * What a chart asks of the server, from what the page says of it, its size and its view.
 *
 * @typedef {{type: string, chart: number, symbol: string, interval: string, width: number, height: number,
 *   scale: number, theme: string, bars: number}} Subscription   and what the page says of the chart's elements
 */
{
  const SMALLEST = 16;
  const LARGEST = 4096;

  /** @param {ChartPanel} panel @returns {Subscription | null} null while it has no symbol, size or place */
  function wants({ element, chart, view, scale, onScreen, devicePixels: { width, height } }) {
    const { symbol, interval } = element.dataset;
    if (!symbol || !interval || !onScreen || width < 1 || height < 1) return null;
    view.of(symbol, interval);
    const clamp = (/** @type {number} */ size) => Math.max(SMALLEST, Math.min(LARGEST, Math.round(size)));
    return {
      type: "subscribe",
      chart,
      symbol,
      interval,
      width: clamp(width),
      height: clamp(height),
      scale,
      theme: document.documentElement.dataset.theme || "dark",
      ...JSON.parse(element.dataset.elements || "{}"),
      ...view.wishes,
    };
  }

  /** Notes what it tells as what the server knows. @param {ChartPanel} panel @returns {object | null} */
  function viewport(panel) {
    if (!panel.subscribed) return null;
    const { bars: _bars, end: _end, price_range: _range, ...others } = JSON.parse(panel.subscribed);
    const text = JSON.stringify({ ...others, ...panel.view.wishes });
    if (text === panel.subscribed) return null;
    panel.subscribed = text;
    return { type: "viewport", chart: panel.chart, ...panel.view.wishes };
  }

  /** @param {ChartPanel} panel @returns {URLSearchParams | null} */
  function pictureQuery(panel) {
    const { rows } = panel;
    const wanted = wants(panel);
    if (!wanted) return null;
    const { type: _type, chart: _chart, end, ...asked } = /** @type {any} */ (wanted);
    const texts = Object.entries(asked).map(([name, value]) => [name, String(value)]); // lists with commas between
    const last = end === undefined ? null : rows?.at(Math.min(end, rows.end) - 1);
    return new URLSearchParams(last ? [...texts, ["end", String(last.time)]] : texts);
  }

  window.candlecast.wishes = { wants, viewport, pictureQuery };
}
