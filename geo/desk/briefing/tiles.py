"""Vector tiles for a file: from the whole view inwards, as deep as the file's size allows."""

import math
import zlib
from collections.abc import Iterator
from itertools import islice

from geo.desk.desk import Desk
from geo.desk.layers import LAYERS
from geo.schema import Role

#: Roughly what a map of the shell measures on a common screen, px.
MAP_PX = (774, 600)
#: Zooms beyond the one at which the whole home fills the map.
ZOOM_STEPS = 4
#: At this zoom layers drawn from near are whole, to half a metre.
NEAR_ZOOM = 14
MAX_NEAR_TILES = 100
#: Of each such layer.
MAX_NEAR_BYTES = 1_000_000

Tiles = dict[str, bytes]


def unit_tiles(
    desk: Desk, levels: list[str], bounds: list[float], role: Role, max_bytes: int
) -> tuple[Tiles, dict[str, int]]:
    """Tiles of the units of `levels` over `bounds` (WGS84 degrees) by path, and per layer the highest complete zoom.

    They go on zoom by zoom, for each level in turn, while all together take at most `max_bytes` deflated; what fills
    the map of a common screen is there in any case.
    """
    fit = fit_zoom(bounds)
    kept: Tiles = {}
    zooms: dict[str, int] = {}
    n_packed, open_levels = 0, list(levels)
    for zoom in range(max(fit - 1, 0), min(fit + ZOOM_STEPS, 20) + 1):
        for level in list(open_levels):
            found = _level_tiles(desk, level, bounds, role, zoom)
            n_more = len(zlib.compress(b"".join(found.values())))
            if zoom > fit and n_packed + n_more > max_bytes:
                open_levels.remove(level)
                continue
            kept |= found
            n_packed += n_more
            zooms[f"units-{level}"] = zoom
    return kept, zooms


def _level_tiles(desk: Desk, level: str, bounds: list[float], role: Role, zoom: int) -> Tiles:
    return {
        f"/tiles/units-{level}/{zoom}/{x}/{y}.mvt": body
        for x, y in tiles_in(bounds, zoom)
        if (body := desk.tile(f"units-{level}", zoom, x, y, role=role))
    }


def near_tiles(desk: Desk, role: Role) -> tuple[Tiles, dict[str, int]]:
    """Tiles of the layers that are drawn from near (cameras, views, roads, ...), where the home is small, by path.

    And per layer the highest tile zoom, which is the same for all; a layer too large is left out, and all are where the
    home has more than `MAX_NEAR_TILES` tiles at that zoom.
    """
    boot = desk.describe(role=role)
    kept: Tiles = {}
    zooms: dict[str, int] = {}
    if len(list(islice(tiles_in(boot["bounds"], NEAR_ZOOM), MAX_NEAR_TILES + 1))) > MAX_NEAR_TILES:
        return kept, zooms
    for name in boot["layers"]:
        if name not in LAYERS:
            continue
        found = {
            f"/tiles/{name}/{zoom}/{x}/{y}.mvt": desk.tile(name, zoom, x, y, role=role)
            for zoom in range(LAYERS[name].min_zoom, NEAR_ZOOM + 1)
            for x, y in tiles_in(boot["bounds"], zoom)
        }
        if n_bytes(found) <= MAX_NEAR_BYTES:
            zooms[name] = NEAR_ZOOM
            kept |= {path: body for path, body in found.items() if body}
    return kept, zooms


def n_bytes(tiles: Tiles) -> int:
    """Bytes of all tiles together.

    >>> n_bytes({"a": b"12", "b": b"345"})
    5
    """
    return sum(map(len, tiles.values()))


def fit_zoom(bounds: list[float]) -> int:
    """Zoom of the 512-px tiles at which `bounds` (WGS84 degrees) fill the map of a common screen.

    >>> fit_zoom([-76.72, 39.19, -76.52, 39.38])
    10
    """
    left, top = _to_square(bounds[0], bounds[3])
    right, bottom = _to_square(bounds[2], bounds[1])
    side = max((right - left) / MAP_PX[0], (bottom - top) / MAP_PX[1], 1e-9)
    return max(0, min(18, math.floor(math.log2(1 / side / 256)) - 1))


def tiles_in(bounds: list[float], zoom: int) -> Iterator[tuple[int, int]]:
    """Columns and rows of the tiles at `zoom` that touch `bounds`.

    >>> list(tiles_in([-10, -10, 10, 10], 1))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    n_tiles = 2**zoom
    left, top = _to_square(bounds[0], bounds[3])
    right, bottom = _to_square(bounds[2], bounds[1])
    for x in range(int(left * n_tiles), min(int(right * n_tiles), n_tiles - 1) + 1):
        for y in range(int(top * n_tiles), min(int(bottom * n_tiles), n_tiles - 1) + 1):
            yield x, y


def _to_square(lon: float, lat: float) -> tuple[float, float]:
    """Web-mercator place in the unit square, y down."""
    angle = math.radians(max(-85.05, min(85.05, lat)))
    return (lon + 180) / 360, (1 - math.asinh(math.tan(angle)) / math.pi) / 2
