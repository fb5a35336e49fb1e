"""Oracles: I by its formula unit by unit; esda where it is installed."""

import numpy as np
import pytest
from scipy import sparse

from geo.hotspots.moran import classify_moran, local_moran
from geo.hotspots.neighbours import distance_band, nearest


def test_local_moran_is_its_formula():
    rng = np.random.default_rng(6)
    x, y, values = rng.uniform(0, 1, 40), rng.uniform(0, 1, 40), rng.lognormal(0, 1, 40)
    for near in (distance_band(x, y, 0.2), nearest(x, y, 4)):
        moran, lag = local_moran(values, near)
        z = values - values.mean()
        for unit in range(40):
            others = near.indices[near.indptr[unit] : near.indptr[unit + 1]]
            if not len(others):
                assert np.isnan(moran[unit])
                continue
            assert lag[unit] == pytest.approx(np.mean([z[j] for j in others]))
            assert moran[unit] == pytest.approx(z[unit] * lag[unit] / (sum(z**2) / 40))
    many, _ = local_moran(np.column_stack([values, values[::-1]]), near)
    assert many[:, 0] == pytest.approx(moran)


def test_local_moran_is_that_of_esda():
    """esda divides by n - 1 what Anselin's m2 divides by n."""
    esda = pytest.importorskip("esda", reason="esda is not installed")
    libpysal = pytest.importorskip("libpysal", reason="libpysal is not installed")
    rng = np.random.default_rng(7)
    near = nearest(rng.uniform(0, 1, 50), rng.uniform(0, 1, 50), 5)
    values = rng.normal(size=50)
    weights = libpysal.weights.W.from_sparse(near)
    peer = esda.Moran_Local(values, weights, transformation="r", permutations=0)
    assert local_moran(values, near)[0] == pytest.approx(peer.Is * 50 / 49)


def test_classes_by_hand():
    values = np.array([5.0, 5, -5, -5, 0, 5])  # mean 0.83: a value of 0 is low
    lag = np.array([1.0, -1, -1, 1, 1, 0])
    found = classify_moran(values, lag, np.full(6, 0.01), np.full(6, 2), 0.05)
    assert found.tolist() == ["HH", "HL", "LL", "LH", "LH", "none"]
    found = classify_moran(values, lag, np.array([0.06, np.nan, 0.05, 1, 1, 1]), np.array([2, 2, 2, 2, 2, 0]), 0.05)
    assert found.tolist() == ["none", "", "LL", "none", "none", "island"]


def test_values_that_do_not_vary_have_no_moran():
    near = distance_band(np.arange(4.0), np.zeros(4), 1.0)
    assert np.isnan(local_moran(np.ones(4), near)[0]).all()
    assert np.isnan(local_moran(np.array([2.0]), sparse.csr_array((1, 1)))[0]).all()
