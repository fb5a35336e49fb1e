"""What the safeguards page ranks, as its filters leave it: cameras, or the units drawn."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from geo.desk.safeguards import duties
from geo.desk.shown import Shown
from webmap.paper.carto.drawing import Spot
from webmap.paper.desks.chosen import STATUS_WORDS, camera_words
from webmap.paper.desks.subject import Subject
from webmap.paper.parts.column import Headline, Part, heading, note
from webmap.paper.parts.rows import DotRow, dot_rows, to_dot
from webmap.paper.say import Say

_MOST_ROWS = 22
#: Metres from here on need no tenth.
_PLAIN_FROM = 9.95
#: What else than its facade a camera can be ranked by, and its heading.
_TOLD = {
    "n_dwellings_62": "guard.col.dwellings",
    "alone_road_m": "paper.alone",
    "seen_3plus_share": "paper.seen3_short",
    "n_overlaps": "guard.col.overlaps",
}


def find_cameras(subject: Subject) -> pd.DataFrame:
    """The cameras of the place that the filters keep, in the page's order."""
    asked, scope = subject.asked.cameras, subject.scope
    shown = Shown(subject.finest_level, scope.within, asked.sort, asked.ascending)
    return subject.desk.shown_cameras(subject.role, asked.wanted, shown)


def find_units(subject: Subject) -> list[int]:
    """The numbers of the drawn units that the filters keep, most facade per camera first."""
    scope = subject.scope
    rows = subject.desk.shown_units(subject.role, subject.asked.cameras.wanted, Shown(scope.level, scope.within))
    numbers: list[int] = pd.Index(subject.units[scope.level]["code"]).get_indexer(rows["code"]).tolist()
    return numbers


def camera_spots(rows: pd.DataFrame) -> list[Spot]:
    """The places of the first cameras, numbered; none where the role does not see them."""
    if "geometry" not in rows.columns:
        return []
    points = rows["geometry"].head(_MOST_ROWS)
    return [Spot(str(rank), point.x, point.y, 90.0 - rank) for rank, point in enumerate(points, start=1)]


def camera_headlines(subject: Subject, rows: pd.DataFrame) -> list[Headline]:
    """How many cameras the filters keep and of how many, and their facade added up, with its interval."""
    say = subject.say
    n_all = say.number(subject.place_row["n_cameras"])
    of_all = [say.t("paper.of_all", value=n_all)] if camera_words(subject) else []
    found = [Headline(say.number(len(rows)), "", (say.t("paper.kept_cameras"), *of_all))]
    if rows["facade_62_m"].notna().any():
        value, low, high = (float(rows[f"facade_62_m{end}"].sum()) for end in ("", "_low", "_high"))
        figure, _, unit = say.metres(value).partition("\u00a0")
        divisor, digits = 1000.0 if unit == "km" else 1.0, len(figure.partition(".")[2])
        span = say.span(low, high, lambda metres: say.number(metres / divisor, digits))
        found.append(Headline(figure, unit, (say.t("paper.sum_of_each"), say.t("paper.interval", range=span))))
    return found


def camera_table(subject: Subject, rows: pd.DataFrame) -> Part:
    """The first cameras: facade in view with its interval, what they are ranked by, what the register says."""
    say = subject.say
    if rows.empty:
        return note(say.t("guard.empty"))
    first = rows.head(_MOST_ROWS).reset_index(drop=True)
    flags = duties(first, subject.scope.held.snapshot.rules)
    most = _known(first["facade_62_m_high"].max()) or 1.0
    column = subject.asked.cameras.sort
    has_own = column in _TOLD
    shown = []
    for place, row in enumerate(first.to_dict("records")):
        ends = [_known(row[f"facade_62_m{end}"]) for end in ("", "_low", "_high")]
        facade = to_dot(ends, (0.0, most), say.number(ends[0], 1 if (ends[0] or 0.0) < _PLAIN_FROM else 0))
        status = [say.t(key) for name, key in STATUS_WORDS.items() if flags[name][place]]
        more = f" +{len(status) - 1}" if len(status) > 1 else ""
        own = (_told(say, column, _known(row[column])),) if has_own else ()
        tails = (*own, f"{status[0]}{more}" if status else say.t("status.in_order"))
        shown.append(DotRow(_camera_name(subject, row), (facade,), str(place + 1), tails))
    tails_pt = [(say.t(_TOLD[column]), 44.0)] if has_own else []
    tails_pt.append((say.t("guard.col.status"), 66.0 if say.lang == "en" else 58.0))
    names = 84.0 if has_own else 104.0
    return dot_rows(shown, heads=(say.t("paper.rows_facade"),), names_pt=names, figures_pt=22.0, tails=tails_pt)


def _told(say: Say, column: str, value: float | None) -> str:
    return say.number(value * 100 if value is not None and column == "seen_3plus_share" else value)


def list_heading(subject: Subject) -> Part:
    """What is listed and by what it is ranked."""
    say, asked = subject.say, subject.asked.cameras
    by = say.t(f"paper.sort.{asked.sort}")
    return heading(say.t("guard.of.cameras"), say.t("paper.lowest_by" if asked.ascending else "paper.most_by", by=by))


def _camera_name(subject: Subject, row: Mapping[Hashable, Any]) -> str:
    """The camera's name; below planner that of its unit."""
    own = row.get("camera_name") or row.get("source_id")
    codes = subject.units[subject.finest_level]["code"]
    if own or row["code"] not in codes:
        return str(own or subject.say.t("table.camera_one"))
    return subject.name_of(subject.finest_level, codes.index(row["code"]))


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
