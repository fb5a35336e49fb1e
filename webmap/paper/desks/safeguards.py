"""The page of what is too much: facade in view, ground seen by three or more, duties that are not met."""

from dataclasses import replace
from typing import Any

import pandas as pd

from webmap.maps.palette import load_palette
from webmap.paper.carto.drawing import Filled
from webmap.paper.desks.chosen import camera_words, filter_part
from webmap.paper.desks.classes import Cells, classify, legend_rows, lower_rules
from webmap.paper.desks.coverage import facade_headline
from webmap.paper.desks.ranked import (
    camera_headlines,
    camera_spots,
    camera_table,
    find_cameras,
    find_units,
    list_heading,
)
from webmap.paper.desks.subject import Content, Subject
from webmap.paper.parts.column import Headline, Part, heading, headlines, if_room, note
from webmap.paper.parts.legend import class_rows
from webmap.paper.parts.rows import BarRow, Dot, DotRow, bar_rows, dot_rows, to_dot
from webmap.paper.say import Say

#: What the register says against cameras: column, name, colour.
_DUTIES = (
    ("n_not_filed", "status.unfiled", "bad"),
    ("n_filed_unknown", "guard.fact.filed_unknown", "edge"),
    ("n_without_sign", "status.no_sign", "warn"),
    ("n_sign_unknown", "guard.fact.sign_unknown", "edge"),
    ("n_past_retention", "status.past_retention", "bad"),
)
_SCALES = {"facade": "facade", "seen3": "seen_share"}
_MOST_ROWS = 22


def safeguards_page(subject: Subject) -> Content:
    """Units by facade in view per camera, or by public ground that three or more cameras see."""
    asked, say, scope = subject.asked, subject.say, subject.scope
    available = subject.boot["available"]["buildings"]
    measure = asked.measure if asked.measure in _SCALES else "facade" if available else "seen3"
    guarded = subject.desk.metrics("safeguards", scope.level, subject.role, scope.within)
    coverage = subject.desk.metrics("coverage", scope.level, subject.role, scope.within)
    each, seen3 = _each(guarded["columns"]), coverage["columns"]["public_3plus_share"]
    hidden = frozenset(coverage["hidden"].get("public_3plus_share", ()))
    seen = Cells([None if share is None else share * 100 for share in seen3], hidden)
    cells = Cells(each[""], frozenset()) if measure == "facade" else seen
    scale = load_palette()["scales"][_SCALES[measure]]
    fills, lows = scale["light"], scale["breaks"]
    looks, counts = classify(cells, scope.numbers, lows, lambda k: Filled(fill=fills[max(0, k)]))
    words = camera_words(subject)
    of_cameras = asked.cameras.of == "cameras"
    cameras = find_cameras(subject) if of_cameras else None
    known = cells.known(scope.numbers)
    worst = (
        sorted(known.keys() & set(find_units(subject)), key=lambda number: -known[number]) if cameras is None else []
    )
    unit = say.t("paper.per_camera") if measure == "facade" else "%"
    level = subject.title_of(scope.level)
    rows = legend_rows(lower_rules(lows, unit, say), [Filled(fill=fill) for fill in fills], counts, say)
    n_kept, n_all, what = (
        (len(worst), len(known), level)
        if cameras is None
        else (len(cameras), subject.place_row["n_cameras"], say.t("guard.of.cameras"))
    )
    kept = [say.t("paper.kept_rows", n=say.number(n_kept), of=say.number(n_all), level=what)] if words else []
    if cameras is not None:
        listed = [list_heading(subject), camera_table(subject, cameras)]
    else:
        table = _table(subject, scope.level, worst[:_MOST_ROWS], each, coverage["columns"])
        listed = [
            heading(say.t("paper.most", level=level), say.t("safe.lower_better")),
            table if worst else note(say.t("guard.empty")),
        ]
    return Content(
        title=say.t("paper.title", what=say.t("paper.guard_what"), place=subject.place_name, when=subject.as_of_day),
        subtitle=say.t("punct.comma").join(
            [subject.count_words(), say.t(f"guard.measure.{measure}"), say.t("safe.lower_better"), *kept]
        ),
        plan=subject.plan(
            looks,
            subject.ranked(worst[:_MOST_ROWS]),
            spots=() if cameras is None else camera_spots(cameras),
        ),
        middle=[
            *filter_part(say, words),
            heading(say.t("map.legend"), say.t("paper.legend_side", level=level)),
            class_rows(rows),
            note(say.t("paper.colours_all") if words else ""),
            *(_duties(subject) if cameras is None else _camera_duties(subject, cameras)),
            *_children(subject),
            *_against(subject),
        ],
        right=[*_headlines(subject, cameras), *listed, note(say.t("card.interval_note"))],
        methods=(say.t("paper.facade_line"),),
    )


def _headlines(subject: Subject, cameras: pd.DataFrame | None) -> list[Part]:
    """Facade, ground seen by three and dwellings of the place; with filters, what the cameras kept come to."""
    if cameras is not None and camera_words(subject):
        whole = _seen3(subject)
        of_place = replace(whole, lines=(*whole.lines, subject.place_name))
        return [headlines([*camera_headlines(subject, cameras), of_place])]
    return [headlines([facade_headline(subject), _seen3(subject), _dwellings(subject)])]


def _each(columns: dict[str, list[Any]]) -> dict[str, list[float | None]]:
    """Metres of facade per camera, with the ends of their interval."""
    cameras = columns["n_cameras"]
    return {
        end: [
            m / n if m is not None and n else None for m, n in zip(columns[f"facade_62_m{end}"], cameras, strict=True)
        ]
        for end in ("", "_low", "_high")
    }


def _seen3(subject: Subject) -> Headline:
    say, values = subject.say, subject.card["values"]
    value, low, high = (values.get(f"public_3plus_share{end}") for end in ("", "_low", "_high"))
    if value is None:
        return Headline(say.t("state.none"), "", (say.t("measure.seen_3plus"), say.t("map.no_data")))
    span = say.span(low, high, lambda share: say.number(share * 100, 1))
    return Headline(say.number(value * 100, 1), "%", (say.t("measure.seen_3plus"), say.t("paper.interval", range=span)))


def _dwellings(subject: Subject) -> Headline:
    say, card = subject.say, subject.card
    value, name = card["values"].get("n_dwellings"), say.t("measure.dwellings_in_view")
    if value is None:
        why = "map.suppressed" if "n_dwellings" in card["hidden"] else "map.no_data"
        return Headline(say.t("state.none"), "", (name, say.t(why)))
    return Headline(say.number(value), say.t("guard.homes"), (name, say.t("safe.lower_better")))


def _duties(subject: Subject) -> list[Part]:
    """Cameras of the place by what the register says against them, as shares of all; unknown counts as unknown."""
    return _duty_bars(subject.say, subject.place_row, subject.place_row["n_cameras"] or 0)


def _duty_bars(say: Say, row: dict[str, Any], n: int) -> list[Part]:
    if not n:
        return []
    most = max(row[column] or 0 for column, _, _ in _DUTIES) or 1
    bars = [
        BarRow(say.t(key), ((row[column] / most, ink),), (say.number(row[column]), say.percent(row[column] / n)))
        for column, key, ink in _DUTIES
        if row[column] is not None
    ]
    title = heading(say.t("paper.duties"), say.t("paper.n_cameras", n=say.number(n)))
    return [title, bar_rows(bars, names_pt=60 if say.lang == "zh" else 84, figures_pt=(34, 32))]


def _camera_duties(subject: Subject, cameras: pd.DataFrame) -> list[Part]:
    """The same of the cameras that the filters keep."""
    rules = subject.scope.held.snapshot.rules
    filed, sign = (cameras[name].astype("boolean") for name in ("filed", "sign"))
    days = pd.to_numeric(cameras["retention_days"])
    counts = {
        "n_not_filed": int((~filed).sum()),
        "n_filed_unknown": int(filed.isna().sum()),
        "n_without_sign": int((~sign).sum()),
        "n_sign_unknown": int(sign.isna().sum()),
        "n_past_retention": int((days > rules.max_retention_days).sum()),
    }
    return _duty_bars(subject.say, counts, len(cameras))


def _against(subject: Subject) -> list[Part]:
    """Private and sensitive ground in view, and facade at the closer density, with their intervals."""
    say, row = subject.say, subject.place_row
    rows = []
    for column, key in (
        ("facade_125_m", "guard.fact.facade_125"),
        ("private_m2", "guard.fact.private"),
        ("restricted_m2", "guard.fact.restricted"),
    ):
        value, low, high = (row[f"{column}{end}"] for end in ("", "_low", "_high"))
        if value is None or not high:
            continue
        is_line = column.endswith("_m")
        figure = say.metres(value) if is_line else f"{say.number(value / 10_000, 1)}\u00a0hm²"
        rows.append(DotRow(say.t(key), (Dot(value / high, low / high, 1.0, figure),)))
    if not rows:
        return []
    dots = dot_rows(rows, heads=("",), names_pt=92 if say.lang == "zh" else 108, figures_pt=46.0)
    return [if_room([heading(say.t("guard.against"), say.t("measure.interval")), dots], 60)]


def _children(subject: Subject) -> list[Part]:
    """Facade per camera of the units just below the place, most first, where the map draws finer ones."""
    say, level = subject.say, subject.child_level
    if level == subject.scope.level:
        return []
    each = _each(subject.desk.metrics("safeguards", level, subject.role, subject.scope.within)["columns"])
    numbers = sorted(
        (n for n in subject.scope.numbers_of(level) if each[""][n] is not None), key=lambda n: -(each[""][n] or 0.0)
    )
    most = max((each["_high"][n] or 0.0 for n in numbers), default=1.0) or 1.0
    rows = [DotRow(subject.name_of(level, n), (_facade_dot(say, each, n, most),)) for n in numbers]
    title = heading(say.t("paper.most", level=subject.title_of(level)), say.t("paper.facade_each"))
    names = 62.0 if say.lang == "zh" else 86.0
    return [if_room([title, dot_rows(rows, heads=("",), names_pt=names)], 60)] if rows else []


def _facade_dot(say: Say, each: dict[str, list[float | None]], number: int, most_m: float) -> Dot:
    metres = [each[end][number] for end in ("", "_low", "_high")]
    return to_dot(metres, (0.0, most_m), say.number(metres[0], 1))


def _table(
    subject: Subject, level: str, worst: list[int], each: dict[str, list[float | None]], coverage: dict[str, list[Any]]
) -> Part:
    """Units with facade per camera and ground seen by three or more, each column on its own scale from 0."""
    say = subject.say
    ends = [each["_high"][number] for number in worst]
    most_m = max((end for end in ends if end is not None), default=1.0) or 1.0
    most_share = max((coverage["public_3plus_share_high"][number] or 0.0 for number in worst), default=1.0) or 1.0
    rows = []
    for rank, number in enumerate(worst, start=1):
        shares = [coverage[f"public_3plus_share{end}"][number] for end in ("", "_low", "_high")]
        share = shares[0]
        words = say.number(share * 100, 1) if share is not None else say.t("state.none")
        seen = to_dot(shares, (0.0, most_share), words)
        rows.append(DotRow(subject.name_of(level, number), (_facade_dot(say, each, number, most_m), seen), str(rank)))
    heads = (say.t("paper.facade_each"), say.t("paper.seen3"))
    return dot_rows(rows, heads=heads, names_pt=84 if say.lang == "zh" else 104, figures_pt=22.0)
