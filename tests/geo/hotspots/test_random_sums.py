"""p of random sums against what can be counted: hypergeometric and normal sums, and drawn ones."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from geo.hotspots.permutation import count_extremes, two_sided_rank_p
from geo.hotspots.random_sums import find_cell, p_of_random_sums


def on_lattice(values: np.ndarray) -> tuple[np.ndarray, float]:
    cell = find_cell(values)
    return np.rint(values / cell) * cell, cell


def test_sums_of_noughts_and_ones_are_hypergeometric():
    """Of 20,000 values 2,000 are 1. Row r keeps a 0 and draws 9 of the others; its tails are known, atoms and all."""
    pool = np.repeat([0.0, 1.0], [18_000, 2_000])
    seen = np.arange(6.0)
    p, is_high = p_of_random_sums(pool, np.arange(6), np.full(6, 9), seen, find_cell(pool))
    law = hypergeom(19_999, 2_000, 9)
    wanted = np.minimum(1, 2 * np.minimum(law.sf(seen - 1), law.cdf(seen)))
    assert p == pytest.approx(wanted, rel=0.01)
    assert is_high.tolist() == [False, True, True, True, True, True]


def test_a_small_pool_has_the_mean_and_spread_of_draws_without_replacement():
    """216 bins, 13 of which make the sum: drawn with replacement p would be off by a fifth."""
    rng = np.random.default_rng(1)
    pool, cell = on_lattice(rng.normal(size=216))
    own, seen = np.arange(40), np.rint(np.linspace(-9, 9, 40) / cell) * cell
    p, _ = p_of_random_sums(pool, own, np.full(40, 13), seen, cell)
    n_ge, n_le = count_extremes(pool, own, np.full(40, 13), seen, n_permutations=400_000, seed=2)
    known = two_sided_rank_p(n_ge, n_le, 400_000)
    assert p[known > 0.002] == pytest.approx(known[known > 0.002], rel=0.12)


def test_skewed_sums_agree_with_drawn_ones_in_both_tails():
    pool, cell = on_lattice(np.random.default_rng(3).gamma(0.5, 2.0, 30_000))
    own = np.arange(60)
    degree = np.repeat([3, 11, 25], 20)
    seen = degree * pool.mean() + np.tile(np.linspace(-2.2, 4.5, 20), 3) * np.sqrt(degree) * pool.std()
    seen = np.rint(seen / cell) * cell
    p, is_high = p_of_random_sums(pool, own, degree, seen, cell)
    n_ge, n_le = count_extremes(pool, own, degree, seen, n_permutations=400_000, seed=4)
    known = two_sided_rank_p(n_ge, n_le, 400_000)
    assert p[known > 0.001] == pytest.approx(known[known > 0.001], rel=0.12)
    assert is_high[known < 0.5].tolist() == (n_ge < n_le)[known < 0.5].tolist()


def test_what_cannot_be_drawn_has_no_p():
    p, _ = p_of_random_sums(np.array([0.0, 1, 2, 3]), np.arange(4), np.array([0, 1, 2, 3]), np.zeros(4), 1.0)
    assert np.isnan(p).tolist() == [True, False, False, True]
    assert np.isnan(p_of_random_sums(np.ones(9), np.array([0]), np.array([2]), np.array([2.0]), 1.0)[0]).all()
    assert not len(p_of_random_sums(np.array([]), *np.zeros((2, 0), dtype=int), np.array([]), 1.0)[0])


def test_a_single_enormous_value_does_not_wrap_round():
    """1 of 100,000 values is 1, the others 0: a sum of 1 over 5 has p = 2 (5 / 99,999)."""
    pool = np.zeros(100_000)
    pool[0] = 1.0
    p, is_high = p_of_random_sums(pool, np.array([7, 8]), np.array([5, 5]), np.array([1.0, 0.0]), find_cell(pool))
    assert p == pytest.approx([2 * 5 / 99_999, 1.0], rel=0.01)
    assert is_high.tolist() == [True, False]


def test_atoms_of_a_small_pool_stay_whole():
    """360 values, 36 of them 1: a sum of 0 over 5 others is the likeliest of all, and never rare."""
    pool = np.repeat([0.0, 1.0], [324, 36])
    p, _ = p_of_random_sums(pool, np.array([0, 350]), np.array([5, 5]), np.array([0.0, 0.0]), find_cell(pool))
    assert p.tolist() == [1.0, 1.0]
    rare, _ = p_of_random_sums(pool, np.array([0]), np.array([5]), np.array([4.0]), find_cell(pool))
    assert rare[0] == pytest.approx(2 * hypergeom(359, 36, 5).sf(3), rel=0.25)
