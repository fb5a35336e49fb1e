"""How the parts of a place stand beside each other, and how its incidents are handled."""

from dataclasses import dataclass
from typing import Any

from geo.desk import hotspots
from geo.desk.cases import list_rates, list_waiting
from geo.desk.evidence import period_of
from geo.desk.headline import HeadlineQuery, find_headline, place_of, share_of
from geo.desk.held import Held
from geo.desk.league import LeagueQuery, compare
from geo.errors import NotAvailable
from geo.hotspots.cube import EVERY, Wanted
from geo.hotspots.rates import SHARES
from geo.schema import Role
from geo.snapshot import cases
from geo.snapshot.protect import needs_protection


@dataclass(frozen=True)
class StandingQuery:
    """The place `within` (None: the whole home), and which of its incidents."""

    within: str | None = None
    wanted: Wanted = EVERY


def find_standing(held: Held, role: Role, asked: StandingQuery) -> dict[str, Any]:
    """The rates of the place, its parts compared, and the days until its cases are closed, by channel.

    `follows` tells whether these are of the incidents that are wanted: below analyst they are of all. `parts` are None
    where the place has none; `waiting` is None where no times are recorded, `note` says why none are told of small
    units. `period` is that of the days wanted, or of all incidents. Errors: `NotAvailable` without incidents,
    `BadQuery`, `NotFound`.
    """
    level, code = place_of(held, asked.within)
    follows = asked.wanted == EVERY or not needs_protection(role)
    told = asked.wanted if follows else EVERY
    within = f"{level}:{code}"
    own = list_rates(held, cases.Asked("unit", level, within, told), role)["rows"][0]
    try:
        waiting = list_waiting(held, cases.Asked("channel", level, within, told), role, "closed")
    except NotAvailable:
        waiting = {"rows": None, "note": None}
    return {
        "place": {"level": level, "code": code},
        "follows": follows,
        "rates": {share: share_of(own, share) for share in SHARES},
        "on_time_target": held.snapshot.rules.on_time_target,
        "parts": _parts(held, role, level, within, told),
        "waiting": waiting["rows"],
        "note": waiting["note"],
        "period": _period(held, told),
        "snapshot": held.snapshot.id,
    }


def _period(held: Held, wanted: Wanted) -> dict[str, str] | None:
    if wanted.days is None:
        return period_of(held)
    return dict(zip(("first", "last"), (day.isoformat() for day in wanted.days), strict=True))


def warm_up(held: Held, role: Role) -> None:
    """Work out what the leader's desk asks first, so that neither its first page nor a filter change waits."""
    hotspots.warm_up(held, role)
    for level in held.snapshot.home.levels:
        find_headline(held, role, HeadlineQuery(level.name))
    find_standing(held, role, StandingQuery())


def _parts(held: Held, role: Role, level: str, within: str, wanted: Wanted) -> dict[str, Any] | None:
    """The units right under a place by rate, highest first, with their on-time rates; None where there are none."""
    chain = next(chain for chain in held.snapshot.home.chains() if level in chain)
    if level == chain[0]:
        return None
    below = chain[chain.index(level) - 1]
    league = compare(held, role, LeagueQuery(below, within, wanted=wanted))
    rates = list_rates(held, cases.Asked("unit", below, within, wanted), role)["rows"]
    on_time = {row["key"]: share_of(row, "on_time_share") for row in rates}
    target = held.snapshot.rules.on_time_target
    names = ("code", "n", "exposure", "rate", "eb_rate", "eb_low", "eb_high", "place", "best", "worst", "hidden")
    rows = [
        {name: row[name] for name in names} | {"on_time": on_time[row["code"]] | _verdict(on_time[row["code"]], target)}
        for row in sorted(league["rows"], key=lambda row: row["place"] or len(league["rows"]) + 1)
    ]
    return {"level": below, **{name: league[name] for name in ("unit", "mean", "brackets")}, "rows": rows}


def _verdict(share: dict[str, Any], target: float) -> dict[str, str | None]:
    """Whether the whole interval of a share lies below its target ("missed"), none of it ("met"), or part ("open").

    >>> _verdict({"low": 0.8, "high": 0.89}, 0.9), _verdict({"low": 0.8, "high": 0.9}, 0.9)
    ({'verdict': 'missed'}, {'verdict': 'open'})
    """
    low, high = share["low"], share["high"]
    if low is None or high is None:
        return {"verdict": None}
    return {"verdict": "missed" if high < target else "met" if low >= target else "open"}
