"use strict";

/**
 * On a phone one chart is shown: a finger that goes across over its legend shows the next one of the grid, or of the
 * symbols where there is one chart only. Below the legend the same finger pans. Dots say which of how many.
 */
{
  const FAR = 40; // CSS pixels
  const MOST_DOTS = 16;

  const grid = () => window.candlecast.grid.current();

  /** What can be gone through, and where we are. @returns {{count: number, now: number, names: string[]}} */
  function stops() {
    const shown = grid();
    if (!shown) return { count: 0, now: 0, names: [] };
    const { layout, symbols, active } = shown;
    if (layout.size === 1) return { count: symbols.length, now: symbols.indexOf(active.symbol), names: symbols };
    const cells = layout.cells.slice(0, layout.size);
    return { count: cells.length, now: layout.active, names: cells.map(({ symbol, interval }) => `${symbol} ${interval}`) };
  }

  /** @param {number} by */
  function step(by) {
    const shown = grid();
    const { count, now, names } = stops();
    const next = Math.max(0, Math.min(count - 1, now + by));
    if (!shown || next === now) return;
    if (shown.layout.size > 1) shown.activate(next);
    else window.dash_clientside?.set_props("symbol", { value: names[next] });
  }

  function draw() {
    const strip = document.querySelector(".chart-swipe");
    const [dots, words] = strip?.children ?? [];
    if (!dots || !words) return;
    const { count, now, names } = stops();
    const drawn = count > 1 && count <= MOST_DOTS ? count : 0;
    while (dots.children.length > drawn) dots.lastElementChild?.remove();
    while (dots.children.length < drawn) dots.append(document.createElement("i"));
    strip?.parentElement?.style.setProperty("--dots", String(drawn)); // the legend leaves them room
    [...dots.children].forEach((dot, index) => dot.classList.toggle("is-now", index === now));
    if (count > 1) window.candlecast.words.write(words, `${names[now]}, ${now + 1} of ${count}`);
  }

  /** @type {{id: number, x: number, y: number} | null} */
  let begun = null;

  document.addEventListener("pointerdown", ({ target, pointerId: id, clientX: x, clientY: y }) => {
    begun = target instanceof Element && target.closest(".chart-swipe") ? { id, x, y } : null;
  });
  document.addEventListener("pointerup", ({ pointerId, clientX, clientY }) => {
    if (begun?.id !== pointerId) return;
    const [dx, dy] = [clientX - begun.x, clientY - begun.y];
    begun = null;
    if (Math.abs(dx) >= FAR && Math.abs(dx) > 2 * Math.abs(dy)) step(dx < 0 ? 1 : -1);
  });
  document.addEventListener("pointercancel", () => {
    begun = null;
  });
  document.addEventListener("candlecast:grid", draw);
}
