"use strict";

/** The toolbar and the menus of the dashboard's charts: they show what the active chart has, and change it. */
{
  const grid = () => window.candlecast.grid.current();
  const FLAGS = /** @type {const} */ (["volume", "countdown", "quote", "trades"]);

  /** @param {string} name @param {string} attribute @param {(value: string) => boolean} holds */
  function mark(name, attribute, holds) {
    for (const item of document.querySelectorAll(`button[data-${name}]`)) {
      item.setAttribute(attribute, String(holds(/** @type {HTMLElement} */ (item).dataset[name] ?? "")));
    }
  }

  /** A kept zone may be another browser's; it is offered then too. @param {HTMLSelectElement} select @param {string} zone */
  function offer(select, zone) {
    if ([...select.options].some(({ value }) => value === zone)) return;
    select.append(new Option(zone.replaceAll("_", " "), zone));
  }

  /** Where the intervals scroll, the chosen one is in sight; once the selector has been told. */
  function showInterval() {
    const chosen = document.querySelector(".interval-selector .mantine-SegmentedControl-label[data-active]");
    const row = chosen?.closest(".interval-selector");
    if (row && row.scrollWidth > row.clientWidth) chosen?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }

  function draw() {
    const { active, layout } = grid() ?? {};
    if (!active || !layout) return;
    const { elements, link } = active;
    requestAnimationFrame(showInterval);
    mark("size", "aria-pressed", (size) => Number(size) === layout.size);
    mark("style", "aria-checked", (style) => style === elements.style);
    mark("axis", "aria-checked", (axis) => axis === elements.axis);
    mark("flag", "aria-checked", (flag) => elements[/** @type {"volume"} */ (flag)] === true);
    mark("link", "aria-checked", (name) => link[/** @type {"symbol"} */ (name)]);
    const chosen = document.querySelector(`[data-style="${elements.style}"]`);
    const words = document.querySelector(".toolbar-style .toolbar-words");
    window.candlecast.words.write(words, chosen?.textContent ?? "");
    const zones = document.querySelector('[data-zone="select"]');
    if (!(zones instanceof HTMLSelectElement)) return;
    offer(zones, Intl.DateTimeFormat().resolvedOptions().timeZone);
    offer(zones, elements.zone);
    zones.value = elements.zone;
  }

  /** @param {HTMLElement} item @param {boolean} byKey */
  function choose(item, byKey) {
    const shown = grid();
    if (!shown) return;
    const { size, style, axis, flag, link } = item.dataset;
    if (size) shown.resize(Number(size));
    if (style) shown.show({ style });
    if (style) window.candlecast.closePopup(byKey);
    if (axis) shown.show({ axis });
    const name = FLAGS.find((each) => each === flag);
    if (name) shown.show({ [name]: !shown.active.elements[name] });
    if (link === "symbol" || link === "interval") shown.link(link, !shown.active.link[link]);
  }

  /** Ctrl K goes to the symbols. @param {KeyboardEvent} event */
  function onKey(event) {
    const field = document.getElementById("symbol");
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || !field) return;
    event.preventDefault();
    field.focus();
    field.click();
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("click", ({ target, detail }) => {
    const item = target instanceof Element && target.closest(".popup-item, .grid-sizes button");
    if (item instanceof HTMLElement) choose(item, detail === 0);
  });
  document.addEventListener("change", ({ target }) => {
    const zone = target instanceof HTMLSelectElement && target.dataset.zone ? target.value : "";
    if (zone) grid()?.show({ zone });
  });
  document.addEventListener("candlecast:grid", draw);
  document.addEventListener("candlecast:opened", draw);
}
