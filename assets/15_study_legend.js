"use strict";

/**
 * The values of a chart's studies: those over the candles in the legend, the others at the top left of their panes.
 * Elements are made once for a set of studies; afterwards only their texts change.
 */
{
  const { words } = window.candlecast;

  class StudyLegend {
    /** @param {HTMLElement} chart */
    constructor(chart) {
      this.row = /** @type {HTMLElement | null} */ (chart.querySelector(".chart-legend-studies"));
      this.panes = /** @type {HTMLElement | null} */ (chart.querySelector(".chart-panes"));
      /** What the elements were made for. */
      this.made = "";
      /** @type {HTMLElement[]} one per study */
      this.groups = [];
    }

    /** @param {Meta} meta @param {number} ratio device pixels per CSS pixel */
    show({ studies = [] }, ratio) {
      const drawn = studies.filter((study) => !study.left_out);
      const wanted = JSON.stringify(drawn.map(({ title, pane, curves }) => [title, !pane, curves.map((c) => c.role)]));
      if (wanted !== this.made) this.make(drawn, wanted);
      drawn.forEach(({ pane, curves }, index) => {
        const group = this.groups[index];
        curves.forEach(({ text }, place) => words.write(group.children[place + 1], text));
        if (!pane) return;
        group.style.left = `${pane.plot[0] / ratio}px`;
        group.style.top = `${pane.plot[1] / ratio}px`;
      });
    }

    /** @param {StudyMeta[]} studies @param {string} wanted */
    make(studies, wanted) {
      this.made = wanted;
      this.groups = studies.map((study) => this.group(study));
      const over = this.groups.filter((_, index) => !studies[index].pane);
      const below = this.groups.filter((_, index) => studies[index].pane);
      this.row?.replaceChildren(...over);
      this.panes?.replaceChildren(...below);
    }

    /** @param {StudyMeta} study */
    group({ title, pane, curves }) {
      const group = document.createElement("span");
      group.className = pane ? "chart-legend-pair chart-pane-title" : "chart-legend-pair";
      const name = document.createElement("i");
      name.textContent = title;
      const values = curves.map(({ label, role }) => {
        const value = document.createElement("span");
        value.dataset.role = role;
        value.title = label;
        return value;
      });
      group.append(name, ...values);
      return group;
    }

    clear() {
      this.make([], "");
    }
  }

  window.candlecast.StudyLegend = StudyLegend;
}
