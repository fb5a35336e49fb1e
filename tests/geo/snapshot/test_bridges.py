"""Cells that follow from the sums of crossed tables, against linear programmes."""

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.snapshot.bridges import find_bridges


def known_exactly(hidden: np.ndarray, wholes_hidden: np.ndarray, is_told: np.ndarray) -> np.ndarray:
    """Cells of one family (its units down, groups across) that cannot move while the sums told stay as they are."""
    rows, columns = np.nonzero(hidden)
    sums = [rows == row for row in np.flatnonzero(~wholes_hidden)]
    sums += [columns == column for column in np.flatnonzero(is_told)]
    found = np.zeros(hidden.shape, dtype=bool)
    for cell, place in enumerate(zip(rows, columns, strict=True)):
        if not sums:
            continue
        moves = linprog(
            -np.eye(len(rows))[cell], A_eq=np.array(sums, float), b_eq=np.zeros(len(sums)), bounds=[(-1, 1)] * len(rows)
        )
        found[place] = -moves.fun < 1e-6
    return found


@pytest.mark.parametrize("seed", range(12))
def test_bridges_are_the_cells_that_cannot_move(seed):
    rng = np.random.default_rng(seed)
    n, n_groups = (int(size) for size in rng.integers(2, 6, 2))
    hidden = rng.random((n + 1, n_groups)) < 0.45
    hidden[n] = rng.random(n_groups) < 0.3
    wholes_hidden = rng.random((n + 1, 1)) < 0.3
    parents = np.array([n] * n + [-1])
    found = find_bridges(hidden, parents, wholes_hidden, np.zeros(n_groups, dtype=int))
    wanted = known_exactly(hidden[:n], wholes_hidden[:n, 0], ~hidden[n])
    assert found[:n].tolist() == wanted.tolist()


def test_a_unit_of_its_own_is_known_by_its_other_groups():
    one = np.array([[True, False, False], [True, True, False]])
    apart = np.array([-1, -1])
    told = np.zeros((2, 1), dtype=bool)
    assert find_bridges(one, apart, told, np.zeros(3, dtype=int)).tolist() == [[True, False, False], [False] * 3]
    assert not find_bridges(one & False, apart, told, np.zeros(3, dtype=int)).any()


def test_groups_of_different_sums_do_not_cover_each_other():
    hidden, parents = np.array([[True, True, True]]), np.array([-1])
    found = find_bridges(hidden, parents, np.zeros((1, 2), dtype=bool), np.array([0, 0, 1]))
    assert found.tolist() == [[False, False, True]]
