"""What stands behind one figure."""

from typing import Any

from flask import Blueprint, Response

from geo.schema.column import may_see
from webmap.caching import answer
from webmap.house import actor, house, role
from webmap.query import AT, read_query, text, told


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/evidence")(evidence)
    api.get("/evidence/cameras/<path:uid>")(camera_evidence)


def evidence() -> Response:
    """Meaning, formula with its numbers and rows of the figure TABLE.COLUMN of a unit.

    A look at rows about single incidents leaves an audit row, as `/api/table/incidents` does; roles that see such rows
    are therefore answered anew each time.
    """
    query = read_query(figure=text(required=True), level=text(required=True), code=text(required=True), at=AT)
    return answer(lambda: _audited(query), kept=not may_see(role(), "analyst"))


def camera_evidence(uid: str) -> Response:
    """Meaning, interval and what of the register the figure cameras.COLUMN of one camera rests on; planner up."""
    query = read_query(figure=text(required=True))
    return answer(lambda: house().desk.camera_evidence(query["figure"], uid, role()), live=True)


def _audited(query: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = house().desk.evidence(query["figure"], query["level"], query["code"], role(), query["at"])
    rows = found["rows"]
    if rows is not None and rows["table"] == "incidents":
        asked, unit = told({key: query[key] for key in ("figure", "at")}), f"{query['level']}:{query['code']}"
        house().records.write_audit(actor().name, "/api/evidence", unit=unit, filter=asked, rows=len(rows["rows"]))
    return found
