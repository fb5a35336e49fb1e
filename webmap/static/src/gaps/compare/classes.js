/** Classes of a difference: seven centred on 0, and one for what lies within the intervals. */

/** Signs of the classes, from much less to much more; those of the palette. */
export const SIGNS = ["−−−", "−−", "−", "±", "+", "++", "+++"];
export const WITHIN = "within";
const MOST_IN_OUTER = 0.25;
/** Differences below are rounding of the shares that they come from. */
const LEAST = { roads: 20, places: 1, incidents: 1, residents: 5 };

/** The smallest of three steps b, 2 b, 4 b, a round one, so that at most a quarter of the differences are 4 b and more. */
export function stepOf(differences, name) {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  for (let power = 1; ; power *= 10) {
    for (const part of [1, 2, 5]) {
      const step = LEAST[name] * power * part;
      if (sizes.filter((size) => size >= 4 * step).length <= MOST_IN_OUTER * sizes.length) return step;
    }
  }
}

/** Whether two intervals overlap; two that are points and the same do, too. */
export const isWithin = (left, right, i) => left.low[i] <= right.high[i] && right.low[i] <= left.high[i];

/** Class of the difference right - left of unit `i`: 0..6, WITHIN, or null where a side has no value. */
export function classOf({ left, right }, i, step) {
  const [a, b] = [left.value[i], right.value[i]];
  if (a === null || b === null || a === undefined || b === undefined) return null;
  if (isWithin(left, right, i)) return WITHIN;
  const difference = b - a;
  const size = Math.abs(difference);
  const out = size < step ? 0 : size < 2 * step ? 1 : size < 4 * step ? 2 : 3;
  return 3 + Math.sign(difference) * out;
}
