import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.fov import ESTIMATES, sectors, view_parameters
from geo.rules import Rules

RULES = Rules()
NONE = st.none()
camera = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["fixed", "dome", "ptz", None]),
        "azimuth_deg": NONE | st.floats(0, 359.9),
        "azimuth_doubt_deg": NONE | st.floats(0, 90),
        "hfov_deg": NONE | st.floats(20, 120),
        "sweep_deg": NONE | st.floats(30, 360),
        "h_px": NONE | st.integers(640, 4000),
        "height_m": NONE | st.floats(2, 12),
        "tilt_deg": NONE | st.floats(0, 60),
        "range_m": NONE | st.floats(5, 120),
    }
)


def views(row: dict[str, object], px_per_m: float = 25.0, potential: bool = False) -> dict[str, dict[str, float]]:
    cameras = pd.DataFrame([row])
    return {e: view_parameters(cameras, RULES, px_per_m, e, potential).iloc[0].to_dict() for e in ESTIMATES}


@settings(max_examples=80, deadline=None)
@given(camera, st.sampled_from(RULES.levels_px_per_m()))
def test_low_lies_in_nominal_and_nominal_in_high(row, px_per_m):
    low, nominal, high = (
        sectors([0.0], [0.0], view_parameters(pd.DataFrame([row]), RULES, px_per_m, e), RULES)[0] for e in ESTIMATES
    )
    assert shapely.is_valid([low, nominal, high]).all()
    # Arcs of different opening break into different chords: at most 0.06 % of the larger view lies between them.
    assert low.difference(nominal).area <= 1e-3 * nominal.area + 1e-9
    assert nominal.difference(high).area <= 1e-3 * high.area + 1e-9


def test_check_value_of_a_whole_view():
    row = {"azimuth_deg": 0, "hfov_deg": 85, "h_px": 1920, "v_px": 1080, "height_m": 5, "tilt_deg": 40}
    found = views(row)
    assert found["low"] == found["nominal"] == found["high"]
    assert found["nominal"]["near_m"] == pytest.approx(2.09, abs=0.005)
    assert found["nominal"]["reach_m"] == pytest.approx(22.13, abs=0.005)


def test_what_is_missing_takes_its_span():
    found = views({"azimuth_deg": 10, "azimuth_doubt_deg": 5, "height_m": 4, "tilt_deg": 10})
    assert [found[e]["sweep_deg"] for e in ESTIMATES] == [50, 80, 110]
    assert found["low"]["reach_m"] == pytest.approx(1280 / (50 * np.tan(np.radians(50))))
    assert found["high"]["reach_m"] == pytest.approx(2560 / (50 * np.tan(np.radians(30))))


def test_unknown_azimuth_is_nothing_at_least_and_a_circle_at_most():
    assert [views({"hfov_deg": 80})[e]["sweep_deg"] for e in ESTIMATES] == [0, 0, 360]
    assert [views({"kind": "dome"})[e]["sweep_deg"] for e in ESTIMATES] == [0, 0, 360]


@pytest.mark.parametrize("kind", ["dome", "ptz"])
def test_domes_and_ptz_are_their_lens_at_the_azimuth_and_a_circle_as_potential(kind):
    row = {"kind": kind, "azimuth_deg": 5, "hfov_deg": 50}
    assert [views(row)[e]["sweep_deg"] for e in ESTIMATES] == [50, 50, 50]
    for one in (row, {"kind": kind}):
        assert [views(one, potential=True)[e]["sweep_deg"] for e in ESTIMATES] == [360, 360, 360]
    for potential in (False, True):
        stated = views(row | {"sweep_deg": 180}, potential=potential)
        assert [stated[e]["sweep_deg"] for e in ESTIMATES] == [180, 180, 180]
    fixed = {"kind": "fixed", "azimuth_deg": 5, "hfov_deg": 50}
    assert views(fixed, potential=True) == views(fixed)


def test_a_given_range_replaces_the_formula_at_every_density():
    for px_per_m in RULES.levels_px_per_m():
        found = views({"sweep_deg": 360, "range_m": 100}, px_per_m)
        assert all(view["near_m"] == 0 and view["reach_m"] == 100 for view in found.values())
    near = views({"sweep_deg": 360, "range_m": 100, "height_m": 5, "tilt_deg": 20, "hfov_deg": 79.0})["nominal"][
        "near_m"
    ]
    assert near > 0


def test_sectors_have_the_area_of_their_chords():
    view = pd.DataFrame(
        {
            "azimuth_deg": [np.nan, 45, 45, 0, 0],
            "sweep_deg": [360.0, 60, 60, 0, 60],
            "near_m": [5.0, 0, 5, 0, 9],
            "reach_m": [10.0] * 4 + [9.0],
        }
    )
    found = sectors(np.full(5, 7.0), np.zeros(5), view, RULES)
    sine = np.sin(np.radians(2))
    expected = [90 * 75 * sine, 15 * 100 * sine, 15 * 75 * sine, 0, 0]
    assert shapely.area(found) == pytest.approx(expected)
    assert found[1].covers(shapely.Point(7 + 5, 5))
    assert sectors([np.nan], [0], view.head(1), RULES)[0].is_empty


def test_azimuth_is_clockwise_from_north():
    view = pd.DataFrame({"azimuth_deg": [90.0], "sweep_deg": [60.0], "near_m": [0.0], "reach_m": [10.0]})
    assert sectors([0], [0], view, RULES)[0].covers(shapely.Point(5, 0))
