/** The order of rows by one column. */

/**
 * Row numbers 0..n-1 by `values` (numbers, or texts), highest first where `descending`; rows without a value stand last,
 * equal ones keep their order.
 */
export function orderOf(values, { descending = false } = {}) {
  const n = values.length;
  const rows = new Int32Array(n);
  let filled = 0;
  let empty = n;
  for (let i = n - 1; i >= 0; i -= 1) if (isEmpty(values[i])) rows[(empty -= 1)] = i;
  for (let i = 0; i < n; i += 1) if (!isEmpty(values[i])) rows[filled++] = i;
  const way = descending ? -1 : 1;
  const isText = filled > 0 && typeof values[rows[0]] === "string";
  const collator = isText ? new Intl.Collator("zh") : null;
  const compare = isText ? (a, b) => way * collator.compare(values[a], values[b]) || a - b : (a, b) => way * (values[a] - values[b]) || a - b;
  rows.subarray(0, filled).sort(compare);
  return rows;
}

const isEmpty = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);
