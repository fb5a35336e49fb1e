/** What makes a node a figure whose evidence can be asked for. */

/** In place of a level: the figure is that of a camera, the code its id. */
export const CAMERA = "camera";

/** Attributes of a node that shows the figure "table.column" of a unit; `isIn` a button or link it is no stop of its own. */
export function figureOf(figure, unit, at, { isIn = false, said = null } = {}) {
  if (!unit) return {};
  const stop = isIn ? {} : { tabindex: "0", role: "button", "aria-haspopup": "dialog" };
  return { "data-figure": figure, "data-unit": `${unit.level}:${unit.code}`, "data-at": at, "data-said": said, ...stop };
}
