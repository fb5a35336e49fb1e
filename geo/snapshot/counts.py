"""Incidents counted from the snapshot's event columns when they are asked for."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.hotspots.cube import EVERY, Cube, Step, Wanted, count_cube
from geo.schema import Role
from geo.snapshot.crossed import Crossed
from geo.snapshot.hiding import hide_groups, hide_in_tree, parents_of
from geo.snapshot.large_levels import find_large, hide_rest
from geo.snapshot.protect import check_unfiltered, needs_protection
from geo.snapshot.queries import ancestors_of, units_of
from geo.snapshot.store import Snapshot


def count_events(snapshot: Snapshot, level: str, step: Step = "all", wanted: Wanted = EVERY) -> Cube:
    """Incidents per time step and unit of `level` (in unit-number order), unprotected, counted from the event columns.

    A level that ends several chains is counted through the first of them.
    """
    joined = next(chain[0] for chain in snapshot.home.chains() if level in chain)
    codes = pd.Index(units_of(snapshot, level)["code"])
    unit_of = codes.get_indexer(ancestors_of(snapshot, joined)[level]).astype(np.int32)
    return count_cube(snapshot.events(), joined, unit_of, len(codes), step, wanted)


def months(snapshot: Snapshot, level: str, role: Role) -> tuple[pd.DataFrame, np.ndarray]:
    """Incidents by month: (counts, one row per unit of `level`, one column per month "YYYY-MM"; bool cells to hide)."""
    cube, hidden = step_counts(snapshot, level, "month", EVERY, role)
    return pd.DataFrame(cube.counts.T.astype("int64"), columns=list(cube.steps)), hidden


def step_counts(
    snapshot: Snapshot, level: str, step: Step, wanted: Wanted, role: Role
) -> tuple[Cube, npt.NDArray[np.bool_]]:
    """Incidents per time step and unit of `level` as `count_events` gives them, and the cells to hide, (units, steps).

    Below analyst small counts are hidden with what gives them away: siblings' counts of the same step, and the unit's
    of other steps where their sum is told, of days that of their month. Days, weeks and hours are told of large levels
    only (`large_levels`), of any other all cells are hidden. A week is told where each of its days is, so that weeks
    tell nothing that days do not. Errors: `BadQuery`, and `Forbidden` for a filter below analyst.
    """
    check_unfiltered(wanted, role)
    cube = count_events(snapshot, level, step, wanted)
    if not needs_protection(role):
        return cube, np.zeros(cube.counts.T.shape, dtype=bool)
    return cube, hide_steps(snapshot, step)[(snapshot.frame("units")["level"] == level).to_numpy()]


def is_told(snapshot: Snapshot, level: str, step: Step, role: Role) -> bool:
    """Whether `role` is told counts of `level` by `step`: below analyst days, weeks, hours of large levels only."""
    if not needs_protection(role) or step in ("all", "month"):
        return True
    large = _large(snapshot, "day" if step == "week" else step)
    return bool(large[(snapshot.frame("units")["level"] == level).to_numpy()].any())


def _large(snapshot: Snapshot, step: Step) -> npt.NDArray[np.bool_]:
    """Units of levels that are told by `step`, bool, in the order of the units frame."""
    tree = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count
    found: npt.NDArray[np.bool_] = snapshot.cached(
        f"large:{step}", lambda: find_large(_count_all(snapshot, step), *tree)
    )
    return found


def _count_all(snapshot: Snapshot, step: Step) -> npt.NDArray[np.float64]:
    """Counts of all units, in the order of the units frame: (units, steps)."""
    return np.hstack([count_events(snapshot, one.name, step).counts for one in snapshot.home.levels]).T.astype(
        np.float64
    )


def hide_steps(snapshot: Snapshot, step: Step) -> npt.NDArray[np.bool_]:
    """Cells of all incidents' counts to hide below analyst, in the order of the units frame: bool (units, steps)."""
    found: npt.NDArray[np.bool_] = snapshot.cached(f"hidden:{step}", lambda: _hide_steps(snapshot, step))
    return found


def _hide_steps(snapshot: Snapshot, step: Step) -> npt.NDArray[np.bool_]:
    if step == "week":
        return _hide_weeks(snapshot)
    counts, units = _count_all(snapshot, step), snapshot.frame("units")
    tree = units, snapshot.home, snapshot.rules.min_count
    if step in ("all", "month"):
        return hide_groups(counts, *tree, hide_in_tree(counts.sum(axis=1, keepdims=True), *tree)[:, 0])
    large = _large(snapshot, step)
    told = units[large], snapshot.home, snapshot.rules.min_count
    n, g = int(large.sum()), counts.shape[1]
    # Sums by weekday are taken as told: days that are shown may tell them, and they what days are hidden.
    by_weekday = np.zeros((n, 7), dtype=bool)
    if step == "weekday_hour":
        weekday = np.arange(g) // 24
        whole_of, wholes_hidden, told_of = weekday, by_weekday, None
        sums, sums_hidden = np.equal.outer(np.arange(7), weekday), by_weekday
    else:
        names = count_events(snapshot, snapshot.home.levels[-1].name, step).steps
        weekday = np.array([date.fromisoformat(day).weekday() for day in names])
        months, whole_of = np.unique([day[:7] for day in names], return_inverse=True)
        wholes_hidden, told_of = hide_steps(snapshot, "month")[large], weekday
        by_both = np.equal.outer(np.arange(len(months)), whole_of), np.equal.outer(np.arange(7), weekday)
        sums, sums_hidden = np.vstack(by_both), np.hstack([wholes_hidden, by_weekday])

    def hide() -> npt.NDArray[np.bool_]:
        cells = hide_groups(counts[large], *told, wholes_hidden, whole_of, told_of)[:, :, None]
        parents = parents_of(units[large], snapshot.home)
        crossed = Crossed(counts[large][:, :, None], cells, sums.astype(float), sums_hidden[:, :, None], parents)
        return crossed.hide(snapshot.rules.min_count)[:, :, 0]

    return hide_rest(large, g, hide)


def _hide_weeks(snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """Weeks of which a day is hidden."""
    days = hide_steps(snapshot, "day")
    names = count_events(snapshot, snapshot.home.levels[-1].name, "day").steps
    monday = [(date.fromisoformat(name) - timedelta(days=date.fromisoformat(name).weekday())) for name in names]
    starts = np.flatnonzero([i == 0 or monday[i] != monday[i - 1] for i in range(len(monday))])
    return np.asarray(np.logical_or.reduceat(days, starts, axis=1) if len(starts) else days)
