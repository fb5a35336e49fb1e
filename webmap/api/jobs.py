"""Builds asked for over the web: the service only writes a job row, a worker process does the work."""

import json

from flask import Blueprint, Response, make_response

from geo.errors import BadQuery, Words
from webmap.caching import to_json
from webmap.house import house, need_role, need_writer
from webmap.query import read_body, read_query, whole

KINDS = ("build",)


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/jobs")(jobs)
    api.post("/jobs")(add_job)


def jobs() -> Response:
    """The latest jobs with their progress; editors only."""
    query = read_query(limit=whole(1, default=20, cap=200))
    need_role("editor")
    frame = house().records.jobs(query["limit"])
    rows = json.loads(frame.to_json(orient="records", date_format="iso", date_unit="s"))
    return make_response(to_json({"jobs": rows}), {"Content-Type": "application/json"})


def add_job() -> Response:
    """Queue a build; needs a key that may write."""
    who = need_writer()
    read_query()
    body = read_body()
    if set(body) != {"kind"} or body["kind"] not in KINDS:
        raise BadQuery(Words('the body must be {"kind": "build"}', '请求内容应为 {"kind": "build"}'))
    job_id = house().records.add_job(body["kind"], {}, who.name)
    house().records.write_audit(who.name, "/api/jobs", filter=f"kind={body['kind']}")
    return make_response({"id": job_id}, 202)
