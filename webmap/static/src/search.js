import { byId, debounce, h, paint } from "./dom.js";
import { icon } from "./icons.js";
import { named, t } from "./i18n.js";
import { address, findUnit } from "./atlas.js";
import { getJSON } from "./data.js";

const ROWS = 8;

/** `/`: names, codes, initials, camera numbers; 8 rows grouped by kind; Enter flies there. */
export class Search {
  constructor(app) {
    this.app = app;
    this.found = [];
    this.chosen = 0;
    this.ask = debounce((text) => this.look(text), 120);
    this.paint();
  }

  paint() {
    const text = this.input?.value ?? "";
    this.input = h("input", {
      type: "search",
      class: "gs-search-input",
      role: "combobox",
      placeholder: t(this.app.seesCameras() ? "search.placeholder" : "search.placeholder_units"),
      "aria-label": t("header.search"),
      "aria-expanded": "false",
      "aria-controls": "gs-search-list",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "100",
      oninput: () => this.ask(this.input.value),
      onkeydown: (event) => this.key(event),
      onblur: () => setTimeout(() => this.close(), 150),
    });
    this.input.value = text;
    this.list = h("div", { class: "gs-search-list", id: "gs-search-list", role: "listbox", "aria-label": t("search.results"), hidden: true });
    paint(byId("gs-search"), icon("search"), this.input, h("kbd", { class: "gs-key", "aria-hidden": "true" }, "/"), this.list);
  }

  open() {
    byId("gs-search").classList.add("is-open");
    this.input.focus();
    this.input.select();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    byId("gs-search").classList.remove("is-open");
  }

  async look(raw) {
    const text = raw.trim();
    if (!text) {
      this.close();
      return;
    }
    this.asked = text;
    try {
      const answer = await getJSON("/api/search", { q: text });
      if (this.asked !== text) return;
      this.show(text, (Array.isArray(answer) ? answer : (answer.results ?? [])).slice(0, ROWS));
    } catch (fault) {
      this.showLine(this.app.faultWords(fault));
    }
  }

  groups(found) {
    const groups = new Map();
    for (const item of found) {
      const name = item.kind === "camera" ? t("camera.camera") : this.app.levelTitle(item.level);
      groups.set(name, [...(groups.get(name) ?? []), item]);
    }
    return groups;
  }

  show(text, found) {
    const groups = this.groups(found);
    this.found = [...groups.values()].flat();
    this.chosen = 0;
    if (!this.found.length) {
      this.showLine(t(this.app.seesCameras() ? "search.none" : "search.none_units", { text }));
      return;
    }
    let at = 0;
    const rows = [...groups].map(([name, items]) => [
      h("div", { class: "gs-search-group", role: "presentation" }, name),
      items.map((item) => this.row(item, at++)),
    ]);
    paint(this.list, rows);
    this.reveal();
  }

  row(item, i) {
    const path = (item.path ?? []).map((part) => (typeof part === "string" ? part : named(part))).join(" / ");
    return h(
      "div",
      { class: "gs-search-row", role: "option", id: `gs-found-${i}`, "aria-selected": String(i === this.chosen), onpointerdown: (event) => event.preventDefault(), onclick: () => this.go(i) },
      h("span", { class: "gs-search-name" }, named(item)),
      h("span", { class: "gs-search-path" }, path),
      h("span", { class: "gs-search-code" }, item.kind === "camera" ? item.uid : item.code),
    );
  }

  showLine(line) {
    this.found = [];
    paint(this.list, h("div", { class: "gs-search-none" }, line));
    this.reveal();
  }

  reveal() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  mark() {
    this.list.querySelectorAll(".gs-search-row").forEach((row, i) => row.setAttribute("aria-selected", String(i === this.chosen)));
    if (this.found.length) this.input.setAttribute("aria-activedescendant", `gs-found-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  async go(i, isMore = false) {
    const item = this.found[i];
    if (!item) return;
    this.close();
    this.input.blur();
    if (!isMore || !(await this.addToChosen(item))) this.app.goTo(item);
  }

  /** On a desk where several units can be chosen, add one that is drawn to them. */
  async addToChosen(item) {
    const { atlas, desk } = this.app;
    if (item.kind === "camera" || item.level !== desk.frame?.level) return false;
    const unit = await findUnit(atlas, address(item));
    return Boolean(unit && desk.clickedMore?.(unit.number));
  }

  key(event) {
    const n = this.found.length;
    if (event.key === "Escape") {
      this.close();
      this.input.blur();
    } else if (event.key === "Enter") this.go(this.chosen, event.shiftKey);
    else if (event.key === "ArrowDown" && n) this.chosen = (this.chosen + 1) % n;
    else if (event.key === "ArrowUp" && n) this.chosen = (this.chosen + n - 1) % n;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.mark();
  }
}
