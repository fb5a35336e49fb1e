/** The intake desk: tabs in, one of them shown, the map beside it. */

import { byId, h, paint } from "../dom.js";
import * as data from "../data.js";
import { brand, dataTime, looks, roleMark, tabs } from "../header.js";
import { language, setupWords, t, words } from "../i18n.js";
import { attribution, switchTheme, useLooks } from "../looks.js";
import { remember } from "../memory.js";
import { Notices } from "../notices.js";
import { BoundariesTab } from "./boundaries.js";
import { HistoryTab } from "./history.js";
import { ImportTab } from "./importing.js";
import { IntakeMap } from "./map.js";
import { RefusalsTab } from "./refusals.js";
import { RegisterTab } from "./register.js";
import { IntakeState, TABS } from "./state.js";

const KINDS = { import: ImportTab, history: HistoryTab, refusals: RefusalsTab, boundaries: BoundariesTab, register: RegisterTab };

export class IntakeApp {
  constructor(boot, leaflet) {
    this.boot = boot;
    this.leaflet = leaflet;
    this.shell = new Notices();
    this.work = byId("in-work");
    this.legend = byId("in-legend");
  }

  start() {
    const { boot } = this;
    data.setupData(boot);
    setupWords(boot, boot.lang);
    this.state = new IntakeState(boot);
    useLooks(this);
    if (!byId("gs-map").contains(this.leaflet.getContainer())) byId("gs-map").prepend(this.leaflet.getContainer());
    this.leaflet.invalidateSize({ animate: false });
    this.map = new IntakeMap(this.leaflet, boot, this.state.get("theme"));
    this.map.grid.setAttribution(attribution(boot));
    this.tabs = Object.fromEntries(TABS.map((name) => [name, new KINDS[name](this)]));
    this.state.on((keys) => this.changed(keys));
    document.addEventListener("keydown", (event) => {
      const writes = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName);
      if (!writes && !event.ctrlKey && !event.metaKey && !event.altKey && event.key.toLowerCase() === "d") switchTheme(this.state);
    });
    this.paintFrame();
    this.paintBanners();
    this.open();
  }

  get tab() {
    return this.tabs[this.state.get("tab")];
  }

  paintFrame() {
    paint(byId("gs-brand"), brand(this));
    paint(byId("gs-tabs"), tabs(this));
    paint(byId("gs-tabbar"), tabs(this));
    paint(byId("gs-tools"), dataTime(this), h("span", { class: "gs-rule gs-not-phone", "aria-hidden": "true" }), looks(this), roleMark(this));
    paint(
      byId("in-tabs"),
      TABS.map((name) => h("button", { type: "button", class: "in-tab", "aria-current": name === this.state.get("tab") ? "page" : null, "data-focus": `tab-${name}`, "data-tab": name, onclick: () => this.state.set({ tab: name, table: "", source: "", reason: "", page: 1 }) }, t(`intake.tab.${name}`))),
    );
  }

  paintBanners() {
    const { broken } = this.state;
    this.shell.banner("broken", broken.length ? t("link.broken", { names: broken.join(", ") }) : null, { closable: true });
    const login = { label: t("login.enter"), run: () => window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`) };
    this.shell.banner("login", this.boot.logged_in ? null : t("intake.login"), { kind: "warn", action: login });
  }

  /** Give the tab its room: with the map beside it, or all of it. */
  arrange() {
    byId("gs-app").classList.toggle("is-wide", ["history", "refusals"].includes(this.state.get("tab")));
  }

  open() {
    this.arrange();
    this.leaflet.invalidateSize({ animate: false });
    this.map.clear();
    paint(this.legend);
    this.work.scrollTop = 0;
    this.tab.open();
  }

  changed(keys) {
    if (keys.has("lang") || keys.has("theme")) {
      remember(this.state.values);
      useLooks(this);
      this.map.restyle(this.state.get("theme"));
      this.map.grid.setLang(language());
      this.map.grid.setAttribution(attribution(this.boot));
    }
    this.paintFrame();
    if (keys.has("lang") || keys.has("restored")) this.paintBanners();
    if (keys.has("lang")) this.tab.draw?.();
    if (keys.has("tab")) this.open();
    else if (["table", "source", "reason", "page"].some((key) => keys.has(key))) this.tab.open();
    else this.tab.paint();
  }

  // --- what the tabs share -------------------------------------------------------------------------------------------------------

  paint(...content) {
    paint(this.work, content);
  }

  table(name) {
    return this.boot.tables.find((table) => table.name === name);
  }

  /** A column of table `name`, else the cameras' of that name: places share theirs. */
  column(table, name) {
    const find = (of) => this.table(of)?.columns.find((column) => column.name === name);
    return find(table) ?? find("cameras");
  }

  tableTitle = (name) => (["units", "elevation"].includes(name) ? t(`intake.${name}`) : words(this.table(name)?.title) || name);

  faultWords(fault) {
    if (fault instanceof data.Unreachable) return t("state.unreachable");
    if (fault instanceof data.DataError) {
      if (fault.status === 401) return t("intake.login");
      return fault.words(language()) || t("state.error", { reason: t("state.no_value"), id: fault.status });
    }
    console.error(fault);
    return fault.message;
  }

  say(fault) {
    this.shell.toast(this.faultWords(fault));
  }

  /** Run `act` and say its fault, if it has one. */
  async attempt(act) {
    try {
      return await act();
    } catch (fault) {
      this.say(fault);
      return null;
    }
  }

  /** Ask before something is changed: what will happen, and the two answers. */
  confirm(title, sentences, label) {
    return new Promise((resolve) => {
      let agreed = false;
      const answer = (value) => {
        agreed = value;
        node.close();
      };
      const node = this.shell.dialog(
        title,
        h("div", { class: "in-confirm" }, sentences.map((sentence) => (typeof sentence === "string" ? h("p", null, sentence) : sentence))),
        h("div", { class: "in-actions" }, h("button", { type: "button", class: "gs-button", onclick: () => answer(false) }, t("intake.no")), h("button", { type: "button", class: "gs-button is-strong", "data-focus": "agree", onclick: () => answer(true) }, label)),
      );
      node.addEventListener("close", () => resolve(agreed));
    });
  }
}
