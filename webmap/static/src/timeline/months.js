/** What month-end values say: pure functions over the records of /api/history. */

const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Value of one month: {month, state: "value" | "hidden" | "missing", value, low, high}, shares as percent. */
export function pointOf(record, column) {
  const { month, values, hidden = [] } = record;
  if (hidden.includes(column)) return { month, state: "hidden" };
  if (!known(values?.[column])) return { month, state: "missing" };
  const [value, low, high] = ["", "_low", "_high"].map((end) => (known(values[column + end]) ? values[column + end] * 100 : null));
  return { month, state: "value", value, low: low ?? value, high: high ?? value };
}

/** The change from one month to another in points, and whether their intervals overlap; null where one has no value. */
export function changeOf(from, to) {
  if (from?.state !== "value" || to?.state !== "value") return null;
  return { points: to.value - from.value, isWithin: from.low <= to.high && to.low <= from.high };
}

/** The axis that holds all intervals: whole tens around them, at least ten points wide. */
export function axisOf(points) {
  const shown = points.filter(({ state }) => state === "value");
  if (!shown.length) return [0, 100];
  const low = Math.max(0, Math.floor(Math.min(...shown.map((point) => point.low)) / 10) * 10);
  const high = Math.min(100, Math.ceil(Math.max(...shown.map((point) => point.high)) / 10) * 10);
  return high - low >= 10 ? [low, high] : [Math.max(0, high - 10), Math.max(10, high)];
}

/** Which months get a date under the axis: the first, the last, and as many between as there is room for. */
export function ticksOf(n, most = 5) {
  if (n <= 1) return n ? [0] : [];
  const step = Math.max(1, Math.ceil((n - 1) / (most - 1)));
  const found = [];
  for (let i = n - 1; i >= 0; i -= step) found.unshift(i);
  if (found[0] > 0 && found[0] >= step / 2) found.unshift(0);
  return found;
}
