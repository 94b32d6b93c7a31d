"use strict";

/**
 * On a phone the side column is a sheet over the chart's foot: closed, half or full, by its handle or its row of tabs.
 * While it moves nothing is laid out but once: it has the larger of both heights, and is shifted.
 */
{
  const SNAPS = ["closed", "half", "full"];
  const WORDS = { closed: "Closed", half: "Half open", full: "Open" };
  const SLOP = 6; // CSS pixels until a press is a drag
  const FLICK = 0.5; // CSS pixels a millisecond
  const MOVES_MS = 200;
  const SEEN = 96; // CSS pixels below the tabs: three rows of a list

  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const phone = window.matchMedia("(max-width: 767px)");

  class Sheet {
    /** @param {HTMLElement} element @param {string} snap @param {(snap: string) => void} changed */
    constructor(element, snap, changed) {
      this.element = element;
      this.changed = changed;
      this.handle = /** @type {HTMLElement | null} */ (element.querySelector(".sheet-handle"));
      /** @type {{id: number, y: number, heights: number[], from: number, height: number, at: number, speed: number} | null} */
      this.drag = null;
      this.dragged = false;
      /** @type {AbortController | null} ends what is listened to while it is dragged */
      this.hold = null;
      /** @type {Animation | null} */
      this.moving = null;
      this.settle(snap);
      for (const place of element.querySelectorAll(".sheet-handle, .side-tabs")) {
        place.addEventListener("pointerdown", (event) => this.onDown(/** @type {PointerEvent} */ (event)));
      }
      element.addEventListener("focusin", ({ target }) => this.onFocus(target));
      this.handle?.addEventListener("click", () => !this.dragged && this.goOn());
      this.handle?.addEventListener("keydown", (event) => this.onKey(event));
    }

    get snap() {
      return this.element.dataset.snap ?? "half";
    }

    /** Where it rests. @param {string} snap */
    settle(snap) {
      this.element.style.height = "";
      this.element.style.transform = "";
      this.element.dataset.snap = snap;
      if (!this.handle) return;
      this.handle.setAttribute("aria-valuenow", String(SNAPS.indexOf(snap)));
      this.handle.setAttribute("aria-valuetext", WORDS[/** @type {keyof typeof WORDS} */ (snap)]);
    }

    /** CSS pixels of each rest; as the sheet of styles has them. */
    heights() {
      const { snap } = this;
      const { height } = this.element.style; // of a move on its way
      this.element.style.height = "";
      const found = SNAPS.map((each) => {
        this.element.dataset.snap = each;
        return this.element.offsetHeight;
      });
      this.element.dataset.snap = snap;
      this.element.style.height = height;
      return found;
    }

    /** A press on the handle: further open, and from there back to half. */
    goOn() {
      void this.goTo(this.snap === "half" ? "full" : "half");
    }

    /** What was asked for has to be seen: on a low screen the half has room for the tabs alone. */
    show() {
      const [closed, half] = this.heights();
      const least = phone.matches && half - closed < SEEN ? "full" : "half";
      if (SNAPS.indexOf(this.snap) < SNAPS.indexOf(least)) void this.goTo(least);
    }

    /** @param {string} snap @param {number} [from] CSS pixels, else where it rests */
    async goTo(snap, from = this.element.offsetHeight) {
      this.moving?.cancel();
      if (phone.matches && !still.matches) await this.move(from, this.heights()[SNAPS.indexOf(snap)]);
      this.settle(snap);
      this.changed(snap);
    }

    /** @param {number} from @param {number} to CSS pixels */
    async move(from, to) {
      const most = Math.max(from, to);
      this.element.style.height = `${most}px`;
      const frames = [from, to].map((height) => ({ transform: `translateY(${most - height}px)` }));
      this.moving = this.element.animate(frames, { duration: MOVES_MS, easing: "ease-out" });
      await this.moving.finished.catch(() => undefined); // another move took its place
    }

    /** @param {PointerEvent} event */
    onDown({ pointerId: id, clientY: y, timeStamp: at, isPrimary, button }) {
      this.dragged = false;
      if (!phone.matches || !isPrimary || button !== 0) return;
      const height = this.element.offsetHeight;
      this.drag = { id, y, at, heights: this.heights(), from: height, height, speed: 0 };
      this.hold = new AbortController();
      const { signal } = this.hold;
      window.addEventListener("pointermove", (event) => this.onMove(event), { signal }); // a finger is fast
      for (const end of ["pointerup", "pointercancel"]) {
        window.addEventListener(end, (event) => this.onUp(/** @type {PointerEvent} */ (event)), { signal });
      }
    }

    /** @param {PointerEvent} event */
    onMove({ pointerId, clientY, timeStamp }) {
      const { drag } = this;
      if (drag?.id !== pointerId) return;
      if (!this.dragged && Math.abs(clientY - drag.y) < SLOP) return;
      this.dragged = true;
      const [least, , most] = drag.heights;
      const height = Math.min(Math.max(drag.from + drag.y - clientY, least), most);
      drag.speed = (height - drag.height) / Math.max(1, timeStamp - drag.at);
      Object.assign(drag, { height, at: timeStamp });
      this.element.style.height = `${most}px`;
      this.element.style.transform = `translateY(${most - height}px)`;
    }

    /** @param {PointerEvent} event let go: to the nearest rest, or the next one in the direction of a flick */
    onUp({ pointerId, timeStamp }) {
      const { drag } = this;
      if (drag?.id !== pointerId) return;
      this.drag = null;
      this.hold?.abort();
      if (!this.dragged) return;
      const flicked = Math.abs(drag.speed) > FLICK && timeStamp - drag.at < 100;
      const aim = flicked ? drag.height + Math.sign(drag.speed) * (drag.heights[2] - drag.heights[0]) * 0.3 : drag.height;
      const far = drag.heights.map((height) => Math.abs(height - aim));
      this.element.style.transform = "";
      void this.goTo(SNAPS[far.indexOf(Math.min(...far))], drag.height);
    }

    /** @param {KeyboardEvent} event */
    onKey(event) {
      const now = SNAPS.indexOf(this.snap);
      const places = { ArrowUp: now + 1, ArrowDown: now - 1, Home: 0, End: SNAPS.length - 1 };
      const place = places[/** @type {keyof typeof places} */ (event.key)];
      if (event.key === "Enter" || event.key === " ") this.goOn();
      else if (place !== undefined) void this.goTo(SNAPS[Math.min(Math.max(place, 0), SNAPS.length - 1)]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    /** The keyboard came to what a closed sheet hides. @param {EventTarget | null} target */
    onFocus(target) {
      const head = target instanceof Element && target.closest(".sheet-handle, .side-tabs");
      if (!head && phone.matches && !this.drag && this.snap === "closed") this.show();
    }
  }

  window.candlecast.Sheet = Sheet;
  window.candlecast.SNAPS = SNAPS;
}
