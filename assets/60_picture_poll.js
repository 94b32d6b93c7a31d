"use strict";

/**
 * The way without a socket: a whole picture of every chart once a second over HTTP, and the status beside it. Such
 * pictures have the legend and the last-price line drawn in.
 */
{
  const { PictureUrl, beforePaint, decodePicture } = window.candlecast;
  const counters = window.candlecast;
  const EVERY_MS = 1000;

  class PicturePoll {
    /**
     * @param {() => Iterable<ChartPanel>} panels
     * @param {(status: Status) => void} status
     * @param {(works: boolean) => void} changed
     * @param {(panel: ChartPanel, why: string) => void} refuse
     */
    constructor(panels, status, changed, refuse) {
      this.panels = panels;
      this.status = status;
      this.changed = changed;
      this.refuse = refuse;
      this.timer = 0;
      this.busy = false;
      this.allowed = false;
    }

    /** Tries once; goes on once a second for as long as it works. */
    start() {
      this.allowed = true;
      if (!this.busy && !this.timer) void this.tick();
    }

    stop() {
      this.allowed = false;
      clearTimeout(this.timer);
      this.timer = 0;
    }

    async tick() {
      this.timer = 0;
      this.busy = true;
      const works = document.hidden || (await this.poll());
      this.busy = false;
      if (!this.allowed) return;
      this.changed(works);
      if (works) this.timer = setTimeout(() => void this.tick(), EVERY_MS);
    }

    /** @returns {Promise<boolean>} whether the server answered */
    async poll() {
      try {
        const response = await fetch("/api/status", { cache: "no-store" });
        if (!response.ok || response.redirected) return this.refused(response);
        this.status(await response.json());
        await Promise.all([...this.panels()].map((panel) => this.fetchPicture(panel)));
        return true;
      } catch (reason) {
        if (reason instanceof TypeError || reason instanceof SyntaxError) return false; // no network, or not our server
        throw reason;
      }
    }

    /** @param {Response} response @returns {boolean} */
    refused(response) {
      if (response.status === 401 || response.redirected) {
        document.dispatchEvent(new CustomEvent("candlecast:signed-out"));
      }
      return false;
    }

    /** @param {ChartPanel} panel */
    async fetchPicture(panel) {
      const query = panel.pictureQuery();
      if (!query) return;
      const response = await fetch(`/api/chart.webp?${query}`, { cache: "no-store" });
      if (!response.ok) {
        const { error } = await response.json();
        if (this.allowed) this.refuse(panel, error); // otherwise a socket tells of this chart by now
        return;
      }
      await this.show(panel, await response.blob());
    }

    /** @param {ChartPanel} panel @param {Blob} blob */
    async show(panel, blob) {
      const url = new PictureUrl(blob);
      const image = await decodePicture(url.text);
      beforePaint(() => {
        if (this.allowed && image.complete) {
          panel.showPolled(url);
          counters.polls += 1;
          counters.lastFrameAt = performance.now();
        }
        url.release();
      });
    }
  }

  window.candlecast.PicturePoll = PicturePoll;
}
