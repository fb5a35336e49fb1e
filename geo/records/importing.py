"""One import as one act: everything is staged aside, then applied in a single write transaction, or not at all.

Staging goes to SQLite's temporary tables, which no other process sees and which vanish with the process. So the
records stay readable and writable (heartbeats, audit) while files are read; a kill at any point leaves the old rows.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from geo.errors import BadInput, BadQuery, Words
from geo.records.base import Base, busy_in_words
from geo.records.frames import read_home, read_version_parts, version_of, write_home
from geo.records.moments import now_us
from geo.records.staging import Counts, Part, Staged, compare, drop_source, move, note_source, stage
from geo.records.tables import IMPORTS, SOURCE_FILES, WHOLE_TABLES
from geo.schema import SOURCES, HomeInfo

_SLUG = re.compile(r"\w[\w.-]*")


@dataclass
class Importing:
    """An import under way; made by `Records.importing`.

    After it, `counts` holds the differences per table and `outcome` is "changed" or "unchanged".
    """

    connection: Connection
    kind: str
    mapping: str
    digest: str
    counts: dict[str, Counts] = field(default_factory=dict)
    outcome: str = ""
    _staged: list[Staged] = field(default_factory=list)
    _home: HomeInfo | None = None
    _only_named: bool = False

    def replace_source(
        self,
        table: str,
        source: str,
        file: str,
        frame: pd.DataFrame,
        refused: pd.DataFrame,
        n_read: int,
        crs: str,
        *,
        notes: Sequence[Words] = (),
    ) -> Counts:
        """Stages `frame` as all that `source` now holds of `table`, `refused` as its refused rows, `notes` beside them.

        `frame`: columns of SOURCES[table], `line`, and `geometry` for line and polygon tables, in WGS84 (units: the
        boundary CRS); `refused`: line, reason, explained_en, explained_zh, fields. Units and elevation are replaced
        whole, whatever their sources are called. Elevation has no columns: its row's `source_id` is its SHA-256.
        Returns how the rows differ from the records as they stand. Errors: `BadInput` (name of the source, an empty or
        double id, a source staged twice), `NotBalanced` where n_read is not kept + refused (not asked of units).
        """
        return self.replace_in_parts(table, source, file, [Part(frame, refused, n_read, notes)], crs)

    def replace_in_parts(self, table: str, source: str, file: str, parts: Iterable[Part], crs: str) -> Counts:
        """`replace_source` for a source that comes in parts; only one of them at a time is held."""
        if table not in SOURCES:
            raise BadQuery(Words(f"no source table {table!r}", f"没有来源表 {table!r}"))
        if not _SLUG.fullmatch(source):
            raise BadInput(Words(f"bad source name {source!r}", f"来源名称 {source!r} 无效"))
        if source in self._named(table):
            raise BadInput(Words(f"source {source!r} comes twice for {table}", f"{table} 的来源 {source!r} 重复"))
        with self.connection.begin():
            staged = stage(self.connection, f"stage_{len(self._staged)}", (table, source, file, crs), parts)
            self._staged.append(staged)
            return compare(self.connection, staged, self._named(table))

    def set_home(self, info: HomeInfo) -> None:
        """Stages what the home says about itself."""
        self._home = info

    def drop_unnamed(self) -> None:
        """Also removes what earlier imports of the same mapping brought and this one does not name (any more)."""
        self._only_named = True

    def boundary_version(self) -> str:
        """The boundary version the records will have once this import is applied (see `Records.boundary_version`)."""
        units = [staged.digest for staged in self._staged if staged.of.table == "units"]
        with self.connection.begin():
            digest, home = read_version_parts(self.connection)
        if units:
            total = sum(int(hex_sum, 16) for _, hex_sum in units) % 2**256
            digest = (sum(n for n, _ in units), f"{total:064x}")
        return version_of(digest, self._home or home)

    def apply(self) -> None:
        """Writes all that was staged in one transaction; `Records.importing` calls it at its end."""
        with self.connection.execution_options(begin="IMMEDIATE").begin():
            before = self._state()
            row = {"kind": self.kind, "mapping": self.mapping, "digest": self.digest, "imported_at": now_us()}
            written = self.connection.execute(
                insert(IMPORTS).values(**row, outcome="", counts="{}").returning(IMPORTS.c.id)
            )
            import_id = int(written.scalar_one())
            for staged in self._staged:
                self._count(staged.of.table, compare(self.connection, staged, self._named(staged.of.table)))
            self._drop_others()
            for staged in self._staged:
                move(self.connection, staged, import_id)
                note_source(self.connection, staged, self.mapping, import_id)
            if self._home is not None:
                write_home(self.connection, self._home)
            touched = any(counts.n_touched for counts in self.counts.values())
            self.outcome = "changed" if touched or before != self._state() else "unchanged"
            told = json.dumps({table: asdict(counts) for table, counts in self.counts.items()}, sort_keys=True)
            done = update(IMPORTS).where(IMPORTS.c.id == import_id).values(outcome=self.outcome, counts=told)
            self.connection.execute(done)

    def _named(self, table: str) -> set[str]:
        return {staged.of.source for staged in self._staged if staged.of.table == table}

    def _count(self, table: str, counts: Counts) -> None:
        self.counts[table] = self.counts.get(table, Counts()) + counts

    def _state(self) -> object:
        columns = [c for c in SOURCE_FILES.c if c.name not in ("imported_at", "import_id")]
        sources = self.connection.execute(select(*columns).order_by(SOURCE_FILES.c.table, SOURCE_FILES.c.source))
        return [tuple(row) for row in sources], read_home(self.connection)

    def _drop_others(self) -> None:
        """Removes other sources of tables replaced whole and, on request, those that this mapping names no more."""
        known = self.connection.execute(select(SOURCE_FILES.c.table, SOURCE_FILES.c.source, SOURCE_FILES.c.mapping))
        for table, source, mapping in known.all():
            named = self._named(table)
            replaced = table in WHOLE_TABLES and bool(named)
            if source not in named and (replaced or (self._only_named and mapping == self.mapping)):
                removed = drop_source(self.connection, table, source)
                if not replaced:
                    self._count(table, Counts(removed=removed))


class ImportRecords(Base):
    """Imports."""

    @contextmanager
    def importing(self, kind: str, mapping_name: str, digest: str) -> Iterator[Importing]:
        """An import: stage sources inside the `with`, they are applied together at its end; an error applies nothing.

        `digest` is that of the mapping. The import is recorded with its counts per table and its outcome.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
        >>> one = pd.DataFrame({"source_id": ["7"], "lon": [109.7], "lat": [28.3], "line": [2]})
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     with records.importing("import", "town", "0" * 64) as tx:
        ...         tx.replace_source("cameras", "police", "cameras.csv", one, none, 1, "EPSG:4326")
        ...     records.frame("cameras")["uid"].tolist()
        Counts(added=1, changed=0, removed=0, unchanged=0)
        ['police:7']
        """
        with busy_in_words(), self._engine.connect() as connection:
            connection.detach()
            tx = Importing(connection, kind, mapping_name, digest)
            yield tx
            tx.apply()
