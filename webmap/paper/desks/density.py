"""The leader's page of incident density: classes of incidents per square kilometre over the units' borders."""

from geo.desk.density import DensityQuery
from webmap.paper.carto.drawing import Filled
from webmap.paper.carto.levels import find_patches, read_classes
from webmap.paper.desks.answers import answer_parts
from webmap.paper.desks.chosen import filter_words
from webmap.paper.desks.classes import lower_rules
from webmap.paper.desks.subject import EVEN_PT, Content, Subject
from webmap.paper.parts.column import Headline, heading, note
from webmap.paper.parts.legend import ClassRow, class_rows

#: Finer than the eye tells on paper: under half a point.
_WIDTH_PX = 480


def density_page(subject: Subject) -> Content:
    """Density of the incidents that the permalink keeps."""
    asked, say, scope = subject.asked, subject.say, subject.scope
    found = subject.desk.kde(subject.role, _WIDTH_PX, DensityQuery(wanted=asked.wanted))
    patches = find_patches(
        read_classes(found["png"]), tuple(found["bounds"]), found["colors"], subject.boot["metric_crs"]
    )
    unit = say.t("paper.per_km2_unit")
    rules = [
        say.t("paper.rule_under", high=say.edge(found["breaks"][0]), unit=unit),
        *lower_rules(found["breaks"], unit, say),
    ]
    fills = ["empty", *found["colors"]]
    rows = [ClassRow(rule, "", fill) for rule, fill in zip(rules, fills, strict=True)]
    known = {"bandwidth": say.number(found["bandwidth_m"])}
    method = (
        say.t("kde.note", n=say.number(found["n"]), **known)
        if found["n"] is not None
        else say.t("kde.note_filtered", **known)
    )
    counted = Headline(say.number(found["n"]), say.t("hot.case"), (say.t("hot.incidents"), say.t("paper.whole_home")))
    blank = say.t("paper.blank_below", n=found["blank_below"]) if found["blank_below"] else ""
    return Content(
        title=say.t("paper.title", what=say.t("paper.density"), place=subject.place_name, when=subject.as_of_day),
        subtitle=say.t("punct.comma").join([subject.count_words(), *filter_words(subject)]),
        plan=subject.plan(dict.fromkeys(scope.numbers, Filled(fill="empty")), [], patches),
        middle=[heading(say.t("map.legend"), say.t("kde.legend")), class_rows(rows), note(blank)],
        right=answer_parts(subject, counted, "density"),
        methods=(method,),
        middle_pt=EVEN_PT,
    )
