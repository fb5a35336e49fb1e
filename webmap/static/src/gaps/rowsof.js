/** The choice of what the rows are: gaps, which are areas of the finest units, or the units drawn. */

import { h } from "../dom.js";
import { segmented } from "../controls.js";
import { t } from "../i18n.js";

/** The level that rows are told at. */
export const listLevel = (app, drawn) => (app.state.get("rows") === "units" ? drawn : app.atlas.chainOf(drawn)[0]);

/** Shown where the drawn units are coarser than gaps; else both are the same. */
export function rowsSwitch(app, drawn) {
  if (app.atlas.chainOf(drawn)[0] === drawn) return null;
  const options = [{ value: "gaps", label: t("gap.gap") }, { value: "units", label: app.levelTitle(drawn) }];
  return h("div", { class: "gs-rows-switch" }, segmented(t("gaps.rows"), options, app.state.get("rows"), (rows) => app.state.set({ rows })));
}
