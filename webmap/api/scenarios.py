"""Scenarios for programs and pages: plans of changes of cameras, saved under ids that nobody guesses."""

from typing import Any

from apiflask import APIBlueprint

from webmap.api import plans
from webmap.api.openapi import asks, reads
from webmap.house import actor, house

_ONE = "/scenarios/<id>"


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    plan, one = plans.ScenarioPlan, plans.ScenarioRecord
    reads(api, "/scenarios", list_scenarios, "planner", plans.ScenarioHeads)
    reads(api, _ONE, show_scenario, "planner", one)
    asks(api, "/scenarios", add_scenario, "planner", one, plan, status=201)
    asks(api, _ONE, change_scenario, "planner", one, plans.ScenarioChange, method="PUT", codes=(409,))
    asks(api, _ONE, drop_scenario, "planner", plans.ScenarioDropped, None, method="DELETE")


def list_scenarios(query: dict[str, Any]) -> dict[str, Any]:
    """One's own scenarios and those shared with the home, the latest changed first."""
    return {"scenarios": house().scenarios.heads(actor().name, house().desk.snapshot())}


def show_scenario(id: str, query: dict[str, Any]) -> dict[str, Any]:
    """One scenario, to whoever has its id: also whether it is of the current figures, and which cameras are gone."""
    return house().scenarios.show(id, actor().name, house().desk.snapshot())


def add_scenario(body: plans.ScenarioPlan) -> tuple[dict[str, Any], int]:
    """Save a new scenario; its edits are checked as what-if checks them, those of cameras that are gone are kept."""
    made = house().scenarios.add(_plan(body), actor().name, house().desk.snapshot())
    _audit("add", made)
    return made, 201


def change_scenario(id: str, body: plans.ScenarioChange) -> dict[str, Any]:
    """Save what was read as `version` anew; where somebody else did meanwhile it is refused (409).

    Shared ones may be changed by all planners, others by their author and by editors.
    """
    who = actor()
    made = house().scenarios.change(id, _plan(body), body.version, who.name, who.role, house().desk.snapshot())
    _audit("change", made)
    return made


def drop_scenario(id: str) -> dict[str, Any]:
    """Delete a scenario; its author or an editor."""
    who = actor()
    house().scenarios.drop(id, who.name, who.role)
    house().records.write_audit(who.name, "/api/scenarios", filter=f"delete {id}", rows=1)
    return {"id": id}


def _plan(body: plans.ScenarioPlan) -> dict[str, Any]:
    """What is asked for; of an edit's values those that are given."""
    edits = [{**edit.model_dump(exclude_unset=True), "on": edit.on} for edit in body.edits]
    return {**body.model_dump(include={"name", "view", "note", "shared"}), "edits": edits}


def _audit(what: str, made: dict[str, Any]) -> None:
    said = f"{what} {made['id']} version {made['version']}"
    house().records.write_audit(actor().name, "/api/scenarios", filter=said, rows=made["n_edits"])
