/** The columns of the gaps table. */

import { h } from "../dom.js";
import { language, named, range, t } from "../i18n.js";
import { scale } from "../colours.js";
import { reasonWords } from "../card/reasons.js";
import { REASONS } from "./address.js";
import { unitOf } from "../atlas.js";
import { GAP_FIGURES, isLoaded, scaleFor, scaled } from "./figures.js";

const WIDTHS = { roads: "62px", places: "56px", incidents: "44px", residents: "50px", area: "62px" };
const REASON_WIDTHS = { zh: "138px", en: "148px" };
const BAR_WIDTHS = { zh: "114px", en: "112px" };

const DIGIT_PX = 7.6;

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

/** Columns for RankedTable over `rows` (GapRows); `parentName(unit)` is what stands beside a unit's own name. */
export function gapColumns({ boot, rows, figure, units, parentName }) {
  const { numbers, answer } = rows;
  const unit = (row) => unitOf(units, numbers[row]);
  const cellOf = (column, show) => (row) => (rows.isHidden(column, numbers[row]) ? t("legend.suppressed") : show(answer.columns[column]?.[numbers[row]] ?? 0));
  const low = `${figure.column}_low`;
  const high = `${figure.column}_high`;
  const most = (column) => Math.max(1, ...rows.of(column).map((value) => value ?? 0));
  const own = scaleFor(figure, most(figure.column));
  const longest = scaled(own, most(high)).length * 2 + 1;
  const others = GAP_FIGURES.filter((other) => other.name !== figure.name && isLoaded(other, boot)).map((other) => [other, scaleFor(other, most(other.column))]).map(([other, size]) => ({
    key: other.name,
    title: t(other.name === "roads" ? "gaps.col_roads" : `gaps.head_${other.name}`),
    unit: size.unit,
    hint: t(other.title),
    align: "right",
    width: WIDTHS[other.name],
    values: rows.of(other.column),
    cell: cellOf(other.column, (value) => scaled(size, value)),
  }));
  return [
    { key: "rank", title: "#", width: "26px", isRank: true },
    { key: "unit", title: t("table.name"), width: "minmax(104px, 1fr)", isFixed: true, values: numbers.map((i) => named(unitOf(units, i))), cell: (row) => h("span", { title: `${named(unit(row))} ${parentName(unit(row))}` }, named(unit(row)), " ", h("span", { class: "gs-gap-parent" }, parentName(unit(row)))) },
    { key: figure.name, title: t(`gaps.head_${figure.name}`), unit: own.unit, hint: t(figure.title), align: "right", width: BAR_WIDTHS[language()], isFixed: true, values: rows.values, cell: (row) => (rows.values[row] === null ? t("legend.suppressed") : scaled(own, rows.values[row])), bar: { most: Math.max(1, ...rows.values.map((value) => value ?? 0)), colour: scale("gap").at(-1) } },
    answer.columns[low] && !rows.reasons ? { key: "interval", title: t("measure.interval"), align: "right", width: `${Math.max(60, Math.ceil(longest * DIGIT_PX))}px`, cell: (row) => (rows.isHidden(figure.column, numbers[row]) ? "" : range(answer.columns[low][numbers[row]], answer.columns[high][numbers[row]], (value) => scaled(own, value))) } : null,
    ...others,
    { key: "reasons", title: t("gaps.head_reasons"), width: REASON_WIDTHS[language()], cell: (row) => reasonCell(rows, numbers[row]) },
  ].filter(Boolean);
}
