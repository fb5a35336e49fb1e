"""Incidents counted from the snapshot's event columns when they are asked for."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.hotspots.cube import EVERY, Cube, Step, Wanted, count_cube
from geo.schema import Role
from geo.snapshot.hiding import hide_groups, hide_in_tree
from geo.snapshot.protect import needs_protection
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

    Below analyst small counts are hidden with what gives them away: siblings' counts of the same step, the unit's of
    other steps where their sum is told (of days that of their month), and what a filter leaves out. Errors: `BadQuery`.
    """
    cube = count_events(snapshot, level, step, wanted)
    if not needs_protection(role):
        return cube, np.zeros(cube.counts.T.shape, dtype=bool)
    hidden = _hidden_steps(snapshot, step, wanted)[1]
    return cube, hidden[(snapshot.frame("units")["level"] == level).to_numpy()]


def _hidden_steps(snapshot: Snapshot, step: Step, wanted: Wanted) -> tuple[tuple[str, ...], npt.NDArray[np.bool_]]:
    """Steps, and the cells to hide of all units' counts in the order of the units frame: bool (units, steps)."""
    if wanted == EVERY:
        found: tuple[tuple[str, ...], npt.NDArray[np.bool_]] = snapshot.cached(
            f"hidden:{step}", lambda: _hide_steps(snapshot, step, wanted)
        )
        return found
    steps, hidden = _hide_steps(snapshot, step, wanted)
    tree = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count
    some, every = _all_counts(snapshot, step, wanted)[1], np.zeros((len(tree[0]), len(steps)))
    all_steps, all_hidden = _hidden_steps(snapshot, step, EVERY)
    every_hidden = np.zeros(every.shape, dtype=bool)
    here, there = np.flatnonzero(np.isin(steps, all_steps)), np.flatnonzero(np.isin(all_steps, steps))
    every[:, here] = _all_counts(snapshot, step, EVERY)[1][:, there]
    every_hidden[:, here] = all_hidden[:, there]
    # The cases that the filter keeps and those that it leaves out are together what is told without one.
    apart, of = np.hstack([some, every - some]), np.tile(np.arange(len(steps)), 2)
    return steps, hidden | hide_groups(apart, *tree, every_hidden, of)[:, : len(steps)]


def _hide_steps(snapshot: Snapshot, step: Step, wanted: Wanted) -> tuple[tuple[str, ...], npt.NDArray[np.bool_]]:
    """As `_hidden_steps`, of the counts of one filter by themselves."""
    steps, counts = _all_counts(snapshot, step, wanted)
    tree = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count
    if step != "day":
        return steps, hide_groups(counts, *tree, hide_in_tree(counts.sum(axis=1, keepdims=True), *tree)[:, 0])
    of_month = np.unique([day[:7] for day in steps], return_inverse=True)[1]
    return steps, hide_groups(counts, *tree, _hidden_steps(snapshot, "month", wanted)[1], of_month)


def _all_counts(snapshot: Snapshot, step: Step, wanted: Wanted) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
    """Steps, and counts of all units in the order of the units frame, (units, steps)."""
    cubes = [count_events(snapshot, one.name, step, wanted) for one in snapshot.home.levels]
    return cubes[0].steps, np.hstack([cube.counts for cube in cubes]).T.astype(np.float64)
