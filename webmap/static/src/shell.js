/** The frame: panels, banner, toast, progress line, dialogs. What the desks draw goes into its slots. */

import { byId, h, paint } from "./dom.js";
import { isStandalone } from "./data.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { Notices } from "./notices.js";

const SIDES = { left: "[", right: "]" };
/** Desks with a table under the map. */
const TABLE_DESKS = ["gaps", "safeguards"];

export const isPhone = () => window.matchMedia("(max-width: 719.98px)").matches;

export class Shell extends Notices {
  constructor(app) {
    super();
    this.app = app;
    this.root = byId("gs-app");
    this.left = byId("gs-left");
    this.right = byId("gs-right");
    this.bottom = byId("gs-bottom");
    this.onResize = () => {};
    if (window.matchMedia("(max-width: 1199.98px) and (min-width: 720px)").matches) this.root.classList.add("is-right-closed");
    this.paintHandles();
  }

  /** Take the room of the bottom bar, and of the phone's legend, before the first fit, so that the map is not made smaller under it. */
  makeRoom({ desk, available }) {
    byId("gs-phone-legend").classList.toggle("is-coming", desk === "coverage" && Boolean(available?.cameras));
    this.bottom.hidden = !(TABLE_DESKS.includes(desk) || (desk === "hotspots" && available?.incidents) || (desk === "coverage" && available?.cameras && !isStandalone()));
  }

  paintHandles() {
    for (const side of Object.keys(SIDES)) {
      const closed = this.root.classList.contains(`is-${side}-closed`);
      const label = t(closed ? "panel.open" : "panel.close");
      paint(
        byId(`gs-handle-${side}`),
        h(
          "button",
          { type: "button", class: "gs-handle-button", "aria-label": `${t(`panel.${side}`)}: ${label}`, "aria-expanded": String(!closed), title: `${label} (${SIDES[side]})`, onclick: () => this.toggle(side) },
          icon((side === "left") === closed ? "chevronRight" : "chevronLeft", 12),
        ),
      );
    }
  }

  toggle(side, open) {
    this.root.classList.toggle(`is-${side}-closed`, open === undefined ? undefined : !open);
    this.paintHandles();
    this.onResize();
  }
}

/** Shows `box` under a button, in the place of any other; `box.close()` or a press elsewhere takes it away. */
export function openUnder(anchor, box) {
  document.querySelector(".gs-menu")?.close?.();
  const outside = (event) => !box.contains(event.target) && !anchor.contains(event.target) && box.close();
  box.close = () => {
    box.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
  };
  document.body.append(box);
  const place = anchor.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(place.right - box.offsetWidth, window.innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(place.bottom + 4, window.innerHeight - box.offsetHeight - 8))}px`;
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
}

/** A small menu under a button; arrows move, Esc closes. */
export function menu(anchor, items) {
  const box = h("div", { class: "gs-menu", role: "menu" });
  for (const item of items) {
    if (item.heading) box.append(h("div", { class: "gs-menu-heading" }, item.heading));
    else {
      box.append(
        h(
          item.href ? "a" : "button",
          {
            type: item.href ? null : "button",
            href: item.href,
            download: item.href ? "" : null,
            role: item.role ?? (item.checked === undefined ? "menuitem" : "menuitemradio"),
            "aria-checked": item.checked === undefined ? null : String(item.checked),
            class: "gs-menu-item",
            onclick: () => {
              box.close();
              anchor.focus();
              item.run?.();
            },
          },
          h("span", { class: "gs-menu-check" }, item.checked ? icon("check", 14) : null),
          item.label,
        ),
      );
    }
  }
  box.addEventListener("keydown", (event) => {
    const entries = [...box.querySelectorAll(".gs-menu-item")];
    const at = entries.indexOf(document.activeElement);
    if (event.key === "Escape") {
      box.close();
      anchor.focus();
    } else if (event.key === "ArrowDown") entries[(at + 1) % entries.length].focus();
    else if (event.key === "ArrowUp") entries[(at + entries.length - 1) % entries.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  openUnder(anchor, box);
  (box.querySelector('[aria-checked="true"]') ?? box.querySelector(".gs-menu-item"))?.focus();
}
