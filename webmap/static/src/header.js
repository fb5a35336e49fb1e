import { byId, h, paint } from "./dom.js";
import { icon, logo } from "./icons.js";
import { language, named, t, time } from "./i18n.js";
import { getJSON, isStandalone } from "./data.js";
import { copyText } from "./copy.js";
import { openFiles } from "./download/formats.js";
import { order } from "./download/orders.js";
import { deskAddress } from "./file/address.js";
import { switchTheme } from "./looks.js";
import { openPaper } from "./paper.js";
import { carried } from "./permalink.js";
import { menu } from "./shell.js";

const DESKS = ["coverage", "gaps", "safeguards", "hotspots"];
const DESK_ICONS = { coverage: "eye", gaps: "gap", safeguards: "shield", hotspots: "hot", intake: "intake" };
const DESK_KEYS = { coverage: " (1)", gaps: " (2)", safeguards: " (3)", hotspots: " (4)", intake: "" };

/** The desks of a role: gaps tell where cameras are not; intake is for those who may correct the records. */
export const desksOf = ({ may, file_desks }) => file_desks ?? [...DESKS.filter((desk) => desk !== "gaps" || may?.points), ...(may?.intake ? ["intake"] : [])];

/** The desks as links; what the other desk knows goes along. */
export function tabs(app) {
  const { values, defaults } = app.state;
  const desks = desksOf(app.boot);
  return desks.map((desk) =>
    h(
      "a",
      { class: "gs-tab", href: deskAddress(app.boot, desk, carried(values, defaults, desk)), "aria-current": desk === app.boot.desk ? "page" : null, title: `${t(`desk.${desk}`)}${DESK_KEYS[desk]}`, "data-desk": desk },
      h("span", { class: "gs-tab-icon" }, icon(DESK_ICONS[desk], 18)),
      h("span", null, t(`desk.${desk}`)),
    ),
  );
}

/** Tables of points that a desk has beside its units, by desk: their rows as files. */
const POINTS = { coverage: "cameras", hotspots: "incidents" };

/** What a table of units is called where no desk is called so. */
const TITLES = { emerging: "emerging.title" };

/** Words of the middle of a sentence, at its beginning. */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The panel of a table; how many rows it has, and of a whole one how many columns, the service says. `path` is the file's where it
 * is not the whole table: what the desk's `filters` keep.
 */
async function openTable(app, anchor, { name, table, asked, path = table, chosen = {}, filters = [] }) {
  const found = { rows: null, columns: null };
  const places = app.isWhole() ? [] : [named(app.place)];
  const offer = () => ({ path: `/exports/${path}`, asked: { ...asked, ...chosen, lang: language() }, ...found, filters: [...places, ...filters], name });
  const show = openFiles(app, anchor, offer);
  if (path !== table && table === POINTS[app.boot.desk]) return; // how many are kept is told nowhere else
  const told = await getJSON(`/api/table/${table}`, { ...asked, limit: 1 }, { isQuiet: true }).catch(() => null);
  if (told) show(Object.assign(found, { rows: told.of, columns: path === table ? told.columns.length : null }));
}

function exportMenu(app, anchor) {
  const briefing = { label: t("format.briefing"), run: () => order(app, "/exports/briefing.html", { lang: language() }, t("format.briefing")) };
  if (!app.boot.may?.export) return menu(anchor, [{ heading: t("briefing.heading") }, briefing]);
  const { table, level, within, at, path, asked, filters, points } = app.desk.exported();
  const { available, desk } = app.boot;
  const beside = available?.[POINTS[desk]] ? POINTS[desk] : null;
  const offered = [
    { name: t("export.heading", { table: t(TITLES[table] ?? `desk.${table}`), level: app.levelTitle(level) }), table, asked: { level, within, at }, path, chosen: asked, filters },
    ...(beside ? [{ name: t("export.points", { table: capital(t(`table.${beside}`)), place: named(app.place) }), table: beside, asked: { within }, path: points?.path, chosen: points?.asked, filters }] : []),
  ];
  return menu(anchor, [
    { heading: t("briefing.heading") },
    briefing,
    { heading: t("export.tables") },
    ...offered.map((one) => ({ label: `${one.name}\u2026`, run: () => openTable(app, anchor, one) })),
  ]);
}

const iconButton = (name, label, run, attributes = {}) =>
  h("button", { type: "button", class: "gs-icon-button", "aria-label": label, title: label, "data-focus": `head-${name}`, onclick: run, ...attributes }, icon(name));

export function dataTime(app) {
  const { snapshot } = app.boot;
  const text = snapshot ? time(snapshot.as_of) : t("snapshot.none");
  const stale = Boolean(app.isStale);
  return h(
    "span",
    { class: `gs-datatime${stale ? " is-stale" : ""}`, title: snapshot ? t("snapshot.tip", { number: snapshot.number, built: time(snapshot.built_at) }) : text },
    stale ? icon("warning", 14) : h("span", { class: "gs-dot", "aria-hidden": "true" }),
    snapshot ? `${t(stale ? "snapshot.upto" : "header.data")} ` : "",
    h("span", { class: "gs-datatime-value" }, text),
  );
}

async function leave(app) {
  await fetch(`${app.boot.urls?.base ?? ""}/logout`, { method: "POST", headers: { "X-Gridscope": "1" }, credentials: "same-origin" });
  window.location.assign(`${app.boot.urls?.base ?? ""}/login`);
}

export function roleMark(app) {
  const name = [icon("user"), t(`role.${app.boot.role}`)];
  if (!app.boot.logged_in || isStandalone()) return h("span", { class: "gs-role gs-not-phone", title: t("header.role") }, name);
  const open = (event) => menu(event.currentTarget, [{ label: t("login.logout"), run: () => leave(app) }]);
  return h("button", { type: "button", class: "gs-role gs-not-phone", "aria-haspopup": "menu", title: t("header.role"), "data-focus": "role", onclick: open }, name);
}

/** What the phone's header has no room for: role, theme, tour, print, log-out. */
function phoneMenu(app, anchor) {
  const { boot, state } = app;
  menu(anchor, [
    { heading: t(`role.${boot.role}`) },
    { label: t(state.get("theme") === "dark" ? "theme.light" : "theme.dark"), run: () => switchTheme(state) },
    { label: t("action.print"), run: () => openPaper(app) },
    { label: t("tour.again"), run: () => app.tour.start() },
    ...(boot.logged_in && !isStandalone() ? [{ label: t("login.logout"), run: () => leave(app) }] : []),
  ]);
}

export const brand = (app) => [
  h("a", { class: "gs-logo", href: deskAddress(app.boot, app.boot.desk, ""), "aria-label": "gridscope" }, logo(), h("span", { class: "gs-logo-name" }, "gridscope")),
  h("span", { class: "gs-phone-desk" }, t(`desk.${app.boot.desk}`)),
];

/** Language and theme. */
export function looks(app) {
  const { state } = app;
  const lang = language();
  const dark = state.get("theme") === "dark";
  return [
    h(
      "span",
      { class: "gs-languages", role: "group", "aria-label": t("header.language") },
      [["zh", "中", "中文"], ["en", "EN", "English"]].map(([code, short, name]) =>
        h("button", { type: "button", class: `gs-lang${code === lang ? " is-on" : ""}`, lang: code, "aria-pressed": String(code === lang), "aria-label": name, "data-focus": `lang-${code}`, onclick: () => state.set({ lang: code }, { replace: true }) }, short),
      ),
    ),
    h(
      "button",
      { type: "button", class: "gs-icon-button gs-not-phone", "aria-label": t(dark ? "theme.light" : "theme.dark"), title: `${t(dark ? "theme.light" : "theme.dark")} (D)`, "data-focus": "theme", onclick: () => switchTheme(state) },
      icon(dark ? "sun" : "moon"),
    ),
  ];
}

export function paintHeader(app) {
  paint(byId("gs-brand"), brand(app));
  paint(byId("gs-tabs"), tabs(app));
  paint(byId("gs-tabbar"), tabs(app));
  paint(
    byId("gs-tools"),
    dataTime(app),
    iconButton("search", t("header.search"), () => app.search.open(), { class: "gs-icon-button gs-only-phone" }),
    isStandalone() ? null : iconButton("link", t("action.share"), () => copyText(app, app.state.link())),
    isStandalone() || !app.boot.snapshot
      ? null
      : iconButton("download", t("action.download"), (event) => exportMenu(app, event.currentTarget), { "aria-haspopup": "menu", class: "gs-icon-button gs-not-phone" }),
    iconButton("print", `${t("action.print")} (P)`, () => openPaper(app), { class: "gs-icon-button gs-not-phone" }),
    h("span", { class: "gs-rule gs-not-phone", "aria-hidden": "true" }),
    looks(app),
    roleMark(app),
    iconButton("more", t("header.more"), (event) => phoneMenu(app, event.currentTarget), { class: "gs-icon-button gs-only-phone", "aria-haspopup": "menu" }),
  );
}
