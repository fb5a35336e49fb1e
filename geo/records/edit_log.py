"""The log of the register, which only grows, and what the edits in it that hold make of a row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import shapely
from sqlalchemy import Connection, Row, delete, insert, select

from geo.crs import WGS84
from geo.records.by_hand import count_more
from geo.records.moments import now_us, to_datetime
from geo.records.overlay import stored_names
from geo.records.rows import to_frame, to_rows
from geo.records.tables import EDITS, OVERLAY, SOURCE_TABLES
from geo.schema import SOURCES

#: The source of rows that people add by hand.
REGISTER = "register"
Kind = Literal["change", "add", "undo"]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """One line of the log. `changes` holds (old, new) by column; `undone_by` is the edit that undid this one."""

    id: int
    at: datetime
    who: str
    reason: str
    table: str
    uid: str
    kind: Kind
    undoes: int | None
    changes: dict[str, tuple[Any, Any]]
    undone_by: int | None = None
    is_gone: bool = False


def write_edit(
    connection: Connection,
    table: str,
    uid: str,
    kind: Kind,
    reason: str,
    who: str,
    changes: dict[str, tuple[Any, Any]],
    undoes: int | None = None,
) -> int:
    """One more line of the log; returns its id. `changes` holds (old, new) by column."""
    told = json.dumps(changes, ensure_ascii=False)
    row = {"at": now_us(), "who": who, "reason": reason, "table": table, "uid": uid, "kind": kind, "undoes": undoes}
    return int(connection.execute(insert(EDITS).values(**row, changes=told).returning(EDITS.c.id)).scalar_one())


def tell_outcome(connection: Connection, edit: int, before: Values | None, after: Values | None) -> None:
    """Notes in the log what an undo, just written, did to the row."""
    old, new = before or {}, after or {}
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    told = json.dumps({name: (old.get(name), new.get(name)) for name in names}, ensure_ascii=False)
    connection.execute(EDITS.update().where(EDITS.c.id == edit).values(changes=told))


def read_log(connection: Connection, table: str, uid: str) -> Sequence[Row[Any]]:
    """All edits of one row, oldest first."""
    mine = (EDITS.c.table == table) & (EDITS.c.uid == uid)
    return connection.execute(select(EDITS).where(mine).order_by(EDITS.c.id)).all()


def undone_by(log: Sequence[Row[Any]]) -> dict[int, int]:
    """Which edits of a row's log are undone, each with the undo that holds."""
    undone: dict[int, int] = {}
    for row in reversed(log):
        if row.undoes is not None and row.id not in undone:
            undone[row.undoes] = row.id
    return undone


def settle(connection: Connection, table: str, uid: str) -> None:
    """Makes the overlay of a row, and the row itself where people added it, what the edits that hold say."""
    log = read_log(connection, table, uid)
    undone = undone_by(log)
    holding = [row for row in log if row.kind != "undo" and row.id not in undone]
    added = next((row for row in reversed(holding) if row.kind == "add"), None)
    o = OVERLAY.c
    connection.execute(delete(OVERLAY).where(o.table == table, o.uid == uid))
    laid = {
        name: {"value": json.dumps(new, ensure_ascii=False), "edit": row.id, "at": row.at}
        for row in holding
        if row.kind == "change" and (added is None or row.id > added.id)
        for name, (_, new) in json.loads(row.changes).items()
    }
    if laid:
        connection.execute(
            insert(OVERLAY), [{"table": table, "uid": uid, "column": name, **cell} for name, cell in laid.items()]
        )
    if any(row.kind == "add" for row in log):
        values = json.loads(added.changes) if added is not None else None
        _put_added(connection, table, uid, values and {name: new for name, (_, new) in values.items()})


def _put_added(connection: Connection, table: str, uid: str, values: Values | None) -> None:
    """Makes the row that people added, and the count of its source, what they should be."""
    schema, stored = SOURCES[table], SOURCE_TABLES[table]
    n_before = connection.execute(delete(stored).where(stored.c.uid == uid)).rowcount
    if values is not None:
        cells = {**values, "uid": uid}
        if "lon" not in stored.c:
            cells["geom"] = shapely.to_wkb(shapely.Point(values["lon"], values["lat"]), byte_order=1)
        frame = to_frame(schema, [[cells.get(name) for name in stored_names(table)]], WGS84)
        rows = to_rows(schema, REGISTER, frame)
        connection.execute(insert(stored).values(**dict(zip(rows.columns, rows.values[0], strict=True)), import_id=0))
    count_more(connection, table, REGISTER, (values is not None) - n_before)


def to_edit(row: Row[Any], undone: Mapping[int, int], is_gone: bool) -> Edit:
    """A row of the log as an `Edit`; `undone` is what `undone_by` says of its log."""
    changes = {name: (old, new) for name, (old, new) in json.loads(row.changes).items()}
    return Edit(
        id=row.id,
        at=to_datetime(row.at),
        who=row.who,
        reason=row.reason,
        table=row.table,
        uid=row.uid,
        kind=row.kind,
        undoes=row.undoes,
        changes=changes,
        undone_by=undone.get(row.id),
        is_gone=is_gone,
    )
