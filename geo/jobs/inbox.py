"""The watched folder: a file put into HOME/inbox/<source>/ is imported by the mapping that is kept for that source.

A file is complete once its size and time are the same in two looks, `LOOK_EVERY_S` apart; names that begin with a dot
or end in .part, .partial, .tmp or .crdownload are left alone until they are renamed. While its job waits or runs, the
file lies in inbox/running; then in inbox/done or inbox/refused, a note beside it. A kill at any moment loses no file:
at worst it is imported twice, and the second time changes nothing.
"""

import errno
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geo.errors import Busy, DiskFull, GridscopeError, NotFound, Words
from geo.jobs.mappings import saved_table, to_json
from geo.jobs.put_away import DONE, INBOX, REFUSED, RUNNING, fitting, put_away
from geo.jobs.queue import queue_import
from geo.jobs.uploads import drop_upload, keep_upload
from geo.records import Records

LOOK_EVERY_S = 2.0
MAX_BYTES = 4_000_000_000
#: What feeds bring is built at most this often.
FEED_BUILD_EVERY_S = 900.0
#: Who asks, in the audit of a job.
WHO = INBOX

_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload")
_TAKEN = re.compile(r"(\d+)\.([a-z0-9][a-z0-9_-]{0,62})\.(.+)", re.DOTALL)
_CHUNK_BYTES = 1_000_000
_log = logging.getLogger(__name__)


class Inbox:
    """Watches the inbox of one home, and how long feeds have waited for a build; `look` is called again and again."""

    def __init__(self, home: Path, *, every_s: float = LOOK_EVERY_S) -> None:
        self._home, self._folder, self._every_s = home, home / INBOX, every_s
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
        for file in list(self._complete()):
            with _later(file.name):
                self._take(records, file)
        for file in sorted((self._folder / RUNNING).glob("[0-9]*")):
            with _later(file.name):
                self._put_away(records, file)
        with _later("rows of feeds"):
            if records.feed_build_due(FEED_BUILD_EVERY_S):
                records.add_job("build", {"as_of": None}, "feed", once=True)

    def _complete(self) -> Iterator[Path]:
        """Files that are as they were at the look before."""
        seen, self._seen = self._seen, {}
        for folder in sorted(self._folder.glob("*")):
            if folder.name in (RUNNING, DONE, REFUSED) or folder.is_symlink() or not folder.is_dir():
                continue
            for file in sorted(folder.glob("[!.]*")):
                now = None if file.name.lower().endswith(_UNFINISHED) else _looks(file)
                if now is not None:
                    self._seen[file] = now
                    if seen.get(file) == now:
                        yield file

    def _take(self, records: Records, file: Path) -> None:
        """Queues the import of `file` and moves it to those that run; what cannot be moved is not imported."""
        source, running = file.parent.name, self._folder / RUNNING
        running.mkdir(exist_ok=True)
        if not os.access(file.parent, os.W_OK):
            raise PermissionError(errno.EACCES, "files cannot be moved out of the folder", str(file.parent))
        try:
            job, upload = self._queue(records, file, source)
        except (Busy, DiskFull):  # they pass: the file waits where it is
            raise
        except GridscopeError as error:
            put_away(self._folder, file, REFUSED, source, file.name, *error.faults)
            return
        try:
            os.replace(file, running / f"{job}.{source}.{fitting(file.name)}")
        except OSError:
            # Else it would be imported again at each look.
            if records.cancel_job(job, WHO).state == "cancelled":
                drop_upload(self._home, upload)
            raise
        _log.info("inbox: %s of %s is job %s", file.name, source, job)

    def _queue(self, records: Records, file: Path, source: str) -> tuple[int, str]:
        """Queues the import of `file`: the job and its upload; what fails leaves no upload behind."""
        table = to_json(saved_table(self._home, source))
        n_bytes = file.stat().st_size
        sent = keep_upload(self._home, file.name, _chunks(file), limit_bytes=MAX_BYTES, stated_bytes=n_bytes)
        try:
            return queue_import(self._home, records, sent.id, {**table, "file": sent.name}, WHO)[0], sent.id
        except BaseException:
            drop_upload(self._home, sent.id)
            raise

    def _put_away(self, records: Records, file: Path) -> None:
        taken = _TAKEN.fullmatch(file.name)
        if taken is None:
            return
        number, source, name = taken.groups()
        try:
            job = records.job(int(number))
        except NotFound:
            unknown = Words(f"job {number} is not known", f"没有任务 {number}")
            put_away(self._folder, file, REFUSED, source, name, unknown)
            return
        if job.state not in ("queued", "running"):
            put_away(self._folder, file, DONE if job.state == "done" else REFUSED, source, name, job.words)


@contextmanager
def _later(what: str) -> Iterator[None]:
    """Whatever goes wrong with one thing is told, and it is tried again at the next look; the others go on."""
    try:
        yield
    except (GridscopeError, OSError) as error:
        _log.warning("the inbox looks at %s again later: %s", what, error)


def _looks(file: Path) -> tuple[int, int, int] | None:
    """What changes while a file is written; None for what is no file, or can no longer be looked at."""
    with suppress(OSError):
        if not file.is_symlink() and file.is_file():
            stat = file.stat()
            return stat.st_ino, stat.st_size, stat.st_mtime_ns
    return None


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk
