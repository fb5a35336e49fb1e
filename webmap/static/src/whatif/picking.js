/** A camera of the register picked by keyboard, from the middle of the map outward; the next tool works on it. */

import { number, t } from "../i18n.js";

/** uids of the cameras drawn in view, the nearest to the middle first; those that the mode draws itself are not among them. */
function camerasInView(grid) {
  if (!grid.isDrawn("cameras")) return [];
  const { map, drawnCameras } = grid;
  const middle = map.project(map.getCenter(), map.getZoom());
  const half = map.getSize().divideBy(2);
  return drawnCameras
    .map(({ uid, x, y }) => ({ uid, east: x - middle.x, south: y - middle.y }))
    .filter(({ east, south }) => Math.abs(east) <= half.x && Math.abs(south) <= half.y)
    .sort((a, b) => Math.hypot(a.east, a.south) - Math.hypot(b.east, b.south))
    .map(({ uid }) => uid);
}

export const Picking = (Base) =>
  class extends Base {
    /** The camera `by` places further on in the row of those in view; the first where none is picked. */
    async pick(by) {
      const { grid, shell } = this.app;
      const uids = camerasInView(grid);
      if (!uids.length) {
        shell.toast(t("whatif.pick_none"));
        return;
      }
      const at = uids.indexOf(this.picked);
      const next = at < 0 ? 0 : (at + by + uids.length) % uids.length;
      const uid = uids[next];
      this.picked = uid;
      this.isAiming = false;
      grid.highlightCameras([uid]);
      this.plan();
      try {
        const { name } = await this.record(uid);
        if (this.picked !== uid) return;
        shell.say(t("whatif.picked", { name, n: number(next + 1), of: number(uids.length) }));
        this.plan();
      } catch (fault) {
        this.tellFault(fault);
      }
    }

    unpick() {
      if (!this.picked) return;
      this.picked = null;
      this.app.grid.highlightCameras([]);
    }

    usePicked() {
      const uid = this.picked;
      this.unpick();
      this.useOn(uid);
    }
  };
