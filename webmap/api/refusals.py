"""Refused rows: what an editor lists, filters and hands back to the owner of the data."""

from typing import Any

from flask import Blueprint, Response

from geo.snapshot.refused import refused_page
from webmap.caching import answer
from webmap.house import actor, house, role
from webmap.query import MAX_ROWS, REFUSED, read_query, told, whole


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/refusals")(refusals)


def refusals() -> Response:
    """One page of refused rows, and how many there are of each reason; editors only, with an audit row."""
    query = read_query(**REFUSED, limit=whole(1, default=100, cap=MAX_ROWS), offset=whole(0, default=0))
    return answer(lambda: _audited(query), kept=False)


def _audited(query: dict[str, Any]) -> dict[str, Any]:
    asked = {name: query[name] or "" for name in REFUSED}
    page = refused_page(house().records, role(), asked, limit=query["limit"], offset=query["offset"])
    house().records.write_audit(actor().name, "/api/refusals", filter=told(query), rows=len(page["rows"]))
    return page
