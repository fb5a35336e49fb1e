/** The columns of the table: what is ranked by, what is shown, what they are called in a file. */

import { h } from "../dom.js";
import { language, named, number, percentValue, range, t } from "../i18n.js";
import { unitOf } from "../atlas.js";
import { figureOf } from "../evidence/figure.js";
import { statusCell, overlapWords } from "./words.js";

const known = (value) => Number.isFinite(value);
const tenth = (value) => number(value, value > 0 && value < 9.95 ? 1 : 0);
const figure = (value, format = number) => (known(value) ? format(value) : t("state.none"));

/** Names in the file of what a column of the page shows, and of what it is ranked by. */
export const FILE_COLUMNS = {
  cameras: { camera: ["camera_name", "source_id", "status"], facade: ["facade_62_m"], range: ["facade_62_m_low", "facade_62_m_high"], dwellings: ["n_dwellings_62"], alone: ["alone_road_m"], seen3: ["seen_3plus_share"], overlaps: ["n_overlaps", "overlaps"], status: ["filed", "filing_no", "filed_on", "sign", "retention_days"], programme: ["programme"], owner: ["owner"] },
  units: { cameras: ["n_cameras"], facade: ["facade_62_m"], range: ["facade_62_m_low", "facade_62_m_high"], each: ["facade_each_m"], dwellings: ["n_dwellings_62"], seen3: ["public_3plus_share"], not_filed: ["n_not_filed"], no_sign: ["n_without_sign"], past: ["n_past_retention"], unknown: ["n_filed_unknown", "n_sign_unknown"] },
};
export const FILE_SORT = { cameras: { ...Object.fromEntries(["facade", "dwellings", "alone", "seen3", "overlaps"].map((key) => [key, FILE_COLUMNS.cameras[key][0]])), status: "duty" }, units: Object.fromEntries(Object.entries(FILE_COLUMNS.units).map(([key, names]) => [key, names[0]])) };
/** Columns that a reader asks for: their figures stand in the card of each unit. */
export const ASKED_FOR = ["past", "unknown"];
/** What each measure ranks by first. */
export const MEASURE_SORT = { facade: "facade", seen3: "seen3", overlaps: "overlaps", duties: "status" };

const rank = { key: "rank", title: "#", width: "34px", isRank: true, isFixed: true };
const right = (key, width, values, cell, more = {}) => ({ key, title: t(`guard.col.${key}`), align: "right", width, values, cell, ...more });

/** How a camera is called: its name, else its id, else (where neither may be seen) that it is one. */
export const cameraLabel = (rows, row) => rows.columns.camera_name?.[row] ?? rows.columns.uid?.[row] ?? t("table.camera_one");

/** `onUnnamed` is told where a row is shown whose name is not here yet. */
export function cameraColumns(rows, placeName, onUnnamed) {
  const en = language() === "en";
  const { columns } = rows;
  const nameCell = (row) => {
    if (!rows.isNamed(row)) onUnnamed();
    return h("span", { title: `${cameraLabel(rows, row)} ${placeName(row)}` }, h("b", { class: "gs-guard-name" }, cameraLabel(rows, row)), " ", placeName(row));
  };
  const found = [rank, { key: "camera", title: t("guard.col.camera"), width: "minmax(110px, 1fr)", isFixed: true, cell: nameCell }];
  if (rows.has.facade) {
    found.push(
      right("facade", en ? "112px" : "98px", rows.facade, (row) => figure(rows.facade[row], tenth), { unit: "m", bar: { most: Math.max(1, rows.facade.reduce((most, m) => (m > most ? m : most), 0)), colour: "var(--facade-line)" }, hint: t("guard.hint.facade") }),
      right("range", "62px", undefined, (row) => range(columns.facade_62_m_low[row], columns.facade_62_m_high[row]) || t("state.none"), { hint: t("guard.hint.range") }),
      right("dwellings", en ? "62px" : "34px", rows.dwellings, (row) => (rows.hidden.has(row) ? `<${rows.minCount}` : figure(rows.dwellings[row])), { hint: t("measure.dwellings_in_view") }),
    );
  }
  found.push(
    right("alone", en ? "66px" : "80px", rows.alone, (row) => figure(rows.alone[row], tenth), { unit: "m", hint: t("safe.only_this") }),
    right("seen3", en ? "40px" : "68px", rows.seen3, (row) => figure(rows.seen3[row], (share) => percentValue(share, 0)), { unit: "%", hint: t("guard.hint.seen3") }),
  );
  if (rows.has.restricted) found.push({ key: "overlaps", title: t("guard.col.overlaps"), width: en ? "62px" : "60px", values: rows.nOverlaps, cell: (row) => overlapWords(rows, row) || h("span", { class: "gs-quiet" }, t("guard.none")) });
  found.push({ key: "status", title: t("guard.col.status"), width: en ? "92px" : "76px", values: rows.duty, cell: (row) => statusCell(rows, row) });
  return found;
}

export function unitColumns(rows, has) {
  const en = language() === "en";
  const n = (values) => (row) => figure(values[row]);
  const { counts } = rows;
  const evidence = (column, at) => (row) => figureOf(column, unitOf(rows.units, rows.number[row]), at, { isIn: true });
  const count = (key, name) => right(key, en ? "60px" : "46px", counts[name], n(counts[name]), { evidence: evidence(`safeguards.${name}`) });
  const found = [rank, { key: "unit", title: t("guard.col.unit"), width: "minmax(90px, 1fr)", isFixed: true, cell: (row) => h("b", { class: "gs-guard-name", title: named(unitOf(rows.units, rows.number[row])) }, named(unitOf(rows.units, rows.number[row]))) }];
  found.push(right("cameras", en ? "58px" : "46px", rows.nCameras, n(rows.nCameras), { evidence: evidence("safeguards.n_cameras") }));
  if (has.facade) {
    found.push(
      right("facade", en ? "122px" : "108px", rows.facade, (row) => figure(rows.facade[row]), { unit: "m", bar: { most: Math.max(1, rows.facade.reduce((most, m) => (m > most ? m : most), 0)), colour: "var(--facade-line)" }, evidence: evidence("safeguards.facade_62_m") }),
      right("range", en ? "94px" : "102px", undefined, (row) => range(rows.low[row], rows.high[row]) || t("state.none"), { hint: t("guard.hint.range") }),
      right("each", en ? "48px" : "52px", rows.each, (row) => figure(rows.each[row], tenth), { unit: "m", hint: t("measure.facade_per_camera") }),
      right("dwellings", en ? "62px" : "46px", rows.dwellings, n(rows.dwellings), { hint: t("measure.dwellings_in_view"), evidence: evidence("safeguards.n_dwellings_62") }),
    );
  }
  found.push(right("seen3", en ? "50px" : "80px", rows.seen3, (row) => figure(rows.seen3[row], (share) => percentValue(share)), { unit: "%", hint: t("measure.seen_3plus") }));
  found.push(count("not_filed", "n_not_filed"), count("no_sign", "n_without_sign"), count("past", "n_past_retention"), count("unknown", "n_filed_unknown"));
  return found;
}
