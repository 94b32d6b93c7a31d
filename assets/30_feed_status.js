"use strict";

/**
 * The feed pill, the strip, the status bar and the clock: filled from the server's status messages, once a second.
 *
 * @typedef {{label: string, mode: string, venue: string, detail: string, age_ms: number | null,
 *   retry_in_s: number | null, tier: string, renderer: string, renderer_reasons: string[], draw_ms: number | null,
 *   frames_per_s: number, tick_to_ack_p95_ms: number | null, gaps: number, repair: string,
 *   repaired_ms: number, recorded_ms: number | null, pace: string}} Status   `repair`: what was missing and came later, at
 *   `repaired_ms`; `recorded_ms`: the time that a replay has come to
 * @typedef {{mode: "connecting" | "socket" | "lost" | "polling", since: number, retryAt: number, attempt: number,
 *   reason: string}} Connection   `since` and `retryAt` are times of performance.now()
 */
{
  const { words } = window.candlecast;
  const RENDERERS = { cpu: "CPU", cuda: "CUDA", opengl: "OpenGL", plotly: "Plotly", reference: "Reference" };
  const OWN_SERVER = "Candlecast server";

  const narrow = window.matchMedia("(max-width: 767px)"); // state and age, no venue: see viewports.css

  /** @param {string} name @returns {HTMLElement | null} */
  const item = (name) => document.querySelector(`[data-status="${name}"]`);

  /** @param {number | null | undefined} ms */
  const milliseconds = (ms) => (ms === null || ms === undefined ? words.NONE : words.age(ms));

  /** When it was, in UTC; a phone has no room for the day. @param {number | null} ms */
  function recorded(ms) {
    if (ms === null || ms === undefined) return "";
    const [day, month, , time] = words.clock(new Date(ms)).split(" ");
    return `${narrow.matches ? "" : `${day} ${month} `}${time.slice(0, 5)}`;
  }

  /** @param {Status} status @returns {string} the pill's second half */
  function source(status) {
    const age = milliseconds(status.age_ms);
    const retry = status.retry_in_s === null ? status.venue : `retry in ${Math.ceil(status.retry_in_s)} s`;
    /** @type {Record<string, string>} */
    const texts = {
      LIVE: narrow.matches ? age : `${status.venue} · ${age}`,
      SIMULATED: status.detail.match(/seed \d+/)?.[0] ?? status.venue,
      REPLAY: recorded(status.recorded_ms) || status.detail || status.venue,
      CONNECTING: status.venue,
      SLOW: `${age} old`,
      LOST: retry,
      ENDED: status.detail.match(/[\d,]+ trades/)?.[0] ?? status.detail,
    };
    return texts[status.label] ?? status.detail;
  }

  class FeedStatus {
    constructor() {
      /** @type {Status | null} */
      this.status = null;
      this.statusAt = 0;
      /** @type {Connection} */
      this.connection = { mode: "connecting", since: performance.now(), retryAt: 0, attempt: 0, reason: "" };
    }

    /** @param {Status} status */
    update(status) {
      this.status = status;
      this.statusAt = performance.now();
    }

    /** Age of the newest market event, as far as this page knows. @returns {number} ms */
    get age() {
      const since = performance.now() - (this.status ? this.statusAt : this.connection.since);
      return (this.status?.age_ms ?? 0) + since;
    }

    /** @returns {Lost | null} why the charts are old, or null while they are not */
    lost() {
      if (this.connection.mode === "lost") {
        const { attempt } = this.connection;
        const wait = Math.max(0, Math.ceil((this.connection.retryAt - performance.now()) / 1000));
        return this.lostSince(OWN_SERVER, `Retry ${attempt} ${wait > 0 ? `in ${wait} s` : "now"}`);
      }
      if (this.status?.label !== "LOST") return null;
      const wait = this.status.retry_in_s;
      return this.lostSince(this.status.venue, wait === null ? "" : `Retry in ${Math.ceil(wait)} s`);
    }

    /** @param {string} who @param {string} retry @returns {Lost} */
    lostSince(who, retry) {
      if (this.status && this.status.age_ms === null) return { source: `${who}, no data yet`, retry, tag: "STALE" };
      const age = words.age(this.age);
      return { source: `${who}, ${age} ago`, retry, tag: `STALE ${age}` };
    }

    /** Writes everything; costs nothing where nothing changed. */
    draw() {
      this.drawPill();
      this.drawBar();
      words.write(item("clock"), words.clock(new Date()));
    }

    drawPill() {
      const pill = item("pill");
      if (!pill) return;
      const { mode, retryAt } = this.connection;
      let label = this.status?.label;
      let text = this.status ? source(this.status) : "";
      if (mode === "lost") {
        const wait = Math.ceil((retryAt - performance.now()) / 1000);
        label = "LOST";
        text = wait > 0 ? `retry in ${wait} s` : "retrying";
      }
      if (!label) return; // the page came with the server's first word
      pill.dataset.state = label.toLowerCase();
      pill.title = mode === "lost" ? this.connection.reason : (this.status?.detail ?? "");
      words.write(pill.querySelector('[data-status="label"]'), label);
      words.write(pill.querySelector('[data-status="pace"]'), label === "REPLAY" ? (this.status?.pace ?? "") : "");
      words.write(pill.querySelector('[data-status="source"]'), text);
      this.drawStrip();
    }

    drawStrip() {
      const strip = item("strip");
      if (!strip || !this.status) return;
      const { mode } = this.status;
      strip.hidden = mode !== "simulated" && mode !== "replay";
      if (!strip.hidden) strip.dataset.state = mode;
    }

    /** How many charts share one crosshair. @param {number} charts */
    drawCharts(charts) {
      const place = item("charts");
      if (!place) return;
      place.hidden = charts < 2;
      words.write(place.firstElementChild, `${charts} charts`);
    }

    drawBar() {
      const { status } = this;
      if (!status) return;
      const name = RENDERERS[/** @type {keyof typeof RENDERERS} */ (status.renderer)] ?? status.renderer;
      const renderer = item("renderer");
      const stalled = this.connection.mode === "lost";
      words.write(renderer, status.draw_ms === null ? name : `${name} · ${status.draw_ms.toFixed(2)} ms`);
      if (renderer) renderer.title = status.renderer_reasons.join(" ");
      words.write(item("frames"), this.frames(status));
      words.write(item("age"), stalled ? words.age(this.age) : milliseconds(status.age_ms));
      words.write(item("latency"), stalled ? words.NONE : milliseconds(status.tick_to_ack_p95_ms));
      words.write(item("gaps"), String(status.gaps));
    }

    /** @param {Status} status */
    frames(status) {
      if (this.connection.mode === "polling") return "1 / s, polling";
      if (this.connection.mode === "lost") return "0 / s";
      return `${Math.round(status.frames_per_s)} / s`;
    }
  }

  window.candlecast.FeedStatus = FeedStatus;
}
