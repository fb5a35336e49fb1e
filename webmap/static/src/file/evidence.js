/** What stands behind a figure as the service answers it, out of a file: the words are kept by figure, the numbers by unit. */

/** `figure` is "table.column"; null where the file does not know it. */
export function evidenceOf({ document, units, snapshot }, figure, level, number, at) {
  const told = document.figures[figure];
  const [name, column] = figure.split(".");
  const table = units.table(name, level);
  if (!told || !table) return null;
  const value = (one) => (one in table.columns ? table.columns[one][number] : null);
  const cell = (one) => ({ value: units.isHidden(name, level, number, one) ? null : value(one), hidden: units.isHidden(name, level, number, one) });
  const term = ({ title, unit, column: of, counted }) => ({ title, unit, ...(of ? cell(of) : { value: table.counted[counted]?.[number] ?? null, hidden: units.isHidden(name, level, number, counted) }) });
  const path = units.path(level, number);
  return {
    figure,
    title: told.title,
    meaning: told.meaning,
    unit: told.unit,
    table: told.table,
    place: path.at(-1),
    path,
    at: told.has_density ? at : null,
    ...cell(column),
    low: cell(`${column}_low`).value,
    high: cell(`${column}_high`).value,
    interval: told.interval,
    missing: document.missing[name]?.[column] ?? null,
    formula: told.formula && { kind: told.formula.kind, terms: told.formula.terms.map(term) },
    beside: told.beside.map(term),
    period: told.has_period ? document.period : null,
    left_out: told.left_out.map((source) => document.left_out[level][source]),
    doubt_road_m: null,
    rows_of: told.rows_need ? told.rows_of : null,
    rows_need: told.rows_need,
    rows: null,
    snapshot,
  };
}
