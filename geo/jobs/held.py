"""A job while a worker holds it: its lease kept alive from a thread, its progress noted, its stop obeyed."""

import logging
import threading
import time
from contextlib import AbstractContextManager
from types import TracebackType

from geo.errors import Busy, DiskFull, Words
from geo.records import Job, Records

#: Progress is written at most this often; each note is one synced write.
NOTE_EVERY_S = 0.5

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """The worker was told to stop while the job ran; the job goes back into the queue."""


class Cancelled(Exception):
    """Somebody asked to cancel the job while it ran."""


class Held(AbstractContextManager["Held"]):
    """Holds `job` for `worker`: renews the lease every third of `lease_s` for as long as the `with` lasts."""

    def __init__(self, records: Records, job: Job, worker: str, *, lease_s: float, stop: threading.Event) -> None:
        self._records, self._job, self._worker = records, job, worker
        self._lease_s, self._stop = lease_s, stop
        self._noted_at, self._words = float("-inf"), Words("", "")
        self._lost, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def progress(self, share: float, words: Words) -> None:
        """Notes share and words in the job's row (not more often than `NOTE_EVERY_S` unless the words are new).

        Errors: `Stopped` where the worker is to stop, `Cancelled` where somebody asked for it, `Busy` where another
        worker holds the job now.
        """
        if self._stop.is_set():
            raise Stopped
        now = time.monotonic()
        if self._lost.is_set() or words != self._words or now - self._noted_at >= NOTE_EVERY_S:
            if not self._records.beat_job(self._job.id, self._worker, share, words):
                raise Cancelled
            self._noted_at, self._words = now, words

    def __enter__(self) -> "Held":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(self._lease_s / 3):
            try:
                self._records.beat_job(self._job.id, self._worker)
            except Busy as error:
                _log.warning("job %s: %s", self._job.id, error)
                self._lost.set()
            except DiskFull as error:
                _log.warning("job %s: heartbeat not noted: %s", self._job.id, error)
            except Exception:
                _log.exception("job %s: heartbeat failed", self._job.id)
