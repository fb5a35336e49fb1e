"""What lies at a place: cameras that see it, a search, the density raster."""

from typing import Any

from flask import Blueprint, Response, request

from geo.desk.density import MAX_BANDWIDTH_M, MIN_BANDWIDTH_M, UNITS, DensityQuery
from geo.errors import Words
from geo.hotspots.kde import KERNELS
from webmap.caching import answer
from webmap.filters import FILTER, wanted_of
from webmap.house import actor, house, role
from webmap.query import AT, LAT, LON, Param, number, one_of, read_query, text, told, whole

_METRES = number(MIN_BANDWIDTH_M, MAX_BANDWIDTH_M)
_BANDWIDTH = Param(
    lambda raw: raw if raw == "rule" else _METRES.parse(raw),
    Words("metres from 100 to 5,000, or rule", "100 至 5000 米，或 rule"),
)
_KDE = {"kernel": one_of(KERNELS), "bandwidth": _BANDWIDTH, "per": one_of(UNITS), **FILTER}


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/identify")(identify)
    api.get("/search")(search)
    api.get("/kde")(kde)
    api.get("/kde.png")(kde_png)
    api.get("/kde.tif")(kde_tif)


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
    asked = _asked_density()
    return answer(lambda: {name: value for name, value in _kde(asked).items() if name != "png"})


def kde_png() -> Response:
    """The density raster's picture."""
    asked = _asked_density()
    return answer(lambda: _kde(asked)["png"], "image/png")


def kde_tif() -> Response:
    """The density as a GeoTIFF; each look leaves an audit row."""
    asked = _asked_density()
    made = house().desk.kde_geotiff(role(), asked)
    house().records.write_audit(actor().name, "/api/kde.tif", filter=told(dict(request.args)))
    return answer(lambda: made, "image/tiff", kept=False)


def _asked_density() -> DensityQuery:
    query = read_query(**_KDE)
    return DensityQuery(query["kernel"] or "gaussian", query["bandwidth"], query["per"] or "km2", wanted_of(query))


def _kde(asked: DensityQuery) -> dict[str, Any]:
    found: dict[str, Any] = house().desk.kde(role=role(), asked=asked)
    return found
