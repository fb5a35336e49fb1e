/** Incidents at the gaps, for roles that may see them one by one: their columns, and filters of time and words over them. */

import { CrossFilter } from "../filters/crossfilter.js";
import { parseHours } from "../when.js";

export const HOURS = 24;
export const DAYS = 7;

/** Numbers of "1-5,7" with ends counted; a span whose end is before its start goes round `most`. */
export function numbersOf(text, least, most) {
  const found = new Set();
  for (const part of text.split(",")) {
    const [first, last = first] = part.split("-").map(Number);
    for (let n = first; ; n = n === most ? least : n + 1) {
      found.add(n);
      if (n === last) break;
    }
  }
  return found;
}

/** FIRST/LAST of the months `from` to `to` (positions in `months`, `to` not counted). */
export function daysOf(months, [from, to]) {
  const [year, month] = months[Math.max(from, (to ?? months.length) - 1)].split("-").map(Number);
  return `${months[from]}-01/${new Date(Date.UTC(year, month, 0)).toJSON().slice(0, 10)}`;
}

/** Positions [from, to) in `months` of a period that covers whole months; null for all. */
export function monthsOf(months, period) {
  if (!period) return null;
  const [first, last] = period.split("/").map((day) => day.slice(0, 7));
  const from = months.findIndex((month) => month >= first);
  const to = months.findLastIndex((month) => month <= last) + 1;
  return from < 0 || to <= from ? [months.length, months.length] : [from, to];
}

export class GapIncidents {
  /** `answer` of /api/gaps/incidents. */
  constructor({ months, words, columns }) {
    Object.assign(this, { months, words });
    this.n = columns.unit.length;
    this.columns = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Int32Array.from(values)]));
    this.cross = new CrossFilter(this.n);
    this.row = new Int32Array(this.n).fill(-1);
  }

  /** Which row of the table each incident belongs to: `place` maps unit numbers to rows, `holds` finer units to those. */
  bind(place, holds) {
    const { unit } = this.columns;
    for (let i = 0; i < this.n; i += 1) this.row[i] = place.get(holds ? holds[unit[i]] : unit[i]) ?? -1;
    this.cross.clear();
  }

  /** Filters as the address has them: days FIRST/LAST, hours of weekdays, lists of words. */
  set({ period, hours, cat, ch }) {
    const { month, hour, category, channel } = this.columns;
    const span = monthsOf(this.months, period);
    this.cross.set("months", span && ((i) => month[i] >= span[0] && month[i] < span[1]));
    const read = hours ? parseHours(hours) : null;
    if (read) {
      const wanted = new Uint8Array(DAYS * HOURS);
      const days = numbersOf(read.weekdays ?? "1-7", 1, 7);
      const some = numbersOf(read.hours, 0, 23);
      for (const day of days) for (const one of some) wanted[(day - 1) * HOURS + one] = 1;
      this.cross.set("hours", (i) => hour[i] >= 0 && wanted[hour[i]] === 1);
    } else this.cross.set("hours", null);
    this.setWords("category", category, cat);
    this.setWords("channel", channel, ch);
  }

  setWords(name, codes, chosen) {
    const wanted = new Set((chosen ?? []).map((word) => this.words[name].indexOf(word)));
    this.cross.set(name, chosen?.length ? (i) => wanted.has(codes[i]) : null);
  }

  isFiltered() {
    return ["months", "hours", "category", "channel"].some((name) => this.cross.isOn(name));
  }

  /** Per row how many of its incidents the filters of incidents keep. */
  countByRow(nRows) {
    const counts = new Int32Array(nRows);
    const { out } = this.cross;
    const others = ~this.cross.bitOf("gap");
    for (let i = 0; i < this.n; i += 1) if ((out[i] & others) === 0 && this.row[i] >= 0) counts[this.row[i]] += 1;
    return counts;
  }

  /** Keep those of the rows for which `keeps(row)` holds. */
  setRows(keeps) {
    const { row } = this;
    this.cross.set("gap", (i) => row[i] >= 0 && keeps(row[i]));
  }

  /** Counts by one of the columns under all filters but `name`: {under, kept}. */
  by(name, column, nGroups) {
    const codes = this.columns[column];
    return this.cross.distribution(name, (i) => codes[i], nGroups);
  }
}
