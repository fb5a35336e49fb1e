/** The first two steps of an import: which file, and how it is read. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { number, t, words } from "../i18n.js";
import { button, field, kilobytes, select, warning } from "./parts.js";

const ENDINGS = ".csv,.tsv,.txt,.xlsx,.geojson,.json,.gpkg,.zip,.fgb,.kml,.parquet,.geoparquet";
const ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5", "cp1252", "latin-1"];
const SYSTEMS = ["EPSG:4326", "EPSG:4490", "EPSG:4544", "EPSG:4545", "EPSG:4546", "EPSG:4547", "EPSG:32648", "EPSG:32649", "EPSG:32650", "EPSG:3857"];
const DATUMS = ["wgs84", "gcj02", "bd09"];

export function fileSection(tab) {
  const { upload, sending, fault } = tab;
  const input = h("input", { type: "file", accept: ENDINGS, class: "in-file", id: "in-file", onchange: (event) => tab.send(event.target.files[0]) });
  const over = (event, is) => {
    event.preventDefault();
    event.currentTarget.classList.toggle("is-over", is);
  };
  const drop = {
    ondragover: (event) => over(event, true),
    ondragleave: (event) => over(event, false),
    ondrop: (event) => {
      over(event, false);
      tab.send(event.dataTransfer.files[0]);
    },
  };
  let content;
  if (sending) content = h("div", { class: "in-drop in-sending" }, h("b", null, t("intake.sending", { name: sending.name })), h("div", { class: "in-bar", role: "progressbar", "aria-label": t("intake.sending", { name: sending.name }) }, h("div", { class: "in-bar-fill", style: { width: `${sending.share * 100}%` } })), button(t("intake.cancel"), () => sending.stop()));
  else if (upload) content = h("div", { class: "in-file-row", ...drop }, h("b", null, upload.name), h("span", { class: "in-note" }, kilobytes(upload.n_bytes), tab.look ? ` · ${factWords(tab)}` : ""), h("label", { class: "gs-button", for: "in-file" }, t("intake.file.other")), input);
  else content = h("div", { class: "in-drop", ...drop }, icon("intake", 24), h("p", null, t("intake.file.drop")), h("label", { class: "gs-button is-strong", for: "in-file" }, t("intake.file.choose")), input, h("p", { class: "in-note" }, t("intake.file.kinds")), h("p", { class: "in-note" }, t("intake.file.people")));
  return h("section", { class: "in-section" }, h("h2", null, t("intake.step.file")), content, fault ? warning(fault) : null);
}

function factWords(tab) {
  const { look } = tab;
  const facts = [t(`intake.format.${look.format}`)];
  if (look.n_rows !== null) facts.push(t("intake.rows", { n: number(look.n_rows) }));
  facts.push(t("intake.columns", { n: number(look.columns.length) }));
  return facts.join(" · ");
}

export function readSection(tab) {
  const { app, look, mapping } = tab;
  const tables = [...look.tables, ...app.boot.tables.map(({ name }) => name).filter((name) => !look.tables.includes(name))];
  const encodings = [...new Set([look.encoding, ...ENCODINGS])];
  return h(
    "section",
    { class: "in-section" },
    h("h2", null, t("intake.step.read")),
    h(
      "div",
      { class: "in-fields" },
      field(t("intake.table"), select("table", mapping.table.name, tables.map((name) => [name, app.tableTitle(name)]), (table) => tab.choose({ table, x: undefined, y: undefined }, { fresh: true }))),
      field(
        t("intake.source"),
        h("input", {
          class: "in-input",
          value: mapping.source,
          "data-focus": "source",
          maxlength: 63,
          title: t("intake.source.tip"),
          onchange: (event) => {
            mapping.source = event.target.value.trim().toLowerCase();
            tab.namedSource = true;
            tab.paint();
          },
        }),
      ),
      look.encoding ? field(t("intake.encoding"), select("encoding", look.encoding, encodings.map((name) => [name, name.toUpperCase()]), (encoding) => tab.choose({ encoding }, { fresh: true }))) : null,
      look.header_line ? field(t("intake.header"), h("input", { class: "in-input is-short", type: "number", min: 1, max: 1000, value: look.header_line, "data-focus": "header", onchange: (event) => tab.choose({ header_line: event.target.value }, { fresh: true }) })) : null,
      look.layers.length > 1 ? field(t("intake.layer"), select("layer", tab.chosen.layer ?? look.layers[0], look.layers.map((name) => [name, name]), (layer) => tab.choose({ layer }, { fresh: true }))) : null,
      look.crs === null ? field(t("intake.crs"), crsInput(tab)) : h("div", { class: "in-field" }, h("span", { class: "in-label" }, t("intake.crs")), h("span", { class: "in-fixed" }, look.crs.slice(0, 40))),
    ),
    datumRow(tab),
  );
}

function crsInput(tab) {
  return [
    h("input", { class: "in-input", list: "in-systems", value: tab.crs, placeholder: "EPSG:4326", "data-focus": "crs", onchange: (event) => tab.choose({ crs: event.target.value.trim() || undefined }) }),
    h("datalist", { id: "in-systems" }, SYSTEMS.map((code) => h("option", { value: code }, t(`intake.crs.${code.slice(5)}`)))),
  ];
}

function datumRow(tab) {
  const { look } = tab;
  if (!look.n_placed) return null;
  const reason = look.place_reasons.datum;
  return h(
    "div",
    { class: "in-field is-wide" },
    h("span", { class: "in-label" }, t("intake.datum")),
    h(
      "div",
      { class: "gs-segmented in-datum", role: "group", "aria-label": t("intake.datum") },
      DATUMS.map((datum) => h("button", { type: "button", class: datum === tab.datum ? "is-on" : "", "aria-pressed": String(datum === tab.datum), "data-focus": `datum-${datum}`, "data-datum": datum, onclick: () => tab.choose({ datum }) }, t(`intake.datum.${datum}`))),
    ),
    h("span", { class: "in-note" }, reason && !tab.chosen.datum ? words(reason) : t(tab.datum ? "intake.datum.tip" : "intake.datum.choose")),
  );
}
