"""The register: cameras and places corrected, added and put back, each change with its reason, who and when.

The log (`EDITS`) only grows. What holds of a row is worked out from the edits that are not undone: column by column
the latest of them. An undo is an edit, too, and can be undone.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, tuple_

from geo.errors import BadQuery, NotFound, Outdated, Words
from geo.records.base import Base
from geo.records.edit_log import REGISTER, Edit, Values, read_log, settle, tell_outcome, to_edit, undone_by, write_edit
from geo.records.overlay import EDITED_TABLES, note_live, read_change, read_rows, stored_names
from geo.records.register_rows import RegisterRow, read_row, read_values, values_or_none
from geo.records.tables import EDITS, LIVE, SOURCE_TABLES


@dataclass(frozen=True)
class Wanted:
    """One row's change as asked for: new values by column (checked), the reason, and the version it was made from."""

    uid: str
    values: Values
    reason: str
    version: str | None = None


class EditRecords(Base):
    """The register."""

    def register_row(self, table: str, uid: str) -> RegisterRow:
        """The row `uid` of cameras or places as it is now. Errors: `NotFound`."""
        _check_table(table)
        with self.reading() as connection:
            return read_row(connection, table, uid)

    def register_values(self, table: str, uids: Collection[str]) -> dict[str, dict[str, Any]]:
        """The values of the rows `uids` of cameras or places as they are now, those that are there, by uid."""
        _check_table(table)
        with self.reading() as connection:
            return read_values(connection, table, uids)

    def edit_rows(self, table: str, wanted: Sequence[Wanted], who: str) -> list[int]:
        """Changes rows, all or none; returns the id of each one's edit.

        Errors: `NotFound`, `Outdated` where a row is no longer at the version given, `BadQuery` where a row's change
        changes nothing, or moves a place that is an area.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     uid, _ = records.add_row("cameras", "7", {"lon": 109.7, "lat": 28.3, "status": "online"}, "new", "ed")
        ...     (edit,) = records.edit_rows("cameras", [Wanted(uid, {"status": "offline"}, "broken")], "ed")
        ...     before = records.register_row("cameras", uid).values["status"]
        ...     _ = records.undo_edit(edit, "by mistake", "ed")
        ...     uid, before, records.register_row("cameras", uid).values["status"]
        ('register:7', 'offline', 'online')
        """
        _check_table(table)
        with self.writing() as connection:
            made = [self._change(connection, table, one, who) for one in wanted]
            if made:
                note_live(connection, table, {one.uid for one in wanted})
        return made

    def add_row(self, table: str, source_id: str, values: Values, reason: str, who: str) -> tuple[str, int]:
        """Adds a row of the source "register"; returns its uid and its edit. Errors: `BadQuery` for an id taken."""
        _check_table(table)
        uid = f"{REGISTER}:{source_id}"
        with self.writing() as connection:
            if read_rows(connection, table, [uid]):
                raise BadQuery(Words(f"the register has {source_id!r} already", f"登记库中已有 {source_id!r}"))
            given = {"source_id": source_id, **{name: value for name, value in values.items() if value is not None}}
            changes = {name: (None, value) for name, value in given.items()}
            edit = write_edit(connection, table, uid, "add", reason, who, changes)
            settle(connection, table, uid)
            note_live(connection, table, [uid])
        return uid, edit

    def undo_edit(self, edit_id: int, reason: str, who: str) -> int:
        """Takes an edit back; returns the id of the undo. What other edits say of the row stays.

        Errors: `NotFound`, `BadQuery` where it is undone already.
        """
        with self.writing() as connection:
            found = connection.execute(select(EDITS).where(EDITS.c.id == edit_id)).one_or_none()
            if found is None:
                raise _no_edit(edit_id)
            log = read_log(connection, found.table, found.uid)
            if edit_id in undone_by(log):
                raise BadQuery(Words(f"edit {edit_id} is undone already", f"修改 {edit_id} 已撤销"))
            table, uid = found.table, found.uid
            before = values_or_none(connection, table, uid)
            undo = write_edit(connection, table, uid, "undo", reason, who, {}, undoes=edit_id)
            settle(connection, table, uid)
            after = values_or_none(connection, table, uid)
            tell_outcome(connection, undo, before, after)
            note_live(connection, table, [uid])
        return undo

    def edits(
        self, table: str | None = None, uid: str | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[int, list[Edit]]:
        """How many edits there are, and the latest `limit` of them after `offset`, newest first."""
        asked = [EDITS.c[name] == value for name, value in (("table", table), ("uid", uid)) if value is not None]
        with self.reading() as connection:
            total = int(connection.execute(select(func.count()).select_from(EDITS).where(*asked)).scalar_one())
            query = select(EDITS).where(*asked).order_by(EDITS.c.id.desc()).limit(limit).offset(offset)
            return total, _to_edits(connection, connection.execute(query).all())

    def edit(self, edit_id: int) -> Edit:
        """One edit of the log. Errors: `NotFound`."""
        with self.reading() as connection:
            found = connection.execute(select(EDITS).where(EDITS.c.id == edit_id)).all()
            if not found:
                raise _no_edit(edit_id)
            return _to_edits(connection, found)[0]

    def live_change(self) -> int:
        """The number of the latest live change; the same for every process of the home."""
        with self.reading() as connection:
            return read_change(connection)

    def live_rows(self, table: str, since: int) -> tuple[int, dict[str, tuple[Any, ...] | None]]:
        """The number of the latest live change, and the rows of `table` touched after change `since`, by uid.

        A row is its cells in the order of `overlay.stored_names`; None where it is not in the records (any more).
        """
        with self.reading() as connection:
            number = read_change(connection)
            touched = select(LIVE.c.uid).where(LIVE.c.table == table, LIVE.c.change > since)
            uids = list(connection.execute(touched).scalars())
            place = stored_names(table).index("uid")
            rows = {row[place]: row for row in read_rows(connection, table, uids)}
            return number, {uid: rows.get(uid) for uid in uids}

    def _change(self, connection: Connection, table: str, one: Wanted, who: str) -> int:
        row = read_row(connection, table, one.uid)
        if one.version is not None and one.version != row.version:
            raise Outdated(
                Words(
                    f"{one.uid} was changed in the meantime; look at it again, then change it",
                    f"{one.uid} 已被他人修改；请重新查看后再改",
                )
            )
        if row.is_area and {"lon", "lat"} & one.values.keys():
            raise BadQuery(cannot_move(one.uid))
        changes = {name: (row.values[name], value) for name, value in one.values.items() if value != row.values[name]}
        if not changes:
            raise BadQuery(Words(f"{one.uid}: nothing would change", f"{one.uid}：没有变化"))
        edit = write_edit(connection, table, one.uid, "change", one.reason, who, changes)
        settle(connection, table, one.uid)
        return edit


def cannot_move(uid: str) -> Words:
    """Why the place `uid`, an area, takes no lon and lat."""
    return Words(f"{uid} is an area and cannot be moved", f"{uid} 是面状部位，不能移动")


def _check_table(table: str) -> None:
    if table not in EDITED_TABLES:
        raise BadQuery(Words(f"{table} cannot be edited row by row", f"表 {table} 不能逐行修改"))


def _no_edit(edit_id: int) -> NotFound:
    return NotFound(Words(f"no edit {edit_id}", f"没有修改 {edit_id}"))


def _to_edits(connection: Connection, found: Sequence[Row[Any]]) -> list[Edit]:
    logs: dict[tuple[str, str], list[Row[Any]]] = {(row.table, row.uid): [] for row in found}
    theirs = select(EDITS).where(tuple_(EDITS.c.table, EDITS.c.uid).in_(list(logs))).order_by(EDITS.c.id)
    for row in connection.execute(theirs):
        logs[row.table, row.uid].append(row)
    undone = {key: undone_by(log) for key, log in logs.items()}
    there = {key for name in EDITED_TABLES for key in _there(connection, name, logs)}
    return [to_edit(row, undone[row.table, row.uid], (row.table, row.uid) not in there) for row in found]


def _there(connection: Connection, table: str, keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those (table, uid) of `keys` that are rows of `table`."""
    stored, uids = SOURCE_TABLES[table].c, [uid for name, uid in keys if name == table]
    return [(table, uid) for uid in connection.execute(select(stored.uid).where(stored.uid.in_(uids))).scalars()]
