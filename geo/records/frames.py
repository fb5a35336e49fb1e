"""What the records hold of the world, as frames and digests."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from geo.crs import WGS84
from geo.errors import NotAvailable, Words
from geo.records.base import Base
from geo.records.meta import read_meta, write_meta
from geo.records.moments import to_times
from geo.records.overlay import edited_hashes, lay_over, read_laid, stored_names
from geo.records.rows import sum_hashes, to_frame
from geo.records.tables import SOURCE_FILES, SOURCE_TABLES
from geo.schema import SOURCES, HomeInfo

_HOME_KEY = "home"


def read_home(connection: Connection) -> HomeInfo | None:
    """What the home says about itself, None before the first import."""
    text = read_meta(connection, _HOME_KEY)
    return None if text is None else HomeInfo.from_json(text)


def write_home(connection: Connection, info: HomeInfo) -> None:
    """Stores what the home says about itself."""
    write_meta(connection, _HOME_KEY, info.to_json())


def read_version_parts(connection: Connection) -> tuple[tuple[int, str], HomeInfo | None]:
    """What a boundary version is made of: the units' digest and the home."""
    return _digest(connection, "units"), read_home(connection)


def version_of(digest: tuple[int, str], home: HomeInfo | None) -> str:
    """First 16 hex digits of SHA-256 over the units' digest, the boundary CRS and how the levels nest."""
    if digest[0] == 0 or home is None:
        raise NotAvailable(Words("no units are loaded", "尚未导入单位"))
    nesting = [(level.name, level.parent) for level in home.levels]
    return sha256(json.dumps([*digest, home.boundary_crs, nesting]).encode()).hexdigest()[:16]


def to_table(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """The rows of `query` as a frame; columns that end in `_at`, and `at`, as datetime64[us, UTC]."""
    result = connection.execute(query)
    frame = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()), dtype=object)
    for name in frame.columns:
        if name == "at" or name.endswith("_at"):
            frame[name] = to_times(frame[name].tolist())
        elif name == "line" or name.startswith("n_"):
            frame[name] = pd.Series(pd.array(frame[name].tolist(), dtype="Int64"))
    return frame


def _digest(connection: Connection, table: str) -> tuple[int, str]:
    """Rows and the sum of their hashes, each row as it is now: edits laid over it."""
    stored, edited = SOURCE_TABLES[table].c, edited_hashes(connection, table)
    if not edited:
        hashes: Sequence[bytes] = connection.execute(select(stored.row_hash)).scalars().all()
    else:
        rows = connection.execute(select(stored.uid, stored.row_hash)).all()
        hashes = [edited.get(uid, row_hash) for uid, row_hash in rows]
    return len(hashes), sum_hashes(hashes)


class SourceRecords(Base):
    """Source tables and what the home says about itself."""

    def home(self) -> HomeInfo | None:
        """What the home says about itself, None before the first import.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.home(), records.has("units"), records.digests()
        (None, False, {})
        """
        with self.reading() as connection:
            return read_home(connection)

    def set_home(self, info: HomeInfo) -> None:
        """Stores what the home says about itself; an import does so itself, in its own transaction.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.set_home(HomeInfo("州", "Prefecture", "Asia/Shanghai", "EPSG:4490", ()))
        ...     records.home().title_en
        'Prefecture'
        """
        with self.writing() as connection:
            write_home(connection, info)

    def frame(self, table: str) -> pd.DataFrame:
        """All rows of source `table`: its schema columns and `uid`, ordered by uid (units by level and code).

        Edits and what feeds say are laid over what the sources said. Line and polygon tables are GeoDataFrames in
        EPSG:4326, units in the home's boundary CRS. See `rows.to_frame` for dtypes. A table never imported is an empty
        frame (ask `has`).

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.frame("places").columns.tolist()
        ['source_id', 'name', 'kind', 'uid', 'geometry']
        """
        schema = SOURCES[table]
        stored = SOURCE_TABLES[table].c
        order = (stored.level, stored.code) if table == "units" else (stored.uid,)
        query = select(*(stored[name] for name in stored_names(table))).order_by(*order)
        with self.reading() as connection:
            home = read_home(connection)
            driver: Any = connection.connection.driver_connection
            rows = driver.execute(str(query.compile(dialect=connection.dialect))).fetchall()
            laid = read_laid(connection, table)
        rows = lay_over(table, rows, laid)
        return to_frame(schema, rows, home.boundary_crs if table == "units" and home else WGS84)

    def has(self, table: str) -> bool:
        """Whether a source of `table` was ever imported (even one whose rows were all refused)."""
        with self.reading() as connection:
            query = select(func.count()).select_from(SOURCE_FILES).where(SOURCE_FILES.c.table == table)
            return bool(connection.execute(query).scalar_one())

    def digests(self) -> dict[str, tuple[int, str]]:
        """Per imported table, the row count and the sum of row hashes modulo 2^256 (64 hex digits), by table name."""
        with self.reading() as connection:
            named = set(connection.execute(select(SOURCE_FILES.c.table)).scalars())
            return {table: _digest(connection, table) for table in sorted(named & SOURCE_TABLES.keys())}

    def boundary_version(self) -> str:
        """16 hex digits that change whenever a unit, the boundary CRS or the nesting of levels does.

        Errors: `NotAvailable` before units are loaded.
        """
        with self.reading() as connection:
            return version_of(*read_version_parts(connection))

    def sources(self) -> pd.DataFrame:
        """What was imported from where: table, source, file, n_read, n_kept, n_refused, imported_at, crs."""
        s = SOURCE_FILES.c
        columns = (s.table, s.source, s.file, s.n_read, s.n_kept, s.n_refused, s.imported_at, s.crs)
        with self.reading() as connection:
            return to_table(connection, select(*columns).order_by(s.table, s.source))

    def origin(self, table: str) -> pd.DataFrame:
        """Where the rows of `table` came from: source, file, crs, mapping, n_read, by source; empty before an import.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     len(records.origin("units")), len(records.lines("units"))
        (0, 0)
        """
        s = SOURCE_FILES.c
        query = select(s.source, s.file, s.crs, s.mapping, s.n_read).where(s.table == table).order_by(s.source)
        with self.reading() as connection:
            return to_table(connection, query)

    def lines(self, table: str) -> dict[str, int | None]:
        """The line in its file of every row of `table`, by uid."""
        stored = SOURCE_TABLES[table].c
        with self.reading() as connection:
            return {row.uid: row.line for row in connection.execute(select(stored.uid, stored.line))}

    def notes(self) -> pd.DataFrame:
        """What was noted while the sources were read (overlaps, gaps, guesses): table, source, file, note, note_zh.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.notes().columns.tolist()
        ['table', 'source', 'file', 'note', 'note_zh']
        """
        s = SOURCE_FILES.c
        with self.reading() as connection:
            noted = connection.execute(select(s.table, s.source, s.file, s.notes).order_by(s.table, s.source)).all()
        rows = [(*where, en, zh) for *where, notes in noted for en, zh in json.loads(notes)]
        return pd.DataFrame(rows, columns=["table", "source", "file", "note", "note_zh"], dtype=object)
