"""What edits and feeds say of rows, laid over what their sources say.

The rows of a source stay as they were imported. An edit stands beside them, so a new import of the source does not lose
it; whoever reads a table (`Records.frame`) or its digest is given both together.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects import sqlite

from geo.crs import WGS84
from geo.records.meta import read_meta, write_meta
from geo.records.rows import to_frame, to_rows
from geo.records.tables import FEED_STATUS, LIVE, OVERLAY, SHAPED, SOURCE_TABLES
from geo.schema import SOURCES

#: Tables whose rows may be edited one by one.
EDITED_TABLES = ("cameras", "places")
#: What a feed may say of a camera; whether one is planned or retired is decided by people.
FED_STATUSES = ("online", "offline")
_CHANGE_KEY = "change"
_MANY = 10_000


@dataclass
class Laid:
    """What is laid over one row: values by column, when its status was edited, and what a feed last said of it."""

    values: dict[str, Any] = field(default_factory=dict)
    status_at: int | None = None
    fed: tuple[str, int] | None = None

    def over(self, names: Sequence[str], row: Sequence[Any]) -> tuple[Any, ...]:
        """`row`, whose cells are those of the columns `names` (`geom` is WKB), with this laid over it.

        >>> Laid({"name": "Gate"}).over(("source_id", "name"), ("7", None))
        ('7', 'Gate')
        >>> fed = Laid(fed=("offline", 5))
        >>> fed.over(("status",), ("online",)), fed.over(("status",), ("retired",))
        (('offline',), ('retired',))
        """
        cells = [self.values.get(name, cell) for name, cell in zip(names, row, strict=True)]
        if self.fed is not None:
            place = names.index("status")
            newer = self.status_at is None or self.fed[1] >= self.status_at
            if newer and cells[place] in (None, *FED_STATUSES):
                cells[place] = self.fed[0]
        if "geom" in names and {"lon", "lat"} & self.values.keys():
            place = names.index("geom")
            point = shapely.from_wkb(cells[place])
            x, y = self.values.get("lon", point.x), self.values.get("lat", point.y)
            cells[place] = shapely.to_wkb(shapely.Point(x, y), byte_order=1)
        return tuple(cells)


def stored_names(table: str) -> tuple[str, ...]:
    """The columns that make a frame of `table`: the schema's, uid and, for shaped tables, geom."""
    schema = SOURCES[table]
    return (*schema.names(), "uid", *(["geom"] if schema.geometry in SHAPED else []))


def read_laid(connection: Connection, table: str, uids: Collection[str] | None = None) -> dict[str, Laid]:
    """What is laid over the rows of `table` (of `uids` alone where given), by uid.

    A status that a feed gave is left out where the row says the same by itself.
    """
    if table not in EDITED_TABLES:
        return {}
    found: dict[str, Laid] = {}
    o = OVERLAY.c
    for some in _portions(uids):
        query = select(o.uid, o.column, o.value, o.at).where(o.table == table)
        for uid, column, value, at in connection.execute(query if some is None else query.where(o.uid.in_(some))):
            laid = found.setdefault(uid, Laid())
            laid.values[column] = json.loads(value)
            laid.status_at = at if column == "status" else laid.status_at
        if table == "cameras":
            for uid, status, at in connection.execute(_fed(some)):
                found.setdefault(uid, Laid()).fed = (status, at)
    return found


def _fed(uids: Sequence[str] | None) -> Any:
    f, cameras = FEED_STATUS.c, SOURCE_TABLES["cameras"].c
    edited = select(OVERLAY.c.uid).where(OVERLAY.c.table == "cameras", OVERLAY.c.column == "status")
    query = select(f.uid, f.status, f.at).join(SOURCE_TABLES["cameras"], cameras.uid == f.uid)
    query = query.where(or_(cameras.status.is_distinct_from(f.status), f.uid.in_(edited)))
    return query if uids is None else query.where(f.uid.in_(uids))


def lay_over(table: str, rows: Sequence[Sequence[Any]], laid: dict[str, Laid]) -> Sequence[Sequence[Any]]:
    """`rows` (cells of `stored_names`) with `laid` over them."""
    if not laid:
        return rows
    names = stored_names(table)
    place = names.index("uid")
    return [laid[row[place]].over(names, row) if row[place] in laid else row for row in rows]


def read_rows(connection: Connection, table: str, uids: Collection[str]) -> list[tuple[Any, ...]]:
    """The rows `uids` of `table` as they are now (cells of `stored_names`), by uid; those that are there."""
    stored, found = SOURCE_TABLES[table].c, []
    for some in _portions(uids):
        query = select(*(stored[name] for name in stored_names(table))).where(stored.uid.in_(some or ()))
        found += [tuple(row) for row in connection.execute(query)]
    laid = read_laid(connection, table, uids)
    return sorted((tuple(row) for row in lay_over(table, found, laid)), key=lambda row: str(row[_uid_at(table)]))


def edited_hashes(connection: Connection, table: str) -> dict[str, bytes]:
    """The hashes of the rows of `table` that have something laid over them, by uid, as they are now."""
    laid = read_laid(connection, table)
    if not laid:
        return {}
    names, stored = stored_names(table), SOURCE_TABLES[table].c
    place, by_source = _uid_at(table), dict[str, list[tuple[Any, ...]]]()
    for some in _portions(laid):
        asked = select(stored.source, *(stored[name] for name in names)).where(stored.uid.in_(some or ()))
        for source, *row in connection.execute(asked):
            by_source.setdefault(source, []).append(laid[row[place]].over(names, row))
    hashes: dict[str, bytes] = {}
    for source, rows in by_source.items():
        ready = to_rows(SOURCES[table], source, to_frame(SOURCES[table], rows, WGS84))
        hashes |= zip(ready.uids, ready.hashes, strict=True)
    return hashes


def read_change(connection: Connection) -> int:
    """The number of the latest live change; 0 before the first."""
    return int(read_meta(connection, _CHANGE_KEY) or 0)


def note_live(connection: Connection, table: str, uids: Iterable[str]) -> int:
    """One more live change, of the rows `uids`; returns its number."""
    number = read_change(connection) + 1
    write_meta(connection, _CHANGE_KEY, str(number))
    rows = [{"table": table, "uid": uid, "change": number} for uid in uids]
    touched = sqlite.insert(LIVE)
    upsert = touched.on_conflict_do_update(index_elements=["table", "uid"], set_={"change": touched.excluded.change})
    connection.execute(upsert, rows)
    return number


def _uid_at(table: str) -> int:
    return stored_names(table).index("uid")


def _portions(uids: Collection[str] | None) -> list[list[str] | None]:
    """`uids` in lists that one statement can take; [None] stands for all rows."""
    if uids is None:
        return [None]
    listed = list(uids)
    return [listed[start : start + _MANY] for start in range(0, len(listed), _MANY)]
