/** What a page says beside its content: banners, a toast, the progress line, dialogs. */

import { byId, h, paint } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

export class Notices {
  constructor() {
    this.banners = new Map();
    this.beforeDialog = () => {};
  }

  /** Show or, with no content, take away the banner called `name`. */
  banner(name, content, { kind = "note", action = null, closable = false } = {}) {
    if (!content) this.banners.delete(name);
    else this.banners.set(name, { content, kind, action, closable });
    const rows = [...this.banners].map(([key, item]) =>
      h(
        "div",
        { class: `gs-banner is-${item.kind}`, role: item.kind === "bad" ? "alert" : "status" },
        item.kind === "note" ? null : icon("warning"),
        h("span", null, item.content),
        item.action && h("button", { type: "button", class: "gs-link", onclick: item.action.run }, item.action.label),
        item.closable && h("button", { type: "button", class: "gs-icon-button", "aria-label": t("action.close"), onclick: () => this.banner(key, null) }, icon("close")),
      ),
    );
    paint(byId("gs-banners"), rows);
  }

  /** A line at the bottom of the map, for 6 s; `onUndo` takes back what it says. */
  toast(text, onUndo = null) {
    clearTimeout(this.toastTimer);
    const undo = () => {
      paint(byId("gs-toast"));
      onUndo();
    };
    paint(byId("gs-toast"), h("div", { class: "gs-toast-body" }, text, onUndo ? h("button", { type: "button", class: "gs-toast-undo", "data-focus": "undo", onclick: undo }, t("action.undo")) : null));
    this.toastTimer = setTimeout(() => paint(byId("gs-toast")), 6000);
  }

  /** The 2 px line under the header, shown only for what takes more than a second. */
  busy(isBusy) {
    if (isBusy === Boolean(this.busyTimer)) return;
    if (!isBusy) {
      clearTimeout(this.busyTimer);
      this.busyTimer = 0;
      byId("gs-progress").hidden = true;
      return;
    }
    this.busyTimer = setTimeout(() => {
      byId("gs-progress").hidden = false;
    }, 1000);
  }

  say(sentence) {
    byId("gs-live").textContent = sentence;
  }

  /** A dialog with a title; focus stays inside, Esc closes, focus goes back. */
  dialog(title, ...content) {
    this.closeDialog();
    this.beforeDialog();
    const back = document.activeElement;
    const node = h(
      "dialog",
      { class: "gs-dialog", "aria-label": title },
      h("div", { class: "gs-dialog-head" }, h("h2", null, title), h("button", { type: "button", class: "gs-icon-button", "aria-label": t("action.close"), onclick: () => node.close() }, icon("close"))),
      h("div", { class: "gs-dialog-body" }, content),
    );
    node.addEventListener("close", () => {
      node.remove();
      this.open = null;
      if (back?.isConnected) back.focus();
    });
    node.addEventListener("click", (event) => event.target === node && node.close());
    document.body.append(node);
    node.showModal();
    this.open = node;
    return node;
  }

  closeDialog() {
    this.open?.close();
  }
}
