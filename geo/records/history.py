"""What was imported, and the way back: a few statements over the rows that differ, whatever the size of the source.

The rule for people: **rolling back import N puts every source that N changed back to how it was just before N**. What
later imports did to those sources is undone with it (`imports` names them as `undone_with`). Units and the home's own
description go together. A roll back is an import of kind "rollback" and can itself be rolled back. Line numbers of rows
that stay are those of the file that was read last.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, delete, false, func, insert, or_, select, update

from geo.errors import NotAvailable, NotFound, Words
from geo.records.base import Base
from geo.records.by_hand import check_importable
from geo.records.frames import to_table, write_home
from geo.records.kept import (
    HOME,
    REFUSED_COLUMNS,
    Key,
    copy_rows,
    expire,
    find_changes,
    find_later,
    is_of,
    keep_refusals,
    note_changes,
    read_state,
)
from geo.records.moments import now_us, to_us
from geo.records.staging import Counts, count_rows
from geo.records.tables import (
    IMPORTS,
    KEPT_REFUSALS,
    KEPT_ROWS,
    KEPT_SOURCES,
    META,
    REFUSALS,
    SOURCE_FILES,
    SOURCE_TABLES,
)
from geo.schema import HomeInfo


@dataclass(frozen=True)
class Imported:
    """An import or a roll back that is done: `counts` by table, `outcome` "changed" or "unchanged"."""

    id: int
    kind: str
    mapping: str
    outcome: str
    counts: dict[str, Counts]


class HistoryRecords(Base):
    """Imports and the way back."""

    def imports(self, limit: int = 100) -> pd.DataFrame:
        """The latest imports and roll backs, newest first.

        Columns: id, kind ("import" or "rollback"), mapping, digest, imported_at, outcome, counts (JSON by table), who,
        rolled_back (the import before which a roll back went), can_roll_back, undone_with (JSON list: later imports
        that changed the same sources, and so are undone there by rolling this one back).
        """
        latest = select(IMPORTS).order_by(IMPORTS.c.id.desc()).limit(limit)
        with self.reading() as connection:
            frame = to_table(connection, latest).drop(columns="job_id")
            keys = {number: find_changes(connection, number) for number in frame["id"].tolist()}
            later = [json.dumps(find_later(connection, number, keys[number])) for number in keys]
        can = pd.Series([bool(found) for found in keys.values()], dtype=bool)
        frame["rolled_back"] = frame["rolled_back"].astype("Int64")
        return frame.assign(can_roll_back=can, undone_with=pd.Series(later, dtype=object))

    def import_of_job(self, job_id: int | None) -> Imported | None:
        """What the job with `job_id` has imported or rolled back already, else None (also without a job)."""
        with self.reading() as connection:
            return find_import(connection, job_id)

    def roll_back(self, import_id: int, *, who: str = "", job_id: int | None = None) -> Imported:
        """Puts every source that import `import_id` changed back to how it was just before it, in one transaction.

        A roll back that changes nothing (asked for twice) is recorded as "unchanged". Errors: `NotFound`,
        `NotAvailable` where the import changed nothing, or what it replaced is no longer kept; `BadInput` where a
        feed has taken the name of a source meanwhile.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Part, Records
        >>> none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     for n in ("7", "8"):
        ...         one = pd.DataFrame({"source_id": [n], "lon": [109.7], "lat": [28.3], "line": [2]})
        ...         with records.importing("import", "town", "0" * 64) as tx:
        ...             tx.replace_in_parts("cameras", "police", "cameras.csv", [Part(one, none, 1)], "EPSG:4326")
        ...     records.roll_back(2).counts
        ...     records.frame("cameras")["uid"].tolist(), records.imports()["can_roll_back"].tolist()
        {'cameras': Counts(added=1, changed=0, removed=1, unchanged=0)}
        (['police:7'], [True, True, True])
        """
        with self.writing() as connection:
            done = find_import(connection, job_id)
            return done or _roll_back(connection, import_id, who, job_id)

    def check_roll_back(self, import_id: int) -> list[int]:
        """The later imports that rolling back `import_id` undoes with it, for the sources they have in common.

        Errors: `NotFound`, `NotAvailable` where it cannot be rolled back (any more).
        """
        with self.reading() as connection:
            return find_later(connection, import_id, _find(connection, import_id)[1])

    def drop_old_history(self, days: float, n_imports: int, now: datetime) -> int:
        """Deletes what imports replaced beyond the keep; those imports can be rolled back no more.

        Kept are, of each source, at most its `n_imports` latest changes, and none made more than `days` before `now`.
        Returns how many changes of a source were dropped. SQLite overwrites them in the file (secure_delete).
        """
        changes = KEPT_SOURCES.c
        with self.writing() as connection:
            kept = select(changes.table, changes.source, changes.import_id, changes.kept_at).where(~changes.expired)
            rows = connection.execute(kept.order_by(changes.import_id.desc())).all()
            limit_us, seen, last = to_us(now - timedelta(days=days)), dict[Key, int](), dict[Key, int]()
            for table, source, import_id, kept_at in rows:
                key = table, source
                seen[key] = seen.get(key, 0) + 1
                if key not in last and (kept_at < limit_us or seen[key] > n_imports):
                    last[key] = import_id
            return sum(expire(connection, key, import_id) for key, import_id in last.items())

    def kept_rasters(self, before: int | None = None) -> set[str]:
        """Names (SHA-256) of the elevation rasters that a roll back may bring back: any, or that of import `before`."""
        uid = select(KEPT_ROWS["elevation"].c.uid)
        with self.reading() as connection:
            if before is not None:
                sources = [source for table, source in find_changes(connection, before) if table == "elevation"]
                uid = uid.where(or_(false(), *(_since("elevation", source, before)[1] for source in sources)))
            return {str(found).rpartition(":")[2] for found in connection.execute(uid).scalars()}


def find_import(connection: Connection, job_id: int | None) -> Imported | None:
    """The import that the job with `job_id` has made, if it has."""
    if job_id is None:
        return None
    row = connection.execute(select(IMPORTS).where(IMPORTS.c.job_id == job_id)).one_or_none()
    if row is None:
        return None
    counts = {table: Counts(**numbers) for table, numbers in json.loads(row.counts).items()}
    return Imported(row.id, row.kind, row.mapping, row.outcome, counts)


def _find(connection: Connection, import_id: int) -> tuple[Row[Any], list[Key]]:
    """The import, and what rolling it back puts back."""
    row = connection.execute(select(IMPORTS).where(IMPORTS.c.id == import_id)).one_or_none()
    if row is None:
        raise NotFound(Words(f"no import {import_id}", f"没有导入 {import_id}"))
    keys = find_changes(connection, import_id)
    if not keys:
        raise NotAvailable(
            Words(
                f"import {import_id} cannot be rolled back: it changed nothing, or what it replaced is no longer kept",
                f"导入 {import_id} 无法撤回：它未改变内容，或其替换的内容已超过保留期",
            )
        )
    return row, keys


def _roll_back(connection: Connection, import_id: int, who: str, job_id: int | None) -> Imported:
    undone, keys = _find(connection, import_id)
    row = {"kind": "rollback", "mapping": undone.mapping, "digest": undone.digest, "imported_at": now_us()}
    row |= {"outcome": "", "counts": "{}", "who": who, "job_id": job_id, "rolled_back": import_id}
    new_id = int(connection.execute(insert(IMPORTS).values(**row).returning(IMPORTS.c.id)).scalar_one())
    before, counts, touched = read_state(connection), dict[str, Counts](), set[Key]()
    tables = [key for key in keys if key != HOME]
    for table, source in tables:
        check_importable(connection, table, source)
        found = _compare(connection, table, source, import_id)
        counts[table] = counts.get(table, Counts()) + found
        if found.n_touched:
            touched.add((table, source))
        _take_out(connection, table, source, import_id, new_id)
    for key in keys:
        _put_back(connection, key, import_id, new_id)
    outcome = "changed" if note_changes(connection, new_id, before, touched) else "unchanged"
    told = json.dumps({table: asdict(numbers) for table, numbers in counts.items()}, sort_keys=True)
    connection.execute(update(IMPORTS).where(IMPORTS.c.id == new_id).values(outcome=outcome, counts=told))
    return Imported(new_id, "rollback", undone.mapping, outcome, counts)


def _since(table: str, source: str, import_id: int) -> tuple[Any, Any]:
    """Conditions: rows that stand and came with `import_id` or later; kept rows that stood just before it."""
    stored, kept = SOURCE_TABLES[table].c, KEPT_ROWS[table].c
    came = (stored.source == source) & (stored.import_id >= import_id)
    stood = (kept.source == source) & (kept.kept_by >= import_id) & (kept.import_id < import_id)
    return came, stood


def _compare(connection: Connection, table: str, source: str, import_id: int) -> Counts:
    stored, kept = SOURCE_TABLES[table], KEPT_ROWS[table]
    came, stood = _since(table, source, import_id)
    both = select(func.count()).select_from(stored.join(kept, stored.c.uid == kept.c.uid)).where(came, stood)
    same = count_rows(connection, both.where(stored.c.row_hash == kept.c.row_hash))
    changed = count_rows(connection, both) - same
    n_back = count_rows(connection, select(func.count()).select_from(kept).where(stood))
    n_out = count_rows(connection, select(func.count()).select_from(stored).where(came))
    n_all = count_rows(connection, select(func.count()).select_from(stored).where(stored.c.source == source))
    return Counts(n_back - same - changed, changed, n_out - same - changed, n_all - n_out + same)


def _take_out(connection: Connection, table: str, source: str, import_id: int, new_id: int) -> None:
    stored = SOURCE_TABLES[table]
    came, _ = _since(table, source, import_id)
    copy_rows(connection, stored, KEPT_ROWS[table], came, kept_by=new_id)
    connection.execute(delete(stored).where(came))
    keep_refusals(connection, table, source, new_id)
    for noted in (REFUSALS, SOURCE_FILES):
        connection.execute(delete(noted).where(is_of(noted, (table, source))))


def _put_back(connection: Connection, key: Key, import_id: int, new_id: int) -> None:
    c = KEPT_SOURCES.c
    since = select(c.import_id, c.was).where(is_of(KEPT_SOURCES, key), c.import_id >= import_id, c.import_id < new_id)
    first, was = connection.execute(since.order_by(c.import_id).limit(1)).one()
    if key == HOME:
        if was is None:
            connection.execute(delete(META).where(META.c.key == HOME[0]))
        else:
            write_home(connection, HomeInfo.from_json(json.loads(was)["json"]))
        return
    table, source = key
    stored, kept = SOURCE_TABLES[table], KEPT_ROWS[table]
    _, stood = _since(table, source, import_id)
    names = [column.name for column in stored.c if column.name != "import_id"]
    copy_rows(connection, kept, stored, stood, names=names, import_id=new_id)
    gone = is_of(KEPT_REFUSALS, key) & (KEPT_REFUSALS.c.kept_by == first)
    copy_rows(connection, KEPT_REFUSALS, REFUSALS, gone, names=REFUSED_COLUMNS)
    if was is not None:
        connection.execute(insert(SOURCE_FILES).values(**{**json.loads(was), "import_id": new_id}))
