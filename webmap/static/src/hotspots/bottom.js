/** The strip under the map: play, the months, and the one that the map ends with. */

import { h, paint } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { countWords, monthAxis, monthBars, monthName } from "./bars.js";
import { endingAt, windowOf } from "./window.js";

/** For fingers: bars are too thin to be hit; elsewhere keys step. */
const stepButton = ({ play }, by, key) => h("button", { type: "button", class: "gs-only-phone gs-step", "aria-label": t(key), "data-focus": key, disabled: !play.canStep(by), onclick: () => play.step(by) }, icon("chevron"));

/** How many months are shown; in a file, where others are to be had. */
function windowWords({ classes }, canStep, [first, last]) {
  if (canStep) return t("months.window", { n: last - first + 1 });
  return t(classes?.kind === "density" ? "file.months_density" : "file.months_levels");
}

/** `months` {month, n} of the place, whole ones and others. */
export function paintBottom(desk, months) {
  const { shell, state } = desk.app;
  if (shell.bottom.hidden !== (months.length === 0)) {
    shell.bottom.hidden = months.length === 0;
    shell.onResize();
  }
  if (!months.length) return;
  const names = months.map(({ month }) => month);
  const before = Math.max(0, names.indexOf(desk.months[0]));
  const whole = { before, after: months.length - before - desk.months.length };
  const canStep = desk.canStep();
  const period = canStep ? state.get("period") : null;
  const inside = windowOf(period, desk.months);
  const shown = inside?.map((i) => i + before) ?? null;
  const value = h("span");
  const title = h("b");
  const tell = (pointed) => {
    const i = pointed ?? shown?.[1];
    title.textContent = i === undefined ? t("months.none") : monthName(names[i]);
    value.textContent = i === undefined ? "" : `${countWords(months[i].n)}${i < before || i >= months.length - whole.after ? t("months.part") : ""}`;
  };
  tell(null);
  const { isOn, canPlay } = desk.play;
  const label = t(isOn ? "months.pause" : "months.play");
  const pick = (i) => {
    if (!canStep) return;
    const goal = endingAt(i - before, period, desk.months);
    if (goal) state.set({ period: goal });
    else shell.toast(t("months.too_early", { n: inside ? inside[1] - inside[0] + 1 : 1 }));
  };
  paint(
    shell.bottom,
    !canStep ? null : h("button", { type: "button", class: "gs-play", "aria-label": label, title: `${label} (${t("key.space")})`, "aria-pressed": String(isOn), disabled: !isOn && !canPlay, "data-focus": "play", onclick: () => desk.play.toggle() }, icon(isOn ? "pause" : "play")),
    !canStep ? null : stepButton(desk, -1, "months.previous"),
    h(
      "div",
      { class: "gs-months-part" },
      h("div", { class: "gs-months-head" }, title, value, shown ? h("span", { class: "gs-months-window" }, windowWords(desk, canStep, shown)) : null),
      monthBars({ months, whole, shown, onStep: (by) => canStep && desk.play.step(by), onPick: pick, onPoint: tell }),
      monthAxis(months, shown),
    ),
    !canStep ? null : stepButton(desk, 1, "months.next"),
  );
}
