"use strict";

/**
 * The import of history on the data page: starts it, shows how far it is, cancels it.
 *
 * @typedef {{id: number, venue: string, symbol: string, interval: string, state: string, done: number,
 *   expected: number, stored: number, detail: string}} Importing
 */
{
  const { words } = window.candlecast;
  const ASK_MS = 300;
  const FIELDS = { venue: "venue", symbol: "symbol", interval: "interval", from: "from", to: "to" };

  /** @param {string} name @returns {HTMLElement | null} */
  const part = (name) => document.querySelector(`[data-importing="${name}"]`);

  /** @type {{running: number | null, form: Element | null}} */
  const state = { running: null, form: null };

  /** @param {string} text */
  function problem(text) {
    words.write(part("problem"), text);
  }

  /** @param {boolean} running */
  function show(running) {
    for (const [name, shown] of /** @type {[string, boolean][]} */ ([
      ["progress", running],
      ["cancel", running],
      ["start", !running],
    ])) {
      const element = part(name);
      if (element) element.hidden = !shown;
    }
  }

  /** @param {Importing} view */
  function draw(view) {
    const share = view.expected ? view.done / view.expected : 0;
    words.write(part("name"), `${view.symbol} ${view.interval}`);
    words.write(part("text"), `${words.number(view.done, 0)} of ${words.number(view.expected, 0)} candles`);
    const bar = part("bar");
    if (bar) bar.style.width = `${100 * share}%`;
    const progress = part("progress");
    if (!progress) return;
    progress.ariaValueNow = String(view.done);
    progress.ariaValueMax = String(view.expected);
  }

  /** @param {Importing} view */
  function ended(view) {
    const what = `${words.number(view.stored, 0)} ${view.interval} candles of ${view.symbol}`;
    /** @type {Record<string, [string, string]>} */
    const told = {
      done: ["History imported", view.expected ? `${what} were stored.` : "Everything was stored already."],
      cancelled: ["Import cancelled", `${what} were stored and stay. The same import goes on from there.`],
      failed: ["Import stopped", `${view.detail}.`],
    };
    const [title, message] = told[view.state] ?? ["Import ended", ""];
    const failed = view.state === "failed";
    const look = `toast ${failed ? "toast-error" : "toast-success"}`;
    const toast = { action: "show", id: `import-${view.id}`, title, message, withBorder: true, className: look };
    const sendNotifications = [{ ...toast, autoClose: failed ? false : 6000 }];
    window.dash_clientside.set_props("toasts", { sendNotifications });
    window.candlecast.library.again();
  }

  /** @param {string} path @param {RequestInit} [how] @returns {Promise<Importing>} */
  async function ask(path, how) {
    const answer = await fetch(`/api/imports${path}`, how);
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error);
    return body;
  }

  /** @param {number} id */
  async function watch(id) {
    state.running = id;
    show(true);
    try {
      const view = await ask(`/${id}`);
      draw(view);
      if (view.state === "running") {
        setTimeout(() => watch(id), ASK_MS);
        return;
      }
      ended(view);
    } catch (error) {
      problem(`${error instanceof Error ? error.message : error}.`);
    }
    state.running = null;
    show(false);
  }

  async function start() {
    problem("");
    /** @type {Record<string, string>} */
    const order = {};
    for (const name of Object.values(FIELDS)) {
      const field = /** @type {HTMLInputElement | null} */ (document.getElementById(`import-${name}`));
      order[name] = field?.value.trim() ?? "";
    }
    const headers = { "Content-Type": "application/json" };
    try {
      const view = await ask("", { method: "POST", headers, body: JSON.stringify(order) });
      draw(view);
      await watch(view.id);
    } catch (error) {
      problem(`${error instanceof Error ? error.message : error}.`);
    }
  }

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("[data-importing]");
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.dataset.importing === "start") start();
    else if (state.running !== null) ask(`/${state.running}`, { method: "DELETE" });
  });

  /** A page that is opened while an import runs shows it. */
  async function resume() {
    const form = document.querySelector(".import-form");
    if (!form || form === state.form) return;
    state.form = form;
    const answer = await fetch("/api/imports");
    const running = answer.ok && (await answer.json()).find((/** @type {Importing} */ each) => each.state === "running");
    if (running) watch(running.id);
  }

  setInterval(() => {
    if (document.documentElement.dataset.page === "data" && window.candlecast.mode !== "lost") resume();
  }, ASK_MS);
}
