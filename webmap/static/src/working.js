/** What is seen while an answer is worked out: nothing for a second, then a line, how long is left, and a way to give up. */

import { byId, h, paint } from "./dom.js";
import { getJSON } from "./data.js";
import { has, t } from "./i18n.js";
import { cancelAll, longest, secondsOf } from "./traffic.js";

const SHOWN_AFTER_S = 1;
const TOLD_AFTER_S = 10;
const TICK_MS = 500;

/** "hotspots" of "/api/hotspots". */
const kindOf = (path) => path.split("/")[2] ?? "";

export class Working {
  constructor(shell) {
    this.shell = shell;
    this.box = h("div", { class: "gs-working", id: "gs-working", role: "status", hidden: true });
    byId("gs-map").append(this.box);
    this.estimates = new Map();
  }

  /** Called when requests begin or end. */
  watch(isBusy) {
    this.shell.busy(isBusy);
    if (isBusy && !this.timer) this.timer = setInterval(() => this.tick(), TICK_MS);
    if (isBusy) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.box.hidden = true;
    this.shown = "";
    this.estimates.clear();
  }

  /** Lines in the place of figures that wait for a request of their own. */
  tellWaiting() {
    for (const node of document.querySelectorAll("[data-waits]")) {
      const path = node.dataset.waits;
      const seconds = secondsOf(path);
      if (seconds === null || seconds < SHOWN_AFTER_S) continue;
      if (!this.estimates.has(path)) this.ask(path);
      const text = [this.what(path), this.left({ path, seconds })].filter(Boolean).join(" \u00b7 ");
      if (text !== node.textContent) node.textContent = text;
    }
  }

  tick() {
    this.tellWaiting();
    const found = longest();
    const isLong = found && found.seconds >= SHOWN_AFTER_S;
    this.box.hidden = !isLong;
    if (!isLong) return;
    if (!this.estimates.has(found.path)) this.ask(found.path);
    const left = this.left(found);
    const what = found.seconds >= TOLD_AFTER_S ? this.what(found.path) : "";
    const text = [left, what].filter(Boolean).join(" \u00b7 ") || t("state.working");
    if (text === this.shown) return;
    this.shown = text;
    paint(this.box, h("span", null, text), h("button", { type: "button", class: "gs-link", "data-focus": "working-cancel", onclick: () => cancelAll() }, t("action.cancel")));
  }

  async ask(path) {
    this.estimates.set(path, null);
    const told = await getJSON("/api/estimate", { path }).catch(() => null);
    if (this.timer) this.estimates.set(path, told?.seconds ?? null);
  }

  /** How long is left by what such answers took; nothing where none was worked out, or when it takes longer. */
  left({ path, seconds }) {
    const rest = (this.estimates.get(path) ?? 0) - seconds;
    return rest > 0.5 ? t("state.loading", { n: t("state.seconds", { n: Math.ceil(rest) }) }) : "";
  }

  what(path) {
    const key = `working.${kindOf(path)}`;
    return has(key) ? t(key) : t("state.working");
  }
}
