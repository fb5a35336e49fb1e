"""The tables of records.sqlite, those of the sources generated from `geo.schema.SOURCES`.

Every moment is an integer: microseconds since 1970-01-01T00:00:00Z. `row_hash` is 32 bytes, `geom` little-endian WKB.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from geo.schema import SOURCES
from geo.schema.column import Dtype, Geometry

#: Raised whenever a table here changes; `geo.records.migrate` then needs a step from the version before.
RECORDS_VERSION = 6
#: Marks the file as gridscope's ("GrSc"), in SQLite's own header field.
APPLICATION_ID = 0x47725363
#: Tables of which a home has one set, whatever their sources are called: importing one replaces all of it.
WHOLE_TABLES = ("units", "elevation")
#: Geometry kinds for which a row carries a shape of its own (a point's is its lon and lat).
SHAPED: tuple[Geometry, ...] = ("line", "polygon", "point_or_polygon")

METADATA = MetaData()

_TYPES: dict[Dtype, type[TypeEngine[Any]]] = {
    "text": Text,
    "int": BigInteger,
    "float": Float,
    "bool": Boolean,
    "time": BigInteger,
    "date": Text,
}


def _source_table(name: str) -> Table:
    schema = SOURCES[name]
    shape = [Column("geom", LargeBinary)] if schema.geometry in SHAPED else []
    unique = [UniqueConstraint("level", "code")] if name == "units" else []
    return Table(
        name,
        METADATA,
        Column("uid", Text, primary_key=True),
        Column("source", Text, nullable=False, index=True),
        *(Column(column.name, _TYPES[column.dtype]) for column in schema.columns),
        Column("line", BigInteger),
        Column("row_hash", LargeBinary, nullable=False),
        Column("import_id", Integer, nullable=False),
        *shape,
        *unique,
    )


SOURCE_TABLES: dict[str, Table] = {name: _source_table(name) for name in SOURCES}

META = Table("meta", METADATA, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

IMPORTS = Table(
    "imports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("who", Text, nullable=False, server_default=""),
    Column("job_id", Integer),
    Column("rolled_back", Integer),
    Index("imports_by_job", "job_id", unique=True),
    sqlite_autoincrement=True,
)

SOURCE_FILES = Table(
    "sources",
    METADATA,
    Column("table", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("file", Text, nullable=False),
    Column("crs", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("n_read", BigInteger, nullable=False),
    Column("n_kept", BigInteger, nullable=False),
    Column("n_refused", BigInteger, nullable=False),
    Column("refused_digest", Text, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("import_id", Integer, nullable=False),
    Column("notes", Text, nullable=False, server_default="[]"),
)

REFUSALS = Table(
    "refusals",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("table", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("line", BigInteger),
    Column("reason", Text, nullable=False),
    Column("explained_en", Text, nullable=False),
    Column("explained_zh", Text, nullable=False),
    Column("fields", Text),
    Column("refused_at", BigInteger, nullable=False),
    Index("refusals_by_source", "table", "source"),
)


def _kept_rows(name: str) -> Table:
    """Rows of source table `name` that imports replaced or removed: each stood from `import_id` until `kept_by`."""
    columns = (Column(column.name, column.type) for column in SOURCE_TABLES[name].columns)
    by = Column("kept_by", Integer, nullable=False)
    return Table(f"kept_{name}", METADATA, *columns, by, PrimaryKeyConstraint("source", "kept_by", "uid"))


KEPT_ROWS: dict[str, Table] = {name: _kept_rows(name) for name in SOURCES}

#: What a source was before import `import_id` changed it: its row of `sources` as JSON, null where it was not there.
#: The home's own description stands among them under the table "home".
KEPT_SOURCES = Table(
    "kept_sources",
    METADATA,
    Column("import_id", Integer, primary_key=True),
    Column("table", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("was", Text),
    Column("kept_at", BigInteger, nullable=False),
    Column("expired", Boolean, nullable=False),
    Index("kept_sources_by_source", "table", "source", "import_id"),
)

KEPT_REFUSALS = Table(
    "kept_refusals",
    METADATA,
    *(Column(column.name, column.type) for column in REFUSALS.columns if column.name != "id"),
    Column("kept_by", Integer, nullable=False),
    Index("kept_refusals_by_source", "table", "source", "kept_by"),
)

#: Every table that roll back needs, for the migration that brings them.
HISTORY: tuple[Table, ...] = (*KEPT_ROWS.values(), KEPT_SOURCES, KEPT_REFUSALS)

KEYS = Table(
    "keys",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("prefix", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("key_name", Text, nullable=False, index=True),
    Column("opened_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("share", Float, nullable=False),
    Column("words_en", Text, nullable=False),
    Column("words_zh", Text, nullable=False),
    Column("eta_s", Float),
    Column("worker", Text),
    Column("attempts", Integer, nullable=False),
    Column("lease_s", Float),
    Column("lease_until", BigInteger),
    Column("added_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("cancelled_by", Text),
    sqlite_autoincrement=True,
)

#: Every change of the register, in order; rows are only ever added. `changes` is JSON {column: [old, new]}.
EDITS = Table(
    "edits",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("uid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("undoes", Integer),
    Column("changes", Text, nullable=False),
    Index("edits_by_row", "table", "uid"),
    sqlite_autoincrement=True,
)

#: What the edits that are not undone say of a row, column by column: laid over what its source says.
OVERLAY = Table(
    "overlay",
    METADATA,
    Column("table", Text, primary_key=True),
    Column("uid", Text, primary_key=True),
    Column("column", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("edit", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
)

#: The last status that a feed gave of a camera, and when it was so.
FEED_STATUS = Table(
    "feed_status",
    METADATA,
    Column("uid", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("feed", Text, nullable=False),
)

#: When an incident of a feed was as it is stored: an older row that comes later does not replace it.
FEED_ROWS = Table(
    "feed_rows",
    METADATA,
    Column("uid", Text, primary_key=True),
    Column("at", BigInteger),
)

#: Answers already given, by feed and idempotency key.
FEED_KEYS = Table(
    "feed_keys",
    METADATA,
    Column("feed", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)

#: Rows of a running service that are no more as their source said: `change` is the number of the latest change.
LIVE = Table(
    "live",
    METADATA,
    Column("table", Text, primary_key=True),
    Column("uid", Text, primary_key=True),
    Column("change", BigInteger, nullable=False, index=True),
)

#: The tables that version 3 of the records added for the register and the feeds.
REGISTER_TABLES = (EDITS, OVERLAY, FEED_STATUS, FEED_ROWS, FEED_KEYS, LIVE)

#: Plans of changes of cameras, each by its author; `edits` and `view` are JSON, `snapshot` is what they were made
#: against.
SCENARIOS = Table(
    "scenarios",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("author", Text, nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("snapshot_number", Integer, nullable=False),
    Column("edits", Text, nullable=False),
    Column("view", Text),
    Column("note", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
)
