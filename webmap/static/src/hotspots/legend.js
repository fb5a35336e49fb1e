/** What the colours of the map mean, how many units bear each, and what they rest on. */

import { h } from "../dom.js";
import { breakLabel, number, t, words } from "../i18n.js";
import { giClasses, giColour, giSign, inkOn } from "../colours.js";
import { figureOf } from "../evidence/figure.js";
import { swatch } from "../legend.js";
import { classKey } from "./classes.js";
import { glyphStrip, matrix } from "./emerging.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

export const giChip = (name) => h("span", { class: "gs-gi-chip", style: { background: giColour(name), color: inkOn(giColour(name)) }, title: t(classKey(name)) }, giSign(name));

const OTHERS = { hidden: ["suppressed", "map.suppressed"], missing: ["nodata", "map.no_data"], island: ["nodata", "stat.island"] };

function giLegend(desk) {
  const { counts } = desk.classes;
  const rows = [...giClasses(), ...Object.keys(OTHERS).filter((name) => counts[name])];
  return h(
    "div",
    { class: "gs-gi" },
    rows.map((name) => {
      const [kind, key] = OTHERS[name] ?? [null, name === "none" ? "stat.ns" : `legend.${name}`];
      return h(
        "button",
        {
          type: "button",
          class: `gs-gi-row${desk.filter && desk.filter !== name ? " is-off" : ""}`,
          "aria-pressed": String(desk.filter === name),
          "data-focus": `gi-${name}`,
          onpointerenter: () => desk.fade(name),
          onpointerleave: () => desk.fade(null),
          onclick: () => desk.choose(name),
        },
        kind ? swatch(kind) : giChip(name),
        h("span", { class: "gs-gi-label" }, t(key)),
        h("b", figureOf("hotspots.hotspot", desk.app.place, null, { isIn: true, said: `${t(key)}: ${number(counts[name])}` }), number(counts[name])),
      );
    }),
  );
}

function densityLegend({ density }) {
  const { breaks = [], colors: fills = [], bandwidth_m } = density;
  const isTold = known(density.n);
  return [
    h("div", { class: "gs-classbar is-plain" }, fills.map((fill) => h("span", { class: "gs-class", style: { background: fill } }))),
    h("div", { class: breaks.length === fills.length ? "gs-lowers" : "gs-breaks" }, breaks.map((value) => h("span", null, breakLabel(value)))),
    h("p", { class: "gs-note" }, t(isTold ? "kde.note" : "kde.note_filtered", { bandwidth: number(bandwidth_m), n: number(density.n) })),
    density.blank_below ? h("p", { class: "gs-note" }, t("kde.blank", { n: number(density.blank_below) })) : null,
  ];
}

export function legendOf(desk) {
  const { classes } = desk;
  if (classes.kind === "density") return densityLegend(desk);
  if (classes.kind === "gi") return giLegend(desk);
  return matrix(classes.counts, { filter: desk.filter, onHover: (name) => desk.fade(name), onFilter: (name) => desk.choose(name) });
}

/** One line of classes over the phone's map. */
export function phoneLegend(desk) {
  const { classes } = desk;
  if (classes.kind === "density") return densityLegend(desk);
  if (classes.kind === "emerging") return glyphStrip(classes.counts);
  return h("div", { class: "gs-gi-strip" }, giClasses().map((name) => h("span", { class: "gs-gi-chip", style: { background: giColour(name), color: inkOn(giColour(name)) }, title: t(classKey(name)) }, number(classes.counts[name]))));
}

function lines(desk) {
  const { app, classes, frame, metrics } = desk;
  const { rules = {} } = app.boot;
  const method = (classes.kind === "emerging" ? desk.emerging : metrics).method ?? {};
  const neighbours = metrics.columns?.n_neighbours ?? [];
  const n = frame.units.code.length;
  const mean = n ? neighbours.reduce((sum, one) => sum + (one ?? 0), 0) / n : 0;
  const near = t(`neighbours.${method.neighbours ?? rules.neighbours ?? "queen"}`);
  const tail = t(`tail.${(method.tail ?? rules.hotspot_tail ?? "two-sided").replace("-", "_")}`);
  const told = [t("methods.units", { n: number(n), level: app.levelTitle(frame.level), neighbours: near, mean: number(mean, 1) })];
  if (classes.kind === "emerging") {
    const steps = method.n_steps ?? Math.max(0, ...classes.column("n_steps").filter(known));
    told.push(t("methods.cube", { n: number(steps), steps: t(`steps.${method.step ?? "month"}`), tail }));
    if (classes.numbers.some((i) => known(classes.stability(i)))) told.push(t("methods.stability", { n: number(rules.stability_reruns), seed: rules.hotspot_seed }));
  } else {
    told.push(t("methods.test", { tail, fdr: (method.fdr_levels ?? rules.fdr_levels ?? []).map((level) => number(level, 2)).join(" / ") }));
    told.push(t("methods.seed", { n: number(method.permutations ?? rules.hotspot_permutations), seed: method.seed ?? rules.hotspot_seed }));
  }
  const exposure = t(app.boot.available?.residents ? "exposure.residents" : "exposure.area");
  const counts = metrics.columns?.n_incidents;
  const isStored = !method.step && !metrics.method && counts;
  const isPart = (metrics.hidden?.n_incidents ?? []).length > 0;
  told.push(isStored ? t("methods.base", { n: `${isPart ? "≥ " : ""}${number(counts.reduce((sum, one) => sum + (one ?? 0), 0))}`, exposure }) : t("methods.base_chosen", { exposure }));
  return [...told, ...(method.warnings ?? []).map(words)];
}

/** Units, step, tail, neighbours, FDR level, permutations, seed: always in sight. */
export function methods(desk) {
  const { density, emerging, metrics } = desk;
  const line = density ? "" : words((emerging ?? metrics).method?.line);
  return h("div", { class: "gs-section gs-methods", id: "gs-methods", title: line || null, tabindex: "0", role: "group", "aria-label": t("methods.label") }, (density ? densityLines(density) : lines(desk)).map((text) => h("p", { class: "gs-note" }, text)));
}

const densityLines = ({ kernel, bandwidth_m, unit }) => [t("methods.density", { kernel: t(`kernel.${kernel}`), bandwidth: number(bandwidth_m), unit: t(unit?.includes("residents") ? "parts.per_1000" : "kde.legend") })];
