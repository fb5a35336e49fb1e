/** One [[table]] of a mapping while a person puts it together, from what the service proposes. */

/** What stands for a column that is not taken. */
export const NONE = "";

/** A time whose day and time of day stand in two columns: the second one's target. */
export const CLOCK = ":time";

/** [column, target] of every column that a mapping's `columns` name. */
const targetsOf = (columns = {}) =>
  Object.entries(columns).flatMap(([target, column]) => {
    if (typeof column === "string") return [[column, target]];
    return [[column.column || column.date, target], [column.time, target + CLOCK]].filter(([name]) => name);
  });

/** The saved mapping of a file of this name that finds all its columns in it. */
export function savedFor(look, file, mappings) {
  const names = new Set(look.columns.map(({ name }) => name));
  const wanted = (table) => [table.x, table.y, ...targetsOf(table.columns).map(([column]) => column)].filter(Boolean);
  return mappings.map(({ table }) => table).find((table) => table.file === file && wanted(table).every((column) => names.has(column))) ?? null;
}

/** What a saved mapping may hold and this desk does not ask for: it stays as it is. */
const KEPT = ["duplicates", "timezone", "repair"];

export class Mapping {
  /** The file of `look` into `table`, read as `from` says: the proposal, or what was saved of its source the last time. */
  constructor(look, table, from = look.proposal) {
    this.columns = look.columns;
    this.table = table;
    this.source = from.source;
    this.directions = from.directions ?? null;
    this.constants = { ...from.constants };
    this.targets = new Map(targetsOf(from.columns));
    for (const axis of ["x", "y"]) if (from[axis]) this.targets.set(from[axis], axis);
    this.values = structuredClone(from.values ?? {});
    this.formats = Object.fromEntries(Object.entries(from.columns ?? {}).map(([target, { format }]) => [target, format]));
    this.kept = Object.fromEntries(KEPT.filter((key) => key in from).map((key) => [key, from[key]]));
    this.hasShapes = look.proposal.x === undefined && look.shapes.length + look.points.length > 0;
  }

  targetOf(column) {
    return this.targets.get(column) ?? NONE;
  }

  columnOf(target) {
    return [...this.targets].find(([, own]) => own === target)?.[0] ?? null;
  }

  /** A target has one column: the one that had it before has none then. */
  choose(column, target) {
    for (const name of [target, this.targetOf(column)]) delete this.formats[name.replace(CLOCK, "")];
    const before = target === NONE ? null : this.columnOf(target);
    if (before !== null) this.targets.delete(before);
    if (target === NONE) this.targets.delete(column);
    else this.targets.set(column, target);
    if (this.directions && this.columnOf("azimuth_deg") !== column) this.directions = null;
    delete this.values[target];
  }

  swap() {
    const [x, y] = [this.columnOf("x"), this.columnOf("y")];
    if (x) this.targets.set(x, "y");
    if (y) this.targets.set(y, "x");
  }

  declared(target) {
    return this.table.columns.find((column) => column.name === target);
  }

  /** Fixed values that a column's words may mean, null where any text will do. */
  wordsOf(column) {
    const declared = this.declared(this.targetOf(column.name));
    return declared?.values.length && column.words.length ? declared.values : null;
  }

  meaning(target, word) {
    const { values } = this.declared(target);
    return this.values[target]?.[word] ?? (values.includes(word) ? word : (this.values[target]?.["*"] ?? NONE));
  }

  setMeaning(target, word, value) {
    this.values[target] = { ...this.values[target], [word]: value };
    if (value === NONE) delete this.values[target][word];
  }

  /** What is still to be chosen, as names of targets. */
  missing() {
    const mapped = new Set([...this.targets.values(), ...Object.keys(this.constants)]);
    const wanted = this.table.columns.filter((column) => column.required && column.name !== "source_id").map(({ name }) => name);
    const placed = this.hasShapes || mapped.has("unit_code");
    return [...(placed ? [] : ["x", "y"]), ...wanted].filter((name) => !mapped.has(name));
  }

  toJSON({ file, look, crs, datum }) {
    const columns = {};
    const axes = {};
    for (const [column, target] of this.targets) if (!target.endsWith(CLOCK)) (["x", "y"].includes(target) ? axes : columns)[target] = column;
    for (const [column, target] of this.targets) {
      const day = target.slice(0, -CLOCK.length);
      if (target.endsWith(CLOCK) && columns[day]) columns[day] = { date: columns[day], time: column };
    }
    for (const [target, format] of Object.entries(this.formats)) {
      const made = columns[target];
      if (format && made) columns[target] = typeof made === "string" ? { column: made, format } : { ...made, format };
    }
    const values = Object.fromEntries(Object.entries(this.values).filter(([target, words]) => columns[target] && Object.keys(words).length));
    const constants = Object.fromEntries(Object.entries(this.constants).filter(([, value]) => value !== ""));
    const made = { ...this.kept, table: this.table.name, source: this.source, file, ...axes, columns, constants, values, datum: datum || "wgs84" };
    if (crs) made.crs = crs;
    if (this.directions) made.directions = this.directions;
    for (const key of ["encoding", "header_line", "layer"]) if (look.proposal[key]) made[key] = look.proposal[key];
    return made;
  }
}
