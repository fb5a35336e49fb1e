"""The figures of one month of a place: incidents, hot units, cases closed in time, cases settled by mediation."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from geo.desk.cases import list_rates
from geo.desk.emerging import count_hot
from geo.desk.held import Held
from geo.desk.measures import not_loaded, step_counts
from geo.errors import NotAvailable
from geo.hotspots.cube import EVERY, Wanted, find_wanted
from geo.hotspots.emerging.steps import find_whole_steps
from geo.hotspots.rates import SHARES
from geo.schema import Role
from geo.snapshot import cases, queries
from geo.snapshot.protect import needs_protection

_Months = tuple[dict[str, int | None], dict[str, dict[str, Any]], dict[str, str] | None]
#: Fields of a filter, in the order in which they are named.
_FIELDS = ("days", "hours", "weekdays", "categories", "channels", "outcomes", "reopened")


@dataclass(frozen=True)
class HeadlineQuery:
    """The last whole month within the days that are `wanted`, of the place `within` (None: the whole home).

    Hot are units of `level`.
    """

    level: str
    within: str | None = None
    wanted: Wanted = EVERY


def find_headline(held: Held, role: Role, asked: HeadlineQuery) -> dict[str, Any]:
    """The month's figures, each with what it is compared with; a count that is hidden or not there is None.

    `hot` are units of the map of the incidents that are wanted, by months. `follows` tells whether the other figures
    are of these, too: below analyst they are of all incidents. `n_wanted` is how many are wanted in the home and, where
    there are none, `n_without` how many without one of the filters. `note` says why no shares of small units are told
    by month, None where some are. Errors: `NotAvailable` without incidents,
    `BadQuery`, `NotFound`.
    """
    snapshot = held.snapshot
    if not snapshot.has("incidents"):
        raise NotAvailable(not_loaded("incidents"))
    level, code = place_of(held, asked.within)
    apart = replace(asked.wanted, days=None)
    follows = apart == EVERY or not needs_protection(role)
    told = apart if follows else EVERY
    month = last_month(held, asked.wanted)
    names = [] if month is None else [str(month), str(month - 1), str(month - 12)]
    n_of, row_of, note = _by_month(held, role, (level, code), told)
    row = row_of.get(next(iter(names), ""), {})
    hot = count_hot(held, role, asked.level, asked.within, asked.wanted)
    return {
        "place": {"level": level, "code": code},
        "level": asked.level,
        "span": _span(held),
        "month": next(iter(names), None),
        "month_before": names[1] if names else None,
        "year_before": names[2] if names else None,
        "incidents": dict(zip(("n", "n_before", "n_year_before"), (n_of.get(name) for name in names), strict=False)),
        "months": [{"month": name, "n": n} for name, n in n_of.items()],
        "hot": hot,
        **{share: share_of(row, share) for share in ("on_time_share", "mediation_share")},
        "on_time_target": snapshot.rules.on_time_target,
        "note": note,
        "follows": follows,
        **_wanted_counts(held, role, asked.wanted),
        "snapshot": snapshot.id,
    }


def _by_month(held: Held, role: Role, place: tuple[str, str], wanted: Wanted) -> _Months:
    """Incidents, and rows of `list_rates` with its note, of the place by month, oldest first; kept, as each step of
    play asks."""

    def count() -> _Months:
        counts = step_counts(held, *place, "month", wanted, role)
        rates = list_rates(held, cases.Asked("month", place[0], ":".join(place), wanted), role)
        return (
            dict(zip(counts["steps"], counts["n"], strict=True)),
            {row["key"]: row for row in rates["rows"]},
            rates["note"],
        )

    found: _Months = held.months.get((needs_protection(role), place, wanted), count)
    return found


def share_of(row: dict[str, Any], share: str) -> dict[str, Any]:
    """A share of a row of `list_rates` with its limits and the two counts it divides, and whether it is hidden.

    >>> row = {"on_time_share": 0.5, "on_time_share_low": 0.2, "on_time_share_high": 0.8, "n_on_time": 2, "n_due": 4}
    >>> share_of(row | {"hidden": ["n_on_time"]}, "on_time_share")
    {'value': 0.5, 'low': 0.2, 'high': 0.8, 'n': 2, 'of': 4, 'hidden': False}
    """
    part, whole = SHARES[share]
    ends = {name: row.get(f"{share}{end}") for name, end in (("value", ""), ("low", "_low"), ("high", "_high"))}
    return ends | {"n": row.get(part), "of": row.get(whole), "hidden": share in row.get("hidden", ())}


def place_of(held: Held, within: str | None) -> tuple[str, str]:
    """(level, code) of the unit `within` (code or LEVEL:CODE), of the whole home where it is None."""
    if within is not None:
        return queries.find_unit(held.snapshot, within)
    top = held.snapshot.home.chains()[0][-1]
    return top, str(queries.units_of(held.snapshot, top)["code"].iloc[0])


def last_month(held: Held, wanted: Wanted) -> np.datetime64 | None:
    """The last whole month of the records within the days that are wanted; None where there is none."""
    days = _whole_months(held, wanted)
    return None if days is None else np.datetime64(days[1], "M")


def _span(held: Held) -> dict[str, str] | None:
    """First and last whole month of all records."""
    days = _whole_months(held, EVERY)
    return None if days is None else {"first": days[0].isoformat()[:7], "last": days[1].isoformat()[:7]}


def _whole_months(held: Held, wanted: Wanted) -> tuple[date, date] | None:
    snapshot = held.snapshot
    as_of = snapshot.as_of.astimezone(ZoneInfo(snapshot.home.timezone)).date()
    return find_whole_steps(snapshot.events(), as_of, "month", wanted.days)


def _wanted_counts(held: Held, role: Role, wanted: Wanted) -> dict[str, Any]:
    """`n_wanted` in the home and, where there are none, `n_without` by filter; below analyst neither is told."""
    if wanted == EVERY or needs_protection(role):
        return {"n_wanted": None, "n_without": {}}
    events = held.snapshot.events()
    n = int(find_wanted(events, wanted).sum())
    chosen = [] if n else [name for name in _FIELDS if getattr(wanted, name) is not None]
    n_without = {name: int(find_wanted(events, replace(wanted, **{name: None})).sum()) for name in chosen}
    return {"n_wanted": n, "n_without": n_without}
