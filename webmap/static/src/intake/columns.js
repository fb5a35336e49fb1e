/** The table in which each column of a file is given its meaning. */

import { h } from "../dom.js";
import { t, words } from "../i18n.js";
import { CLOCK, NONE } from "./mapping.js";
import { button, select, unitOf } from "./parts.js";

const isAxis = (target) => target === "x" || target === "y";

function targetOptions(mapping) {
  const label = (column) => `${words(column.title)}${column.required ? " *" : ""}`;
  const columns = mapping.table.columns.filter(({ name }) => !["lon", "lat"].includes(name));
  const axes = mapping.hasShapes ? [] : [{ group: t("intake.group.place"), options: ["x", "y"].map((axis) => [axis, `${t(`intake.axis.${axis}`)} *`]) }];
  return [[NONE, t("intake.not_taken")], ...axes, { group: words(mapping.table.title), options: columns.flatMap((column) => [[column.name, label(column)], ...(column.dtype === "time" ? [[column.name + CLOCK, t("intake.clock", { name: words(column.title) })]] : [])]) }];
}

function reasonOf(look, mapping, column) {
  const target = mapping.targetOf(column.name);
  const reason = look.reasons[target];
  if (column.personal) return h("span", { class: "in-note" }, t("intake.personal"));
  if (target === NONE) return h("span", { class: "in-note" }, t("intake.never_stored"));
  if (reason?.column !== column.name) return h("span", { class: "in-note" }, t("intake.by_hand"));
  const sure = reason.confidence >= 0.85;
  return h("span", { class: `in-sure ${sure ? "is-sure" : "is-unsure"}`, tabindex: 0, "data-tip": words(reason.words), "aria-label": `${t(sure ? "intake.sure" : "intake.unsure")}: ${words(reason.words)}` }, t(sure ? "intake.sure" : "intake.unsure"));
}

/** What each word of a column of fixed values means. */
function valueRow(mapping, column, onChange) {
  const values = mapping.wordsOf(column);
  if (!values) return null;
  const target = mapping.targetOf(column.name);
  const name = (value) => [value, t(`intake.value.${target}.${value}`)];
  return h(
    "tr",
    { class: "in-values" },
    h(
      "td",
      { colspan: 4 },
      column.words.map((word, i) =>
        h(
          "label",
          { class: "in-value" },
          h("span", null, word),
          select(`value-${target}-${i}`, mapping.meaning(target, word), [[NONE, t("intake.value.none")], ...values.map(name)], (value) => {
            mapping.setMeaning(target, word, value);
            onChange();
          }),
        ),
      ),
    ),
  );
}

export function columnTable({ look, mapping, onAxis, onChange }) {
  const options = targetOptions(mapping);
  const row = (column) => {
    const target = mapping.targetOf(column.name);
    const choose = (chosen) => {
      mapping.choose(column.name, chosen);
      if (isAxis(target) || isAxis(chosen)) onAxis();
      else onChange();
    };
    return [
      h(
        "tr",
        { class: target === NONE ? "is-off" : "" },
        h("th", { scope: "row", title: column.name }, column.name),
        h("td", { class: "in-samples", title: column.samples.join("\n") }, column.samples.join(t("intake.sep"))),
        h("td", null, select(`column-${column.name}`, target, options, choose, { "aria-label": t("intake.meaning.of", { name: column.name }) })),
        h("td", null, reasonOf(look, mapping, column)),
      ),
      valueRow(mapping, column, onChange),
    ];
  };
  return h(
    "table",
    { class: "in-table in-columns" },
    h("thead", null, h("tr", null, ["intake.column", "intake.samples", "intake.meaning", "intake.reason"].map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", null, look.columns.map(row)),
  );
}

/** What the file does not say and is the same for every row. */
export function constantList({ mapping, onChange }) {
  const taken = new Set([...mapping.targets.values(), ...Object.keys(mapping.constants)]);
  const free = mapping.table.columns.filter(({ name, dtype }) => !taken.has(name) && !["lon", "lat", "source_id", "name"].includes(name) && dtype !== "time");
  const control = (name) => {
    const declared = mapping.declared(name);
    const set = (text) => {
      mapping.constants[name] = ["int", "float"].includes(declared.dtype) && text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
      onChange();
    };
    const value = mapping.constants[name];
    if (declared.values.length) return select(`constant-${name}`, value, declared.values.map((one) => [one, t(`intake.value.${name}.${one}`)]), set);
    if (declared.dtype === "bool") return select(`constant-${name}`, String(value), [["true", t("intake.yes")], ["false", t("intake.no_word")]], (text) => ((mapping.constants[name] = text === "true"), onChange()));
    return h("input", { class: "in-input is-short", value, "data-focus": `constant-${name}`, "aria-label": words(declared.title), onchange: (event) => set(event.target.value.trim()) });
  };
  const remove = (name) => () => {
    delete mapping.constants[name];
    onChange();
  };
  const add = (name) => {
    if (!name) return;
    const declared = mapping.declared(name);
    mapping.constants[name] = declared.values[0] ?? (declared.dtype === "bool" ? true : "");
    onChange();
  };
  return h(
    "div",
    { class: "in-constants" },
    Object.keys(mapping.constants).map((name) => h("div", { class: "in-constant" }, h("span", { class: "in-label" }, words(mapping.declared(name).title), mapping.declared(name).unit ? ` (${unitOf(mapping.declared(name))})` : ""), control(name), button(t("intake.constant.remove"), remove(name)))),
    free.length ? select("constant-add", "", [["", t("intake.constant.add")], ...free.map((column) => [column.name, words(column.title)])], add, { "aria-label": t("intake.constant.add") }) : null,
  );
}
