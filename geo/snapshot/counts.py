"""Incidents counted from the snapshot's event columns when they are asked for."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.hotspots.cube import EVERY, Cube, Step, Wanted, count_cube
from geo.schema import Role
from geo.snapshot.hiding import hide_groups, hide_in_tree
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
    of other steps where their sum is told, of days that of their month. A week is told where each of its days is, so
    that weeks tell nothing that days do not. Errors: `BadQuery`, and `Forbidden` for a filter below analyst.
    """
    check_unfiltered(wanted, role)
    cube = count_events(snapshot, level, step, wanted)
    if not needs_protection(role):
        return cube, np.zeros(cube.counts.T.shape, dtype=bool)
    hidden: npt.NDArray[np.bool_] = snapshot.cached(f"hidden:{step}", lambda: _hide_steps(snapshot, step))
    return cube, hidden[(snapshot.frame("units")["level"] == level).to_numpy()]


def _hide_steps(snapshot: Snapshot, step: Step) -> npt.NDArray[np.bool_]:
    """Cells to hide of all units' counts, in the order of the units frame: bool (units, steps)."""
    if step == "week":
        return _hide_weeks(snapshot)
    cubes = [count_events(snapshot, one.name, step) for one in snapshot.home.levels]
    counts = np.hstack([cube.counts for cube in cubes]).T.astype(np.float64)
    tree = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count
    names = cubes[0].steps
    if step == "weekday_hour":
        # Sums by weekday are taken as told: days that are shown may tell them, and they what days are hidden.
        return hide_groups(counts, *tree, np.zeros((len(counts), 7), dtype=bool), np.arange(len(names)) // 24)
    if step != "day":
        return hide_groups(counts, *tree, hide_in_tree(counts.sum(axis=1, keepdims=True), *tree)[:, 0])
    of_months = snapshot.cached("hidden:month", lambda: _hide_steps(snapshot, "month"))
    month = np.unique([day[:7] for day in names], return_inverse=True)[1]
    return hide_groups(counts, *tree, of_months, month, np.array([date.fromisoformat(day).weekday() for day in names]))


def _hide_weeks(snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """Weeks of which a day is hidden."""
    days = snapshot.cached("hidden:day", lambda: _hide_steps(snapshot, "day"))
    names = count_events(snapshot, snapshot.home.levels[-1].name, "day").steps
    monday = [(date.fromisoformat(name) - timedelta(days=date.fromisoformat(name).weekday())) for name in names]
    starts = np.flatnonzero([i == 0 or monday[i] != monday[i - 1] for i in range(len(monday))])
    return np.asarray(np.logical_or.reduceat(days, starts, axis=1) if len(starts) else days)
