import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { section } from "./controls.js";

/** Rows of the layer list in drawing order; only what this role and this home have. */
export const LAYER_ROWS = ["gaps", "cameras", "sectors", "places", "buildings", "restricted_areas", "boundaries", "roads"];

/** From here on cameras are shown unasked: farther out they would cover the units' colours. */
const NEAR_ZOOM = 14;
/** Layers whose shapes depend on the pixel density asked for. */
const BY_DENSITY = ["sectors", "places", "gaps"];
const NEAR_LAYERS = ["cameras"];

/** The layers chosen, or, while nothing was chosen, those that suit the view. */
export function chosenLayers(app) {
  const chosen = app.state.get("layers");
  if (chosen) return chosen;
  const usual = app.boot.desk === "coverage" ? ["cameras", "sectors", "places", "buildings", "boundaries", "roads"] : ["boundaries"];
  return usual.filter((name) => app.zoom() >= NEAR_ZOOM || !NEAR_LAYERS.includes(name));
}

export const layersOf = (app) => LAYER_ROWS.filter((name) => name === "boundaries" || app.boot.layers?.includes(name));

export function applyLayers(app) {
  const chosen = chosenLayers(app);
  for (const name of layersOf(app)) {
    if (name === "boundaries") continue;
    app.grid.setLayer(name, { visible: chosen.includes(name), at: BY_DENSITY.includes(name) ? app.state.get("at") : null });
  }
}

function row(app, name) {
  const chosen = chosenLayers(app);
  const on = chosen.includes(name);
  const later = on && name !== "boundaries" && app.zoom() < app.grid.minZoom(name);
  const far = name !== "boundaries" && app.zoom() < app.grid.minZoom(name);
  const flip = () => app.state.set({ layers: on ? chosen.filter((other) => other !== name) : [...chosen, name] });
  return h(
    "button",
    { type: "button", role: "checkbox", "aria-checked": String(on), class: "gs-layer", "data-focus": `layer-${name}`, onclick: flip },
    h("span", { class: `gs-check${on ? " is-on" : ""}`, "aria-hidden": "true" }, on ? icon("check", 12) : null),
    h("span", { class: `gs-swatch is-layer-${name}`, "aria-hidden": "true" }),
    h("span", { class: "gs-layer-label" }, t(`layer.${name}`)),
    far ? h("span", { class: `gs-layer-note${later ? " is-on" : ""}` }, t("layer.later")) : null,
  );
}

export const layerSection = (app) => section({ id: "gs-layers", label: t("map.layers") }, null, h("div", { class: "gs-layers" }, layersOf(app).map((name) => row(app, name))));
