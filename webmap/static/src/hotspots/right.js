/** The right side: four figures; the units and why; the parts of the place, handling, the record of the map, days. */

import { h, paint } from "../dom.js";
import { isStandalone } from "../data.js";
import { t } from "../i18n.js";
import { address } from "../atlas.js";
import { foot } from "../card.js";
import { cardFigures, topFigures } from "./figures.js";
import { ratesPart, waitingPart } from "./handling.js";
import { hotList } from "./list.js";
import { partsFigure } from "./parts.js";
import { scoreOf, scorePart } from "./score.js";
import { unitCard } from "./unitcard.js";
import { waitsFor } from "./waits.js";

/** The record of the map that is shown. */
function score(desk) {
  const { app, scores } = desk;
  const row = scoreOf(scores, app.state.get("measure"));
  const byResidents = app.boot.available?.residents && row?.method !== "density";
  const isChosen = desk.chosen.isAny || (row?.method === "emerging" && app.state.get("step") !== "month");
  return scorePart(row, [isChosen ? t("score.all") : null, byResidents && row?.beats_counts === false ? t("score.unlike") : null]);
}

/** What is not of the incidents chosen, in words. */
function follows({ app, headline, standing, chosen, play }) {
  if (!chosen.isAny) return null;
  if (!headline) return isStandalone() ? h("p", { class: "gs-follow", role: "note" }, t("file.all_months")) : null;
  const isPart = play.isOn ? !app.boot.may?.export : !standing?.follows;
  const key = !headline.follows ? "follow.none" : isPart ? "follow.month" : null;
  return key ? h("p", { class: "gs-follow", role: "note" }, t(key)) : null;
}

export function paintRight(desk) {
  const { app, headline, standing, partUnits } = desk;
  const card = app.selectedCard ?? app.placeCard;
  const isHome = !card || address(card.unit) === address(app.homePlace);
  paint(
    app.shell.right,
    h("div", { class: "gs-top" }, isStandalone() && !headline ? cardFigures(desk) : topFigures(desk), follows(desk)),
    h(
      "div",
      { class: "gs-two" },
      hotList(desk),
      h(
        "div",
        { class: `gs-two-side${desk.play.isOn ? " is-waiting" : ""}` },
        isHome && !(isStandalone() && !standing) ? null : unitCard(desk, card),
        standing?.parts && partUnits ? partsFigure(desk, standing.parts, partUnits) : null,
        score(desk),
        standing ? [ratesPart(desk), waitingPart(desk)] : isStandalone() ? null : h("div", { class: "gs-card-part" }, waitsFor("/api/standing")),
        foot(app),
      ),
    ),
  );
}

/** Where there are no incidents: the place, and that they are missing. */
export function paintEmpty(desk) {
  const { app } = desk;
  paint(app.shell.right, unitCard(desk, app.placeCard), h("p", { class: "gs-note gs-hot-card-note" }, t("missing.table", { table: t("table.incidents") })), foot(app));
}
