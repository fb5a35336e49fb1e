/** The columns of the gaps table. */

import { h } from "../dom.js";
import { language, named, range, t } from "../i18n.js";
import { scale } from "../colours.js";
import { reasonWords } from "../card/reasons.js";
import { figureOf } from "../evidence/figure.js";
import { REASONS } from "./address.js";
import { unitOf } from "../atlas.js";
import { GAP_FIGURES, isLoaded, scaleFor, scaled } from "./figures.js";

const WIDTHS = {
  zh: { roads: "62px", places: "52px", incidents: "54px", residents: "50px", area: "54px" },
  en: { roads: "62px", places: "56px", incidents: "54px", residents: "50px", area: "62px" },
};
const REASON_WIDTHS = { zh: "132px", en: "148px" };
const BAR_WIDTHS = { zh: "124px", en: "120px" };

const DIGIT_PX = 7.7;
/** Room for the sign of a filter in a heading. */
const FILTER_PX = 18;

/** The seven parts as one stacked bar, and the largest in words. */
function reasonCell(rows, i) {
  const parts = rows.partsOf(i);
  const largest = rows.largestOf(i);
  const sum = parts ? parts.reduce((total, part) => total + part, 0) : 0;
  if (!largest) return t(parts ? "state.none" : "legend.suppressed");
  return h(
    "span",
    { class: "gs-gap-mix", title: reasonWords(largest) },
    h("span", { class: "gs-gap-stack", "aria-hidden": "true" }, REASONS.map((reason, k) => (parts[k] > 0 ? h("span", { class: `gs-reason-bar is-${reason}`, style: { width: `${(100 * parts[k]) / sum}%` } }) : null))),
    h("span", null, reasonWords(largest)),
  );
}

/** Where a gap is: the unit two levels above and the one above it; of a coarser unit its name and what it lies in. */
function placeCell(lineage, i, isGap) {
  const [strong, quiet] = isGap ? lineage.pair(i) : [lineage.of(i)[0], lineage.beside(i)];
  return h("span", { title: lineage.path(i) }, strong, " ", h("span", { class: "gs-gap-parent" }, quiet));
}

/** A filter of a heading in what its column shows: figures in the unit of the column. */
function headFilter(where, key, size) {
  const shown = where[key]?.map((end) => (end === null ? null : end / size.divisor));
  return { kind: "span", value: shown, unit: size.unit };
}

const toStored = (size) => (value) => value?.map((end) => (end === null ? null : Math.round(end * size.divisor))) ?? null;

/**
 * Columns for RankedTable over `rows` (GapRows). `lineage` names units, `isGap` whether rows are gaps; `where` are the filters of
 * headings and `onWhere(key, value | null)` is told a new one; `counts` are the incidents that filters keep by row (null: no filter);
 * `onSwap` puts the other figure first.
 */
export function gapColumns({ boot, rows, figure, lineage, isGap, where, onWhere, counts, swap }) {
  const { numbers, answer } = rows;
  const cellOf = (column, show) => (row) => (rows.isHidden(column, numbers[row]) ? t("legend.suppressed") : show(answer.columns[column]?.[numbers[row]] ?? 0));
  const low = `${figure.column}_low`;
  const high = `${figure.column}_high`;
  const most = (column) => rows.of(column).reduce((top, value) => Math.max(top, value ?? 0), 1);
  const own = scaleFor(figure, most(figure.column));
  const longest = scaled(own, most(high)).length * 2 + 1;
  const filterOf = (name, size) => ({ filter: headFilter(where, name, size), onFilter: (value) => onWhere(name, toStored(size)(value)) });
  const unitOfRow = (row) => unitOf(lineage.units, numbers[row]);
  const ownCell = (row) => (rows.values[row] === null ? t("legend.suppressed") : h("span", rows.reasons ? {} : figureOf(`gaps.${figure.column}`, unitOfRow(row), answer.at, { isIn: true }), scaled(own, rows.values[row])));
  const others = GAP_FIGURES.filter((other) => other.name !== figure.name && isLoaded(other, boot)).map((other) => [other, scaleFor(other, most(other.column))]).map(([other, size]) => {
    const isKept = other.name === "incidents" && counts;
    return {
      key: other.name,
      title: t(isKept ? "gaps.head_kept" : other.name === "roads" ? "gaps.col_roads" : `gaps.head_${other.name}`),
      unit: size.unit,
      hint: t(isKept ? "gaps.kept_hint" : other.title),
      align: "right",
      width: where[other.name] ? `${parseInt(WIDTHS[language()][other.name], 10) + FILTER_PX}px` : WIDTHS[language()][other.name],
      values: isKept ? counts : rows.of(other.column),
      cell: isKept ? null : cellOf(other.column, (value) => scaled(size, value)),
      ...filterOf(other.name, size),
    };
  });
  return [
    { key: "rank", title: "#", width: "28px", isRank: true },
    { key: "unit", title: t(isGap ? "gaps.head_place" : "table.name"), width: "minmax(82px, 1fr)", isFixed: true, values: numbers.map((i) => (isGap ? lineage.pair(i).join(" ") : named(unitOf(lineage.units, i)))), cell: (row) => placeCell(lineage, numbers[row], isGap), filter: { kind: "text", value: where.name }, onFilter: (value) => onWhere("name", value) },
    { key: figure.name, title: t(`gaps.head_${figure.name}`), unit: own.unit, hint: t(figure.title), align: "right", width: BAR_WIDTHS[language()], isFixed: true, values: rows.values, cell: ownCell, bar: { most: rows.values.reduce((top, value) => Math.max(top, value ?? 0), 1), colour: scale("gap").at(-1) }, swap, ...filterOf(figure.name, own) },
    answer.columns[low] && !rows.reasons ? { key: "interval", title: t("measure.interval"), align: "right", width: `${Math.max(60, Math.ceil(longest * DIGIT_PX))}px`, cell: (row) => (rows.isHidden(figure.column, numbers[row]) ? "" : range(answer.columns[low][numbers[row]], answer.columns[high][numbers[row]], (value) => scaled(own, value))) } : null,
    ...others,
    { key: "largest", title: t("gaps.head_reasons"), width: REASON_WIDTHS[language()], cell: (row) => reasonCell(rows, numbers[row]), filter: { kind: "choice", value: where.largest, choices: REASONS.map((reason) => [reason, reasonWords(reason)]) }, onFilter: (value) => onWhere("largest", value) },
  ].filter(Boolean);
}
