import json
import threading
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from geo.crs import transform_xy
from geo.desk import Desk
from geo.desk.cameras import sectors_of
from geo.errors import BadQuery, Forbidden, NoSnapshot, NotAvailable, NotFound
from geo.hotspots.cube import EVERY
from geo.schema import Role
from tests.geo.desk import small_home


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("home")
    small_home.publish_home(home)
    return Desk(home)


@pytest.fixture(scope="module")
def bare_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("bare")
    few = ("cameras", "coverage", "gaps", "incidents", "hotspots", "rates", "places", "roads")
    small_home.publish_home(home, without=few)
    return Desk(home)


def read(data: bytes, layer: str) -> list[dict[str, Any]]:
    return list(mapbox_vector_tile.decode(data)[layer]["features"]) if data else []


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    n = 2**z
    return z, int((lon + 180) / 360 * n), int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n)


def test_boot_record_is_json_and_names_the_layers_of_the_role(desk: Desk) -> None:
    boot = desk.describe("leader")
    json.dumps(boot, allow_nan=False)
    assert boot["layers"] == ["units-zone", "units-all", "roads", "places"]
    assert desk.describe("planner")["layers"][2:] == ["cameras", "sectors", "gaps", "roads", "places"]
    assert boot["bounds"] == [110, 0, 110.04, 0.01]
    assert boot["available"]["buildings"] is False
    assert boot["levels"][0] == {
        "name": "zone", "title_zh": "片区", "title_en": "Zone", "parent": "all", "n": 4, "chain": ["zone", "all"],
        "known": {"places_seen_share": 1.0, "incidents_seen_share": 0.75},
    }  # fmt: skip
    assert boot["snapshot"]["as_of"] == "2026-02-28T00:00:00Z"


def test_a_warm_desk_has_units_at_hand(desk: Desk) -> None:
    desk.warm_up("leader")
    assert ("units", "zone") in desk._holder.current().kept._values


def test_units_are_columns_by_unit_number(desk: Desk) -> None:
    units = desk.units("zone", "leader")
    assert units["code"] == small_home.CODES
    assert units["parent"] == ["all"] * 4
    assert units["bbox"][1] == [110.01, 0, 110.02, 0.01]
    assert desk.units("all", "leader")["parent"] == [None]
    with pytest.raises(BadQuery):
        desk.units("county", "leader")


def test_an_analyst_sees_all_counts_and_a_leader_no_small_ones(desk: Desk) -> None:
    whole = desk.metrics("coverage", "zone", "analyst")
    assert whole["columns"]["n_incidents"] == [3, 8, 20, 0]
    assert whole["hidden"] == {}
    # 3 is hidden, and 8 with it, or 31 - 20 - 0 - 8 would give it away; shares made of them go too.
    veiled = desk.metrics("coverage", "zone", "leader")
    assert veiled["columns"]["n_incidents"] == [None, None, 20, 0]
    assert veiled["hidden"]["n_incidents"] == [0, 1]
    assert veiled["columns"]["incidents_seen_share"][:2] == [None, None]
    assert desk.metrics("coverage", "all", "leader")["columns"]["n_incidents"] == [31]


def test_metrics_within_a_unit_and_at_a_density(desk: Desk) -> None:
    answer = desk.metrics("coverage", "zone", "analyst", within="b", at=12.5)
    assert answer["columns"]["places_seen_share"] == [None, 0.3, None, None]
    assert desk.metrics("coverage", "zone", "leader", within="b")["hidden"]["n_incidents"] == [1]
    with pytest.raises(BadQuery):
        desk.metrics("coverage", "zone", "leader", at=13.0)
    with pytest.raises(BadQuery):
        desk.metrics("incidents", "zone", "analyst")


def test_what_rests_on_a_missing_table_says_so(desk: Desk, bare_desk: Desk) -> None:
    missing = desk.metrics("coverage", "zone", "leader")["missing"]
    assert missing["facade_m"]["en"] == "not available: no buildings loaded"
    assert "places_seen_share" not in missing
    with pytest.raises(NotAvailable):
        bare_desk.metrics("coverage", "zone", "leader")
    card = bare_desk.card("zone", "a", "leader")
    assert card["cameras"] is None
    assert card["values"] == {}
    assert card["missing"]["places_seen_share"]["en"] == "not available: no cameras loaded"
    assert card["hotspot"] is card["rates"] is None
    assert card["months"] == []
    with pytest.raises(NotAvailable):
        bare_desk.kde("analyst")
    with pytest.raises(NotAvailable):
        bare_desk.tile("roads", 14, 0, 0, "leader")
    with pytest.raises(NotAvailable):
        bare_desk.months("zone", "a", "analyst")


def test_the_card_of_a_unit(desk: Desk) -> None:
    card = desk.card("zone", "c", "analyst")
    json.dumps(card, allow_nan=False)
    assert [step["code"] for step in card["path"]] == ["all", "c"]
    assert card["parent"]["name_en"] == "Small home"
    assert card["values"]["places_seen_share"] == 0.75
    assert card["parent_values"]["places_seen_share"] == 0.4
    assert card["rank"]["places_seen_share"] == {"rank": 1, "of": 4}
    assert card["rank"]["facade_m"] == {"rank": 3, "of": 4}  # less is better: 0, 0, 5, 10
    assert card["cameras"] == {"online": 0, "offline": 0, "planned": 1}
    assert card["hotspot"]["hotspot"] == "hot99"
    assert card["months"] == [{"month": "2026-01", "n": 10}, {"month": "2026-02", "n": 10}]
    assert desk.card("all", "all", "leader")["parent"] is None
    with pytest.raises(NotFound):
        desk.card("zone", "zz", "leader")


def test_a_leaders_card_hides_small_counts_everywhere(desk: Desk) -> None:
    card = desk.card("zone", "a", "leader")
    assert card["values"]["n_incidents"] is None
    assert "n_incidents" in card["hidden"]
    assert "n_incidents" not in card["rank"]
    assert card["unit"]["n_incidents"] is None
    assert card["rates"]["n_received"] is None
    assert card["hotspot"]["n_incidents"] is None
    assert card["hotspot"]["excess"] is None
    assert "z" not in card["hotspot"]
    assert [month["n"] for month in card["months"]] == [None, None]


def test_days_of_small_units_are_not_told_below_analyst_and_a_note_says_so(desk: Desk) -> None:
    told = desk.counts("zone", "a", "day", EVERY, "leader")
    assert set(told["n"]) == {None}
    assert told["note"]["en"].startswith("not told for units this small: too many of their counts are fewer than 5")
    assert "不足 5" in told["note"]["zh"]
    assert desk.counts("zone", "a", "month", EVERY, "leader")["note"] is None
    assert desk.counts("zone", "a", "day", EVERY, "analyst")["note"] is None


def test_a_point_on_a_border_is_in_the_lowest_code(desk: Desk) -> None:
    found = desk.identify(110.01, 0.005, "leader")
    assert found["unit"]["zone"]["code"] == "a"
    assert found["unit"]["all"]["code"] == "all"
    assert desk.identify(111, 5, "leader", levels=["zone"])["unit"] == {"zone": None}
    with pytest.raises(BadQuery):
        desk.identify(float("nan"), 0, "leader")


def test_a_planner_learns_which_cameras_see_the_point(desk: Desk) -> None:
    lat_50_m_north = 0.005 + 50 / 110_574
    (camera,) = desk.identify(110.005, lat_50_m_north, "planner")["cameras"]
    assert (camera["uid"], camera["name"], camera["azimuth_deg"]) == ("s:k1", "North gate", None)
    assert camera["distance_m"] == pytest.approx(50, abs=0.2)
    assert desk.identify(110.005, lat_50_m_north, "leader")["cameras"] == []
    assert desk.identify(110.0152, 0.005, "planner")["cameras"] == []  # k2 is offline


def test_one_camera(desk: Desk) -> None:
    camera = desk.camera("s:k2", "planner")
    json.dumps(camera, allow_nan=False)
    assert camera["view"]["nominal"] == {"azimuth_deg": 90, "sweep_deg": 90, "near_m": 0, "reach_m": 50}
    assert [step["code"] for step in camera["path"]] == ["all", "b"]
    assert camera["reach_m"] == 50
    assert [unit["code"] for unit in camera["views_into"]] == ["b"]
    assert camera["snapshot"] == "0123456789abcdef"
    with pytest.raises(NotFound):
        desk.camera("s:k9", "planner")


def test_a_point_is_seen_by_the_cameras_whose_drawn_view_holds_it(desk: Desk) -> None:
    """At points around k1 (reach 100 m) the answer is that of the sectors that the tiles show."""
    held = desk._holder.current()
    sectors = sectors_of(held, held.snapshot.frame("cameras"), 25.0)
    rng = np.random.default_rng(7)
    lon, lat = 110.005 + rng.uniform(-0.001, 0.001, 200), 0.005 + rng.uniform(-0.001, 0.001, 200)
    x_m, y_m = transform_xy(lon, lat, "EPSG:4326", held.snapshot.metric_crs)
    wanted = shapely.intersects_xy(sectors[0], x_m, y_m)
    assert 0 < wanted.sum() < 200
    for n in range(200):
        seeing = desk.identify(lon[n], lat[n], "planner")["cameras"]
        assert [camera["uid"] for camera in seeing] == (["s:k1"] if wanted[n] else [])


def test_unit_tiles_hold_numbers_and_nothing_else(desk: Desk) -> None:
    features = read(desk.tile("units-zone", *tile_at(110.02, 0.005, 9), "leader"), "units-zone")
    assert [feature["id"] for feature in features] == [0, 1, 2, 3]
    assert all(feature["properties"] == {} for feature in features)
    assert desk.tile("units-zone", 9, 0, 0, "leader") == b""


def test_camera_and_sector_tiles(desk: Desk) -> None:
    cameras = read(desk.tile("cameras", *tile_at(110.005, 0.005, 13), "planner"), "cameras")
    assert cameras[0]["properties"] == {"uid": "s:k1", "status": "online", "kind": "dome", "azimuth": -1}
    assert cameras[1]["properties"]["azimuth"] == 90
    far = read(desk.tile("cameras", *tile_at(110.005, 0.005, 11), "planner"), "cameras")
    assert far[0]["properties"] == {"status": "online", "kind": "dome", "azimuth": -1}
    assert desk.tile("cameras", *tile_at(110.005, 0.005, 10), "planner") == b""
    sectors = read(desk.tile("sectors", *tile_at(110.005, 0.005, 14), "planner", at=12.5), "sectors")
    assert sectors[0]["properties"] == {"status": "online"}
    assert sectors[0]["geometry"]["type"] == "Polygon"


def test_places_are_seen_by_their_point_or_half_their_ground(desk: Desk) -> None:
    places = read(desk.tile("places", *tile_at(110.02, 0.005, 9), "leader"), "places")
    assert [(place["properties"]["kind"], place["properties"]["seen"]) for place in places] == [
        ("school", 1),
        ("market", 0),
        ("square", 1),
        ("square", 0),
    ]
    assert [place["properties"].get("name") for place in places] == ["一小", None, "广场", None]


def test_gaps_and_roads(desk: Desk) -> None:
    gaps = read(desk.tile("gaps", *tile_at(110.02, 0.005, 10), "planner"), "gaps")
    assert sorted(gap["properties"]["code"] for gap in gaps) == ["a", "b", "c"]
    assert desk.tile("gaps", *tile_at(110.02, 0.005, 9), "planner") == b""
    for zoom in (10, 14):  # thinned and whole
        roads = read(desk.tile("roads", *tile_at(110.02, 0.005, zoom), "leader"), "roads")
        assert [road["properties"] for road in roads] == [{"kind": "lane"}]


@pytest.mark.parametrize("layer", ["cameras", "sectors", "gaps", "restricted_areas"])
def test_a_leader_gets_no_camera_tiles(desk: Desk, layer: str) -> None:
    with pytest.raises(Forbidden):
        desk.tile(layer, 14, 0, 0, "leader")


@pytest.mark.parametrize("name", ["cameras", "incidents", "gaps", "refusals"])
def test_a_leader_gets_no_rows_of_points(desk: Desk, name: str) -> None:
    with pytest.raises(Forbidden):
        desk.table(name, "leader")
    with pytest.raises(Forbidden):
        desk.table_bytes(name, "csv", None, None, None, "leader")
    with pytest.raises(Forbidden):
        desk.camera("s:k1", "leader")


def test_a_feeder_reads_nothing(desk: Desk) -> None:
    feeder: Role = "feeder"
    calls = (
        lambda: desk.describe(feeder),
        lambda: desk.units("zone", feeder),
        lambda: desk.metrics("coverage", "zone", feeder),
        lambda: desk.card("zone", "a", feeder),
        lambda: desk.identify(110, 0, feeder),
        lambda: desk.tile("units-zone", 0, 0, 0, feeder),
        lambda: desk.search("a", feeder),
        lambda: desk.kde(feeder),
        lambda: desk.months("zone", "a", feeder),
        lambda: desk.changes(0, 0, feeder),
    )
    for call in calls:
        with pytest.raises(Forbidden):
            call()


def test_tiles_out_of_range_and_unknown_layers(desk: Desk) -> None:
    for address in ((21, 0, 0), (-1, 0, 0), (3, 8, 0)):
        with pytest.raises(NotFound):
            desk.tile("units-zone", *address, "leader")
    with pytest.raises(NotFound):
        desk.tile("incidents", 3, 0, 0, "analyst")
    with pytest.raises(BadQuery):
        desk.tile("units-county", 3, 0, 0, "leader")


def test_search_by_name_code_and_camera(desk: Desk) -> None:
    assert desk.search("gam", "leader")[0]["code"] == "c"
    assert desk.search("甲", "leader")[0]["path"][0]["code"] == "all"
    assert [hit["code"] for hit in desk.search("a", "leader", limit=2)] == ["a", "all"]
    assert desk.search("north GATE", "planner")[0]["uid"] == "s:k1"
    assert desk.search("north gate", "leader") == []
    for text, limit in ((" ", 8), ("a", 0), ("a", 99)):
        with pytest.raises(BadQuery):
            desk.search(text, "leader", limit)


def test_tables_as_rows_and_files(desk: Desk) -> None:
    rows = desk.table_rows("hotspots", "leader", level="zone")
    assert rows["hidden"]["n_incidents"] == [0, 1]
    assert [row[1] for row in rows["rows"]] == small_home.CODES
    data, n_rows = desk.table_bytes("coverage", "csv", "zone", None, None, "leader")
    assert n_rows == 4
    assert data.startswith(b"\xef\xbb\xbflevel,code,name")
    with pytest.raises(BadQuery):
        desk.table("units", "leader", limit=0)


def test_a_new_snapshot_is_taken_up_and_old_ones_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.desk.held.LOOK_EVERY_S", 0.0)
    desk = Desk(tmp_path)
    with pytest.raises(NoSnapshot):
        desk.snapshot()
    names = [digit * 16 for digit in "1234"]
    for number, name in enumerate(names, start=1):
        small_home.publish_home(tmp_path, name)
        assert desk.snapshot().id == name
        assert desk.changes(0, number) is None
        change = desk.changes(0, number - 1)
        assert change is not None
        assert change["snapshot"]["id"] == name
    assert list(desk._holder._held) == names[1:]
    assert desk._holder.find(names[2]).snapshot.id == names[2]
    with pytest.raises(NotFound):
        desk._holder.find(names[0])


def test_current_is_looked_at_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_home.publish_home(tmp_path)
    desk = Desk(tmp_path)
    first = desk.snapshot().id
    looks: list[int] = []
    monkeypatch.setattr("geo.desk.held.current_id", lambda home: looks.append(1) or first)
    for _ in range(50):
        desk.snapshot()
    assert len(looks) <= 1


def test_eight_threads_at_once(desk: Desk) -> None:
    faults: list[Exception] = []

    def ask() -> None:
        try:
            for z in range(9, 15):
                desk.tile("units-zone", *tile_at(110.005, 0.005, z), "leader")
                desk.tile("sectors", *tile_at(110.005, 0.005, z), "planner")
                desk.card("zone", "b", "leader")
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
