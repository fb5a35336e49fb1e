"""An attack on protected tables: everything that is shown as linear equations, each hidden cell bounded by linprog.

The unknowns are counts of cases of the finest units, by group (month, category) and part (on time, late, open), 0 or
more. Whoever knows all that is shown knows that these sum to it; what linprog then finds as the least and the most of a
hidden cell is all that can be known of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from geo.schema import HomeInfo, Level

MIN_COUNT = 5
_SAME = 1e-6
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
    """What is told, and what is hidden, of counts of `n_unknown` cells: gathered by `tell`, bounded by `breaches`."""

    n_unknown: int
    equations: list[sparse.csr_array] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)
    targets: list[sparse.csr_array] = field(default_factory=list)
    small: list[np.ndarray] = field(default_factory=list)
    n_hidden: int = 0

    def tell(self, sums: sparse.csr_array, counts: np.ndarray, hidden: np.ndarray) -> None:
        """Rows of `sums` (m, n_unknown) make up the cells `counts` (m,), of which the `hidden` are not shown."""
        rows = sparse.csr_array(sums)
        self.equations.append(rows[~hidden])
        self.values.append(counts[~hidden])
        few = hidden & (counts > 0) & (counts < MIN_COUNT)
        self.targets.append(rows[few])
        self.small.append(counts[few])
        self.n_hidden += int(hidden.sum())

    def breaches(self) -> list[tuple[float, float, float]]:
        """(count, least, most) of the hidden small cells that are known better than "from 1 to 4": all are tried.

        One programme tries all those of a part of the table that told cells cut off from the rest: in how many can the
        cell be 4 or more (1 or less)? Those that cannot are tried again without the others, the last ones one by one.
        """
        equations, values = sparse.vstack(self.equations).tocsr(), np.concatenate(self.values).astype(float)
        targets, counts = sparse.vstack(self.targets).tocsr(), np.concatenate(self.small)
        known = _known(equations, values)
        is_open = np.isnan(known)
        values = values - equations @ np.nan_to_num(known)
        shift = targets @ np.nan_to_num(known)
        equations, targets = equations[:, is_open], targets[:, is_open]
        found = []
        for unknowns, rows, cells in _parts(equations, targets):
            programme = _Programme(
                equations[rows][:, unknowns], values[rows], targets[cells][:, unknowns], shift[cells]
            )
            for cell in np.union1d(programme.kept_below(), programme.kept_above()).tolist():
                least, most = programme.ends(cell)
                found.append((float(counts[cells[cell]]), least, most))
        return found


def _known(equations: sparse.csr_array, values: np.ndarray) -> np.ndarray:
    """Unknowns that follow from equations of one unknown, or of none but 0s: float64 (n,), NaN for the others."""
    known = np.full(equations.shape[1], np.nan)
    while True:
        is_open = np.isnan(known)
        left = values - equations @ np.nan_to_num(known)
        rest = sparse.csr_array(equations @ sparse.diags_array(is_open.astype(float)))
        rest.eliminate_zeros()
        n_open, least = np.diff(rest.indptr), rest.min(axis=1).toarray().ravel()
        found = known.copy()
        alone = np.flatnonzero(n_open == 1)
        of = rest.indices[rest.indptr[alone]]
        found[of] = left[alone] / rest.data[rest.indptr[alone]]
        none = rest[(left == 0) & (n_open > 0) & (least >= 0)]
        found[np.unique(none.indices)] = 0.0
        if np.array_equal(found, known, equal_nan=True):
            return known
        known = found


def _parts(
    equations: sparse.csr_array, targets: sparse.csr_array
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Unknowns, equations and targets that hang together, each as places."""
    n_equations, n = equations.shape
    lines = sparse.vstack([equations, targets]).tocsr()
    links = sparse.block_array([[None, lines.T], [lines, None]]).tocsr()
    _, part = connected_components(links, directed=False)
    order = np.argsort(part, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        lines_of = places[places >= n] - n
        cells = lines_of[lines_of >= n_equations] - n_equations
        if len(cells):
            yield places[places < n], lines_of[lines_of < n_equations], cells


@dataclass(frozen=True)
class _Programme:
    """Unknowns x >= 0 with `equations` @ x = `values`; cells are `targets` @ x + `shift`."""

    equations: sparse.csr_array
    values: np.ndarray
    targets: sparse.csr_array
    shift: np.ndarray

    def kept_below(self) -> np.ndarray:
        """Cells that cannot be 4 or more."""
        return self._sieve(1.0, MIN_COUNT - 1.0)

    def kept_above(self) -> np.ndarray:
        """Cells that cannot be 1 or less."""
        return self._sieve(-1.0, 1.0)

    def ends(self, cell: int) -> tuple[float, float]:
        """Least and most of one cell."""
        if not self.equations.shape[1]:
            return float(self.shift[cell]), float(self.shift[cell])
        row = self.targets[[cell]].toarray().ravel()
        ends = [linprog(sign * row, A_eq=self.equations, b_eq=self.values, method="highs") for sign in (1, -1)]
        assert all(end.status in (0, 3) for end in ends)
        least, most = (np.inf if end.status == 3 else end.fun for end in ends)
        return float(least + self.shift[cell]), float(np.inf if most == np.inf else self.shift[cell] - most)

    def _sieve(self, sign: float, limit: float) -> np.ndarray:
        """Cells that cannot reach `limit`, from below (sign 1) or from above (-1)."""
        left = np.arange(len(self.shift))
        together = True
        kept = []
        while len(left):
            tried = left if together else left[:1]
            reached = self._reach(tried, sign, limit)
            if together and not reached.any():
                together = False
            elif together:
                left = left[~reached]
            else:
                kept += tried[~reached].tolist()
                left = left[1:]
        return np.array(kept, dtype=np.int64)

    def _reach(self, cells: np.ndarray, sign: float, limit: float) -> np.ndarray:
        """Which of `cells` are at `limit` or beyond in the world where they come nearest to it, taken together."""
        n, m = self.equations.shape[1], len(cells)
        # How far each lies short of the limit, s >= 0, is to be least in all: sign * cell + s >= sign * limit.
        short = sparse.hstack([-sign * self.targets[cells], -sparse.eye_array(m)])
        above = sign * self.shift[cells] - sign * limit
        same = sparse.hstack([self.equations, sparse.csr_array((self.equations.shape[0], m))])
        cost = np.r_[np.zeros(n), np.ones(m)]
        found = linprog(cost, A_ub=short, b_ub=above, A_eq=same, b_eq=self.values, method="highs")
        assert found.status == 0, found.message
        at = self.targets[cells] @ found.x[:n] + self.shift[cells]
        return np.asarray(sign * at >= sign * limit - _SAME)
