"""Numbers: DOMAIN section 6; ties by hand; scipy's Kendall tau as an oracle."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import kendalltau

from geo.compiled import IS_COMPILED
from geo.errors import BadQuery
from geo.hotspots.emerging.mann_kendall import _sum_signs, mann_kendall


@pytest.mark.parametrize(
    ("n", "s", "variance", "z"), [(10, 45, 125, 3.9355), (12, 66, 212.6667, 4.4572), (5, 10, 16.6667, 2.2045)]
)
def test_strictly_rising_series(n, s, variance, z):
    trend = mann_kendall(np.column_stack([np.arange(n, dtype=float), -np.arange(n, dtype=float)]))
    assert trend.s.tolist() == [s, -s]
    assert trend.variance == pytest.approx([variance, variance], abs=5e-5)
    assert trend.z == pytest.approx([z, -z], abs=5e-5)
    assert trend.direction(0.05).tolist() == [1, -1]


def test_p_of_five_rising_steps():
    assert mann_kendall(np.arange(5.0)[:, None]).p[0] == pytest.approx(0.02749, abs=5e-6)


def test_ties_by_hand():
    """1 1 2 2 2: S = 6 (each 1 before each 2). Var = (5 4 15 - 2 1 9 - 3 2 11) / 18 = 216 / 18 = 12."""
    trend = mann_kendall(np.array([[1.0], [1], [2], [2], [2]]))
    assert (trend.s[0], trend.variance[0]) == (6.0, 12.0)
    assert trend.z[0] == pytest.approx(5 / np.sqrt(12))


def test_sign_and_p_agree_with_kendall_without_ties():
    """Exact p of Kendall's tau beside the normal one with continuity correction: close at n = 24."""
    rng = np.random.default_rng(11)
    series = rng.normal(size=(24, 200)) + 0.04 * np.arange(24)[:, None]
    trend = mann_kendall(series)
    for column in range(series.shape[1]):
        tau, p = kendalltau(np.arange(24), series[:, column], method="exact")
        assert trend.s[column] == round(tau * 24 * 23 / 2)
        assert trend.p[column] == pytest.approx(p, abs=0.006)


def test_variance_with_ties_is_that_of_scipys_asymptotic_p():
    """scipy's asymptotic p, without continuity correction, is 2 Phi(-|S| / sqrt(Var)) of the same Var."""
    rng = np.random.default_rng(12)
    series = rng.integers(0, 4, (30, 100)).astype(float)
    trend = mann_kendall(series)
    wanted = [kendalltau(np.arange(30), column, method="asymptotic").pvalue for column in series.T]
    assert 2 * ndtr(-np.abs(trend.s) / np.sqrt(trend.variance)) == pytest.approx(wanted, rel=1e-9)


def test_no_variation_one_step_and_unknown_values():
    trend = mann_kendall(np.full((6, 1), 3.0))
    assert (trend.s[0], trend.z[0], trend.p[0]) == (0.0, 0.0, 1.0)
    assert mann_kendall(np.array([[1.0, 2.0]])).p.tolist() == [1.0, 1.0]
    lost = mann_kendall(np.array([[1.0, 1.0], [np.nan, 2.0]]))
    assert np.isnan([lost.s[0], lost.variance[0], lost.z[0], lost.p[0]]).all()
    assert lost.direction(0.05).tolist() == [0, 0]
    assert mann_kendall(np.zeros((4, 0))).p.tolist() == []
    with pytest.raises(BadQuery):
        mann_kendall(np.arange(3.0))


@pytest.mark.skipif(not IS_COMPILED, reason="numba is not installed: there is but one kernel")
def test_plain_python_gives_what_the_compiled_kernel_gives():
    steps = np.round(np.random.default_rng(13).normal(size=(9, 40)))
    compiled, plain = np.zeros((2, 40)), np.zeros((2, 40))
    _sum_signs(steps, *compiled)
    _sum_signs.py_func(steps, *plain)
    assert compiled.tolist() == plain.tolist()
