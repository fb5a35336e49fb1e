/** The second map of a comparison: the same view, and the pointer of each shown on the other. */

import { h } from "../../dom.js";
import { applyLayers } from "../../layers.js";
import { PickedSheet } from "../picking.js";
import { Twin } from "../../whatif/twin.js";

export class GapTwin extends Twin {
  /** It is the left one: `style` draws it; `onHover(event)` is told what the page is told of its own map. */
  constructor(app, names, style, onHover) {
    super(app, names);
    this.style = style;
    this.picked = new PickedSheet(app, this.grid);
    this.cursors = [app.map, this.map].map((map) => {
      const cursor = h("span", { class: "gs-twin-cursor", hidden: true });
      map.getContainer().append(cursor);
      return cursor;
    });
    this.moved = [(event) => this.point(1, event), (event) => this.point(0, event)];
    this.left = () => this.cursors.forEach((cursor) => (cursor.hidden = true));
    [app.map, this.map].forEach((map, k) => map.on("mousemove", this.moved[k]).on("mouseout", this.left));
    this.shown = ({ unit }) => this.grid.pointer.show(unit);
    app.grid.on("hover", this.shown);
    this.grid.on("hover", (event) => {
      app.grid.pointer.show(event.unit);
      onHover(event);
    });
    this.grid.on("click", (event) => app.clicked({ ...event, pin: null }));
    this.colour();
  }

  /** What is selected, and the units of the table that are chosen. */
  select(unit, units, numbers) {
    this.grid.select(unit ? unit.number : null, { level: unit?.level ?? this.grid.level });
    this.picked.show(units, numbers);
  }

  point(k, { containerPoint }) {
    this.cursors[1 - k].hidden = true;
    this.cursors[k].hidden = false;
    this.cursors[k].style.left = `${containerPoint.x}px`;
    this.cursors[k].style.top = `${containerPoint.y}px`;
  }

  colour() {
    this.copyUnits();
    this.grid.setStyle(this.style);
  }

  copyUnits() {
    const { grid } = this.app;
    this.grid.setUnits({ level: grid.level, within: grid.within });
    this.grid.setBoundaries(grid.boundaries.map(({ layer }) => layer.replace("units-", "")));
    applyLayers(Object.create(this.app, { grid: { value: this.grid } }));
    this.grid.setLabels(grid.labels);
  }

  remove() {
    this.app.map.off("mousemove", this.moved[0]).off("mouseout", this.left);
    this.app.grid.off("hover", this.shown);
    this.cursors[0].remove();
    super.remove();
  }
}
