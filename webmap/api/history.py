"""Coverage at the ends of past months."""

import re

from flask import Blueprint, Response

from geo.errors import Words
from webmap.caching import answer
from webmap.house import house, role
from webmap.query import Param, read_query, text

_MONTH = Param(
    lambda raw: raw if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", raw) else None,
    Words("a month, as 2026-11", "月份，如 2026-11"),
)


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/history")(history)
    api.get("/history/<month>")(history_month)


def history() -> Response:
    """Month-end values of one unit."""
    query = read_query(level=text(required=True), code=text(required=True))
    return answer(lambda: house().desk.history(level=query["level"], code=query["code"], role=role()))


def history_month(month: str) -> Response:
    """One month's values of all units of a level, by unit number."""
    query = read_query(level=text(required=True))
    _MONTH.read("month", month)
    return answer(lambda: house().desk.history_columns(month, level=query["level"], role=role()))
