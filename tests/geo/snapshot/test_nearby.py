"""Demand by place: what lies in a box is found, what lies far off is not."""

import numpy as np
import pytest

from geo.coverage.whatif import ALL_TABLES, PUBLIC_TABLES
from geo.snapshot.nearby import Nearby
from tests.tiny_city import X0, Y0


@pytest.fixture
def nearby(tiny):
    return Nearby(tiny)


def box(minx: float, miny: float, maxx: float, maxy: float) -> np.ndarray:
    return np.array([X0 + minx, Y0 + miny, X0 + maxx, Y0 + maxy])


def test_incidents_of_a_box_come_with_their_units(nearby):
    """The tiny city has 6 within 10 m of (750, 400) in A-2, and on either side 2 at (250, 250) and 9 at (250, 750)."""
    demand, levels = nearby.find(box(740, 390, 760, 410), ALL_TABLES)
    assert demand.incidents_xy == pytest.approx(np.tile([X0 + 750, Y0 + 400], (6, 1)), abs=10)
    assert levels["grid"].tolist() == ["A-2"] * 6
    assert len(demand.roads) == 0
    assert demand.buildings is None


def test_a_road_is_found_by_any_part_of_it(nearby):
    """It runs 250 m north of the south edge, from 0 to 1,000 m."""
    demand, levels = nearby.find(box(900, 200, 950, 300), PUBLIC_TABLES)
    assert demand.roads.geometry.length.tolist() == [pytest.approx(1000, abs=0.1)]
    assert demand.roads.crs == "EPSG:32649"
    assert (demand.incidents_xy, levels) == (None, None)


def test_cameras_are_all_there_in_metres(nearby, tiny):
    cameras = nearby.cameras()
    assert cameras["uid"].tolist() == tiny.frame("cameras")["uid"].tolist()
    spot = cameras.loc["cameras:c1"]
    assert (spot["x_m"], spot["y_m"], spot["grid"]) == (pytest.approx(X0 + 250), pytest.approx(Y0 + 250), "A-1")


def test_a_table_is_let_go_once_its_part_of_demand_is_kept(nearby, tiny):
    whole = tiny.frame("roads").to_crs(32649)
    for _ in range(2):
        tiny.forget("roads")
        demand, _ = nearby.find(box(-5000, -5000, 5000, 5000), PUBLIC_TABLES)
        assert "frame:roads" not in tiny._cache
    assert demand.roads.geometry.length.sum() == pytest.approx(whole.length.sum(), rel=1e-9)
