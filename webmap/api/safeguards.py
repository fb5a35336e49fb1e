"""The safeguards desk: cameras by what counts against them, and the plan of one of them."""

from flask import Blueprint, Response

from webmap.caching import answer
from webmap.house import house, role
from webmap.query import read_query, text


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/safeguards/cameras")(cameras)
    api.get("/safeguards/cameras/<path:uid>")(plan)


def cameras() -> Response:
    """Installed cameras as columns, worst first; every role reads them, places are of planners and up."""
    query = read_query(level=text(), within=text())
    return answer(lambda: house().desk.guarded_cameras(role(), level=query["level"], within=query["within"]))


def plan(uid: str) -> Response:
    """What stands around one camera, and the mask suggested for it; planner up."""
    read_query()
    return answer(lambda: house().desk.camera_plan(uid, role()))
