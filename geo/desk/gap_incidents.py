"""Incidents at gaps, for analysts: those at unseen points, by gap, with when and how each was reported, as columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.errors import BadQuery, NotAvailable, Words
from geo.hotspots.events import NO_DAY, NO_WORD, POOLED
from geo.schema import Role
from geo.snapshot import queries
from geo.snapshot.case_rows import months_of
from geo.snapshot.events import order_of
from geo.snapshot.store import Snapshot

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_DAY_HOURS = 24


@dataclass(frozen=True)
class AtGaps:
    """The incidents that no online camera sees, n of them: rows of the event columns, and the unit of each.

    `event` int64 (n,), `unit` int64 (n,): unit number at a finest level, sorted by unit.
    """

    event: Ints
    unit: Ints


def at_gaps(snapshot: Snapshot, level: str) -> AtGaps:
    """The incidents at gaps of `level`, which is the finest of its chain; worked out once.

    As many stand in each unit as the table gaps has `n_incidents_unseen`. Errors: `BadQuery` for a coarser level,
    `NotAvailable` without incidents or cameras.
    """
    for name in ("incidents", "cameras"):
        if not snapshot.has(name):
            raise NotAvailable(not_loaded(name))
    if level not in {chain[0] for chain in snapshot.home.chains()}:
        raise BadQuery(
            Words(f"gaps are areas of the finest levels, not of {level!r}", f"盲区按最细层级划分，不是 {level!r}")
        )

    def make() -> AtGaps:
        frame = snapshot.frame("incidents")
        seen = frame["seen"].to_numpy(dtype=bool, na_value=False)[order_of(frame, snapshot.home)]
        unit = np.asarray(snapshot.events().units[level], dtype=np.int64)
        found = np.flatnonzero(~seen & (unit >= 0))
        found = found[np.argsort(unit[found], kind="stable")]
        return AtGaps(found, unit[found])

    found: AtGaps = snapshot.cached(f"at_gaps:{level}", make)
    return found


def incident_columns(held: Held, role: Role, level: str, within: str | None = None) -> dict[str, Any]:
    """The incidents at the gaps of `level` (within a unit), one row each, as columns; analysts and above.

    `unit` is the unit number, `month` a position in `months` (without a break), `hour` that of the week (0 Monday
    0 h to 167 Sunday 23 h), `category` and `channel` positions in `words`, whose last one "…" pools the rarest where
    there are too many. -1 stands for what is not recorded. Times are civil time of the home. Errors: those of
    `at_gaps`, and `Forbidden`: a filter's small counts could be told from one another.
    """
    snapshot = held.snapshot
    queries.columns_of("incidents", role)
    found = at_gaps(snapshot, level)
    event, unit = found.event, found.unit
    if within is not None:
        inside = np.isin(unit, queries.rows_within(snapshot, level, within))
        event, unit = event[inside], unit[inside]
    events = snapshot.events()
    day, minute = events.day[event].astype(np.int64), events.minute[event].astype(np.int64)
    months, (month,) = months_of(events.day)
    # 1970-01-01 was a Thursday: day 3 of a week that begins on Monday with day 0.
    hour = np.where((day != NO_DAY) & (minute >= 0), (day + 3) % 7 * _DAY_HOURS + minute // 60, -1)
    words, codes = {}, {}
    for name in ("category", "channel"):
        words[name], codes[name] = _worded(getattr(events, name)[event], events.words[name])
    return {
        "level": level,
        "within": within,
        "snapshot": snapshot.id,
        "months": list(months),
        "words": words,
        "columns": {
            "unit": unit.tolist(),
            "month": month[event].tolist(),
            "hour": hour.tolist(),
            **{name: code.tolist() for name, code in codes.items()},
        },
    }


def _worded(codes: npt.NDArray[np.uint8], words: tuple[str, ...]) -> tuple[list[str], Ints]:
    """The words of a column, "…" last where some are pooled, and the position of each code's."""
    pooled = bool((codes == POOLED).any())
    found = codes.astype(np.int64)
    found[codes == NO_WORD] = -1
    found[codes == POOLED] = len(words)
    return [*words, *(["…"] if pooled else [])], found
