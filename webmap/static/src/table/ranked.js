/**
 * A ranked table of many rows: only those in view are in the page. Columns are declared as data; rows are numbers into
 * the caller's own columns, so that 74,000 of them are filtered and drawn again within a frame or two.
 */

import { h, paint } from "../dom.js";
import { icon } from "../icons.js";
import { number, t } from "../i18n.js";
import { openHeadFilter } from "./headfilter.js";
import { orderOf } from "./order.js";

const ROW_PX = { normal: 34, compact: 28 };
const SPARE_ROWS = 6;

export class RankedTable {
  /**
   * `columns`: `{key, title, unit, align, width, values, cell(i), bar, isRank, isFixed}`. `values` is an array by row (what
   * is sorted by; leave it out and the column is not sorted), `cell` what is shown (text or node; default: the value as a
   * number), `bar` `{most, colour}` draws the value as a bar beside the figure, `evidence(i)` is what figureOf gives for a
   * figure that is told more of by E. `width` is a CSS grid width. A column with a `filter` (see headfilter.js; `onFilter`
   * is told the new one) has a button for it in its heading; `swap` is one more button.
   * `on`: `hover(row | null)`, `select(row, {isMore})`, `open(row)`, `sort({key, descending})`.
   */
  constructor({ label, columns = [], keyOf = (row) => String(row), sort, density = "normal", on = {} }) {
    Object.assign(this, { label, keyOf, on, density });
    this.sort = sort ?? { key: columns.find(({ values }) => values)?.key, descending: true };
    this.hiddenColumns = new Set();
    this.selected = new Set();
    this.rows = new Int32Array(0);
    this.active = -1;
    this.hovered = null;
    this.orders = new Map();
    this.head = h("div", { class: "gs-ranked-head", role: "row" });
    this.body = h("div", { class: "gs-ranked-body", role: "presentation" });
    this.node = h(
      "div",
      { class: `gs-ranked is-${density}`, role: "grid", tabindex: "0", "aria-label": label, "aria-multiselectable": "true", "data-focus": "ranked", onscroll: () => this.draw(), onkeydown: (event) => this.key(event), onpointerleave: () => this.hover(null) },
      this.head,
      this.body,
    );
    this.bindRows();
    new ResizeObserver(() => this.draw()).observe(this.node);
    this.setColumns(columns);
  }

  // --- what is shown -----------------------------------------------------------------------------------------------------------

  /** New columns, and with them new data: orders are worked out anew. */
  setColumns(columns) {
    this.columns = columns;
    this.rows = new Int32Array(0);
    this.orders.clear();
    if (!columns.some(({ key }) => key === this.sort.key)) this.sort = { key: columns.find(({ values }) => values)?.key, descending: true };
    this.paintHead();
    this.draw(true);
  }

  shown() {
    return this.columns.filter(({ key }) => !this.hiddenColumns.has(key));
  }

  hideColumns(keys) {
    this.hiddenColumns = new Set(keys);
    this.paintHead();
    this.draw(true);
  }

  /** All rows in the order in force. */
  order() {
    const { key, descending } = this.sort;
    const name = `${key} ${descending}`;
    if (!this.orders.has(name)) this.orders.set(name, orderOf(this.columns.find((column) => column.key === key)?.values ?? [], { descending }));
    return this.orders.get(name);
  }

  /** Show the rows for which `keeps(row)` holds, in the order in force. */
  show(keeps = () => true) {
    const at = this.active >= 0 ? this.keyOf(this.rows[this.active]) : null;
    this.keeps = keeps;
    this.rows = this.order().filter((row) => keeps(row));
    this.active = at === null ? -1 : this.rows.findIndex((row) => this.keyOf(row) === at);
    this.node.setAttribute("aria-rowcount", this.rows.length + 1);
    this.body.style.height = `${this.rows.length * this.rowPx()}px`;
    this.draw(true);
  }

  setSort(key, descending) {
    this.sort = { key, descending };
    this.paintHead();
    this.node.scrollTop = 0;
    this.show(this.keeps);
    this.on.sort?.(this.sort);
  }

  /** Mark the rows with these keys as selected. */
  select(keys) {
    this.selected = new Set(keys);
    this.draw(true);
  }

  /** Bring a row into view; with `isActive` the keyboard goes on from it. */
  reveal(row, { isActive = true } = {}) {
    const at = this.rows.indexOf(row);
    if (at < 0) return;
    if (isActive) this.active = at;
    const [top, height] = [at * this.rowPx(), this.rowPx()];
    const room = this.node.clientHeight - this.head.offsetHeight;
    if (top < this.node.scrollTop) this.node.scrollTop = top;
    else if (top + height > this.node.scrollTop + room) this.node.scrollTop = top + height - room;
    this.draw(true);
  }

  rowPx() {
    return ROW_PX[this.density];
  }

  // --- drawing -----------------------------------------------------------------------------------------------------------------

  paintHead() {
    const shown = this.shown();
    this.node.style.setProperty("--columns", shown.map(({ width }) => width ?? "minmax(0, 1fr)").join(" "));
    this.node.style.setProperty("--least", `${leastPx(shown)}px`);
    this.node.setAttribute("aria-colcount", shown.length);
    paint(this.head, shown.map((column, k) => this.headCell(column, k)));
    this.head.setAttribute("aria-rowindex", "1");
  }

  headCell({ key, title, unit, align, values, isRank, hint, filter, onFilter, swap }, k) {
    const isSorted = this.sort.key === key && !isRank;
    const words = [title, unit ? h("span", { class: "gs-ranked-unit" }, unit) : null];
    const flip = () => this.setSort(key, isSorted ? !this.sort.descending : typeof values?.[this.rows[0] ?? 0] !== "string");
    return h(
      "div",
      { class: `gs-ranked-th${align === "right" ? " is-right" : ""}`, role: "columnheader", "aria-colindex": k + 1, "aria-sort": values ? (isSorted ? (this.sort.descending ? "descending" : "ascending") : "none") : null, title: hint },
      values && !isRank
        ? h("button", { type: "button", tabindex: "-1", "data-focus": `sort-${key}`, class: `gs-ranked-sort${isSorted ? " is-on" : ""}`, onclick: flip }, words, isSorted ? h("span", { "aria-hidden": "true" }, this.sort.descending ? "↓" : "↑") : null)
        : words,
      swap ? h("button", { type: "button", tabindex: "-1", class: "gs-ranked-tool", "aria-label": swap.label, title: swap.label, "data-focus": `swap-${key}`, onclick: swap.run }, icon("swap", 12)) : null,
      filter ? this.filterButton({ key, title, filter, onFilter }) : null,
    );
  }

  filterButton({ key, title, filter, onFilter }) {
    const label = t("table.filter_of", { name: title });
    return h("button", { type: "button", class: `gs-ranked-tool is-filter${filter.value ? " is-on" : ""}`, "aria-label": label, title: label, "aria-haspopup": "true", "aria-pressed": String(Boolean(filter.value)), "data-focus": `where-${key}`, onclick: (event) => openHeadFilter(event.currentTarget, title, filter, onFilter) }, icon("filter", 12));
  }

  /** Draw the rows in view; those already there stay unless `isNew`. */
  draw(isNew = false) {
    const rowPx = this.rowPx();
    const from = Math.max(0, Math.floor(this.node.scrollTop / rowPx) - SPARE_ROWS);
    const to = Math.min(this.rows.length, Math.ceil((this.node.scrollTop + this.node.clientHeight) / rowPx) + SPARE_ROWS);
    if (!isNew && this.drawn && this.drawn[0] === from && this.drawn[1] === to) return;
    this.drawn = [from, to];
    const columns = this.shown();
    const found = [];
    for (let at = from; at < to; at += 1) found.push(this.row(at, columns));
    paint(this.body, found);
    const activeRow = this.active >= from && this.active < to ? `gs-row-${this.active}` : null;
    if (activeRow) this.node.setAttribute("aria-activedescendant", activeRow);
    else this.node.removeAttribute("aria-activedescendant");
  }

  row(at, columns) {
    const row = this.rows[at];
    const isOn = this.selected.has(this.keyOf(row));
    const marks = `${isOn ? " is-on" : ""}${at === this.active ? " is-active" : ""}${row === this.hovered ? " is-hovered" : ""}`;
    return h(
      "div",
      { class: `gs-ranked-row${marks}`, role: "row", id: `gs-row-${at}`, "aria-rowindex": at + 2, "aria-selected": String(isOn), "data-at": at, style: { top: `${at * this.rowPx()}px` } },
      columns.map((column, k) => this.cell(column, row, at, k)),
    );
  }

  cell({ key, align, values, cell, bar, isRank, evidence }, row, at, k) {
    const value = values?.[row];
    const shown = isRank ? number(at + 1) : cell ? cell(row) : typeof value === "string" ? value : number(value);
    const wide = bar && Number.isFinite(value) ? Math.min(100, (100 * value) / bar.most) : 0;
    return h(
      "div",
      { class: `gs-ranked-td${align === "right" ? " is-right" : ""}${bar ? " has-bar" : ""}`, role: "gridcell", "aria-colindex": k + 1 },
      bar ? h("span", { class: "gs-ranked-bar", "aria-hidden": "true" }, h("span", { style: { width: `${wide}%`, background: bar.colour } })) : null,
      h("span", { class: `gs-ranked-text${key === this.sort.key ? " is-sorted" : ""}`, title: typeof shown === "string" ? shown : null, ...(Number.isFinite(value) ? evidence?.(row) : null) }, shown),
    );
  }

  // --- pointer and keyboard ----------------------------------------------------------------------------------------------------

  bindRows() {
    const at = (event) => Number(event.target.closest?.(".gs-ranked-row")?.dataset.at ?? -1);
    this.body.addEventListener("pointermove", (event) => at(event) >= 0 && this.hover(this.rows[at(event)]));
    // Shift and click chooses rows, not the text between them.
    this.body.addEventListener("mousedown", (event) => {
      if (!event.shiftKey) return;
      event.preventDefault();
      this.node.focus({ preventScroll: true });
    });
    this.body.addEventListener("click", (event) => {
      if (at(event) < 0) return;
      this.active = at(event);
      this.on.select?.(this.rows[this.active], { isMore: event.shiftKey || event.ctrlKey || event.metaKey });
    });
    this.body.addEventListener("dblclick", (event) => at(event) >= 0 && this.on.open?.(this.rows[at(event)]));
  }

  /** Lay the halo on one row, or on none. */
  hover(row, { isTold = true } = {}) {
    if (row === this.hovered) return;
    this.hovered = row;
    this.body.querySelectorAll(".gs-ranked-row").forEach((node) => node.classList.toggle("is-hovered", this.rows[Number(node.dataset.at)] === row));
    if (isTold) this.on.hover?.(row);
  }

  key(event) {
    if (event.target !== this.node || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.node.clientHeight / this.rowPx()) - 2);
    const last = this.rows.length - 1;
    const goal = { ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: this.active + page, PageUp: this.active - page, Home: 0, End: last }[event.key];
    const isPick = event.key === "Enter" || event.key === " ";
    if (goal === undefined && !isPick) return;
    event.preventDefault();
    event.stopPropagation();
    if (last < 0) return;
    if (isPick) {
      if (this.active >= 0) this.on.select?.(this.rows[this.active], { isMore: event.shiftKey || event.key === " " });
      return;
    }
    const row = this.rows[Math.min(last, Math.max(0, goal))];
    this.reveal(row);
    this.hover(row);
  }
}

const GAP_PX = 8;
const SIDES_PX = 32;

/** What the columns take at least: the first length that each names. */
function leastPx(columns) {
  const widths = columns.map(({ width }) => Number(/(\d+)px/.exec(width ?? "")?.[1] ?? 0));
  return widths.reduce((sum, px) => sum + px, SIDES_PX + GAP_PX * Math.max(0, columns.length - 1));
}

/** The bar over a table: what is counted in it, and its tools (columns, export). */
export const tableBar = (title, note, ...tools) => h("div", { class: "gs-tablebar" }, h("h2", null, title), h("span", { class: "gs-tablebar-note", title: note }, note), h("span", { class: "gs-tablebar-tools" }, tools));

/** The button that opens the list of columns. `menu` is shell.js's; ticks take columns away and bring them back. */
export function columnsButton(table, menu, onChange = () => {}) {
  const flip = (key) => {
    const hidden = new Set(table.hiddenColumns);
    if (!hidden.delete(key)) hidden.add(key);
    table.hideColumns(hidden);
    onChange([...hidden]);
  };
  const items = () => table.columns.filter(({ isFixed, isRank }) => !isFixed && !isRank).map(({ key, title }) => ({ label: title, checked: !table.hiddenColumns.has(key), role: "menuitemcheckbox", run: () => flip(key) }));
  return h("button", { type: "button", class: "gs-button is-small", "aria-haspopup": "menu", "data-focus": "table-columns", onclick: (event) => menu(event.currentTarget, [{ heading: t("table.columns") }, ...items()]) }, icon("table", 14), t("table.columns"));
}
