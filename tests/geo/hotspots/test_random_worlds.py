"""Oracles: Poisson sums of scipy, its Pearson III distribution, worlds drawn one by one."""

import numpy as np
import pytest
from scipy import sparse, stats

from geo.errors import BadQuery
from geo.hotspots.getis_ord import excess
from geo.hotspots.neighbours import distance_band
from geo.hotspots.random_worlds import excess_moments, excess_p, pearson_p, sampled_p


@pytest.mark.parametrize("expected", [0.001, 0.3, 2.0, 37.0, 99.9, 100.0, 350.0, 5000.0])
def test_moments_are_those_of_the_poisson_sum(expected):
    count = np.arange(0, int(expected + 40 * np.sqrt(expected) + 60))
    chance = stats.poisson.pmf(count, expected)
    value = excess(count, expected)
    mean = (chance * value).sum()
    wanted = mean, (chance * (value - mean) ** 2).sum(), (chance * (value - mean) ** 3).sum()
    found = [moment[0] for moment in excess_moments(np.array([expected]))]
    assert found == pytest.approx(wanted, abs=3e-4, rel=0)


@pytest.mark.parametrize("skewness", [-1.5, -0.2, -1e-3, 1e-3, 0.4, 3.0])
def test_pearson_tails_are_those_of_scipy(skewness):
    z = np.linspace(-5, 8, 53)
    law = stats.pearson3(skewness)
    wanted = np.minimum(1.0, 2 * np.minimum(law.cdf(z), law.sf(z)))
    assert pearson_p(z, np.full(len(z), skewness)) == pytest.approx(wanted, abs=1e-9, rel=1e-5)


def test_the_sum_has_in_worlds_the_moments_that_are_claimed():
    """10,000 Poisson worlds on 60 units that expect 0.05 to 20 cases; p is not compared where sums of few cases tie."""
    rng = np.random.default_rng(3)
    expected = np.geomspace(0.05, 20, 60)[rng.permutation(60)]
    near = distance_band(rng.uniform(0, 1, 60), rng.uniform(0, 1, 60), 0.2)
    mean, variance, _ = excess_moments(expected)
    worlds = excess(rng.poisson(expected[:, None], (60, 10_000)), expected[:, None])
    whole = (near + sparse.eye_array(60)).toarray()
    away = whole @ worlds - whole.sum(axis=1)[:, None] * worlds.mean(axis=0)
    typical = worlds[:, np.argsort(worlds.var(axis=0))[2000]]  # varies less than expected, so that nothing is widened
    assert typical.var() < variance.mean() + mean.var()
    z, p = excess_p(typical, expected, near)
    place = whole @ typical - whole.sum(axis=1) * typical.mean()
    assert z == pytest.approx((place - away.mean(axis=1)) / away.std(axis=1), abs=0.12)
    rank = 2 * np.minimum((away >= place[:, None] - 1e-9).mean(axis=1), (away <= place[:, None] + 1e-9).mean(axis=1))
    apart = np.abs(p - np.minimum(rank, 1))[whole @ expected > 5]
    assert len(apart) > 40
    assert apart.max() < 0.03


def test_a_map_that_varies_more_is_judged_by_more():
    rng = np.random.default_rng(3)
    near = distance_band(np.arange(300.0), np.zeros(300), 1.0)
    wild = excess(rng.poisson(50 * rng.gamma(4, 0.25, 300)), 50.0)
    z, _ = excess_p(wild, np.full(300, 50.0), near)
    assert wild.var() > 5
    assert 0.8 < z.std() < 1.2


def test_nothing_expected_or_nothing_that_varies_has_no_p():
    near = distance_band(np.arange(5.0), np.zeros(5), 1.0)
    z, p = excess_p(np.array([3.0, 0, 0, 1, 2]), np.array([0, 0, 0, 2.0, 4]), near)
    assert np.isfinite(z[2:]).all()
    for expected in (np.full(5, np.nan), np.zeros(5)):
        assert np.isnan(excess_p(np.arange(5.0), expected, near)[1]).all()
    assert np.isnan(excess_p(np.full(5, 0.0), np.full(5, 2.0), near)[1]).all()
    assert np.isnan(excess_p(np.array([1.0]), np.array([1.0]), sparse.csr_array((1, 1)))[1]).all()
    assert ((p[2:] > 0) & (p[2:] <= 1)).all()


def test_sampled_p_of_counts_is_that_of_the_binomial():
    count, exposure = np.array([12.0, 3, 5, 0]), np.array([4.0, 3, 3, 0])
    p = sampled_p(count, exposure, lambda counts: counts, n_worlds=39_999, seed=2)
    for unit in range(3):
        law = stats.binom(20, exposure[unit] / 10)
        wanted = min(1.0, 2 * min(law.cdf(count[unit]), law.sf(count[unit] - 1)))
        assert p[unit] == pytest.approx(wanted, abs=0.02)
    assert p[3] == 1.0  # no one is exposed, and no world has a case there


def test_sampled_p_is_the_same_for_the_same_seed():
    count, exposure = np.array([12.0, 3, 5, 1]), np.array([4.0, 3, 3, 1])
    found = [sampled_p(count, exposure, lambda counts: counts, n_worlds=199, seed=seed) for seed in (1, 1, 2)]
    assert (found[0] == found[1]).all()
    assert (found[0] != found[2]).any()


def test_a_statistic_that_says_nothing_has_no_p():
    count, exposure = np.array([12.0, 3, 5]), np.array([4.0, 3, 3])
    assert np.isnan(sampled_p(count, exposure, lambda counts: counts * np.nan, n_worlds=9)).all()
    assert np.isnan(sampled_p(count, np.zeros(3), lambda counts: counts, n_worlds=9)).all()
    with pytest.raises(BadQuery, match="1 or more"):
        sampled_p(count, exposure, lambda counts: counts, n_worlds=0)
