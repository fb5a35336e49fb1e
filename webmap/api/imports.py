"""Imports, their roll back, and the mappings that are kept: what the intake desk asks."""

import json
from typing import Any

from flask import Blueprint, Response, make_response

from geo.jobs.mappings import saved_sources, saved_table, to_json
from geo.jobs.queue import queue_import, queue_roll_back
from webmap.caching import answer
from webmap.house import house, need_role, need_writer
from webmap.query import NUMBER, read_fields, read_query, whole


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/imports")(imports)
    api.post("/imports")(add_import)
    api.post(f"/imports/<{NUMBER}:id>/rollback")(roll_back)
    api.get("/mappings")(mappings)
    api.get("/mappings/<source>")(mapping)


def imports() -> Response:
    """The latest imports and roll backs, newest first; editors only."""
    query = read_query(limit=whole(1, default=50, cap=500))
    need_role("editor")
    return answer(lambda: {"imports": _imports(query["limit"])}, kept=False)


def add_import() -> Response:
    """Queue the import of an uploaded file as one source; needs a key of an editor."""
    who = need_writer("editor")
    read_query()
    body = read_fields({"upload": str, "table": dict}, {"build": bool})
    records = house().records
    asked = body["upload"], body["table"], who.name
    job_id, source = queue_import(house().settings.home, records, *asked, build=body.get("build", True))
    records.write_audit(who.name, "/api/imports", filter=f"source={source} upload={body['upload']} job={job_id}")
    return make_response({"job": job_id}, 202)


def roll_back(id: int) -> Response:
    """Queue the roll back of an import; needs a key of an editor."""
    who = need_writer("editor")
    read_query()
    body = read_fields({}, {"build": bool})
    job_id = queue_roll_back(house().records, id, who.name, build=body.get("build", True))
    house().records.write_audit(who.name, "/api/imports/rollback", filter=f"import={id} job={job_id}")
    return make_response({"job": job_id}, 202)


def mappings() -> Response:
    """The sources whose mapping is kept; editors only."""
    read_query()
    need_role("editor")
    home = house().settings.home
    return answer(lambda: {"mappings": [_mapping(source) for source in saved_sources(home)]}, kept=False)


def mapping(source: str) -> Response:
    """The mapping kept for one source; editors only."""
    read_query()
    need_role("editor")
    return answer(lambda: _mapping(source), kept=False)


def _mapping(source: str) -> dict[str, Any]:
    return {"source": source, "table": to_json(saved_table(house().settings.home, source))}


def _imports(limit: int) -> list[dict[str, Any]]:
    rows = json.loads(house().records.imports(limit).to_json(orient="records", date_format="iso", date_unit="s"))
    names = ("id", "mapping", "kind", "who", "outcome", "rolled_back", "can_roll_back")
    return [
        {
            **{name: row[name] for name in names},
            "at": row["imported_at"],
            "counts": json.loads(row["counts"]),
            "undone_with": json.loads(row["undone_with"]),
        }
        for row in rows
    ]
