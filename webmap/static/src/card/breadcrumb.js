/** Where a unit lies: every part is a link and a menu of its siblings. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { named, t } from "../i18n.js";
import { address, unitOf } from "../atlas.js";
import { menu } from "../shell.js";

/** The units beside `step`: of its level, under the same parent, itself among them. */
export function siblingsOf(units, code) {
  const parent = units.parent[units.position.get(code)];
  return units.code.flatMap((_, i) => (units.parent[i] === parent ? [unitOf(units, i)] : []));
}

/** Go to a sibling the way the card shows its unit: as the place, or as what is selected in it. */
function goTo(app, unit, isPlace) {
  if (isPlace || app.canEnter(unit.level)) return app.enter(unit);
  return app.goTo({ kind: "unit", ...unit });
}

async function openSiblings(app, step, anchor, isPlace) {
  const siblings = siblingsOf(await app.atlas.units(step.level), step.code);
  menu(anchor, siblings.map((unit) => ({ label: named(unit), checked: unit.code === step.code, run: () => unit.code !== step.code && goTo(app, unit, isPlace) })));
}

export function breadcrumb(app, card) {
  const steps = card.path ?? [];
  const parts = steps.map((step, i) => {
    const isLast = i === steps.length - 1;
    const isPlace = address(step) === app.state.get("place");
    const open = (event) => openSiblings(app, step, event.currentTarget, isPlace);
    const hasSiblings = (app.atlas.level(step.level)?.n ?? 0) > 1;
    return h(
      "span",
      { class: "gs-crumb" },
      i ? h("span", { class: "gs-crumb-rule", "aria-hidden": "true" }, "/") : null,
      isLast
        ? h("span", { class: "gs-crumb-here" }, app.levelTitle(step.level))
        : h("a", { href: "#", "data-focus": `crumb-${step.level}`, onclick: (event) => (event.preventDefault(), app.enter(step)) }, named(step)),
      hasSiblings ? h("button", { type: "button", class: "gs-crumb-more", "aria-haspopup": "menu", "aria-label": t("card.siblings", { name: named(step) }), title: t("card.siblings", { name: named(step) }), "data-focus": `siblings-${step.level}`, onclick: open }, icon("chevron", 12)) : null,
    );
  });
  return h("nav", { class: "gs-crumbs", "aria-label": t("card.path") }, parts);
}
