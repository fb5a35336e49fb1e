"""One row of the register as it is now, with the edits that made it so."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import shapely
from sqlalchemy import Connection, select

from geo.errors import NotFound, Words
from geo.records.edit_log import Edit, read_log, to_edit
from geo.records.overlay import read_laid, read_rows, stored_names
from geo.records.tables import OVERLAY, SOURCE_TABLES
from geo.schema import SOURCES


@dataclass(frozen=True)
class RegisterRow:
    """A row as it is now: `values` by column (lon and lat of a place that is an area: of a point on it).

    `edited` names, for each column that an edit changed, that edit; `version` changes whenever `values` do, but not
    with what a feed says.
    """

    table: str
    uid: str
    source: str
    values: dict[str, Any]
    version: str
    edited: dict[str, Edit] = field(default_factory=dict)
    is_area: bool = False


def read_row(connection: Connection, table: str, uid: str) -> RegisterRow:
    """The row `uid` of `table`. Errors: `NotFound`."""
    names, stored = stored_names(table), SOURCE_TABLES[table].c
    query = select(stored.source, *(stored[name] for name in names)).where(stored.uid == uid)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound(Words(f"{SOURCES[table].title.en}: no {uid!r}", f"{SOURCES[table].title.zh}：没有 {uid!r}"))
    laid = read_laid(connection, table, [uid]).get(uid)
    fed, cells = None, tuple(found)[1:]
    if laid is not None:
        fed, laid.fed = laid.fed, None
        cells = laid.over(names, cells)
    values, is_area = _named(names, cells)
    version = sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    if laid is not None and fed is not None:
        laid.fed = fed
        values, is_area = _named(names, laid.over(names, cells))
    o = OVERLAY.c
    laid_by = connection.execute(select(o.column, o.edit).where(o.table == table, o.uid == uid))
    edited = {row.column: row.edit for row in laid_by}
    log = {row.id: to_edit(row, {}, False) for row in read_log(connection, table, uid)} if edited else {}
    said = {name: log[edit] for name, edit in edited.items()}
    return RegisterRow(table, uid, found.source, values, version, said, is_area)


def _named(names: Sequence[str], cells: Sequence[Any]) -> tuple[dict[str, Any], bool]:
    """The cells by column, of a shaped row with lon and lat of a point on it; and whether it is an area."""
    values = dict(zip(names, cells, strict=True))
    del values["uid"]
    if "geom" not in values:
        return values, False
    shape = shapely.from_wkb(values.pop("geom"))
    on_it = shapely.point_on_surface(shape)
    return {**values, "lon": on_it.x, "lat": on_it.y}, shape.geom_type != "Point"


def read_values(connection: Connection, table: str, uids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The values of the rows `uids` of `table`, those that are there, by uid."""
    names = stored_names(table)
    place = names.index("uid")
    return {row[place]: _named(names, row)[0] for row in read_rows(connection, table, uids)}


def values_or_none(connection: Connection, table: str, uid: str) -> dict[str, Any] | None:
    """The values of the row `uid`, None where it is not there."""
    try:
        return read_row(connection, table, uid).values
    except NotFound:
        return None
