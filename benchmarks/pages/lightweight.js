"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const { createChart, CrosshairMode } = window.LightweightCharts;
  void window.bench.start((rows, place) => {
    const chart = createChart(place, {
      width: place.clientWidth,
      height: place.clientHeight,
      layout: { background: { color: "#0d1014" }, textColor: "#8b93a0", fontSize: 11 },
      grid: { vertLines: { color: "#1b2028" }, horzLines: { color: "#1b2028" } },
      timeScale: { timeVisible: true },
      crosshair: { mode: CrosshairMode.Normal },
    });
    const candles = chart.addCandlestickSeries();
    const ohlc = ([time, open, high, low, close]) => ({ time, open, high, low, close });
    candles.setData(rows.map(ohlc));
    if (window.bench.plain) {
      chart.timeScale().fitContent();
      return (row) => candles.update(ohlc(row));
    }
    const colour = ([, open, , , close]) => (close >= open ? "#1d4a44" : "#54302f");
    const bar = (row) => ({ time: row[0], value: row[5], color: colour(row) });
    const volume = chart.addHistogramSeries({ priceScaleId: "", lastValueVisible: false, priceLineVisible: false });
    volume.priceScale().applyOptions({ scaleMargins: { top: 0.8, bottom: 0 } });
    volume.setData(rows.map(bar));
    const lines = [6, 7].map((column, number) => {
      const color = ["#d9a441", "#5b8def"][number];
      const line = chart.addLineSeries({ color, lineWidth: 1, priceLineVisible: false, lastValueVisible: false });
      line.setData(rows.map((row) => ({ time: row[0], value: row[column] })));
      return { line, column };
    });
    chart.timeScale().fitContent();
    return (row) => {
      candles.update(ohlc(row));
      volume.update(bar(row));
      for (const { line, column } of lines) line.update({ time: row[0], value: row[column] });
    };
  });
});
