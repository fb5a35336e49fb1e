import { h } from "./dom.js";
import { t } from "./i18n.js";
import { isStandalone } from "./data.js";
import { desksOf } from "./header.js";
import { switchTheme } from "./looks.js";

const LISTED = ["/", "1", "2", "4", "[", "]", "+", "\u2212", "0", "Enter", "Backspace", "T", "D", "?", "Esc"];
const NAMES = { "/": "search", 1: "coverage", 2: "gaps", 4: "hotspots", "[": "left", "]": "right", "+": "zoom_in", "\u2212": "zoom_out", 0: "home", Enter: "enter", Backspace: "up", T: "table", D: "theme", "?": "list", Esc: "close" };

const DESK_KEYS = ["1", "2", "4"];

const writes = (node) => node instanceof HTMLElement && (node.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName));
const pressable = (node) => node instanceof HTMLElement && (["BUTTON", "A"].includes(node.tagName) || node.getAttribute("role") === "slider");

export function showKeys(app) {
  const desks = isStandalone() ? [] : desksOf(app.boot);
  const listed = LISTED.filter((key) => !DESK_KEYS.includes(key) || desks.includes(NAMES[key]));
  app.shell.dialog(t("keys.title"), h("dl", { class: "gs-keys" }, listed.map((key) => [h("dt", null, h("kbd", { class: "gs-key" }, key)), h("dd", null, t(`key.${NAMES[key]}`))])));
}

/** The page's keyboard; controls keep their own arrows. */
export function listenToKeys(app) {
  const actions = {
    "/": () => app.search?.open(),
    1: () => app.goToDesk("coverage"),
    2: () => app.goToDesk("gaps"),
    4: () => app.goToDesk("hotspots"),
    "[": () => app.shell.toggle("left"),
    "]": () => app.shell.toggle("right"),
    "+": () => app.zoomBy(1),
    "=": () => app.zoomBy(1),
    "-": () => app.zoomBy(-1),
    0: () => app.goHome(),
    Backspace: () => app.goUp(),
    t: () => app.showTable(),
    T: () => app.showTable(),
    d: () => switchTheme(app.state),
    D: () => switchTheme(app.state),
    "?": () => showKeys(app),
    Enter: () => app.selected && app.enter(app.selected),
    Escape: () => app.escape(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || app.shell.open) return;
    if (event.key === "Enter" && pressable(event.target)) return;
    const run = actions[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
}
