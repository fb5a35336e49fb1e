"""The borders in git: counts, areas, topology, nesting, names, hashes (numbers: DOMAIN section 1)."""

import itertools
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.demo.boundaries import COUNTS, FOLDER, LEVELS, make_units, sha256_of, share_out
from geo.demo.land import read_land, sample
from geo.demo.names import COUNTIES, community_name, town_name, village_name
from geo.demo.scope import SIZES, read_scope


@pytest.fixture(scope="module")
def units() -> dict[str, gpd.GeoDataFrame]:
    return {level: gpd.read_parquet(FOLDER / f"{level}.parquet") for level in LEVELS}


def test_counts_are_the_published_ones() -> None:
    assert COUNTS == {"grid": 5_382, "village": 1_791, "township": 115, "county": 9, "prefecture": 1}


def test_files_are_those_of_the_manifest(units: dict[str, gpd.GeoDataFrame]) -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert {file["level"]: file["rows"] for file in manifest["files"]} == COUNTS
    for file in (*manifest["files"], manifest["relief"]):
        assert sha256_of(FOLDER / file["file"]) == file["sha256"]
    for file in manifest["files"]:
        assert len(units[file["level"]]) == file["rows"]
        assert units[file["level"]].crs.to_epsg() == 4490 == int(file["crs"].split(":")[1])
    assert "invented" in manifest["source"]
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 10_000_000


@pytest.mark.parametrize("level", LEVELS)
def test_level_is_a_coverage(units: dict[str, gpd.GeoDataFrame], level: str) -> None:
    shapes = units[level].geometry.to_numpy()
    assert len(shapes) == COUNTS[level]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) == {3}


@pytest.mark.parametrize(("child", "parent"), list(itertools.pairwise(LEVELS)))
def test_parent_is_the_union_of_its_children(units: dict[str, gpd.GeoDataFrame], child: str, parent: str) -> None:
    groups = units[child].groupby("parent_code").indices
    shapes = units[child].geometry.to_numpy()
    assert set(groups) == set(units[parent]["code"])
    for code, shape in zip(units[parent]["code"], units[parent].geometry, strict=True):
        assert shapely.equals(shapely.coverage_union_all(shapes[groups[code]]), shape)


def test_prefecture_is_whole_and_has_its_size(units: dict[str, gpd.GeoDataFrame]) -> None:
    whole = units["prefecture"].geometry.iloc[0]
    assert len(whole.interiors) == 0
    km2 = units["county"].to_crs("EPSG:32649").area.to_numpy() / 1e6
    assert 15_300 < km2.sum() < 15_700
    wanted = {county.code: county.area_km2 for county in COUNTIES}
    assert np.abs(km2 / [wanted[code] for code in units["county"]["code"]] - 1).max() < 0.06


def test_grids_are_hectares_in_town_and_km2_in_the_hills(units: dict[str, gpd.GeoDataFrame]) -> None:
    area_m2 = units["grid"].to_crs("EPSG:32649").area.to_numpy()
    assert 8e3 < area_m2.min() < 3e4
    assert np.quantile(area_m2, 0.12) < 1e5
    assert 2e6 < np.median(area_m2) < 4e6
    assert 5e6 < area_m2.max() < 2e7


def test_borders_follow_ridges_and_streams(units: dict[str, gpd.GeoDataFrame]) -> None:
    scope = read_scope()
    land = read_land()
    rng = np.random.default_rng(0)
    whole = scope.units["prefecture"].geometry.iloc[0]
    inside = rng.uniform(whole.bounds[:2], whole.bounds[2:], (20_000, 2))
    inside = inside[shapely.contains_xy(whole, *inside.T)]
    border = shapely.get_coordinates(shapely.segmentize(scope.units["county"].geometry.to_numpy(), 200.0))
    on_border, anywhere = (sample(land.rise_m, *xy.T).mean() for xy in (border, inside))
    assert on_border > anywhere + 8.0
    assert np.abs(shapely.length(scope.units["township"].geometry)).mean() > 1.25 * np.sqrt(4 * np.pi * 135e6)


def test_codes_and_names(units: dict[str, gpd.GeoDataFrame]) -> None:
    length = {"grid": 15, "village": 12, "township": 9, "county": 6, "prefecture": 6}
    for level, frame in units.items():
        assert frame["code"].is_unique
        assert set(frame["code"].str.len()) == {length[level]}
        assert frame["code"].str.startswith("4331").all()
        assert frame["code"].is_monotonic_increasing
        assert not frame.duplicated(["parent_code", "name"]).any()
        assert frame["name_en"].str.isascii().all()
    assert dict(zip(units["county"]["code"], units["county"]["name"], strict=True)) == {
        "433101": "吉首市",
        "433122": "泸溪县",
        "433123": "凤凰县",
        "433124": "花垣县",
        "433125": "保靖县",
        "433126": "古丈县",
        "433127": "永顺县",
        "433130": "龙山县",
        "4331T1": "湘西高新区",
    }
    assert units["township"]["name"].is_unique
    kind = units["township"]["code"].str.slice(6).astype(int)
    for words, low, high in (("街道", 1, 99), ("镇", 100, 199), ("乡", 200, 399)):
        assert (units["township"]["name"].str.endswith(words) == kind.between(low, high)).all()
    urban = units["village"]["code"].str.slice(9).astype(int) < 200
    assert (units["village"]["name"].str.endswith("社区") == urban).all()
    assert units["village"]["name"][~urban].str.endswith("村").all()
    assert units["village"]["name"][~urban].is_unique


def test_invented_names_differ() -> None:
    assert len({village_name(index).zh for index in range(1_728)}) == 1_728
    assert (
        len({village_name(index).zh[:-1] for index in range(1_728)} & {town_name(i, "town").zh for i in range(576)})
        == 0
    )
    assert len({community_name(index).zh for index in range(300)}) == 300


def test_share_out_keeps_the_total() -> None:
    assert share_out(60, np.array([3, 3, 1, 9]), least=3).sum() == 60


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_demo_is_a_whole(size: str) -> None:
    scope = read_scope(size)
    for child, parent in itertools.pairwise(LEVELS):
        assert set(scope.units[child]["parent_code"]) == set(scope.units[parent]["code"])
    assert shapely.area(scope.units["grid"].geometry.to_numpy()).sum() == pytest.approx(
        scope.units["prefecture"].area.sum(), rel=1e-9
    )


@pytest.mark.slow
def test_borders_are_made_again_the_same(units: dict[str, gpd.GeoDataFrame]) -> None:
    for level, frame in make_units(read_land()).items():
        assert frame["code"].tolist() == units[level]["code"].tolist()
        assert frame["name"].tolist() == units[level]["name"].tolist()
        assert shapely.hausdorff_distance(frame.geometry.to_numpy(), units[level].geometry.to_numpy()).max() < 1e-6
