import { h } from "./dom.js";
import { icon } from "./icons.js";
import { number, t } from "./i18n.js";
import { getTileURL } from "./data.js";
import { section } from "./controls.js";
import { backgroundLayers, backgroundTitle, chosenBackground, isBackground } from "./backgrounds.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Rows of the layer list in drawing order; only what this role and this home have. */
export const LAYER_ROWS = ["gaps", "cameras", "sectors", "places", "buildings", "restricted_areas", "facades", "boundaries", "roads", "streams", "relief", "graticule"];

/** From here on cameras are shown unasked: farther out they would cover the units' colours. */
const NEAR_ZOOM = 15;
/** Layers whose shapes depend on the pixel density asked for. */
const BY_DENSITY = ["sectors", "places", "gaps"];
const NEAR_LAYERS = ["cameras", "sectors", "gaps"];
/** Layers drawn while nothing was chosen, by desk. */
const USUAL = {
  coverage: ["cameras", "sectors", "places", "buildings", "facades", "boundaries", "roads", "streams", "relief"],
  gaps: ["gaps", "cameras", "sectors", "places", "buildings", "boundaries", "roads", "streams", "relief"],
  safeguards: ["cameras", "sectors", "places", "buildings", "restricted_areas", "facades", "boundaries", "roads", "streams", "relief"],
};
/** Neither tiles of ours nor bound to a zoom. */
const ALWAYS = ["boundaries", "relief", "graticule"];

const isAlways = (name) => ALWAYS.includes(name) || isBackground(name);

/** The layers chosen, or, while nothing was chosen, those that suit the view. */
export function chosenLayers(app) {
  const chosen = app.state.get("layers");
  if (chosen) return chosen;
  const usual = USUAL[app.boot.desk] ?? ["boundaries", "streams", "relief"];
  return usual.filter((name) => app.zoom() >= NEAR_ZOOM || !NEAR_LAYERS.includes(name));
}

export const layersOf = (app) => [...LAYER_ROWS.filter((name) => ["boundaries", "graticule"].includes(name) || app.boot.layers?.includes(name)), ...backgroundLayers(app.boot)];

export function applyLayers(app) {
  const chosen = chosenLayers(app);
  for (const name of layersOf(app)) {
    if (isAlways(name)) continue;
    app.grid.setLayer(name, { visible: chosen.includes(name), at: BY_DENSITY.includes(name) ? app.state.get("at") : null });
  }
  const background = chosenBackground(app.boot, chosen);
  const hasRelief = app.boot.layers?.includes("relief") && chosen.includes("relief") && !background;
  app.grid.setRelief(hasRelief ? { url: getTileURL("/tiles/relief/{z}/{x}/{y}.png"), maxZoom: app.boot.relief_max_zoom } : null);
  app.grid.ground.setBackground(background);
  app.grid.ground.setGraticule(chosen.includes("graticule"));
}

function row(app, name) {
  const chosen = chosenLayers(app);
  const on = chosen.includes(name);
  const far = !isAlways(name) && app.zoom() < app.grid.minZoom(name);
  const later = on && far;
  const flip = () => app.state.set({ layers: on ? chosen.filter((other) => other !== name) : [...chosen.filter((other) => !isBackground(name) || !isBackground(other)), name] });
  return h(
    "button",
    { type: "button", role: "checkbox", "aria-checked": String(on), class: "gs-layer", "data-focus": `layer-${name}`, onclick: flip },
    h("span", { class: `gs-check${on ? " is-on" : ""}`, "aria-hidden": "true" }, on ? icon("check", 12) : null),
    h("span", { class: `gs-swatch is-layer-${isBackground(name) ? "background" : name}`, "aria-hidden": "true" }),
    h("span", { class: "gs-layer-label" }, isBackground(name) ? backgroundTitle(app.boot, name) : t(`layer.${name}`)),
    name === "gaps" && known(app.placeCard?.gap?.n_gaps) ? h("span", { class: "gs-layer-note" }, t("layer.n_gaps", { n: number(app.placeCard.gap.n_gaps) })) : far ? h("span", { class: `gs-layer-note${later ? " is-on" : ""}` }, t("layer.later")) : null,
  );
}

export const layerSection = (app) => section({ id: "gs-layers", label: t("map.layers") }, null, h("div", { class: "gs-layers" }, layersOf(app).map((name) => row(app, name))));
