"use strict";

/**
 * What the paper page asks its server for: every act is one request to /api/paper, whose refusals are sentences; and the
 * toasts that tell what became of it.
 *
 * @typedef {"success" | "info" | "warning" | "error"} Tone
 */
{
  const STAYS_MS = { success: 4000, info: 6000 }; // the others stay until they are closed
  const ICONS = { success: "check", info: "info", warning: "warning", error: "error" };

  /** The server said no. `rule`: the limit that was hit, or what was asked for wrongly. */
  class Refused extends Error {
    /** @param {string} words @param {string} rule */
    constructor(words, rule) {
      super(words);
      this.rule = rule;
    }
  }

  let account = 0;

  /** An order that is sent twice is placed once. */
  function newKey() {
    const parts = crypto.getRandomValues(new Uint32Array(4));
    return [...parts].map((part) => part.toString(16).padStart(8, "0")).join("");
  }

  /**
   * @param {string} method @param {string} path below /api/paper @param {object} [body] @param {Record<string, string>} [headers]
   * @returns {Promise<any>} the answer; throws Refused
   */
  async function ask(method, path, body, headers = {}) {
    const [way, query = ""] = path.split("?");
    const address = `/api/paper${way}?account=${account}&by=page${query ? `&${query}` : ""}`;
    const sent = body ? { body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } } : { headers };
    let answer;
    try {
      answer = await fetch(address, { method, cache: "no-store", ...sent });
    } catch (reason) {
      if (!(reason instanceof TypeError)) throw reason;
      throw new Refused("The server cannot be reached. Nothing was changed.", "network");
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(said.error ?? `The server answered ${answer.status}.`, said.rule ?? said.code ?? "");
    return said;
  }

  /** @param {Tone} tone @param {string} title @param {string} message @param {string} [id] one with the same id is replaced */
  function toast(tone, title, message, id = `paper-${newKey().slice(0, 8)}`) {
    const icon = { namespace: "dash_html_components", type: "Span", props: { className: `icon icon-${ICONS[tone]}` } };
    const autoClose = STAYS_MS[/** @type {"success"} */ (tone)] ?? false;
    const note = { action: "show", id, title, message, icon, autoClose, withBorder: true, className: `toast toast-${tone}` };
    window.dash_clientside.set_props("toasts", { sendNotifications: [note] });
  }

  /**
   * Does what an act asks for, and tells when it is refused.
   * @param {Promise<any>} asked @param {string} what "Order", "Limits": what was not changed
   * @returns {Promise<any>} the answer, or null after a refusal
   */
  async function tried(asked, what) {
    try {
      return await asked;
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      toast("error", `${what} refused`, sentence(reason.message, what));
      return null;
    }
  }

  /** What the title says is not said twice. @param {string} words @param {string} what */
  function sentence(words, what) {
    const rest = words.replace(new RegExp(`^${what} refused: `, "i"), "");
    return rest.charAt(0).toUpperCase() + rest.slice(1);
  }

  window.candlecast.paperApi = {
    Refused, ask, toast, tried, newKey, sentence,
    get account() {
      return account;
    },
    set account(id) {
      account = id;
    },
  };
}
