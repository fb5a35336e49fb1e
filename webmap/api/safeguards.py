"""The safeguards desk: cameras by what counts against them, and the plan of one of them."""

from typing import get_args

from flask import Blueprint, Response

from geo.desk.safeguards import Part
from webmap.caching import answer
from webmap.house import house, role
from webmap.query import one_of, read_query, text


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/safeguards/cameras")(cameras)
    api.get("/safeguards/cameras/<path:uid>")(plan)


def cameras() -> Response:
    """Installed cameras as columns, worst first; every role reads them, names and places are of planners and up."""
    query = read_query(level=text(), within=text(), part=one_of(get_args(Part), default="all"))
    return answer(lambda: house().desk.guarded_cameras(role(), query["level"], query["within"], query["part"]))


def plan(uid: str) -> Response:
    """What stands around one camera, and the mask suggested for it; planner up."""
    read_query()
    return answer(lambda: house().desk.camera_plan(uid, role()))
