"""Oracles: Marshall's formula worked through unit by unit, and esda where it is installed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.hotspots.empirical_bayes import global_eb, raw_rate, spatial_eb
from geo.hotspots.neighbours import distance_band

units = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 400)), min_size=1, max_size=12)


def by_formula(count: list[float], exposure: list[float]) -> tuple[float, float]:
    """m and A over units with exposure."""
    both = [(c, b) for c, b in zip(count, exposure, strict=True) if b > 0]
    whole = sum(b for _, b in both)
    m = sum(c for c, _ in both) / whole
    return m, max(0.0, sum(b * (c / b - m) ** 2 for c, b in both) / whole - m / (whole / len(both)))


def drawn(rate: float, base: float, m: float, variance: float) -> float:
    w = variance / (variance + m / base) if m > 0 else 0.0
    return w * rate + (1 - w) * m


@given(units)
def test_global_rates_are_marshalls(found):
    count, exposure = (np.array(side, dtype=float) for side in zip(*found, strict=True))
    rates = global_eb(count, exposure)
    assert (np.isnan(rates) == (exposure == 0)).all()
    if not (exposure > 0).any():
        return
    m, variance = by_formula(count, exposure)
    for unit in np.flatnonzero(exposure):
        wanted = drawn(count[unit] / exposure[unit], exposure[unit], m, variance)
        assert rates[unit] == pytest.approx(wanted, rel=1e-9, abs=1e-12)
        assert rates[unit] >= 0


@given(units)
def test_spatial_rates_are_marshalls_over_each_neighbourhood(found):
    count, exposure = (np.array(side, dtype=float) for side in zip(*found, strict=True))
    near = distance_band(np.arange(float(len(found))), np.zeros(len(found)), 1.0)
    rates = spatial_eb(count, exposure, near)
    assert (np.isnan(rates) == (exposure == 0)).all()
    for unit in np.flatnonzero(exposure):
        part = slice(max(0, unit - 1), unit + 2)
        m, variance = by_formula(count[part], exposure[part])
        wanted = drawn(count[unit] / exposure[unit], exposure[unit], m, variance)
        assert rates[unit] == pytest.approx(wanted, rel=1e-6, abs=1e-9)


def test_worlds_side_by_side_are_worlds_one_by_one():
    rng = np.random.default_rng(1)
    exposure = rng.lognormal(3, 1, 30)
    exposure[4] = 0
    counts = rng.poisson(exposure[:, None] * 0.1, (30, 7)).astype(float)
    for one, many in ((raw_rate, raw_rate(counts, exposure)), (global_eb, global_eb(counts, exposure))):
        for world in range(7):
            assert one(counts[:, world], exposure) == pytest.approx(many[:, world], nan_ok=True)


def test_no_exposure_is_no_rate_and_no_variation_is_the_mean():
    assert np.isnan(global_eb(np.array([1.0, 2]), np.zeros(2))).all()
    assert np.isnan(spatial_eb(np.array([1.0, 2]), np.zeros(2), sparse.csr_array((2, 2)))).all()
    assert global_eb(np.array([5.0, 5, 6]), np.full(3, 50.0)).tolist() == pytest.approx([16 / 150] * 3)
    assert global_eb(np.zeros(3), np.full(3, 50.0)).tolist() == [0, 0, 0]
    assert spatial_eb(np.array([4.0]), np.array([8.0]), sparse.csr_array((1, 1))).tolist() == [0.5]


def test_global_rates_are_those_of_esda_where_it_does_not_go_below_zero():
    smoothing = pytest.importorskip("esda.smoothing", reason="esda is not installed")
    rng = np.random.default_rng(5)
    exposure = rng.lognormal(6, 1, 60).round() + 50
    count = rng.poisson(exposure * rng.gamma(4, 0.02, 60)).astype(float)
    assert by_formula(count, exposure)[1] > 0
    peer = np.ravel(smoothing.Empirical_Bayes(count, exposure).r)
    assert global_eb(count, exposure) == pytest.approx(peer, rel=1e-6)
