"use strict";

/** Beside the chart: gauges of the risk limits, the automations, the kill switch that is held for a second. */
{
  const { words, make, paperApi: api, paperWords: say, paperDom: dom } = window.candlecast;
  const HOLD_MS = 1000;
  const NEAR = 0.75;

  /** @typedef {{name: string, used: number, limit: number | null, unit: string}} PaperGauge   `limit` null: none is set */
  /** @typedef {{id: string, name: string, strategy: string, symbols: string[], interval: string, state: string, words: string,
   *   pnl: number, position: string}} PaperAutomation */

  /** @param {HTMLElement} page @param {string} name @param {boolean} empty */
  function tellNone(page, name, empty) {
    const none = /** @type {HTMLElement | null} */ (page.querySelector(`[data-paper-none="${name}"]`));
    if (none && none.hidden === empty) none.hidden = !empty;
  }

  /** @param {HTMLElement} holder @param {number} count @param {() => HTMLElement} made @returns {HTMLElement[]} */
  function fitted(holder, count, made) {
    const rows = [...holder.querySelectorAll(":scope > [data-row]")];
    while (rows.length > count) rows.pop()?.remove();
    while (rows.length < count) rows.push(holder.appendChild(made()));
    return /** @type {HTMLElement[]} */ (rows);
  }

  // --- gauges -----------------------------------------------------------------------------------------------------

  function gauge() {
    const row = make("div", "gauge", { "data-row": "", role: "meter", "aria-valuemin": "0", "aria-valuemax": "100" });
    const text = make("div", "gauge-words");
    const figures = make("span", "");
    figures.append(make("span", "gauge-used"), make("span", "gauge-limit"));
    text.append(make("span", "gauge-name"), figures);
    const track = make("div", "gauge-track");
    track.append(make("i", ""));
    row.append(text, track);
    return row;
  }

  /** @param {HTMLElement} page @param {PaperGauge[]} gauges */
  function showGauges(page, gauges) {
    const holder = /** @type {HTMLElement} */ (page.querySelector('[data-paper-list="gauges"]'));
    tellNone(page, "gauges", !gauges.length);
    fitted(holder, gauges.length, gauge).forEach((row, place) => {
      const { name, used, limit, unit } = gauges[place];
      const share = limit === null ? 0 : limit > 0 ? Math.min(1, used / limit) : 1;
      const most = limit === null ? "no limit" : `${words.number(limit, unit === "%" ? 2 : 0)} ${unit}`.trimEnd();
      const digits = unit === "%" ? 2 : 0;
      dom.setClass(row, `gauge${share >= 1 ? " is-full" : share > NEAR ? " is-near" : ""}`);
      words.write(row.querySelector(".gauge-name"), name);
      words.write(row.querySelector(".gauge-used"), words.number(used, digits));
      words.write(row.querySelector(".gauge-limit"), ` / ${most}`);
      dom.setAttribute(row, "aria-valuenow", (100 * share).toFixed(0));
      dom.setAttribute(row, "aria-label", name);
      const bar = /** @type {HTMLElement} */ (row.querySelector("i"));
      const scale = `scaleX(${share.toFixed(3)})`;
      if (bar.style.transform !== scale) bar.style.transform = scale;
    });
  }

  // --- automations ------------------------------------------------------------------------------------------------

  function automation() {
    const row = make("div", "automation", { "data-row": "" });
    const about = make("button", "automation-about", { type: "button", "data-automation": "menu", title: "Reconcile or remove" });
    about.append(make("span", "automation-name"), make("span", "automation-detail"));
    const turn = make("button", "switch-button", { type: "button", role: "switch", "data-automation": "turn" });
    turn.append(make("i", ""));
    row.append(about, make("span", "automation-pnl"), turn);
    return row;
  }

  /** @param {PaperAutomation} each */
  function detail({ symbols, interval, state, words: why, position }) {
    const market = `${symbols.join(", ")} ${interval}`;
    if (state === "running") return `${market} · ${position || "flat"}`;
    return `${market} · ${state}${why ? `: ${why}` : ""}`;
  }

  /** @param {HTMLElement} page @param {PaperAutomation[]} automations */
  function showAutomations(page, automations) {
    const holder = /** @type {HTMLElement} */ (page.querySelector('[data-paper-list="automations"]'));
    tellNone(page, "automations", !automations.length);
    const running = automations.filter(({ state }) => state === "running").length;
    const count = automations.length ? `${running} of ${automations.length} running` : "";
    words.write(page.querySelector('[data-paper-context="automations"]'), count);
    fitted(holder, automations.length, automation).forEach((row, place) => {
      const each = automations[place];
      const on = each.state === "running";
      dom.setAttribute(row, "data-id", each.id);
      dom.setClass(row, `automation is-${each.state}`);
      words.write(row.querySelector(".automation-name"), each.name);
      words.write(row.querySelector(".automation-detail"), detail(each));
      dom.setAttribute(/** @type {Element} */ (row.querySelector(".automation-detail")), "title", each.words || null);
      const pnl = say.result(each.pnl);
      words.write(row.querySelector(".automation-pnl"), pnl.text);
      dom.setClass(/** @type {HTMLElement} */ (row.querySelector(".automation-pnl")), `automation-pnl ${pnl.tone}`);
      const turn = /** @type {HTMLElement} */ (row.querySelector(".switch-button"));
      dom.setAttribute(turn, "aria-checked", String(on));
      dom.setAttribute(turn, "aria-label", `${each.name} on ${each.symbols.join(", ")}`);
    });
  }

  /** @param {string} id @param {boolean} on */
  async function turn(id, on) {
    await api.tried(api.ask("POST", `/automations/${encodeURIComponent(id)}/${on ? "start" : "pause"}`, {}), "Automation");
  }

  // --- kill switch ------------------------------------------------------------------------------------------------

  const held = { timer: 0 };

  /** @param {boolean} on */
  function showHeld(on) {
    for (const button of document.querySelectorAll("[data-kill]")) button.classList.toggle("is-held", on);
  }

  function beginHold() {
    if (held.timer) return;
    showHeld(true);
    held.timer = window.setTimeout(() => {
      endHold();
      void kill();
    }, HOLD_MS);
  }

  function endHold() {
    clearTimeout(held.timer);
    held.timer = 0;
    showHeld(false);
  }

  async function kill() {
    await api.tried(api.ask("POST", "/kill", {}), "Stop"); // the strip tells that it is done
  }

  /** What it will do. @param {HTMLElement} page @param {number} orders @param {number} positions @param {string} instead what is said instead, "" for nothing */
  function tellKill(page, orders, positions, instead) {
    const count = (/** @type {number} */ number, /** @type {string} */ what) => `${number} ${what}${number === 1 ? "" : "s"}`;
    const will = `Hold 1 s. Cancels ${count(orders, "order")}, closes ${count(positions, "position")}.`;
    words.write(page.querySelector('[data-paper="kill"]'), instead || will);
  }

  document.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.target instanceof Element && event.target.closest("[data-kill]")) beginHold();
  });
  for (const end of ["pointerup", "pointercancel", "blur", "contextmenu"]) window.addEventListener(end, endHold);
  document.addEventListener("keydown", (event) => {
    const onButton = event.target instanceof Element && event.target.closest("[data-kill]");
    if (onButton && (event.key === " " || event.key === "Enter")) {
      event.preventDefault();
      beginHold();
    }
    if (document.documentElement.dataset.page !== "paper" || event.code !== "KeyX" || !event.ctrlKey || !event.shiftKey) return;
    event.preventDefault();
    if (!event.repeat) void kill();
  });
  document.addEventListener("keyup", endHold);

  window.candlecast.paperSide = { showGauges, showAutomations, tellKill, turn };
}
