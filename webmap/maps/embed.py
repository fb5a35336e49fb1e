"""The data of a file that needs no service: every answer its page will ask for, by address."""

import base64
import json
import math
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from geo.desk import Desk
from geo.desk.layers import LAYERS
from geo.errors import NotAvailable
from geo.schema.column import Role

#: Roughly what a map of the shell measures on a common screen, px.
MAP_PX = (774, 600)
ZOOM_STEPS = 4
MAX_TILE_CHARS = 3_000_000
MAX_CARD_CHARS = 1_800_000
#: At this zoom layers drawn from near are whole, to half a metre.
NEAR_ZOOM = 14
MAX_NEAR_TILES = 100
#: Of each such layer.
MAX_NEAR_BYTES = 1_000_000


def address(path: str, **params: object) -> str:
    """Path and sorted query, as data.js asks for them.

    >>> address("/api/metrics/coverage", level="grid", at=25.0)
    '/api/metrics/coverage?at=25&level=grid'
    """
    shown = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in params.items()}
    query = "&".join(f"{name}={_encode(shown[name])}" for name in sorted(shown))
    return f"{path}?{query}" if query else path


def embed_data(desk: Desk, role: Role) -> tuple[dict[str, Any], dict[str, int]]:
    """All answers for `role` by address, and the highest complete tile zoom: of units ("default"), of other layers.

    Units, measures and months of every level, the density raster; cards from the coarsest level down and tiles from
    the whole view inwards, each as far as the file stays small.
    """
    boot = desk.describe(role=role)
    at = float(boot["default_px_per_m"])
    data: dict[str, Any] = {}
    for level in (step["name"] for step in boot["levels"]):
        data[address("/api/units", level=level)] = desk.units(level=level, role=role)
        data |= _measures(desk, level, role, at)
    data |= _density(desk, role)
    data |= _cards(desk, boot, role, at)
    tiles, zoom = embed_tiles(desk, [step["name"] for step in boot["levels"]], boot["bounds"], role)
    near, zooms = embed_points(desk, role)
    return data | tiles | near, {"default": zoom} | zooms


def embed_tiles(
    desk: Desk, levels: list[str], bounds: list[float], role: Role, max_chars: int = MAX_TILE_CHARS
) -> tuple[dict[str, str], int]:
    """Unit tiles of `levels` as base64 by path, and the highest tile zoom that is complete."""
    fit = fit_zoom(bounds)
    kept: dict[str, str] = {}
    complete = fit
    for zoom in range(max(fit - 2, 0), min(fit + ZOOM_STEPS, 20) + 1):
        found: dict[str, str] = {}
        for level in levels:
            for x, y in tiles_in(bounds, zoom):
                body = desk.tile(f"units-{level}", zoom, x, y, role=role)
                if body:
                    found[f"/tiles/units-{level}/{zoom}/{x}/{y}.mvt"] = base64.b64encode(body).decode("ascii")
            if zoom > fit and _n_chars(kept) + _n_chars(found) > max_chars:
                return kept, complete
        kept |= found
        complete = zoom
    return kept, complete


def embed_points(desk: Desk, role: Role) -> tuple[dict[str, str], dict[str, int]]:
    """Tiles of the layers that are drawn from near (cameras, views, roads, ...), where the home is small.

    Returns them as base64 by path, and per layer the highest tile zoom, which is the same for all; a layer too large
    is left out, and all are where the home has more than `MAX_NEAR_TILES` tiles at that zoom.
    """
    boot = desk.describe(role=role)
    kept: dict[str, str] = {}
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
        if sum(map(len, found.values())) <= MAX_NEAR_BYTES:
            zooms[name] = NEAR_ZOOM
            kept |= {path: base64.b64encode(body).decode("ascii") for path, body in found.items() if body}
    return kept, zooms


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


def _measures(desk: Desk, level: str, role: Role, at: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("coverage", "hotspots"):
        try:
            columns = desk.metrics(name, level=level, role=role, at=at)
        except NotAvailable:
            continue
        found[address(f"/api/metrics/{name}", level=level, at=at)] = columns
        found[address(f"/api/metrics/{name}", level=level)] = columns
    return found


def _density(desk: Desk, role: Role) -> dict[str, Any]:
    try:
        picture = desk.kde(role=role)
    except NotAvailable:
        return {}
    png = "data:image/png;base64," + base64.b64encode(picture["png"]).decode("ascii")
    return {"/api/kde": {name: value for name, value in picture.items() if name != "png"}, "/api/kde.png": png}


def _cards(desk: Desk, boot: dict[str, Any], role: Role, at: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    n_chars = 0
    for level in reversed([step["name"] for step in boot["levels"]]):
        for code in desk.units(level=level, role=role)["code"]:
            card = desk.card(level=level, code=code, role=role, at=at)
            n_chars += len(json.dumps(card, ensure_ascii=False))
            if n_chars > MAX_CARD_CHARS:
                return found
            found[address(f"/api/units/{_encode(level)}/{_encode(code)}", at=at)] = card
    return found


def _n_chars(found: dict[str, str]) -> int:
    return sum(map(len, found.values()))


def _encode(text: str) -> str:
    return quote(text, safe="!~*'()")
