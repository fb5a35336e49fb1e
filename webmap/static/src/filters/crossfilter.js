/** Filters over the rows of columns: each row remembers which filters leave it out, so that one filter changes alone. */

const MOST_FILTERS = 30;

export class CrossFilter {
  constructor(n) {
    this.n = n;
    this.names = [];
    this.tests = new Map();
    /** Per row one bit for each filter that leaves it out. */
    this.out = new Uint32Array(n);
  }

  /** Let filter `name` keep the rows `i` for which `test(i)` holds; null takes the filter away. */
  set(name, test) {
    let k = this.names.indexOf(name);
    if (k < 0) {
      if (!test) return this;
      if (this.names.length >= MOST_FILTERS) throw new RangeError(`more than ${MOST_FILTERS} filters`);
      k = this.names.push(name) - 1;
    }
    if (test) this.tests.set(name, test);
    else this.tests.delete(name);
    const bit = 1 << k;
    const { out, n } = this;
    for (let i = 0; i < n; i += 1) out[i] = test && !test(i) ? out[i] | bit : out[i] & ~bit;
    return this;
  }

  clear() {
    this.tests.clear();
    this.out.fill(0);
  }

  isOn(name) {
    return this.tests.has(name);
  }

  keeps(i) {
    return this.out[i] === 0;
  }

  /** How many rows all filters keep. */
  count() {
    let found = 0;
    for (let i = 0; i < this.n; i += 1) if (this.out[i] === 0) found += 1;
    return found;
  }

  /** The rows of `order` that all filters keep, in that order. */
  rows(order) {
    return order.filter((i) => this.out[i] === 0);
  }

  bitOf(name) {
    const k = this.names.indexOf(name);
    return k < 0 ? 0 : 1 << k;
  }

  /**
   * The distribution of rows over `nGroups` groups under all filters but `name`, and the part that `name` keeps, too.
   * `groupOf(i)` is a group, or -1 for a row of none.
   */
  distribution(name, groupOf, nGroups) {
    const under = new Float64Array(nGroups);
    const kept = new Float64Array(nGroups);
    this.each(name, (i, isKept) => {
      const group = groupOf(i);
      if (group < 0) return;
      under[group] += 1;
      if (isKept) kept[group] += 1;
    });
    return { under, kept };
  }

  /** Visit the rows that all filters but `name` keep, of `rows` or of all: `visit(i, isKept)`, whether `name` keeps it, too. */
  each(name, visit, rows = null) {
    const { out } = this;
    const others = ~this.bitOf(name);
    const n = rows ? rows.length : this.n;
    for (let k = 0; k < n; k += 1) {
      const i = rows ? rows[k] : k;
      if ((out[i] & others) === 0) visit(i, out[i] === 0);
    }
  }

  /** The filter without which most rows would come back, as {name, n}; null where no single one helps. */
  cutsMost() {
    const gains = new Map();
    for (let i = 0; i < this.n; i += 1) {
      const out = this.out[i];
      if (out !== 0 && (out & (out - 1)) === 0) gains.set(out, (gains.get(out) ?? 0) + 1);
    }
    let best = null;
    this.names.forEach((name) => {
      const n = gains.get(this.bitOf(name) >>> 0) ?? 0;
      if (n > (best?.n ?? 0)) best = { name, n };
    });
    return best;
  }
}

/** The bin of `value` among bins with the given rising `edges` (one more than bins); the last holds all above, -1: none. */
export function binOf(value, edges) {
  if (value === null || !(value >= edges[0])) return -1;
  let [low, high] = [0, edges.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (value >= edges[middle]) low = middle;
    else high = middle - 1;
  }
  return low;
}
