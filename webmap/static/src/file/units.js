/** Units of a file: where they lie in the levels, their cells in the tables. */

export class Units {
  constructor(document, levels) {
    this.document = document;
    this.levels = levels;
    this.positions = new Map();
  }

  list(level) {
    return this.document.units[level];
  }

  /** Unit number of a code, or undefined. */
  numberOf(level, code) {
    const units = this.list(level);
    if (!units) return undefined;
    if (!this.positions.has(level)) this.positions.set(level, new Map(units.code.map((one, i) => [one, i])));
    return this.positions.get(level).get(code);
  }

  /** The finest level of the first chain that holds `level`. */
  finestOf(level) {
    const above = (name) => (name ? [name, ...above(this.parentLevel(name))] : []);
    const parents = new Set(this.levels.map(({ parent }) => parent));
    return this.levels.find(({ name }) => !parents.has(name) && above(name).includes(level)).name;
  }

  parentLevel(level) {
    return this.levels.find(({ name }) => name === level)?.parent ?? null;
  }

  /** The unit and all above it, coarse to fine: {level, code, name, name_en}. */
  path(level, number) {
    const steps = [];
    for (let [at, i] = [level, number]; i !== undefined; ) {
      const units = this.list(at);
      steps.unshift({ level: at, code: units.code[i], name: units.name[i], name_en: units.name_en[i] });
      const above = this.parentLevel(at);
      if (!above) break;
      [at, i] = [above, this.numberOf(above, units.parent[i])];
    }
    return steps;
  }

  table(name, level) {
    return this.document.tables[level]?.[name] ?? null;
  }

  isHidden(name, level, number, column) {
    return this.table(name, level)?.hidden[column]?.includes(number) ?? false;
  }

  /** The cells of a unit in a table, and which of them are hidden; null where there is no such table. */
  row(name, level, number) {
    const table = this.table(name, level);
    if (!table) return null;
    const cells = Object.fromEntries(Object.entries(table.columns).map(([column, list]) => [column, list[number]]));
    const hidden = Object.keys(table.hidden).filter((column) => table.hidden[column].includes(number)).sort();
    return { ...cells, hidden };
  }
}
