/** The tip by the pointer: what the change does, and how the camera stands. */

import { byId, h, paint } from "../dom.js";
import { t } from "../i18n.js";
import { change, viewWords } from "./words.js";

const AWAY_PX = 22;

/** What is said of a change; nothing of none. */
export function tipOf(mode, edit) {
  if (!edit) return null;
  const line = mode.lines.get(edit.key);
  return [
    h("div", { class: mode.isLate ? "is-late" : "" }, h("b", null, t("whatif.camera_n", { n: mode.edits.indexOf(edit) + 1 })), line ? [" ", change(line.road_m), " ", t("whatif.m_road"), " ", change(line.facade_m, { isCost: true }), " ", t("whatif.m_facade")] : null),
    h("div", null, viewWords(mode, edit)),
  ];
}

/** The name of the camera that is picked, and the keys that work on it. */
export function pickedTip({ picked, records }) {
  const record = records.get(picked);
  return record ? [h("div", null, h("b", null, record.name)), h("div", null, t("whatif.picked_keys"))] : null;
}

/** Show `content` beside `point` (px of the map); null hides the tip. */
export function showTip(mode, content, point) {
  const node = byId("wi-tip");
  if (!node) return;
  node.hidden = !content || !point;
  paint(node, node.hidden ? null : content);
  if (node.hidden) return;
  const { width, height } = mode.map.getContainer().getBoundingClientRect();
  const left = point.x + AWAY_PX + node.offsetWidth > width ? point.x - AWAY_PX - node.offsetWidth : point.x + AWAY_PX;
  node.style.left = `${Math.max(8, left)}px`;
  node.style.top = `${Math.max(8, Math.min(point.y - node.offsetHeight - 8, height - node.offsetHeight - 8))}px`;
}
