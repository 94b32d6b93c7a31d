"use strict";

/**
 * Binds the page's charts to the server: finds panels as pages come and go, subscribes them in device pixels, and
 * passes on what the socket brings. Scripts run before the layout exists, hence observers for everything.
 */
{
  const { ChartPanel, ChartSocket, Crosshairs, FeedStatus, FrameStage, Gestures, PicturePoll, ViewSender, painter } =
    window.candlecast;
  const RESIZE_SETTLES_MS = 80;
  const TRIES_BEFORE_POLLING = 3;
  const REPAIR_AFTER_MS = 1000;

  class ChartClient {
    constructor() {
      /** @type {Map<HTMLElement, ChartPanel>} */
      this.panels = new Map();
      /** @type {Map<number, ChartPanel>} */
      this.byNumber = new Map();
      /** @type {Map<ChartPanel, Gestures>} */
      this.gestures = new Map();
      this.lastNumber = 0;
      this.crosshairs = new Crosshairs(() => this.panels.values());
      this.views = new ViewSender((message) => this.socket.send(message));
      this.status = new FeedStatus();
      this.socket = new ChartSocket({
        opened: () => this.onOpened(),
        text: (message) => this.onText(message),
        binary: (data) => this.onBinary(data),
        changed: (connection) => this.onConnection(connection),
      });
      this.stage = new FrameStage(
        (chart) => this.byNumber.get(chart),
        (sequence) => this.acknowledge(sequence),
        (chart) => this.repair(chart),
      );
      this.poll = new PicturePoll(
        () => this.panels.values(),
        (status) => this.onStatus(status),
        (works) => this.socket.pollingWorks(works),
        (panel, why) => this.showError(panel, why),
      );
    }

    start() {
      this.sizes = new ResizeObserver((entries) => entries.forEach((entry) => this.onResize(entry)));
      this.places = new IntersectionObserver((entries) => entries.forEach((entry) => this.onPlace(entry)), {
        rootMargin: "64px",
      });
      new MutationObserver((records) => this.onMutations(records)).observe(document.documentElement, {
        subtree: true,
        childList: true,
        attributeFilter: ["data-theme", "data-symbol", "data-interval", "data-bars", "data-elements"],
      });
      document.addEventListener("visibilitychange", () => this.sendVisibility());
      document.addEventListener("click", (event) => this.onClick(event), { capture: true });
      this.watchPixelRatio();
      painter.moved = ({ surface, turn }) => {
        for (const { painted } of this.panels.values()) if (painted.surface === surface) painted.answered = turn;
      };
      painter.failed = (reason) => this.socket.reopen(reason);
      painter.start();
      this.scan();
      this.socket.connect();
      this.everySecond();
    }

    everySecond() {
      this.socket.watch();
      this.drawStatus();
      setTimeout(() => this.everySecond(), 1005 - (Date.now() % 1000));
    }

    drawStatus() {
      this.status.draw();
      const lost = this.status.lost();
      for (const panel of this.panels.values()) {
        panel.setLost(lost);
        if (lost) panel.progress.hide();
      }
      this.status.drawCharts(this.crosshairs.enabled ? this.panels.size : 0);
    }

    // --- panels -------------------------------------------------------------------------------------------------

    /** @param {MutationRecord[]} records */
    onMutations(records) {
      if (records.some((record) => record.type === "childList")) this.scan();
      if (records.some((record) => record.type === "attributes")) {
        for (const panel of this.panels.values()) this.refresh(panel);
      }
    }

    scan() {
      for (const [element, panel] of this.panels) {
        if (!element.isConnected || !panel.keyframe.image.isConnected) this.remove(element, panel);
      }
      for (const element of document.querySelectorAll(".chart[data-symbol]")) {
        if (element instanceof HTMLElement && !this.panels.has(element)) this.add(element);
      }
    }

    /** @param {HTMLElement} element */
    add(element) {
      if (!element.querySelector("img.chart-keyframe")) return; // its children are still to come
      this.lastNumber = (this.lastNumber % 65_535) + 1;
      const panel = new ChartPanel(element, this.lastNumber);
      this.panels.set(element, panel);
      this.byNumber.set(panel.chart, panel);
      this.gestures.set(panel, new Gestures(panel, (moved) => this.views.changed(moved), this.crosshairs));
      panel.changed = () => this.views.changed(panel);
      panel.overlay.now.addEventListener("click", () => this.goToNow(panel));
      panel.setLost(this.status.lost());
      this.places?.observe(element);
      try {
        this.sizes?.observe(element, { box: "device-pixel-content-box" });
      } catch (reason) {
        if (!(reason instanceof TypeError)) throw reason;
        this.sizes?.observe(element); // a browser without that box: CSS size times pixel ratio is near enough
      }
    }

    /** @param {HTMLElement} element @param {ChartPanel} panel */
    remove(element, panel) {
      this.sizes?.unobserve(element);
      this.places?.unobserve(element);
      this.panels.delete(element);
      this.byNumber.delete(panel.chart);
      this.gestures.get(panel)?.stop();
      this.gestures.delete(panel);
      this.views.forget(panel);
      if (panel.subscribed) this.socket.send({ type: "unsubscribe", chart: panel.chart });
      panel.forget();
    }

    /** @param {ChartPanel} panel */
    goToNow(panel) {
      panel.view.place = null;
      panel.element.focus({ preventScroll: true });
      this.views.changed(panel);
    }

    /** Tells the server what the panel wants, where that differs from what the server knows. @param {ChartPanel} panel */
    refresh(panel) {
      clearTimeout(panel.settling);
      if (this.status.connection.mode === "lost") this.socket.retryRefused();
      if (!this.socket.isOpen) return;
      const wants = panel.wants();
      if (wants) panel.announce(wants.symbol, wants.interval);
      const text = wants ? JSON.stringify(wants) : "";
      if (text === panel.subscribed) return;
      panel.subscribed = text;
      this.socket.send(wants ?? { type: "unsubscribe", chart: panel.chart });
    }

    /** @param {ResizeObserverEntry} entry */
    onResize(entry) {
      const panel = this.panels.get(/** @type {HTMLElement} */ (entry.target));
      if (!panel) return;
      panel.measure(entry);
      clearTimeout(panel.settling);
      if (panel.subscribed) panel.settling = setTimeout(() => this.refresh(panel), RESIZE_SETTLES_MS);
      else this.refresh(panel);
    }

    /** @param {IntersectionObserverEntry} entry */
    onPlace(entry) {
      const panel = this.panels.get(/** @type {HTMLElement} */ (entry.target));
      if (!panel || panel.onScreen === entry.isIntersecting) return;
      panel.onScreen = entry.isIntersecting;
      this.refresh(panel);
    }

    watchPixelRatio() {
      const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
      const changed = () => {
        for (const panel of this.panels.values()) this.refresh(panel);
        this.watchPixelRatio();
      };
      query.addEventListener("change", changed, { once: true });
    }

    /** A picture did not decode: only a keyframe helps. @param {number} chart */
    repair(chart) {
      const panel = this.byNumber.get(chart);
      if (!panel) return;
      panel.subscribed = "";
      clearTimeout(panel.settling);
      panel.settling = setTimeout(() => this.refresh(panel), REPAIR_AFTER_MS);
    }

    // --- socket -------------------------------------------------------------------------------------------------

    onOpened() {
      this.poll.stop();
      this.stage.reset();
      if (document.hidden) this.sendVisibility();
      for (const panel of this.panels.values()) {
        panel.subscribed = "";
        panel.reopened = true;
        this.refresh(panel);
      }
      document.dispatchEvent(new CustomEvent("candlecast:opened-socket"));
    }

    /** @param {ArrayBuffer} data */
    onBinary(data) {
      try {
        this.stage.receive(data);
      } catch (reason) {
        if (!(reason instanceof RangeError || reason instanceof SyntaxError)) throw reason;
        window.candlecast.errors += 1;
        this.socket.reopen(reason.message); // it cannot be acknowledged, so the server would wait for ever
      }
    }

    /** @param {Connection} connection */
    onConnection(connection) {
      this.status.connection = connection;
      if (connection.mode === "socket") window.candlecast.notices.signedIn();
      if (connection.mode === "lost" && connection.attempt >= TRIES_BEFORE_POLLING) this.poll.start();
      this.drawStatus();
    }

    /** @param {any} message */
    onText(message) {
      if (message.type === "status") this.onStatus(message);
      else if (message.type === "state") this.onState(message);
      else if (message.type === "loading") this.byNumber.get(message.chart)?.progress.show(message.loaded, message.expected);
      else if (message.type === "tier") window.candlecast.notices.tier(message.tier);
      else if (message.type === "error") this.onRefused(message.reason);
      else document.dispatchEvent(new CustomEvent("candlecast:message", { detail: message }));
    }

    /** @param {Status} status */
    onStatus(status) {
      window.candlecast.notices.tell(status);
      this.status.update(status);
      this.drawStatus();
    }

    /** @param {{chart: number, state: string, detail: string}} message */
    onState({ chart, state, detail }) {
      const panel = this.byNumber.get(chart);
      if (!panel) return;
      if (state === "empty" && !panel.view.following) {
        panel.view.reset(); // what was looked at is no longer held
        this.refresh(panel);
      } else if (state === "empty") panel.showState("empty", "No candles yet", detail);
      else if (state === "error") this.showError(panel, detail);
      else panel.hideState();
    }

    /** @param {ChartPanel} panel @param {string} detail */
    showError(panel, detail) {
      const { symbol, interval } = panel.element.dataset;
      const gone = detail.startsWith("symbol was"); // a page may outlive a symbol of its server
      if (gone) panel.blank(symbol ?? "", interval ?? "");
      panel.showState("error", gone ? `${symbol} is not followed here` : "This chart cannot be drawn", detail);
    }

    /** The server closes the socket after this. @param {string} reason */
    onRefused(reason) {
      for (const panel of this.panels.values()) {
        const { symbol, interval } = panel.element.dataset;
        const shown = panel.meta?.symbol === symbol && panel.meta?.interval === interval;
        if (!shown) panel.showState("error", "The server refused this chart", reason);
      }
    }

    /** @param {number} sequence */
    acknowledge(sequence) {
      if (!this.socket.isOpen) return;
      window.candlecast.acks += 1;
      this.socket.send({ type: "ack", sequence });
    }

    sendVisibility() {
      this.socket.listen();
      this.socket.send({ type: "visibility", visible: !document.hidden });
    }

    /** "Retry now" means our own server while that is what is lost. @param {MouseEvent} event */
    onClick(event) {
      const button = event.target instanceof Element && event.target.closest("#retry-feed");
      if (!button || this.status.connection.mode !== "lost") return;
      event.stopPropagation();
      this.socket.retryNow();
    }
  }

  const client = new ChartClient();
  window.candlecast.crosshairs = client.crosshairs;
  window.candlecast.send = (/** @type {object} */ message) => {
    if (client.socket.isOpen) client.socket.send(message);
    return client.socket.isOpen;
  };
  window.candlecast.panelOf = (/** @type {HTMLElement} */ chart) => client.panels.get(chart);
  client.start();
}
