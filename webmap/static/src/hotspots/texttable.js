/** The units that are drawn, as rows of text. */

import { number, percent, t } from "../i18n.js";
import { urgency } from "./emerging.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

export function textTable(desk) {
  const { classes, frame } = desk;
  const row = (i, ...cells) => ({ number: i, cells: [desk.unitName(i), frame.units.code[i], classes.words(i), ...cells] });
  const head = [t("table.name"), t("unit.code"), t("hot.class")];
  if (classes.kind === "emerging") {
    const rank = (i) => (classes.of(i) ? urgency(classes.of(i)) : Infinity);
    const order = [...frame.numbers].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
    return { head: [...head, t("emerging.because"), t("stat.stability")], rows: order.map((i) => row(i, classes.because(i), known(classes.stability(i)) ? percent(classes.stability(i), 0) : t("state.none"))) };
  }
  const hidden = classes.hiddenIn("n_incidents");
  const [n, expected, excess] = ["n_incidents", "expected", "excess"].map((name) => classes.column(name));
  const order = [...frame.numbers].sort((a, b) => (excess[b] ?? -Infinity) - (excess[a] ?? -Infinity));
  return { head: [...head, t("hot.incidents"), t("hot.expected")], rows: order.map((i) => row(i, hidden.has(i) ? t("map.suppressed") : number(n[i]), known(expected[i]) ? number(expected[i], 1) : t("map.no_data"))) };
}
