/** What stands in the place of a figure that is not there, and what is said of old data. */

import { h } from "./dom.js";
import { language, t, time } from "./i18n.js";
import { DataError, Unreachable, isCancelled } from "./data.js";

const STALE_KEY = "gridscope-stale";

/** What happened, in words. */
export function faultWords(fault) {
  if (fault instanceof Unreachable) return t("state.unreachable");
  if (isCancelled(fault)) return t("state.cancelled");
  const reason = fault instanceof DataError ? fault.words(language()) : fault.message;
  const id = fault.body?.error?.id ?? fault.body?.id ?? (fault.status || "");
  return t("state.error", { reason: reason || t("state.no_value"), id });
}

/** In the place of figures that could not be had. */
export function faultBlock(fault, retry) {
  return h("div", { class: "gs-fault", role: "alert" }, h("p", null, faultWords(fault)), h("button", { type: "button", class: "gs-button", "data-focus": "retry", onclick: retry }, t("action.retry")));
}

function showCommands(app, key, lines) {
  app.shell.dialog(t(`empty.${key}`), h("p", null, t(`empty.${key}_how`)), h("pre", { class: "gs-commands" }, lines.join("\n")));
}

/** Where there is no data yet: import a file, or use the demo. */
export function emptyBlock(app) {
  const { boot } = app;
  const isEditor = boot.may?.intake;
  const open = () => showCommands(app, "import", ["gridscope import MAPPING.toml", "gridscope build"]);
  return h(
    "div",
    { class: "gs-empty", id: "gs-empty" },
    h("p", null, t(boot.desk === "hotspots" ? "state.empty_incidents" : "state.empty_first")),
    h(
      "div",
      { class: "gs-empty-buttons" },
      isEditor ? h("a", { class: "gs-button", href: `${boot.urls?.base ?? ""}/intake` }, t("empty.import")) : h("button", { type: "button", class: "gs-button", "data-focus": "empty-import", onclick: open }, t("empty.import")),
      h("button", { type: "button", class: "gs-button", "data-focus": "empty-demo", onclick: () => showCommands(app, "demo", ["gridscope demo --home DEMO", "gridscope serve --home DEMO"]) }, t("empty.demo")),
    ),
  );
}

/** Once per session; those who can renew the data cannot close it. */
export function tellStale(app) {
  const { boot, shell } = app;
  const isOperator = Boolean(boot.may?.intake);
  try {
    if (!isOperator && window.sessionStorage.getItem(STALE_KEY) === boot.snapshot.id) return;
    window.sessionStorage.setItem(STALE_KEY, boot.snapshot.id);
  } catch {
    /* without storage it is said on each page */
  }
  shell.banner("stale", t("snapshot.stale", { date: time(boot.snapshot.as_of) }), { kind: "warn", closable: !isOperator });
}
