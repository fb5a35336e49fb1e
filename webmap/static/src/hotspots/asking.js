/** What the desk asks the service: classes of units, and the figures beside them. Each answer is kept until the snapshot changes. */

import { getBinaryURL, getJSON, isHeld, isStandalone } from "../data.js";
import { address } from "../atlas.js";
import { filteredBy } from "./incidents.js";
import { playFrom } from "./window.js";

const labelled = (label) => (label === "no_result" ? "" : label);

/** Classes of every unit: those of the snapshot, or, where incidents are chosen, worked out for them. */
export function askClasses({ atlas, state }, level, period) {
  const { asked, key, isAny } = filteredBy(state, period);
  if (!isAny || state.get("measure") === "emerging" || !isHeld("/api/hotspots", { level, ...asked })) return atlas.metrics("hotspots", level, { within: undefined });
  return atlas.once(`hotspots/${level}/${key}`, async () => {
    const { units, hidden, method } = await getJSON("/api/hotspots", { level, ...asked });
    return { columns: { ...units, hotspot: units.class.map(labelled), excess: units.value ?? [] }, hidden: { ...hidden, hotspot: hidden.class }, method };
  });
}

/** Labels of every unit: those of the snapshot, by months of all incidents, or worked out for what is chosen; null on other maps. */
export function askLabels({ atlas, state }, level, period) {
  if (state.get("measure") !== "emerging") return null;
  const { asked, key, isAny } = filteredBy(state, period);
  const step = state.get("step");
  if ((!isAny && step === "month") || !isHeld("/api/emerging", { level, step, ...asked })) return atlas.metrics("emerging", level, { within: undefined });
  return atlas.once(`emerging/${level}/${step}/${key}`, async () => {
    const { units, hidden, method } = await getJSON("/api/emerging", { level, step, ...asked });
    return { columns: { ...units, label: units.label.map(labelled) }, hidden, method };
  });
}

/** The share of re-runs in which the label of `unit` stays; null where it is hidden, undefined where the role is not told it. */
export async function askStability({ atlas, boot, state }, unit) {
  const { asked, key } = filteredBy(state);
  const step = state.get("step");
  const { units } = await atlas.once(`stability/${address(unit)}/${step}/${key}`, () => getJSON("/api/emerging", { level: unit.level, within: address(unit), step, reruns: boot.rules.stability_reruns, ...asked }));
  return units.stability_share?.[0];
}

export function askDensity({ atlas, state }, period) {
  if (state.get("measure") !== "density") return null;
  const { asked, key } = filteredBy(state, period);
  return atlas.once(`kde/${key}`, () => getJSON("/api/kde", isHeld("/api/kde", asked) ? asked : {}));
}

/** The picture of the density that is shown. */
export function densityURL({ boot, state }) {
  const { asked } = filteredBy(state);
  return getBinaryURL("/api/kde.png", { v: boot.snapshot?.id, ...(isHeld("/api/kde.png", asked) ? asked : {}) });
}

/** Whether the map of `level` can be had for other months than all of `months`: a file has those of a few levels. */
export function canStep({ state }, level, months) {
  if (!isStandalone()) return true;
  const measure = state.get("measure");
  if (!months.length || measure === "density") return false;
  const { asked } = filteredBy(state, playFrom(null, months));
  return measure === "gi" ? isHeld("/api/hotspots", { level, ...asked }) : isHeld("/api/emerging", { level, step: "month", ...asked });
}

const placeOf = (app) => (!app.place || app.isWhole() ? undefined : address(app.place));

/** The month's figures of the place; null in a file that does not hold them. */
export function askHeadline(app, level, period) {
  const { asked, key } = filteredBy(app.state, period);
  const within = placeOf(app);
  return orNone(app.atlas.once(`headline/${level}/${within ?? ""}/${key}`, () => getJSON("/api/headline", { level, within, ...asked })));
}

/** First and last whole month of all records, from the answer for the whole home; null where there is none. */
export const askSpan = async ({ atlas }) => (await orNone(getJSON("/api/headline", { level: atlas.drawnLevel(atlas.homeLevel()) })))?.span ?? null;

/** The parts of the place compared, and how its incidents are handled; a file holds them for all incidents, or (null) not at all. */
export function askStanding(app, period) {
  const { asked, key } = filteredBy(app.state, period);
  const within = placeOf(app);
  return orNone(app.atlas.once(`standing/${within ?? ""}/${key}`, () => isHeld("/api/standing", { within, ...asked }) ? getJSON("/api/standing", { within, ...asked }) : getJSON("/api/standing", { within }).then((all) => ({ ...all, follows: false }))));
}

const orNone = (answer) => (isStandalone() ? answer.catch(() => null) : answer);
