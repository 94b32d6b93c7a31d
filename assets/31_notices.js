"use strict";

/** What befell this page, in strips: signed out, another way of drawing, history filled after a reconnect. */
{
  const { words } = window.candlecast;
  const FILLED_MS = 8000;
  const NAMES = { cpu: "CPU", cuda: "CUDA", opengl: "OpenGL", plotly: "Plotly" };

  /** @param {string} name */
  const named = (name) => NAMES[/** @type {"cpu"} */ (name)] ?? name;

  /** What a person closed stays closed until it is another sentence. @type {Map<string, string>} */
  const closed = new Map();

  /** @param {string} name @returns {HTMLElement | null} */
  const strip = (name) => document.querySelector(`[data-notice="${name}"]`);

  /** @param {string} name @param {string} fact @param {string} cause */
  function show(name, fact, cause) {
    const element = strip(name);
    if (!element || closed.get(name) === cause) return;
    words.write(element.querySelector("[data-notice-field=fact]"), fact);
    words.write(element.querySelector("[data-notice-field=cause]"), cause);
    element.hidden = false;
  }

  /** @param {string} name */
  function hide(name) {
    const element = strip(name);
    if (element) element.hidden = true;
  }

  /** The server turned this browser away: its session has ended. */
  function signedOut() {
    const link = strip("signed-out")?.querySelector("a");
    if (link) link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    show("signed-out", "Signed out", "Your session ended. Charts are paused.");
  }

  /**
   * A renderer that failed while running, and what draws instead.
   * @param {Status} status
   */
  function drawing({ renderer, renderer_reasons: reasons }) {
    const failed = reasons.map((reason) => /^(\w+):? (?:given up: )?failed while running \((.*)\)$/.exec(reason));
    const [, name, why] = failed.filter((found) => found && found[1] !== renderer).at(-1) ?? [];
    if (name) show("drawing", `${named(renderer)} is drawing`, `${named(name)} renderer stopped: ${why}.`);
    else hide("drawing");
  }

  /** @type {{repaired: number | null, timer: number}} */
  const seen = { repaired: null, timer: 0 };

  /** What was missing and came later; told once, and not by a page that was opened afterwards. @param {Status} status */
  function filled({ repair, repaired_ms: at }) {
    if (seen.repaired !== null && at > seen.repaired) {
      clearTimeout(seen.timer);
      closed.delete("filled");
      show("filled", "History filled", repair);
      seen.timer = setTimeout(() => hide("filled"), FILLED_MS);
    }
    seen.repaired = at;
  }

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("[data-closes-notice]");
    if (!(button instanceof HTMLElement)) return;
    const name = button.dataset.closesNotice ?? "";
    closed.set(name, strip(name)?.querySelector("[data-notice-field=cause]")?.textContent ?? "");
    hide(name);
  });
  document.addEventListener("candlecast:signed-out", signedOut);

  /** How the server draws; "plotly": not at all. @param {string} tier */
  function setTier(tier) {
    window.candlecast.tier = tier;
    const setProps = window.dash_clientside?.set_props;
    const layoutIsThere = document.querySelector("[data-status=pill]"); // before, set_props throws
    if (setProps && layoutIsThere) setProps("tier", { data: tier });
    else setTimeout(() => setTier(tier), 100);
  }

  window.candlecast.tier = "picture";
  window.candlecast.notices = {
    tier: setTier,

    /** @param {Status} status */
    tell(status) {
      window.candlecast.tier = status.tier;
      drawing(status);
      filled(status);
    },
    signedIn: () => hide("signed-out"),
  };
}
