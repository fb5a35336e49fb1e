import { byId, h } from "./dom.js";
import { t } from "./i18n.js";
import { isStandalone } from "./data.js";
import { desksOf } from "./header.js";
import { switchTheme } from "./looks.js";
import { openPaper } from "./paper.js";

/** The list of `?`: keys and what each does; those marked ask the service; some are of one desk. */
const LISTED = [
  ["/", "search"],
  ["1", "coverage", true],
  ["2", "gaps", true],
  ["3", "safeguards", true],
  ["4", "hotspots", true],
  ["[", "left"],
  ["]", "right"],
  ["\u2190 \u2191 \u2192 \u2193", "pan"],
  ["+", "zoom_in"],
  ["\u2212", "zoom_out"],
  ["0", "home"],
  ["Space", "play", true, "hotspots"],
  ["\u2190 \u2192", "step", true, "hotspots"],
  ["Tab", "units"],
  ["Enter", "enter"],
  ["Backspace", "up"],
  ["L", "lasso"],
  ["W", "whatif", true],
  ["E", "evidence", true],
  ["T", "table"],
  ["D", "theme"],
  ["P", "print"],
  ["?", "list"],
  ["Esc", "close"],
];
const PAN_PX = 80;
const PANS = { ArrowLeft: [-PAN_PX, 0], ArrowRight: [PAN_PX, 0], ArrowUp: [0, -PAN_PX], ArrowDown: [0, PAN_PX] };

const DESK_KEYS = ["1", "2", "3", "4"];

const writes = (node) => node instanceof HTMLElement && (node.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName));
const pressable = (node) => node instanceof HTMLElement && (["BUTTON", "A"].includes(node.tagName) || node.getAttribute("role") === "slider");
const isOnMap = (node) => node === document.body || byId("gs-map").contains(node);

export function showKeys(app) {
  const desks = desksOf(app.boot);
  const isThere = ([key, name, isAsked, desk]) =>
    (!desk || desk === app.boot.desk) &&
    (!isAsked || !isStandalone()) &&
    (key !== "W" || app.whatif) &&
    (key !== "L" || app.desk.lasso) &&
    (!DESK_KEYS.includes(key) || desks.includes(name));
  const listed = LISTED.filter(isThere);
  const list = (rows, words) => h("dl", { class: "gs-keys" }, rows.map(([key, name]) => [h("dt", null, h("kbd", { class: "gs-key" }, key)), h("dd", null, t(`${words}.${name}`))]));
  app.shell.dialog(
    t("keys.title"),
    app.whatif?.isOn ? [h("h3", null, t("whatif.title")), list(app.whatif.listedKeys, "whatif.key"), h("h3", null, t("keys.page"))] : null,
    list(listed, "key"),
    h("p", null, h("button", { type: "button", class: "gs-button", "data-focus": "tour-again", onclick: () => app.tour.start() }, t("tour.again"))),
  );
}

function open(app, node) {
  const unit = app.walk.unit ?? app.selected;
  if (unit) app.enter(unit);
  else if (byId("gs-map").contains(node)) app.showTable({ inView: true });
}

/** The page's keyboard; controls keep their own arrows. */
export function listenToKeys(app) {
  const actions = {
    "/": () => app.search?.open(),
    1: () => app.goToDesk("coverage"),
    2: () => app.goToDesk("gaps"),
    3: () => app.goToDesk("safeguards"),
    4: () => app.goToDesk("hotspots"),
    "[": () => app.shell.toggle("left"),
    "]": () => app.shell.toggle("right"),
    "+": () => app.zoomBy(1),
    "=": () => app.zoomBy(1),
    "-": () => app.zoomBy(-1),
    0: () => app.goHome(),
    Backspace: () => app.goUp(),
    w: () => app.enterWhatIf?.(),
    l: () => app.desk.lasso?.toggle(),
    e: () => app.drawer.openNearest(),
    t: () => app.showTable(),
    d: () => switchTheme(app.state),
    p: () => openPaper(app),
    "?": () => showKeys(app),
    Enter: (node) => open(app, node),
    Escape: () => app.escape(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writes(event.target) || app.shell.open) return;
    if (app.drawer.isOpen && app.drawer.root.contains(event.target) && event.key !== "Escape") return;
    if (event.key === "Enter" && pressable(event.target)) return;
    if (app.desk.pressed?.(event)) {
      event.preventDefault();
      return;
    }
    const pan = isOnMap(event.target) ? PANS[event.key] : null;
    const run = pan ? () => app.map.panBy(pan, { animate: false }) : (actions[event.key] ?? actions[event.key.toLowerCase()]);
    if (!run) return;
    event.preventDefault();
    run(event.target);
  });
}
