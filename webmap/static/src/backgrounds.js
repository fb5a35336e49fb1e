/** Backgrounds that the home names: layers of their own, one at a time. */

import { getTileURL } from "./data.js";
import { t, words } from "./i18n.js";

const PREFIX = "background-";

export const isBackground = (name) => name.startsWith(PREFIX);
export const backgroundLayers = (boot) => (boot.backgrounds ?? []).map(({ name }) => PREFIX + name);

const find = (boot, layer) => (boot.backgrounds ?? []).find(({ name }) => PREFIX + name === layer);

export const backgroundTitle = (boot, layer) => words(find(boot, layer).title);

function credit({ attribution, map_review_number: number }) {
  const review = number ? t("map.review", { number }) : "";
  return t("map.background", { credit: [words(attribution), review].filter(Boolean).join(" · ") });
}

/** What the map is given for the chosen layers: the background among them, or null. */
export function chosenBackground(boot, chosen) {
  const found = find(boot, chosen.find(isBackground));
  if (!found) return null;
  const { name, min_zoom: minZoom, max_zoom: maxZoom, tile_px: tilePx } = found;
  return { url: getTileURL(`/background/${name}/{z}/{x}/{y}`), minZoom, maxZoom, tilePx, credit: credit(found) };
}
