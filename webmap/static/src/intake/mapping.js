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

export class Mapping {
  constructor(look, table) {
    const { proposal } = look;
    this.columns = look.columns;
    this.table = table;
    this.source = proposal.source;
    this.directions = proposal.directions ?? null;
    this.constants = { ...proposal.constants };
    this.targets = new Map();
    for (const axis of ["x", "y"]) if (proposal[axis]) this.targets.set(proposal[axis], axis);
    for (const [column, target] of targetsOf(proposal.columns)) this.targets.set(column, target);
    this.values = structuredClone(proposal.values ?? {});
    this.hasShapes = look.proposal.x === undefined && look.shapes.length + look.points.length > 0;
  }

  /** What was saved of this source the last time, in place of the proposal. */
  take(saved) {
    this.source = saved.source;
    this.directions = saved.directions ?? null;
    this.constants = { ...saved.constants };
    this.values = structuredClone(saved.values ?? {});
    this.targets = new Map(targetsOf(saved.columns));
    for (const axis of ["x", "y"]) if (saved[axis]) this.targets.set(saved[axis], axis);
    return this;
  }

  targetOf(column) {
    return this.targets.get(column) ?? NONE;
  }

  columnOf(target) {
    return [...this.targets].find(([, own]) => own === target)?.[0] ?? null;
  }

  /** A target has one column: the one that had it before has none then. */
  choose(column, target) {
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
    const values = Object.fromEntries(Object.entries(this.values).filter(([target, words]) => columns[target] && Object.keys(words).length));
    const constants = Object.fromEntries(Object.entries(this.constants).filter(([, value]) => value !== ""));
    const made = { table: this.table.name, source: this.source, file, ...axes, columns, constants, values, datum: datum || "wgs84" };
    if (crs) made.crs = crs;
    if (this.directions) made.directions = this.directions;
    for (const key of ["encoding", "header_line", "layer"]) if (look.proposal[key]) made[key] = look.proposal[key];
    return made;
  }
}
