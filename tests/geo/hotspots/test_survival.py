"""Kaplan-Meier by hand, against scipy's estimate of censored data, and as a law of groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.hotspots import survival
from geo.hotspots.survival import Waiting, find_waiting

#: Weeks in remission of 21 children given 6-mercaptopurine (Freireich et al. 1963); False is censored.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [True] * 3 + [False, True, False, True, False, False, True, True] + [False] * 3 + [True] * 2 + [False] * 5

cases = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(-1, 2)), max_size=40)


def waiting(days: list[float], ended: list[bool], shares: tuple[float, ...] = (0.5,)) -> Waiting:
    one = np.zeros(len(days), dtype=np.int64)
    return find_waiting(np.array(days, dtype=float), np.array(ended, dtype=bool), one, 1, shares)


def test_a_published_trial():
    """S is .857 from week 6, .807 from 7, .753 from 10, .690 from 13, .627 from 16, .538 from 22, .448 from 23: the
    median is 23. Its lower limit by hand: at 10 Greenwood's sum is .01637, the lower limit .753^2.4196 = .503; at 13
    the sum is .02395, the limit .690^2.2659 = .432, so half may have relapsed by 13."""
    found = waiting(WEEKS, RELAPSED, (0.2, 0.5, 0.9))
    assert (found.n[0], found.n_open[0]) == (21, 12)
    assert found.time[0].tolist() == [10.0, 23.0, np.inf]
    assert (found.low[0, 1], found.high[0, 1]) == (13.0, np.inf)


def test_limits_of_a_small_table_by_hand():
    """Five end at 1 to 5. S = .8, .6, .4, .2, 0 with sums 1/20, 2/15, 3/10, 4/5; on the log(-log) scale the limits of
    .8 are .2038 and .9692, of .6 .1257 and .8818, of .4 .0520 and .7528, of .2 .0084 and .5819, of 0 unknown above."""
    found = waiting([1, 2, 3, 4, 5], [True] * 5, (0.5, 0.3))
    assert found.time[0].tolist() == [3.0, 2.0]
    assert found.low[0].tolist() == [1.0, 1.0]
    assert found.high[0].tolist() == [np.inf, 4.0]


def test_only_closed_cases_would_tell_another_story():
    """Two of ten are closed after 1 and 2 days; the others are open since 30. The median is not reached."""
    days, ended = [1.0, 2.0, *[30.0] * 8], [True, True, *[False] * 8]
    assert np.isinf(waiting(days, ended).time[0, 0])
    assert waiting(days[:2], ended[:2]).time[0, 0] == 1.0


def test_one_case_and_none():
    assert waiting([4.0], [True]).time.tolist() == [[4.0]]
    assert np.isinf(waiting([4.0], [False]).time).all()
    assert np.isnan(waiting([], []).time).all()
    assert waiting([], []).n.tolist() == [0]


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@settings(deadline=None, max_examples=60)
@given(cases, st.sampled_from([0.25, 0.5, 0.9]))
def test_quantiles_are_those_of_scipys_estimate(found, share):
    days, ended, group = (np.array(column) for column in (zip(*found, strict=True) if found else ([], [], [])))
    days, ended, group = days.astype(float), ended.astype(bool), group.astype(np.int64)
    ours = find_waiting(days, ended, group, 3, (share,))
    for one in range(3):
        own = group == one
        assert (ours.n[one], ours.n_open[one]) == (own.sum(), (own & ~ended).sum())
        if not own.any():
            assert np.isnan(ours.time[one, 0])
            continue
        sample = stats.CensoredData(uncensored=days[own & ended], right=days[own & ~ended])
        sf = stats.ecdf(sample).sf
        reached = sf.quantiles[(sf.probabilities <= 1 - share + 1e-9) & np.isin(sf.quantiles, days[own & ended])]
        assert ours.time[one, 0] == (reached.min() if len(reached) else np.inf)
        ci = sf.confidence_interval(0.95, method="log-log")
        inner = (sf.probabilities > 0) & (sf.probabilities < 1)
        for limit, band in ((ours.low, ci.low), (ours.high, ci.high)):
            at = sf.quantiles[inner & (band.probabilities <= 1 - share)]
            if len(at):
                assert limit[one, 0] == at.min()
        assert ours.low[one, 0] <= ours.time[one, 0] <= ours.high[one, 0]


@settings(deadline=None, max_examples=20)
@given(cases)
def test_plain_python_gives_what_the_compiled_kernel_gives(found):
    days, ended, group = (np.array(column) for column in (zip(*found, strict=True) if found else ([], [], [])))
    args = days.astype(float), ended.astype(bool), group.astype(np.int64), 3, (0.5, 0.9)
    compiled = find_waiting(*args)
    with pytest.MonkeyPatch.context() as patch:
        kernel = survival._find_quantiles
        patch.setattr(survival, "_find_quantiles", getattr(kernel, "py_func", kernel))
        plain = find_waiting(*args)
    for name in ("time", "low", "high"):
        assert np.array_equal(getattr(plain, name), getattr(compiled, name), equal_nan=True)
