/** Before you build: what the service's checks say of the changes that count. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { has, number, percent, t } from "../i18n.js";
import { isOff } from "./edits.js";

/** Of the ground newly seen: from here on it is worth a word that others see it too. */
const MUCH_SHARE = 0.25;
/** Metres of facade that are rounding. */
const NOTHING_M = 0.5;

/** What a spot is; a kind that has no word stands for itself. */
const spotWords = (kind) => (has(`whatif.spot.${kind}`) ? t(`whatif.spot.${kind}`) : (kind ?? t("status.unknown")));

const row = (isFine, ...words) => h("li", { class: `wi-check is-${isFine ? "fine" : "warn"}` }, icon(isFine ? "check" : "warning"), h("span", null, words));

const checksOf = (mode) => (mode.full?.checks ?? []).map((check, i) => ({ ...check, edit: mode.editOf(mode.full.keys[i]) })).filter(({ edit }) => edit);

function facadeRow(mode, checks) {
  const some = checks.filter(({ facade_m }) => facade_m > NOTHING_M);
  if (!some.length) return row(true, t("whatif.check.no_facade"));
  const total = some.reduce((sum, { facade_m }) => sum + facade_m, 0);
  const dwellings = some.reduce((sum, { n_dwellings }) => sum + n_dwellings, 0);
  const masks = mode.masks();
  return row(
    false,
    h("b", null, t(dwellings === 1 ? "whatif.check.facade_one" : "whatif.check.facade", { m: number(total), n: number(dwellings) })),
    " ",
    masks.length ? t("whatif.check.masks", { m: number(masks.reduce((sum, mask) => sum + mask.facade_m, 0)), road: number(masks.reduce((sum, mask) => sum + mask.road_m, 0)) }) : t("whatif.check.no_masks"),
    masks.length ? [" ", h("button", { type: "button", class: "gs-link", "data-focus": "wi-masks", onclick: () => mode.applyMasks() }, t("whatif.check.use_masks"))] : null,
  );
}

function overlapRow(mode, checks) {
  const seen = checks.filter(({ seen_2plus_share }) => seen_2plus_share !== null);
  if (!seen.length) return null;
  const most = Math.max(...seen.map(({ seen_2plus_share }) => seen_2plus_share));
  const { edit } = seen.find(({ seen_2plus_share }) => seen_2plus_share === most);
  return row(most < MUCH_SHARE, h("b", null, t("whatif.check.already", { share: percent(most, 0) })), " ", t("whatif.check.already_of", { n: mode.edits.indexOf(edit) + 1 }));
}

function restrictedRow(checks) {
  const found = new Map();
  for (const { kind, rule, n } of checks.flatMap(({ restricted }) => restricted)) {
    const key = `${kind} ${rule}`;
    found.set(key, { kind, rule, n: (found.get(key)?.n ?? 0) + n });
  }
  if (!found.size) return row(true, t("whatif.check.no_overlap"));
  const words = [...found.values()].map(({ kind, rule, n }) => t("whatif.check.spot", { kind: spotWords(kind), rule: rule ? t(`whatif.rule.${rule}`) : t("status.unknown"), n: number(n) }));
  return row(false, h("b", null, t("whatif.check.overlap")), t("punct.colon"), words.join(t("punct.list")));
}

function filingRow(checks) {
  const at = (state) => checks.filter(({ filed, edit }) => filed === state && !isOff(edit)).length;
  const [added, no, unknown] = ["new", "no", "unknown"].map(at);
  const words = [added ? t("whatif.check.to_file", { n: number(added) }) : null, no ? t("whatif.check.not_filed", { n: number(no) }) : null, unknown ? t("whatif.check.filed_unknown", { n: number(unknown) }) : null].filter(Boolean);
  return words.length ? row(false, words.join(" ")) : row(true, t("whatif.check.filed"));
}

export function checksSection(mode) {
  const checks = checksOf(mode);
  if (!checks.length) return null;
  return h(
    "div",
    { class: `gs-card-part${mode.isChecked() ? "" : " is-late"}`, id: "wi-checks" },
    h("h2", null, t("whatif.before")),
    h("ul", { class: "wi-checks" }, facadeRow(mode, checks), overlapRow(mode, checks), restrictedRow(checks), filingRow(checks)),
  );
}

/** What is said before a plan is saved that brings facade into view which no mask takes out; null where it does not. */
export function facadeWarning(mode) {
  const rises = checksOf(mode).filter(({ facade_m, edit }) => facade_m > NOTHING_M && !mode.valuesOf(edit).masks);
  if (!rises.length) return null;
  return t("whatif.unmasked", { m: number(rises.reduce((sum, { facade_m }) => sum + facade_m, 0)) });
}
