/** Small pieces that every tab of the intake desk draws with. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { has, number, percent, t, time, words } from "../i18n.js";
import { hasEnded } from "./ask.js";

export const field = (label, control, note = null) => h("label", { class: "in-field" }, h("span", { class: "in-label" }, label), control, note ? h("span", { class: "in-note" }, note) : null);

/** A drop-down: `options` are [value, label] pairs, or {group, options}. */
export function select(name, value, options, onchange, attributes = {}) {
  const option = ([key, label]) => h("option", { value: key, selected: key === value }, label);
  return h(
    "select",
    { class: "in-select", "data-focus": name, onchange: (event) => onchange(event.target.value), ...attributes },
    options.map((one) => (Array.isArray(one) ? option(one) : h("optgroup", { label: one.group }, one.options.map(option)))),
  );
}

export const button = (label, run, { strong = false, name = null, ...attributes } = {}) =>
  h("button", { type: "button", class: `gs-button${strong ? " is-strong" : ""}`, "data-focus": name, onclick: run, ...attributes }, label);

export const warning = (...content) => h("div", { class: "in-warning", role: "status" }, icon("warning", 14), h("span", null, content));

/** "4 s", "3 min": what is left by the server's own estimate. */
export function duration(seconds) {
  if (seconds < 90) return t("intake.seconds", { n: number(Math.max(1, Math.round(seconds))) });
  return t("intake.minutes", { n: number(Math.round(seconds / 60)) });
}

/** A job while it runs, and how it ended. */
export function jobPanel(job, { onCancel = null } = {}) {
  const ended = hasEnded(job);
  const left = job.eta_s === null || job.eta_s === undefined || ended ? null : t("state.loading", { n: duration(job.eta_s) });
  return h(
    "div",
    { class: `in-job is-${job.state}` },
    h("div", { class: "in-job-line" }, h("b", null, t(`intake.kind.${job.kind}`)), h("span", { class: "in-job-words" }, job.state === "queued" ? t("intake.job.queued") : words(job.words)), left ? h("span", { class: "in-job-left" }, left) : null, onCancel && !ended ? button(t("intake.cancel"), onCancel, { name: `cancel-${job.id}` }) : null),
    ended
      ? null
      : h("div", { class: "in-bar", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(job.share * 100)), "aria-label": t(`intake.kind.${job.kind}`) }, h("div", { class: "in-bar-fill", style: { width: percent(job.share, 0) } })),
  );
}

/** A column's unit as people write it. */
export const unitOf = ({ unit }) => (unit === "deg" ? "\u00b0" : unit);

export const moment = (iso) => h("time", { datetime: iso }, time(iso));

/** What an import changed, by table: "+12 ~3 −1", with the words in the tip. */
export function countsOf(counts, tableTitle) {
  const parts = Object.entries(counts ?? {});
  if (!parts.length) return h("span", { class: "in-note" }, t("intake.counts.none"));
  return parts.map(([table, { added, changed, removed, unchanged }]) =>
    h(
      "span",
      { class: "in-counts", title: t("intake.counts.tip", { added: number(added), changed: number(changed), removed: number(removed), unchanged: number(unchanged) }) },
      tableTitle(table),
      [["+", added], ["~", changed], ["\u2212", removed], ["=", unchanged]].filter(([, n]) => n > 0).map(([sign, n]) => h("span", { class: "in-count" }, `${sign}${number(n)}`)),
    ),
  );
}

/** What a change does to the columns of a row of `table`, old and new; `back` tells it the other way round. */
export function changeList(app, table, changes, { back = false } = {}) {
  const title = (name) => words(app.column(table, name)?.title) || name;
  const shown = (name, value) => (value === null ? t("state.none") : has(`intake.value.${name}.${value}`) ? t(`intake.value.${name}.${value}`) : String(value));
  return h("ul", { class: "in-changes" }, Object.entries(changes).map(([name, { old, new: next }]) => h("li", null, h("span", { class: "in-label" }, title(name)), " ", h("s", null, shown(name, back ? next : old)), " ", h("b", null, shown(name, back ? old : next)))));
}

/** The way through the pages of `total` rows, `size` to a page; null where one page holds them all. */
export function pager({ state }, total, size) {
  const page = state.get("page");
  const pages = Math.ceil(total / size);
  if (pages < 2) return null;
  const go = (to) => () => state.set({ page: to });
  return h("div", { class: "in-actions" }, button(t("intake.page.before"), go(page - 1), { name: "before", disabled: page <= 1 }), h("span", { class: "in-note" }, t("intake.page", { page: number(page), pages: number(pages) })), button(t("intake.page.after"), go(page + 1), { name: "after", disabled: page >= pages }));
}

export const kilobytes = (bytes) => (bytes < 1e6 ? `${number(Math.max(1, Math.round(bytes / 1e3)))} kB` : `${number(bytes / 1e6, 1)} MB`);
