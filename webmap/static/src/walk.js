/** The units one after the other, in the order of the table, by Tab on the map; Esc leaves the walk. */

import { byId } from "./dom.js";
import { unitOf } from "./atlas.js";

export class Walk {
  constructor(app) {
    this.app = app;
    this.container = app.map.getContainer();
    this.at = -1;
    this.isOver = false;
    this.container.setAttribute("role", "application");
    byId("gs-to-table").addEventListener("click", () => app.showTable());
    byId("gs-skip-table").addEventListener("click", (event) => {
      event.preventDefault();
      app.showTable();
    });
    this.container.addEventListener("focus", () => {
      this.at = -1;
      this.isOver = false;
    });
    this.container.addEventListener("keydown", (event) => this.key(event));
  }

  isInView(number) {
    const { lon, lat } = unitOf(this.app.desk.frame.units, number);
    const [west, south, east, north] = this.app.grid.view().bounds;
    return lon >= west && lon <= east && lat >= south && lat <= north;
  }

  /** The unit under way, or null. */
  get unit() {
    return this.at < 0 ? null : unitOf(this.app.desk.frame.units, this.numbers[this.at]);
  }

  key(event) {
    if (event.target !== this.container) return;
    if (event.key === "Tab" && this.step(event.shiftKey ? -1 : 1)) event.preventDefault();
    else if (event.key === "Escape" && this.at >= 0) this.end();
    else return;
    event.stopPropagation();
  }

  /** Go to the next unit; false where there is none, so that Tab goes on. */
  step(by) {
    if (this.isOver || !this.app.desk.frame) return false;
    if (this.at < 0) this.numbers = this.app.desk.asTable().rows.map((row) => row.number);
    const next = this.at + by;
    if (next < 0 || next >= this.numbers.length) {
      this.end();
      return false;
    }
    this.at = next;
    this.show();
    return true;
  }

  show() {
    const { app, unit } = this;
    app.grid.select(unit.number);
    if (!this.isInView(unit.number)) app.map.panTo([unit.lat, unit.lon], { animate: false });
    const lines = app.desk.tip(unit.number) ?? [];
    app.shell.say(lines.join(" "));
    const { x, y } = app.map.latLngToContainerPoint([unit.lat, unit.lon]);
    app.hover({ unit: unit.number, x, y });
  }

  end() {
    this.at = -1;
    this.isOver = true;
    byId("gs-tip").hidden = true;
    this.app.desk.selectOnMap();
  }
}
