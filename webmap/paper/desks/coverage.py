"""The planner's page: what is seen, how surely, at what cost, and which units come last."""

from typing import Any

from webmap.maps.palette import load_palette
from webmap.paper.carto.drawing import Filled
from webmap.paper.desks.classes import Cells, breaks_of, classify, legend_rows, percent_rules
from webmap.paper.desks.subject import Content, Subject
from webmap.paper.parts.column import Headline, Part, heading, headlines, if_room, note
from webmap.paper.parts.legend import class_rows
from webmap.paper.parts.rows import BarRow, Dot, DotRow, bar_rows, dot_rows, parts_key

#: The five measures in their order: column, short and full name.
MEASURES = {
    "places": ("places_seen_share", "short.key_places", "measure.key_places_seen"),
    "roads": ("road_seen_share", "short.roads", "measure.roads_seen"),
    "incidents": ("incidents_seen_share", "short.incidents", "measure.incidents_seen"),
    "residents": ("residents_near_share", "short.residents", "short.residents"),
    "area": ("area_seen_share", "short.area", "measure.area_seen"),
}
_NEEDS = {"places": "places", "roads": "roads", "incidents": "incidents", "residents": "residents"}
_MOST_ROWS = 18


def chosen_measure(asked: str | None, available: dict[str, bool]) -> str:
    """The measure asked for, else the first whose table is loaded; area where none is.

    >>> chosen_measure(None, {"places": False, "roads": True}), chosen_measure("area", {})
    ('roads', 'area')
    """
    return asked or next((name for name, table in _NEEDS.items() if available.get(table)), "area")


def coverage_page(subject: Subject) -> Content:
    """The measure that the permalink asks for, at its pixel density and estimate."""
    asked, say, scope = subject.asked, subject.say, subject.scope
    measure = chosen_measure(asked.measure, subject.boot["available"])
    column, short, full = MEASURES[measure]
    shown = column if asked.est == "mid" else f"{column}_{asked.est}"
    found = subject.desk.metrics("coverage", scope.level, subject.role, scope.within, asked.at)
    empty: list[float | None] = [None] * len(subject.units[scope.level]["code"])
    shares = found["columns"].get(shown, empty)
    hidden = frozenset(found["hidden"].get(shown, ())) | frozenset(found["hidden"].get(column, ()))
    cells = Cells([None if share is None else share * 100 for share in shares], hidden)
    known = cells.known(scope.numbers)
    breaks = breaks_of(list(known.values()), asked.breaks, measure)
    fills = load_palette()["scales"]["coverage"]["light"]
    looks, counts = classify(cells, scope.numbers, breaks[:-1], lambda k: Filled(fill=fills[max(0, k)]))
    counts["0"] += counts["-1"]
    worst = sorted(known, key=lambda number: known[number])
    at = say.edge(found["at"])
    value = subject.card["values"].get(column)
    what = say.t("paper.coverage", measure=say.t(full), value=say.percent(value))
    notes = [subject.count_words(), say.t("paper.at", at=at)]
    if asked.est != "mid":
        notes.append(say.t("paper.estimate", estimate=say.t(f"estimate.{asked.est}")))
    if asked.breaks != "fixed":
        notes.append(
            say.t(
                "map.not_fixed",
                breaks=say.t({"quantile": "map.breaks.quantile", "equal": "map.breaks.equal"}[asked.breaks]),
            )
        )
    rows = legend_rows(percent_rules(breaks, say), [Filled(fill=fill) for fill in fills], counts, say)
    side = say.t("paper.legend_side", level=subject.title_of(scope.level))
    return Content(
        title=say.t("paper.title", what=what, place=subject.place_name, when=subject.as_of_day),
        subtitle=say.t("punct.comma").join(notes),
        plan=subject.plan(looks, subject.ranked(worst[:_MOST_ROWS])),
        middle=[
            heading(say.t(short), side),
            class_rows(rows),
            *_by_cameras(subject),
            *_reasons(subject),
            *_children(subject, column),
            *_cameras(subject),
        ],
        right=[_headlines(subject, column, short), *_measures(subject), *_worst(subject, found, column, worst)],
        methods=(say.t("paper.coverage_line", at=at),),
    )


def _headlines(subject: Subject, column: str, short: str) -> Part:
    """The measure and its two costs, of one size."""
    say, values = subject.say, subject.card["values"]
    hidden = subject.card["hidden"]
    figures = []
    for name, key in ((column, short), ("public_3plus_share", "measure.seen_3plus")):
        value, low, high = (values.get(f"{name}{end}") for end in ("", "_low", "_high"))
        span = say.span(low, high, lambda share: say.number(share * 100, 1))
        lines = [
            say.t(key),
            say.t("paper.interval", range=span)
            if span
            else say.t("map.suppressed" if name in hidden else "map.no_data"),
        ]
        figures.append(
            Headline(say.number(value * 100, 1) if value is not None else say.t("state.none"), "%", tuple(lines))
        )
    return headlines([*figures, facade_headline(subject)])


def facade_headline(subject: Subject) -> Headline:
    """Metres of dwelling facade in view, with their interval."""
    say, values = subject.say, subject.card["values"]
    value, low, high = (values.get(f"facade_m{end}") for end in ("", "_low", "_high"))
    if value is None:
        return Headline(say.t("state.none"), "", (say.t("card.facade"), say.t("map.no_data")))
    figure, _, unit = say.metres(value).partition("\u00a0")
    divisor, digits = (1000, 0) if unit == "km" else (1, 0)
    span = say.span(low, high, lambda metres: say.number(metres / divisor, digits))
    return Headline(figure, unit, (say.t("card.facade"), say.t("paper.interval", range=span)))


def _by_cameras(subject: Subject) -> list[Part]:
    """Public ground by the number of cameras that see it."""
    say, values = subject.say, subject.card["values"]
    shares = [values.get(f"public_{k}_share") for k in ("1", "2", "3plus")]
    if any(share is None for share in shares):
        return []
    seen = [float(share or 0.0) for share in shares]
    fills = ["panel", *load_palette()["scales"]["seen"]["light"]]
    whole = [1 - sum(seen), *seen]
    words = [f"{say.t(f'card.k{k}')} {say.percent(share)}" for k, share in enumerate(whole)]
    bar = BarRow("", tuple(zip(whole, fills, strict=True)), ())
    return [
        heading(say.t("measure.k_coverage"), say.t("paper.public")),
        bar_rows([bar], names_pt=0, figures_pt=()),
        parts_key(list(zip(words, fills, strict=True))),
    ]


def _cameras(subject: Subject) -> list[Part]:
    """Cameras by status, and the online rate against its targets."""
    say, card, rules = subject.say, subject.card, subject.boot["rules"]
    cameras, values = card["cameras"], card["values"]
    if not cameras or values.get("online_share") is None:
        return []
    words = say.t("punct.comma").join(
        f"{say.t(f'camera.status.{name}')} {say.number(cameras[name])}" for name in ("online", "offline", "planned")
    )
    rows = []
    for column, key, target in (
        ("online_key_share", "camera.programme.key", rules["online_target_key"]),
        ("online_other_share", "paper.other_cameras", rules["online_target_other"]),
    ):
        share = values.get(column)
        if share is not None:
            met = say.t("paper.target", target=say.percent(target, 0))
            rows.append(
                BarRow(say.t(key), ((share, "accent" if share >= target else "bad"),), (say.percent(share), met))
            )
    names = 66 if say.lang == "zh" else 84
    return [
        if_room(
            [heading(say.t("measure.online_rate")), bar_rows(rows, names_pt=names, figures_pt=(34, 44)), note(words)],
            60,
        )
    ]


def _reasons(subject: Subject) -> list[Part]:
    """Unseen metres of road by the first reason that holds; planners and up."""
    say, gap = subject.say, subject.card["gap"]
    if not gap:
        return []
    return [
        heading(say.t("gaps.why"), say.metres(gap["road_unseen_m"])),
        *reason_bars(subject, {row["reason"]: row["road_m"] for row in gap["reasons"]}, say.metres),
    ]


def reason_bars(subject: Subject, parts: dict[str, float], form: Any) -> list[Part]:
    """A bar per reason in the order of the test."""
    say = subject.say
    fills = reason_fills()
    most = max(parts.values(), default=0.0) or 1.0
    rows = [BarRow(reason_word(say, reason), ((m / most, fills[reason]),), (form(m),)) for reason, m in parts.items()]
    return [bar_rows(rows, names_pt=66 if say.lang == "zh" else 88, figures_pt=(50,))]


def reason_fills() -> dict[str, str]:
    """The colour of each reason."""
    scale = load_palette()["scales"]["reasons"]
    return dict(zip(scale["classes"], scale["light"], strict=True))


def reason_word(say: Any, reason: str) -> str:
    """A reason in words."""
    return str(say.t("reason.register_in_doubt" if reason == "doubt" else f"reason.{reason}"))


def _measures(subject: Subject) -> list[Part]:
    """All measures of the place with their intervals."""
    say, values = subject.say, subject.card["values"]
    rows = []
    for column, short, _ in MEASURES.values():
        value, low, high = (values.get(f"{column}{end}") for end in ("", "_low", "_high"))
        if column in subject.card["missing"]:
            continue
        words = (
            say.number(value * 100, 1)
            if value is not None
            else say.t("legend.suppressed" if column in subject.card["hidden"] else "state.none")
        )
        rows.append(DotRow(say.t(short), (Dot(value, low, high, words),)))
    return [heading(say.t("paper.measures"), say.t("paper.percent")), dot_rows(rows, heads=("",), names_pt=86)]


def _children(subject: Subject, column: str) -> list[Part]:
    """The units just below the place, the lowest first, where the map draws finer ones."""
    level = subject.child_level
    if level == subject.scope.level:
        return []
    found = subject.desk.metrics("coverage", level, subject.role, subject.scope.within, subject.asked.at)
    return _lowest(subject, level, found, column, list(subject.scope.numbers_of(level)), is_ranked=False)


def _worst(subject: Subject, found: dict[str, Any], column: str, worst: list[int]) -> list[Part]:
    parts = _lowest(subject, subject.scope.level, found, column, worst[:_MOST_ROWS], is_ranked=True)
    return [*parts, note(subject.say.t("card.interval_note"))] if parts else []


def _lowest(
    subject: Subject, level: str, found: dict[str, Any], column: str, numbers: list[int], *, is_ranked: bool
) -> list[Part]:
    """Units with their value and its interval on a scale of 0 to 100 per cent, the lowest first."""
    say, columns = subject.say, found["columns"]
    if column not in columns:
        return []
    numbers = sorted(
        numbers, key=lambda number: columns[column][number] if columns[column][number] is not None else 2.0
    )
    hidden = found["hidden"].get(column, ())
    rows = []
    for rank, number in enumerate(numbers, start=1):
        value, low, high = (columns[f"{column}{end}"][number] for end in ("", "_low", "_high"))
        words = (
            say.number(value * 100, 1)
            if value is not None
            else say.t("legend.suppressed" if number in hidden else "state.none")
        )
        rows.append(
            DotRow(subject.name_of(level, number), (Dot(value, low, high, words),), str(rank) if is_ranked else "")
        )
    title = heading(say.t("paper.worst", level=subject.title_of(level)), say.t("paper.percent"))
    names = (110 if is_ranked else 62) if say.lang == "zh" else (122 if is_ranked else 86)
    return [if_room([title, dot_rows(rows, heads=("",), names_pt=names)], 60)] if rows else []
