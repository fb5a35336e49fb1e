"""Gi* on a cube against the whole weight matrix written out; hot and cold bins against brute force."""

import numpy as np
import pytest
from scipy import sparse

from geo.hotspots.emerging.space_time import (
    expected_signs,
    gather_bins,
    largest_passing_p,
    permuted_signs,
    space_time_gi_star,
    standardise_steps,
)
from geo.hotspots.getis_ord import excess, fdr_q
from geo.hotspots.random_worlds import excess_p
from tests.geo.hotspots.cubes import in_a_row


def dense_weights(neighbours: np.ndarray, n_steps: int) -> np.ndarray:
    """(bins, bins) 0/1: bin (t, i) has (s, j) where j is i or its neighbour and s is t or t - 1."""
    n_units = len(neighbours)
    weights = np.zeros((n_steps * n_units,) * 2)
    for t in range(n_steps):
        for i in range(n_units):
            for s in range(n_steps):
                for j in range(n_units):
                    if s in (t - 1, t) and (i == j or neighbours[i, j]):
                        weights[t * n_units + i, s * n_units + j] = 1.0
    return weights


def dense_gi_star(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The formula of DOMAIN 6, bin by bin."""
    n, mean = len(x), x.mean()
    s = np.sqrt((x**2).mean() - mean**2)
    z = []
    for w in weights:
        top = (w * x).sum() - mean * w.sum()
        z.append(top / (s * np.sqrt((n * (w**2).sum() - w.sum() ** 2) / (n - 1))))
    return np.array(z)


def test_z_is_that_of_the_whole_matrix():
    rng = np.random.default_rng(3)
    for n_steps, n_units in ((1, 7), (2, 6), (5, 8)):
        upper = np.triu(rng.random((n_units, n_units)) < 0.35, 1)
        near = (upper | upper.T).astype(float)
        near[0, 1] = near[1, 0] = 1.0
        values = rng.normal(size=(n_steps, n_units))
        bins = gather_bins(values, sparse.csr_array(near))
        wanted = dense_gi_star(values.ravel(), dense_weights(near, n_steps)).reshape(values.shape)
        z = space_time_gi_star(bins)
        assert z[:, bins.tested] == pytest.approx(wanted[:, bins.tested], rel=1e-9)
        assert np.isnan(z[:, ~bins.tested]).all()


def test_two_by_two_by_hand():
    """Values 0 0 / 0 4, both units neighbours: mean 1, S^2 = 3. Step 0: (0 - 2) / (sqrt 3 sqrt((8 - 4) / 3)) = -1;
    step 1 is the whole cube."""
    z = space_time_gi_star(gather_bins(np.array([[0.0, 0], [0, 4]]), in_a_row(2)))
    assert z[0] == pytest.approx([-1.0, -1.0])
    assert np.isnan(z[1]).all()


def test_values_that_do_not_vary_have_no_z():
    assert np.isnan(space_time_gi_star(gather_bins(np.full((3, 4), 2.5), in_a_row(4)))).all()


def test_standardised_steps_have_mean_0_and_spread_1():
    values = np.random.default_rng(4).gamma(1.0, 3.0, (4, 50)) * np.array([[1.0], [2], [9], [0]])
    steps = standardise_steps(values)
    assert steps.mean(axis=1) == pytest.approx(np.zeros(4), abs=1e-12)
    assert steps.std(axis=1) == pytest.approx([1, 1, 1, 0])


def test_bins_found_are_those_of_brute_force():
    """Each bin's own permutations, drawn one by one: the classes are equal where q is not at the limit itself."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(6, 20))
    values[2:5, 4:7] += 3.0
    values[1:4, 12:15] -= 3.0
    bins = gather_bins(values, in_a_row(20))
    z, pool = space_time_gi_star(bins), values.ravel()
    p = np.empty(pool.size)
    for place in range(pool.size):
        others, k = np.delete(pool, place), int(bins.sizes.ravel()[place]) - 1
        draws = others[rng.random((4_000, len(others))).argpartition(k, axis=1)[:, :k]].sum(axis=1)
        seen = bins.sums.ravel()[place] - pool[place]
        p[place] = min(1.0, 2 * (1 + min((draws >= seen - 1e-9).sum(), (draws <= seen + 1e-9).sum())) / 4_001)
    q = fdr_q(p)
    clear = (q < 0.035) | (q > 0.07)
    wanted = np.where(q <= 0.05, np.sign(z.ravel()), 0)
    assert min((wanted > 0).sum(), (wanted < 0).sum()) >= 3
    signs = permuted_signs(bins, z, n_permutations=99_999, seed=1)
    assert signs.ravel()[clear].tolist() == wanted[clear].tolist()


def test_bins_found_are_those_of_a_map_whose_neighbours_are_the_cubes():
    """`excess_p` on the whole weight matrix, bins for units: one expectation for all steps, and one for each."""
    rng = np.random.default_rng(9)
    exposure = rng.lognormal(0, 1.2, 60)
    per_step = rng.uniform(150, 700, (6, 1))
    counts = rng.poisson(per_step * exposure / exposure.sum()).astype(float)
    counts[3:, 20:24] = np.round(counts[3:, 20:24] * 2.5 + 4)
    counts[:3, 40:44] = 0
    near = in_a_row(60)
    others = dense_weights(near.toarray(), 6) - np.eye(360)
    for totals in (counts.sum(axis=1, keepdims=True).mean(keepdims=True), counts.sum(axis=1, keepdims=True)):
        expected = totals * exposure / exposure.sum()
        values = excess(counts, expected)
        bins = gather_bins(values, near)
        signs = expected_signs(bins, expected, space_time_gi_star(bins))
        whole = np.broadcast_to(expected, counts.shape).ravel()
        z, p = excess_p(values.ravel(), whole, sparse.csr_array(others))
        agrees = np.sign(z) == np.sign(space_time_gi_star(bins).ravel())
        wanted = np.where((fdr_q(p) <= 0.05) & agrees, np.sign(z), 0)
        assert signs.ravel().tolist() == wanted.tolist()
        assert min((wanted > 0).sum(), (wanted < 0).sum()) >= 1


def test_a_bin_that_is_high_among_low_neighbours_is_neither():
    """Its own value gives it z > 0, but its neighbours are as low as can be: not a hot spot."""
    values = np.random.default_rng(6).normal(size=(1, 400))
    values[0, 199:202] = -6.0, 30.0, -6.0
    bins = gather_bins(values, in_a_row(400))
    z = space_time_gi_star(bins)
    assert z[0, 200] > 3
    assert permuted_signs(bins, z, n_permutations=9_999, seed=1)[0, 200] == 0


def test_the_seed_decides_and_only_the_seed():
    bins = gather_bins(np.random.default_rng(7).normal(size=(12, 60)), in_a_row(60))
    z = space_time_gi_star(bins)
    first, again = (permuted_signs(bins, z, n_permutations=999, seed=3) for _ in range(2))
    assert first.tolist() == again.tolist()


def test_largest_passing_p_is_benjamini_hochbergs():
    rng = np.random.default_rng(8)
    for _ in range(200):
        p = np.round(rng.random(rng.integers(1, 40)) ** 3, 3)
        p[rng.random(len(p)) < 0.1] = np.nan
        limit = largest_passing_p(p, 0.05)
        assert (p <= limit).tolist() == (fdr_q(p) <= 0.05).tolist()
    assert largest_passing_p(np.array([]), 0.05) == -1.0
