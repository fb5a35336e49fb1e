"""Gaps of units and why they are gaps."""

from flask import Blueprint, Response

from geo.desk.gaps import FIGURES
from webmap.caching import answer
from webmap.house import house, role
from webmap.query import one_of, read_query, text


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/gaps")(gaps)


def gaps() -> Response:
    """What is unseen in a level's units, by unit number, and the seven reasons of one figure; planner up."""
    query = read_query(level=text(required=True), within=text(), figure=one_of(FIGURES, default="road_m"))
    asked = {name: query[name] for name in ("level", "within", "figure")}
    return answer(lambda: house().desk.gaps(role=role(), **asked))
