"""The borders in git: counts, topology, nesting, names, hashes."""

import itertools
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.demo.boundaries import FOLDER, LEVELS, make_units, sha256_of, share_out

COUNTS = {"grid": 381, "village": 60, "township": 12, "county": 3, "prefecture": 1}


@pytest.fixture(scope="module")
def units() -> dict[str, gpd.GeoDataFrame]:
    return {level: gpd.read_parquet(FOLDER / f"{level}.parquet") for level in LEVELS}


def test_files_are_those_of_the_manifest(units: dict[str, gpd.GeoDataFrame]) -> None:
    files = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert {file["level"]: file["rows"] for file in files} == COUNTS
    for file in files:
        assert sha256_of(FOLDER / file["file"]) == file["sha256"]
        assert units[file["level"]].crs.to_epsg() == 4490


@pytest.mark.parametrize("level", LEVELS)
def test_level_is_a_coverage(units: dict[str, gpd.GeoDataFrame], level: str) -> None:
    shapes = units[level].geometry.to_numpy()
    assert len(shapes) == COUNTS[level]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) == {3}


@pytest.mark.parametrize(("child", "parent"), list(itertools.pairwise(LEVELS)))
def test_parent_is_the_union_of_its_children(units: dict[str, gpd.GeoDataFrame], child: str, parent: str) -> None:
    assert set(units[child]["parent_code"]) == set(units[parent]["code"])
    for row in units[parent].itertuples():
        below = units[child].geometry[units[child]["parent_code"] == row.code].to_numpy()
        assert len(below) >= 1
        assert shapely.equals(shapely.coverage_union_all(below), row.geometry)


def test_grids_are_hectares_in_town_and_km2_in_the_hills(units: dict[str, gpd.GeoDataFrame]) -> None:
    area_m2 = units["grid"].to_crs("EPSG:32649").area.to_numpy()
    assert 1e4 < area_m2.min() < 2e4
    assert np.quantile(area_m2, 0.25) < 5e4
    assert 1e7 < area_m2.max() < 2e7
    assert 3e8 < area_m2.sum() < 1.5e9


def test_codes_and_names(units: dict[str, gpd.GeoDataFrame]) -> None:
    length = {"grid": 15, "village": 12, "township": 9, "county": 6, "prefecture": 6}
    for level, frame in units.items():
        assert frame["code"].is_unique
        assert set(frame["code"].str.len()) == {length[level]}
        assert frame["code"].str.startswith("4399").all()
        assert frame["code"].is_monotonic_increasing
        assert frame["name"].is_unique
        assert frame["name_en"].str.isascii().all()
    assert units["village"]["name"].str.endswith(("村", "社区")).all()


def test_share_out_keeps_the_total() -> None:
    assert share_out(60, np.array([3, 3, 1, 9]), least=3).sum() == 60


@pytest.mark.slow
def test_borders_are_made_again_the_same(units: dict[str, gpd.GeoDataFrame]) -> None:
    for level, frame in make_units().items():
        assert frame["code"].tolist() == units[level]["code"].tolist()
        assert frame["name"].tolist() == units[level]["name"].tolist()
        assert shapely.hausdorff_distance(frame.geometry.to_numpy(), units[level].geometry.to_numpy()).max() < 1e-6
