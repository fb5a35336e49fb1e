"""The analyst's page: what is unseen, where most of it is, and why; of the gaps that the page's filters keep."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from geo.coverage.reasons import REASONS
from webmap.maps.palette import load_palette
from webmap.paper.carto.drawing import Filled
from webmap.paper.desks.chosen import filter_part, gap_words
from webmap.paper.desks.classes import Cells, classify, legend_rows, lower_rules
from webmap.paper.desks.coverage import reason_bars, reason_fills, reason_word
from webmap.paper.desks.gaprows import FIGURES, KEPT, GapRows, drawn_values, find_gaps
from webmap.paper.desks.subject import Content, Subject
from webmap.paper.parts.column import Headline, Part, heading, headlines, if_room, note
from webmap.paper.parts.legend import ClassRow, class_rows
from webmap.paper.parts.rows import BarRow, bar_rows, parts_key
from webmap.paper.say import KM_FROM_M, Say

_MOST_ROWS = 24
_TITLES = {name: row[3] for name, row in FIGURES.items()}


def gaps_page(subject: Subject) -> Content:
    """Gaps by the figure that the permalink asks for; planners and up (`Forbidden`)."""
    asked, say, scope = subject.asked, subject.say, subject.scope
    available = subject.boot["available"]
    name = asked.measure or next((key for key, row in FIGURES.items() if available.get(row[4])), "area")
    column, figure, _, title, _ = FIGURES[name]
    form = partial(_said, say, name)
    drawn = subject.desk.gaps(scope.level, subject.role, figure, scope.within)
    gaps = find_gaps(subject, name)
    whole = _whole(subject, name)
    value = gaps.total() if gaps.is_filtered else whole[column]
    what = say.t(
        "paper.gaps_kept" if gaps.is_filtered else "paper.gaps_what",
        figure=say.t(title),
        value=form(value) if value is not None else "",
    )
    words = gap_words(subject, title, lambda other, end: _said(say, other or name, end), _TITLES)
    level = subject.title_of(gaps.level)
    worst = gaps.rows["number"].tolist()[:_MOST_ROWS]
    kept = {"n": say.number(len(gaps.rows)), "of": say.number(gaps.n_all), "level": level}
    looks, legend = _map_part(subject, gaps, drawn, title)
    fills = reason_fills()
    key = [(reason_word(say, reason), fills[reason]) for reason in _reasons_of(gaps)]
    top = float(gaps.rows["shown"].max()) if len(worst) else 0.0
    side = _unit_of(name, top) if gaps.reasons else say.t("paper.unit_interval", unit=_unit_of(name, top)).strip()
    return Content(
        title=say.t("paper.title", what=what.strip(), place=subject.place_name, when=subject.as_of_day),
        subtitle=say.t("punct.comma").join(
            [
                subject.count_words(),
                say.t("paper.at", at=say.edge(drawn["at"])),
                *([say.t("paper.kept_rows", **kept)] if gaps.is_filtered else []),
            ]
        ),
        plan=subject.plan(looks, subject.ranked(worst, gaps.level)),
        middle=[
            *filter_part(say, words if gaps.is_filtered else []),
            *legend,
            heading(say.t("gaps.why"), form(value)),
            *_reasons(subject, gaps),
            *_children(subject, gaps),
        ],
        right=[
            headlines(_kept_headlines(subject, gaps, whole) if gaps.is_filtered else _headlines(subject, whole)),
            heading(say.t("paper.most", level=level), side.strip(", ，")),
            *([parts_key(key), _ranked(subject, gaps)] if worst else [note(_nothing(subject, gaps))]),
        ],
        methods=(say.t("paper.gap_line", at=say.edge(drawn["at"])),),
    )


def _whole(subject: Subject, name: str) -> dict[str, float | None]:
    """The place's own figures, whatever is filtered, None where hidden."""
    place = subject.scope.place
    found = subject.desk.gaps(place["level"], subject.role, FIGURES[name][1])
    return {key: cells[place["number"]] for key, cells in found["columns"].items()}


def _nothing(subject: Subject, gaps: GapRows) -> str:
    return subject.say.t("state.empty_filter" if gaps.n_all else "gaps.all_seen")


def _map_part(
    subject: Subject, gaps: GapRows, drawn: dict[str, Any], title: str
) -> tuple[dict[int, Filled], list[Part]]:
    """The look of each unit as the filters leave it, and the legend."""
    say, scope = subject.say, subject.scope
    hidden = frozenset(drawn["hidden"].get(gaps.column, ()))
    values: list[float | None] = [None] * len(subject.units[scope.level]["code"])
    for number, value in drawn_values(subject, gaps, drawn).items():
        values[number] = value
    classes = gap_looks()
    kept = [n for n in scope.numbers if values[n] is not None or n in hidden]
    looks, counts = classify(Cells(values, hidden), kept, drawn["edges"], lambda k: classes[k + 1])
    left_out = dict.fromkeys(set(scope.numbers) - looks.keys(), Filled(fill="map"))
    divisor, unit = (
        (1000.0, "km") if gaps.name == "roads" and drawn["edges"][0] >= 1000 else (1.0, FIGURES[gaps.name][2])
    )
    edges = [edge / divisor for edge in drawn["edges"]]
    rules = [say.t("paper.rule_under", high=say.edge(edges[0]), unit=unit), *lower_rules(edges, unit, say)]
    rows = legend_rows(rules, classes, counts, say, first=-1)
    if left_out:
        rows.append(ClassRow(say.t("paper.rule_left_out"), say.number(len(left_out)), fill="map"))
    side = say.t("paper.legend_side", level=subject.title_of(scope.level))
    return looks | left_out, [heading(say.t(title), side), class_rows(rows)]


def _reasons(subject: Subject, gaps: GapRows) -> list[Part]:
    """The parts of the figure by reason in the order of the test, or that they are hidden."""
    say = subject.say
    parts = gaps.parts() if gaps.is_filtered else _own_parts(subject, gaps.name)
    if parts is None:
        return [note(say.t("gaps.reasons_hidden"))]
    summed = note("" if gaps.reasons else say.t("gaps.sum_roads" if gaps.name == "roads" else "gaps.sum"))
    return [*reason_bars(subject, parts, partial(_said, say, gaps.name)), summed]


def _own_parts(subject: Subject, name: str) -> dict[str, float] | None:
    """The seven parts of the place's figure, None where they are hidden."""
    place = subject.scope.place
    found = subject.desk.gaps(place["level"], subject.role, FIGURES[name][1])
    if any(place["number"] in numbers for numbers in found["hidden_reasons"].values()):
        return None
    return {reason: cells[place["number"]] or 0.0 for reason, cells in found["reasons"].items()}


def _children(subject: Subject, gaps: GapRows) -> list[Part]:
    """The units just below the place, most first, where the map draws finer ones."""
    say, level = subject.say, subject.child_level
    if level == subject.scope.level:
        return []
    if gaps.is_filtered:
        reasons = _reasons_of(gaps)
        sums = gaps.sums_by(subject, level, ["shown", *(f"reason_{reason}" for reason in reasons)])
        columns = zip(sums.index.tolist(), *(sums[name].tolist() for name in sums), strict=True)
        found = {n: (shown, [_known(part) for part in parts]) for n, shown, *parts in columns}
    else:
        told = subject.desk.gaps(level, subject.role, FIGURES[gaps.name][1], subject.scope.within)
        reasons = tuple(told["reasons"])
        values = told["columns"][gaps.column]
        found = {
            n: (values[n], [told["reasons"][r][n] for r in reasons])
            for n in subject.scope.numbers_of(level)
            if values[n] is not None
        }
    order = sorted(found, key=lambda number: -found[number][0])
    most = max((value for value, _ in found.values()), default=1.0) or 1.0
    rows = [
        BarRow(
            subject.name_of(level, n),
            _bar(found[n][0], found[n][1], reasons, most),
            (_said(say, gaps.name, found[n][0]),),
        )
        for n in order
    ]
    bars = bar_rows(rows, names_pt=62 if say.lang == "zh" else 88, figures_pt=(46,))
    return [if_room([heading(say.t("paper.most", level=subject.title_of(level))), bars], 60)] if rows else []


def _ranked(subject: Subject, gaps: GapRows) -> Part:
    """The first rows as bars of their reasons with figure and interval; no interval where some reasons count."""
    say, name = subject.say, gaps.name
    reasons = _reasons_of(gaps)
    shown = gaps.rows.head(_MOST_ROWS)
    most = float(shown["shown"].max()) or 1.0
    form = partial(_scaled, say, name, most)
    has_ends = f"{gaps.column}_low" in shown.columns and not gaps.reasons
    rows = []
    for rank, row in enumerate(shown.to_dict("records"), start=1):
        parts = [row[f"reason_{reason}"] for reason in reasons]
        low, high = (_known(row[f"{gaps.column}{end}"]) for end in ("_low", "_high")) if has_ends else (None, None)
        bar = _bar(row["shown"], [_known(part) for part in parts], reasons, most)
        figures = (form(row["shown"]), say.span(low, high, form))
        rows.append(BarRow(subject.name_of(gaps.level, row["number"]), bar, figures, str(rank)))
    return bar_rows(rows, names_pt=92 if say.lang == "zh" else 112, figures_pt=(34, 52))


def _bar(
    value: float, parts: Sequence[float | None], reasons: Sequence[str], most: float
) -> tuple[tuple[float, str], ...]:
    """A bar of the parts by reason, grey in one where they are hidden."""
    fills = reason_fills()
    told = [(part / most, fills[reason]) for part, reason in zip(parts, reasons, strict=True) if part is not None]
    return tuple(told) if len(told) == len(reasons) else ((value / most, "edge"),)


def _known(value: Any) -> float | None:
    """A cell as a number, None where it is empty."""
    return None if pd.isna(value) else float(value)


def _headlines(subject: Subject, whole: dict[str, float | None]) -> list[Headline]:
    """Unseen road, key places and residents of the place, each with its interval."""
    say, place = subject.say, subject.scope.place
    hidden = subject.desk.gaps(place["level"], subject.role)["hidden"]
    hidden_here = {key for key, numbers in hidden.items() if place["number"] in numbers}
    return [_headline(say, key, whole, hidden_here) for key in ("roads", "places", "residents")]


def _kept_headlines(subject: Subject, gaps: GapRows, whole: dict[str, float | None]) -> list[Headline]:
    """What the filters keep: the figure with its interval, of how much; the rows; incidents or another figure."""
    say, column = subject.say, gaps.column
    low, high = gaps.ends()
    own = {column: gaps.total(), f"{column}_low": low, f"{column}_high": high}
    figure = _headline(say, gaps.name, own, set())
    of_all = [say.t("paper.of_all", value=_said(say, gaps.name, whole[column]))] if whole[column] is not None else []
    level = subject.title_of(gaps.level)
    rows = Headline(
        say.number(len(gaps.rows)),
        "",
        (say.t("paper.with_gaps", level=level), say.t("paper.of_all", value=say.number(gaps.n_all))),
    )
    if KEPT in gaps.rows.columns:
        third = Headline(say.number(gaps.total(KEPT)), say.t("hot.case"), (say.t("gaps.kept_hint"),))
    else:
        other = "places" if gaps.name != "places" else "roads"
        names = [f"{FIGURES[other][0]}{end}" for end in ("", "_low", "_high")]
        third = _headline(
            say, other, {one: gaps.total(one) if one in gaps.rows.columns else None for one in names}, set()
        )
    return [replace(figure, lines=(*figure.lines, *of_all)), rows, third]


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


def _reasons_of(gaps: GapRows) -> tuple[str, ...]:
    """The reasons that count, in the order of the test."""
    return tuple(reason for reason in REASONS if reason in (gaps.reasons or REASONS))


def _unit_of(name: str, most: float) -> str:
    """The unit of a column of figures up to `most`, "" of counts."""
    return "hm²" if name == "area" else "" if name != "roads" else "km" if most >= KM_FROM_M else "m"


def _scaled(say: Say, name: str, most: float, value: float) -> str:
    """A figure of a column with figures up to `most`, without its unit.

    >>> _scaled(Say({}, "en"), "roads", 13_000.0, 9_783.0), _scaled(Say({}, "en"), "roads", 9_900.0, 9_783.0)
    ('9.8', '9,783')
    """
    divisor = {"km": 1000.0, "hm²": 10_000.0}.get(_unit_of(name, most), 1.0)
    return say.number(value / divisor, 0 if divisor == 1.0 else 1)


def _bare(say: Say, name: str, value: float, end: float) -> str:
    """An end of the interval of `value` in the unit of `value`, without it."""
    figure, _, unit = _said(say, name, value).partition("\u00a0")
    digits = len(figure.partition(".")[2])
    return say.number(end / {"km": 1000.0, "hm²": 10_000.0}.get(unit, 1.0), digits)


def _headline(say: Say, name: str, whole: dict[str, float | None], hidden: set[str]) -> Headline:
    column, _, _, title, _ = FIGURES[name]
    value, low, high = (whole.get(f"{column}{end}") for end in ("", "_low", "_high"))
    if value is None:
        why = "map.suppressed" if column in hidden else "map.no_data"
        return Headline(say.t("state.none"), "", (say.t(title), say.t(why)))
    figure, _, unit = _said(say, name, value).partition("\u00a0")
    span = say.span(low, high, lambda end: _bare(say, name, value, end))
    return Headline(figure, unit, (say.t(title), *([say.t("paper.interval", range=span)] if span else [])))
