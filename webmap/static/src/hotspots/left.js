/** The left side: which map, of which incidents, its legend, and what it rests on. */

import { h, paint } from "../dom.js";
import { t } from "../i18n.js";
import { levelPicker, radioRows, section } from "../controls.js";
import { incidentsSection } from "./incidents.js";
import { legendOf, methods, phoneLegend } from "./legend.js";

export const TITLES = { emerging: "emerging.title", gi: "hot.gi", density: "hot.density" };
const LEGENDS = { emerging: "emerging.legend", gi: "hot.legend", density: "kde.legend" };

export function paintLeft(desk) {
  const { app, classes, frame } = desk;
  const { state } = app;
  const options = Object.keys(TITLES).map((value) => ({ value, label: t(TITLES[value]) }));
  paint(
    app.shell.left,
    section({ id: "gs-measure", label: t("hot.show") }, null, radioRows("hot.show", options, state.get("measure"), (measure) => state.set({ measure }))),
    incidentsSection(app, desk.months),
    section({ id: "gs-legend", label: t(LEGENDS[classes.kind]) }, classes.kind === "density" ? "" : app.levelTitle(frame.level), legendOf(desk)),
    h("section", { class: "gs-section", id: "gs-level", "aria-label": t("level.label") }, levelPicker(app)),
    methods(desk),
  );
  paint(app.phoneLegend, phoneLegend(desk));
}
