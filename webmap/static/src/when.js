/** When incidents happened, as the address says it: days FIRST/LAST, hours H-H, perhaps of some weekdays: D-D@H-H. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const isDay = (text) => DAY.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

export function isPeriod(text) {
  const [first, last, ...rest] = text.split("/");
  return rest.length === 0 && isDay(first ?? "") && isDay(last ?? "") && first <= last;
}

function isSpan(text, least, most) {
  return text.split(",").every((part) => {
    const ends = part.split("-");
    return ends.length <= 2 && ends.every((end) => /^\d{1,2}$/.test(end) && Number(end) >= least && Number(end) <= most);
  });
}

/** "1-5@8-17" to {weekdays: "1-5", hours: "8-17"}; without "@" all weekdays; null where it cannot be read. */
export function parseHours(text) {
  const parts = text.split("@");
  const [weekdays, hours] = parts.length === 2 ? parts : [null, parts[0]];
  const fine = parts.length <= 2 && isSpan(hours, 0, 23) && (weekdays === null || isSpan(weekdays, 1, 7));
  return fine ? { weekdays, hours } : null;
}

/** What the service is asked, of state values `period` and `hours`. */
export function askedWhen(period, hours) {
  const found = hours ? parseHours(hours) : null;
  const isAllDay = found?.hours === "0-23";
  return { days: period ?? undefined, hours: found && !isAllDay ? found.hours : undefined, weekdays: found?.weekdays ?? undefined };
}

/** FIRST/LAST of the `n` months that end on the civil day `last`. */
export function monthsUpTo(last, n) {
  const [year, month, day] = last.split("-").map(Number);
  const ends = new Date(Date.UTC(year, month - n, 0)).getUTCDate();
  const before = new Date(Date.UTC(year, month - 1 - n, Math.min(day, ends)));
  before.setUTCDate(before.getUTCDate() + 1);
  return `${before.toJSON().slice(0, 10)}/${last}`;
}
