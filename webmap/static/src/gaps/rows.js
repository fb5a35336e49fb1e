/** The gaps of one level: unit numbers that have any of the figure (or hide it), their figures and reasons, and what the chosen reasons leave of them. */

import { REASONS } from "./address.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

export class GapRows {
  /** `answer` of /api/gaps, the unit `numbers` in focus, the row of GAP_FIGURES. */
  constructor(answer, numbers, { column, figure }) {
    this.answer = answer;
    this.column = column;
    this.hidden = new Set(answer.hidden?.[column] ?? []);
    this.numbers = numbers.filter((i) => this.hidden.has(i) || answer.columns[column][i] > 0);
    this.place = new Map(this.numbers.map((i, row) => [i, row]));
    this.figure = figure;
    this.choose(null);
  }

  /** Count only what is unseen for these reasons; null: for any. */
  choose(reasons) {
    this.reasons = reasons;
    this.values = this.numbers.map((i) => this.valueOf(i));
  }

  /** The figure of unit `i` for the chosen reasons; null where it is hidden or there is none. */
  valueOf(i) {
    const { columns, reasons } = this.answer;
    if (this.hidden.has(i)) return null;
    if (!this.reasons) return columns[this.column][i] ?? null;
    const parts = this.reasons.map((reason) => reasons[reason][i]);
    return parts.every(known) ? parts.reduce((sum, part) => sum + part, 0) : null;
  }

  /** The seven parts of unit `i` in the order of the test; null where they are hidden. */
  partsOf(i) {
    const parts = REASONS.map((reason) => this.answer.reasons[reason][i]);
    return parts.every(known) ? parts : null;
  }

  /** The largest reason of unit `i`; null where all is hidden or nothing is unseen. */
  largestOf(i) {
    const parts = this.partsOf(i);
    const most = parts ? Math.max(...parts) : 0;
    return most > 0 ? REASONS[parts.indexOf(most)] : null;
  }

  /** Any other column, by row. */
  of(column) {
    return this.numbers.map((i) => this.answer.columns[column]?.[i] ?? null);
  }

  isHidden(column, i) {
    return Boolean(this.answer.hidden?.[column]?.includes(i));
  }
}

/** Class of a value by the lower `edges`: -1 below the first. */
export function gapClass(value, edges) {
  let k = -1;
  while (k + 1 < edges.length && value >= edges[k + 1]) k += 1;
  return k;
}

/** Edges of the histogram: half steps of the first class edge up to two and a half times the last one. */
export function binEdges(edges) {
  const step = edges[0] >= 2 ? edges[0] / 2 : 1;
  return Array.from({ length: 21 }, (_, k) => k * step);
}
