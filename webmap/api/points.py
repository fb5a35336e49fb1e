"""What lies at a place: cameras that see it, a search, the density raster."""

from typing import Any

from flask import Blueprint, Response

from webmap.caching import answer
from webmap.house import house, role
from webmap.query import AT, LAT, LON, read_query, text, whole


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/identify")(identify)
    api.get("/search")(search)
    api.get("/kde")(kde)
    api.get("/kde.png")(kde_png)


def identify() -> Response:
    """The units that hold a point and the cameras that see it."""
    query = read_query(lon=LON, lat=LAT, at=AT)
    return answer(
        lambda: house().desk.identify(lon=query["lon"], lat=query["lat"], role=role(), at=query["at"]), live=True
    )


def search() -> Response:
    """Units and cameras by name, code or id."""
    query = read_query(q=text(required=True, max_chars=100), limit=whole(1, default=8, cap=50))
    return answer(lambda: house().desk.search(query["q"], role=role(), limit=query["limit"]), live=True)


def kde() -> Response:
    """The density raster's legend and place, without its picture."""
    read_query()
    return answer(lambda: {name: value for name, value in _kde().items() if name != "png"})


def kde_png() -> Response:
    """The density raster's picture."""
    read_query()
    return answer(lambda: _kde()["png"], "image/png")


def _kde() -> dict[str, Any]:
    found: dict[str, Any] = house().desk.kde(role=role())
    return found
