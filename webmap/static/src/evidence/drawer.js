/** The evidence drawer: opens from a figure, keeps the focus inside, gives it back to the figure. */

import { byId, h, paint } from "../dom.js";
import { icon } from "../icons.js";
import { named, t, words } from "../i18n.js";
import { getJSON, isStandalone } from "../data.js";
import { copyText } from "../copy.js";
import { content, files } from "./content.js";
import { CAMERA } from "./figure.js";

const HASH = "#evidence=";
const STOPS = "a[href], button:not([disabled]), [tabindex='0']";

export class Drawer {
  constructor(app) {
    this.app = app;
    this.asked = null;
    this.address = window.location.hash;
    this.root = h("aside", { class: "gs-drawer", id: "gs-drawer", role: "dialog", "aria-modal": "true", "aria-label": t("evidence.open"), hidden: true });
    this.root.addEventListener("keydown", (event) => this.key(event));
    byId("gs-app").append(this.root);
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.pressed(event), true);
    document.addEventListener("pointerover", (event) => (this.hovered = event.target.closest?.("[data-figure]") ?? null));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  clicked(event) {
    const node = event.target.closest("[data-figure]");
    const control = event.target.closest("button, a");
    const isRow = Boolean(node?.closest("[role='row']"));
    if (node && !isRow && !(control && (control === node || control.contains(node)))) this.openOf(node);
  }

  pressed(event) {
    if (event.key === "Escape" && this.isOpen && !this.app.shell.open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      return;
    }
    const node = event.target;
    if (!["Enter", " "].includes(event.key) || !node.matches?.("[data-figure][role='button']")) return;
    event.preventDefault();
    event.stopPropagation();
    this.openOf(node);
  }

  /** `E`: the figure in focus (of a table the active row's, the sorted column's first), under the pointer, or the first of the card. */
  openNearest() {
    const active = document.activeElement;
    const within = [":scope > [data-figure]", ".is-active .is-sorted[data-figure]", ".is-active [data-figure]"];
    const focused = active.closest("[data-figure]") ?? (active === document.body ? null : within.map((one) => active.querySelector(one)).find(Boolean));
    const node = focused ?? this.hovered ?? byId("gs-right").querySelector("[data-figure]");
    if (node?.isConnected) this.openOf(node);
    else this.app.shell.toast(t("evidence.none"));
  }

  openOf(node) {
    const { figure, unit, at, said } = node.dataset;
    this.open({ figure, unit, at, said });
  }

  /** Opens where the address names a figure. */
  openFromAddress() {
    if (!this.address.startsWith(HASH)) return;
    const [figure, unit] = decodeURIComponent(this.address.slice(HASH.length)).split("@");
    if (figure && unit) this.open({ figure, unit, at: this.app.state.get("at") });
  }

  async open(asked) {
    this.asked = asked;
    this.app.shell.closeDialog();
    await this.load();
  }

  async load() {
    const { asked } = this;
    const [level, ...code] = asked.unit.split(":");
    try {
      const told = (await this.app.desk.evidenceOf?.(asked)) ?? (await this.ask(asked, level, code.join(":")));
      if (this.asked !== asked) return;
      this.told = told;
      this.paint();
    } catch (fault) {
      if (this.asked !== asked) return;
      this.frame(t("evidence.open"), "", h("div", { class: "gs-fault", role: "alert" }, h("p", null, this.app.faultWords(fault)), h("button", { type: "button", class: "gs-button", onclick: () => this.load() }, t("action.retry"))));
    }
    this.root.querySelector(".gs-icon-button")?.focus();
  }

  ask({ figure, at }, level, code) {
    if (level === CAMERA) return getJSON(`/api/evidence/cameras/${encodeURIComponent(code)}`, { figure });
    return getJSON("/api/evidence", { figure, level, code, at });
  }

  paint() {
    const { told, asked, app } = this;
    if (!told || !asked) return;
    const foot = isStandalone() ? null : h("div", { class: "gs-drawer-foot" }, files(app, told), h("button", { type: "button", class: "gs-button", "data-focus": "drawer-link", onclick: () => copyText(app, this.link()) }, icon("link"), t("action.share")));
    this.frame(words(told.title), `${named(told.place)} · ${app.levelTitle(told.place.level)}`, content(app, told, asked.said), foot);
  }

  frame(title, under, ...body) {
    const close = h("button", { type: "button", class: "gs-icon-button", "aria-label": t("action.close"), title: `${t("action.close")} (Esc)`, "data-focus": "drawer-close", onclick: () => this.close() }, icon("close"));
    this.root.setAttribute("aria-label", `${t("evidence.open")}: ${title}`);
    this.root.hidden = false;
    paint(this.root, h("div", { class: "gs-drawer-head" }, h("div", null, h("h2", null, title), under ? h("p", null, under) : null), close), h("div", { class: "gs-drawer-body" }, body[0]), body[1]);
  }

  link() {
    return `${this.app.state.link()}${HASH}${encodeURIComponent(`${this.asked.figure}@${this.asked.unit}`)}`;
  }

  key(event) {
    if (event.key !== "Tab") return;
    const stops = [...this.root.querySelectorAll(STOPS)];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }

  close() {
    if (!this.isOpen) return;
    const { figure, unit } = this.asked;
    this.asked = null;
    this.root.hidden = true;
    const node = document.querySelector(`[data-figure="${CSS.escape(figure)}"][data-unit="${CSS.escape(unit)}"]`);
    node?.closest("[tabindex], button, a")?.focus({ preventScroll: true });
  }
}
