/** The legend of the street view: what stands there in place of classes. */

import { h } from "./dom.js";
import { breakLabel, t } from "./i18n.js";
import { chosenLayers } from "./layers.js";

const row = (mark, label) => h("div", { class: "gs-street-row" }, h("span", { class: `gs-swatch is-street-${mark}`, "aria-hidden": "true" }), label);
const status = (name) => h("span", { class: "gs-status" }, h("span", { class: `gs-mark is-${name}`, "aria-hidden": "true" }), t(`camera.status.${name}`));

export function streetLegend(app) {
  const { boot, state } = app;
  const layers = new Set(chosenLayers(app).filter((name) => boot.layers?.includes(name)));
  const hasGround = layers.has("roads") || layers.has("places");
  const views = layers.has("sectors");
  return h(
    "section",
    { class: "gs-section", id: "gs-legend", "aria-label": t("map.legend") },
    h("div", { class: "gs-heading" }, h("h2", null, t("street.title")), h("div", { class: "gs-heading-side" }, `≥ ${breakLabel(state.get("at"))} px/m`)),
    views ? row("seen", t(hasGround ? "street.seen" : "street.view")) : null,
    views && hasGround ? row("ground", t("street.unseen")) : null,
    layers.has("gaps") ? row("gap", t("layer.gaps")) : null,
    views ? [row("planned", t("street.planned")), row("offline", t("street.offline"))] : null,
    layers.has("cameras") ? h("div", { class: "gs-street-marks" }, ["online", "offline", "planned", "retired"].map(status)) : null,
    h("p", { class: "gs-note" }, t("street.note")),
  );
}
