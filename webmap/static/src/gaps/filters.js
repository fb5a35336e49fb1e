/** The filters of the desk: those over gaps, those over the incidents at them, each telling under all the others. */

import { CrossFilter } from "../filters/crossfilter.js";
import { gapFigure } from "./figures.js";

const within = (value, [low, high]) => value !== null && value >= low && (high === null || value < high);

export class GapFilters {
  /** `rows` are GapRows, `incidents` GapIncidents or null, `nameOf(row)` the text that a name is looked for in. */
  constructor(rows, nameOf) {
    Object.assign(this, { rows, nameOf });
    this.n = rows.numbers.length;
    this.cross = new CrossFilter(this.n);
    this.incidents = null;
    this.counts = null;
  }

  /** `holds` are the rows' units of the incidents' own, where rows are coarser. */
  bind(incidents, holds = null) {
    this.incidents = incidents;
    incidents.bind(this.rows.place, holds);
  }

  /** Set all of them from the state; `classOf(row)` and `filter` are the class of the map and the one that is kept, `onOthers()` comes before that. */
  apply(state, { filter, classOf, onOthers }) {
    const { cross, rows } = this;
    const { values } = rows;
    const length = state.get("length");
    cross.set("reason", rows.reasons ? (row) => values[row] > 0 : null);
    cross.set("length", length ? (row) => within(values[row], length) : null);
    this.applyWhere(state.get("where") ?? {});
    this.couple({ period: state.get("period"), hours: state.get("hours"), cat: state.get("cat"), ch: state.get("ch") });
    onOthers();
    cross.set("class", filter === null ? null : (row) => classOf(row) === filter);
    this.incidents?.setRows((row) => this.keepsBut(row, "incidents"));
  }

  /** Filters of the table's headings. */
  applyWhere(where) {
    const { cross, rows } = this;
    for (const name of ["roads", "places", "incidents", "residents", "area"]) {
      const values = where[name] ? rows.of(gapFigure(name).column) : null;
      cross.set(`where-${name}`, values && ((row) => within(values[row], where[name])));
    }
    const text = where.name?.toLowerCase();
    cross.set("where-name", text ? (row) => this.nameOf(row).toLowerCase().includes(text) : null);
    cross.set("where-largest", where.largest ? (row) => where.largest.includes(rows.largestOf(rows.numbers[row])) : null);
  }

  /** A gap stays while any of its incidents does. */
  couple(asked) {
    const { incidents, cross } = this;
    this.counts = null;
    if (incidents) incidents.set(asked);
    if (!incidents?.isFiltered()) {
      cross.set("incidents", null);
      return;
    }
    const counts = incidents.countByRow(this.n);
    this.counts = counts;
    cross.set("incidents", (row) => counts[row] > 0);
  }

  isOn() {
    return this.cross.names.some((name) => this.cross.isOn(name));
  }

  keeps(row) {
    return this.cross.keeps(row);
  }

  /** Whether all filters but `name` keep a row. */
  keepsBut(row, name) {
    return (this.cross.out[row] & ~this.cross.bitOf(name)) === 0;
  }

  /** The filter without which most gaps would come back: its name as those of the state, or null. */
  cutsMost() {
    const found = this.cross.cutsMost();
    return found && { ...found, key: found.name.startsWith("where-") ? "where" : found.name };
  }
}

