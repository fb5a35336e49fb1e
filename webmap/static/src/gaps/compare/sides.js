/** What is unseen in each drawn unit on the two sides of a comparison, with its interval. */

import { getJSON, sendJSON } from "../../data.js";
import { asked } from "../../whatif/edits.js";
import { readScenario } from "../../whatif/store.js";

/** Share of coverage and its whole, by the figure of the desk; gaps' own area is kept at one density only. */
const SHARES = {
  roads: ["road_seen_share", "road_m"],
  places: ["places_seen_share", "n_places"],
  incidents: ["incidents_seen_share", "n_incidents"],
  residents: ["residents_near_share", "residents_located"],
};

export const canCompare = (figure) => figure.name in SHARES;

const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Values per unit number: {value, low, high} arrays of what is unseen, null where it is not known, and the hidden ones. */
export function unseenOf(metrics, wholes, figure) {
  const [share, whole] = SHARES[figure.name];
  const sizes = wholes.columns[whole] ?? [];
  const shares = (end) => metrics.columns[`${share}${end}`] ?? [];
  const rest = (end) => sizes.map((size, i) => (known(size) && known(shares(end)[i]) ? size * (1 - shares(end)[i]) : null));
  const value = rest("");
  const or = (found) => found.map((one, i) => one ?? value[i]);
  return { value, low: or(rest("_high")), high: or(rest("_low")), hidden: new Set([...(metrics.hidden?.[share] ?? []), ...(wholes.hidden?.[whole] ?? [])]) };
}

/** A scenario's units laid over those of today. */
function laidOver(today, answer, level, units, figure) {
  const [share] = SHARES[figure.name];
  const column = [...(today.columns[share] ?? [])];
  for (const row of answer.units) if (row.level === level) column[units.position.get(row.code)] = row.values[share];
  return { ...today, columns: { ...today.columns, [share]: column, [`${share}_low`]: column, [`${share}_high`]: column } };
}

/** The sides of `cmp` at the levels of the map and of the table: {drawn, listed}, the same object where those are one level. */
export async function loadPair(app, cmp, level, listed, figure) {
  const asked = [...new Set([level, listed])].map((name) => loadSides(app, cmp, name, figure));
  const [drawn, finer = drawn] = await Promise.all(asked);
  return { drawn, listed: finer };
}

/**
 * Both sides of `cmp` ({kind, value}) at a level, the earlier or today's first: `{left, right}` of `unseenOf`. Of a month only shares are
 * kept: they count on today's roads. A scenario is nominal, so both sides of it are points.
 */
async function loadSides(app, cmp, level, figure) {
  const { atlas, boot } = app;
  const today = await atlas.metrics("coverage", level, { at: boot.default_px_per_m });
  const now = unseenOf(today, today, figure);
  if (cmp.kind === "month") {
    const then = await atlas.once(`history/${cmp.value}/${level}`, () => getJSON(`/api/history/${cmp.value}`, { level }));
    return { left: unseenOf(then, today, figure), right: now };
  }
  if (cmp.kind === "at") return { left: now, right: unseenOf(await atlas.metrics("coverage", level, { at: cmp.value }), today, figure) };
  const answer = await atlas.once(`scenario/${cmp.value}`, async () => sendJSON("POST", "/api/whatif", { edits: asked((await readScenario(cmp.value)).edits), at: boot.default_px_per_m, detail: "quick" }));
  const after = unseenOf(laidOver(today, answer, level, await atlas.units(level), figure), today, figure);
  return { left: { ...now, low: now.value, high: now.value }, right: after };
}
