"""Incidents counted from the snapshot's event columns when they are asked for."""

import numpy as np
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
    counts: pd.DataFrame = snapshot.cached("months:matrix", lambda: _month_matrix(snapshot))
    hidden = np.zeros(counts.shape, dtype=bool)
    units = snapshot.frame("units")
    if needs_protection(role):
        hidden = snapshot.cached("months:hidden", lambda: hide_steps(snapshot, counts.to_numpy(dtype=float)))
    rows = np.flatnonzero((units["level"] == level).to_numpy())
    return counts.iloc[rows].reset_index(drop=True), hidden[rows]


def hide_steps(snapshot: Snapshot, counts: np.ndarray) -> np.ndarray:
    """Cells to hide of counts by unit (in the order of the units frame) and time step, float64: bool, same shape.

    A unit's count of all its incidents is told by other tables, where it is not hidden.
    """
    tree = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count
    wholes = hide_in_tree(counts.sum(axis=1, keepdims=True), *tree)[:, 0]
    return hide_groups(counts, *tree, wholes)


def _month_matrix(snapshot: Snapshot) -> pd.DataFrame:
    cubes = [count_events(snapshot, level.name, "month") for level in snapshot.home.levels]
    return pd.DataFrame(np.hstack([cube.counts for cube in cubes]).T.astype("int64"), columns=list(cubes[0].steps))
