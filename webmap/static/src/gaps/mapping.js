/** What the gaps desk draws on the map: classes with hatch, the legend, the first ten by number. */

import { paint } from "../dom.js";
import { breakLabel, t } from "../i18n.js";
import { scale } from "../colours.js";
import { Desk } from "../desk.js";
import { unitOf } from "../atlas.js";
import { reasonWords } from "../card/reasons.js";
import { isPhone } from "../shell.js";
import { withUnit } from "./figures.js";
import { gapClassBar, hideMapLegend, paintMapLegend } from "./legend.js";
import { gapClass } from "./rows.js";

const PINS = 10;

/** Its rows, filters and ranking are those of the desk. */
export class GapsMap extends Desk {
  /** Class of unit `i`: 0..2, -1 below the first edge or without a gap; "hidden"; null where a filter leaves it out. */
  classOf(i) {
    const row = this.rows.place.get(i);
    if (row === undefined) return -1;
    if (this.rows.values[row] === null) return "hidden";
    return this.cross.keeps(row) ? gapClass(this.rows.values[row], this.rows.answer.edges) : null;
  }

  colour() {
    const colours = scale("gap");
    const strong = this.hovered;
    this.app.grid.setStyle((i) => {
      const k = this.classOf(i);
      const faded = strong !== null && strong !== k;
      if (k === "hidden") return { fill: null, pattern: "suppressed", faded, glyph: null };
      if (k === null || k < 0) return { fill: null, pattern: null, faded, glyph: null };
      return { fill: colours[k], pattern: faded ? null : k === 2 ? "gap_class_top" : "gap_class", faded, glyph: null };
    });
  }

  paintLegend() {
    const counts = { classes: [0, 0, 0], below: 0, hidden: 0 };
    for (const i of this.frame.numbers) {
      const k = this.classOf(i);
      if (k === "hidden") counts.hidden += 1;
      else if (k === -1) counts.below += 1;
      else if (k !== null) counts.classes[k] += 1;
    }
    const { unit, divisor } = this.size();
    const heading = t("gaps.legend", { figure: `${t(this.figure().title)} ${unit}`.trim(), level: this.app.levelTitle(this.frame.level) });
    const onHover = (k) => {
      this.hovered = k;
      this.colour();
    };
    this.legend = { title: heading, counts: counts.classes, below: counts.below, hidden: counts.hidden, edges: this.rows.answer.edges.map((edge) => edge / divisor), filter: this.filter, onHover, onFilter: (k) => this.chooseClass(k) };
    const isStreet = this.app.grid.isStreet();
    this.app.grid.furniture.others = [paintMapLegend(this.legend)];
    hideMapLegend(isStreet);
    paint(this.app.phoneLegend, isStreet ? null : gapClassBar(this.legend));
  }

  /** The first ten of the table carry their number on the map. */
  pin() {
    const { units } = this.frame;
    const chosen = this.app.selected?.level === this.frame.level ? this.app.selected.number : null;
    const first = [...this.ranking.table.rows.slice(0, PINS)].filter((row) => this.rows.values[row] !== null);
    this.pinned = this.app.grid.isStreet() || isPhone() ? [] : first.map((row) => this.rows.numbers[row]);
    this.app.grid.setPins(this.pinned.map((i, k) => ({ lon: units.lon[i], lat: units.lat[i], text: String(k + 1), isOn: i === chosen })));
  }

  /** A pin was clicked: true where there is one of that number. */
  clickedPin(k) {
    const i = this.pinned?.[k];
    if (i === undefined) return false;
    this.app.select(unitOf(this.frame.units, i));
    return true;
  }

  classWords(k) {
    const { edges } = this.legend;
    return k + 1 < edges.length ? `${breakLabel(edges[k])}–${breakLabel(edges[k + 1])}` : `≥ ${breakLabel(edges[k])}`;
  }

  tip(i) {
    if (!this.rows) return null;
    const row = this.rows.place.get(i);
    const value = row === undefined ? 0 : this.rows.values[row];
    const largest = row === undefined ? null : this.rows.largestOf(i);
    const told = value === null ? t("map.suppressed") : `${t(this.figure().title)} ${withUnit(this.figure(), value)}`;
    return [this.unitName(i), told, largest ? t("gaps.mostly", { reason: reasonWords(largest) }) : null].filter(Boolean);
  }
}
