"""Units, their measures, their card; what changed; how long an answer takes."""

from flask import Blueprint, Response, make_response

from webmap.caching import answer, to_json
from webmap.house import house, need_role, role
from webmap.query import AT, one_of, read_query, text, whole

METRICS = ("coverage", "safeguards", "hotspots", "emerging")


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/home")(home)
    api.get("/units")(units)
    api.get("/units/<level>/<path:code>")(card)
    api.get("/metrics/<name>")(metrics)
    api.get("/months")(months)
    api.get("/changes")(changes)
    api.get("/estimate")(estimate)


def home() -> Response:
    """What the home says about itself."""
    read_query()
    return answer(lambda: house().desk.describe(role=role()))


def units() -> Response:
    """Names and places of a level's units, by unit number."""
    query = read_query(level=text(required=True))
    return answer(lambda: house().desk.units(level=query["level"], role=role()))


def metrics(name: str) -> Response:
    """A measure table's columns as arrays by unit number."""
    query = read_query(level=text(required=True), within=text(), at=AT)
    one_of(METRICS).read("name", name)
    return answer(
        lambda: house().desk.metrics(name, level=query["level"], role=role(), within=query["within"], at=query["at"])
    )


def card(level: str, code: str) -> Response:
    """All that the panel says about one unit."""
    query = read_query(at=AT)
    return answer(lambda: house().desk.card(level=level, code=code, role=role(), at=query["at"]))


def months() -> Response:
    """Incidents by month of one unit."""
    query = read_query(level=text(required=True), code=text(required=True))
    return answer(lambda: house().desk.months(level=query["level"], code=query["code"], role=role()))


def changes() -> Response:
    """What is newer than the live change `since` and, if given, the snapshot numbered `snapshot`; 204: nothing.

    `touched` holds boxes in WGS84 degrees round what changed, and the cameras among it for roles that see them; null
    where anything may have changed.
    """
    query = read_query(since=whole(0, required=True), snapshot=whole(0), stale=whole(0, cap=1))
    need_role("leader")
    found = house().desk.changes(
        since=query["since"], snapshot=query["snapshot"], role=role(), is_stale=query["stale"] == 1
    )
    if found is None:
        return make_response("", 204)
    return make_response(to_json(found), {"Content-Type": "application/json"})


def estimate() -> Response:
    """How many seconds an answer at `path` takes to work out, by the last ones; null where none was."""
    query = read_query(path=text(required=True))
    need_role("leader")
    seconds = house().pace.expected(query["path"], house().desk.snapshot().id)
    told = {"path": query["path"], "seconds": None if seconds is None else round(seconds, 2)}
    return make_response(to_json(told), {"Content-Type": "application/json", "Cache-Control": "no-store"})
