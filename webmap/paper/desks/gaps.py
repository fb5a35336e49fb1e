"""The analyst's page: what is unseen, where most of it is, and why."""

from functools import partial
from typing import Any

from webmap.maps.palette import load_palette
from webmap.paper.carto.drawing import Filled
from webmap.paper.desks.classes import Cells, classify, legend_rows, lower_rules
from webmap.paper.desks.coverage import reason_bars, reason_fills, reason_word
from webmap.paper.desks.subject import Content, Subject
from webmap.paper.parts.column import Headline, Part, heading, headlines, if_room, note
from webmap.paper.parts.legend import class_rows
from webmap.paper.parts.rows import BarRow, bar_rows, parts_key
from webmap.paper.say import Say

#: What a gap is counted in: column, figure of the reasons, unit, name, the table it needs.
FIGURES = {
    "roads": ("road_unseen_m", "road_m", "m", "gaps.roads", "roads"),
    "places": ("n_places_unseen", "n_places", "", "gaps.places", "places"),
    "incidents": ("n_incidents_unseen", "n_incidents", "", "gaps.incidents", "incidents"),
    "residents": ("residents_not_near", "residents", "", "gaps.residents", "residents"),
    "area": ("gap_m2", "gap_m2", "m²", "gaps.area", ""),
}
_MOST_ROWS = 24


def gaps_page(subject: Subject) -> Content:
    """Gaps by the figure that the permalink asks for; planners and up (`Forbidden`)."""
    asked, say, scope = subject.asked, subject.say, subject.scope
    available = subject.boot["available"]
    name = asked.measure or next((key for key, row in FIGURES.items() if available.get(row[4])), "area")
    column, figure, _, title, _ = FIGURES[name]
    form = partial(_said, say, name)
    found = subject.desk.gaps(scope.level, subject.role, figure, scope.within)
    place = subject.desk.gaps(scope.place["level"], subject.role, figure)
    whole = {key: cells[scope.place["number"]] for key, cells in place["columns"].items()}
    parts = {reason: cells[scope.place["number"]] or 0.0 for reason, cells in place["reasons"].items()}
    hidden = frozenset(found["hidden"].get(column, ()))
    zero: list[float | None] = [
        0.0 if value is None and i not in hidden else value for i, value in enumerate(found["columns"][column])
    ]
    cells = Cells(zero, hidden)
    known = cells.known(scope.numbers)
    classes = gap_looks()
    looks, counts = classify(cells, scope.numbers, found["edges"], lambda k: classes[k + 1])
    divisor, unit = (1000.0, "km") if name == "roads" and found["edges"][0] >= 1000 else (1.0, FIGURES[name][2])
    edges = [edge / divisor for edge in found["edges"]]
    rules = [say.t("paper.rule_under", high=say.edge(edges[0]), unit=unit), *lower_rules(edges, unit, say)]
    worst = sorted((number for number in known if known[number] > 0), key=lambda number: -known[number])
    fills = reason_fills()
    ranked = _bars(subject, name, scope.level, found, worst[:_MOST_ROWS], is_ranked=True)
    value = whole[column]
    what = say.t("paper.gaps_what", figure=say.t(title), value=form(value) if value is not None else "")
    key = [(reason_word(say, reason), fills[reason]) for reason in found["reasons"]]
    level = subject.title_of(scope.level)
    return Content(
        title=say.t("paper.title", what=what.strip(), place=subject.place_name, when=subject.as_of_day),
        subtitle=say.t("punct.comma").join([subject.count_words(), say.t("paper.at", at=say.edge(found["at"]))]),
        plan=subject.plan(looks, subject.ranked(worst[:_MOST_ROWS])),
        middle=[
            heading(say.t(title), say.t("paper.legend_side", level=level)),
            class_rows(legend_rows(rules, classes, counts, say, first=-1)),
            heading(say.t("gaps.why"), form(value)),
            *reason_bars(subject, parts, form),
            note(say.t("gaps.sum_roads" if name == "roads" else "gaps.sum")),
            *_children(subject, name),
        ],
        right=[
            headlines([_headline(say, key, whole) for key in ("roads", "places", "residents")]),
            heading(say.t("paper.most", level=level), say.t("measure.interval")),
            parts_key(key),
            ranked,
        ],
        methods=(say.t("paper.gap_line", at=say.edge(found["at"])),),
    )


def _children(subject: Subject, name: str) -> list[Part]:
    """The units just below the place, most first, where the map draws finer ones."""
    say, level = subject.say, subject.child_level
    if level == subject.scope.level:
        return []
    column, figure, _, _, _ = FIGURES[name]
    found = subject.desk.gaps(level, subject.role, figure, subject.scope.within)
    values = found["columns"][column]
    numbers = sorted((n for n in subject.scope.numbers_of(level) if values[n] is not None), key=lambda n: -values[n])
    title = heading(say.t("paper.most", level=subject.title_of(level)))
    return [if_room([title, _bars(subject, name, level, found, numbers, is_ranked=False)], 60)] if numbers else []


def _bars(
    subject: Subject, name: str, level: str, found: dict[str, Any], numbers: list[int], *, is_ranked: bool
) -> Part:
    """Units as bars of their reasons with figure and, where ranked, interval."""
    say, fills, column = subject.say, reason_fills(), FIGURES[name][0]
    columns = found["columns"]
    most = max((columns[column][number] for number in numbers), default=1.0) or 1.0
    rows = []
    for rank, number in enumerate(numbers, start=1):
        value = columns[column][number]
        parts = [(cells[number], fills[reason]) for reason, cells in found["reasons"].items()]
        told = all(part is not None for part, _ in parts)
        bar = tuple((part / most, fill) for part, fill in parts) if told else ((value / most, "edge"),)
        low, high = (
            columns[f"{column}{end}"][number] if f"{column}{end}" in columns else None for end in ("_low", "_high")
        )
        figures = (_said(say, name, value), say.span(low, high, partial(_bare, say, name)))
        title = subject.name_of(level, number)
        rows.append(BarRow(title, bar, figures if is_ranked else figures[:1], str(rank) if is_ranked else ""))
    if not is_ranked:
        return bar_rows(rows, names_pt=62 if say.lang == "zh" else 88, figures_pt=(46,))
    return bar_rows(rows, names_pt=84 if say.lang == "zh" else 104, figures_pt=(46, 54))


def gap_looks() -> list[Filled]:
    """How a unit below the first class and those of the three classes look: the hatch is white in the darkest."""
    scale = load_palette()["scales"]["gap"]
    inks = [scale["hatch"]["light"]] * (len(scale["light"]) - 1) + [scale["hatch_top"]["light"]]
    classes = [Filled(fill=fill, pattern="gap", ink=ink) for fill, ink in zip(scale["light"], inks, strict=True)]
    return [Filled(fill="empty"), *classes]


def _said(say: Say, name: str, value: float | None) -> str:
    """A figure with its unit."""
    if name == "roads" or value is None:
        return say.metres(value)
    return say.number(value / 10_000, 1) + "\u00a0hm²" if name == "area" else say.number(value)


def _bare(say: Say, name: str, value: float) -> str:
    """A figure of an interval, without its unit."""
    return _said(say, name, value).partition("\u00a0")[0]


def _headline(say: Say, name: str, whole: dict[str, float | None]) -> Headline:
    column, _, _, title, _ = FIGURES[name]
    value, low, high = (whole.get(f"{column}{end}") for end in ("", "_low", "_high"))
    if value is None:
        return Headline(say.t("state.none"), "", (say.t(title), say.t("map.no_data")))
    figure, _, unit = _said(say, name, value).partition("\u00a0")
    span = say.span(low, high, partial(_bare, say, name))
    return Headline(figure, unit, (say.t(title), say.t("paper.interval", range=span)))
