"""One source's rows staged aside in SQLite's temporary tables, compared with what is stored, and moved over."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from geo.errors import NotBalanced, Words
from geo.records.moments import now_us
from geo.records.rows import id_twice, iter_rows, sum_hashes
from geo.records.tables import REFUSALS, SOURCE_FILES, SOURCE_TABLES, WHOLE_TABLES
from geo.schema import SOURCES

#: What is said of a refused line.
REFUSED_CELLS = ("line", "reason", "explained_en", "explained_zh", "fields")
RefusedCells = tuple[int, str, str, str, str]


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
class Part:
    """A part of a source on its way into the records, see `Importing.replace_in_parts`."""

    frame: pd.DataFrame
    refused: pd.DataFrame
    n_read: int
    notes: Sequence[Words] = ()


@dataclass(frozen=True)
class Staged:
    """One source, not yet stored: `rows` and `refused` are its temporary tables, `digest` is that of its rows."""

    of: SourceFile
    rows: Table
    refused: Table
    digest: tuple[int, str]

    @property
    def stored(self) -> Table:
        """The table of the records that the rows are for."""
        return SOURCE_TABLES[self.of.table]


def stage(connection: Connection, name: str, origin: tuple[str, str, str, str], parts: Iterable[Part]) -> Staged:
    """Puts the rows of `parts` (one or more) of a source into new temporary tables called after `name`.

    `origin` is table, source, file and CRS. Errors: `BadInput` where an id comes twice, `NotBalanced` where the rows
    read are not those kept and refused (not asked of tables that are replaced whole).
    """
    table, source = origin[:2]
    waiting, refused = _temporary_tables(connection, name, table, source)
    n_read = n_kept = n_refused = total = 0
    notes: list[Words] = []
    for part in parts:
        for rows in iter_rows(SOURCES[table], source, part.frame):
            _insert_many(connection, waiting, *rows.filled(without="source"))
            total += int(sum_hashes(rows.hashes), 16)
        lines = [(None, *cells, json.dumps(cells, default=int)) for cells in refused_cells(part.refused)]
        _insert_many(connection, refused, refused.c.keys(), lines)
        n_read, n_kept, n_refused = n_read + part.n_read, n_kept + len(part.frame), n_refused + len(part.refused)
        notes += part.notes
    if table not in WHOLE_TABLES and n_read != n_kept + n_refused:
        raise NotBalanced(
            Words(
                f"{source}: {n_read} rows read, {n_kept} kept, {n_refused} refused",
                f"{source}：读入 {n_read} 行，保留 {n_kept} 行，未导入 {n_refused} 行，账目不平",
            )
        )
    _index(connection, waiting, source)
    said = json.dumps([(note.en, note.zh) for note in notes], ensure_ascii=False)
    of = SourceFile(*origin, n_read, n_kept, n_refused, said)
    return Staged(of, waiting, refused, (n_kept, f"{total % 2**256:064x}"))


def compare(connection: Connection, staged: Staged, named: Collection[str]) -> Counts:
    """How `staged` differs from what is stored; in a table that is replaced whole, sources not in `named` go, too."""
    new, old = staged.rows, staged.stored
    same = case((new.c.row_hash == old.c.row_hash, 1), else_=0)
    both = select(func.coalesce(func.sum(same), 0), func.count()).select_from(new.join(old, new.c.uid == old.c.uid))
    unchanged, n_both = connection.execute(both).one()
    changed = n_both - unchanged
    mine = old.c.source == staged.of.source
    if staged.of.table in WHOLE_TABLES:
        mine |= old.c.source.not_in(list(named))
    n_old = count_rows(connection, select(func.count()).select_from(old).where(mine))
    return Counts(staged.of.n_kept - unchanged - changed, changed, n_old - unchanged - changed, unchanged)


def move(connection: Connection, staged: Staged, import_id: int) -> None:
    """Makes the stored rows of the source equal to the staged ones; a row that is the same stays as it is."""
    new, old = staged.rows, staged.stored
    gone = old.c.uid.not_in(select(new.c.uid))
    connection.execute(delete(old).where(old.c.source == staged.of.source, gone))
    names = [column.name for column in new.c]
    # In the order of the index that they go into: no page of it is written twice.
    rows = select(*new.c, literal(import_id)).where(true()).order_by(new.c.uid)
    fresh = sqlite.insert(old).from_select([*names, "import_id"], rows)
    values = {name: fresh.excluded[name] for name in (*names, "import_id")}
    differs = old.c.row_hash != fresh.excluded.row_hash
    connection.execute(fresh.on_conflict_do_update(index_elements=["uid"], set_=values, where=differs))
    moved = old.c.line.is_distinct_from(new.c.line)
    connection.execute(update(old).where(old.c.uid == new.c.uid, moved).values(line=new.c.line))


def note_source(connection: Connection, staged: Staged, mapping: str, import_id: int) -> None:
    """Notes the source's file and counts; its refused rows are written anew only where they differ."""
    of, now, waiting = staged.of, now_us(), staged.refused
    this = (SOURCE_FILES.c.table == of.table) & (SOURCE_FILES.c.source == of.source)
    digest = _refused_digest(connection, waiting)
    if connection.execute(select(SOURCE_FILES.c.refused_digest).where(this)).scalar_one_or_none() != digest:
        connection.execute(delete(REFUSALS).where(REFUSALS.c.table == of.table, REFUSALS.c.source == of.source))
        told = {"table": of.table, "source": of.source, "file": of.file, "refused_at": now}
        lines = select(*(waiting.c[name] for name in REFUSED_CELLS), *map(literal, told.values()))
        connection.execute(insert(REFUSALS).from_select([*REFUSED_CELLS, *told], lines.order_by(waiting.c.n)))
    connection.execute(delete(SOURCE_FILES).where(this))
    noted = {"refused_digest": digest, "mapping": mapping, "imported_at": now, "import_id": import_id}
    connection.execute(insert(SOURCE_FILES).values(**asdict(of), **noted))


def drop_source(connection: Connection, table: str, source: str) -> int:
    """Removes all that `source` brought to `table`; returns how many rows."""
    stored = SOURCE_TABLES[table]
    for noted in (REFUSALS, SOURCE_FILES):
        connection.execute(delete(noted).where(noted.c.table == table, noted.c.source == source))
    return connection.execute(delete(stored).where(stored.c.source == source)).rowcount


def _temporary_tables(connection: Connection, name: str, table: str, source: str) -> tuple[Table, Table]:
    """Tables for the rows of a source of `table` and for its refused lines, which no other connection sees."""
    stored, schema = SOURCE_TABLES[table], MetaData()
    same = {"source": source}
    kept = [
        Column(column.name, column.type, nullable=column.nullable, server_default=same.get(column.name))
        for column in stored.c
        if column.name != "import_id"
    ]
    number, said = Column("n", Integer, primary_key=True), Column("said", Text)
    lines = [Column(column, REFUSALS.c[column].type) for column in REFUSED_CELLS]
    waiting = Table(name, schema, *kept, schema="temp")
    refused = Table(f"{name}_refused", schema, number, *lines, said, schema="temp")
    schema.create_all(connection, checkfirst=False)
    return waiting, refused


def _index(connection: Connection, waiting: Table, source: str) -> None:
    """Makes rows findable by uid: once, when all are there, which is a sort and no search for each."""
    try:
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX temp.{waiting.name}_uid ON {waiting.name} (uid)")
    except IntegrityError as error:
        uid = waiting.c.uid
        twice = connection.execute(select(uid).group_by(uid).having(func.count() > 1).limit(1)).scalar_one()
        raise id_twice(source, str(twice).partition(":")[2]) from error


def _refused_digest(connection: Connection, waiting: Table) -> str:
    """SHA-256 of the refused lines as JSON, sorted, so that their order in the file plays no role."""
    digest, is_first = sha256(), True
    for (said,) in connection.execute(select(waiting.c.said).order_by(waiting.c.said)).yield_per(10_000):
        digest.update((said if is_first else f"\n{said}").encode())
        is_first = False
    return digest.hexdigest()


def _insert_many(connection: Connection, table: Table, columns: Collection[str], rows: list[tuple[Any, ...]]) -> None:
    """A bulk insert on the driver: 200,000 rows a second or so, several times what named parameters reach.

    `columns` stand in the table's own order.
    """
    if rows:
        compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
        connection.exec_driver_sql(str(compiled), rows)


def count_rows(connection: Connection, query: Any) -> int:
    """What `query`, a count, gives."""
    return int(connection.execute(query).scalar_one())


def refused_cells(refused: pd.DataFrame) -> list[RefusedCells]:
    """The cells `REFUSED_CELLS` of each refused line, None where there is none.

    >>> cells = {"line": [7], "reason": ["not_located"], "explained_en": ["no place"], "explained_zh": ["无位置"]}
    >>> refused_cells(pd.DataFrame({**cells, "fields": [None]}))
    [(7, 'not_located', 'no place', '无位置', None)]
    """
    if refused.empty:
        return []
    whole = refused[list(REFUSED_CELLS)].astype(object)
    return list(whole.where(whole.notna(), None).itertuples(index=False, name=None))
