/** Gaps as the service answers them, out of a file: the table by unit, and beside it edges and reasons by figure. */

import { REASONS } from "../gaps/address.js";

/** Of all units of a level; undefined where the file does not tell them. */
export function gapsOf({ document, snapshot, units }, level, figure = "road_m") {
  const table = units.table("gaps", level);
  const told = document.gaps[level]?.[figure];
  if (!table || !told) return undefined;
  const { columns, hidden } = table;
  return { level, at: document.at, snapshot: snapshot.id, figure, ...told, columns, hidden, missing: document.missing.gaps };
}

/** Unseen road of one unit with its reasons, as a card has it; null where the file or the home does not tell it. */
export function gapOf({ document, available, units }, level, number) {
  const table = units.table("gaps", level);
  if (!table || !available.roads) return null;
  const { reasons } = document.gaps[level].road_m;
  const road = (end) => table.columns[`road_unseen_m${end}`][number] ?? 0;
  return {
    at: document.at,
    n_gaps: countGaps(units, level, number),
    road_unseen_m: road(""),
    road_unseen_m_low: road("_low"),
    road_unseen_m_high: road("_high"),
    reasons: REASONS.map((reason) => ({ reason, road_m: reasons[reason][number] ?? 0 })),
  };
}

/** Finest units within that have a gap as an area. */
function countGaps(units, level, number) {
  const finest = units.finestOf(level);
  const code = units.list(level).code[number];
  const areas = units.table("gaps", finest).columns.gap_m2;
  return areas.filter((gap_m2, i) => gap_m2 && units.path(finest, i).some((step) => step.level === level && step.code === code)).length;
}
