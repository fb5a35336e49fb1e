/** The rows that the desk ranks, cameras or units, as columns of one shape; and its filters over them. */

import { CrossFilter, binOf } from "../filters/crossfilter.js";
import { STATUSES } from "./address.js";

/** Edges of the histogram of facade per camera, metres; its last bin has no end. */
export const EDGES = Array.from({ length: 31 }, (_, k) => 2 * k);

const numbers = (values, n) => Float64Array.from({ length: n }, (_, i) => values?.[i] ?? NaN);
const bit = (name) => 1 << STATUSES.indexOf(name);

/** Rows of /api/safeguards/cameras; `limit_days` is how long pictures may be kept. */
export function cameraRows(answer, limit_days) {
  const { n_rows: n, columns, words, overlaps } = answer;
  const status = new Uint8Array(n);
  const duty = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    const [filed, sign, days] = [columns.filed[i], columns.sign[i], columns.retention_days[i]];
    if (filed === false) status[i] |= bit("not_filed");
    if (sign === false) status[i] |= bit("no_sign");
    if (days > limit_days) status[i] |= bit("past_retention");
    if (filed === null || sign === null || days === null) status[i] |= bit("unknown");
    duty[i] = (status[i] & 1 ? 8 : 0) + (status[i] & 2 ? 4 : 0) + (status[i] & 4 ? 2 : 0) + (status[i] & 8 ? 1 : 0);
  }
  const kinds = [...new Set(overlaps.kind)];
  const spots = new Map();
  overlaps.row.forEach((row, k) => spots.set(row, [...(spots.get(row) ?? []), { kind: overlaps.kind[k], n: overlaps.n_spots[k] }]));
  const nOverlaps = new Float64Array(n);
  spots.forEach((found, row) => (nOverlaps[row] = found.reduce((sum, spot) => sum + spot.n, 0)));
  const hidden = new Set(answer.hidden.n_dwellings_62 ?? []);
  return {
    of: "cameras",
    n,
    columns,
    words,
    kinds,
    spots,
    hidden,
    status,
    duty,
    nOverlaps,
    nSpots: nOverlaps.reduce((sum, spotted) => sum + spotted, 0),
    nDuties: duty.reduce((sum, due) => sum + (due > 1 ? 1 : 0), 0),
    has: answer.has,
    facade: numbers(columns.facade_62_m, n),
    filterBy: numbers(columns.facade_62_m, n),
    dwellings: numbers(columns.n_dwellings_62, n),
    alone: numbers(columns.alone_road_m, n),
    seen3: numbers(columns.seen_3plus_share, n),
    isNamed: (row) => !columns.uid || row < columns.uid.length,
    keyOf: (row) => columns.uid?.[row] ?? `#${row}`,
    placeOf: (row) => (columns.lon && row < columns.lon.length ? { lon: columns.lon[row], lat: columns.lat[row] } : null),
  };
}

/** The units `numbers` of a frame, by their rows in the tables safeguards and coverage. */
export function unitRows(frame, guarded, coverage) {
  const { units } = frame;
  const at = [...frame.numbers].sort((a, b) => a - b);
  const n = at.length;
  const pick = (values) => numbers(at.map((i) => values?.[i] ?? NaN), n);
  const c = guarded.columns;
  const status = new Uint8Array(n);
  const counts = { not_filed: ["n_not_filed"], no_sign: ["n_without_sign"], past_retention: ["n_past_retention"], unknown: ["n_filed_unknown", "n_sign_unknown"] };
  at.forEach((i, row) => STATUSES.forEach((name) => counts[name].some((column) => c[column]?.[i] > 0) && (status[row] |= bit(name))));
  const nCameras = pick(c.n_cameras);
  const facade = pick(c.facade_62_m);
  return {
    of: "units",
    n,
    units,
    number: at,
    status,
    nCameras,
    facade,
    each: facade.map((m, row) => (nCameras[row] > 0 ? m / nCameras[row] : NaN)),
    filterBy: facade.map((m, row) => (nCameras[row] > 0 ? Math.round((10 * m) / nCameras[row]) / 10 : NaN)),
    low: pick(c.facade_62_m_low),
    high: pick(c.facade_62_m_high),
    dwellings: pick(c.n_dwellings_62),
    seen3: pick(coverage.columns?.public_3plus_share),
    counts: Object.fromEntries(["n_not_filed", "n_without_sign", "n_past_retention", "n_filed_unknown"].map((name) => [name, pick(c[name])])),
    restricted: pick(c.restricted_m2),
    keyOf: (row) => units.code[at[row]],
    placeOf: (row) => ({ lon: units.lon[at[row]], lat: units.lat[at[row]] }),
    rowOf: new Map(at.map((i, row) => [i, row])),
  };
}

/** The filters of the desk over its rows; each is set from what the address says. */
export class Filters {
  constructor(rows) {
    this.rows = rows;
    this.cross = new CrossFilter(rows.n);
  }

  /** Whether the filter `key` can tell these rows apart. */
  applies(key) {
    return this.rows.of === "cameras" || key === "facade" || key === "status";
  }

  set(key, value) {
    this.cross.set(key, this.applies(key) ? this.test(key, value) : null);
  }

  test(key, value) {
    const { rows } = this;
    if (key === "facade") {
      if (!value) return null;
      const [from, to] = [value[0], value[1] ?? Infinity];
      return (i) => rows.filterBy[i] >= from && rows.filterBy[i] < to;
    }
    if (key === "spare") return value ? (i) => rows.columns.spare[i] === 1 : null;
    if (!value.length) return null;
    if (key === "status") {
      const mask = value.reduce((sum, name) => sum | bit(name), 0);
      return (i) => (rows.status[i] & mask) !== 0;
    }
    if (key === "overlap") return (i) => rows.spots.get(i)?.some(({ kind }) => value.includes(kind)) ?? false;
    const wanted = new Set(value.map((word) => rows.words[key].indexOf(word)));
    return (i) => wanted.has(rows.columns[key][i]);
  }

  /** Rows per bin of the histogram. */
  histogram() {
    return this.cross.distribution("facade", (i) => binOf(this.rows.filterBy[i], EDGES), EDGES.length - 1);
  }

  /** How many rows have each of `names`, under all other filters, and how many of them are kept; a row may have several. */
  tally(key, names, hasOf, rows = null) {
    const found = names.map((value) => ({ value, under: 0, kept: 0 }));
    const count = (i, isKept) =>
      hasOf(i, (k) => {
        found[k].under += 1;
        if (isKept) found[k].kept += 1;
      });
    this.cross.each(key, count, rows);
    return found;
  }

  statuses() {
    const { status } = this.rows;
    return this.tally("status", STATUSES, (i, add) => {
      for (let k = 0, left = status[i]; left; k += 1, left >>= 1) if (left & 1) add(k);
    });
  }

  overlaps() {
    const { spots, kinds } = this.rows;
    return this.tally("overlap", kinds, (i, add) => spots.get(i).forEach(({ kind }) => add(kinds.indexOf(kind))), [...spots.keys()]);
  }

  words(key) {
    const listed = this.rows.words[key];
    const numbered = this.rows.columns[key];
    const found = this.tally(key, [...listed, ""], (i, add) => add(numbered[i] < 0 ? listed.length : numbered[i]));
    return found.at(-1).under ? found : found.slice(0, -1);
  }

  spare() {
    const { spare } = this.rows.columns;
    const [found] = this.tally("spare", ["spare"], (i, add) => spare[i] === 1 && add(0));
    return found.under;
  }
}

/** Statuses of a row, worst first. */
export const statusesOf = (rows, row) => STATUSES.filter((name) => (rows.status[row] & bit(name)) !== 0);
