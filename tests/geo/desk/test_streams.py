"""A valley that falls to the east through a plain of 20 x 20 km (UTM 49N, cells of 100 m)."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rasterio.transform import Affine

from geo.crs import transform_geometry
from geo.desk.streams import drain, find_streams, soften

UTM, WEST_M, NORTH_M, CELL_M, SIDE = "EPSG:32649", 400_000.0, 3_100_000.0, 100.0, 200


def write_valley(file: Path) -> Path:
    """Heights in m: 5 per cell away from the middle row, 1 per cell to the west."""
    row, column = np.mgrid[:SIDE, :SIDE]
    height = 5 * np.abs(row - SIDE // 2) + (SIDE - column)
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "height": SIDE, "width": SIDE, "crs": UTM}
    with rasterio.open(file, "w", transform=Affine(CELL_M, 0, WEST_M, 0, -CELL_M, NORTH_M), **profile) as raster:
        raster.write(height.astype(np.int16), 1)
    return file


def test_the_stream_runs_down_the_valley(tmp_path: Path) -> None:
    lines, kinds = find_streams(write_valley(tmp_path / "valley.tif"), UTM)
    assert set(kinds) == {"stream"}  # 400 km2 at most
    xy = shapely.get_coordinates(transform_geometry(lines, "EPSG:4326", UTM))
    middle_m = NORTH_M - (SIDE // 2 + 0.5) * CELL_M
    assert np.abs(xy[:, 1] - middle_m).max() < 3 * CELL_M
    assert xy[:, 0].max() == pytest.approx(WEST_M + (SIDE - 0.5) * CELL_M, abs=0.1)


def test_land_that_drains_little_has_none(tmp_path: Path) -> None:
    file = write_valley(tmp_path / "valley.tif")
    with rasterio.open(file, "r+") as raster:
        raster.write(np.full((SIDE, SIDE), 7, dtype=np.int16), 1)
        raster.transform = Affine(1, 0, WEST_M, 0, -1, NORTH_M)
    lines, kinds = find_streams(file, UTM)
    assert (len(lines), kinds) == (0, [])


@given(
    arrays(np.int16, (6, 7), elements=st.integers(0, 9)),
    arrays(np.bool_, (6, 7), elements=st.booleans()),
)
def test_all_that_is_known_drains_and_nothing_is_lost(height_m: np.ndarray, known: np.ndarray) -> None:
    receiver, drained = drain(height_m.astype(np.float64), known)
    flat = known.ravel()
    assert drained[flat & (receiver < 0)].sum() == flat.sum()
    assert not drained[~flat].any()
    assert (receiver[~flat] == -1).all()
    below = receiver >= 0
    assert flat[receiver[below]].all()
    assert (drained[receiver[below]] > drained[below]).all()  # so there is no ring


def test_soft_lines_keep_their_ends() -> None:
    corners = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    soft = soften(corners)
    assert soft[[0, -1]].tolist() == corners[[0, -1]].tolist()
    assert shapely.LineString(soft).length < shapely.LineString(corners).length
