"use strict";

/**
 * All lines over the paper page's chart: the symbol's positions and live orders, and the prices on the ticket. They are
 * page elements over the picture, as the last-price line: a moved line needs no frame, and profit and loss follow the
 * chart's own last price.
 */
{
  const { words, make, scales, AxisCovers, PaperLine, paperWords: say, paperApi: api, paperType } = window.candlecast;
  const APART = { wide: 23, phone: 32 }; // CSS pixels between two tags
  const phone = window.matchMedia("(max-width: 767px)");
  const LABEL = 19; // and between two labels on the axis
  const LAST = { above: 19, below: 33 }; // the last price's box from its row on; it wins
  const TONES = { "take profit": "up", "stop loss": "down" };

  class PaperLines {
    /** @param {HTMLElement} chart @param {PaperTicket} ticket */
    constructor(chart, ticket) {
      this.chart = chart;
      this.ticket = ticket;
      /** @type {PaperOrder[]} */
      this.orders = [];
      /** @type {PaperPosition[]} */
      this.positions = [];
      /** @type {Map<string, PaperLine>} */
      this.lines = new Map();
      this.root = make("div", "paper-lines");
      this.rules = make("div", "");
      this.root.append(this.rules);
      this.covers = new AxisCovers(this.rules);
      chart.append(this.root);
      this.ending = new AbortController();
      chart.addEventListener("candlecast:followed", () => this.draw(), { signal: this.ending.signal });
    }

    get panel() {
      return window.candlecast.panelOf(this.chart);
    }

    /** Lines that this chart has. @param {string} symbol @param {number | null} last */
    values(symbol, last) {
      const own = this.positions.filter((each) => each.symbol === symbol).map((each) => positionLine(each, last));
      const live = this.orders.filter((each) => each.symbol === symbol && say.isLive(each) && say.orderPrice(each) !== null);
      const orders = live.map((each) => orderLine(each, this.positions));
      return [...own, ...orders, ...this.drafts(symbol)];
    }

    /** Prices typed on the ticket. @param {string} symbol @returns {LineValue[]} */
    drafts(symbol) {
      const { quote, touched, values } = this.ticket;
      if (quote?.symbol !== symbol || !touched) return [];
      const used = { limit: ["limit"], stop: ["stop"], stop_limit: ["stop", "limit"] }[values.kind] ?? [];
      const names = { limit: "Price", stop: "Trigger", target: "Take profit", loss: "Stop loss" };
      return [...used, "target", "loss"].flatMap((name) => {
        const price = values[/** @type {"limit"} */ (name)];
        if (!price || !(price > 0)) return [];
        const words = names[/** @type {"limit"} */ (name)];
        const none = { text: "not placed", tone: "" };
        return [{ key: `draft ${name}`, kind: "draft", tone: "draft", price, name: words, size: "", result: none, grip: `Move ${words.toLowerCase()}`, close: "" }];
      });
    }

    /** Draws what is known now. */
    draw() {
      const { panel } = this;
      const meta = panel?.meta;
      if (!panel || !meta) {
        this.root.hidden = true;
        return;
      }
      this.root.hidden = false;
      const values = this.values(meta.symbol, meta.c);
      const kept = new Set(values.map(({ key }) => key));
      for (const [key, line] of this.lines) {
        if (kept.has(key) || line.at !== null) continue;
        line.remove();
        this.lines.delete(key);
      }
      for (const value of values) {
        const line = this.lines.get(value.key);
        if (line) line.show(value);
        else this.add(value);
      }
      this.place();
    }

    /** @param {LineValue} value */
    add(value) {
      const line = new PaperLine(value, {
        moved: (price) => this.moved(line, price),
        dropped: (price) => void this.dropped(line, price),
        closed: () => this.closed(line),
        round: (price) => Number((Math.round(price / this.tick) * this.tick).toFixed(8)),
        tick: () => this.tick,
        priceAt: (y) => this.priceAt(y),
      });
      this.lines.set(value.key, line);
      this.rules.append(line.rule);
      this.root.append(line.root);
    }

    get tick() {
      const { symbol = "", decimals = 2 } = this.panel?.meta ?? {};
      return say.tick(symbol, decimals);
    }

    /** @param {number} clientY @returns {number} */
    priceAt(clientY) {
      const { panel } = this;
      if (!panel?.meta) return Number.NaN;
      const { c, d } = panel.motion();
      const y = (clientY - this.chart.getBoundingClientRect().top) * panel.ratio;
      return scales.priceAxis(panel.meta).valueAt((y - d) / c);
    }

    /** Puts every line where its price is in the picture as it is moved now. */
    place() {
      const { panel } = this;
      const meta = panel?.meta;
      if (!panel || !meta) return;
      const { c, d } = panel.motion();
      const axis = scales.priceAxis(meta);
      const [, top, right, bottom] = meta.plot;
      const style = `${right / panel.ratio}px`;
      if (this.root.style.getPropertyValue("--plot") !== style) this.root.style.setProperty("--plot", style);
      const placed = [...this.lines.values()].map((line) => ({ line, y: c * axis.rowOf(line.price) + d }));
      const shown = placed.filter(({ line, y }) => {
        const seen = y >= top && y < bottom;
        line.hide(!seen);
        return seen;
      });
      shown.sort((one, other) => one.y - other.y);
      const last = window.candlecast.lastRow(meta, { c, d });
      const apart = phone.matches ? APART.phone : APART.wide;
      const rows = shown.map(({ y }) => y / panel.ratio);
      const tags = spread(rows, apart, top / panel.ratio + apart / 2, bottom / panel.ratio - apart / 2);
      const newest = last === null ? null : last / panel.ratio;
      /** @type {number[]} */
      const labels = [];
      shown.forEach(({ line }, place) => {
        const css = rows[place];
        const label = besideLast(Math.max(css, (labels.at(-1) ?? -Infinity) + LABEL), newest);
        labels.push(label);
        line.place(css, tags[place] - css, label - css, words.number(line.price, meta.decimals));
      });
      const ticks = (meta.ticks ?? []).map((row) => (c * row + d) / panel.ratio);
      this.covers.show(ticks, labels, newest);
    }

    /** While it is dragged. @param {PaperLine} line @param {number} price */
    moved(line, price) {
      const { key } = line.value;
      const order = this.orders.find((each) => `order ${each.id}` === key);
      if (key.startsWith("draft ")) this.ticket.setPrice(key.slice(6), price);
      else if (order) line.show(orderLine(order, this.positions, line.at ?? undefined));
      this.place();
    }

    /** @param {PaperLine} line @param {number} price */
    async dropped(line, price) {
      const order = this.orders.find((each) => `order ${each.id}` === line.value.key);
      if (!order) return line.settle();
      line.sending = true;
      await api.tried(api.ask("PATCH", `/orders/${order.id}`, { [say.movedPrice(order)]: price }), "Change");
      line.value.price = say.orderPrice(this.orders.find((each) => each.id === order.id) ?? order) ?? line.value.price;
      setTimeout(() => line.settle(), 300); // the account's next text has the new price, or still the old one
    }

    /** @param {PaperLine} line */
    closed(line) {
      const { key } = line.value;
      const order = this.orders.find((each) => `order ${each.id}` === key);
      const position = this.positions.find((each) => `position ${each.owner} ${each.symbol}` === key);
      if (order) void window.candlecast.paperActs.cancel(order.id);
      else if (position) void window.candlecast.paperActs.close(position);
      else paperType(this.ticket.input(key.slice(6)), "");
    }

    stop() {
      this.ending.abort();
      this.root.remove();
    }
  }

  /** @param {PaperPosition} position @param {number | null} last @returns {LineValue} */
  function positionLine(position, last) {
    const up = position.side === "long" ? 1 : -1;
    const gain = last === null ? position.unrealised : up * (last - position.entry) * position.size;
    const share = last === null ? position.return_percent : (100 * up * (last - position.entry)) / position.entry;
    const { text, tone } = say.result(gain);
    return {
      key: `position ${position.owner} ${position.symbol}`,
      kind: "position",
      tone: "position",
      price: position.entry,
      name: `${up > 0 ? "Long" : "Short"} ${say.size(position.size)}`,
      size: position.owner === "manual" ? "" : position.opened_by,
      result: { text: `${text} (${say.share(share).text})`, tone },
      grip: "",
      close: `Close ${position.symbol} at market`,
    };
  }

  /** @param {PaperOrder} order @param {PaperPosition[]} positions @param {number} [dragged] @returns {LineValue} */
  function orderLine(order, positions, dragged) {
    const price = dragged ?? say.orderPrice(order) ?? 0;
    return {
      key: `order ${order.id}`,
      kind: "order",
      tone: TONES[/** @type {"stop loss"} */ (order.role)] ?? (order.side === "buy" ? "buy" : "sell"),
      price: say.orderPrice(order) ?? 0,
      name: say.orderName(order),
      size: say.size(order.size - order.filled),
      result: outcome(order, price, positions),
      grip: `Move ${say.orderName(order).toLowerCase()} ${order.id}`,
      close: `Cancel order ${order.id}`,
    };
  }

  /** What an order that closes would bring; else how much waits before it. @param {PaperOrder} order @param {number} price @param {PaperPosition[]} positions */
  function outcome(order, price, positions) {
    const held = positions.find((each) => each.symbol === order.symbol && each.owner === order.owner);
    const closes = held && (held.side === "long") === (order.side === "sell");
    if (closes) return say.result((held.side === "long" ? 1 : -1) * (price - held.entry) * Math.min(order.size - order.filled, held.size));
    if (order.queue_ahead === null) return { text: order.state, tone: "" };
    return { text: `queue ${words.volume(order.queue_ahead) || "0"} ${say.currencies(order.symbol)[0]}`, tone: "" };
  }

  /** Rows as near to theirs as they can be without touching each other or the edges. @param {number[]} rows rising @param {number} apart @param {number} top @param {number} bottom */
  function spread(rows, apart, top, bottom) {
    let above = top - apart;
    const places = rows.map((row) => (above = Math.max(row, above + apart)));
    let below = bottom + apart;
    for (let place = places.length - 1; place >= 0; place -= 1) below = places[place] = Math.min(places[place], below - apart);
    return places;
  }

  /** Where a label does not cover the last price. @param {number} y @param {number | null} last */
  function besideLast(y, last) {
    if (last === null || y <= last - LAST.above || y >= last + LAST.below) return y;
    return y <= last ? last - LAST.above : last + LAST.below;
  }

  window.candlecast.PaperLines = PaperLines;
}
