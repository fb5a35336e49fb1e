/** A text to the clipboard, or, where that is closed to the page, into a field to copy by hand. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

export async function copyText(app, text) {
  try {
    await navigator.clipboard.writeText(text);
    app.shell.toast(t("link.copied"));
  } catch {
    const field = h("input", { class: "gs-input", readonly: true, value: text, "aria-label": t("action.share") });
    app.shell.dialog(t("action.share"), h("p", null, t("link.by_hand")), field);
    field.select();
  }
}
