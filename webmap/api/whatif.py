"""What-if for programs and pages: what cameras that are added, moved, turned, changed or removed would do."""

from typing import Any

from apiflask import APIBlueprint

from webmap.api import models
from webmap.api.openapi import asks
from webmap.house import actor, house, role
from webmap.query import told


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    asks(api, "/whatif", what_if, "planner", models.WhatIfAnswer, models.WhatIf)


def what_if(body: models.WhatIf) -> dict[str, Any]:
    """The units that would change, before and after, at all levels, and their gaps; each look leaves an audit row."""
    edits = [edit.model_dump(exclude_unset=True) for edit in body.edits]
    gone, cameras = house().register.proposed(edits)
    found = house().desk.what_if(gone, cameras, role(), body.at, all_densities=body.all_densities)
    asked = told({"at": body.at, "all_densities": body.all_densities, "edits": len(edits)})
    n_units = len(found["densities"][0]["units"])
    house().records.write_audit(actor().name, "/api/whatif", filter=asked, rows=n_units)
    return found
