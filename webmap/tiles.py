"""Vector tiles, and the picture tiles of the land under them."""

from flask import Blueprint, Response

from geo.desk.layers import is_live
from webmap.caching import answer
from webmap.house import house, role
from webmap.query import AT, read_query, read_tile

tiles = Blueprint("tiles", __name__)


@tiles.get("/tiles/relief/<z>/<x>/<y>.png")
def relief(z: str, x: str, y: str) -> Response:
    """One picture of the shaded land; 204 where there is none."""
    zoom, column, row = read_tile(z, x, y)
    read_query()
    return answer(lambda: house().desk.relief(zoom, column, row, role=role()), "image/png")


@tiles.get("/tiles/<layer>/<z>/<x>/<y>.mvt")
def tile(layer: str, z: str, x: str, y: str) -> Response:
    """One tile of one layer; 204 where it is empty, 404 where no such tile exists."""
    zoom, column, row = read_tile(z, x, y)
    query = read_query(at=AT)
    return answer(
        lambda: house().desk.tile(layer, zoom, column, row, role=role(), at=query["at"]),
        "application/vnd.mapbox-vector-tile",
        live=is_live(layer),
    )
