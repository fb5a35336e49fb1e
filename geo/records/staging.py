"""One source's rows staged aside in SQLite's temporary tables, compared with what is stored, and moved over."""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects import sqlite

from geo.records.moments import now_us
from geo.records.rows import Rows, sum_hashes
from geo.records.tables import REFUSALS, SOURCE_FILES, SOURCE_TABLES, WHOLE_TABLES

_REFUSED_COLUMNS = ("line", "reason", "explained_en", "explained_zh", "fields")


@dataclass(frozen=True)
class Counts:
    """How the rows of one or more sources differ from what the records held."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Counts of both.

        >>> Counts(added=1) + Counts(added=2, removed=1)
        Counts(added=3, changed=0, removed=1, unchanged=0)
        """
        return Counts(*map(sum, zip(asdict(self).values(), asdict(other).values(), strict=True)))

    @property
    def n_touched(self) -> int:
        """Rows that are not as they were."""
        return self.added + self.changed + self.removed


@dataclass(frozen=True)
class SourceFile:
    """Where rows come from, what became of the file's lines, and what was noted while reading (JSON of [en, zh])."""

    table: str
    source: str
    file: str
    crs: str
    n_read: int
    n_kept: int
    n_refused: int
    notes: str = "[]"


@dataclass(frozen=True)
class Staged:
    """One source, not yet stored: `rows` is its temporary table, `refused` its refused lines, `digest` of its rows."""

    of: SourceFile
    rows: Table
    refused: list[tuple[Any, ...]]
    digest: tuple[int, str]

    @property
    def stored(self) -> Table:
        """The table of the records that the rows are for."""
        return SOURCE_TABLES[self.of.table]


def stage(connection: Connection, name: str, of: SourceFile, parts: Iterable[Rows], refused: pd.DataFrame) -> Staged:
    """Puts the rows of `parts` (one or more) into a new temporary table called `name`."""
    stored, waiting, n, total = SOURCE_TABLES[of.table], None, 0, 0
    for rows in parts:
        if waiting is None:
            columns = (Column(column, stored.c[column].type, primary_key=column == "uid") for column in rows.columns)
            waiting = Table(name, MetaData(), *columns, schema="temp")
            waiting.create(connection)
        _insert_many(connection, waiting, rows.columns, rows.values)
        n += len(rows.hashes)
        total += int(sum_hashes(rows.hashes), 16)
    assert waiting is not None
    return Staged(of, waiting, _refused_lines(refused), (n, f"{total % 2**256:064x}"))


def compare(connection: Connection, staged: Staged, named: Collection[str]) -> Counts:
    """How `staged` differs from what is stored; in a table that is replaced whole, sources not in `named` go, too."""
    new, old = staged.rows, staged.stored
    both = select(func.count()).select_from(new.join(old, new.c.uid == old.c.uid))
    unchanged = _count(connection, both.where(new.c.row_hash == old.c.row_hash))
    changed = _count(connection, both.where(new.c.row_hash != old.c.row_hash))
    mine = old.c.source == staged.of.source
    if staged.of.table in WHOLE_TABLES:
        mine |= old.c.source.not_in(list(named))
    n_old = _count(connection, select(func.count()).select_from(old).where(mine))
    return Counts(staged.of.n_kept - unchanged - changed, changed, n_old - unchanged - changed, unchanged)


def move(connection: Connection, staged: Staged, import_id: int) -> None:
    """Makes the stored rows of the source equal to the staged ones; a row that is the same stays as it is."""
    new, old = staged.rows, staged.stored
    gone = old.c.uid.not_in(select(new.c.uid))
    connection.execute(delete(old).where(old.c.source == staged.of.source, gone))
    names = [column.name for column in new.c]
    fresh = sqlite.insert(old).from_select([*names, "import_id"], select(*new.c, literal(import_id)).where(true()))
    values = {name: fresh.excluded[name] for name in (*names, "import_id")}
    differs = old.c.row_hash != fresh.excluded.row_hash
    connection.execute(fresh.on_conflict_do_update(index_elements=["uid"], set_=values, where=differs))
    moved = old.c.line.is_distinct_from(new.c.line)
    connection.execute(update(old).where(old.c.uid == new.c.uid, moved).values(line=new.c.line))


def note_source(connection: Connection, staged: Staged, mapping: str, import_id: int) -> None:
    """Notes the source's file and counts; its refused rows are written anew only where they differ."""
    of, now = staged.of, now_us()
    this = (SOURCE_FILES.c.table == of.table) & (SOURCE_FILES.c.source == of.source)
    digest = sha256("\n".join(sorted(json.dumps(line, default=int) for line in staged.refused)).encode()).hexdigest()
    if connection.execute(select(SOURCE_FILES.c.refused_digest).where(this)).scalar_one_or_none() != digest:
        connection.execute(delete(REFUSALS).where(REFUSALS.c.table == of.table, REFUSALS.c.source == of.source))
        lines = [(of.table, of.source, of.file, *line, now) for line in staged.refused]
        _insert_many(connection, REFUSALS, ("table", "source", "file", *_REFUSED_COLUMNS, "refused_at"), lines)
    connection.execute(delete(SOURCE_FILES).where(this))
    noted = {"refused_digest": digest, "mapping": mapping, "imported_at": now, "import_id": import_id}
    connection.execute(insert(SOURCE_FILES).values(**asdict(of), **noted))


def drop_source(connection: Connection, table: str, source: str) -> int:
    """Removes all that `source` brought to `table`; returns how many rows."""
    stored = SOURCE_TABLES[table]
    for noted in (REFUSALS, SOURCE_FILES):
        connection.execute(delete(noted).where(noted.c.table == table, noted.c.source == source))
    return connection.execute(delete(stored).where(stored.c.source == source)).rowcount


def _insert_many(connection: Connection, table: Table, columns: Collection[str], rows: list[tuple[Any, ...]]) -> None:
    """A bulk insert on the driver: 200,000 rows a second or so, several times what named parameters reach.

    `columns` stand in the table's own order.
    """
    if rows:
        compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
        connection.exec_driver_sql(str(compiled), rows)


def _count(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())


def _refused_lines(refused: pd.DataFrame) -> list[tuple[Any, ...]]:
    if refused.empty:
        return []
    whole = refused[list(_REFUSED_COLUMNS)].astype(object)
    return [tuple(row) for row in whole.where(whole.notna(), None).itertuples(index=False, name=None)]
