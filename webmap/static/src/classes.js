/** Class breaks and counts of what is drawn. */

const FIXED_PERCENT = {
  places: [0, 20, 40, 60, 80, 100],
  roads: [0, 20, 40, 60, 80, 100],
  incidents: [0, 20, 40, 60, 80, 100],
  residents: [0, 20, 40, 60, 80, 100],
  area: [0, 1, 5, 10, 25, 100],
};
const BINS_PER_CLASS = 8;

const ascending = (values) => Float64Array.from(values).sort();

export function quantile(sorted, share) {
  if (!sorted.length) return NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** Fisher-Jenks natural breaks by dynamic programming over at most 400 sorted values (quantile sample above). */
function natural(sorted, k) {
  const n = Math.min(sorted.length, 400);
  const x = n === sorted.length ? sorted : Float64Array.from({ length: n }, (_, i) => quantile(sorted, i / (n - 1)));
  const sum = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  for (let i = 0; i < n; i += 1) {
    sum[i + 1] = sum[i] + x[i];
    squares[i + 1] = squares[i] + x[i] * x[i];
  }
  const spread = (a, b) => squares[b] - squares[a] - (sum[b] - sum[a]) ** 2 / (b - a);
  let best = Float64Array.from({ length: n + 1 }, (_, b) => (b ? spread(0, b) : 0));
  const cuts = [];
  for (let c = 1; c < k; c += 1) {
    const next = new Float64Array(n + 1).fill(Infinity);
    const cut = new Int32Array(n + 1);
    for (let b = c + 1; b <= n; b += 1) {
      for (let a = c; a < b; a += 1) {
        const cost = best[a] + spread(a, b);
        if (cost < next[b]) [next[b], cut[b]] = [cost, a];
      }
    }
    best = next;
    cuts.push(cut);
  }
  const inner = [];
  for (let c = cuts.length - 1, b = n; c >= 0; c -= 1) {
    b = cuts[c][b];
    inner.unshift(x[b]);
  }
  return [x[0], ...inner, x[n - 1]];
}

/** Six breaks in percent for five classes; too few different values fall back to equal steps. */
export function breaksOf(values_percent, method, measure) {
  if (method === "fixed") return FIXED_PERCENT[measure];
  const sorted = ascending(values_percent);
  if (!sorted.length) return FIXED_PERCENT[measure];
  const [low, high] = [sorted[0], sorted.at(-1)];
  const equal = Array.from({ length: 6 }, (_, i) => low + ((high - low) * i) / 5);
  if (high === low) return Array.from({ length: 6 }, (_, i) => low + i * 0.1);
  const asked = method === "quantile" ? [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => quantile(sorted, share)) : method === "natural" && new Set(sorted).size > 5 ? natural(sorted, 5) : equal;
  const rising = asked.every((value, i) => i === 0 || value > asked[i - 1]);
  return rising ? asked : equal;
}

/** Class 0..4: lower edge included, the last class includes its upper edge. */
export function classOf(value, breaks) {
  for (let i = breaks.length - 2; i > 0; i -= 1) if (value >= breaks[i]) return i;
  return 0;
}

/** What the legend prints: counts per class, 40 bins (8 in each class), median, no data, suppressed. */
export function summarise(units, read, breaks) {
  const counts = new Array(breaks.length - 1).fill(0);
  const bins = new Array(counts.length * BINS_PER_CLASS).fill(0);
  const shown = [];
  let missing = 0;
  let hidden = 0;
  for (const i of units) {
    const { value, state } = read(i);
    if (state === "hidden") hidden += 1;
    else if (state === "missing") missing += 1;
    else {
      const k = classOf(value, breaks);
      const inside = (value - breaks[k]) / (breaks[k + 1] - breaks[k]);
      counts[k] += 1;
      bins[k * BINS_PER_CLASS + Math.min(BINS_PER_CLASS - 1, Math.max(0, Math.floor(inside * BINS_PER_CLASS)))] += 1;
      shown.push(value);
    }
  }
  return { counts, bins, missing, hidden, median: quantile(ascending(shown), 0.5), n: shown.length };
}

/** Where a value stands on a bar whose classes are equally wide, 0..1. */
export function positionOf(value, breaks) {
  const k = classOf(value, breaks);
  const inside = Math.min(1, Math.max(0, (value - breaks[k]) / (breaks[k + 1] - breaks[k])));
  return (k + inside) / (breaks.length - 1);
}
