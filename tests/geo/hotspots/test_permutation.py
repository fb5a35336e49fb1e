"""Oracles: every possible permutation of six points, counted out; a plain permutation per unit."""

import warnings
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from geo.errors import BadQuery
from geo.hotspots import permutation
from geo.hotspots.getis_ord import gi_star
from geo.hotspots.neighbours import distance_band
from geo.hotspots.permutation import count_extremes, permuted_p, two_sided_rank_p

SIX = distance_band(np.array([10.0, 20, 40, 15, 30, 30]), np.array([10.0, 10, 10, 20, 20, 30]), 15.0)
N = 49_999


def shares_by_enumeration(values: np.ndarray, unit: int, neighbours: sparse.csr_array) -> tuple[float, float]:
    """Of all sets of k others, the shares whose sum is at least, and at most, the observed; ties by exact decimals."""
    places = neighbours.indices[neighbours.indptr[unit] : neighbours.indptr[unit + 1]]
    others = np.delete(np.arange(len(values)), unit)
    sums = np.array([round(sum(values[list(chosen)]), 9) for chosen in combinations(others, len(places))])
    observed = round(sum(values[places]), 9)
    return float((sums >= observed).mean()), float((sums <= observed).mean())


@pytest.mark.parametrize("values", [[2, 3, 3.2, 5, 8, 7], [0.1, 0.2, 0.3, 0.1, 0.2, 0.3], [0, 0, 0, 1, 0, 4]])
def test_six_points_as_all_their_permutations_have_it(values):
    """0.1 + 0.2 and 0.3 are a tie, though their floats differ. Within four standard errors."""
    values = np.array(values, dtype=float)
    degree = np.diff(SIX.indptr)
    n_ge, n_le = count_extremes(values, np.arange(6), degree, SIX @ values, n_permutations=N, seed=5)
    for unit in range(6):
        for found, share in zip((n_ge[unit], n_le[unit]), shares_by_enumeration(values, unit, SIX), strict=True):
            assert abs(found / N - share) <= 4 * np.sqrt(share * (1 - share) / N)


def test_a_hundred_units_as_permuted_one_by_one():
    rng = np.random.default_rng(2)
    x, y, values = rng.uniform(0, 1, 100), rng.uniform(0, 1, 100), rng.lognormal(0, 1, 100)
    near = distance_band(x, y, 0.15)
    degree = np.diff(near.indptr)
    n_ge, _ = count_extremes(values, np.arange(100), degree, near @ values, n_permutations=N, seed=8)
    for unit in np.flatnonzero(degree)[:30]:
        others, k = np.delete(values, unit), degree[unit]
        drawn = rng.permuted(np.tile(others, (4000, 1)), axis=1)[:, :k].sum(axis=1)
        share = (drawn >= (near @ values)[unit]).mean()
        assert abs(n_ge[unit] / N - share) <= 4.5 * np.sqrt(0.25 / 4000) * 2 * np.sqrt(max(share * (1 - share), 1e-3))


def test_every_set_of_others_is_drawn_equally_often():
    """Powers of two tell the sets apart: of unit 0's 10 pairs of others, chi-square of how often each came."""
    pool = 2.0 ** np.arange(6)
    pairs = sorted(sum(pool[list(chosen)]) for chosen in combinations(range(1, 6), 2))
    at_most = []
    for observed in pairs:
        _, n_le = count_extremes(pool, np.array([0]), np.array([2]), np.array([observed]), n_permutations=N, seed=3)
        at_most.append(int(n_le[0]))
    came = np.diff([0, *at_most])
    assert came.sum() == N
    assert stats.chisquare(came).pvalue > 1e-4


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=3, max_size=9), st.integers(0, 2**31), st.integers(1, 300))
def test_both_sides_count_ties_and_sum_to_no_less_than_all(values, seed, n):
    pool = np.array(values, dtype=float)
    degree = np.arange(len(pool)) % len(pool)
    observed = pool[::-1].copy()
    n_ge, n_le = count_extremes(pool, np.arange(len(pool)), degree, observed, n_permutations=n, seed=seed)
    can = (degree > 0) & (degree < len(pool) - 1)
    assert (n_ge[can] + n_le[can] >= n).all()
    assert (np.minimum(n_ge, n_le)[can] >= 0).all()
    assert (np.maximum(n_ge, n_le)[can] <= n).all()
    assert (n_ge[~can] == -1).all()
    assert (n_le[~can] == -1).all()


def test_the_blocks_it_works_in_change_nothing(monkeypatch):
    rng = np.random.default_rng(4)
    values = rng.normal(size=60)
    near = distance_band(rng.uniform(0, 1, 60), rng.uniform(0, 1, 60), 0.2)
    whole = permuted_p(values, near, n_permutations=500, seed=1)
    monkeypatch.setattr(permutation, "_MAX_DRAWS", 100)
    by_chunks = permuted_p(values, near, n_permutations=500, seed=1)
    monkeypatch.setattr(permutation, "_MAX_SUMS", 1000)
    by_degrees = permuted_p(values, near, n_permutations=500, seed=1)
    assert np.isfinite(whole).any()
    assert whole.tolist() == pytest.approx(by_chunks.tolist(), nan_ok=True)
    assert np.nanmax(np.abs(whole - by_degrees)) < 0.2  # fewer places are drawn at once, so others come
    assert (np.isfinite(whole) == np.isfinite(by_degrees)).all()


def test_shifted_values_keep_their_ties():
    """Ties at a large offset, where floats of sums are off by their rounding."""
    values = np.array([0.1, 0.2, 0.3, 0.4, 0.1, 0.2, 0.3]) + 1e6
    ring = distance_band(np.arange(7.0), np.zeros(7), 1.0)
    plain = permuted_p(np.array([1.0, 2, 3, 4, 1, 2, 3]), ring, n_permutations=999)
    assert permuted_p(values, ring, n_permutations=999) == pytest.approx(plain)


def test_where_nothing_can_change_places_there_is_no_p():
    star = distance_band(np.array([0.0, 1, 2, 50]), np.zeros(4), 1.0)
    p = permuted_p(np.array([1.0, 5, 2, 3]), star, n_permutations=99)
    assert np.isfinite(p).tolist() == [True, True, True, False]  # the fourth is an island
    full = sparse.csr_array(np.ones((3, 3)) - np.eye(3))
    assert np.isnan(permuted_p(np.array([1.0, 2, 3]), full, n_permutations=99)).all()
    assert np.isnan(permuted_p(np.array([1.0]), sparse.csr_array((1, 1)), n_permutations=99)).all()
    assert len(permuted_p(np.empty(0), sparse.csr_array((0, 0)), n_permutations=99)) == 0


def test_values_that_are_missing_are_refused():
    with pytest.raises(BadQuery, match="not finite"):
        permuted_p(np.array([1.0, np.nan, 2, 3, 4, 5]), SIX)
    with pytest.raises(BadQuery, match="1 or more"):
        permuted_p(np.arange(6.0), SIX, n_permutations=0)


def test_two_sided_p_by_hand():
    n_ge, n_le = np.array([0, 999, 10, 600, -1]), np.array([999, 4, 989, 500, -1])
    wanted = [2 / 1000, 10 / 1000, 22 / 1000, 1.0, np.nan]
    assert two_sided_rank_p(n_ge, n_le, 999) == pytest.approx(wanted, nan_ok=True)


def test_plain_python_draws_what_the_compiled_kernel_draws(monkeypatch):
    rng = np.random.default_rng(9)
    values = rng.integers(0, 9, 40) / 7
    near = distance_band(rng.uniform(0, 1, 40), rng.uniform(0, 1, 40), 0.25)
    found = permuted_p(values, near, n_permutations=150, seed=6)
    monkeypatch.setattr(permutation, "_draw", getattr(permutation._draw, "py_func", permutation._draw))
    assert permuted_p(values, near, n_permutations=150, seed=6) == pytest.approx(found, nan_ok=True)


def alike(n: int) -> tuple[sparse.csr_array, np.ndarray]:
    """Points with at least one neighbour, and skewed values that are alike among neighbours."""
    rng = np.random.default_rng(14)
    near = distance_band(rng.uniform(0, 1, n), rng.uniform(0, 1, n), 0.12)
    near = near[np.diff(near.indptr) > 0][:, np.diff(near.indptr) > 0]
    return near, near @ rng.normal(size=near.shape[0]) + rng.lognormal(size=near.shape[0])


def of_esda(near: sparse.csr_array) -> tuple[Any, Any]:
    """esda, and the weights as it wants them."""
    esda = pytest.importorskip("esda", reason="esda is not installed")
    weights = pytest.importorskip("libpysal.weights", reason="libpysal is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that hang together with no other
        return esda, weights.W.from_sparse(near)


def test_gi_star_is_that_of_esda():
    near, values = alike(200)
    esda, weights = of_esda(near)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = esda.G_Local(values, weights, transform="B", star=True, permutations=0)
    assert gi_star(values, near) == pytest.approx(peer.Zs)


@pytest.mark.slow  # esda compiles for some 10 s
def test_p_values_are_those_of_esda():
    """esda gives the rarer side's share, from 9,999 permutations: half of ours, within five standard errors of both.

    benchmarks/hotspots.py compares those of its G_Local, too.
    """
    near, values = alike(200)
    esda, weights = of_esda(near)
    ours = permuted_p(values, near, n_permutations=9_999, seed=1) / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its next release, whose p-values are two-sided
        peer = esda.Moran_Local(values, weights, permutations=9_999, n_jobs=1, seed=3)
    share = np.minimum(ours, 0.5)
    apart = np.abs(np.minimum(peer.p_sim, 0.5) - share) / (np.sqrt(2 * share * (1 - share) / 9_999) + 1e-4)
    assert apart.max() < 5
