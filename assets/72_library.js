"use strict";

/**
 * The list of the data page: recordings and stored days, each with a button that replays it.
 *
 * @typedef {{key: string, name: string, kind: string, venue: string, start_ms: number, end_ms: number, bytes: number,
 *   symbols: string[], note: string, problem: string}} Recorded
 */
{
  const { words } = window.candlecast;
  const MOST = 200;
  const LOOK_MS = 200;
  const COLUMNS = ["Name", "Venue", "From, UTC", "Span", "Size", ""];

  /** @param {string} name @returns {HTMLElement | null} */
  const part = (name) => document.querySelector(`[data-library="${name}"]`);

  /**
   * @param {string} tag @param {string} text @param {string} [look] @returns {HTMLElement}
   */
  function element(tag, text, look = "") {
    const made = document.createElement(tag);
    made.textContent = text;
    if (look) made.className = look;
    return made;
  }

  /** @param {number} bytes */
  function size(bytes) {
    const steps = ["B", "kB", "MB", "GB"];
    const step = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
    return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${steps[step]}`;
  }

  /** @param {number} ms */
  function span(ms) {
    const s = Math.round(ms / 1000);
    if (s < 120) return `${s} s`;
    if (s < 7200) return `${Math.round(s / 60)} min`;
    return s < 172_800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} d`;
  }

  /** @param {Recorded} each @returns {HTMLElement} */
  function row(each) {
    const made = document.createElement("tr");
    const name = element("td", each.name, "library-name");
    const told = each.problem || [each.symbols.slice(0, 4).join(", "), each.note].filter(Boolean).join(" · ");
    if (told) name.append(element("span", told, each.problem ? "library-problem" : "library-note"));
    name.title = each.name;
    const from = each.start_ms ? new Date(each.start_ms).toISOString().slice(0, 16).replace("T", " ") : words.NONE;
    const act = document.createElement("td");
    const button = element("button", "Replay", "button button-small");
    button.setAttribute("aria-label", `Replay ${each.name}`);
    button.dataset.recording = each.key;
    button.toggleAttribute("disabled", each.problem !== "");
    act.append(button);
    made.append(
      name,
      element("td", each.venue || words.NONE, "library-venue"),
      element("td", from, "library-from"),
      element("td", each.end_ms > each.start_ms ? span(each.end_ms - each.start_ms) : words.NONE, "number"),
      element("td", size(each.bytes), "number library-size"),
      act,
    );
    return made;
  }

  /** @param {Recorded[]} found @returns {HTMLElement} */
  function table(found) {
    const made = element("table", "", "table library-table");
    const head = document.createElement("tr");
    head.append(...COLUMNS.map((name, at) => element("th", name, at === 3 || at === 4 ? "number" : "")));
    const top = document.createElement("thead");
    top.append(head);
    const body = document.createElement("tbody");
    body.append(...found.slice(0, MOST).map(row));
    made.append(top, body);
    return made;
  }

  /** @returns {HTMLElement} */
  function nothing() {
    const made = element("div", "", "state");
    made.append(element("h2", "Nothing to replay yet"));
    const how = "Frames are recorded with --record FOLDER; days of live venues are stored by themselves.";
    made.append(element("p", how));
    return made;
  }

  async function fill() {
    const body = part("body");
    if (!body || body.dataset.asked) return;
    body.dataset.asked = "true";
    try {
      const answer = await fetch("/api/recordings");
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.error);
      body.replaceChildren(found.length ? table(found) : nothing());
      const more = found.length > MOST ? `, the newest ${MOST} are listed` : "";
      words.write(part("count"), found.length ? `${words.number(found.length, 0)}${more}` : "");
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error);
      body.replaceChildren(element("div", `The list could not be read: ${told}.`, "state"));
      delete body.dataset.asked;
    }
  }

  document.addEventListener("click", async ({ target }) => {
    const button = target instanceof Element && target.closest("[data-recording]");
    if (!(button instanceof HTMLButtonElement)) return;
    button.disabled = true;
    await window.candlecast.replay.start(button.dataset.recording ?? "");
    button.disabled = false;
  });

  setInterval(() => {
    if (document.documentElement.dataset.page === "data" && window.candlecast.mode !== "lost") fill(); // once its place is there, which Dash decides
  }, LOOK_MS);
  window.candlecast.library = {
    /** What is stored has changed. */
    again() {
      const body = part("body");
      if (body) delete body.dataset.asked;
      fill();
    },
  };
}
