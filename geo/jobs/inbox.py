"""The watched folder: a file put into HOME/inbox/<source>/ is imported by the mapping that is kept for that source.

A file is complete once its size and time are the same in two looks, `LOOK_EVERY_S` apart; names that begin with a dot
or end in .part, .partial, .tmp or .crdownload are left alone until they are renamed. While its job waits or runs, the
file lies in inbox/running; then in inbox/done or inbox/refused, a note beside it. A kill at any moment loses no file:
at worst it is imported twice, and the second time changes nothing.
"""

import logging
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import GridscopeError, NotFound, Words
from geo.jobs.mappings import saved_table, to_json
from geo.jobs.queue import queue_import
from geo.jobs.uploads import keep_upload
from geo.records import Records

LOOK_EVERY_S = 2.0
MAX_BYTES = 4_000_000_000
#: What feeds bring is built at most this often.
FEED_BUILD_EVERY_S = 900.0
#: Who asks, in the audit of a job.
WHO = "inbox"

_RUNNING, _DONE, _REFUSED = "running", "done", "refused"
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload")
_TAKEN = re.compile(r"(\d+)\.([a-z0-9][a-z0-9_-]{0,62})\.(.+)")
_CHUNK_BYTES = 1_000_000
_log = logging.getLogger(__name__)


class Inbox:
    """Watches the inbox of one home, and how long feeds have waited for a build; `look` is called again and again."""

    def __init__(self, home: Path, *, every_s: float = LOOK_EVERY_S) -> None:
        self._home, self._folder, self._every_s = home, home / "inbox", every_s
        self._looked_at_s = float("-inf")
        self._seen: dict[Path, tuple[int, int, int]] = {}

    def look(self, records: Records) -> None:
        """Queues the imports of complete files, puts away those whose import ended, queues a build for feeds.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     Inbox(Path(folder)).look(records)
        """
        if time.monotonic() - self._looked_at_s < self._every_s:
            return
        self._looked_at_s = time.monotonic()
        try:
            for file in list(self._complete()):
                self._take(records, file)
            for file in sorted((self._folder / _RUNNING).glob("[0-9]*")):
                self._put_away(records, file)
            if records.feed_build_due(FEED_BUILD_EVERY_S):
                records.add_job("build", {"as_of": None}, "feed", once=True)
        except (GridscopeError, OSError) as error:
            _log.warning("the inbox is looked at again later: %s", error)

    def _complete(self) -> Iterator[Path]:
        """Files that are as they were at the look before."""
        seen, self._seen = self._seen, {}
        for folder in sorted(self._folder.glob("*")):
            if folder.name in (_RUNNING, _DONE, _REFUSED) or folder.is_symlink() or not folder.is_dir():
                continue
            for file in sorted(folder.glob("[!.]*")):
                if file.is_symlink() or not file.is_file() or file.name.lower().endswith(_UNFINISHED):
                    continue
                stat = file.stat()
                self._seen[file] = now = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
                if seen.get(file) == now:
                    yield file

    def _take(self, records: Records, file: Path) -> None:
        source = file.parent.name
        try:
            table = to_json(saved_table(self._home, source))
            sent = keep_upload(self._home, file.name, _chunks(file), limit_bytes=MAX_BYTES)
            job, _ = queue_import(self._home, records, sent.id, {**table, "file": sent.name}, WHO)
        except GridscopeError as error:
            self._move(file, _REFUSED, source, file.name, *error.faults)
            return
        running = self._folder / _RUNNING
        running.mkdir(exist_ok=True)
        os.replace(file, running / f"{job}.{source}.{file.name}")
        _log.info("inbox: %s of %s is job %s", file.name, source, job)

    def _put_away(self, records: Records, file: Path) -> None:
        taken = _TAKEN.fullmatch(file.name)
        if taken is None:
            return
        number, source, name = taken.groups()
        try:
            job = records.job(int(number))
        except NotFound:
            self._move(file, _REFUSED, source, name, Words(f"job {number} is not known", f"没有任务 {number}"))
            return
        if job.state not in ("queued", "running"):
            self._move(file, _DONE if job.state == "done" else _REFUSED, source, name, job.words)

    def _move(self, file: Path, where: str, source: str, name: str, *words: Words) -> None:
        """Puts a file where people look for it, with a note of what became of it."""
        folder = self._folder / where / source
        folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        note = "\n".join([*(one.zh for one in words), *(one.en for one in words), ""])
        (folder / f"{stamp}-{name}.txt").write_text(note, encoding="utf-8")
        os.replace(file, folder / f"{stamp}-{name}")


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk
