"use strict";

/** The dialog of the risk limits: those of the account, and a row for each symbol that has limits of its own. */
{
  const { make, PaperField, paperApi: api, paperDialogs: dialogs, paperWords: say } = window.candlecast;
  const MONEY = [
    { name: "max_daily_loss", label: "Daily loss" },
    { name: "max_exposure", label: "Exposure" },
    { name: "max_position_value", label: "Position, each symbol" },
    { name: "max_order_value", label: "One order" },
  ];
  const SHARES = [
    { name: "max_drawdown", label: "Drawdown from peak" },
    { name: "price_collar", label: "Price off the market" },
  ];
  const COUNTS = [
    { name: "orders_per_minute", label: "Orders per minute", unit: "", low: 1, whole: true },
    { name: "rejects_in_a_row", label: "Refusals in a row", unit: "", low: 1, whole: true },
    { name: "stale_after_s", label: "Age of the feed", unit: "s", low: 0.1 },
  ];

  const OPTIONAL = { optional: true, low: 0.01 };

  /** Rows of symbols with their own limits; a row whose limits are empty sets none. */
  class SymbolLimits {
    /** @param {PaperForm} form @param {string} currency @param {string} chart the symbol to begin a row with */
    constructor(form, currency, chart) {
      this.form = form;
      this.currency = currency;
      this.chart = chart;
      /** @type {string[]} */
      this.known = [chart];
      /** @type {PaperField[][]} symbol, position, order */
      this.rows = [];
      this.root = make("fieldset", "paper-symbols");
      this.button = make("button", "button button-small", { type: "button" }, "Add a symbol");
      this.button.addEventListener("click", () => this.add(this.free(), null, null)[1].input.focus());
      this.root.append(make("legend", "", {}, "Symbols with limits of their own"), this.button);
      form.body.append(this.root);
    }

    /** The chart's symbol first, then any that has no row yet. */
    free() {
      const taken = this.rows.map(([symbol]) => symbol.value);
      return [this.chart, ...this.known].find((each) => !taken.includes(each)) ?? this.chart;
    }

    /** @param {string} symbol @param {number | null} position @param {number | null} order */
    add(symbol, position, order) {
      const row = make("div", "paper-symbol-row");
      this.root.insertBefore(row, this.button);
      const names = [...new Set([symbol, ...this.known])];
      const fields = this.form.add(
        [
          { name: "symbol", label: "Symbol", kind: "choice", value: symbol, options: names.map((each) => [each, each]), check: () => this.twice(fields) },
          { name: "position", label: "Position", ...OPTIONAL, unit: this.currency, value: position },
          { name: "order", label: "One order", optional: true, low: 1e-8, unit: say.currencies(symbol)[0], value: order },
        ],
        row,
      );
      const remove = make("button", "icon-button", { type: "button", title: "Remove", "aria-label": "Remove the limits of this symbol" });
      remove.append(make("span", "icon icon-close", { "aria-hidden": "true" }));
      remove.addEventListener("click", () => this.remove(fields, row));
      row.append(remove);
      const [choice, , size] = fields;
      choice.input.addEventListener("change", () => size.unit(say.currencies(choice.input.value)[0]));
      this.rows.push(fields);
      return fields;
    }

    /** @param {PaperField[]} fields @param {HTMLElement} row */
    remove(fields, row) {
      this.rows = this.rows.filter((each) => each !== fields);
      this.form.remove(fields);
      row.remove();
      this.button.focus();
    }

    /** @param {PaperField[]} fields */
    twice([symbol]) {
      const first = this.rows.find(([other]) => other.value === symbol.value);
      return first && first[0] !== symbol ? `${symbol.value} has a row above.` : "";
    }

    /** What they come to, by symbol. @param {1 | 2} place position or order @returns {Record<string, number>} */
    values(place) {
      const set = this.rows.filter((row) => row[place].value !== null);
      return Object.fromEntries(set.map((row) => [row[0].value, row[place].value]));
    }

    /** Every symbol can be chosen. @param {string[]} symbols */
    know(symbols) {
      this.known = symbols;
      for (const [{ input }] of this.rows) {
        const has = [...input.querySelectorAll("option")].map((each) => each.value);
        input.append(...symbols.filter((each) => !has.includes(each)).map((each) => make("option", "", { value: each }, each)));
      }
    }
  }

  /** @param {any} head @param {string} symbol of the chart */
  async function limits(head, symbol) {
    const { limits: now, currency } = head;
    /** @type {SymbolLimits} */
    let own;
    const form = dialogs.opened("limits", "Save limits", (values) => {
      const { symbol: _, position, order, ...rest } = values;
      for (const { name } of SHARES) rest[name] = rest[name] === null ? null : rest[name] / 100;
      return api.ask("PUT", "/limits", { ...rest, max_position_values: own.values(1), max_order_size: own.values(2) });
    });
    if (!form) return;
    form.add([
      ...MONEY.map((field) => ({ ...field, ...OPTIONAL, unit: currency, value: now[field.name] })),
      ...SHARES.map((field) => ({ ...field, ...OPTIONAL, high: 100, unit: "%", value: now[field.name] && Number((100 * now[field.name]).toFixed(6)) })),
      ...COUNTS.map((field) => ({ ...field, optional: true, value: now[field.name] })),
      { name: "refuse_crossed", label: "Refuse orders while bid is above ask", kind: "tick", value: now.refuse_crossed },
      { name: "flatten_when_tripped", label: "Close all positions when a limit stops trading", kind: "tick", value: now.flatten_when_tripped },
    ]);
    own = new SymbolLimits(form, currency, symbol);
    for (const each of new Set([...Object.keys(now.max_position_values), ...Object.keys(now.max_order_size)])) {
      own.add(each, now.max_position_values[each] ?? null, now.max_order_size[each] ?? null);
    }
    form.say("Empty fields set no limit.");
    own.know((await (await fetch("/api/symbols")).json()).map((/** @type {{symbol: string}} */ each) => each.symbol));
  }

  dialogs.limits = limits;
}
