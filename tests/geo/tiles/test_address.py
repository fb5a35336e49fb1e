import pytest

from geo.errors import NotFound
from geo.tiles.address import Tile, display_px_m, to_tile


@pytest.mark.parametrize("address", [(-1, 0, 0), (21, 0, 0), (2, 4, 0), (2, 0, -1), (0, 1, 0), (3, 2**31, 0)])
def test_a_tile_out_of_range_is_not_found(address: tuple[int, int, int]) -> None:
    with pytest.raises(NotFound):
        to_tile(*address)


def test_bounds_of_the_north_east_quarter() -> None:
    west, south, east, north = Tile(1, 1, 0).bounds_m()
    assert (west, south) == (0.0, 0.0)
    assert (east, north) == pytest.approx((20037508.342789, 20037508.342789))


def test_a_buffer_of_64_units_is_a_64th_of_a_side() -> None:
    tile = Tile(4, 3, 5)
    assert tile.bounds_m(64)[0] == pytest.approx(tile.bounds_m()[0] - tile.side_m() / 64)


def test_a_display_pixel_is_half_the_usual_one_of_that_zoom() -> None:
    assert display_px_m(0) == pytest.approx(78271.517)
