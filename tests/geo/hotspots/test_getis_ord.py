"""Numbers: DOMAIN section 6 (matches esda), Benjamini-Hochberg by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.hotspots.getis_ord import classify_hotspots, excess, fdr_q, gi_star, two_sided_p
from geo.hotspots.neighbours import distance_band


def test_gi_star_matches_the_published_example():
    x = np.array([10.0, 20, 40, 15, 30, 30])
    y = np.array([10.0, 10, 10, 20, 20, 30])
    z = gi_star(np.array([2, 3, 3.2, 5, 8, 7]), distance_band(x, y, 15.0))
    wanted = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert z == pytest.approx(wanted, abs=5e-9)


def test_no_variation_and_whole_map_neighbourhoods_have_no_z():
    ring = sparse.csr_array(np.array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    assert np.isnan(gi_star(np.ones(3), ring)).all()
    z = gi_star(np.array([1.0, 2, 3]), ring)
    assert np.isnan(z[1])
    assert np.isfinite(z[[0, 2]]).all()
    assert np.isnan(gi_star(np.array([4.0]), sparse.csr_array((1, 1)))).all()


def test_fdr_by_hand():
    q = fdr_q(np.array([0.01, 0.02, np.nan, 0.03, 0.5]))
    assert q[:2] == pytest.approx([0.04, 0.04])
    assert np.isnan(q[2])
    assert q[3:] == pytest.approx([0.04, 0.5])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_q_is_never_below_p_and_keeps_its_order(values):
    p = np.array(values)
    q = fdr_q(p)
    assert (q >= p - 1e-12).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-12).all()


def test_a_random_world_is_rarely_red():
    """Poisson counts in proportion to exposure: at most a handful of 40 worlds show any class at 10 % FDR."""
    rng = np.random.default_rng(7)
    side = 20
    places = np.arange(side * side)
    near = distance_band((places % side).astype(float), (places // side).astype(float), 1.5)
    exposure = rng.lognormal(0, 1, side * side)
    n_red = 0
    for _ in range(40):
        count = rng.poisson(3000 * exposure / exposure.sum()).astype(float)
        z = gi_star(excess(count, count.sum() * exposure / exposure.sum()), near)
        p = two_sided_p(z)
        classes = classify_hotspots(z, fdr_q(p), np.diff(near.indptr), (0.01, 0.05, 0.10))
        n_red += bool(np.isin(classes, ["hot99", "hot95", "hot90", "cold90", "cold95", "cold99"]).any())
    assert n_red <= 12
