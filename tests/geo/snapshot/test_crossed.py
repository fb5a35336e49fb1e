"""Crossed counts against the attack: whatever is hidden to begin with, in the end nothing is known too well."""

import numpy as np
import pytest
from scipy import sparse

from geo.snapshot.crossed import Crossed
from geo.snapshot.hiding import hide_in_tree, parents_of
from tests.geo.snapshot.attack import HOME, MIN_COUNT, Attack, tree_of


def world(seed: int, n_parts: int) -> tuple[Crossed, sparse.csr_array]:
    """Up to 6 grids in towns, some busy and some quiet, over 3 or 4 groups; hidden is what is small, and no more. The
    units' own counts are told as they are protected without groups, of several parts none."""
    rng = np.random.default_rng(seed)
    units, below = tree_of(rng.integers(1, 4, 2).tolist())
    n_groups = int(rng.integers(3, 5))
    mean = rng.gamma(1, rng.choice([6, 20]), (below.shape[1], n_groups, n_parts))
    counts = np.einsum("ug,gjk->ujk", below, rng.poisson(mean)).cumsum(axis=2).astype(float)
    hidden = (counts > 0) & (counts < MIN_COUNT)
    hidden |= np.flip(np.logical_or.accumulate(np.flip(hidden, 2), 2), 2)
    untold = np.ones((len(units), 1, n_parts), dtype=bool)
    if n_parts == 1:
        untold[:, :, 0] = hide_in_tree(counts.sum(axis=1), units, HOME, MIN_COUNT)
    return Crossed(counts, hidden, np.ones((1, n_groups)), untold, parents_of(units, HOME)), sparse.csr_array(below)


def attack_on(told: Crossed, hidden: np.ndarray, below: sparse.csr_array) -> Attack:
    """Unknown are the parts of the grids' counts by group; small parts are hidden counts, too."""
    n, g, k = told.counts.shape
    attack = Attack(below.shape[1] * g * k)
    upto = sparse.csr_array(np.tril(np.ones((k, k))))
    groups = sparse.eye_array(g)
    attack.tell(sparse.kron(below, sparse.kron(groups, upto)).tocsr(), told.counts.ravel(), hidden.ravel())
    of_sums = np.einsum("sg,ngk->nsk", told.sums, told.counts).ravel()
    sums = sparse.kron(below, sparse.kron(sparse.csr_array(told.sums), upto)).tocsr()
    shown = np.flatnonzero(~told.sums_hidden.ravel())
    attack.tell(sums[shown], of_sums[shown], np.zeros(len(shown), dtype=bool))
    parts = np.diff(told.counts, axis=2, prepend=0).ravel()
    attack.tell(sparse.kron(below, sparse.eye_array(g * k)).tocsr(), parts, np.ones(n * g * k, dtype=bool))
    return attack


@pytest.mark.parametrize("n_parts", [1, 2, 3])
def test_nothing_of_random_worlds_is_known_better_than_one_to_four(n_parts):
    n_before = n_shown = 0
    for seed in range(4):
        told, below = world(seed, n_parts)
        n_before += len(attack_on(told, told.hidden, below).breaches())
        hidden = told.hide(MIN_COUNT)
        assert hidden[told.hidden].all()
        assert not attack_on(told, hidden, below).breaches()
        n_shown += int((~hidden).sum())
    assert n_before > 0
    assert n_shown > 0


def test_where_nothing_is_small_nothing_more_is_hidden():
    """Two units of 9 and 8, 7 and 6 cases by group, and the unit above."""
    counts = np.array([[9.0, 8], [7, 6], [16, 14]])[:, :, None]
    none = np.zeros((3, 2, 1), dtype=bool)
    told = Crossed(counts, none, np.ones((1, 2)), none[:, :1], np.array([2, 2, -1]))
    assert not told.hide(MIN_COUNT).any()
