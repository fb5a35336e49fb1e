import pytest

from geo.coverage.gaps import find_gaps
from geo.coverage.ground import Demand
from geo.rules import Rules
from geo.schema import RESULTS
from tests import tiny_world


def gaps(demand=None, levels=None):
    return find_gaps(
        tiny_world.units(), tiny_world.home(), tiny_world.cameras(), demand or tiny_world.demand(), levels, Rules()
    )


def test_unseen_demand_of_the_tiny_world():
    found = gaps(levels=tiny_world.incident_levels())
    assert tuple(found.columns) == (*(n for n in RESULTS["gaps"].names() if n != "name"), "geometry")
    assert found.crs == tiny_world.CRS
    grids = found[found["level"] == "grid"].set_index("code")
    assert grids["rank"].to_dict() == {"g2": 1, "g1": 2, "g4": 3}
    assert grids["n_places_unseen"].to_dict() == {"g2": 1, "g1": 0, "g4": 0}
    assert grids["road_unseen_m"].to_dict() == pytest.approx({"g2": 90, "g1": 126, "g4": 0})
    assert grids["n_incidents_unseen"].to_dict() == {"g2": 0, "g1": 1, "g4": 1}
    assert grids["residents_not_near"].to_dict() == {"g2": 0, "g1": 0, "g4": 5}


def test_what_is_unseen_at_least_and_at_most():
    # c3 without an azimuth: nothing for certain, perhaps all of its circle of 30 m, which holds p3 but no home.
    cameras = tiny_world.cameras()
    cameras.loc[cameras["source_id"] == "c3", "azimuth_deg"] = None
    levels = tiny_world.incident_levels()
    found = find_gaps(tiny_world.units(), tiny_world.home(), cameras, tiny_world.demand(), levels, Rules())
    g4 = found.set_index("code").loc["g4"]
    assert [g4[f"n_places_unseen{end}"] for end in ("_low", "", "_high")] == [0, 1, 1]
    assert [g4[f"residents_not_near{end}"] for end in ("_low", "", "_high")] == [5, 5, 5]
    for name in ("n_places_unseen", "road_unseen_m", "n_incidents_unseen", "residents_not_near"):
        assert (found[f"{name}_low"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_high"]).all()


def test_gaps_are_unseen_public_ground_drawn_at_the_finest_level_only():
    found = gaps(levels=tiny_world.incident_levels()).set_index("code")
    finest = found["level"] == "grid"
    assert found.loc[finest, "gap_m2"].to_list() == pytest.approx(found.geometry[finest].area.to_list())
    assert found.geometry[~finest].is_empty.all()
    assert found.loc["va", "gap_m2"] == found.loc["g1", "gap_m2"] + found.loc["g2", "gap_m2"] > 0


def test_small_pieces_are_no_gap():
    # The two triangles of p3 that c3 leaves unseen have 21.65 m2 each, below the 25 m2 of the rules.
    found = gaps(levels=tiny_world.incident_levels()).set_index("code")
    assert found.loc["g4", "gap_m2"] == 0
    assert found.geometry.loc["g4"].is_empty


def test_without_demand_there_is_no_gap():
    assert len(gaps(Demand())) == 0
