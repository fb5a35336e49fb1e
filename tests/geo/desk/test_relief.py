"""A square pyramid of land, 20 km wide, lit from the north-west."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import Affine

from geo.desk import Desk
from geo.desk.relief import MAX_ZOOM, MIN_ZOOM, shade
from geo.errors import Forbidden, NotAvailable, NotFound
from tests.geo.desk import small_home
from tests.geo.desk.test_desk import tile_at

LON, LAT, HALF_DEG = 110.0, 0.0, 0.09


def write_pyramid(home: Path) -> Path:
    """Heights in 400 x 400 cells round (110 E, 0 N): 2,000 m in the middle, 0 at the edge."""
    side = 400
    reach = 1 - np.abs(np.linspace(-1, 1, side))
    height = 2000 * np.minimum(reach[:, np.newaxis], reach[np.newaxis, :])
    file = home / "rasters" / "elevation.tif"
    file.parent.mkdir(parents=True, exist_ok=True)
    step = 2 * HALF_DEG / side
    transform = Affine(step, 0, LON - HALF_DEG, 0, -step, LAT + HALF_DEG)
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "height": side, "width": side, "crs": "EPSG:4326"}
    with rasterio.open(file, "w", transform=transform, **profile) as raster:
        raster.write(height.astype(np.int16), 1)
    return file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    small_home.publish_home(tmp_path)
    write_pyramid(tmp_path)
    return tmp_path


def test_light_falls_on_the_north_west_and_shadow_on_the_south_east(home: Path) -> None:
    shades = shade(home / "rasters" / "elevation.tif", MAX_ZOOM)
    rows, columns = shades.numbers.shape
    north, south = shades.numbers[[rows // 3, 2 * rows // 3], columns // 2]
    west, east = shades.numbers[rows // 2, [columns // 3, 2 * columns // 3]]
    assert (north > 10, west > 10) == (True, True)
    assert (0 < south <= 10, 0 < east <= 10) == (True, True)
    assert not shades.numbers[[0, -1], :].any()
    assert not shades.numbers[:, [0, -1]].any()


def test_tiles_are_pictures_of_512_px_and_meet(home: Path) -> None:
    desk = Desk(home)
    z, x, y = tile_at(LON + 0.03, LAT - 0.01, MAX_ZOOM)  # a tile ends at 110.039 E
    west, east = (Image.open(BytesIO(desk.relief(z, column, y, "leader"))) for column in (x, x + 1))
    assert (west.format, west.size, west.mode) == ("PNG", (512, 512), "P")
    shades = shade(home / "rasters" / "elevation.tif", MAX_ZOOM)
    column, row = (x + 1) * 512 - shades.left, y * 512 - shades.top
    part = shades.numbers[row : row + 512, column - 1 : column + 1]
    assert part.any()
    seam = np.column_stack([np.asarray(west)[:, -1], np.asarray(east)[:, 0]])
    assert np.array_equal(seam[: len(part)], part)


def test_nothing_where_nothing_is_known(home: Path) -> None:
    desk = Desk(home)
    assert desk.relief(*tile_at(10, 50, MAX_ZOOM), "leader") == b""
    assert desk.relief(*tile_at(LON, LAT, MIN_ZOOM - 1), "leader") == b""
    assert desk.relief(*tile_at(LON, LAT, MAX_ZOOM + 1), "leader") == b""
    with pytest.raises(NotFound):
        desk.relief(3, 9, 0, "leader")
    with pytest.raises(Forbidden):
        desk.relief(3, 0, 0, "feeder")


def test_a_home_says_whether_it_has_relief(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert {"relief", "streams"} <= set(Desk(home).describe("leader")["layers"])
    flat = tmp_path_factory.mktemp("flat")
    small_home.publish_home(flat)
    assert not {"relief", "streams"} & set(Desk(flat).describe("leader")["layers"])
    with pytest.raises(NotAvailable):
        Desk(flat).relief(3, 0, 0, "leader")
    with pytest.raises(NotAvailable):
        Desk(flat).tile("streams", 9, 0, 0, "leader")
