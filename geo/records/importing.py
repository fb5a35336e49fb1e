"""One import as one act: everything is staged aside, then applied in a single write transaction, or not at all.

Staging goes to SQLite's temporary tables, which no other process sees and which vanish with the process. So the
records stay readable and writable (heartbeats, audit) while files are read; a kill at any point leaves the old rows.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, insert, select, update

from geo.errors import BadInput, BadQuery, Busy, Words
from geo.records.base import Base, faults_in_words
from geo.records.by_hand import check_importable
from geo.records.frames import read_version_parts, version_of, write_home
from geo.records.history import Imported, find_import
from geo.records.kept import Key, keep_refusals, keep_rows, note_changes, read_state
from geo.records.moments import now_us
from geo.records.staging import Counts, Part, Staged, compare, drop_source, move, note_source, stage
from geo.records.tables import IMPORTS, SOURCE_FILES, WHOLE_TABLES
from geo.schema import SOURCES, HomeInfo

_SLUG = re.compile(r"\w[\w.-]*")


@dataclass
class Importing:
    """An import under way; made by `Records.importing`.

    After it, `counts` holds the differences per table, `outcome` is "changed" or "unchanged", `id` its number.
    """

    connection: Connection
    kind: str
    mapping: str
    digest: str
    who: str = ""
    job_id: int | None = None
    id: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    outcome: str = ""
    _staged: list[Staged] = field(default_factory=list)
    _home: HomeInfo | None = None
    _only_named: bool = False

    def replace_in_parts(self, table: str, source: str, file: str, parts: Iterable[Part], crs: str) -> None:
        """Stages the frames of `parts` (one or more) as all that `source` now holds of `table`, and what they refused.

        A part's `frame`: columns of SOURCES[table], `line`, and `geometry` for line and polygon tables, in WGS84
        (units: the boundary CRS); `refused`: line, reason, explained_en, explained_zh, fields. `file` and its `crs` are
        noted beside. Only one part at a time is held. Units and elevation are replaced whole, whatever their sources
        are called. Elevation has no columns: its row's `source_id` is its SHA-256. Errors: `BadQuery` (no such table),
        `BadInput` (name of the source, an empty or double id, a source staged twice or kept by hand), `NotBalanced`
        where all `n_read` are not those kept and refused (not asked of tables that are replaced whole).
        """
        if table not in SOURCES:
            raise BadQuery(Words(f"no source table {table!r}", f"没有来源表 {table!r}"))
        if not _SLUG.fullmatch(source):
            raise BadInput(Words(f"bad source name {source!r}", f"来源名称 {source!r} 无效"))
        if source in self._named(table):
            raise BadInput(Words(f"source {source!r} comes twice for {table}", f"{table} 的来源 {source!r} 重复"))
        with self.connection.begin():
            check_importable(self.connection, table, source)
            staged = stage(self.connection, f"stage_{len(self._staged)}", (table, source, file, crs), parts)
            self._staged.append(staged)

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

    def done(self) -> Imported:
        """What was applied."""
        return Imported(self.id, self.kind, self.mapping, self.outcome, self.counts)

    def apply(self) -> None:
        """Writes all that was staged in one transaction; `Records.importing` calls it at its end.

        What it replaces is kept (`geo.records.history`). Errors: `Busy` where another worker has done the same job.
        """
        with self.connection.execution_options(begin="IMMEDIATE").begin():
            if find_import(self.connection, self.job_id) is not None:
                raise Busy(Words(f"job {self.job_id} is done already", f"任务 {self.job_id} 已由其他进程完成"))
            before = read_state(self.connection)
            self.id = self._add_row()
            touched = self._replace()
            if self._home is not None:
                write_home(self.connection, self._home)
            changed = note_changes(self.connection, self.id, before, touched)
            self.outcome = "changed" if changed else "unchanged"
            told = json.dumps({table: asdict(counts) for table, counts in self.counts.items()}, sort_keys=True)
            done = update(IMPORTS).where(IMPORTS.c.id == self.id).values(outcome=self.outcome, counts=told)
            self.connection.execute(done)

    def _add_row(self) -> int:
        row = {"kind": self.kind, "mapping": self.mapping, "digest": self.digest, "imported_at": now_us()}
        row |= {"outcome": "", "counts": "{}", "who": self.who, "job_id": self.job_id}
        return int(self.connection.execute(insert(IMPORTS).values(**row).returning(IMPORTS.c.id)).scalar_one())

    def _replace(self) -> set[Key]:
        """Counts, keeps and replaces; returns the sources whose rows changed."""
        touched = set[Key]()
        for staged in self._staged:
            table, source = staged.of.table, staged.of.source
            counts = compare(self.connection, staged, self._named(table))
            self._count(table, counts)
            if counts.n_touched:
                touched.add((table, source))
                keep_rows(self.connection, table, source, self.id, staged.rows)
            keep_refusals(self.connection, table, source, self.id)
        self._drop_others()
        for staged in self._staged:
            move(self.connection, staged, self.id)
            note_source(self.connection, staged, self.mapping, self.id)
        return touched

    def _named(self, table: str) -> set[str]:
        return {staged.of.source for staged in self._staged if staged.of.table == table}

    def _count(self, table: str, counts: Counts) -> None:
        self.counts[table] = self.counts.get(table, Counts()) + counts

    def _drop_others(self) -> None:
        """Removes other sources of tables replaced whole and, on request, those that this mapping names no more."""
        known = self.connection.execute(select(SOURCE_FILES.c.table, SOURCE_FILES.c.source, SOURCE_FILES.c.mapping))
        for table, source, mapping in known.all():
            named = self._named(table)
            replaced = table in WHOLE_TABLES and bool(named)
            if source not in named and (replaced or (self._only_named and mapping == self.mapping)):
                keep_rows(self.connection, table, source, self.id)
                keep_refusals(self.connection, table, source, self.id)
                removed = drop_source(self.connection, table, source)
                if not replaced:
                    self._count(table, Counts(removed=removed))


class ImportRecords(Base):
    """Imports."""

    @contextmanager
    def importing(
        self, kind: str, mapping_name: str, digest: str, *, who: str = "", job_id: int | None = None
    ) -> Iterator[Importing]:
        """An import: stage sources inside the `with`, they are applied together at its end; an error applies nothing.

        `digest` is that of the mapping, `who` asked for it, `job_id` is the job that does it: a job imports once. The
        import is recorded with its counts per table and its outcome.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import pandas as pd
        >>> from geo.records import Records
        >>> none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
        >>> one = pd.DataFrame({"source_id": ["7"], "lon": [109.7], "lat": [28.3], "line": [2]})
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     with records.importing("import", "town", "0" * 64) as tx:
        ...         tx.replace_in_parts("cameras", "police", "cameras.csv", [Part(one, none, 1)], "EPSG:4326")
        ...     tx.counts["cameras"], records.frame("cameras")["uid"].tolist()
        (Counts(added=1, changed=0, removed=0, unchanged=0), ['police:7'])
        """
        with faults_in_words(), self._engine.connect() as connection:
            connection.detach()
            tx = Importing(connection, kind, mapping_name, digest, who, job_id)
            yield tx
            tx.apply()
