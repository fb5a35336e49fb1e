"""Incidents, one by one: listed for analysts, added by editors and feeders."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from geo.schema import Role
from webmap.api import models
from webmap.api.openapi import reads, writes
from webmap.api.register import LIST
from webmap.house import Actor, actor, house, role
from webmap.query import told


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    reads(api, "/incidents", list_incidents, "analyst", models.Rows, LIST)
    writers: tuple[Role, ...] = ("editor", "feeder")
    writes(api, "/incidents", add_incident, writers, models.Added, models.NewIncident, status=201)


def list_incidents(query: dict[str, Any]) -> dict[str, Any]:
    """Incidents of the snapshot, those in a unit or a box; each look leaves an audit row."""
    asked = {name: query[name] for name in LIST}
    found = house().desk.rows("incidents", role(), **asked)
    said = told({name: value for name, value in asked.items() if name != "within"})
    house().records.write_audit(
        actor().name, "/api/incidents", unit=query["within"] or "", filter=said, rows=len(found["rows"])
    )
    return found


def add_incident(query: dict[str, Any], who: Actor, body: BaseModel) -> dict[str, Any]:
    """Add one incident; the next build counts it. Sent again, it replaces what was sent before."""
    values = body.model_dump(exclude_unset=True)["values"]
    return house().feed.add_incident(None if who.role == "editor" else who.name, values)
