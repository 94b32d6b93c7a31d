"use strict";

/** `Plotly.react` of a chart whenever it has finished the one before: what it cannot manage is left out. */
document.addEventListener("DOMContentLoaded", () => {
  window.bench.count = () => {}; // counted below, by charts
  const shown = { margin: { l: 4, r: 44, t: 4, b: 20 }, paper_bgcolor: "#0d1014", plot_bgcolor: "#0d1014" };
  const axis = { gridcolor: "#1b2028", color: "#8b93a0" };
  const layout = () => ({
    ...shown,
    showlegend: false,
    xaxis: { ...axis, rangeslider: { visible: false } },
    yaxis: { ...axis, side: "right", domain: [0.2, 1] },
    yaxis2: { ...axis, domain: [0, 0.18], showticklabels: false },
  });
  const column = (rows, number) => rows.map((row) => row[number]);
  const traces = (rows) => {
    const x = rows.map(([time]) => new Date(1000 * time));
    const [open, high, low, close] = [1, 2, 3, 4].map((number) => column(rows, number));
    const line = (number) => ({ type: "scatter", mode: "lines", line: { width: 1 }, x, y: column(rows, number) });
    const candles = { type: "candlestick", x, open, high, low, close };
    return [candles, { type: "bar", x, y: column(rows, 5), yaxis: "y2" }, line(6), line(7)];
  };
  void window.bench.start((rows, place) => {
    let busy = true;
    let waiting = false;
    const draw = async () => {
      busy = true;
      waiting = false;
      await window.Plotly.react(place, traces(rows), layout(), { displayModeBar: false });
      window.bench.drawn += 1 / 16;
      setTimeout(() => {
        busy = false;
        if (waiting) void draw();
      });
    };
    void draw();
    return (row) => {
      if (rows.at(-1)[0] === row[0]) rows[rows.length - 1] = row;
      else rows.push(row);
      waiting = true;
      if (!busy) void draw();
    };
  });
});
