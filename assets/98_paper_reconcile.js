"use strict";

/**
 * The dialog that sets an automation's session beside a backtest over the same candles: both equity curves, what differs
 * and why, and whether the same inputs give the same fills again. An automation is removed from here too.
 *
 * @typedef {{time_ms: number, size: number, price: number, fee: number}} PaperExecution
 * @typedef {{time_ms: number, symbol: string, side: string, paper: PaperExecution | null, backtest: PaperExecution | null,
 *   cause: string, words: string, money: number | null}} PaperDifference
 * @typedef {{closes: number, unasked: number, replay: boolean | null, replay_words: string, paper_return: number | null,
 *   backtest_return: number | null, paper_orders: number, backtest_orders: number, equal_orders: number,
 *   differences: PaperDifference[], causes: [string, number, number][], time_ms: number[], paper: number[], backtest: number[],
 *   from_ms: number, to_ms: number, problem: string}} PaperReconciliation
 */
{
  const { words, make, PaperCurves, paperApi: api, paperWords: say, paperDialogs: dialogs } = window.candlecast;
  const COLUMNS = ["Time", "Side", "Paper", "Backtest", "Cost", "Cause"];

  /** @param {PaperExecution | null} one @param {string} symbol */
  const execution = (one, symbol) => (one ? `${say.size(one.size)} at ${say.price(symbol, one.price)}` : words.NONE);

  /** @param {PaperDifference} each */
  function differenceRow(each) {
    const row = make("tr", "");
    const side = each.side === "buy" ? { text: "Buy", tone: "up" } : { text: "Sell", tone: "down" };
    const cost = each.money === null ? { text: words.NONE, tone: "" } : say.result(-each.money);
    const cells = [
      { text: say.moment(each.time_ms), tone: "quiet" }, side,
      { text: execution(each.paper, each.symbol), tone: "number" }, { text: execution(each.backtest, each.symbol), tone: "number" },
      { text: cost.text, tone: `number ${cost.tone}` }, { text: each.words || each.cause, tone: "paper-cause" },
    ];
    row.append(...cells.map(({ text, tone }) => make("td", tone, {}, text)));
    return row;
  }

  /** @param {PaperDifference[]} differences */
  function table(differences) {
    const head = make("tr", "");
    head.append(...COLUMNS.map((name, place) => make("th", place > 1 && place < 5 ? "number" : "", { scope: "col" }, name)));
    const whole = make("table", "table");
    const [top, body] = [make("thead", ""), make("tbody", "")];
    top.append(head);
    body.append(...differences.map(differenceRow));
    whole.append(make("caption", "visually-hidden", {}, "Fills that differ"), top, body);
    const holder = make("div", "table-body paper-differences", { tabindex: "0" });
    holder.append(whole);
    return holder;
  }

  /** @param {PaperReconciliation} found @returns {[string, string, string][]} caption, value, class */
  function facts(found) {
    const percent = (/** @type {number | null} */ value) => say.share(value);
    const replay = found.replay === null ? ["Not kept", ""] : found.replay ? ["Equal fills", "up"] : ["Other fills", "down"];
    return [
      ["Paper", percent(found.paper_return).text, percent(found.paper_return).tone],
      ["Backtest", percent(found.backtest_return).text, percent(found.backtest_return).tone],
      ["Orders, paper", words.number(found.paper_orders, 0), ""],
      ["Orders, backtest", words.number(found.backtest_orders, 0), ""],
      ["Filled alike", words.number(found.equal_orders, 0), ""],
      ["Same inputs again", replay[0], replay[1]],
    ];
  }

  /** @param {PaperReconciliation} found @returns {HTMLElement[]} */
  function report(found) {
    const figures = make("div", "paper-facts");
    for (const [caption, value, tone] of facts(found)) {
      const fact = make("div", "");
      fact.append(make("div", "caption", {}, caption), make("b", tone, {}, value));
      figures.append(fact);
    }
    const canvas = /** @type {HTMLCanvasElement} */ (make("canvas", "paper-reconcile-line", { role: "img", "aria-label": "Equity on paper and in the backtest" }));
    const key = make("div", "paper-reconcile-key");
    key.append(make("span", "line-a", {}, "Paper"), make("span", "line-b", {}, "Backtest"), make("span", "caption", {}, found.replay_words));
    const causes = found.causes.map(([cause, orders, money]) => `${cause}: ${orders} (${words.signed(-money, 2)})`).join(" · ");
    const summary = make("p", "paper-causes", {}, causes || "Every order filled alike.");
    return [figures, key, canvas, summary, ...(found.differences.length ? [table(found.differences)] : [])];
  }

  const FILES = [["Report", "report"], ["Differing fills, CSV", "export"]];

  /** What can be kept of it. @param {string} owner */
  function files(owner) {
    const holder = make("div", "paper-reconcile-files");
    for (const [name, kind] of FILES) {
      const href = `/api/paper/automations/${encodeURIComponent(owner)}/reconcile/${kind}?account=${api.account}`;
      holder.append(make("a", "button", kind === "report" ? { href, target: "_blank" } : { href, download: `reconcile-${owner}.csv` }, name));
    }
    return holder;
  }

  /** @type {PaperCurves | null} */
  let curves = null;

  /** @param {HTMLElement} place @param {string} owner */
  async function fill(place, owner) {
    place.replaceChildren(make("p", "caption", {}, "Replaying the session through the backtester."));
    curves?.stop();
    curves = null;
    try {
      /** @type {PaperReconciliation} */
      const found = await api.ask("GET", `/automations/${encodeURIComponent(owner)}/reconcile`);
      if (found.problem) {
        place.replaceChildren(make("p", "", {}, found.problem), make("p", "caption", {}, found.replay_words));
        return;
      }
      place.replaceChildren(files(owner), ...report(found));
      curves = new PaperCurves(/** @type {HTMLCanvasElement} */ (place.querySelector("canvas")));
      curves.show([
        { times: found.time_ms, values: found.paper, colour: "--line-a" },
        { times: found.time_ms, values: found.backtest, colour: "--line-b" },
      ]);
    } catch (reason) {
      if (!(reason instanceof api.Refused)) throw reason;
      place.replaceChildren(make("p", "down", { role: "alert" }, reason.message));
    }
  }

  /** @param {PaperAutomation[]} automations @param {string} [chosen] id of the one to begin with */
  window.candlecast.paperReconcile = (automations, chosen) => {
    const form = dialogs.opened("reconcile", automations.length ? "Remove this automation" : "", async ({ owner }) => {
      await api.ask("DELETE", `/automations/${encodeURIComponent(owner)}`);
    });
    if (!form) return;
    form.button.className = "button button-down-quiet";
    form.close.textContent = "Close";
    if (!automations.length) {
      form.say("No strategy has traded on this account yet. Start one, and what it did can be compared with its backtest.");
      return;
    }
    const options = automations.map(({ id, name, symbols, interval }) => /** @type {[string, string]} */ ([id, `${name}, ${symbols.join(", ")} ${interval}`]));
    const [choice] = form.add([{ name: "owner", label: "Automation", kind: "choice", wide: true, options, value: chosen ?? automations[0].id }]);
    const place = make("div", "paper-reconciled", { "aria-live": "polite" });
    form.body.append(place);
    choice.input.addEventListener("change", () => void fill(place, choice.input.value));
    form.say("Removing gives its capital and result back to the account and closes what it holds.");
    void fill(place, choice.input.value);
  };
}
