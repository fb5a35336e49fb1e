import numpy as np
import pandas as pd
import pytest
import shapely

from geo.coverage.ground import Demand
from geo.coverage.measures import measure_coverage
from geo.errors import CrsMismatch
from geo.rules import Rules
from geo.schema import RESULTS
from tests import tiny_world
from tests.tiny_world import CIRCLE_1, CIRCLE_2, WEDGE_3

RULES = Rules()
ADDITIVE = [
    "area_m2",
    "area_seen_m2",
    "area_seen_m2_low",
    "area_seen_m2_high",
    "area_2plus_m2",
    "area_3plus_m2",
    "road_m",
    "public_m2",
]


def measure(cameras=None, demand=None, levels=None, units=None) -> pd.DataFrame:
    return measure_coverage(
        tiny_world.units() if units is None else units,
        tiny_world.home(),
        tiny_world.cameras() if cameras is None else cameras,
        tiny_world.demand() if demand is None else demand,
        tiny_world.incident_levels() if levels is None and demand is None else levels,
        RULES,
    )


def at_25(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["px_per_m"] == 25].set_index("code")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measure()


def test_columns_and_one_row_per_unit_and_density(table):
    assert tuple(table.columns) == tuple(name for name in RESULTS["coverage"].names() if name != "name")
    assert len(table) == 6 * len(RULES.levels_px_per_m())
    assert not table.duplicated(["level", "code", "px_per_m"]).any()
    assert table["level"].drop_duplicates().tolist() == ["grid", "village"]


def test_cameras_by_status(table):
    found = at_25(table)
    assert found["n_cameras"].to_dict() == {"g1": 2, "g2": 0, "g3": 1, "g4": 1, "va": 2, "vb": 2}
    assert found["n_planned"].to_dict() == {"g1": 0, "g2": 1, "g3": 0, "g4": 0, "va": 1, "vb": 0}
    assert found.loc["vb", "online_share"] == 0.5
    assert np.isnan(found.loc["g2", "online_share"])


def test_online_rates_by_programme():
    """c1 (online) and c4 (offline) are of the key programme; c2, c3 (online) of others; c5 is planned."""
    programme = ["key", "village", None, "key", "key"]
    found = at_25(measure(tiny_world.cameras().assign(programme=programme)))
    assert found["n_key"].to_dict() == {"g1": 1, "g2": 0, "g3": 1, "g4": 0, "va": 1, "vb": 1}
    assert found["online_key_share"].fillna(-1).to_dict() == {"g1": 1, "g2": -1, "g3": 0, "g4": -1, "va": 1, "vb": 0}
    assert found["online_other_share"].fillna(-1).to_dict() == {"g1": 1, "g2": -1, "g3": -1, "g4": 1, "va": 1, "vb": 1}


def test_parts_of_shares(table):
    found = at_25(table)
    assert found.loc["g4", "buffer_m2"] == pytest.approx(90 * 2500 * np.sin(np.radians(2)))
    assert found.loc["g4", "inflation"] == pytest.approx(found.loc["g4", "buffer_m2"] / WEDGE_3)
    assert found["residents_located"].to_dict() == {"g1": 10, "g2": 0, "g3": 0, "g4": 5, "va": 10, "vb": 5}


def test_what_a_dome_could_see():
    """c3 as a dome: turned about, its 30 m hold all of p3, which it sees now, and 30 m of a road that it does not."""
    demand = tiny_world.demand()
    road = tiny_world.frame([shapely.LineString([(110, 150), (150, 150)])])
    frame = Demand(places=demand.places, roads=road)
    for kind, share in (("dome", 30 / 40), ("fixed", 0.0)):
        cameras = tiny_world.cameras()
        cameras.loc[2, "kind"] = kind
        found = at_25(measure(cameras, frame)).loc["g4"]
        assert found["road_seen_share"] == pytest.approx(0, abs=1e-9)
        assert found["road_potential_share"] == pytest.approx(share, abs=1e-9)
        assert (found["places_seen_share"], found["places_potential_share"]) == (1, 1)


def test_ground_seen(table):
    seen = at_25(table)["area_seen_m2"]
    expected = [CIRCLE_1 + CIRCLE_2 / 2, CIRCLE_2 / 2, 0, WEDGE_3, CIRCLE_1 + CIRCLE_2, WEDGE_3]
    assert seen.loc[["g1", "g2", "g3", "g4", "va", "vb"]].tolist() == pytest.approx(expected, abs=1e-4)
    assert at_25(table).loc["g1", "area_seen_share"] == pytest.approx(0.1413, abs=5e-5)


def test_roads_places_incidents_residents(table):
    found = at_25(table)
    assert found["road_m"].to_dict() == pytest.approx({"g1": 196, "g2": 100, "g3": 0, "g4": 0, "va": 296, "vb": 0})
    assert found.loc[["g1", "g2", "va"], "road_seen_share"].tolist() == pytest.approx([70 / 196, 0.1, 80 / 296])
    assert found.loc["g1", "public_m2"] == pytest.approx(1164.49, abs=0.01)
    assert found.loc[["g1", "g2", "g4", "va"], "places_seen_share"].tolist() == [1, 0, 1, 0.5]
    assert found.loc[["g1", "g4"], "incidents_seen_share"].tolist() == [0.5, 0]
    assert found.loc[["g1", "g4"], "residents_near_share"].tolist() == [1, 0]
    assert found.loc["vb", "residents"] == 12
    assert found.loc["vb", "residents_near_share"] == 0
    assert np.isnan(found.loc["g3", "residents_near_share"])
    assert found.loc[["g1", "g4"], "facade_m"].tolist() == pytest.approx([40, 0])
    assert found["n_dwellings"].to_dict() == {"g1": 1, "g2": 0, "g3": 0, "g4": 0, "va": 1, "vb": 0}


def test_parents_are_the_sums_of_their_children_exactly(table):
    parent = tiny_world.units().set_index("code")["parent_code"]
    grids = table[table["level"] == "grid"]
    sums = grids.groupby([grids["code"].map(parent), "px_per_m"])[ADDITIVE].sum()
    villages = table[table["level"] == "village"].set_index(["code", "px_per_m"])[ADDITIVE]
    assert (sums.loc[villages.index] == villages).all(axis=None)


def test_ground_seen_by_two():
    """A second camera on c1's pole sees 10 m around: half of c1's 20, a quarter of its circle is seen by both."""
    cameras = pd.concat([tiny_world.cameras().head(1)] * 2, ignore_index=True).assign(range_m=[20.0, 10.0])
    found = at_25(measure(cameras)).loc["g1"]
    assert found[["area_seen_m2", "area_2plus_m2", "area_3plus_m2"]].tolist() == pytest.approx(
        [CIRCLE_1, CIRCLE_1 / 4, 0], abs=1e-6
    )


def test_intervals_hold_with_missing_attributes():
    cameras = tiny_world.cameras().assign(range_m=np.nan, azimuth_deg=[None, None, 90, None, None])
    cameras.loc[2, "azimuth_doubt_deg"] = 22.5
    found = measure(cameras)
    for name in [c for c in found if f"{c}_low" in found]:
        held = (found[f"{name}_low"] <= found[name]) & (found[name] <= found[f"{name}_high"])
        assert (held | found[name].isna()).all(), name
    assert at_25(found).loc["g4", "area_seen_m2_low"] < at_25(found).loc["g4", "area_seen_m2_high"]


def test_overlapping_views_count_once_as_area_and_by_k_on_public_ground():
    cameras = pd.concat([tiny_world.cameras().head(1)] * 3, ignore_index=True)
    found = at_25(measure(cameras)).loc["g1"]
    assert found["area_seen_m2"] == pytest.approx(CIRCLE_1)
    assert found["area_2plus_m2"] == found["area_3plus_m2"] == pytest.approx(CIRCLE_1)
    assert found["public_1_share"] == pytest.approx(0, abs=1e-9)
    assert found["public_3plus_share"] > 0.2


def test_one_more_camera_never_lowers_coverage_and_order_and_place_do_not_matter():
    rng = np.random.default_rng(7)
    n = 12
    cameras = tiny_world.cameras().iloc[[0] * n].reset_index(drop=True)
    cameras["x_m"], cameras["y_m"] = tiny_world.EAST + rng.random(n) * 200, tiny_world.NORTH + rng.random(n) * 200
    shares = [name for name in RESULTS["coverage"].names() if "seen_share" in name or "near_share" in name]
    before, after = measure(cameras.head(n - 1))[shares], measure(cameras)[shares]
    assert ((after >= before - 1e-9) | before.isna()).all(axis=None)
    shuffled = measure(cameras.sample(frac=1, random_state=1))[shares]
    pd.testing.assert_frame_equal(shuffled, after, rtol=1e-9)
    units = tiny_world.units()
    units["geometry"] = units.geometry.translate(1000, -500)
    moved = measure(cameras.assign(x_m=cameras["x_m"] + 1000, y_m=cameras["y_m"] - 500), Demand(), None, units)
    assert moved["area_seen_m2"].to_numpy() == pytest.approx(
        measure(cameras, Demand())["area_seen_m2"].to_numpy(), rel=1e-7
    )


def test_what_the_home_lacks_is_missing_not_zero():
    found = measure(demand=Demand())
    for name in (
        "n_places",
        "road_m",
        "road_seen_share",
        "n_incidents",
        "residents",
        "public_m2",
        "facade_m",
        "n_dwellings",
    ):
        assert found[name].isna().all(), name
    assert found["area_seen_m2"].notna().all()


def test_residents_known_by_village_only_are_missing_below_it():
    people = tiny_world.frame([None], residents=[70.0], grid=[None], village=["va"])
    found = at_25(measure(demand=Demand(residents=people)))
    assert found.loc["va", "residents"] == 70
    assert found.loc[["g1", "g2"], "residents"].isna().all()


def test_progress_rises_to_one_and_crs_must_agree():
    shares: list[float] = []
    measure_coverage(
        tiny_world.units(),
        tiny_world.home(),
        tiny_world.cameras(),
        Demand(),
        None,
        RULES,
        lambda share, _: shares.append(share),
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with pytest.raises(CrsMismatch, match="roads"):
        measure(demand=Demand(roads=tiny_world.demand().roads.set_crs("EPSG:32650", allow_override=True)))
