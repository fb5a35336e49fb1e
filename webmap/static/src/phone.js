/** Phone layout: chips over the map, bottom sheet with three heights, sections as full-height sheets. */

import { byId, h, paint } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { isPhone } from "./shell.js";

const HEIGHTS = ["peek", "half", "full"];

export class Phone {
  constructor(app) {
    this.app = app;
    this.root = byId("gs-app");
    this.grip = byId("gs-grip");
    this.height = "half";
    this.listen();
    this.apply("half");
  }

  apply(height) {
    this.height = height;
    HEIGHTS.forEach((name) => this.root.classList.toggle(`is-sheet-${name}`, name === height));
    this.grip.setAttribute("aria-label", t("phone.sheet"));
    this.grip.setAttribute("aria-expanded", String(height !== "peek"));
    if (isPhone()) this.app.shell.onResize();
  }

  step(by) {
    const at = HEIGHTS.indexOf(this.height) + by;
    this.apply(HEIGHTS[Math.min(2, Math.max(0, at))]);
  }

  listen() {
    let start = null;
    this.grip.addEventListener("pointerdown", (event) => {
      start = event.clientY;
      this.grip.setPointerCapture(event.pointerId);
    });
    this.grip.addEventListener("pointerup", (event) => {
      if (start === null) return;
      const moved = event.clientY - start;
      start = null;
      if (Math.abs(moved) > 24) this.step(moved < 0 ? 1 : -1);
      else this.apply(this.height === "half" ? "full" : "half");
    });
    this.grip.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (by) {
        event.preventDefault();
        this.step(by);
      } else if (event.key === "Enter" || event.key === " ") this.apply(this.height === "half" ? "full" : "half");
    });
  }

  paintChips() {
    const chips = this.app.desk.chips();
    paint(
      byId("gs-chips"),
      chips.map((chip) =>
        h("button", { type: "button", class: "gs-chip", "data-focus": `chip-${chip.target}`, onclick: () => this.openSheet(chip.target) }, chip.icon ? icon(chip.icon) : null, h("b", null, chip.label), chip.note ? h("span", null, chip.note) : null, chip.icon ? null : icon("chevron", 14)),
      ),
    );
    paint(byId("gs-left-close"), h("button", { type: "button", class: "gs-button is-wide", onclick: () => this.closeSheet() }, t("phone.done")));
  }

  openSheet(target) {
    this.root.classList.add("is-left-sheet");
    byId(target)?.scrollIntoView({ block: "start" });
    byId("gs-left").querySelector("button, select")?.focus({ preventScroll: true });
  }

  closeSheet() {
    this.root.classList.remove("is-left-sheet");
    byId("gs-chips").querySelector("button")?.focus();
  }
}
