"""Faults of the boundaries, and their repair by steps that an editor agrees to."""

from flask import Blueprint, Response, make_response

from geo.desk.boundaries import describe_boundaries
from geo.errors import BadQuery, Words
from geo.rules import Rules
from webmap.caching import answer
from webmap.house import house, need_role, need_writer
from webmap.query import read_fields, read_query

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
    who = need_writer("editor")
    read_query()
    body = read_fields({"steps": list, "version": str})
    steps, version = body["steps"], body["version"]
    if not 0 < len(steps) <= MAX_STEPS or not all(isinstance(step, str) for step in steps):
        raise BadQuery(
            Words(f"steps wants 1 to {MAX_STEPS} ids of the report", f"steps 应为报告中的 1 至 {MAX_STEPS} 个步骤编号")
        )
    job_id = house().records.add_job("repair", {"steps": steps, "version": version, "build": True}, who.name)
    house().records.write_audit(who.name, "/api/topology/repair", filter=f"version={version}", rows=len(steps))
    return make_response({"job": job_id}, 202)
