"""The register for programs and pages: cameras and key places, their changes, and how one is taken back."""

from contextlib import suppress
from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel

from geo.errors import NotFound
from geo.records.overlay import EDITED_TABLES
from geo.schema import Role
from webmap.api import models
from webmap.api.openapi import reads, writes
from webmap.errors import HttpFault
from webmap.house import Actor, house, role
from webmap.query import AT, MAX_ROWS, NUMBER, box, one_of, text, whole

PAGE = {"limit": whole(1, default=100, cap=MAX_ROWS), "offset": whole(0, default=0)}
LIST = {"bbox": box(), "level": text(), "within": text(), **PAGE}
_LOG = {"table": one_of(EDITED_TABLES), "uid": text(), **PAGE}
_DRY_RUN = {"dry_run": one_of(("0", "1"))}
_EDITOR: tuple[Role, ...] = ("editor",)


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    bodies = {"cameras": (models.NewCamera, models.CameraChange), "places": (models.NewPlace, models.PlaceChange)}
    editor, row = _EDITOR, models.RegisterRow
    for table, (new, change) in bodies.items():
        every, one, many = f"/{table}", f"/{table}/<path:uid>", f"/{table}/changes"
        reads(api, every, list_rows, "planner", models.Rows, LIST, table=table)
        reads(api, one, show_row, "planner", row, {"at": AT} if table == "cameras" else {}, table=table)
        writes(api, every, add_row, editor, row, new, table=table, status=201)
        writes(api, many, change_rows, editor, models.ChangedLines, None, _DRY_RUN, table=table, is_large=True)
        version, codes = ("If-Match",), (412, 428)
        writes(api, one, change_row, editor, row, change, table=table, method="PATCH", headers=version, codes=codes)
    reads(api, "/edits", list_edits, "planner", models.EditLines, _LOG)
    writes(api, f"/edits/<{NUMBER}:edit>/undo", undo_edit, editor, models.EditLine, models.Undo)


def list_rows(table: str, query: dict[str, Any]) -> dict[str, Any]:
    """Cameras or key places as they are now, edits included; those in a unit or a box."""
    return house().desk.rows(table, role(), **{name: query[name] for name in LIST})


def show_row(table: str, uid: str, query: dict[str, Any]) -> Any:
    """One camera or key place with its edits; of a camera its views, too. If-Match takes its etag."""
    desk = house().desk
    found = desk.camera(uid=uid, role=role(), at=query["at"]) if table == "cameras" else desk.place(uid, role())
    with suppress(NotFound):
        found |= house().register.describe(table, uid)
    return _tagged(found, 200)


def add_row(table: str, query: dict[str, Any], who: Actor, body: BaseModel) -> Any:
    """Add a camera or key place; it is shown as live at once."""
    asked = body.model_dump(exclude_unset=True)
    made = house().register.add(table, asked["values"], asked["reason"], who.name)
    _audit(who, f"/api/{table}", f"add {made['uid']}")
    return _tagged({**made, "live": True}, 201)


def change_row(table: str, uid: str, query: dict[str, Any], who: Actor, body: BaseModel) -> Any:
    """Correct a camera or key place: where it stands, where it looks, its status, its lens, any other column."""
    asked, version = body.model_dump(exclude_unset=True), _version()
    made = house().register.change(table, uid, asked["values"], asked["reason"], version, who.name)
    _audit(who, f"/api/{table}", f"change {uid}")
    return _tagged({**made, "live": True}, 200)


def change_rows(table: str, query: dict[str, Any], who: Actor) -> dict[str, Any]:
    """Correct many by a CSV: uid (or source and source_id), reason, and a column per value; empty cells stay.

    With dry_run=1 nothing is stored: the answer shows what each line would change.
    """
    dry_run = query["dry_run"] == "1"
    told = house().register.change_by_file(table, request.get_data(), who.name, dry_run=dry_run)
    if not dry_run:
        _audit(who, f"/api/{table}/changes", "by file", told["n_accepted"])
    return told


def list_edits(query: dict[str, Any]) -> dict[str, Any]:
    """The log of the register, newest first."""
    return house().register.edits(query["table"], query["uid"], query["limit"], query["offset"])


def undo_edit(edit: int, query: dict[str, Any], who: Actor, body: models.Undo) -> dict[str, Any]:
    """Take an edit back; that is an edit, too, and can be taken back."""
    told = house().register.undo(edit, body.reason, who.name)
    _audit(who, "/api/edits", f"undo {edit}")
    return told


def _version() -> str | None:
    """The version that a change was made from; None where the sender says that any will do."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise HttpFault(428)
    return None if given == "*" else given.removeprefix("W/").strip('"')


def _tagged(record: dict[str, Any], status: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    tag = {"ETag": f'"{record["etag"]}"'} if record.get("etag") else {}
    return record, status, tag


def _audit(who: Actor, route: str, what: str, rows: int = 1) -> None:
    house().records.write_audit(who.name, route, filter=what, rows=rows)
