/** Both sides of a comparison under the desk's filters: the units drawn, or sums of the rows that filters keep. */

const ENDS = ["value", "low", "high"];

export class SideValues {
  /** `drawn` and `listed` are {left, right} of `unseenOf` for the levels of the map and of the table. */
  constructor({ drawn, listed }) {
    Object.assign(this, { drawn, listed });
    this.kept = null;
    Object.assign(this, drawn);
  }

  /** `rows` are those of the table, `held` the drawn unit of each of their units, `keeps(row)` says what filters keep (null: no filter is on). */
  apply(rows, held, keeps) {
    this.kept = null;
    Object.assign(this, this.drawn);
    if (!keeps) return;
    const shown = rows.numbers.filter((_, row) => keeps(row));
    this.kept = new Set(shown.map((i) => held[i]));
    // Small counts that are hidden leave each unit its own figure, as on the single map.
    if (this.drawn === this.listed || rows.hidden.size) return;
    for (const side of ["left", "right"]) this[side] = this.sum(side, shown, held);
  }

  sum(side, shown, held) {
    const found = { hidden: this.drawn[side].hidden };
    for (const end of ENDS) {
      found[end] = [];
      for (const i of shown) found[end][held[i]] = (found[end][held[i]] ?? 0) + (this.listed[side][end][i] ?? 0);
    }
    return found;
  }

  /** Whether filters leave anything of drawn unit `i`. */
  isKept(i) {
    return this.kept === null || this.kept.has(i);
  }

  /** What is unseen on one side in units of the table. */
  total(side, numbers) {
    return numbers.reduce((sum, i) => sum + (this.listed[side].value[i] ?? 0), 0);
  }
}
