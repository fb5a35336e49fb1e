import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from geo.errors import BadInput, NewerHome, Words
from geo.records import Records, migrate
from geo.records.tables import RECORDS_VERSION
from tests.geo.records.samples import cameras, import_cameras


def to_version_5(file: Path) -> None:
    """Takes away what version 6 brought."""
    with closing(sqlite3.connect(file)) as connection:
        for table in ("cameras", "kept_cameras"):
            for column in ("filing_no", "filed_on"):
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("PRAGMA user_version=5")


def to_version_4(file: Path) -> None:
    """Takes away what versions 5 and 6 brought."""
    to_version_5(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE scenarios")
        connection.execute("PRAGMA user_version=4")


def to_version_3(file: Path) -> None:
    """Takes away what versions 4 to 6 brought."""
    to_version_4(file)
    with closing(sqlite3.connect(file)) as connection:
        for table in ("cameras", "kept_cameras"):
            for column in ("focal_max_mm", "masks"):
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("PRAGMA user_version=3")


def to_version_2(file: Path) -> None:
    """Takes away what versions 3 to 6 brought."""
    to_version_3(file)
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'kept_%'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TABLE {name}")
        connection.execute("DROP INDEX imports_by_job")
        for column in ("who", "job_id", "rolled_back"):
            connection.execute(f"ALTER TABLE imports DROP COLUMN {column}")
        connection.execute("ALTER TABLE jobs DROP COLUMN cancelled_by")
        connection.execute("PRAGMA user_version=2")


def schema(file: Path) -> set[tuple[str, str]]:
    """Every table's and index's columns."""
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')").fetchall()
        return {
            (name, column[place])
            for (name,) in names
            for kind, place in (("table_info", 1), ("index_info", 2))
            for column in connection.execute(f"PRAGMA {kind}('{name}')").fetchall()
        } | {(name, "") for (name,) in names}


def pragma(file: Path, name: str) -> object:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_new_home_is_wal_full_and_private(records: Records) -> None:
    file = records.folder / "records.sqlite"
    with records.reading() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert file.stat().st_mode & 0o077 == 0
    assert pragma(file, "user_version") == RECORDS_VERSION


def test_many_openers_at_once(tmp_path: Path) -> None:
    def opened(_: int) -> int:
        with Records.open(tmp_path) as records:
            return len(records.sources())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(opened, range(16))) == [0] * 16


def test_an_older_home_is_backed_up_then_brought_forward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Records.open(tmp_path) as records:
        import_cameras(records, cameras())

    def add_column(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE cameras ADD COLUMN bracket TEXT")

    monkeypatch.setattr(migrate, "RECORDS_VERSION", RECORDS_VERSION + 1)
    monkeypatch.setitem(migrate.MIGRATIONS, RECORDS_VERSION, add_column)
    with Records.open(tmp_path) as records:
        assert len(records.frame("cameras")) == 3
    (backup,) = (tmp_path / "backups").iterdir()
    assert backup.name.startswith(f"records-v{RECORDS_VERSION}-")
    assert pragma(backup, "user_version") == RECORDS_VERSION
    assert pragma(tmp_path / "records.sqlite", "user_version") == RECORDS_VERSION + 1
    with Records.open(tmp_path):
        assert len(list((tmp_path / "backups").iterdir())) == 1


def test_version_2_kept_nothing_of_what_imports_replaced(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        import_cameras(records, cameras())
    file = tmp_path / "records.sqlite"
    new = schema(file)
    to_version_2(file)
    with Records.open(tmp_path) as records:
        assert records.imports()["can_roll_back"].tolist() == [False]
        assert len(records.frame("cameras")) == 3
        import_cameras(records, cameras(["8"]))
        assert records.roll_back(2).outcome == "changed"
        assert records.frame("cameras")["source_id"].tolist() == ["1", "2", "3"]
    assert schema(file) == new


def test_version_5_had_no_filings(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        import_cameras(records, cameras())
        before = records.digests()
    file = tmp_path / "records.sqlite"
    new = schema(file)
    to_version_5(file)
    with Records.open(tmp_path) as records:
        assert records.digests() == before
        import_cameras(records, cameras().assign(filing_no="431-7", filed_on="2026-03-14"))
        assert records.frame("cameras")[["filing_no", "filed_on"]].drop_duplicates().values.tolist() == [
            ["431-7", "2026-03-14"]
        ]
    assert schema(file) == new


def test_version_4_had_no_scenarios(tmp_path: Path) -> None:
    Records.open(tmp_path).close()
    file = tmp_path / "records.sqlite"
    new = schema(file)
    to_version_4(file)
    with Records.open(tmp_path) as records:
        assert records.scenarios("planner") == []
    assert schema(file) == new


def test_version_3_had_neither_masks_nor_longest_focal_lengths(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        import_cameras(records, cameras())
        before = records.digests()
    file = tmp_path / "records.sqlite"
    new = schema(file)
    to_version_3(file)
    with Records.open(tmp_path) as records:
        assert records.digests() == before
        assert records.frame("cameras")[["focal_max_mm", "masks"]].isna().all(axis=None)
        import_cameras(records, cameras().assign(masks="350-10@5-20", focal_max_mm=48.0))
        assert records.digests() != before
        assert records.roll_back(2).outcome == "changed"
        assert records.digests() == before
    assert schema(file) == new


def test_version_3_kept_the_moments_of_feeds_in_nanoseconds(tmp_path: Path) -> None:
    Records.open(tmp_path).close()
    file, now_us, then_us = tmp_path / "records.sqlite", 1_780_000_000_000_000, 63_072_000_000_000
    to_version_3(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "INSERT INTO feed_rows (uid, at) VALUES ('gate:1972', ?), ('gate:7', ?), ('gate:none', NULL)",
            (then_us * 1000, now_us * 1000),
        )
        connection.execute(
            "INSERT INTO feed_status (uid, status, at, feed) VALUES ('c:1', 'online', ?, 'gate')", (then_us * 1000,)
        )
        connection.commit()
    Records.open(tmp_path).close()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT at FROM feed_rows ORDER BY uid").fetchall() == [
            (then_us,),
            (now_us,),
            (None,),
        ]
        assert connection.execute("SELECT at FROM feed_status").fetchall() == [(then_us,)]


def test_version_1_had_no_notes(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        import_cameras(records, cameras())
    to_version_2(tmp_path / "records.sqlite")
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as connection:
        connection.execute("ALTER TABLE sources DROP COLUMN notes")
        connection.execute("PRAGMA user_version=1")
    with Records.open(tmp_path) as records:
        assert records.sources()["source"].tolist() == ["police"]
        assert records.notes().empty
        import_cameras(records, cameras(), notes=[Words("2 overlap", "2 处重叠")])
        assert records.notes().values.tolist() == [["cameras", "police", "cameras.csv", "2 overlap", "2 处重叠"]]
    assert [file.name[:10] for file in (tmp_path / "backups").iterdir()] == ["records-v1"]


def test_a_migration_that_fails_leaves_the_old_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Records.open(tmp_path).close()

    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE cameras ADD COLUMN bracket TEXT")
        raise RuntimeError

    monkeypatch.setattr(migrate, "RECORDS_VERSION", RECORDS_VERSION + 1)
    monkeypatch.setitem(migrate.MIGRATIONS, RECORDS_VERSION, fail)
    with pytest.raises(RuntimeError):
        Records.open(tmp_path)
    monkeypatch.undo()
    with Records.open(tmp_path) as records, records.reading() as connection:
        names = connection.exec_driver_sql("SELECT name FROM pragma_table_info('cameras')").scalars().all()
    assert "bracket" not in names


def test_a_newer_home_is_refused_in_words_and_left_alone(tmp_path: Path) -> None:
    Records.open(tmp_path).close()
    file = tmp_path / "records.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version=99")
    before = file.read_bytes()
    with pytest.raises(NewerHome, match="later gridscope") as refused:
        Records.open(tmp_path)
    assert "更新版本" in refused.value.text("zh")
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be read as one" * 20, None])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "records.sqlite"
    if content is None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE cameras (uid)")
    else:
        file.write_bytes(content)
    with pytest.raises(BadInput, match="not a gridscope records file"):
        Records.open(tmp_path)


def test_a_second_opening_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    """POSIX drops a process's locks on a file when it closes any handle of it.

    Another process that closes its last connection would then take itself for the only one, and delete the log (WAL)
    that the first still reads.
    """
    closes = (
        f"import sqlite3; c = sqlite3.connect({str(tmp_path / 'records.sqlite')!r}); c.execute('SELECT * FROM meta')"
    )
    with Records.open(tmp_path) as first:
        first.write_audit("a", "b")
        Records.open(tmp_path).close()
        subprocess.run([sys.executable, "-c", f"{closes}; c.close()"], check=True)
        assert (tmp_path / "records.sqlite-wal").exists()
