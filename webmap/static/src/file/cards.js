/** The card of a unit as the service answers it, out of the columns of a file. */

import { gapOf } from "./gaps.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);
/** Not ranked: ends of intervals, and the density that all share. */
const isRanked = (column) => column !== "px_per_m" && !/_(low|high)$/.test(column);

/** {rank, of} of the value among `values`; equal values share the best place. */
function place(values, value, isLowBest) {
  const list = values.filter(known);
  return { rank: list.filter((one) => (isLowBest ? one < value : one > value)).length + 1, of: list.length };
}

function ranks({ document, units }, level, number) {
  const columns = units.table("coverage", level)?.columns ?? {};
  const ranked = Object.keys(columns).filter((column) => isRanked(column) && known(columns[column][number]));
  return Object.fromEntries(ranked.map((column) => [column, place(columns[column], columns[column][number], document.less_is_better.includes(column))]));
}

function months({ document }, level, number) {
  const { steps, n } = document.months[level];
  return steps.map((month, at) => ({ month, n: n[at][number] }));
}

const keyed = (units, level, number, row) => row && { level, code: units.list(level).code[number], name: units.list(level).name[number], ...row };

export function cardOf(file, level, number, at) {
  const { units, document, snapshot } = file;
  const path = units.path(level, number);
  const parent = path.at(-2) ?? null;
  const own = units.row("coverage", level, number);
  const above = parent && units.row("coverage", parent.level, units.numberOf(parent.level, parent.code));
  const { hidden = [], ...values } = own ?? {};
  const { hidden: _hidden, ...parent_values } = above ?? {};
  const of = (table) => keyed(units, level, number, units.row(table, level, number));
  return {
    snapshot: snapshot.id,
    at,
    unit: { ...of("units"), bbox: units.list(level).bbox[number] },
    path,
    parent,
    rank: own ? ranks(file, level, number) : {},
    values,
    parent_values,
    hidden,
    missing: document.missing.coverage,
    cameras: own && { online: own.n_online, offline: own.n_offline, planned: own.n_planned },
    hotspot: of("hotspots"),
    rates: of("rates"),
    months: months(file, level, number),
    gap: gapOf(file, level, number),
  };
}
