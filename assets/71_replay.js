"use strict";

/**
 * The strip of a replay: where it is, how it goes on, and the way back. The server is asked once a second while one is
 * shown, and told what to do by /api/replay.
 *
 * @typedef {{name: string, venue: string, start_ms: number, end_ms: number, at_ms: number, speed: number | null,
 *   paused: boolean, seeking: boolean, ended: boolean}} Replay
 * @typedef {{replay: Replay | null, symbols: string[]}} Told
 */
{
  const { words } = window.candlecast;
  const ASK_MS = 1000;
  const MARKS = 200; // places that the arrow keys reach

  /** @param {string} name @returns {HTMLElement | null} */
  const part = (name) => document.querySelector(`[data-replay="${name}"]`);

  /** @type {{replay: Replay | null, asked: boolean, asking: boolean, held: boolean, leaving: boolean}} */
  const state = { replay: null, asked: false, asking: false, held: false, leaving: false };

  /** A replay of more than a day needs the date too. @param {number} ms @param {Replay} replay */
  function time(ms, replay) {
    const text = new Date(ms).toISOString();
    const days = replay.end_ms - replay.start_ms > 86_400_000;
    return days ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 19);
  }

  /** @returns {HTMLInputElement | null} the slider, made the first time */
  function slider() {
    const place = part("place");
    if (!place) return null;
    const made = place.querySelector("input");
    if (made) return made;
    const input = document.createElement("input");
    Object.assign(input, { type: "range", ariaLabel: "Position of the replay" });
    input.addEventListener("input", () => {
      state.held = true;
      if (state.replay) words.write(part("at"), time(Number(input.value), state.replay));
    });
    input.addEventListener("change", () => {
      state.held = false;
      send("POST", { seek_ms: Number(input.value) });
    });
    place.append(input);
    return input;
  }

  /** @param {Replay} replay @returns {string} */
  function pace(replay) {
    if (replay.ended) return "ended";
    if (replay.seeking) return "seeking";
    if (replay.paused) return "paused";
    return replay.speed === null ? "Max" : `${replay.speed}×`;
  }

  /** @param {Replay} replay */
  function draw(replay) {
    const strip = document.querySelector(".feed-strip");
    strip?.setAttribute("title", `${replay.name}, ${replay.venue}. Recorded times in UTC, not the market of now.`);
    words.write(part("pace"), pace(replay));
    words.write(part("end"), time(replay.end_ms, replay));
    const input = slider();
    if (input && !state.held) {
      const span = Math.max(1, replay.end_ms - replay.start_ms);
      Object.assign(input, { min: String(replay.start_ms), max: String(replay.start_ms + span) });
      input.step = String(Math.max(1, Math.round(span / MARKS)));
      input.value = String(replay.at_ms);
      input.style.setProperty("--played", `${(100 * (replay.at_ms - replay.start_ms)) / span}%`);
      input.ariaValueText = time(replay.at_ms, replay);
      words.write(part("at"), time(replay.at_ms, replay));
    }
    const still = replay.paused || replay.ended;
    const pause = document.querySelector('[data-replay-act="pause"]');
    pause?.setAttribute("aria-pressed", String(still));
    pause?.setAttribute("aria-label", still ? "Go on with the replay" : "Pause the replay");
    for (const button of document.querySelectorAll("[data-replay-speed]")) {
      if (!(button instanceof HTMLElement)) continue;
      const speed = replay.speed === null ? "max" : String(replay.speed);
      button.setAttribute("aria-pressed", String(button.dataset.replaySpeed === speed));
    }
  }

  /** @param {Told} told */
  function take({ replay, symbols }) {
    const strip = /** @type {HTMLElement | null} */ (document.querySelector(".feed-strip"));
    // Lists of symbols are part of the page: with other symbols it is another page.
    if (!state.leaving && strip && strip.dataset.symbols !== symbols.join()) leave();
    state.asked = true;
    state.replay = replay;
    if (replay) draw(replay);
  }

  function leave() {
    state.leaving = true;
    location.assign("/");
  }

  /** @param {string} title @param {string} message */
  function refuse(title, message) {
    const toast = { action: "show", id: "replay", title, message, autoClose: false, withBorder: true };
    const sendNotifications = [{ ...toast, className: "toast toast-error" }];
    window.dash_clientside.set_props("toasts", { sendNotifications });
  }

  /**
   * @param {string} method @param {Record<string, unknown>} [order]
   * @returns {Promise<boolean>} whether it was done
   */
  async function send(method, order) {
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch("/api/replay", { method, headers, body: order && JSON.stringify(order) });
      const body = await answer.json();
      if (answer.ok) take(body);
      else refuse("Replay refused", `${body.error}. What was shown goes on.`);
      return answer.ok;
    } catch {
      refuse("Replay refused", "The Candlecast server does not answer.");
      return false;
    }
  }

  async function ask() {
    if (state.asking) return;
    state.asking = true;
    try {
      const answer = await fetch("/api/replay");
      if (answer.ok) take(await answer.json());
    } catch {
      return; // the charts say that the server is gone
    } finally {
      state.asking = false;
    }
  }

  /** @param {string} act */
  async function obey(act) {
    const { replay } = state;
    if (!replay) return;
    if (act === "leave") {
      if (await send("DELETE")) leave();
    } else if (act === "pause" && replay.ended) {
      await send("POST", { seek_ms: replay.start_ms, paused: false });
    } else if (act === "pause") {
      await send("POST", { paused: !replay.paused });
    } else {
      const choice = /** @type {HTMLSelectElement | null} */ (part("step"));
      const chart = /** @type {HTMLElement | null} */ (document.querySelector(".chart[data-symbol]"));
      const { symbol, interval } = chart?.dataset ?? {};
      const order = { step: choice?.value ?? "candle", ...(symbol && interval ? { symbol, interval } : {}) };
      if (await send("POST", order)) setTimeout(ask, 150);
    }
  }

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("[data-replay-act], [data-replay-speed]");
    if (!(button instanceof HTMLElement)) return;
    const { replayAct: act, replaySpeed: speed } = button.dataset;
    if (act) obey(act);
    else if (speed) send("POST", { speed: speed === "max" ? speed : Number(speed) });
  });

  setInterval(() => {
    const strip = document.querySelector(".feed-strip");
    if (!(strip instanceof HTMLElement) || document.hidden || window.candlecast.mode === "lost") return;
    const shown = !strip.hidden && strip.dataset.state === "replay";
    if (shown || state.replay || !state.asked) ask();
  }, ASK_MS);

  window.candlecast.replay = {
    /** @param {string} recording the key of a recording or a stored day */
    async start(recording) {
      if (await send("POST", { recording, speed: 1, paused: false })) leave();
    },
    refuse,
  };
}
