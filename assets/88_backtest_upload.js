"use strict";

/** A file with candles, clicked for or dropped, goes to the server as it is; what it says of it stands below. */
{
  const { words } = window.candlecast;
  const USUAL = "Upload CSV or Parquet, or drop it here";

  /** @param {string} name @returns {HTMLElement | null} */
  const part = (name) => document.querySelector(`[data-upload="${name}"]`);

  /** @param {string} problem */
  function tell(problem) {
    const place = part("problem");
    words.write(place, problem);
    if (place) place.hidden = problem === "";
  }

  /** @param {File} file */
  async function send(file) {
    tell("");
    words.write(part("words"), `Reading ${file.name}`);
    try {
      const address = `/api/datasets?name=${encodeURIComponent(file.name)}`;
      const headers = { "Content-Type": "application/octet-stream" };
      const answer = await fetch(address, { method: "POST", headers, body: file });
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.error);
      words.write(part("words"), `${body.name}: ${words.number(body.candles, 0)} candles of ${body.interval}`);
      window.dash_clientside.set_props("backtest-uploaded", { data: body.key });
    } catch (reason) {
      words.write(part("words"), USUAL);
      tell(`${file.name} was not taken. ${reason instanceof Error ? reason.message : reason}`);
    }
  }

  /** @param {Event} event @returns {HTMLElement | null} */
  const zone = ({ target }) => (target instanceof Element ? target.closest('[data-upload="zone"]') : null);

  document.addEventListener("click", (event) => {
    if (!zone(event)) return;
    const field = document.createElement("input");
    field.type = "file";
    field.accept = ".csv,.parquet,.txt";
    field.addEventListener("change", () => field.files?.[0] && send(field.files[0]));
    field.click();
  });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const place = zone(event);
      if (!place) return;
      event.preventDefault();
      place.classList.toggle("is-over", name === "dragenter" || name === "dragover");
      const file = name === "drop" && /** @type {DragEvent} */ (event).dataTransfer?.files[0];
      if (file) send(file);
    });
  }
}
