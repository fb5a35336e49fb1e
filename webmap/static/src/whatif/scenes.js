/** What is drawn of a scenario: its sheets on a map, and the scene that they show. */

import { drawGround, drawVeil } from "./drawing.js";
import { isMoved, kindOf } from "./edits.js";
import { drawMarks } from "./marks.js";

const ORDERS = { "wi-veil": 405, "wi-ground": 412, "wi-marks": 425 };

/** Everything the sheets need, worked out from the mode once per change. */
export function sceneOf(mode) {
  const sectors = mode.edits.flatMap((edit, i) => {
    const values = mode.valuesOf(edit);
    if (!edit.on || !Number.isFinite(values.lon)) return [];
    const record = mode.records.get(edit.uid);
    return [
      {
        key: edit.key,
        kind: kindOf(edit),
        number: String(i + 1),
        status: record?.status ?? "online",
        place: { lon: values.lon, lat: values.lat },
        view: mode.viewOf(edit),
        placeBefore: record ? { lon: record.values.lon, lat: record.values.lat } : null,
        before: record && (isMoved(edit) || kindOf(edit) !== "new") ? mode.viewBefore(edit) : null,
      },
    ];
  });
  return {
    compare: mode.compare === "side_by_side" ? "scenario" : mode.compare,
    shapes: mode.answer?.shapes,
    asked: mode.answer?.keys ?? [],
    selected: mode.selected,
    isEditable: mode.isEditable(),
    north_deg: mode.north_deg(),
    cross: mode.isAiming && mode.isEditable(),
    sectors,
  };
}

export class Scenes {
  constructor(grid, mode) {
    this.grid = grid;
    this.mode = mode;
    const draws = { "wi-veil": (ctx, frame) => drawVeil(grid, ctx, frame, mode.focus), "wi-ground": (ctx, frame) => drawGround(grid, ctx, frame, mode.scene()), "wi-marks": (ctx, frame) => drawMarks(grid, ctx, frame, mode.scene()) };
    for (const [name, draw] of Object.entries(draws)) grid.addSheet(name, ORDERS[name], draw);
  }

  redraw(names = Object.keys(ORDERS)) {
    names.forEach((name) => this.grid.sheets[name]?.redraw());
  }

  remove() {
    Object.keys(ORDERS).forEach((name) => this.grid.removeSheet(name));
  }
}
