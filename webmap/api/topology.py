"""Faults of the boundaries, and their repair by steps that an editor agrees to."""

from flask import Blueprint, Response, make_response

from geo.desk.boundaries import describe_boundaries
from geo.errors import BadQuery, Words
from geo.rules import Rules
from webmap.caching import answer
from webmap.house import house, need_editor, need_role
from webmap.query import read_body, read_query

MAX_STEPS = 1_000


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/topology")(topology)
    api.post("/topology/repair")(repair)


def topology() -> Response:
    """What is wrong with the boundaries, and the steps that would repair it; editors only."""
    read_query()
    need_role("editor")
    records = house().records
    return answer(
        lambda: house().reports.get(records.boundary_version(), lambda: describe_boundaries(records, Rules())),
        kept=False,
    )


def repair() -> Response:
    """Queue the steps named for the report of that version, and a build after it; needs a key of the role editor."""
    who = need_editor()
    read_query()
    body = read_body()
    steps, version = body.get("steps"), body.get("version")
    named = isinstance(steps, list) and all(isinstance(step, str) for step in steps) and isinstance(version, str)
    if set(body) != {"steps", "version"} or not isinstance(steps, list) or not named or not 0 < len(steps) <= MAX_STEPS:
        raise BadQuery(
            Words(
                'the body must be {"steps": [ids of the report], "version": "that of the report"}',
                '请求内容应为 {"steps": [报告中的步骤编号], "version": "报告的版本"}',
            )
        )
    job_id = house().records.add_job("repair", {"steps": steps, "version": version, "build": True}, who.name)
    house().records.write_audit(who.name, "/api/topology/repair", filter=f"version={version}", rows=len(steps))
    return make_response({"job": job_id}, 202)
