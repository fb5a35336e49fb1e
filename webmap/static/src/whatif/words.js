/** Figures with their sign, as the mode says them. */

import { h } from "../dom.js";
import { number, t } from "../i18n.js";
import { known } from "./answers.js";
import { pixelWords } from "./models.js";

/** "+37", "−7", "0"; what rounds to nothing though it is something says so. */
export function signed(value, digits = 0) {
  if (!known(value)) return t("state.none");
  const unit = 10 ** -digits;
  if (value !== 0 && Math.abs(value) < unit / 2) return `< ${number(unit, digits)}`;
  return value > 0 ? `+${number(value, digits)}` : number(value, digits);
}

/** A gain is what the mode is for; a cost that rises is bad, one that falls is good. */
export function toneOf(value, isCost) {
  if (!known(value) || value === 0) return "";
  if (!isCost) return " is-gain";
  return value > 0 ? " is-bad" : " is-good";
}

export const change = (value, { digits = 0, isCost = false, tag = "b" } = {}) => h(tag, { class: `wi-change${toneOf(value, isCost)}` }, signed(value, digits));

export const degrees = (value) => `${number(value, Number.isInteger(value) ? 0 : 1)}°`;

export const cameraName = (mode, edit) => mode.records.get(edit.uid)?.name ?? edit.uid;

/** "332°, 84° lens, 4K: 85 m at 25 px/m". */
export function viewWords(mode, edit) {
  const view = mode.viewOf(edit);
  if (!view) return t("whatif.sees_nothing");
  if (view.azimuth === null && view.sweep < 360) return t("whatif.no_azimuth");
  const values = mode.valuesOf(edit);
  const at = mode.at();
  return t("whatif.view", { azimuth: view.sweep >= 360 ? "360°" : degrees(view.azimuth), lens: degrees(view.lens), pixels: pixelWords({ h_px: view.h_px, v_px: values.v_px }), range: number(view.reach), at: number(at, at % 1 ? 1 : 0) });
}
