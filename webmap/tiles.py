"""Vector tiles, and the picture tiles under them: the land, and backgrounds that the home names."""

from flask import Blueprint, Response, request

from geo.desk.layers import is_live
from webmap.caching import answer, make_etag
from webmap.house import house, role
from webmap.query import AT, read_query, read_tile

tiles = Blueprint("tiles", __name__)

_DAY = "private, max-age=86400"


@tiles.get("/tiles/relief/<z>/<x>/<y>.png")
def relief(z: str, x: str, y: str) -> Response:
    """One picture of the shaded land; 204 where there is none."""
    zoom, column, row = read_tile(z, x, y)
    read_query()
    return answer(lambda: house().desk.relief(zoom, column, row, role=role()), "image/png")


@tiles.get("/background/<name>/<z>/<x>/<y>")
def background(name: str, z: str, x: str, y: str) -> Response:
    """One picture of a background, fetched and kept by the service; 204 where there is none."""
    zoom, column, row = read_tile(z, x, y)
    read_query()
    role()
    body, mimetype = house().backgrounds.tile(name, zoom, column, row)
    if not body:
        return Response(status=204, headers={"Cache-Control": "no-store"})
    response = Response(body, mimetype=mimetype, headers={"Cache-Control": _DAY})
    response.headers["ETag"] = make_etag((body,))
    response.make_conditional(request)
    return response


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
