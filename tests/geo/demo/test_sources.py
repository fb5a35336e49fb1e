"""The demo's source files: the same seed gives the same bytes, the door takes them, the world is plausible."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.demo import write_sources
from geo.demo.boundaries import FOLDER
from geo.demo.fabric import build_fabric
from geo.demo.incidents import LAST, planted
from geo.demo.land import to_lonlat
from geo.demo.settle import settle
from geo.intake import CleanTable, iter_clean, read_mapping
from geo.rules import Rules

REFUSED = {
    "cameras": {
        "swapped_axes",
        "missing_coordinate",
        "null_island",
        "duplicate_id",
        "ruined_id",
        "bad_direction",
        "unknown_value",
        "outside_extent",
    },
    "incidents": {
        "bad_time",
        "future_time",
        "missing_field",
        "not_located",
        "swapped_axes",
        "unknown_value",
        "duplicate_id",
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sources")
    write_sources(path, 1)
    return path


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, CleanTable]:
    now = pd.Timestamp("2026-11-23", tz="UTC").to_pydatetime()
    mapping = read_mapping(folder / "mapping.toml")
    return {clean.table: clean for clean in iter_clean(mapping, folder, Rules(), now=now)}


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_sources(tmp_path / "again", 1)
    write_sources(tmp_path / "other", 2)
    for file in sorted(folder.iterdir()):
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name
    for name in ("cameras.csv", "incidents.csv", "buildings.parquet", "roads.parquet"):
        assert (tmp_path / "other" / name).read_bytes() != (folder / name).read_bytes()


def test_counts(tables: dict[str, CleanTable]) -> None:
    kept = {name: len(clean.frame) for name, clean in tables.items()}
    assert kept["units"] == 381 + 60 + 12 + 3 + 1
    assert kept["cameras"] == 1500
    assert kept["incidents"] == 8001
    assert kept["buildings"] == 6000
    assert kept["service_points"] == 3 + 12 + 60
    assert kept["places"] > 100
    assert kept["restricted_areas"] > 20


def test_each_dirty_row_is_refused_for_its_own_reason(tables: dict[str, CleanTable]) -> None:
    for name, reasons in REFUSED.items():
        refused = tables[name].refused["reason"]
        assert set(refused) == reasons
        assert len(refused) == len(reasons)
    assert sum(len(clean.refused) for clean in tables.values()) == 15


def test_home_is_marked_as_a_demo(tables: dict[str, CleanTable]) -> None:
    home = tables["units"].home
    assert home is not None
    assert home.demo
    assert home.attribution_zh == "演示数据 · 边界为虚构"
    assert home.attribution_en == "Demo data, invented borders"
    assert [level.name for level in home.levels] == ["grid", "village", "township", "county", "prefecture"]


def test_camera_register(folder: Path, tables: dict[str, CleanTable]) -> None:
    assert "设备编码" in (folder / "cameras.csv").read_bytes().decode("gb18030").splitlines()[0]
    cameras = tables["cameras"].frame
    assert cameras["source_id"].str.fullmatch(r"4399\d{2}000[01]1320\d{6}").all()
    standing = cameras[cameras["status"].isin(["online", "offline"])]
    online = standing["status"].eq("online").groupby(standing["programme"]).mean()
    assert 0.96 < online["key"] <= 1
    assert 0.93 < online["village"] < 0.97
    assert 150 < cameras["azimuth_doubt_deg"].eq(22.5).sum() < 400
    assert 0.05 < cameras["height_m"].isna().mean() < 0.12


def test_incidents_run_over_24_months(tables: dict[str, CleanTable]) -> None:
    incidents = tables["incidents"].frame
    local = incidents["reported_at"].dt.tz_convert("Asia/Shanghai")
    assert local.dt.strftime("%Y-%m").nunique() == 25
    assert str(local.max().date()) == "2026-11-22"
    assert incidents["category"].nunique() == 8
    assert set(incidents["channel"]) == {"grid_staff", "hotline_12345", "wechat", "visit"}
    assert (incidents["closed_at"].dropna() <= pd.Timestamp(LAST).tz_localize("Asia/Shanghai")).all()
    assert (incidents["closed_at"] >= incidents["reported_at"])[incidents["closed_at"].notna()].all()
    due = incidents[incidents["due_at"] <= incidents["reported_at"].max()]
    assert 0.90 < due["closed_at"].notna().mean() < 0.97
    assert 0.70 < (due["closed_at"] <= due["due_at"]).mean() < 0.85
    night = local.dt.hour.between(1, 4).mean()
    assert night < 0.05


def test_planted_hotspots_stand_out(tables: dict[str, CleanTable]) -> None:
    incidents = tables["incidents"].frame
    fabric = build_fabric(settle(1), 1)
    for spot in planted(fabric):
        lon, lat = to_lonlat(np.array([spot.east_m]), np.array([spot.north_m]))
        away_m = 111_000 * np.hypot((incidents["lon"] - lon[0]) * np.cos(np.radians(lat[0])), incidents["lat"] - lat[0])
        assert (away_m < 2 * spot.spread_m).sum() >= 0.6 * spot.n


def test_fabric_stands_clear_of_roads(folder: Path) -> None:
    roads = gpd.read_parquet(folder / "roads.parquet").to_crs("EPSG:32649")
    buildings = gpd.read_parquet(folder / "buildings.parquet").to_crs("EPSG:32649")
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    assert len(tree.query(roads.geometry.to_numpy(), predicate="intersects")[1]) == 0
    pairs = tree.query(buildings.geometry.to_numpy(), predicate="intersects")
    assert pairs.shape[1] == len(buildings)
    assert set(buildings["use"]) == {"dwelling", "other"}


def test_all_lies_in_the_prefecture(folder: Path) -> None:
    whole = gpd.read_parquet(FOLDER / "prefecture.parquet").geometry.iloc[0]
    for name in ("roads", "buildings"):
        shapes = gpd.read_parquet(folder / f"{name}.parquet").geometry.to_numpy()
        assert shapely.covers(whole, shapes).all(), name


def test_residents_sum(tables: dict[str, CleanTable]) -> None:
    residents = tables["residents"].frame
    assert 50_000 < residents["residents"].sum() < 80_000
    assert set(residents["source_id"]) <= set(tables["buildings"].frame["source_id"])
