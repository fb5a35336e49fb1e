"""What every part of `Records` stands on: one engine and two kinds of transaction."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from geo.errors import Busy, DiskFull, Words
from geo.schema import Role


@dataclass(frozen=True)
class Key:
    """Who holds a key: its name and the role it carries."""

    name: str
    role: Role


#: SQLite's primary result codes for a disk that is full, failing, read-only, or has no room for one more file.
_CANNOT_WRITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Turns SQLite's "database is locked" (after the busy timeout) into `Busy`, a full disk into `DiskFull`."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        fault = error.orig if isinstance(error, OperationalError) else error
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code in _CANNOT_WRITE:
            raise DiskFull from error
        if code not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        raise Busy(
            Words("the records are being written by another process; try again", "记录库正由另一进程写入，请稍后再试")
        ) from error


class Base:
    """A home's folder and the engine on its records.sqlite; safe to share between threads."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self._engine = engine
        self._still = threading.local()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the records."""
        held: Connection | None = getattr(self._still, "connection", None)
        if held is not None:
            yield held
            return
        with faults_in_words(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Within it, all that this thread reads is of one state of the records, whoever writes meanwhile.

        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     with records.standing_still():
        ...         before = len(records.jobs())
        ...         _ = records.add_job("build", {}, "duty")
        ...         before, len(records.jobs())
        ...     len(records.jobs())
        (0, 0)
        1
        """
        with self.reading() as connection:
            self._still.connection = connection
            try:
                yield
            finally:
                self._still.connection = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a write transaction (BEGIN IMMEDIATE), committed at the end, rolled back on an error."""
        with faults_in_words(), self._engine.connect() as pooled:
            connection = pooled.execution_options(begin="IMMEDIATE")
            with connection.begin():
                yield connection
