/** Which incidents count, and by what steps of time: the choices of the hotspots desk, as the service is asked. */

import { h } from "./dom.js";
import { has, t } from "./i18n.js";
import { isStandalone } from "./data.js";
import { STEPS } from "./permalink.js";
import { section } from "./controls.js";

/** `{asked, key, isAny}`: words in quotes, for they may hold commas. */
export function filteredBy(state) {
  const quoted = (word) => (word === null ? undefined : `"${word.replaceAll('"', '""')}"`);
  const asked = { category: quoted(state.get("category")), channel: quoted(state.get("channel")) };
  return { asked, key: `${asked.category ?? ""}/${asked.channel ?? ""}`, isAny: asked.category !== undefined || asked.channel !== undefined };
}

function select(state, name, label, options) {
  const option = ({ value, label: words }) => h("option", { value, selected: (state.get(name) ?? "") === value }, words);
  return h("select", { class: "gs-select is-wide", "aria-label": label, "data-focus": `filter-${name}`, onchange: (event) => state.set({ [name]: event.target.value || null }) }, options.map(option));
}

/** The selects; of emerging hot spots their steps, too. None in a file that has no service behind it. */
export function incidentsSection({ boot, state }) {
  if (isStandalone()) return null;
  const labelled = (name, word) => (has(`incident.${name}.${word}`) ? t(`incident.${name}.${word}`) : word);
  const names = ["category", "channel"].filter((name) => boot.incident_words?.[name]?.length);
  const selects = names.map((name) => select(state, name, t(`incident.${name}`), [{ value: "", label: t(`hot.every_${name}`) }, ...boot.incident_words[name].map((word) => ({ value: word, label: labelled(name, word) }))]));
  if (state.get("measure") === "emerging") selects.push(select(state, "step", t("emerging.step"), STEPS.map((step) => ({ value: step, label: t(`emerging.by_${step}`) }))));
  return selects.length ? section({ id: "gs-incidents", label: t("hot.which") }, null, h("div", { class: "gs-selects" }, selects)) : null;
}
