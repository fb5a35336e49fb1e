"""What became of incidents, counted by unit, word or month when asked: rates and times, with a filter, by role."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import NotAvailable, Words
from geo.hotspots.cube import Wanted, find_wanted
from geo.hotspots.events import NO_DAY, NO_WORD, POOLED, Events, civil_time
from geo.hotspots.rates import BY_DUE, COUNTS, due_times, flag_incidents, with_shares
from geo.hotspots.survival import find_waiting
from geo.schema import Role
from geo.snapshot.events import order_of
from geo.snapshot.hiding import hide_groups, hide_in_tree, hide_parts
from geo.snapshot.protect import check_unfiltered, hide_rates, needs_protection
from geo.snapshot.queries import ancestors_of, find_unit, rows_within
from geo.snapshot.store import Snapshot

By = Literal["unit", "channel", "category", "month"]
BY: tuple[By, ...] = ("unit", "channel", "category", "month")
Until = Literal["accepted", "closed"]
UNTIL: tuple[Until, ...] = ("accepted", "closed")
#: Shares of cases by the time of which they have ended.
QUANTILES = (0.5, 0.9)
TIMES = tuple(f"{name}_days{end}" for name in ("median", "p90") for end in ("", "_low", "_high"))
#: Outcomes of a case that has ended, so that its length is unknown where no time of its end is.
_ENDED = ("mediated", "resolved", "rejected")
_DAY_S = 86_400.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
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
    with what gives them away, and nothing is told of filtered ones. Errors: `BadQuery`, `NotFound`, `Forbidden`.
    """
    check_unfiltered(asked.wanted, role)
    cases, events, n_units = cases_of(snapshot), snapshot.events(), len(snapshot.frame("units"))
    keys, reported, due = _groups(snapshot, asked.by, cases)
    due = np.where(find_wanted(events, replace(asked.wanted, days=None)) & _is_due_in(cases, asked.wanted), due, -1)
    reported = np.where(find_wanted(events, asked.wanted), reported, -1)
    group = {name: due if name in BY_DUE else reported for name in COUNTS}
    counts = {name: cases.count(n_units, group[name], len(keys), cases.flags[name]) for name in COUNTS}
    hidden: dict[str, Bools] = {}
    if needs_protection(role):
        hidden = snapshot.cached(f"hidden:rates:{asked.by}", lambda: _hide_rates(snapshot, asked.by, group, counts))
    pick = _picker(snapshot, asked)
    found = pd.DataFrame({name: pick(cells) for name, cells in counts.items()})
    return Told(_keys(snapshot, asked, keys), with_shares(found), {name: pick(cells) for name, cells in hidden.items()})


def waiting_times(snapshot: Snapshot, asked: Asked, role: Role, until: Until) -> Told:
    """Days from the report to acceptance or closing by group: `n`, `n_open`, and `TIMES` by Kaplan-Meier.

    A time or limit that is not reached is inf; a group without cases has NaN. Cases open at the snapshot's `as_of`
    count until then; those closed that were never accepted, until they were closed. Left out are cases that ended at an
    unknown time or before they were reported. Days and months are those of the report. Below analyst a group is hidden
    as a whole, where its open or ended cases are few or give such away. Errors: as `rates`, and `NotAvailable`.
    """
    check_unfiltered(asked.wanted, role)
    cases, events, n_units = cases_of(snapshot), snapshot.events(), len(snapshot.frame("units"))
    waited, ended = cases.waited_days[until], cases.has_ended[until]
    if not ended.any():
        raise NotAvailable(Words(f"not available: no times when cases were {until}", "未提供：没有受理或办结时间"))
    keys, group, _ = _groups(snapshot, asked.by, cases)
    group = np.where(find_wanted(events, asked.wanted) & np.isfinite(waited), group, -1)
    flags = {"n": np.ones(len(events)), "n_open": np.where(ended, 0.0, 1.0)}
    counts = {name: cases.count(n_units, group, len(keys), flag) for name, flag in flags.items()}
    pick = _picker(snapshot, asked)
    hidden: dict[str, Bools] = {}
    if needs_protection(role):
        key = f"hidden:waiting:{until}:{asked.by}"
        cells = snapshot.cached(key, lambda: _hide_waiting(snapshot, asked.by, counts["n"], counts["n_open"]))
        hidden = dict.fromkeys(("n", "n_open", *TIMES), pick(cells))
    row = _row_of_cases(snapshot, asked, cases, group)
    n_rows = len(pick(counts["n"]))
    found = find_waiting(np.where(row >= 0, waited, 0.0), ended, row, n_rows, QUANTILES)
    limits = np.stack([found.time, found.low, found.high], axis=2).reshape(n_rows, -1)
    table = pd.DataFrame({"n": found.n, "n_open": found.n_open, **dict(zip(TIMES, limits.T, strict=True))})
    return Told(_keys(snapshot, asked, keys), table, hidden)


def _hide_rates(snapshot: Snapshot, by: By, group: dict[str, Ints], counts: dict[str, Floats]) -> dict[str, Bools]:
    """Cells to hide, bool (units, groups), of `counts` of all cases; `group` has that of each case by count."""
    cases, tree = cases_of(snapshot), (snapshot.frame("units"), snapshot.home, snapshot.rules.min_count)
    ones = {name: np.minimum(group[name], 0) for name in COUNTS}
    wholes = {name: cases.count(len(tree[0]), ones[name], 1, cases.flags[name])[:, 0] for name in COUNTS}
    hidden = hide_rates(wholes, *tree)
    return (
        {name: cells[:, None] for name, cells in hidden.items()} if by == "unit" else hide_rates(counts, *tree, hidden)
    )


def _hide_waiting(snapshot: Snapshot, by: By, n: Floats, n_open: Floats) -> Bools:
    """Units and groups of which nothing is told, bool (units, groups): cases, open or ended ones are few there."""
    tree = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count
    of_unit = hide_in_tree(n.sum(axis=1, keepdims=True), *tree)[:, 0]
    of_unit = hide_parts(n.sum(axis=1), [n_open.sum(axis=1)], of_unit, None, *tree)
    if by == "unit":
        return of_unit[:, None]
    return hide_parts(n, [n_open], hide_groups(n, *tree, of_unit), None, *tree, of_unit)


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
        if name not in rows.columns:
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


def _is_due_in(cases: Cases, wanted: Wanted) -> Bools:
    if wanted.days is None:
        return np.ones(len(cases.due_day), dtype=bool)
    first, last = (np.datetime64(day, "D").astype(np.int64) for day in wanted.days)
    return np.asarray((cases.due_day >= first) & (cases.due_day <= last))


def _groups(snapshot: Snapshot, by: By, cases: Cases) -> tuple[tuple[str, ...], Ints, Ints]:
    """Names of the groups, and that of each case by its report and by when it is due; -1 for none."""
    events = snapshot.events()
    if by == "unit":
        one = np.zeros(len(events), dtype=np.int64)
        return ("",), one, one
    if by == "month":
        return _months(events.day, cases.due_day)
    codes, words = getattr(events, by), events.words[by]
    more = {code: word for code, word in ((NO_WORD, ""), (POOLED, "…")) if (codes == code).any()}
    place = np.full(256, -1, dtype=np.int64)
    place[: len(words)] = np.arange(len(words))
    for nth, code in enumerate(more):
        place[code] = len(words) + nth
    return (*words, *more.values()), place[codes], place[codes]


def _months(*days: npt.NDArray[np.int32]) -> tuple[tuple[str, ...], Ints, Ints]:
    """The months of two columns of days, from the first to the last, and the month of each day."""
    month = [
        np.where(day == NO_DAY, 0, day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) for day in days
    ]
    known = [day != NO_DAY for day in days]
    some = np.concatenate([one[good] for one, good in zip(month, known, strict=True)])
    first, last = (int(some.min()), int(some.max())) if len(some) else (0, -1)
    names = tuple(np.arange(first, last + 1).astype("datetime64[M]").astype(str).tolist())
    reported, due = (np.where(good, one - first, -1) for one, good in zip(month, known, strict=True))
    return names, reported, due


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
