"""Incidents as cases: what became of each, the units and the groups (words, months) it counts in."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import NotAvailable, Words
from geo.hotspots.events import NO_DAY, NO_WORD, POOLED, Events, civil_time
from geo.hotspots.rates import BY_DUE, COUNTS, due_times, flag_incidents
from geo.snapshot.events import order_of
from geo.snapshot.queries import ancestors_of
from geo.snapshot.store import Snapshot

By = Literal["unit", "channel", "category", "month"]
BY: tuple[By, ...] = ("unit", "channel", "category", "month")
Until = Literal["accepted", "closed"]
UNTIL: tuple[Until, ...] = ("accepted", "closed")
#: Outcomes of a case that has ended, so that its length is unknown where no time of its end is.
_ENDED = ("mediated", "resolved", "rejected")
_DAY_S = 86_400.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """n incidents in the order of the event columns.

    `flags` float64 (n,) by name of `COUNTS`, NaN where no source records the like. `due_day` int32 (n,): civil
    day on which each was due, `NO_DAY` where that lies ahead.
    `waited_days` float64 (n,) and `has_ended` bool (n,) by what is waited for; NaN where it cannot be told. `unit_of`
    int64 (n,) by level: the row of the units frame, -1 where there is none.
    """

    flags: dict[str, Floats]
    due_day: npt.NDArray[np.int32]
    waited_days: dict[str, Floats]
    has_ended: dict[str, Bools]
    unit_of: dict[str, Ints]

    def count(self, n_units: int, group: Ints, n_groups: int, weights: Floats) -> Floats:
        """Cases of each unit and group, weighted: float64 (n_units, n_groups); `group` (n,), -1 for none."""
        counts = np.zeros(n_units * n_groups)
        for unit in self.unit_of.values():
            good = (unit >= 0) & (group >= 0)
            counts += np.bincount((unit * n_groups + group)[good], weights[good], minlength=len(counts))
        return np.where(np.isnan(weights).all(), np.nan, counts).reshape(n_units, n_groups)


def count_cases(snapshot: Snapshot, by: By) -> dict[str, Floats]:
    """The counts of `COUNTS` over all cases, of all units by group: float64 (units, groups) each."""
    cases, n_units = cases_of(snapshot), len(snapshot.frame("units"))
    keys, reported, due = find_groups(snapshot, by, cases)
    group = {name: due if name in BY_DUE else reported for name in COUNTS}
    return {name: cases.count(n_units, group[name], len(keys), cases.flags[name]) for name in COUNTS}


def count_waiting(snapshot: Snapshot, by: By, until: Until) -> tuple[Floats, Floats]:
    """All cases that are timed, and those of them that have not ended, of all units by group: (units, groups) each."""
    cases, n_units = cases_of(snapshot), len(snapshot.frame("units"))
    keys, group, _ = find_groups(snapshot, by, cases)
    group = np.where(np.isfinite(cases.waited_days[until]), group, -1)
    is_open = (~cases.has_ended[until]).astype(np.float64)
    n, n_open = (cases.count(n_units, group, len(keys), flag) for flag in (np.ones(len(group)), is_open))
    return n, n_open


def cases_of(snapshot: Snapshot) -> Cases:
    """The cases of a snapshot; worked out once. `NotAvailable` without incidents."""
    if not snapshot.has("incidents"):
        raise NotAvailable(Words("not available: no incidents loaded", "未提供：没有载入事件"))
    found: Cases = snapshot.cached("cases", lambda: _read_cases(snapshot))
    return found


def _read_cases(snapshot: Snapshot) -> Cases:
    frame, home, events = snapshot.frame("incidents"), snapshot.home, snapshot.events()
    rows = pd.DataFrame(frame).iloc[order_of(frame, home)].reset_index(drop=True)
    for name in ("accepted_at", "filed_at", "due_at", "closed_at"):
        if name not in rows.columns or rows[name].isna().all():  # no source that says, or one that never does
            rows[name] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
    as_of = pd.Timestamp(snapshot.as_of)
    flags, due = flag_incidents(rows, snapshot.rules, as_of), due_times(rows, snapshot.rules)
    closed = rows["closed_at"].where(rows["closed_at"] <= as_of)
    accepted = rows["accepted_at"].where(rows["accepted_at"] <= as_of)
    waited, ended = {}, {"accepted": accepted.notna().to_numpy(), "closed": closed.notna().to_numpy()}
    for until, end in (("accepted", accepted.fillna(closed)), ("closed", closed)):
        is_lost = end.isna() & rows["outcome"].isin(_ENDED)
        waiting = (end.fillna(as_of) - rows["reported_at"]).dt.total_seconds().to_numpy(dtype=np.float64)
        waited[until] = np.where((waiting >= 0) & ~is_lost.to_numpy(), waiting / _DAY_S, np.nan)
    snapshot.forget("incidents")
    return Cases(
        {name: flags[name].to_numpy() for name in COUNTS},
        civil_time(due.where(due <= as_of), home.timezone)[0],
        waited,
        ended,
        _unit_rows(snapshot, events),
    )


def _unit_rows(snapshot: Snapshot, events: Events) -> dict[str, Ints]:
    """Per level the row of the units frame that each event lies in, -1 where it lies in none."""
    keys = pd.MultiIndex.from_frame(snapshot.frame("units")[["level", "code"]])
    found = {}
    for chain in snapshot.home.chains():
        above, position = ancestors_of(snapshot, chain[0]), events.units[chain[0]]
        for level in chain:
            row = keys.get_indexer(pd.MultiIndex.from_arrays([[level] * len(above), above[level]]))
            found[level] = np.where(position >= 0, row[position], -1).astype(np.int64)
    return found


def find_groups(snapshot: Snapshot, by: By, cases: Cases) -> tuple[tuple[str, ...], Ints, Ints]:
    """Names of the groups, and that of each case by its report and by when it is due: int64 (n,), -1 for none."""
    events = snapshot.events()
    if by == "unit":
        one = np.zeros(len(events), dtype=np.int64)
        return ("",), one, one
    if by == "month":
        names, (reported, due) = months_of(events.day, cases.due_day)
        return names, reported, due
    codes, words = getattr(events, by), events.words[by]
    more = {code: word for code, word in ((NO_WORD, ""), (POOLED, "…")) if (codes == code).any()}
    place = np.full(256, -1, dtype=np.int64)
    place[: len(words)] = np.arange(len(words))
    for nth, code in enumerate(more):
        place[code] = len(words) + nth
    return (*words, *more.values()), place[codes], place[codes]


def months_of(*days: npt.NDArray[np.int32]) -> tuple[tuple[str, ...], tuple[Ints, ...]]:
    """The months of columns of civil days, from the first to the last, and that of each day, -1 for none."""
    month = [
        np.where(day == NO_DAY, 0, day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) for day in days
    ]
    known = [day != NO_DAY for day in days]
    some = np.concatenate([one[good] for one, good in zip(month, known, strict=True)])
    first, last = (int(some.min()), int(some.max())) if len(some) else (0, -1)
    names = tuple(np.arange(first, last + 1).astype("datetime64[M]").astype(str).tolist())
    return names, tuple(np.where(good, one - first, -1) for one, good in zip(month, known, strict=True))
