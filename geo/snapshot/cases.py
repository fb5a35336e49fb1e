"""What became of incidents, counted by unit, word or month when asked: rates and times, with a filter, by role."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import NotAvailable, Words
from geo.hotspots.cube import Wanted, find_wanted
from geo.hotspots.rates import BY_DUE, COUNTS, with_shares
from geo.hotspots.survival import find_waiting
from geo.schema import Role
from geo.snapshot.case_rows import Bools, By, Cases, Ints, Until, cases_of, find_groups
from geo.snapshot.hide_cases import hidden_rates, hidden_waiting, large_units
from geo.snapshot.protect import check_unfiltered, needs_protection
from geo.snapshot.queries import find_unit, rows_within
from geo.snapshot.store import Snapshot

#: Shares of cases by the time of which they have ended.
QUANTILES = (0.5, 0.9)
TIMES = tuple(f"{name}_days{end}" for name in ("median", "p90") for end in ("", "_low", "_high"))
Cell = TypeVar("Cell", bound=np.generic)


@dataclass(frozen=True)
class Asked:
    """Which cases, and by what they are told.

    By the units of `level` that lie `within` a unit (code or LEVEL:CODE; None: all), or by word or civil month of the
    cases within it. "" stands for cases without a word, "…" for the pooled rarer ones.
    """

    by: By
    level: str
    within: str | None
    wanted: Wanted


@dataclass(frozen=True)
class Told:
    """One row per group: its key (a unit's code, a word, a month), its cells, and by column those to hide, bool."""

    keys: tuple[str, ...]
    cells: pd.DataFrame
    hidden: dict[str, Bools]


def rates(snapshot: Snapshot, asked: Asked, role: Role) -> Told:
    """Counts and rates (`rates.COUNTS`, `rates.SHARES` with Wilson limits) by group.

    Days of the filter choose received, filed, accepted, mediated and solved ones by the day of the report, due, closed
    and on time ones by the day when they are due (DOMAIN 4); months likewise. Below analyst small counts are hidden
    with what gives them away, nothing is told of filtered ones, and groups are told of units of large levels only
    (`large_levels`): of any other all is hidden. Errors: `BadQuery`, `NotFound`, `Forbidden`.
    """
    check_unfiltered(asked.wanted, role)
    cases, events, n_units = cases_of(snapshot), snapshot.events(), len(snapshot.frame("units"))
    keys, reported, due = find_groups(snapshot, asked.by, cases)
    due = np.where(find_wanted(events, replace(asked.wanted, days=None)) & _is_due_in(cases, asked.wanted), due, -1)
    reported = np.where(find_wanted(events, asked.wanted), reported, -1)
    group = {name: due if name in BY_DUE else reported for name in COUNTS}
    counts = {name: cases.count(n_units, group[name], len(keys), cases.flags[name]) for name in COUNTS}
    hidden: dict[str, Bools] = {}
    if needs_protection(role):
        hidden = hidden_rates(snapshot, asked.by)
    pick = _picker(snapshot, asked)
    found = pd.DataFrame({name: pick(cells) for name, cells in counts.items()})
    return Told(_keys(snapshot, asked, keys), with_shares(found), {name: pick(cells) for name, cells in hidden.items()})


def waiting_times(snapshot: Snapshot, asked: Asked, role: Role, until: Until) -> Told:
    """Days from the report to acceptance or closing by group: `n`, `n_open`, and `TIMES` by Kaplan-Meier.

    A time or limit that is not reached is inf; a group without cases has NaN. Cases open at the snapshot's `as_of`
    count until then; those closed that were never accepted, until they were closed. Left out are cases that ended at an
    unknown time or before they were reported. Days and months are those of the report. Below analyst a group is hidden
    as a whole, where its open or ended cases are few or give such away, or where `rates` does not tell as much.
    Errors: as `rates`, and `NotAvailable`.
    """
    check_unfiltered(asked.wanted, role)
    cases, events, n_units = cases_of(snapshot), snapshot.events(), len(snapshot.frame("units"))
    waited, ended = cases.waited_days[until], cases.has_ended[until]
    if not ended.any():
        raise NotAvailable(Words(f"not available: no times when cases were {until}", "未提供：没有受理或办结时间"))
    keys, group, _ = find_groups(snapshot, asked.by, cases)
    group = np.where(find_wanted(events, asked.wanted) & np.isfinite(waited), group, -1)
    flags = {"n": np.ones(len(events)), "n_open": np.where(ended, 0.0, 1.0)}
    counts = {name: cases.count(n_units, group, len(keys), flag) for name, flag in flags.items()}
    pick = _picker(snapshot, asked)
    hidden: dict[str, Bools] = {}
    if needs_protection(role):
        hidden = dict.fromkeys(("n", "n_open", *TIMES), pick(hidden_waiting(snapshot, asked.by, until)))
    row = _row_of_cases(snapshot, asked, cases, group)
    n_rows = len(pick(counts["n"]))
    found = find_waiting(np.where(row >= 0, waited, 0.0), ended, row, n_rows, QUANTILES)
    limits = np.stack([found.time, found.low, found.high], axis=2).reshape(n_rows, -1)
    table = pd.DataFrame({"n": found.n, "n_open": found.n_open, **dict(zip(TIMES, limits.T, strict=True))})
    return Told(_keys(snapshot, asked, keys), table, hidden)


def is_told(snapshot: Snapshot, asked: Asked, role: Role) -> bool:
    """Whether `role` is told anything of the groups asked for: below analyst of units of large levels only."""
    return not needs_protection(role) or bool(large_units(snapshot, asked.by)[_rows(snapshot, asked)].all())


def _is_due_in(cases: Cases, wanted: Wanted) -> Bools:
    if wanted.days is None:
        return np.ones(len(cases.due_day), dtype=bool)
    first, last = (np.datetime64(day, "D").astype(np.int64) for day in wanted.days)
    return np.asarray((cases.due_day >= first) & (cases.due_day <= last))


def _picker(snapshot: Snapshot, asked: Asked) -> Callable[[npt.NDArray[Cell]], npt.NDArray[Cell]]:
    """What takes the cells asked for out of cells (units, groups), in the order of the keys."""
    rows = _rows(snapshot, asked)

    def pick(cells: npt.NDArray[Cell]) -> npt.NDArray[Cell]:
        found: npt.NDArray[Cell] = cells[rows, 0] if asked.by == "unit" else cells[rows[0]]
        return found

    return pick


def _rows(snapshot: Snapshot, asked: Asked) -> Ints:
    """Rows of the units frame: the units told of, or the one within which groups are."""
    levels = snapshot.frame("units")["level"].to_numpy()
    if asked.by == "unit":
        rows = np.flatnonzero(levels == snapshot.home.level(asked.level).name)
        return rows if asked.within is None else rows[rows_within(snapshot, asked.level, asked.within)]
    level, code = _whole(snapshot, asked)
    return np.flatnonzero((levels == level) & (snapshot.frame("units")["code"] == code).to_numpy())


def _whole(snapshot: Snapshot, asked: Asked) -> tuple[str, str]:
    """(level, code) of the unit within which words or months are told: the whole home where none is named."""
    if asked.within is not None:
        return find_unit(snapshot, asked.within)
    top = snapshot.home.chains()[0][-1]
    units = snapshot.frame("units")
    return top, str(units.loc[units["level"] == top, "code"].iloc[0])


def _keys(snapshot: Snapshot, asked: Asked, names: tuple[str, ...]) -> tuple[str, ...]:
    if asked.by != "unit":
        return names
    return tuple(snapshot.frame("units")["code"].iloc[_rows(snapshot, asked)])


def _row_of_cases(snapshot: Snapshot, asked: Asked, cases: Cases, group: Ints) -> Ints:
    """The row of the answer that each case belongs to, -1 for none."""
    rows = _rows(snapshot, asked)
    if asked.by != "unit":
        return np.where(cases.unit_of[_whole(snapshot, asked)[0]] == rows[0], group, -1)
    place = np.full(len(snapshot.frame("units")) + 1, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return np.where(group >= 0, place[cases.unit_of[asked.level]], -1)
