"""Empirical Bayes intervals, places and groups, and the funnel: by hand, by scipy's distributions, by brute force."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.hotspots.empirical_bayes import global_eb, spatial_eb
from geo.hotspots.league import compare_units, dispersion, funnel_limits
from geo.hotspots.neighbours import distance_band

units = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 500)), min_size=1, max_size=12)


def columns(found: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Counts and exposures; a unit without exposure has no cases."""
    count, exposure = (np.array(column, dtype=float) for column in zip(*found, strict=True))
    return np.where(exposure > 0, count, 0.0), exposure


def intervals(count: np.ndarray, exposure: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Posterior intervals by scipy's gamma distribution, of units that are exposed; m and A as DOMAIN 6 has them."""
    rate, mean = count / exposure, count.sum() / exposure.sum()
    variance = (exposure * (rate - mean) ** 2).sum() / exposure.sum() - mean / exposure.mean()
    if variance <= 0:
        return np.full(len(count), mean), np.full(len(count), mean)
    posterior = stats.gamma(mean**2 / variance + count, scale=1 / (mean / variance + exposure))
    low, high = posterior.interval(level)
    return low, high


@settings(deadline=None)
@given(units)
def test_rates_are_those_of_empirical_bayes_with_their_posterior_interval(found):
    count, exposure = columns(found)
    league = compare_units(count, exposure)
    np.testing.assert_allclose(league.rate, global_eb(count, exposure), rtol=1e-9)
    known = exposure > 0
    assert (np.isnan(league.low) == ~known).all()
    if known.any():
        low, high = intervals(count[known], exposure[known], 0.95)
        np.testing.assert_allclose(league.low[known], low, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(league.high[known], high, rtol=1e-6)


@settings(deadline=None)
@given(units)
def test_rates_drawn_to_the_neighbours_are_those_of_spatial_empirical_bayes(found):
    count, exposure = columns(found)
    line = distance_band(np.arange(float(len(count))), np.zeros(len(count)), 1.0)
    league = compare_units(count, exposure, line)
    np.testing.assert_allclose(league.rate, spatial_eb(count, exposure, line), rtol=1e-6, atol=1e-12)
    known = exposure > 0
    assert (league.low[known] <= league.rate[known] * (1 + 1e-9)).all()
    assert (league.high[known] >= league.rate[known] * (1 - 1e-9)).all()


@settings(deadline=None)
@given(units)
def test_places_and_groups_by_brute_force(found):
    """Groups: of all sets of units whose intervals overlap pairwise, those that are part of no other."""
    count, exposure = columns(found)
    league = compare_units(count, exposure)
    known = np.flatnonzero(exposure > 0)
    assert (league.place[exposure == 0] == 0).all()
    assert (league.first[exposure == 0] == -1).all()
    if not len(known):
        return
    # 1.96 / sqrt(2) standard errors to either side.
    low, high = intervals(count[known], exposure[known], 2 * stats.norm.cdf(1.959964 / 2**0.5) - 1)
    if (np.abs(np.subtract.outer(low, high)) < 1e-4 * high.max()).any() and low.min() != high.max():
        return  # ends so near to each other that the level's fourth digit decides
    apart = (low[:, None] > high[None, :]) | (high[:, None] < low[None, :])
    assert sorted(league.place[known]) == list(range(1, len(known) + 1))
    assert (np.diff(league.rate[known][np.argsort(league.place[known])]) <= 1e-12).all()
    for i, unit in enumerate(known):
        assert league.best[unit] == 1 + (low > high[i]).sum()
        assert league.worst[unit] == len(known) - (high < low[i]).sum()
    sets = [set(some) for size in range(1, len(known) + 1) for some in combinations(range(len(known)), size)]
    cliques = [some for some in sets if not any(apart[i, j] for i, j in combinations(some, 2))]
    largest = [some for some in cliques if not any(some < other for other in cliques)]
    for i, j in combinations(range(len(known)), 2):
        one, other = known[i], known[j]
        shared = not (league.first[one] > league.last[other] or league.first[other] > league.last[one])
        assert shared == (not apart[i, j])
    assert league.last[known].max() + 1 == len(largest)
    for i, unit in enumerate(known):
        assert league.last[unit] - league.first[unit] + 1 == sum(i in some for some in largest)


def test_no_variation_beyond_chance_is_one_group():
    league = compare_units(np.array([10.0, 11, 9]), np.array([100.0, 100, 100]))
    assert league.rate.tolist() == league.low.tolist() == league.high.tolist() == [0.1] * 3
    assert (league.first.tolist(), league.last.tolist()) == ([0] * 3, [0] * 3)
    assert league.worst.tolist() == [3] * 3


def test_intervals_of_equals_lie_apart_in_5_percent_of_pairs():
    """Two normal means with like errors and intervals of 83.4 % (Goldstein and Healy 1995)."""
    half = stats.norm.ppf(0.5 + 0.8342 / 2)
    assert 2 * (1 - stats.norm.cdf(2 * half / 2**0.5)) == pytest.approx(0.05, abs=2e-4)


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_the_funnel_lies_about_the_rate_and_between_whole_counts(level):
    """The limits lie less than one case below the exact quantiles of the count, and close in on the rate."""
    exposure = np.geomspace(10, 1e6, 200)
    low, high = funnel_limits(exposure, 0.01, level)
    tail = (1 - level) / 2
    for limit, p in ((low, tail), (high, 1 - tail)):
        whole = stats.poisson.ppf(p, exposure * 0.01)
        assert ((whole - limit * exposure >= -1e-9) & (whole - limit * exposure <= 1 + 1e-9)).all()
        assert (np.diff(limit * exposure) >= -1e-9).all()
    assert (low <= 0.01).all()
    assert (high >= 0.01).all()
    sd = np.sqrt(0.01 / exposure[-1])
    assert high[-1] == pytest.approx(0.01 + stats.norm.ppf(1 - tail) * sd, rel=1e-3)


def test_nothing_to_compare():
    league = compare_units(np.zeros(2), np.zeros(2))
    assert np.isnan(league.rate).all()
    assert league.place.tolist() == [0, 0]
    assert np.isnan(dispersion(np.zeros(2), np.zeros(2)))
    assert np.isnan(dispersion(np.zeros(2), np.ones(2)))
    assert np.isnan(funnel_limits(np.zeros(1), 0.1, 0.95)[0]).all()
