"use strict";

/**
 * Menus that open below their button: `data-opens` of a button names the menu. Escape or a press elsewhere closes it,
 * arrow keys move in it. A tool (`.picker`) stays open beside the chart until it is closed.
 */
{
  const GAP = 4; // CSS pixels between button and menu
  const EDGE = 8;
  const ENTRIES = "button:not([disabled]), select, input";

  /** @type {{popup: HTMLElement, opener: HTMLElement} | null} the one menu that is open */
  let open = null;

  /** @param {HTMLElement} popup */
  const isMenu = (popup) => popup.classList.contains("popup");

  /** @param {HTMLElement} popup @param {HTMLElement} opener */
  function place(popup, opener) {
    const below = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = popup;
    const left = Math.max(EDGE, Math.min(below.left, innerWidth - width - EDGE));
    const room = innerHeight - below.bottom - GAP - EDGE;
    const top = height <= room ? below.bottom + GAP : Math.max(EDGE, below.top - GAP - height);
    popup.style.left = `${left}px`;
    popup.style.top = `${top}px`;
  }

  /** @param {string} id @param {boolean} shown */
  function mark(id, shown) {
    for (const opener of document.querySelectorAll(`[data-opens="${id}"]`)) {
      opener.setAttribute("aria-expanded", String(shown));
    }
  }

  /** @param {HTMLElement} popup @param {HTMLElement} opener @param {boolean} byKey */
  function show(popup, opener, byKey) {
    close();
    document.fullscreenElement?.append(popup); // else the full-screen chart would cover it
    popup.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    if (!isMenu(popup)) mark(popup.id, true);
    else {
      open = { popup, opener };
      place(popup, opener);
    }
    popup.dispatchEvent(new CustomEvent("candlecast:opened", { bubbles: true }));
    const first = popup.querySelector('[aria-checked="true"]') ?? popup.querySelector(ENTRIES);
    if (byKey && isMenu(popup) && first instanceof HTMLElement) first.focus();
  }

  /** Closes the open menu. @param {boolean} back whether the focus goes back to the button */
  function close(back = false) {
    if (!open) return;
    const { popup, opener } = open;
    open = null;
    popup.hidden = true;
    if (popup.closest(".chart-cell")) popup.closest(".page")?.append(popup);
    opener.setAttribute("aria-expanded", "false");
    if (back) opener.focus();
  }

  /** @param {HTMLElement} tool */
  function closeTool(tool) {
    tool.hidden = true;
    mark(tool.id, false);
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-opens="${tool.id}"]`))?.focus();
  }

  /** @param {HTMLElement} opener @param {boolean} byKey */
  function toggle(opener, byKey) {
    const popup = document.getElementById(opener.dataset.opens ?? "");
    if (!popup) return;
    if (open?.popup === popup && open.opener === opener) close();
    else if (!isMenu(popup) && !popup.hidden) closeTool(popup);
    else show(popup, opener, byKey);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Escape") return onEscape(event);
    if (!open || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    if (event.target instanceof HTMLSelectElement) return;
    const entries = [...open.popup.querySelectorAll(ENTRIES)].filter((item) => item instanceof HTMLElement);
    const now = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: now + 1, ArrowUp: now - 1 + (now < 0 ? 1 : 0), Home: 0, End: -1 }[event.key] ?? 0;
    entries.at(step % entries.length)?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  function onEscape(event) {
    const tool = event.target instanceof Element ? event.target.closest(".picker") : null;
    if (open) close(true);
    else if (tool instanceof HTMLElement) closeTool(tool);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-opens]");
    const closer = event.target.closest("[data-closes]");
    const tool = document.getElementById(closer instanceof HTMLElement ? (closer.dataset.closes ?? "") : "");
    if (opener instanceof HTMLElement) toggle(opener, event.detail === 0);
    else if (tool) closeTool(tool);
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!open || !(target instanceof Node)) return;
    if (!open.popup.contains(target) && !open.opener.contains(target)) close();
  });
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("fullscreenchange", () => close());
  window.addEventListener("resize", () => close());

  Object.assign(window.candlecast, { closePopup: close });
}
