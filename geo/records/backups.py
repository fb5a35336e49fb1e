"""Backup of a home into one .tar, and its restore: checked as a whole before anything is replaced.

The archive holds manifest.json (format, files with bytes and SHA-256) first, then records.sqlite, CURRENT, the
current snapshot with the boundary pyramids, the elevation raster and the labels where there are any, and the mappings
that are kept. Elevation rasters that a roll back would bring back are not in it.
"""

import json
import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geo.errors import BadInput, Busy, Words
from geo.records.base import Base
from geo.records.labels import FILE as LABELS
from geo.records.migrate import FILE_NAME, check_sound, copy_database, read_version, replace_synced
from geo.records.moments import now_us

_FORMAT = 1
_MANIFEST = "manifest.json"
_CURRENT = "CURRENT"
_RASTER = "rasters/elevation.tif"
#: Folders of a home that a backup takes from, and how many parts a name in them has at least.
_FOLDERS = {"snapshots": 3, "boundaries": 3, "mappings": 2, "history": 2}
#: Jobs under a lease that holds: the rule of `geo.records.jobs`, on a file that may be of an earlier version.
_RUNNING = """
    SELECT count(*) FROM jobs
    WHERE state = 'running' AND lease_until > :now AND lease_until <= :now + lease_s * 1000000
"""
_MAX_MANIFEST_BYTES = 10_000_000


class BackupRecords(Base):
    """Backups."""

    def backup(self, file: Path) -> None:
        """Writes records and current snapshot into `file` (.tar) while the home stays in use.

        The archive is written aside, read back and checked, synced and renamed; an existing `file` is then replaced.

        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder:
        ...     home, copy = Path(folder, "home"), Path(folder, "copy")
        ...     with Records.open(home) as records:
        ...         records.write_audit("duty", "/exports")
        ...         records.backup(Path(folder, "home.tar"))
        ...     restore(Path(folder, "home.tar"), copy)
        ...     with Records.open(copy) as records:
        ...         records.audit()["who"].tolist()
        ['duty']
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.partial")
        with TemporaryDirectory(dir=self.folder, prefix=".backup-") as aside:
            copy_database(self.folder / FILE_NAME, Path(aside, FILE_NAME))
            members = {FILE_NAME: Path(aside, FILE_NAME), **self._published()}
            partial.unlink(missing_ok=True)
            os.close(os.open(partial, os.O_CREAT | os.O_RDWR, 0o600))
            _write_archive(partial, members)
            with TemporaryDirectory(dir=self.folder, prefix=".check-") as unpacked:
                _unpack(partial, Path(unpacked))
        replace_synced(partial, file)

    def _published(self) -> dict[str, Path]:
        files = [self.folder / _RASTER, self.folder / LABELS, *sorted((self.folder / "mappings").glob("*.toml"))]
        files += sorted((self.folder / "history").glob("*.parquet"))
        current = self.folder / _CURRENT
        if current.exists():
            snapshot = self.folder / "snapshots" / str(json.loads(current.read_text("utf-8"))["id"])
            files += [current, *sorted(snapshot.rglob("*")), *sorted((self.folder / "boundaries").rglob("*"))]
        members = {path.relative_to(self.folder).as_posix(): path for path in files if path.is_file()}
        return {name: path for name, path in members.items() if _is_ours(name)}


def restore(file: Path, home: Path) -> None:
    """Puts the backup `file` in the place of `home`'s records and current snapshot; creates `home` where missing.

    The archive is unpacked aside and checked first: names, sizes, SHA-256, SQLite's integrity, version. The records
    that were there go to backups/. Sessions end and jobs that were open in the backup are marked failed.
    Errors: `BadInput` (not a backup, or damaged), `NewerHome`, `Busy` (a job runs); all leave the home as it was.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home, prefix=".restore-") as folder:
        unpacked = Path(folder)
        names = _unpack(file, unpacked)
        copied = unpacked / FILE_NAME
        check_sound(copied)
        if read_version(copied) == 0:
            raise _not_a_backup(file)
        _settle(copied)
        for part in sorted({tuple(name.split("/")[:2]) for name in names if name.split("/")[0] in _FOLDERS}):
            _place(unpacked.joinpath(*part), home.joinpath(*part))
        if _RASTER in names:
            (home / _RASTER).parent.mkdir(exist_ok=True)
            replace_synced(unpacked / _RASTER, home / _RASTER)
        if LABELS in names:
            replace_synced(unpacked / LABELS, home / LABELS)
        _replace_records(copied, home)
        if _CURRENT in names:
            replace_synced(unpacked / _CURRENT, home / _CURRENT)
        else:
            (home / _CURRENT).unlink(missing_ok=True)


def _write_archive(file: Path, members: dict[str, Path]) -> None:
    listed = {name: {"bytes": path.stat().st_size, "sha256": _digest(path)} for name, path in members.items()}
    manifest = json.dumps({"format": _FORMAT, "made_at": datetime.now(UTC).isoformat(), "files": listed}).encode()
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        head = tarfile.TarInfo(_MANIFEST)
        head.size = len(manifest)
        archive.addfile(head, BytesIO(manifest))
        for name, path in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = listed[name]["bytes"], 0o600  # type: ignore[assignment]
            with path.open("rb") as content:
                archive.addfile(member, content)


def _unpack(file: Path, folder: Path) -> list[str]:
    """Unpacks exactly what the manifest lists, each file with its size and SHA-256; returns the names."""
    try:
        with tarfile.open(file, "r:") as archive:
            wanted = _read_manifest(archive, file)
            names = sorted(wanted)
            for member in archive:
                if member.name != _MANIFEST:
                    listed = wanted.pop(member.name)
                    if not member.isfile() or member.size != listed["bytes"]:
                        raise _not_a_backup(file)
                    _unpack_member(archive, member, folder)
                    if _digest(folder / member.name) != listed["sha256"]:
                        raise BadInput(
                            Words(f"{file.name}: {member.name} is damaged", f"{file.name}：{member.name} 已损坏")
                        )
    except FileNotFoundError as error:
        raise BadInput(Words(f"{file} is missing", f"找不到 {file}")) from error
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError) as error:
        raise _not_a_backup(file) from error
    if wanted:
        raise BadInput(Words(f"{file.name} is cut short", f"{file.name} 不完整"))
    return names


def _read_manifest(archive: tarfile.TarFile, file: Path) -> dict[str, dict[str, Any]]:
    first = archive.next()
    if first is None or first.name != _MANIFEST or not first.isfile() or first.size > _MAX_MANIFEST_BYTES:
        raise _not_a_backup(file)
    content = archive.extractfile(first)
    manifest: dict[str, Any] = json.loads(content.read() if content else b"")
    files: dict[str, dict[str, Any]] = dict(manifest["files"])
    if manifest["format"] != _FORMAT or FILE_NAME not in files or not all(map(_is_ours, files)):
        raise _not_a_backup(file)
    return files


def _is_ours(name: str) -> bool:
    """Whether `name` is one that a backup may hold: no absolute path, no `..`, no other folder."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name:
        return False
    return name in (FILE_NAME, _CURRENT, _RASTER, LABELS) or len(parts) >= _FOLDERS.get(parts[0], len(parts) + 1)


def _unpack_member(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    content = archive.extractfile(member)
    with target.open("xb") as out:
        if content is not None:
            shutil.copyfileobj(content, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())


def _settle(records: Path) -> None:
    """Ends what cannot go on in a restored file: sessions and open jobs."""
    with closing(sqlite3.connect(records)) as connection, connection:
        connection.execute("DELETE FROM sessions")
        connection.execute(
            "UPDATE jobs SET state = 'failed', words_en = ?, words_zh = ?, finished_at = ?, lease_until = NULL "
            "WHERE state IN ('queued', 'running')",
            ("ended by a restore", "因恢复备份而终止", now_us()),
        )


def _place(unpacked: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        os.replace(target, unpacked.with_name(f"{unpacked.name}.replaced"))
    os.replace(unpacked, target)


def _replace_records(copied: Path, home: Path) -> None:
    """Puts `copied` in the place of the live records, in one transaction where those are sound."""
    live = home / FILE_NAME
    if not live.exists():
        replace_synced(copied, live)
        return
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    try:
        check_sound(live)
        version = read_version(live)
    except BadInput:
        aside = home / "backups" / f"damaged-{stamp}"
        aside.mkdir(mode=0o700, parents=True)
        for path in home.glob(f"{FILE_NAME}*"):
            os.replace(path, aside / path.name)
        replace_synced(copied, live)
        return
    if version:
        copy_database(live, home / "backups" / f"records-before-restore-{stamp}.sqlite")
    with closing(sqlite3.connect(copied)) as new, closing(sqlite3.connect(live, timeout=30)) as old:
        if version and old.execute(_RUNNING, {"now": now_us()}).fetchone()[0]:
            raise Busy(Words("a job is running; restore when it has ended", "有任务正在执行，请待其结束后再恢复"))
        old.execute("PRAGMA synchronous=FULL")
        new.backup(old)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def _not_a_backup(file: Path) -> BadInput:
    return BadInput(
        Words(f"{file.name} is not a gridscope backup, or damaged", f"{file.name} 不是 gridscope 备份文件，或已损坏")
    )
