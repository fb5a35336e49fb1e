"""Reasons of gaps: by hand on the street of `tests/tiny_world.py`, item by item with polygons, and as laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.fov import sectors, view_parameters
from geo.coverage.gaps import find_gaps
from geo.coverage.ground import Demand
from geo.coverage.measures import is_online
from geo.coverage.reasons import REASONS, WHOLES, find_reasons
from geo.coverage.scene import seen_at
from geo.rules import Rules
from geo.schema import RESULTS
from tests import tiny_world
from tests.geo.coverage.scenes import LEVELS, small

RULES = Rules()
IN_G2 = pd.DataFrame({"grid": ["g2", None], "village": ["va", "va"]})


def reasons_of(cameras, demand, levels=None, doubted=None, units=None, rules=RULES):
    args = tiny_world.units() if units is None else units, tiny_world.home(), cameras, demand, levels, rules
    gaps = find_gaps(*args)
    return gaps, find_reasons(*args, gaps, doubted)


@pytest.fixture(scope="module")
def street() -> pd.DataFrame:
    _, found = reasons_of(tiny_world.street_cameras(), tiny_world.street_demand(), doubted=IN_G2)
    return found.set_index(["code", "reason"])


def test_columns_and_seven_rows_for_each_gap():
    gaps, found = reasons_of(tiny_world.street_cameras(), tiny_world.street_demand())
    assert tuple(found.columns) == tuple(name for name in RESULTS["gap_reasons"].names() if name != "name")
    assert found["code"].tolist() == [code for code in gaps["code"] for _ in REASONS]
    assert found["reason"].tolist() == [*REASONS] * len(gaps)


def test_metres_of_road_by_hand(street):
    # The chord that a road meets at its middle lies up to r (1 - cos 1 degree) within the circle: 6 mm at 40 m.
    assert street.loc["g1", "road_m"].to_dict() == pytest.approx(
        {"offline": 20, "building": 0, "terrain": 0, "direction": 24, "pixels": 10, "doubt": 0, "none": 30}, abs=0.01
    )
    assert street.loc[("g2", "doubt"), "road_m"] == pytest.approx(100)
    assert street.loc[("va", "none"), "road_m"] == pytest.approx(30, abs=0.01)


def test_places_incidents_and_residents_by_hand(street):
    one_each = {"offline": 1, "building": 0, "terrain": 0, "direction": 1, "pixels": 1, "doubt": 0, "none": 1}
    for name in ("n_places", "n_incidents"):
        assert street.loc["g1", name].to_dict() == one_each
        assert street.loc["g2", name].to_dict() == dict.fromkeys(REASONS, 0) | {"doubt": 1}
        assert street.loc["va", name].to_dict() == one_each | {"doubt": 1}
    assert street.loc["g1", "residents"].to_dict() == dict.fromkeys(REASONS, 0) | {"offline": 2, "direction": 3}
    assert street.loc["g2", "residents"].to_dict() == dict.fromkeys(REASONS, 0) | {"doubt": 4}


def test_square_metres_by_hand(street):
    strip = 2 * (4 * np.sqrt(84) + 100 * np.arcsin(0.4))
    assert street.loc[("g1", "offline"), "gap_m2"] == pytest.approx(strip, rel=5e-4)
    assert street.loc[("g2", "doubt"), "gap_m2"] == pytest.approx(800)
    assert (street.loc["g1", "gap_m2"][["direction", "pixels", "none"]] > 0).all()


def test_far_from_all_cameras_the_reason_is_none():
    args = tiny_world.cameras(), tiny_world.demand(), tiny_world.incident_levels()
    gaps, found = reasons_of(*args)
    wholes = gaps.set_index("code")
    none = found[found["reason"] == "none"].set_index("code")
    for figure, whole in WHOLES.items():
        assert none[figure].to_list() == pytest.approx(wholes[whole].to_list()), figure
    assert not found.loc[found["reason"] != "none", list(WHOLES)].to_numpy(dtype=float).any()
    # i3 has no coordinates, but its grid.
    doubted = pd.DataFrame({"grid": ["g4"], "village": ["vb"]})
    assert reasons_of(*args, doubted)[1].set_index(["code", "reason"]).loc[("vb", "doubt"), "n_incidents"] == 1


def test_what_the_gaps_lack_their_reasons_lack():
    roads = tiny_world.street_demand().roads
    _, found = reasons_of(tiny_world.street_cameras(), Demand(roads=roads))
    assert found[["n_places", "n_incidents", "residents"]].isna().all(axis=None)
    assert found[["road_m", "gap_m2"]].notna().all(axis=None)
    assert len(reasons_of(tiny_world.street_cameras(), Demand())[1]) == 0


def test_at_the_lowest_density_no_pixels_are_too_few():
    _, found = reasons_of(tiny_world.street_cameras(), tiny_world.street_demand(), rules=Rules(px_per_m=12.5))
    assert not found.loc[found["reason"] == "pixels", list(WHOLES)].to_numpy(dtype=float).any()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_parts_are_never_negative_and_sum_to_the_gaps(seed):
    scene = small(seed)
    doubted = scene.cameras.loc[:1, LEVELS]
    args = scene.cameras, scene.demand, scene.incident_levels, doubted, scene.units
    gaps, found = reasons_of(*args)
    assert (found[list(WHOLES)] >= 0).all(axis=None)
    sums = found.groupby(["level", "code"])[list(WHOLES)].sum()
    wholes = gaps.set_index(["level", "code"])
    for figure, whole in WHOLES.items():
        if figure in ("road_m", "gap_m2"):
            assert sums[figure][wholes.index].to_list() == pytest.approx(wholes[whole].to_list(), rel=1e-6, abs=1e-9)
        else:
            assert (sums[figure][wholes.index] == wholes[whole]).all(), figure
    parent = scene.units.set_index("code")["parent_code"]
    grids = found[found["level"] == "grid"]
    rolled = grids.groupby([grids["code"].map(parent), grids["reason"]])[list(WHOLES)].sum()
    above = found[found["level"] == "village"].set_index(["code", "reason"])[list(WHOLES)]
    assert rolled.loc[above.index].to_numpy(dtype=float) == pytest.approx(above.to_numpy(dtype=float), rel=1e-9)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_each_incident_has_the_first_reason_that_holds(seed):
    """The definitions as they stand (DOMAIN 3), one after the other, with polygons."""
    scene = small(seed)
    doubted = scene.cameras.loc[:0, LEVELS]
    cameras, xy = scene.cameras, scene.demand.incidents_xy
    online, offline = cameras[is_online(cameras)], cameras[cameras["status"] == "offline"]

    def held(whose, px_per_m, **changed):
        view = view_parameters(whose, RULES, px_per_m, "nominal").assign(**changed)
        return seen_at(*xy.T, sectors(whose["x_m"], whose["y_m"], view, RULES))

    unseen = ~held(online, 25.0)
    rules = {
        "offline": held(offline, 25.0),
        "direction": held(online, 25.0, sweep_deg=360.0, near_m=0.0),
        "pixels": held(online, 12.5),
        "doubt": scene.incident_levels["grid"].isin(doubted["grid"]).to_numpy(),
        "none": np.ones(len(xy), dtype=bool),
    }
    reason = np.select(list(rules.values()), list(rules), default="")
    wanted = pd.Series(scene.incident_levels["grid"][unseen]).groupby(reason[unseen]).value_counts()
    _, found = reasons_of(cameras, scene.demand, scene.incident_levels, doubted, scene.units)
    grids = found[(found["level"] == "grid") & (found["n_incidents"] > 0)].set_index(["reason", "code"])["n_incidents"]
    assert grids.to_dict() == wanted.to_dict()


def test_with_no_camera_online_or_none_at_all():
    cameras = tiny_world.street_cameras().assign(status="offline")
    _, found = reasons_of(cameras, tiny_world.street_demand())
    road = found[found["code"] == "g1"].set_index("reason")["road_m"]
    # b holds 80..100 and a, offline, 54..70.
    assert road[["offline", "direction", "pixels", "none"]].tolist() == pytest.approx([36, 0, 0, 64], abs=0.01)
    nobody = cameras.iloc[:0]
    road = reasons_of(nobody, tiny_world.street_demand())[1].set_index(["code", "reason"])["road_m"]
    assert road[("g1", "none")] == 100
