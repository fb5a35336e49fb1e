"""An attack on protected tables: everything that is shown as linear equations, each hidden cell bounded by linprog.

The unknowns are counts of cases of the finest units, by group (month, category) and part (on time, late, open), 0 or
more. Whoever knows all that is shown knows that these sum to it; what linprog then finds as the least and the most of a
hidden cell is all that can be known of it.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from geo.schema import HomeInfo, Level

MIN_COUNT = 5
HOME = HomeInfo(
    "州",
    "P",
    "UTC",
    "EPSG:4326",
    (Level("grid", "格", "Grid", "town"), Level("town", "镇", "Town", "all"), Level("all", "全部", "All")),
)


def tree_of(towns: list[int]) -> tuple[pd.DataFrame, np.ndarray]:
    """Units of towns with so many grids each, and which grids lie in each unit: float64 (units, grids)."""
    rows = [("grid", f"{town}-{place}", str(town)) for town, n in enumerate(towns) for place in range(n)]
    n_grids = len(rows)
    rows += [("town", str(town), "all") for town in range(len(towns))] + [("all", "all", None)]
    of_town = np.repeat(np.arange(len(towns)), towns)
    below = [np.eye(n_grids), of_town == np.arange(len(towns))[:, None], np.ones((1, n_grids))]
    return pd.DataFrame(rows, columns=["level", "code", "parent_code"]), np.vstack(below).astype(float)


def below_of(units: pd.DataFrame, chain: tuple[str, ...]) -> tuple[np.ndarray, sparse.csr_array]:
    """Rows of the finest units of a home's chain, and which of them lie in each unit: (units, finest)."""
    parent = pd.Series(units["parent_code"].to_numpy(), index=pd.MultiIndex.from_frame(units[["level", "code"]]))
    place = pd.MultiIndex.from_frame(units[["level", "code"]])
    finest = np.flatnonzero((units["level"] == chain[0]).to_numpy())
    codes, rows, columns = units["code"].to_numpy()[finest], [], []
    for level in chain:
        rows.append(place.get_indexer(pd.MultiIndex.from_arrays([[level] * len(codes), codes])))
        columns.append(np.arange(len(finest)))
        codes = parent.reindex(pd.MultiIndex.from_arrays([[level] * len(codes), codes])).to_numpy()
    ones = np.ones(len(finest) * len(chain))
    where = np.concatenate(rows), np.concatenate(columns)
    return finest, sparse.csr_array((ones, where), shape=(len(units), len(finest)))


@dataclass
class Attack:
    """What is shown, and what is hidden, of counts of `n_unknown` cells: gathered by `tell`, bounded by `breaches`."""

    n_unknown: int
    equations: list[sparse.csr_array] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)
    targets: list[sparse.csr_array] = field(default_factory=list)
    small: list[np.ndarray] = field(default_factory=list)

    def tell(self, sums: sparse.csr_array, counts: np.ndarray, hidden: np.ndarray) -> None:
        """Rows of `sums` (m, n_unknown) make up the cells `counts` (m,), of which the `hidden` are not shown."""
        rows = sparse.csr_array(sums)
        self.equations.append(rows[~hidden])
        self.values.append(counts[~hidden])
        few = hidden & (counts > 0) & (counts < MIN_COUNT)
        self.targets.append(rows[few])
        self.small.append(counts[few])

    def breaches(self, most: int | None = None, seed: int = 0) -> list[tuple[float, float, float]]:
        """(count, least, most) of the hidden small cells that are known better than "from 1 to 4"; of `most` drawn."""
        equations, values = sparse.vstack(self.equations).tocsr(), np.concatenate(self.values)
        targets, counts = sparse.vstack(self.targets).tocsr(), np.concatenate(self.small)
        # What a shown 0 sums up is 0, and what no equation holds can be anything.
        zero = np.asarray((values == 0) @ equations).ravel() > 0
        held = np.asarray(abs(equations).sum(axis=0)).ravel() > 0
        keep = ~zero & held
        equations, values = equations[values > 0][:, keep], values[values > 0]
        chosen = np.arange(len(counts))
        if most is not None and len(chosen) > most:
            chosen = np.random.default_rng(seed).choice(chosen, most, replace=False)
        found = []
        for place in chosen:
            target = targets[[place]].toarray().ravel()
            least, top = 0.0, np.inf
            if not (target[~held & ~zero] > 0).any():
                ends = [linprog(sign * target[keep], A_eq=equations, b_eq=values, method="highs") for sign in (1, -1)]
                assert all(end.status in (0, 3) for end in ends)
                least = ends[0].fun
                top = np.inf if ends[1].status == 3 else -ends[1].fun
            if least > 1 + 1e-6 or top < MIN_COUNT - 1 - 1e-6:
                found.append((float(counts[place]), float(least), float(top)))
        return found
