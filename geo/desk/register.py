"""The register at the desk: changes of cameras and places are checked as an import checks rows, then written."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geo.desk.around import Around
from geo.desk.changes_file import read_changes
from geo.desk.values import to_instant
from geo.desk.whatif.proposal import Proposal, ProposedEdit
from geo.errors import BadQuery, NotFound, Words
from geo.intake.rows import check_rows
from geo.records import Edit, Records, RegisterRow, Wanted
from geo.records.edits import cannot_move
from geo.records.rows import to_values
from geo.schema import SOURCES

Values = Mapping[str, Any]
#: Columns without which a row's others cannot be judged: they stand beside a change when it is checked.
_BESIDE = ("source_id", "lon", "lat", "azimuth_deg")
_EMPTY_STATUS = Words("status is empty but needed", "status 为空，但必须填写")
_NOTHING = Words("nothing would change", "没有变化")
_TWICE = Words("this row was changed further up already", "该行在前面已有修改")


class Register:
    """Cameras and places of a home, one by one, for those who may write. Thread-safe.

    Values go in as text, numbers, yes or no, or None (which empties the column), by column of `geo.schema.SOURCES`,
    with lon and lat in WGS84 degrees. Errors: `BadQuery` with a fault per column and reason, `NotFound`, `Outdated`.
    """

    def __init__(self, records: Records, around: Around) -> None:
        self._records, self._around = records, around

    def describe(self, table: str, uid: str) -> dict[str, Any]:
        """A row as it is now: {uid, table, source, values, edited, etag, is_area}."""
        return _to_record(self._records.register_row(table, uid))

    def change(
        self, table: str, uid: str, values: Values, reason: str, version: str | None, who: str
    ) -> dict[str, Any]:
        """Change one row that is still at `version` (None: at whatever version); the row as it is then, and `edit`."""
        row = self._records.register_row(table, uid)
        (checked,) = self._check(table, [(row, values)])
        if isinstance(checked, Words):
            raise BadQuery(checked)
        (edit,) = self._records.edit_rows(table, [Wanted(uid, checked, reason, version)], who)
        return {**self.describe(table, uid), "edit": edit}

    def add(self, table: str, values: Values, reason: str, who: str) -> dict[str, Any]:
        """Add a row of the source "register"; the row, and the edit that made it."""
        (made,) = self._read(table, [values])
        if isinstance(made, Words):
            raise BadQuery(made)
        uid, edit = self._records.add_row(table, str(made.pop("source_id")), made, reason, who)
        return {**self.describe(table, uid), "edit": edit}

    def change_by_file(self, table: str, body: bytes, who: str, *, dry_run: bool) -> dict[str, Any]:
        """Change rows by a CSV: `uid` (or source and source_id), `reason`, and a column per value; empty cells stay.

        Each line is taken or refused on its own: {dry_run, n_accepted, n_refused, rows: [{line, uid, accepted, changes:
        {column: {old, new}}, fault}]}. Errors: `BadInput` for a file that cannot be read.
        """
        lines = read_changes(table, body)
        rows: dict[str, RegisterRow | None] = {}
        told: list[dict[str, Any]] = []
        with self._records.standing_still():
            for line in lines:
                fault = line.fault
                if fault is None:
                    fault = _TWICE if line.uid in rows else None
                    rows.setdefault(line.uid, self._row_or_none(table, line.uid))
                if fault is None and rows[line.uid] is None:
                    fault = Words(f"there is no row {line.uid!r}", f"没有 {line.uid!r}")
                told.append({"line": line.line, "uid": line.uid, "changes": {}, "fault": fault})
        both = zip(lines, told, strict=True)
        good = [(line, said, row) for line, said in both if said["fault"] is None and (row := rows[line.uid])]
        checked = self._check(table, [(row, line.values) for line, _, row in good])
        wanted = []
        for (line, said, row), new in zip(good, checked, strict=True):
            changes = {} if isinstance(new, Words) else _differences(row, new)
            if isinstance(new, Words) or not changes:
                said["fault"] = new if isinstance(new, Words) else _NOTHING
                continue
            said["changes"] = changes
            wanted.append(Wanted(line.uid, new, line.reason, row.version))
        if not dry_run:
            self._records.edit_rows(table, wanted, who)
        for said in told:
            fault = said["fault"]
            said |= {"accepted": fault is None, "fault": fault and fault.both()}
        return {"dry_run": dry_run, "n_accepted": len(wanted), "n_refused": len(told) - len(wanted), "rows": told}

    def proposed(self, edits: Sequence[Mapping[str, Any]], *, without_gone: bool = False) -> Proposal:
        """What cameras would be after `edits`, of which nothing is stored; `without_gone` leaves out gone cameras.

        An edit is {"uid", "values"} (change a camera), {"values"} (add one, with its place) or {"uid", "remove": True}.
        Added cameras are "+1", "+2" by their places among the edits, which no camera's uid can be. Errors: `BadQuery`
        with a fault per edit that cannot be, `NotFound` for a camera that is not there.
        """
        uids = [edit["uid"] for edit in edits if edit.get("uid")]
        if len(set(uids)) < len(uids):
            raise BadQuery(_TWICE)
        there = self._records.register_values("cameras", uids)
        for uid in [] if without_gone else uids:
            if uid not in there:
                raise NotFound(Words(f"Cameras: no {uid!r}", f"摄像机：没有 {uid!r}"))
        named = {edit.get("uid") or f"+{place}": edit for place, edit in enumerate(edits, 1)}
        named = {name: edit for name, edit in named.items() if not edit.get("uid") or name in there}
        asked = {name: edit["values"] for name, edit in named.items() if not edit.get("remove")}
        changed = [name for name in asked if name in there]
        rows = [RegisterRow("cameras", name, "", there[name], "") for name in changed]
        found = dict(zip(changed, self._check("cameras", [(row, asked[row.uid]) for row in rows]), strict=True))
        added = {name: {"source_id": name, **values} for name, values in asked.items() if name not in there}
        found |= zip(added, self._read("cameras", list(added.values())), strict=True)
        faults = [
            Words(f"{name}: {one.en}", f"{name}：{one.zh}")
            for name in (*changed, *added)
            if isinstance(one := found[name], Words)
        ]
        if faults:
            raise BadQuery(*faults)
        after = {name: {**there.get(name, {}), **one} for name, one in found.items() if not isinstance(one, Words)}
        return Proposal(tuple(ProposedEdit(name, name if name in there else None, after.get(name)) for name in named))

    def edits(self, table: str | None, uid: str | None, limit: int, offset: int) -> dict[str, Any]:
        """The log, newest first: {total, edits: [{edit, at, who, reason, table, uid, kind, changes, ...}]}."""
        total, found = self._records.edits(table, uid, limit, offset)
        return {"total": total, "limit": limit, "offset": offset, "edits": [_to_line(edit) for edit in found]}

    def undo(self, edit_id: int, reason: str, who: str) -> dict[str, Any]:
        """Take an edit back; the line of the log that says so."""
        return _to_line(self._records.edit(self._records.undo_edit(edit_id, reason, who)))

    def _read(self, table: str, rows: Sequence[Values]) -> list[dict[str, Any] | Words]:
        """Each row as it would be stored, or why it cannot be."""
        if not rows:
            return []
        found = check_rows(table, rows, self._around.now())
        refused = found.refused.set_index("line")
        stored = dict(zip(found.frame["line"], to_values(SOURCES[table], found.frame), strict=True))
        return [stored[line] if line in stored else _first_reason(refused.loc[[line]]) for line in range(len(rows))]

    def _row_or_none(self, table: str, uid: str) -> RegisterRow | None:
        try:
            return self._records.register_row(table, uid)
        except NotFound:
            return None

    def _check(self, table: str, changes: Sequence[tuple[RegisterRow, Values]]) -> list[dict[str, Any] | Words]:
        """The values of each change as they would be stored, or why they cannot be."""
        beside = [
            {name: row.values[name] for name in _BESIDE if name in row.values} | dict(values) for row, values in changes
        ]
        made: list[dict[str, Any] | Words] = []
        for (row, values), found in zip(changes, self._read(table, beside), strict=True):
            if isinstance(found, Words):
                made.append(found)
            elif "source_id" in values:
                made.append(Words("source_id cannot be changed", "source_id 不能修改"))
            elif row.is_area and {"lon", "lat"} & values.keys():
                made.append(cannot_move(row.uid))
            elif "status" in values and values["status"] in (None, ""):
                made.append(_EMPTY_STATUS)
            else:
                names = {*values, *({"azimuth_doubt_deg"} if "azimuth_deg" in values else ())}
                made.append({name: found[name] for name in found if name in names})
        return made


def _differences(row: RegisterRow, new: Values) -> dict[str, Any]:
    return {name: {"old": row.values[name], "new": value} for name, value in new.items() if value != row.values[name]}


def _first_reason(refused: pd.DataFrame) -> Words:
    return Words(str(refused["explained_en"].iloc[0]), str(refused["explained_zh"].iloc[0]))


def _to_record(row: RegisterRow) -> dict[str, Any]:
    edited = {
        name: {
            "old": edit.changes[name][0],
            "new": edit.changes[name][1],
            "who": edit.who,
            "at": to_instant(edit.at),
            "edit": edit.id,
        }
        for name, edit in row.edited.items()
    }
    return {
        "uid": row.uid,
        "table": row.table,
        "source": row.source,
        "values": row.values,
        "edited": edited,
        "etag": row.version,
        "is_area": row.is_area,
    }


def _to_line(edit: Edit) -> dict[str, Any]:
    return {
        "edit": edit.id,
        "at": to_instant(edit.at),
        "who": edit.who,
        "reason": edit.reason,
        "table": edit.table,
        "uid": edit.uid,
        "kind": edit.kind,
        "changes": {name: {"old": old, "new": new} for name, (old, new) in edit.changes.items()},
        "undoes": edit.undoes,
        "undone_by": edit.undone_by,
        "gone": edit.is_gone,
    }
