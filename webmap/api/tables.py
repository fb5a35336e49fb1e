"""Any result table as rows, and the ledger of what was read."""

from typing import Any

from flask import Blueprint, Response

from geo.schema import RESULTS
from webmap.caching import answer
from webmap.house import actor, house, role
from webmap.query import AT, MAX_ROWS, read_query, text, told, whole


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/table/<name>")(table)
    api.get("/ledger")(ledger)


def ledger() -> Response:
    """Rows read = assigned + outside + refused, for every joined table and level."""
    read_query()
    return answer(lambda: house().desk.ledger(role=role()))


def table(name: str) -> Response:
    """Rows of a table that the role may see; rows about single incidents leave an audit row."""
    query = read_query(
        level=text(), within=text(), at=AT, limit=whole(1, default=1000, cap=MAX_ROWS), offset=whole(0, default=0)
    )
    if name in RESULTS and RESULTS[name].sees in ("analyst", "editor"):
        return answer(lambda: _audited(name, query), kept=False)
    return answer(lambda: _rows(name, query))


def _rows(name: str, query: dict[str, Any]) -> dict[str, Any]:
    asked = {key: query[key] for key in ("level", "within", "at", "limit", "offset")}
    rows = house().desk.table_rows(name, role(), **asked)
    return {"name": name, "snapshot": house().desk.snapshot().id} | asked | rows


def _audited(name: str, query: dict[str, Any]) -> dict[str, Any]:
    data = _rows(name, query)
    asked = told({key: query[key] for key in ("level", "at", "limit", "offset")})
    house().records.write_audit(
        actor().name, f"/api/table/{name}", unit=query["within"] or "", filter=asked, rows=len(data["rows"])
    )
    return data
