"""The demo's source files: the same seed gives the same bytes, the door takes them, the world is plausible.

Most tests look at two of the nine counties; the whole prefecture is made once, and only by the slow suite.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from geo.crs import transform_xy
from geo.demo.folder import FOLDER
from geo.demo.incidents import LAST
from geo.demo.land import from_lonlat, read_land, sample
from geo.demo.lines import segments
from geo.demo.planted import PATTERNS
from geo.demo.scope import read_scope
from geo.intake import REASONS
from geo.intake.datum import to_wgs84
from tests.geo.demo.world import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("part"), 1, "part")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("full"), 1, "full")


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    one, again, other = (make_world(tmp_path / name, seed, "small") for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    for file in sorted(one.folder.iterdir()):
        assert (again.folder / file.name).read_bytes() == file.read_bytes(), file.name
    moved = {file.name for file in one.folder.iterdir() if (other.folder / file.name).read_bytes() != file.read_bytes()}
    kept = {f"{level}.parquet" for level in ("grid", "village", "township", "county", "prefecture")} | {"mapping.toml"}
    assert moved.isdisjoint(kept)
    assert {"elevation.tif", "cameras_key.csv", "incidents_ledger.csv", "buildings.parquet", "roads.parquet"} <= moved


def test_counts_follow_the_part(world: World) -> None:
    scope = read_scope("part")
    n_villages = len(scope.units["village"])
    kept = {source: len(clean.frame) for source, clean in world.tables.items()}
    assert scope.share == n_villages / 1_791
    assert kept["key-cameras"] == round(15_000 * scope.share)
    assert kept["village-cameras"] == round(59_000 * scope.share)
    assert kept["building-footprints"] == round(200_000 * scope.share) + 1
    assert len(world.incidents) == round(200_000 * scope.share) + len(world.truth["outside"])
    assert kept["centres"] == 2 + len(scope.units["township"]) + n_villages
    staff = world.tables["grid-staff"].frame
    assert staff["staff"].sum() == round(15_000 * scope.share)
    assert set(staff["unit_code"]) == set(scope.units["grid"]["code"])


def test_each_dirty_row_is_refused_for_its_own_reason(world: World) -> None:
    truth = pd.DataFrame(world.truth["refused"])
    for source, clean in world.tables.items():
        wanted = sorted(truth.loc[truth["source"] == source, "reason"])
        assert sorted(clean.refused["reason"]) == wanted, source
        assert clean.n_read == len(clean.frame) + len(clean.refused) or clean.table == "units"
    assert len(truth) == 78


def test_every_reason_to_refuse_is_planted(world: World) -> None:
    """But four: China sets no clock forward, what spans 180 degrees lies outside a prefecture's extent anyway, and two
    are of rows that programs send, not of files."""
    planted = {row["reason"] for row in world.truth["refused"]}
    assert planted == set(REASONS) - {"nonexistent_time", "antimeridian", "unknown_column", "not_plain"}


def test_truth_tells_all_that_is_planted(world: World) -> None:
    assert set(world.truth) == {
        "seed", "first_month", "hotspots", "outside_views", "near_repeats", "linked", "datums", "swapped_sources",
        "shifted_rows", "on_border", "wrong_incident_codes", "wrong_camera_codes", "doubled_cameras", "refused",
        "outside", "odd",
    }  # fmt: skip
    assert all(world.truth.values())


def test_odd_rows_are_read(world: World) -> None:
    odd = pd.DataFrame(world.truth["odd"])
    cameras = world.cameras.set_index("source_id")
    read = {
        text: cameras.loc[row_id] for source, row_id, _, text in odd.itertuples(index=False) if source == "key-cameras"
    }
    assert read["-10"]["azimuth_deg"] == 350
    assert read["370"]["azimuth_deg"] == 10
    assert (read["NNE"]["azimuth_deg"], read["NNE"]["azimuth_doubt_deg"]) == (22.5, 11.25)
    assert read["４．５"]["height_m"] == 4.5
    assert read["4,5"]["height_m"] == 4.5
    assert read[""]["status"] == "online"
    assert read["东街路口\n二号杆"]["name"] == "东街路口\n二号杆"
    midnight = odd.loc[odd["text"] == "24:00", "id"].iloc[0]
    reported = world.incidents.set_index("source_id").loc[midnight, "reported_at"]
    assert reported.tz_convert("Asia/Shanghai").strftime("%H:%M:%S") == "00:00:00"


def test_whole_sources_come_back_from_their_datum(world: World) -> None:
    assert {row["source"]: row["datum"] for row in world.truth["datums"]} == {
        "village-cameras": "gcj02",
        "incident-hotline": "bd09",
        "incident-wechat": "gcj02",
    }
    cameras = world.cameras.set_index("source_id")
    pairs = pd.DataFrame(world.truth["doubled_cameras"])
    a, b = cameras.loc[pairs["key"]], cameras.loc[pairs["village"]]
    away_m = 111_000 * np.hypot(
        (a["lon"].to_numpy() - b["lon"].to_numpy()) * 0.88, a["lat"].to_numpy() - b["lat"].to_numpy()
    )
    assert away_m.max() < 25
    raw = pd.read_csv(world.folder / "cameras_village.csv", dtype=str, encoding="utf-8-sig").set_index("设备编码")
    shift_m = 111_000 * np.abs(raw.loc[pairs["village"], "经度"].astype(float).to_numpy() - b["lon"].to_numpy()) * 0.88
    assert 300 < shift_m.min() < shift_m.max() < 900


def test_single_rows_stand_in_another_datum(world: World) -> None:
    """Undoing the datum that the truth names brings each back onto a street, as its neighbours are."""
    shifted = pd.DataFrame(world.truth["shifted_rows"])
    assert shifted.groupby(["source", "datum"]).size().to_dict() == {
        (source, datum): 10 for source in ("incident-ledger", "key-cameras") for datum in ("bd09", "gcj02")
    }
    streets = world.tables["road-network"].frame.to_crs("EPSG:32649").geometry
    for datum, rows in shifted[shifted["source"] == "key-cameras"].groupby("datum"):
        cameras = world.cameras.set_index("source_id").loc[rows["id"]]
        shown, meant = (
            gpd.GeoSeries.from_xy(*lonlat, crs="EPSG:4326").to_crs("EPSG:32649")
            for lonlat in ((cameras["lon"], cameras["lat"]), to_wgs84(str(datum), cameras["lon"], cameras["lat"]))
        )
        assert shown.reset_index(drop=True).distance(meant.reset_index(drop=True)).between(300, 1500).all()
        assert meant.distance(streets.union_all()).max() < 4
    ledger = world.incidents.set_index("source_id").loc[shifted.loc[shifted["source"] == "incident-ledger", "id"]]
    grids = read_scope("part").frames["grid"].set_index("code").geometry.loc[ledger["unit_code"]].to_numpy()
    assert shapely.contains_xy(grids, ledger["lon"], ledger["lat"]).mean() < 0.9


def test_a_whole_source_has_its_axes_swapped(world: World) -> None:
    assert world.truth["swapped_sources"] == ["incident-wechat"]
    raw = pd.read_csv(world.folder / "incidents_wechat.csv", dtype=str, encoding="utf-8-sig").iloc[:100]
    assert raw["经度"].astype(float).between(27, 30).all()
    assert world.tables["incident-wechat"].frame["lon"].between(109, 111).all()


def test_reports_on_a_border_lie_in_two_grids(world: World) -> None:
    grids = read_scope("part").frames["grid"]
    incidents = world.incidents.set_index("source_id")
    assert len(world.truth["on_border"]) == 3
    for report in world.truth["on_border"]:
        row = incidents.loc[report["id"]]
        meeting = grids["code"][shapely.intersects_xy(grids.geometry.to_numpy(), row["lon"], row["lat"])]
        assert sorted(meeting) == report["codes"]
        assert len(meeting) >= 2


def test_codes_that_contradict_their_place(world: World) -> None:
    grids = read_scope("part").frames["grid"]
    wrong = world.incidents.set_index("source_id").loc[world.truth["wrong_incident_codes"]]
    shapes = grids.set_index("code").geometry.loc[wrong["unit_code"]].to_numpy()
    assert not shapely.contains_xy(shapes, wrong["lon"], wrong["lat"]).any()
    right = world.incidents[~world.incidents["source_id"].isin(world.truth["wrong_incident_codes"])]
    right = right[right["unit_code"].notna()].iloc[:3000]
    shapes = grids.set_index("code").geometry.loc[right["unit_code"]].to_numpy()
    assert shapely.contains_xy(shapes, right["lon"], right["lat"]).mean() > 0.98
    assert set(pd.Series(world.truth["wrong_camera_codes"]).str.slice(0, 6)) <= {"433127", "433130"}


def test_home_is_marked_as_a_demo(world: World) -> None:
    home = world.tables["units"].home
    assert home is not None
    assert home.demo
    assert home.map_review_number == ""
    assert home.attribution_zh == "演示数据 · 边界为虚构"
    assert home.attribution_en == "Demo data, invented borders"
    assert [level.name for level in home.levels] == ["grid", "village", "township", "county", "prefecture"]


def test_camera_register(world: World) -> None:
    assert "设备编码" in (world.folder / "cameras_key.csv").read_bytes().decode("gb18030").splitlines()[0]
    cameras = world.cameras
    assert cameras["source_id"].str.fullmatch(r"4331\d{2}000[01]1320\d{6}").all()
    standing = cameras[cameras["status"].isin(["online", "offline"])]
    online = standing["status"].eq("online").groupby(standing["programme"]).mean()
    assert 0.97 < online["key"] < 0.995
    assert 0.94 < online["village"] < 0.97
    assert 0.12 < cameras["azimuth_doubt_deg"].eq(22.5).mean() < 0.22
    assert 0.05 < cameras["height_m"].isna().mean() < 0.12
    assert 0.05 < cameras["filed"].isna().mean() < 0.15
    filed = cameras["filed"].fillna(False)
    assert cameras.loc[filed, "filing_no"].str.fullmatch(r"4331\d{2}-20\d{2}-\d{6}").all()
    assert (cameras.loc[filed, "filed_on"] > cameras.loc[filed, "installed_on"]).all()
    assert cameras.loc[~filed, ["filing_no", "filed_on"]].isna().all(axis=None)


def test_cameras_look_along_streets_and_key_ones_stand_at_places(world: World) -> None:
    metric = "EPSG:32649"
    cameras = world.cameras[world.cameras["azimuth_deg"].notna() & world.cameras["azimuth_doubt_deg"].isna()]
    cameras = cameras[~cameras["source_id"].isin([row["id"] for row in world.truth["shifted_rows"]])]
    xy = np.column_stack(transform_xy(cameras["lon"], cameras["lat"], "EPSG:4326", metric))
    steps = segments(world.tables["road-network"].frame.to_crs(metric).geometry.to_numpy())
    a, b = shapely.get_coordinates(steps).reshape(-1, 2, 2).transpose(1, 0, 2)
    bearing = np.degrees(np.arctan2(*(b - a).T))
    _, nearest = shapely.STRtree(steps).query_nearest(shapely.points(xy), all_matches=False)
    off = np.abs((cameras["azimuth_deg"].to_numpy() - bearing[nearest] + 90) % 180 - 90)
    assert np.median(off) < 6
    assert (off < 25).mean() > 0.9
    key = world.cameras["programme"] == "key"
    assert (world.cameras.loc[key, "h_px"].dropna() >= 1920).all()
    places = world.tables["key-places"].frame.to_crs(metric).geometry.to_numpy()
    at = shapely.points(xy[key[cameras.index].to_numpy()])
    _, away_m = shapely.STRtree(places).query_nearest(at, return_distance=True, all_matches=False)
    assert away_m.max() < 165
    for name, low, high in (("hfov_deg", 0.4, 0.65), ("focal_mm", 0.45, 0.65), ("tilt_deg", 0.05, 0.2)):
        assert low < world.cameras[name].isna().mean() < high, name


def test_people_settle_low(world: World) -> None:
    """Roads and hamlets keep to the valleys: they lie lower than the land around does on the whole."""
    scope, land = read_scope("part"), read_land()
    whole = scope.units["prefecture"].geometry.iloc[0]
    anywhere = np.random.default_rng(0).uniform(whole.bounds[:2], whole.bounds[2:], (20_000, 2))
    anywhere = anywhere[shapely.contains_xy(whole, *anywhere.T)]
    for name in ("road-network", "building-footprints"):
        lonlat = shapely.get_coordinates(world.tables[name].frame.geometry.to_numpy())[::50]
        there = np.column_stack(from_lonlat(*lonlat.T))
        assert sample(land.rise_m, *there.T).mean() < sample(land.rise_m, *anywhere.T).mean() - 8, name


def test_places_and_areas_of_every_kind(world: World) -> None:
    kinds = set(world.tables["key-places"].frame["kind"])
    assert {"school", "market", "station", "hospital", "square"} <= kinds
    assert {"prohibited", "sensitive"} <= set(world.tables["restricted-areas"].frame["rule"])
    assert set(world.tables["centres"].frame["kind"]) == {"county_centre", "township_centre", "workstation"}


def test_incidents_run_over_24_months(world: World) -> None:
    incidents = world.incidents
    local = incidents["reported_at"].dt.tz_convert("Asia/Shanghai")
    assert local.dt.strftime("%Y-%m").nunique() == 24
    assert incidents["category"].nunique() == 8
    share = incidents["channel"].value_counts(normalize=True)
    for channel, wanted in {"grid_staff": 0.52, "hotline_12345": 0.24, "wechat": 0.15, "visit": 0.09}.items():
        assert abs(share[channel] - wanted) < 0.02
    assert (incidents["closed_at"].dropna() <= pd.Timestamp(LAST).tz_localize("Asia/Shanghai")).all()
    assert (incidents["closed_at"] >= incidents["reported_at"])[incidents["closed_at"].notna()].all()
    due = incidents[incidents["due_at"] <= incidents["reported_at"].max()]
    assert 0.90 < due["closed_at"].notna().mean() < 0.97
    assert 0.70 < (due["closed_at"] <= due["due_at"]).mean() < 0.85
    assert 0.01 < incidents["reopened"].mean() < 0.03
    night = local.dt.hour.between(1, 4)
    noise = incidents["category"] == "噪声扰民"
    assert night[~noise].mean() < 0.05 < night[noise].mean()


def test_incidents_follow_residents(world: World) -> None:
    scope = read_scope("part")
    grids = scope.frames["grid"].geometry.to_numpy()
    counts = []
    for frame, weight in ((world.incidents, None), (world.tables["residents-per-building"].frame, "residents")):
        point, grid = shapely.STRtree(grids).query(shapely.points(frame["lon"], frame["lat"]), predicate="intersects")
        values = None if weight is None else frame[weight].to_numpy()[point]
        counts.append(np.bincount(grid, values, len(grids)))
    assert pd.Series(counts[0]).corr(pd.Series(counts[1]), method="spearman") > 0.8


def _away_m(frame: pd.DataFrame, cluster: dict[str, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    east = (frame["lon"] - cluster["lon"]) * np.cos(np.radians(cluster["lat"]))
    return np.asarray(111_320 * np.hypot(east, frame["lat"] - cluster["lat"]))


def test_planted_hotspots_stand_out(world: World) -> None:
    assert {row["pattern"] for row in world.truth["hotspots"]} == set(PATTERNS)
    month = world.incidents["reported_at"].dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m")
    months = sorted(month.unique())
    for cluster in world.truth["hotspots"]:
        own = world.incidents["category"] == cluster["category"]
        away = _away_m(world.incidents, cluster)
        near, ring = own & (away < 2 * cluster["spread_m"]), own & (away >= 3 * cluster["spread_m"]) & (away < 1500)
        found = month[near].value_counts().reindex(months, fill_value=0).to_numpy()
        planted = np.array(cluster["per_month"])
        assert (found >= 0.6 * planted - 3).all(), cluster["pattern"]
        per_m2 = near.sum() / (4 * cluster["spread_m"] ** 2)
        assert per_m2 > 4 * ring.sum() / (1500**2 - 9 * cluster["spread_m"] ** 2)


def test_clusters_outside_every_view(world: World) -> None:
    assert len(world.truth["outside_views"]) >= 2
    for cluster in world.truth["outside_views"]:
        assert _away_m(world.cameras, cluster).min() > 200
        near = _away_m(world.incidents, cluster) < 150
        assert near.sum() >= 0.9 * cluster["n"]


def test_linked_reports_and_near_repeats(world: World) -> None:
    incidents = world.incidents.set_index("source_id")
    for name, furthest_m, latest in (("linked", 170, "6h"), ("near_repeats", 190, "7D")):
        pairs = pd.DataFrame(world.truth[name])
        a, b = incidents.loc[pairs["first"]], incidents.loc[pairs["second"]]
        east = (b["lon"].to_numpy() - a["lon"].to_numpy()) * np.cos(np.radians(28.3))
        away_m = 111_320 * np.hypot(east, b["lat"].to_numpy() - a["lat"].to_numpy())
        later = b["reported_at"].to_numpy("datetime64[us]") - a["reported_at"].to_numpy("datetime64[us]")
        assert away_m.max() < furthest_m
        assert later.min() >= pd.Timedelta(0).to_timedelta64()
        assert later.max() <= pd.Timedelta(latest).to_timedelta64()
        assert (a["category"].to_numpy() == b["category"].to_numpy()).all()
        if name == "linked":
            assert (a["channel"].to_numpy() != b["channel"].to_numpy()).all()
            assert abs(away_m.mean() - 30 * np.sqrt(np.pi / 2)) < 4


def test_fabric_stands_clear_of_roads(world: World) -> None:
    roads = world.tables["road-network"].frame.to_crs("EPSG:32649")
    buildings = world.tables["building-footprints"].frame.to_crs("EPSG:32649").iloc[:-1]
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    assert len(tree.query(roads.geometry.to_numpy(), predicate="intersects")[1]) == 0
    assert tree.query(buildings.geometry.to_numpy(), predicate="intersects").shape[1] == len(buildings)
    assert set(buildings["use"]) == {"dwelling", "other"}


def test_all_lies_in_the_prefecture(world: World) -> None:
    whole = gpd.read_parquet(world.folder / "prefecture.parquet").geometry.iloc[0]
    shapely.prepare(whole)
    for name in ("road-network", "building-footprints"):
        shapes = world.tables[name].frame.geometry.to_numpy()
        assert shapely.covers(whole, shapes).mean() > 0.999, name


def test_terrain_covers_the_units(world: World) -> None:
    with rasterio.open(world.folder / "elevation.tif") as raster:
        whole = gpd.read_parquet(world.folder / "prefecture.parquet").to_crs(raster.crs).total_bounds
        heights = raster.read(1)
        assert shapely.box(*raster.bounds).contains(shapely.box(*whole))
    assert 50 < heights.min() < heights.max() < 2_500


def test_borders_in_git_go_in_as_they_are(full: World) -> None:
    for level in ("grid", "prefecture"):
        assert (full.folder / f"{level}.parquet").read_bytes() == (FOLDER / f"{level}.parquet").read_bytes()


test_borders_in_git_go_in_as_they_are = pytest.mark.slow(test_borders_in_git_go_in_as_they_are)


@pytest.mark.slow
def test_whole_world_has_the_published_size(full: World, capsys: pytest.CaptureFixture[str]) -> None:
    kept = {source: len(clean.frame) for source, clean in full.tables.items()}
    assert kept["units"] == 5_382 + 1_791 + 115 + 9 + 1
    assert (kept["key-cameras"], kept["village-cameras"]) == (15_000, 59_000)
    assert kept["centres"] == 9 + 115 + 1_791
    assert full.tables["grid-staff"].frame["staff"].sum() == 15_000
    assert len(full.incidents) == 200_003
    assert kept["building-footprints"] == 200_001
    residents = full.tables["residents-per-building"].frame["residents"]
    assert 2.45e6 < residents.sum() < 2.55e6
    assert set(full.tables["residents-per-building"].frame["source_id"]) <= set(
        full.tables["building-footprints"].frame["source_id"]
    )
    villages = gpd.read_parquet(FOLDER / "village.parquet")
    own = full.tables["village-cameras"].frame
    _, village = shapely.STRtree(villages.geometry.to_numpy()).query(
        shapely.points(own["lon"], own["lat"]), predicate="intersects"
    )
    per_village = np.bincount(village, minlength=len(villages))
    area = gpd.read_parquet(FOLDER / "grid.parquet").to_crs("EPSG:32649").area
    with capsys.disabled():
        print("\ngrid m2 at 1, 10, 50, 90, 99 %:", np.quantile(area, [0.01, 0.1, 0.5, 0.9, 0.99]).round())
        print(
            "cameras per village: mean",
            per_village.mean().round(2),
            "at 1, 50, 99 %:",
            np.quantile(per_village, [0.01, 0.5, 0.99]),
        )
        print(full.incidents["channel"].value_counts(normalize=True).round(3).to_dict())
        print(full.tables["key-places"].frame["kind"].value_counts().to_dict())
        print(full.tables["restricted-areas"].frame[["kind", "rule"]].value_counts().to_dict())
    assert set(full.tables["restricted-areas"].frame["rule"]) == {"prohibited", "consent", "sensitive"}
    assert abs(per_village.mean() - 33) < 0.1
    assert per_village.min() >= 1
