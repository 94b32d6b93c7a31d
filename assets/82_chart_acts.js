"use strict";

/**
 * What can be done with the active chart: full screen, its picture as a file, and the address of that picture. Picture
 * and address are of what is on screen: the same candles, size, theme and elements, with the legend drawn in.
 */
{
  const TOAST_MS = 4000;
  const closePopup = () => window.candlecast.closePopup(true);

  /** @param {string} title @param {string} message @param {boolean} [stays] */
  function toast(title, message, stays = false) {
    const [kind, picture] = stays ? ["error", "error"] : ["success", "check"];
    const icon = { type: "Span", namespace: "dash_html_components", props: { className: `icon icon-${picture}` } };
    const look = { withBorder: true, icon, className: `toast toast-${kind}`, autoClose: stays ? false : TOAST_MS };
    const entry = { action: "show", id: `chart-${Date.now()}`, title, message, ...look };
    window.dash_clientside?.set_props("toasts", { sendNotifications: [entry] });
  }

  /** @returns {{chart: HTMLElement, panel: ChartPanel} | null} */
  function shown() {
    const chart = window.candlecast.grid.current()?.activeChart;
    const panel = chart && window.candlecast.panelOf(chart);
    return panel ? { chart, panel } : null;
  }

  /** @param {ChartPanel} panel @returns {URL | null} null while the chart shows nothing */
  function addressOf(panel) {
    const query = panel.pictureQuery();
    if (!query || !panel.meta) return null;
    if (!query.has("end")) query.set("end", String(panel.meta.time_ms)); // its newest candle: it stays what it is
    const readable = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
    return new URL(`/api/chart.webp?${readable}`, location.origin);
  }

  /** @param {ChartPanel} panel @returns {string} "BTC-USD 1m 2022-01-31 20.47.18 UTC.webp" */
  function fileName(panel) {
    const now = new Date().toISOString();
    const { symbol, interval } = /** @type {Meta} */ (panel.meta);
    return `${symbol} ${interval} ${now.slice(0, 10)} ${now.slice(11, 19).replaceAll(":", ".")} UTC.webp`;
  }

  /** @param {ChartPanel} panel @param {URL} address */
  async function download(panel, address) {
    try {
      const response = await fetch(address, { cache: "no-store" });
      if (!response.ok) throw new RangeError((await response.json()).error);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = fileName(panel);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), TOAST_MS);
    } catch (reason) {
      if (!(reason instanceof TypeError || reason instanceof RangeError || reason instanceof SyntaxError)) throw reason;
      const why = reason instanceof RangeError ? reason.message : "The Candlecast server does not answer.";
      toast("The picture was not downloaded", why, true);
    }
  }

  /** @param {URL} address */
  async function copyAddress(address) {
    try {
      await navigator.clipboard.writeText(address.href);
      toast("Address copied", "It shows this view as a picture.");
    } catch {
      toast("The address was not copied", address.href, true); // no clipboard without TLS, or the user refused
    }
  }

  /** @param {string} act */
  function takePicture(act) {
    closePopup();
    const found = shown();
    const address = found && addressOf(found.panel);
    if (!found || !address) toast("There is no picture yet", "The chart has no candles to show.");
    else if (act === "download") void download(found.panel, address);
    else void copyAddress(address);
  }

  /** The chart of a button over it, else the active one. @param {Element} button */
  const cellOf = (button) =>
    button.closest(".chart-cell") ?? window.candlecast.grid.current()?.activeChart?.closest(".chart-cell") ?? null;

  /** @param {HTMLElement} cell */
  async function toggleFullScreen(cell) {
    if (document.fullscreenElement) return document.exitFullscreen();
    if (cell.classList.contains("is-full")) return setFull(cell, false);
    try {
      await cell.requestFullscreen();
    } catch (reason) {
      if (!(reason instanceof TypeError || reason instanceof DOMException)) throw reason;
      setFull(cell, true); // a browser that has it for videos only: the whole page will do
    }
  }

  /** @param {HTMLElement} cell @param {boolean} full */
  function setFull(cell, full) {
    cell.classList.toggle("is-full", full);
    markFull();
  }

  function markFull() {
    for (const button of document.querySelectorAll('[data-act="full-screen"]')) {
      const cell = cellOf(button);
      const full = cell !== null && (cell === document.fullscreenElement || cell.classList.contains("is-full"));
      button.setAttribute("aria-pressed", String(full));
      /** @type {HTMLElement} */ (button).title = full ? "Leave full screen" : "Full screen";
    }
  }

  /** @param {MouseEvent} event */
  function onClick({ target }) {
    if (!(target instanceof Element)) return;
    const button = target.closest("[data-act]");
    const retry = target.closest(".chart-more .chart-lost button");
    if (retry) document.getElementById("retry-feed")?.click(); // the server knows the first chart's buttons
    const load = target.closest(".chart-more .chart-state-acts button:not([data-act])");
    if (load) document.getElementById("load-history")?.click();
    if (!(button instanceof HTMLElement)) return;
    const { act } = button.dataset;
    const cell = cellOf(button);
    if (act === "full-screen" && cell instanceof HTMLElement) void toggleFullScreen(cell);
    else if (act === "download" || act === "copy-address") takePicture(act);
    else if (act === "show-1m") window.dash_clientside?.set_props("interval", { value: "1m" });
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const full = document.querySelector(".chart-cell.is-full");
    if (event.key === "Escape" && full instanceof HTMLElement) setFull(full, false);
  }

  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("fullscreenchange", markFull);
}
