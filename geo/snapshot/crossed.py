"""What a linear programme still finds out about hidden counts of groups, and what is hidden so that it finds nothing.

The rules of `hiding` look at one sum at a time. Where units, groups and parts of counts cross, all sums together may
tell more. Whoever knows them all asks in which worlds, of counts that are 0 or more, everything that is told is the
same: a hidden small count is safe where in one of them it is `min_count - 1` or more, and in one it is 1 or less.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import LinearConstraint, milp

from geo.snapshot.hiding import is_small

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SAME = 1e-6


@dataclass(frozen=True)
class Crossed:
    """Counts of n units by g groups, split into k parts, and which sums are told of them.

    `counts` float64 (n, g, k): the first part, the first two, ..., all k. `hidden` (n, g, k), those not told: with a
    count those before it. `sums` (s, g): 1 where the group is in the sum; `sums_hidden` (n, s, k). `parents` int64
    (n,): the row of the unit above, of which all children are given, -1 where there is none.
    """

    counts: Floats
    hidden: Bools
    sums: Floats
    sums_hidden: Bools
    parents: Ints

    def hide(self, min_count: int) -> Bools:
        """Cells to hide, (n, g, k): `hidden`, and beside what is known too well others, until nothing is.

        >>> counts = np.array([[3.0, 9], [8, 9], [9, 2], [20, 20]])[:, :, None]  # three units and the one above
        >>> hidden = np.array([[1, 1], [1, 1], [0, 0], [0, 0]], dtype=bool)[:, :, None]
        >>> told = Crossed(counts, hidden, np.ones((1, 2)), np.zeros((4, 1, 1), bool), np.array([3, 3, 3, -1]))
        >>> told.hide(5)[:, :, 0].tolist()  # the 2 is told
        [[True, True], [True, True], [True, True], [False, False]]
        """
        hidden = self.hidden.copy()
        while True:
            known = self._find_known(hidden, min_count)
            if not known.any():
                return hidden
            before = int(hidden.sum())
            for row, column in np.argwhere(known.any(axis=2)).tolist():
                # A whole that is told stays so: its parts are hidden.
                is_few = bool(hidden[row, column, -1] & is_small(self.counts[row, column, -1], min_count))
                self._hide_beside(hidden, row, column, hidden.shape[2] if is_few else max(hidden.shape[2] - 1, 1))
            if int(hidden.sum()) == before:
                return np.ones_like(hidden)

    def _find_known(self, hidden: Bools, min_count: int) -> Bools:
        """Small counts and small parts of them that are known better than "from 1 to min_count - 1", (n, g, k)."""
        equations, values = self._equations(hidden)
        n, g, k = self.counts.shape
        upto = sparse.kron(sparse.eye_array(n * g), np.tril(np.ones((k, k))), format="csr")
        parts = np.diff(self.counts, axis=2, prepend=0.0)
        few = [np.flatnonzero(is_small(parts, min_count)), np.flatnonzero(hidden & is_small(self.counts, min_count))]
        targets = sparse.vstack([sparse.eye_array(n * g * k, format="csr")[few[0]], upto[few[1]]]).tocsr()
        left = [_beyond(targets, equations, values, sign, limit) for sign, limit in ((1, min_count - 1), (-1, 1))]
        found = np.zeros(n * g * k, dtype=bool)
        found[np.concatenate(few)[np.union1d(*left)]] = True
        return found.reshape(n, g, k)

    def _equations(self, hidden: Bools) -> tuple[sparse.csr_array, Floats]:
        """What is told of the parts x (n * g * k,): `equations @ x = values`."""
        n, g, k = self.counts.shape
        upto = np.tril(np.ones((k, k)))
        cells = sparse.kron(sparse.eye_array(n * g), upto, format="csr")[np.flatnonzero(~hidden)]
        sums = sparse.kron(sparse.eye_array(n), sparse.kron(self.sums, upto), format="csr")
        of_sums = np.einsum("sg,ngk->nsk", self.sums, self.counts)[~self.sums_hidden]
        child = np.flatnonzero(self.parents >= 0)
        above = self.parents[child]
        tree = sparse.csr_array((np.ones(len(child)), (above, child)), shape=(n, n))
        has_children = np.flatnonzero(np.diff(tree.indptr))
        families = sparse.kron((tree - sparse.eye_array(n)).tocsr()[has_children], sparse.eye_array(g * k))
        told_sums = sums[np.flatnonzero(~self.sums_hidden)]
        equations = sparse.csr_array(sparse.vstack([cells, told_sums, families]))
        return equations, np.concatenate([self.counts[~hidden], of_sums, np.zeros(families.shape[0])])

    def _hide_beside(self, hidden: Bools, row: int, column: int, n_ends: int) -> None:
        """Hides the first `n_ends` counts of the unit's own cell, of its next group in each sum and of the next unit of
        its family; where there is none, of the unit above. The next is the smallest that is told, one without cases
        last."""
        counts = self.counts[:, :, -1]
        size = np.where(hidden[:, :, n_ends - 1], np.inf, np.where(counts > 0, counts, counts.max() + 1))
        above = int(self.parents[row])
        family = np.flatnonzero(self.parents == above) if above >= 0 else np.array([row])
        places = [(row, column), (int(family[np.argmin(size[family, column])]), column)]
        for groups in self.sums[self.sums[:, column] > 0]:
            inside = np.flatnonzero(groups)
            places.append((row, int(inside[np.argmin(size[row, inside])])))
        if not np.isfinite([size[place] for place in places]).any() and above >= 0:
            places.append((above, column))
        for place in places:
            hidden[*place, :n_ends] = True


def _beyond(targets: sparse.csr_array, equations: sparse.csr_array, values: Floats, sign: int, limit: int) -> Ints:
    """Places of the `targets` that reach `limit` from below (sign 1) or from above (-1) in none of the worlds tried.

    One programme looks for the world in which they fall short of it by as little as can be in all; those that reach it
    are done with, the others are tried again, until none does.
    """
    left = np.arange(targets.shape[0])
    n = equations.shape[1]
    while len(left):
        short = sparse.hstack([sign * targets[left], sparse.eye_array(len(left))], format="csr")
        same = sparse.hstack([equations, sparse.csr_array((equations.shape[0], len(left)))], format="csr")
        told = LinearConstraint(same, values, values)
        near = LinearConstraint(short, np.full(len(left), float(sign * limit)), np.inf)
        found = milp(np.repeat([0.0, 1.0], [n, len(left)]), constraints=(told, near))
        if not found.success:
            return left
        reached = sign * (targets[left] @ found.x[:n]) >= sign * limit - _SAME
        if not reached.any():
            return left
        left = left[~reached]
    return left
