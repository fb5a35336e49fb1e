/** The months that the map rests on: a window that slides over the whole months of the records. */

const USUAL = 12;

const lastDay = (month) => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
const periodOf = (months, first, last) => `${months[first]}-01/${months[last]}-${lastDay(months[last])}`;

/** Positions [first, last] of the `months` ("2026-10", oldest first) that lie within `period` (null: all); null where none does. */
export function windowOf(period, months) {
  if (!months.length) return null;
  if (!period) return [0, months.length - 1];
  const [from, to] = period.split("/");
  const inside = months.flatMap((month, i) => (`${month}-01` >= from && `${month}-${lastDay(month)}` <= to ? [i] : []));
  return inside.length ? [inside[0], inside.at(-1)] : null;
}

/** How many months slide: those of the chosen period, or a year; half of what there is where that is not more than a year. */
export function widthOf(period, months) {
  const chosen = period ? windowOf(period, months) : null;
  return chosen ? chosen[1] - chosen[0] + 1 : months.length > USUAL ? USUAL : Math.ceil(months.length / 2);
}

/** The period of a window as wide as now that ends with month `last`; null where it does not fit. */
export function endingAt(last, period, months) {
  const first = last - widthOf(period, months) + 1;
  return first < 0 || last >= months.length ? null : periodOf(months, first, last);
}

/** The window moved by so many months; null at either end. */
export function moved(by, period, months) {
  const now = windowOf(period, months);
  return now ? endingAt(now[1] + by, period, months) : null;
}

/** Where play begins: one month on, or from the first window where the last is shown. */
export const playFrom = (period, months) => moved(1, period, months) ?? endingAt(widthOf(period, months) - 1, period, months);

/** The period of the last `n` months. */
export const lastMonths = (n, months) => (n <= months.length ? periodOf(months, months.length - n, months.length - 1) : null);
