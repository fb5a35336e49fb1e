/** What the desk asks the service: classes of units, and the figures beside them. Each answer is kept until the snapshot changes. */

import { getBinaryURL, getJSON, isStandalone } from "../data.js";
import { address } from "../atlas.js";
import { filteredBy } from "./incidents.js";

const labelled = (label) => (label === "no_result" ? "" : label);

/** Classes of every unit: those of the snapshot, or, where incidents are chosen, worked out for them. */
export function askClasses({ atlas, state }, level, period) {
  const { asked, key, isAny } = filteredBy(state, period);
  if (!isAny || isStandalone() || state.get("measure") === "emerging") return atlas.metrics("hotspots", level, { within: undefined });
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
  if ((!isAny && step === "month") || isStandalone()) return atlas.metrics("emerging", level, { within: undefined });
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
  return atlas.once(`kde/${key}`, () => getJSON("/api/kde", isStandalone() ? {} : asked));
}

/** The picture of the density that is shown. */
export const densityURL = ({ boot, state }) => getBinaryURL("/api/kde.png", { v: boot.snapshot?.id, ...filteredBy(state).asked });

const placeOf = (app) => (!app.place || app.isWhole() ? undefined : address(app.place));

/** The month's figures of the place; null in a file that does not hold them. */
export function askHeadline(app, level, period) {
  const { asked, key } = filteredBy(app.state, period);
  const within = placeOf(app);
  return orNone(app.atlas.once(`headline/${level}/${within ?? ""}/${key}`, () => getJSON("/api/headline", { level, within, ...asked })));
}

/** The parts of the place compared, and how its incidents are handled; null in a file that does not hold it. */
export function askStanding(app, period) {
  const { asked, key } = filteredBy(app.state, period);
  const within = placeOf(app);
  return orNone(app.atlas.once(`standing/${within ?? ""}/${key}`, () => getJSON("/api/standing", { within, ...asked })));
}

const orNone = (answer) => (isStandalone() ? answer.catch(() => null) : answer);
