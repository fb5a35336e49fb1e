import time
from pathlib import Path

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon, box, shape

from geo.errors import BrokenSnapshot
from geo.schema import HomeInfo, Level
from geo.tiles.address import Tile
from geo.tiles.encode import encode_layer, find_near
from geo.tiles.pyramid import build_pyramid, open_pyramid, simplify

HOME = HomeInfo("H", "H", "UTC", "EPSG:3857", (Level("grid", "网格", "Grid", "all"), Level("all", "全部", "All")))


def winding_partition(n_side: int, cell_m: float, n_bends: int) -> np.ndarray:
    """`n_side`² cells of `cell_m` metres with winding shared borders, `n_bends` points to a side."""
    steps = np.linspace(0, 1, n_bends + 1)
    wave = 0.08 * np.sin(steps * np.pi * 6) * np.sin(steps * np.pi)
    cells = []
    for row in range(n_side):
        for col in range(n_side):
            south = np.column_stack([col + steps, row + wave * (row > 0)])
            north = np.column_stack([col + steps, row + 1 + wave * (row + 1 < n_side)])[::-1]
            east = np.column_stack([col + 1 + wave * (col + 1 < n_side), row + steps])
            west = np.column_stack([col + wave * (col > 0), row + steps])[::-1]
            cells.append(Polygon(np.vstack([south[:-1], east[:-1], north[:-1], west[:-1]]) * cell_m))
    return np.array(cells, dtype=object)


def units_frame(cells: np.ndarray) -> gpd.GeoDataFrame:
    codes = [f"{i:05d}" for i in range(len(cells))]
    whole = shapely.coverage_union_all(cells)
    return gpd.GeoDataFrame(
        {"level": ["grid"] * len(cells) + ["all"], "code": [*codes, "all"]}, geometry=[*cells, whole], crs=3857
    )


def test_units_are_numbered_by_code_and_zooms_get_coarser(tmp_path: Path) -> None:
    cells = winding_partition(8, 500, 60)
    frame = units_frame(cells).iloc[::-1]
    said: list[float] = []
    build_pyramid(frame, HOME, tmp_path / "v", lambda share, _: said.append(share))
    pyramid = open_pyramid(tmp_path / "v")
    assert pyramid.levels() == ("grid", "all")
    fine, coarse = pyramid.shapes("grid", 20), pyramid.shapes("grid", 9)
    np.testing.assert_allclose(fine.bounds[0], shapely.bounds(cells)[:, 0])
    assert len(coarse) == 64
    assert len(coarse.xy) < len(fine.xy) / 5
    assert said[-1] == 1.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v"]


def test_shared_borders_stay_shared_and_nothing_vanishes() -> None:
    cells = winding_partition(5, 1000, 40)
    simpler = simplify(cells, 200.0)
    assert shapely.coverage_is_valid(simpler)
    assert shapely.get_num_coordinates(simpler).sum() < shapely.get_num_coordinates(cells).sum() / 4
    tiny = np.array([box(0, 0, 1e-3, 1e-3), Polygon()])
    assert simplify(tiny, 1e6)[0].area > 0


def test_slivers_overlaps_and_a_bowtie_are_drawn_all_the_same(tmp_path: Path) -> None:
    bowtie = Polygon([(0, 0), (900, 900), (900, 0), (0, 900)])
    cells = np.array(
        [box(0, 0, 1000, 1000), box(999, 0, 2000, 1000.5), bowtie, box(2000.01, 0, 3000, 1000)], dtype=object
    )
    frame = gpd.GeoDataFrame({"level": "grid", "code": list("abcd")}, geometry=cells, crs=3857)
    build_pyramid(frame, HOME, tmp_path / "v")
    shapes = open_pyramid(tmp_path / "v").shapes("grid", 10)
    data = encode_layer("units", shapes, np.arange(4), Tile(10, 512, 511))
    features = mapbox_vector_tile.decode(data)["units"]["features"]
    assert [feature["id"] for feature in features] == [0, 1, 2, 3]


def test_a_level_without_units_and_a_collection(tmp_path: Path) -> None:
    mixed = shapely.GeometryCollection([box(0, 0, 100, 100), shapely.LineString([(0, 0), (500, 500)])])
    frame = gpd.GeoDataFrame({"level": ["grid"], "code": ["a"]}, geometry=[mixed], crs=3857)
    build_pyramid(frame, HOME, tmp_path / "v")
    pyramid = open_pyramid(tmp_path / "v")
    assert len(pyramid.shapes("all", 5)) == 0
    assert pyramid.shapes("grid", 20).bounds[:, 0].tolist() == [0, 0, 100, 100]


def test_building_again_replaces_and_a_missing_one_is_said(tmp_path: Path) -> None:
    frame = units_frame(winding_partition(2, 100, 4))
    build_pyramid(frame, HOME, tmp_path / "v")
    build_pyramid(frame.iloc[:1], HOME, tmp_path / "v")
    assert len(open_pyramid(tmp_path / "v").shapes("grid", 10)) == 1
    with pytest.raises(BrokenSnapshot):
        open_pyramid(tmp_path / "none")


@pytest.mark.slow
def test_p95_of_a_tile_of_5000_winding_units_is_under_20_ms(tmp_path: Path) -> None:
    cells = winding_partition(71, 1700, 60)
    build_pyramid(units_frame(cells), HOME, tmp_path / "v")
    pyramid = open_pyramid(tmp_path / "v")
    rng = np.random.default_rng(3)
    taken_ms = []
    for zoom in range(5, 18):
        side = Tile(zoom, 0, 0).side_m()
        for _ in range(25):
            x, y = rng.uniform(0, 71 * 1700, 2)
            tile = Tile(zoom, int((x + 20037508.342789244) / side), int((20037508.342789244 - y) / side))
            for level in ("grid", "all"):
                shapes = pyramid.shapes(level, zoom)
                began = time.perf_counter()
                encode_layer("units", shapes, np.arange(len(shapes)), tile)
                taken_ms.append((time.perf_counter() - began) * 1000)
    assert np.percentile(taken_ms, 95) < 20


def test_near_units_are_found_by_bounds() -> None:
    cells = winding_partition(4, 1000, 10)
    tile = Tile(16, 32769, 32766)
    near = find_near(shapely.bounds(cells).T.copy(), tile)
    expected = [i for i, cell in enumerate(cells) if box(*tile.bounds_m(64)).intersects(box(*cell.bounds))]
    assert near.tolist() == expected
    assert shape(cells[0]).area > 0
