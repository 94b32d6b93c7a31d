"use strict";

/** The performance page is filled once a second; when that stops, it says that its figures are old. */
{
  const OLD_AFTER_MS = 4000;
  let seen = "";
  let seenAt = 0;

  setInterval(() => {
    const strip = document.querySelector(".performance-old");
    const filled = document.getElementById("performance-at")?.textContent ?? "";
    if (!(strip instanceof HTMLElement) || filled !== seen || document.hidden) {
      seen = filled;
      seenAt = performance.now();
    }
    if (strip instanceof HTMLElement) strip.hidden = performance.now() - seenAt < OLD_AFTER_MS;
  }, 500);
}
