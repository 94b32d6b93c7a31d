"use strict";

/** The dialogs of the paper page: accounts, fees, strategies, notes, and what is asked before all is closed. */
{
  const { words, make, PaperForm, paperApi: api, paperWords: say } = window.candlecast;

  /** @param {string} name @returns {{dialog: HTMLDialogElement, form: HTMLFormElement} | null} */
  function parts(name) {
    const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector(`[data-dialog="${name}"]`));
    const form = /** @type {HTMLFormElement | null} */ (dialog?.querySelector("form") ?? null);
    return dialog && form ? { dialog, form } : null;
  }

  /**
   * @param {string} name @param {string} act @param {(values: Record<string, any>, form: PaperForm) => Promise<any>} send
   * @param {boolean} [danger]
   */
  function opened(name, act, send, danger = false) {
    const found = parts(name);
    if (!found) return null;
    const form = new PaperForm(found.form, { act, danger, send: (values) => form.tried(send(values, form)) });
    if (!found.dialog.open) found.dialog.showModal();
    return form;
  }

  const TERMS = [
    { name: "maker_fee_percent", label: "Maker fee", unit: "%", low: -1, high: 5 },
    { name: "taker_fee_percent", label: "Taker fee", unit: "%", low: 0, high: 5 },
    { name: "leverage", label: "Leverage", unit: "×", low: 1, high: 100 },
    { name: "latency_ms", label: "Latency", unit: "ms", low: 0, high: 60_000 },
    { name: "short", label: "May sell more than it holds", kind: /** @type {const} */ ("tick") },
  ];

  /** @param {any} head */
  function account(head) {
    const form = opened("account", "Open account", async (values) => {
      const made = await api.ask("POST", "/accounts", values);
      document.dispatchEvent(new CustomEvent("candlecast:paper-account", { detail: made.account }));
    });
    const markets = /** @type {[string, string][]} */ ([["live", "Live market"], ["simulated", "Simulated market"]]);
    form?.add([
      { name: "name", label: "Name", kind: "text" },
      { name: "market", label: "Trades on", kind: "choice", options: markets, value: head.market === "live" ? "live" : "simulated" },
      { name: "currency", label: "Currency", kind: "text", value: head.currency },
      { name: "start_capital", label: "Start capital", value: 100_000, low: 1, high: 1e12 },
      ...TERMS.map((field) => ({ ...field, value: head.terms[field.name] })),
    ]);
  }

  /** @param {any} head */
  function terms(head) {
    const form = opened("terms", "Save", (values) => api.ask("PATCH", "/account", values));
    form?.add(TERMS.map((field) => ({ ...field, value: head.terms[field.name] })));
    form?.say("They hold for fills from now on.");
  }

  /** @returns {[string, string][]} the top bar's nine lengths */
  const intervals = () => /** @type {[string, string][]} */ ([...document.querySelectorAll("#interval input")].map((each) => Array(2).fill(/** @type {HTMLInputElement} */ (each).value)));

  /** @param {any} head @param {string} symbol @param {string} interval */
  async function start(head, symbol, interval) {
    const form = opened("start", "Start", ({ strategy, symbol: chosen, other, interval: length, capital, direction, size_percent, ...values }) => {
      const symbols = [chosen, ...(other ? [other] : [])];
      const sized = direction ? { direction, size_percent } : {};
      return api.ask("POST", "/automations", { strategy, values, symbols, interval: length, capital, ...sized });
    });
    if (!form) return;
    form.say("Loading the strategies.");
    const [strategies, symbols] = await Promise.all(["/api/strategies", "/api/symbols"].map(async (path) => (await fetch(path)).json()));
    const usable = strategies.filter((/** @type {any} */ each) => !each.error);
    const names = symbols.map((/** @type {any} */ each) => [each.symbol, each.symbol]);
    const [choice] = form.add([{ name: "strategy", label: "Strategy", kind: "choice", wide: true, options: usable.map((/** @type {any} */ each) => [each.key, each.name]) }]);
    form.add([
      { name: "symbol", label: "Symbol", kind: "choice", value: symbol, options: names },
      { name: "interval", label: "Interval", kind: "choice", value: interval, options: intervals() },
      { name: "capital", label: "Capital", unit: head.currency, low: 1, value: Math.floor(Math.max(0, head.cash) / 10) },
    ]);
    /** @type {PaperField[]} */
    let own = [];
    const choose = () => {
      const found = usable.find((/** @type {any} */ each) => each.key === choice.input.value);
      form.remove(own);
      own = form.add(ownFields(found, names.filter(([/** @type {string} */ name]) => name !== symbol)));
      form.say(found.description);
    };
    choice.input.addEventListener("change", choose);
    choose();
  }

  const WAYS = /** @type {[string, string][]} */ ([["long", "Long"], ["short", "Short"], ["both", "Long and short"]]);

  /** What a strategy asks for. @param {any} strategy @param {[string, string][]} others @returns {FieldValue[]} */
  function ownFields({ symbols, form, parameters }, others) {
    const second = { name: "other", label: "Second symbol", kind: /** @type {const} */ ("choice"), options: others };
    const signal = [
      { name: "size_percent", label: "Position size", unit: "%", low: 1, high: 100, value: 100 },
      { name: "direction", label: "Direction", kind: /** @type {const} */ ("choice"), options: WAYS },
    ];
    const numbers = parameters.map((/** @type {any} */ each) => ({
      name: each.name, label: each.label, unit: each.unit, low: each.least, high: each.most, whole: each.whole, value: each.default,
    }));
    return [...(symbols > 1 ? [second] : []), ...(form === "signal" ? signal : []), ...numbers];
  }

  /** @param {string} title @param {{note: string, tags: string[]}} now @param {string} path */
  function note(title, now, path) {
    const form = opened("note", "Save note", ({ note: text, tags }) =>
      api.ask("PATCH", path, { note: text, tags: tags.split(/[\s,#]+/).filter(Boolean) }),
    );
    form?.add([
      { name: "note", label: title, kind: "text", value: now.note, wide: true, optional: true },
      { name: "tags", label: "Tags", kind: "text", value: now.tags.join(", "), wide: true, optional: true },
    ]);
    form?.say("Tags are words, with commas between them.");
  }

  /** @param {PaperPosition[]} positions @param {PaperOrder[]} orders @param {string} currency */
  function closeAll(positions, orders, currency) {
    const form = opened("sure", "Close all positions", () => api.ask("DELETE", "/positions"), true);
    if (!form) return;
    const value = positions.reduce((sum, each) => sum + Math.abs(each.value ?? 0), 0);
    const lines = [
      ["Positions to close at market", `${positions.length}, ${words.number(value, 2)} ${currency}`],
      ["Orders that stay", String(orders.filter((each) => say.isLive(each) && each.role === "entry").length)],
    ];
    for (const [name, text] of lines) {
      const row = make("div", "paper-sure");
      row.append(make("span", "", {}, name), make("b", "", {}, text));
      form.body.append(row);
    }
    form.say("This happens at once and cannot be undone.");
    form.close.focus();
  }

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-dialog-act]") : null;
    if (button) /** @type {HTMLDialogElement} */ (button.closest("dialog")).close();
  });

  window.candlecast.paperDialogs = { account, terms, start, note, closeAll, opened };
}
