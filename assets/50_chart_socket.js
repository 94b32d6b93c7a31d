"use strict";

/**
 * The tab's one WebSocket. It comes back by itself: exponential backoff with full jitter, so that a restarted server
 * is not met by all of its pages in the same instant.
 */
{
  const counters = window.candlecast;
  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 10_000;
  const SHORTEST_WAIT_MS = 100;
  const REFUSED_WAIT_MS = 5000; // the same subscription would be refused again
  const POLLING_WAIT_MS = 15_000;
  const SILENCE_MS = 6000;
  const OPEN_TIMEOUT_MS = 5000; // a proxy that swallows the upgrade never answers

  class ChartSocket {
    /**
     * @param {{opened: () => void, text: (message: any) => void, binary: (data: ArrayBuffer) => void,
     *   changed: (connection: Connection) => void}} handlers
     */
    constructor(handlers) {
      this.handlers = handlers;
      /** @type {WebSocket | null} */
      this.socket = null;
      this.failures = 0; // since the last connection that brought anything
      this.refusal = "";
      this.polling = false; // pictures come by HTTP meanwhile
      this.lastHeard = performance.now();
      this.silent = false;
      this.retryTimer = 0;
      this.openTimer = 0;
    }

    get isOpen() {
      return this.socket?.readyState === WebSocket.OPEN;
    }

    connect() {
      clearTimeout(this.retryTimer);
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(`${scheme}//${location.host}/ws/charts`);
      socket.binaryType = "arraybuffer";
      this.socket = socket;
      this.openTimer = setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
      const whileOurs = (/** @type {() => void} */ act) => socket === this.socket && act();
      socket.addEventListener("open", () => whileOurs(() => this.onOpen()));
      socket.addEventListener("message", (event) => whileOurs(() => this.onMessage(event.data)));
      socket.addEventListener("close", (event) => whileOurs(() => this.onClose(event.reason)));
    }

    /** The server speaks once a second to a tab in sight: a network that dropped without a word is noticed by that. */
    watch() {
      const before = this.silent;
      this.silent = this.isOpen && !document.hidden && performance.now() - this.lastHeard >= SILENCE_MS;
      if (!this.silent || !before) return; // once may be a busy page that has not read its messages yet
      this.silent = false;
      this.socket?.close(); // may last as long as the network is silent: it is no longer ours
      this.onClose("Nothing comes from the Candlecast server any more.");
    }

    /** The tab is in sight again: the server begins to speak. */
    listen() {
      this.lastHeard = performance.now();
    }

    onOpen() {
      clearTimeout(this.openTimer);
      counters.opens += 1;
      this.polling = false;
      this.refusal = "";
      this.lastHeard = performance.now();
      this.report("socket", 0, "");
      this.handlers.opened();
    }

    /** @param {string | ArrayBuffer} data */
    onMessage(data) {
      this.lastHeard = performance.now();
      if (typeof data !== "string") {
        this.failures = 0;
        this.handlers.binary(data);
        return;
      }
      const message = JSON.parse(data);
      if (message.type === "error") this.refusal = message.reason;
      else this.failures = 0;
      this.handlers.text(message);
    }

    /** @param {string} why */
    onClose(why) {
      clearTimeout(this.openTimer);
      this.socket = null;
      this.failures += 1;
      const reason = this.refusal || why || "The connection to the Candlecast server was lost.";
      this.retryIn(this.wait(), reason);
    }

    /** @param {number} ms @param {string} reason why a retry is needed */
    retryIn(ms, reason) {
      clearTimeout(this.retryTimer);
      this.retryTimer = setTimeout(() => this.connect(), ms);
      this.report(this.polling ? "polling" : "lost", performance.now() + ms, reason);
    }

    /** @returns {number} ms until the next try */
    wait() {
      if (this.refusal) return REFUSED_WAIT_MS;
      if (this.polling) return POLLING_WAIT_MS * (0.5 + Math.random() / 2);
      const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.failures - 1));
      return Math.max(SHORTEST_WAIT_MS, Math.random() * most);
    }

    /**
     * Polling began or stopped bringing pictures. When it begins, the server is up: that is the moment for one more
     * try at the socket; when it stops, the server is gone and waiting is by backoff again.
     * @param {boolean} works
     */
    pollingWorks(works) {
      if (this.socket !== null || this.polling === works) return;
      this.polling = works;
      this.retryIn(works ? SHORTEST_WAIT_MS : this.wait(), works ? "" : "The Candlecast server does not answer.");
    }

    /** @param {Connection["mode"]} mode @param {number} retryAt @param {string} reason */
    report(mode, retryAt, reason) {
      counters.mode = mode;
      this.handlers.changed({ mode, since: this.lastHeard, retryAt, attempt: this.failures, reason });
      document.dispatchEvent(new CustomEvent("candlecast:connection"));
    }

    retryNow() {
      if (this.socket === null) this.connect();
    }

    /** Starts over with a new connection. @param {string} reason at most 123 bytes */
    reopen(reason) {
      this.socket?.close(4000, reason.slice(0, 120));
    }

    /** The page asks for something else than what was refused: that may be tried at once. */
    retryRefused() {
      if (this.refusal) this.retryNow();
    }

    /** @param {object} message */
    send(message) {
      if (this.isOpen) this.socket?.send(JSON.stringify(message));
    }
  }

  window.candlecast.ChartSocket = ChartSocket;
}
