/** How the desk names kinds, statuses and words of the register. */

import { h } from "../dom.js";
import { has, number, t } from "../i18n.js";
import { statusesOf } from "./rows.js";

/** A kind of spot, programme or owner: the catalogue's word, else the home's own; "": not recorded. */
export const wordOf = (group, word) => (word === "" ? t("status.unknown") : has(`${group}.${word}`) ? t(`${group}.${word}`) : word);

export const statusWord = (name) => t({ not_filed: "status.unfiled", no_sign: "status.no_sign", past_retention: "status.past_retention", unknown: "status.unknown" }[name]);
const STATUS_CLASS = { not_filed: "is-bad", no_sign: "is-warn", past_retention: "is-bad", unknown: "is-unknown" };

/** The worst status of a row, and how many more there are. */
export function statusCell(rows, row) {
  const found = statusesOf(rows, row);
  if (!found.length) return h("span", { class: "gs-duty is-good" }, t("status.in_order"));
  const all = found.map(statusWord).join(" · ");
  return h("span", { class: `gs-duty ${STATUS_CLASS[found[0]]}`, title: all }, statusWord(found[0]), found.length > 1 ? h("small", null, ` +${found.length - 1}`) : null);
}

export function overlapWords(rows, row) {
  const spots = rows.spots.get(row) ?? [];
  return spots.map(({ kind, n }) => `${wordOf("spot", kind)} ${number(n)}`).join(" · ");
}
