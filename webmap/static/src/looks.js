/** What every page does about its language, its theme and the sources it names. */

import { setupColours, token } from "./colours.js";
import { setLanguage } from "./data.js";
import { setPageIcon } from "./icons.js";
import { language, setupWords, t } from "./i18n.js";

export function useLooks({ state, boot }) {
  setupWords(boot, state.get("lang"));
  setLanguage(state.get("lang"));
  setupColours(boot, state.get("theme"));
  const root = document.documentElement;
  root.lang = state.get("lang") === "zh" ? "zh-CN" : "en";
  root.dataset.theme = state.get("theme");
  setPageIcon(token("accent"));
  document.title = `${t(`desk.${boot.desk}`)} · ${language() === "en" ? boot.title_en : boot.title_zh} · gridscope`;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
}

export function switchTheme(state) {
  state.set({ theme: state.get("theme") === "dark" ? "light" : "dark" }, { replace: true });
}

/** Whose the map's data is, and the number under which it may be shown; `more` stands after it. */
export function attribution(boot, more = "") {
  const [own, other] = language() === "en" ? [boot.attribution_en, boot.attribution_zh] : [boot.attribution_zh, boot.attribution_en];
  const parts = [boot.demo ? t("map.demo") : "", own || other, boot.map_review_number ? t("map.review", { number: boot.map_review_number }) : "", more];
  return [...new Set(parts.filter(Boolean))].join(" · ");
}
