/** Values of the drawn units: of the rows themselves, or, where rows are finer than what is drawn, sums of the rows that filters keep. */

import { gapClass } from "./rows.js";

export class DrawnValues {
  /** `rows` are those of the table, `held` the drawn unit of each of their units, `answer` that of the drawn level. */
  constructor(rows, held, answer, isSame) {
    Object.assign(this, { rows, held, answer, isSame });
    this.hidden = new Set(answer.hidden?.[rows.column] ?? []);
    this.sums = null;
  }

  /** The sums over the rows for which `keeps(row)` holds; small counts that are hidden leave their unit's own figure. */
  sum(keeps) {
    if (this.isSame) return;
    const { rows, held } = this;
    this.sums = new Map();
    rows.numbers.forEach((i, row) => {
      if (!keeps(row)) return;
      const unit = held[i];
      this.sums.set(unit, (this.sums.get(unit) ?? 0) + (rows.values[row] ?? 0));
    });
  }

  /** The value of drawn unit `i`: null where it is hidden, undefined where a filter leaves nothing of it. */
  valueOf(i, keeps) {
    const { rows } = this;
    if (this.isSame) {
      const row = rows.place.get(i);
      if (row === undefined) return 0;
      if (rows.values[row] === null) return null;
      return keeps(row) ? rows.values[row] : undefined;
    }
    if (this.hidden.has(i)) return null;
    if (rows.hidden.size) return this.answer.columns[rows.column][i] ?? 0;
    return this.sums.get(i);
  }

  /** Class by the edges of the drawn level: 0..2, -1 below the first, "hidden"; null where a filter leaves nothing. */
  classOf(i, keeps) {
    const value = this.valueOf(i, keeps);
    if (value === null) return "hidden";
    return value === undefined ? null : gapClass(value, this.answer.edges);
  }

  /** Class of the drawn unit that holds a row. */
  classOfRow(row) {
    const { rows } = this;
    if (this.isSame) return gapClass(rows.values[row] ?? -1, this.answer.edges);
    return gapClass(this.sums.get(this.held[rows.numbers[row]]) ?? -1, this.answer.edges);
  }
}
