"""Nearest distances and their spread against brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.partition.nearest import nearest_m, spread_by_unit, sum_by_unit
from geo.schema import CAMERA_WITHIN_M

FAR = np.array([600_000.0, 3_130_000.0])
NAN = float("nan")

coordinate = st.integers(-400, 400).map(float) | st.just(NAN)
pairs = st.lists(st.tuples(coordinate, coordinate), max_size=30)


def columns(points: list[tuple[float, float]]) -> np.ndarray:
    return np.array(points, dtype=float).reshape(-1, 2).T


@given(pairs, pairs)
def test_distances_are_those_of_brute_force(points, others):
    (x, y), (to_x, to_y) = columns(points), columns(others)
    found = nearest_m(x + FAR[0], y + FAR[1], to_x + FAR[0], to_y + FAR[1])
    for n in range(len(points)):
        all_ = np.hypot(to_x - x[n], to_y - y[n])
        usable = all_[np.isfinite(all_)]
        assert found[n] == pytest.approx(usable.min() if len(usable) else NAN, nan_ok=True)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.floats(0, 300) | st.just(NAN)), max_size=30))
def test_the_spread_is_that_of_numpy(rows):
    code = np.array([unit for unit, _ in rows], dtype=object)
    distance = np.array([metres for _, metres in rows], dtype=float)
    levels = pd.DataFrame({"grid": code, "town": np.where(pd.isna(code), None, "t")}, dtype=object)
    units = pd.DataFrame({"level": ["grid"] * 3 + ["town"], "code": ["a", "b", "c", "t"]}, index=[5, 6, 7, 8])
    found = spread_by_unit(distance, levels, units)
    assert found.index.tolist() == [5, 6, 7, 8]
    for place, (level, unit) in zip(units.index, units.to_numpy(), strict=True):
        own = distance[(levels[level] == unit).to_numpy(dtype=bool) & np.isfinite(distance)]
        row = found.loc[place]
        if np.isfinite(distance).any():
            assert row["n_incidents_located"] == len(own)
        else:
            assert row["n_incidents_located"] is pd.NA
        wanted = (
            [np.median(own), np.quantile(own, 0.9), *((own <= m).mean() for m in CAMERA_WITHIN_M)]
            if len(own)
            else [NAN] * 5
        )
        assert row.iloc[1:].to_numpy(dtype=float, na_value=NAN) == pytest.approx(wanted, nan_ok=True)


def test_a_distance_on_the_limit_is_within():
    units, levels = pd.DataFrame({"level": ["g"], "code": ["a"]}), pd.DataFrame({"g": ["a", "a"]})
    found = spread_by_unit(np.array([50.0, 50.0000001]), levels, units)
    assert found["camera_within_50m_share"].tolist() == [0.5]


def test_no_points_at_all():
    assert nearest_m([], [], [1], [1]).tolist() == []
    units, levels = pd.DataFrame({"level": ["g"], "code": ["a"]}), pd.DataFrame({"g": []}, dtype=object)
    found = spread_by_unit(np.array([]), levels, units)
    assert found.isna().all(axis=None)


def test_a_large_table_equals_the_distances_of_all_pairs():
    rng = np.random.default_rng(8)
    points, others = rng.normal(0, 2_000, (2, 2_000)), rng.normal(0, 2_000, (2, 500))
    found = nearest_m(*points, *others)
    wanted = np.hypot(points[0][:, None] - others[0], points[1][:, None] - others[1]).min(axis=1)
    assert found == pytest.approx(wanted)


def test_amounts_are_summed_by_unit_of_each_level():
    """Missing ones count as 0, those outside nowhere; units keep their index."""
    units = pd.DataFrame({"level": ["g", "g", "g", "t"], "code": ["a", "b", "c", "a"]}, index=[7, 5, 3, 1])
    levels = pd.DataFrame({"g": ["a", "b", "a", None], "t": ["a", "a", "a", None]}, index=[9, 8, 7, 6])
    for missing in (pd.array([2.5, None, 1.0, 4.0], "Float64"), [2.5, NAN, 1.0, 4.0]):
        assert sum_by_unit(missing, levels, units).to_dict() == {7: 3.5, 5: 0.0, 3: 0.0, 1: 3.5}
