"""Gaps of units, why they are gaps, the incidents at them, and what closes one."""

from flask import Blueprint, Response

from geo.desk.gaps import FIGURES
from webmap.caching import answer
from webmap.house import actor, house, role
from webmap.query import one_of, read_query, text, told


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/gaps")(gaps)
    api.get("/gaps/incidents")(incidents)
    api.get("/gaps/options")(options)


def gaps() -> Response:
    """What is unseen in a level's units, by unit number, and the seven reasons of one figure; planner up."""
    query = read_query(level=text(required=True), within=text(), figure=one_of(FIGURES, default="road_m"))
    asked = {name: query[name] for name in ("level", "within", "figure")}
    return answer(lambda: house().desk.gaps(role=role(), **asked))


def incidents() -> Response:
    """The incidents at gaps with month, hour of the week, category and channel, as columns; each look is audited."""
    query = read_query(level=text(required=True), within=text())
    asked = {name: query[name] for name in ("level", "within")}

    def make() -> dict[str, object]:
        found = house().desk.gap_incidents(role=role(), **asked)
        rows = len(found["columns"]["unit"])
        said = told({"level": asked["level"]})
        house().records.write_audit(
            actor().name, "/api/gaps/incidents", unit=asked["within"] or "", filter=said, rows=rows
        )
        return found

    return answer(make, kept=False)


def options() -> Response:
    """What closes the gap of one finest unit, each option tried by the engine; planner up."""
    query = read_query(level=text(required=True), code=text(required=True))
    return answer(lambda: house().desk.closing_options(query["level"], query["code"], role=role()))
