"""What-if for programs and pages: what cameras that are added, moved, turned, changed or removed would do."""

from apiflask import APIBlueprint
from flask import Response, make_response, request

from webmap.api import plans
from webmap.api.openapi import asks
from webmap.caching import to_json
from webmap.house import actor, house, role
from webmap.query import told


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    asks(api, "/whatif", what_if, "planner", plans.WhatIfAnswer, plans.WhatIf)


def what_if(body: plans.WhatIf) -> Response:
    """What each edit does by itself, the units that would change at all levels, before and after, and what to draw.

    While a camera is dragged ask for the detail "quick": nominal headlines at one density. One request per client runs
    at a time; the next one waits a second at most. Each look leaves an audit row, quick ones one a minute.
    """
    here, who = house(), actor().name
    client = who, request.remote_addr
    is_quick = body.detail == "quick"
    edits = [edit.model_dump(exclude_unset=True) for edit in body.edits]
    with here.turns.take(client):
        asked = {"all_densities": body.all_densities, "is_quick": is_quick}
        found = here.desk.what_if(here.register.proposed(edits), role(), body.at, **asked)
    if not is_quick or here.seldom.is_due(client):
        said = told({"at": body.at, "all_densities": body.all_densities, "edits": len(edits), "detail": body.detail})
        here.records.write_audit(who, "/api/whatif", filter=said, rows=len(found["units"]))
    return make_response(to_json(found), {"Content-Type": "application/json"})
