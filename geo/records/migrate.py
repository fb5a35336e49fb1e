"""Opens records.sqlite: creates it, brings an older one forward after a backup, refuses a newer or foreign one."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL

from geo.errors import BadInput, NewerHome, Words
from geo.records.base import faults_in_words
from geo.records.tables import APPLICATION_ID, HISTORY, METADATA, RECORDS_VERSION, REGISTER_TABLES, SCENARIOS

FILE_NAME = "records.sqlite"
BUSY_TIMEOUT_MS = 30_000


def _keep_notes(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE sources ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'")


def _keep_history(connection: Connection) -> None:
    """What roll back and cancel need. Imports made before it stay as they are: nothing was kept of them."""
    connection.exec_driver_sql("ALTER TABLE jobs ADD COLUMN cancelled_by TEXT")
    connection.exec_driver_sql("ALTER TABLE imports ADD COLUMN who TEXT NOT NULL DEFAULT ''")
    for name in ("job_id", "rolled_back"):
        connection.exec_driver_sql(f"ALTER TABLE imports ADD COLUMN {name} INTEGER")
    connection.exec_driver_sql("CREATE UNIQUE INDEX imports_by_job ON imports (job_id)")
    METADATA.create_all(connection, tables=HISTORY)


def _keep_edits(connection: Connection) -> None:
    METADATA.create_all(connection, tables=REGISTER_TABLES)


def _to_version_3(connection: Connection) -> None:
    _keep_history(connection)
    _keep_edits(connection)


def _add_to_cameras(connection: Connection, columns: dict[str, str]) -> None:
    """Columns of cameras, name to SQL type, that are empty in every row there is: they enter no row's hash."""
    for table in ("cameras", "kept_cameras"):
        # A table that a step before has just made has them.
        has = connection.exec_driver_sql("SELECT name FROM pragma_table_info(?)", (table,)).scalars().all()
        for name, kind in columns.items():
            if name not in has:
                connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def _to_version_4(connection: Connection) -> None:
    _add_to_cameras(connection, {"focal_max_mm": "FLOAT", "masks": "TEXT"})
    # The moments of feeds were kept in nanoseconds.
    connection.exec_driver_sql("UPDATE feed_rows SET at = at / 1000 WHERE at IS NOT NULL")
    connection.exec_driver_sql("UPDATE feed_status SET at = at / 1000 WHERE at IS NOT NULL")


def _keep_scenarios(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[SCENARIOS])


def _keep_filings(connection: Connection) -> None:
    _add_to_cameras(connection, {"filing_no": "TEXT", "filed_on": "TEXT"})


#: Steps forward: `MIGRATIONS[n]` turns version n into n + 1 inside the one transaction of the migration.
MIGRATIONS: dict[int, Callable[[Connection], None]] = {
    1: _keep_notes,
    2: _to_version_3,
    3: _to_version_4,
    4: _keep_scenarios,
    5: _keep_filings,
}


def open_engine(folder: Path) -> Engine:
    """An engine on `folder`/records.sqlite at the version of this program.

    Creates folder and file where missing (readable by their owner only). An older file is copied to
    backups/ and then brought forward in one transaction; `NewerHome` and `BadInput` leave the file as it was.
    """
    with _one_opener(folder):
        file = folder / FILE_NAME
        # Closing any handle of an open database would drop this process's locks on it (POSIX): only a new one is made.
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        version = read_version(file)
        if 0 < version < RECORDS_VERSION:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            copy_database(file, folder / "backups" / f"records-v{version}-{stamp}.sqlite")
        engine = _new_engine(file)
        if version < RECORDS_VERSION:
            _bring_forward(engine, version)
    return engine


def read_version(file: Path) -> int:
    """The version of a records file, 0 for an empty one.

    Errors: `NewerHome` where a later program wrote it, `BadInput` where it is not a records file, `DiskFull` where the
    disk has no room to open it.
    """
    try:
        with faults_in_words(), closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            n_tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise _foreign(file) from error
    if n_tables == 0 and application_id == 0:
        return 0
    if application_id != APPLICATION_ID or version < 1:
        raise _foreign(file)
    if version > RECORDS_VERSION:
        raise NewerHome(
            Words(
                f"{file.name} was written by a later gridscope (records version {version}, this program knows "
                f"{RECORDS_VERSION}); update gridscope, nothing was changed",
                f"{file.name} 由更新版本的 gridscope 写入（记录版本 {version}，本程序支持到 {RECORDS_VERSION}）；"
                "请升级 gridscope，未作任何改动",
            )
        )
    return version


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of a live SQLite file by its backup API: written aside, checked, synced, then renamed."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(partial)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
    check_sound(partial)
    replace_synced(partial, target)


def check_sound(file: Path) -> None:
    """Raises `BadInput` where SQLite's own integrity check finds a fault."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            answer = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise BadInput(Words(f"{file.name} is damaged: {answer}", f"{file.name} 已损坏：{answer}"))


def replace_synced(partial: Path, target: Path) -> None:
    """Renames `partial` to `target` so that after a power cut either the old or the whole new file is there."""
    for path in (partial, target.parent):
        if path is not partial:
            os.replace(partial, target)
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _one_opener(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / ".records.lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _foreign(file: Path) -> BadInput:
    return BadInput(Words(f"{file} is not a gridscope records file", f"{file} 不是 gridscope 的记录文件"))


def _new_engine(file: Path) -> Engine:
    engine = create_engine(URL.create("sqlite+pysqlite", database=str(file)))

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, record: Any) -> None:
        record.info["pid"] = os.getpid()
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "checkout")
    def refuse_inherited(_connection: sqlite3.Connection, record: Any, proxy: Any) -> None:
        if record.info["pid"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise exc.DisconnectionError("a SQLite connection does not cross a fork")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")

    return engine


def _bring_forward(engine: Engine, version: int) -> None:
    with engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        if version == 0:
            METADATA.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        else:
            for step in range(version, RECORDS_VERSION):
                MIGRATIONS[step](connection)
        connection.exec_driver_sql(f"PRAGMA user_version={RECORDS_VERSION}")
