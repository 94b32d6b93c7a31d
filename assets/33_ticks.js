"use strict";

/**
 * What a page asks its server for once a second, it asks only while somebody looks and the server can be reached: each
 * question to a server that is gone would be two errors in the console. The socket finds out when it is back.
 */
{
  function settle() {
    const disabled = document.hidden || window.candlecast.mode === "lost";
    for (const place of document.querySelectorAll("[data-tick]")) {
      const { tick } = /** @type {HTMLElement} */ (place).dataset;
      if (tick) window.dash_clientside.set_props(tick, { disabled });
    }
  }

  document.addEventListener("candlecast:connection", settle);
  document.addEventListener("visibilitychange", settle);
}
