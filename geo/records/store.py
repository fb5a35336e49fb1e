"""The one door to a home's records."""

from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from geo.records.audit import AuditRecords
from geo.records.backups import BackupRecords
from geo.records.edits import EditRecords
from geo.records.feed import FeedRecords
from geo.records.frames import SourceRecords
from geo.records.history import HistoryRecords
from geo.records.importing import ImportRecords
from geo.records.jobs import JobRecords
from geo.records.keys import KeyRecords
from geo.records.migrate import open_engine
from geo.records.refused import RefusalRecords
from geo.records.scenarios import ScenarioRecords
from geo.records.sessions import SessionRecords


class Records(
    SourceRecords,
    ImportRecords,
    HistoryRecords,
    RefusalRecords,
    EditRecords,
    FeedRecords,
    KeyRecords,
    SessionRecords,
    AuditRecords,
    JobRecords,
    BackupRecords,
    ScenarioRecords,
):
    """A home's records.sqlite; safe to share between threads, one per process. Close it, or use it in a `with`."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        super().__init__(folder, engine)
        self._verified = {}

    @classmethod
    def open(cls, home: Path) -> Self:
        """Opens `home`/records.sqlite; creates it, or brings an older one forward after a backup into backups/.

        Errors: `NewerHome` (written by a later gridscope), `BadInput` (not a records file); both leave it untouched.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.sources().columns.tolist()
        ['table', 'source', 'file', 'n_read', 'n_kept', 'n_refused', 'imported_at', 'crs']
        """
        return cls(home, open_engine(home))

    def close(self) -> None:
        """Closes all connections; the object must not be used afterwards."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
