/** The first visit: five notes beside the parts of the page, one minute; closed once, it does not come again by itself. */

import { byId, h, paint } from "./dom.js";
import { t } from "./i18n.js";
import { isStandalone } from "./data.js";

const KEY = "gridscope-tour";
/** What each note stands beside: the first of these that is seen. */
const STEPS = [
  { name: "desks", beside: ["#gs-tabs", "#gs-tabbar"] },
  { name: "choose", beside: [".gs-left", "#gs-chips"] },
  { name: "map", beside: ["#gs-map"] },
  { name: "figures", beside: [".gs-right"] },
  { name: "help", beside: ["#gs-tools"] },
];
const GAP_PX = 10;

const isSeen = (node) => Boolean(node?.offsetWidth && node.offsetHeight);

/** Where the note goes: under a flat part, beside a tall one, in the middle of a wide one; always inside the window. */
export function placeNote(part, note, view) {
  const isFlat = part.height < 120;
  const isWide = part.width > note.width * 1.5 && !isFlat;
  const aside = part.left + part.width / 2 > view.width / 2 ? part.left - note.width - GAP_PX : part.left + part.width + GAP_PX;
  const left = isWide ? part.left + (part.width - note.width) / 2 : isFlat ? part.left : aside;
  const below = part.top + part.height + GAP_PX;
  const top = isFlat ? (below + note.height < view.height ? below : part.top - note.height - GAP_PX) : part.top + Math.min(72, part.height / 4);
  const within = (value, most) => Math.max(8, Math.min(value, most - 8));
  return { left: within(left, view.width - note.width), top: within(top, view.height - note.height) };
}

export class Tour {
  constructor(app) {
    this.app = app;
    this.isOpen = false;
    this.at = 0;
  }

  /** A program that drives the page is no first visitor. */
  startOnFirstVisit() {
    if (isStandalone() || navigator.webdriver) return;
    try {
      if (window.localStorage.getItem(KEY)) return;
      window.localStorage.setItem(KEY, "seen");
    } catch {
      return;
    }
    this.start();
  }

  start() {
    this.app.shell.closeDialog();
    this.app.drawer.close();
    this.close();
    this.back = document.activeElement;
    this.isOpen = true;
    this.frame = h("div", { class: "gs-tour-frame", "aria-hidden": "true" });
    this.note = h("section", { class: "gs-tour", id: "gs-tour", role: "dialog", "aria-labelledby": "gs-tour-title", "aria-describedby": "gs-tour-text" });
    byId("gs-app").append(this.frame, this.note);
    this.onResize = () => this.place();
    window.addEventListener("resize", this.onResize);
    this.show(0);
  }

  show(at) {
    this.at = at;
    const { name } = STEPS[at];
    const isLast = at === STEPS.length - 1;
    const button = (key, run, isMain) => h("button", { type: "button", class: `gs-button${isMain ? " is-main" : ""}`, "data-focus": `tour-${key}`, onclick: run }, t(`tour.${key}`));
    paint(
      this.note,
      h("h2", { id: "gs-tour-title" }, t(`tour.${name}`)),
      h("p", { id: "gs-tour-text" }, t(`tour.${name}_text`)),
      h("div", { class: "gs-tour-foot" }, h("span", null, t("tour.step", { n: at + 1, of: STEPS.length })), isLast ? null : button("skip", () => this.close()), at ? button("back", () => this.show(at - 1)) : null, isLast ? button("done", () => this.close(), true) : button("next", () => this.show(at + 1), true)),
    );
    this.place();
    this.note.querySelector(".is-main").focus({ preventScroll: true });
  }

  place() {
    const part = STEPS[this.at].beside.map((name) => document.querySelector(name)).find(isSeen) ?? byId("gs-map");
    const box = part.getBoundingClientRect();
    const { innerWidth: width, innerHeight: height } = window;
    const spot = placeNote(box, { width: this.note.offsetWidth, height: this.note.offsetHeight }, { width, height });
    for (const [name, value] of Object.entries(spot)) this.note.style.setProperty(name, `${Math.round(value)}px`);
    for (const name of ["left", "top", "width", "height"]) this.frame.style.setProperty(name, `${Math.round(box[name])}px`);
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    window.removeEventListener("resize", this.onResize);
    this.note.remove();
    this.frame.remove();
    if (this.back?.isConnected) this.back.focus({ preventScroll: true });
  }
}
