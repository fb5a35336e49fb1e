/** Unseen metres of road by reason: seven parts, in the order of the test, that sum to the whole. */

import { h } from "../dom.js";
import { number, range, t } from "../i18n.js";
import { figureOf } from "../evidence/figure.js";

const KM_FROM_M = 10_000;

export const reasonWords = (reason) => t(reason === "doubt" ? "reason.register_in_doubt" : `reason.${reason}`);

/** Metres, or kilometres where metres of the whole would be long. */
export function length(m, whole = m) {
  return whole >= KM_FROM_M ? { text: number(m / 1000, whole >= 1e6 ? 0 : 1), unit: "km" } : { text: number(m), unit: "m" };
}

export function reasonBars(card) {
  const { gap, unit } = card;
  if (!gap || !card.values?.road_m) return null;
  const whole = length(gap.road_unseen_m);
  const most = Math.max(1, ...gap.reasons.map(({ road_m }) => road_m));
  const [low, high] = [gap.road_unseen_m_low, gap.road_unseen_m_high].map((m) => length(m));
  const interval = low.unit === high.unit ? `${low.text}–${high.text} ${low.unit}` : range(gap.road_unseen_m_low, gap.road_unseen_m_high);
  return h(
    "div",
    { class: "gs-card-part gs-reasons" },
    h(
      "div",
      { class: "gs-card-note" },
      h("b", null, t("card.unseen_road"), " ", h("span", figureOf("gaps.road_unseen_m", unit, gap.at), whole.text), ` ${whole.unit}`, t("card.unseen_why")),
      h("span", { title: `${t("measure.interval")} ${interval}` }, whole.unit),
    ),
    h("p", { class: "gs-note" }, t("card.unseen_range", { range: interval, at: number(gap.at, gap.at % 1 ? 1 : 0) })),
    h(
      "dl",
      { class: "gs-reason-rows" },
      gap.reasons.map(({ reason, road_m }) => [
        h("dt", null, reasonWords(reason)),
        h("dd", { class: "gs-reason-track", "aria-hidden": "true" }, h("span", { class: `gs-reason-bar is-${reason}`, style: { width: `${(100 * road_m) / most}%` } })),
        h("dd", null, length(road_m, gap.road_unseen_m).text),
      ]),
    ),
  );
}
