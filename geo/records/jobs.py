"""Job rows: imports and builds that wait, run under a lease, and end with words.

Jobs of one home run one after another, in the order they were added: a build sees the import before it. A lease
that is not renewed in time (its worker died) lets another worker start the job again. A lease that ends later than it
could if it were given now was given before the clock was put back, and counts as run out: a live worker renews it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, func, insert, select, update

from geo.errors import Busy, NotFound, Words
from geo.records.base import Base
from geo.records.moments import now_us, to_datetime
from geo.records.tables import JOBS

State = Literal["queued", "running", "done", "failed", "cancelled"]

#: A job whose worker died this often is given up: it would take the next one down, too.
MAX_ATTEMPTS = 3
_SECOND_US = 1_000_000
#: No estimate below this share: it would jump about.
_LEAST_SHARE = 0.02
_WAITING = Words("waiting", "等待中")
_CANCELLED = Words("cancelled by {}; nothing was changed", "已由 {} 取消，未作任何改动")
_GIVEN_UP = Words(
    f"given up: its worker stopped unexpectedly {MAX_ATTEMPTS} times", f"已放弃：执行进程 {MAX_ATTEMPTS} 次意外中止"
)


@dataclass(frozen=True)
class Job:
    """One job row; `share` is 0..1 done, `words` what is being done or how it ended, `eta_s` seconds to go if known."""

    id: int
    kind: str
    args: dict[str, Any]
    who: str
    state: State
    share: float
    words: Words
    eta_s: float | None
    worker: str | None
    attempts: int
    added_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancelled_by: str | None = None


class JobRecords(Base):
    """Jobs."""

    def add_job(self, kind: str, args: dict[str, Any], who: str, *, once: bool = False) -> int:
        """Queues a job of `kind` with JSON-ready `args` on behalf of `who`; returns its id.

        With `once`, a job of that kind and those arguments that waits already is returned, and none is added.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     job_id = records.add_job("build", {"as_of": None}, "duty")
        ...     records.lease_job("worker-1", 30).id == job_id, records.lease_job("worker-2", 30)
        ...     _ = records.beat_job(job_id, "worker-1", 0.5, Words("cameras", "摄像机"))
        ...     records.finish_job(job_id, "worker-1", Words("built", "已构建"))
        ...     records.job(job_id).state, records.job(job_id).share
        (True, None)
        ('done', 1.0)
        """
        row = {"kind": kind, "args": json.dumps(args, ensure_ascii=False), "who": who, "state": "queued", "share": 0.0}
        words = {"words_en": _WAITING.en, "words_zh": _WAITING.zh}
        waiting = (JOBS.c.kind == kind) & (JOBS.c.args == row["args"]) & (JOBS.c.state == "queued")
        with self.writing() as connection:
            if once and (there := connection.execute(select(func.min(JOBS.c.id)).where(waiting)).scalar_one()):
                return int(there)
            job = insert(JOBS).values(**row, **words, attempts=0, added_at=now_us())
            return int(connection.execute(job.returning(JOBS.c.id)).scalar_one())

    def lease_job(self, worker: str, seconds: float) -> Job | None:
        """Hands the next job to `worker` for `seconds`; None while there is none or another job's lease still holds.

        A running job whose lease ran out comes first; the third time it is failed instead (`MAX_ATTEMPTS`).
        """
        open_states = JOBS.c.state.in_(("queued", "running"))
        with self.reading() as connection:
            if connection.execute(select(JOBS.c.id).where(open_states).limit(1)).first() is None:
                return None
        with self.writing() as connection:
            now = now_us()
            stale = (JOBS.c.state == "running") & ~_is_held(now)
            for unwanted in connection.execute(select(JOBS).where(stale, JOBS.c.cancelled_by.is_not(None))).all():
                _cancel(connection, unwanted, now)
            given_up = {"state": "failed", "words_en": _GIVEN_UP.en, "words_zh": _GIVEN_UP.zh, "finished_at": now}
            connection.execute(
                update(JOBS)
                .where(stale, JOBS.c.attempts >= MAX_ATTEMPTS)
                .values(**given_up, eta_s=None, lease_until=None)
            )
            if connection.execute(select(JOBS.c.id).where(JOBS.c.state == "running", _is_held(now))).first():
                return None
            order = ((JOBS.c.state == "running").desc(), JOBS.c.id)
            row = connection.execute(select(JOBS).where(open_states).order_by(*order).limit(1)).one_or_none()
            if row is None:
                return None
            lease = {"lease_s": seconds, "lease_until": now + int(seconds * _SECOND_US), "worker": worker}
            begun = {"state": "running", "share": 0.0, "eta_s": None, "attempts": row.attempts + 1, "started_at": now}
            connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(**lease, **begun))
            return _to_job(connection.execute(select(JOBS).where(JOBS.c.id == row.id)).one())

    def beat_job(self, id: int, worker: str, share: float | None = None, words: Words | None = None) -> bool:
        """Renews the lease and, where given, notes the share done (0..1) and what is being done.

        The seconds to go are worked out from the time since the start: elapsed x (1 - share) / share.
        Returns False where somebody asked to cancel the job: the worker then stops and calls `cancel_held_job`.
        Errors: `Busy` where `worker` holds the job no more; it must then stop.
        """
        with self.writing() as connection:
            row, now = self._held(connection, id, worker), now_us()
            values: dict[str, Any] = {"lease_until": now + int(row.lease_s * _SECOND_US)}
            if share is not None:
                share = min(max(share, 0.0), 1.0)
                elapsed_s = (now - row.started_at) / _SECOND_US
                known = share >= _LEAST_SHARE and elapsed_s >= 0  # below 0 the clock was put back
                eta_s = elapsed_s * (1 - share) / share if known else None
                values |= {"share": share, "eta_s": eta_s}
            if words is not None:
                values |= {"words_en": words.en, "words_zh": words.zh}
            connection.execute(update(JOBS).where(JOBS.c.id == id).values(**values))
            return row.cancelled_by is None

    def cancel_job(self, id: int, who: str) -> Job:
        """Cancels the job on behalf of `who`: at once where it waits, at its next report of progress where it runs.

        A job that has ended, or is past its last report, stays as it is. Returns the job. Errors: `NotFound`.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.cancel_job(records.add_job("build", {}, "duty"), "ann").words.en
        'cancelled by ann; nothing was changed'
        """
        with self.writing() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.id == id)).one_or_none()
            if row is not None and row.state in ("queued", "running") and row.cancelled_by is None:
                connection.execute(update(JOBS).where(JOBS.c.id == id).values(cancelled_by=who))
                held = select(JOBS.c.id).where(JOBS.c.id == id, JOBS.c.state == "running", _is_held(now_us()))
                if connection.execute(held).first() is None:
                    _cancel(connection, connection.execute(select(JOBS).where(JOBS.c.id == id)).one(), now_us())
        return self.job(id)

    def cancel_held_job(self, id: int, worker: str) -> None:
        """Marks a running job cancelled once its worker has stopped. Errors: `Busy` as in `beat_job`."""
        with self.writing() as connection:
            _cancel(connection, self._held(connection, id, worker), now_us())

    def finish_job(self, id: int, worker: str, words: Words) -> None:
        """Marks the job done with the `words` of its outcome. Errors: `Busy` as in `beat_job`."""
        self._end(id, worker, {"state": "done", "share": 1.0, "words_en": words.en, "words_zh": words.zh})

    def fail_job(self, id: int, worker: str, words: Words) -> None:
        """Marks the job failed, with the reason in `words`. Errors: `Busy` as in `beat_job`."""
        self._end(id, worker, {"state": "failed", "words_en": words.en, "words_zh": words.zh})

    def release_job(self, id: int, worker: str) -> None:
        """Puts the job back into the queue (its worker was told to stop); this attempt does not count.

        A job that somebody asked to cancel meanwhile is cancelled instead.
        """
        with self.writing() as connection:
            row = self._held(connection, id, worker)
            if row.cancelled_by is not None:
                _cancel(connection, row, now_us())
                return
            back = {"state": "queued", "words_en": _WAITING.en, "words_zh": _WAITING.zh, "attempts": row.attempts - 1}
            cleared = {"share": 0.0, "worker": None, "lease_until": None, "started_at": None, "eta_s": None}
            connection.execute(update(JOBS).where(JOBS.c.id == id).values(**back, **cleared))

    def job(self, id: int) -> Job:
        """The job with `id`. Errors: `NotFound`."""
        with self.reading() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.id == id)).one_or_none()
        if row is None:
            raise NotFound(Words(f"no job {id}", f"没有任务 {id}"))
        return _to_job(row)

    def jobs(self, limit: int = 100) -> list[Job]:
        """The latest jobs, newest first."""
        with self.reading() as connection:
            return [_to_job(row) for row in connection.execute(select(JOBS).order_by(JOBS.c.id.desc()).limit(limit))]

    def open_jobs(self) -> list[Job]:
        """The jobs that wait or run, the oldest first."""
        query = select(JOBS).where(JOBS.c.state.in_(("queued", "running"))).order_by(JOBS.c.id)
        with self.reading() as connection:
            return [_to_job(row) for row in connection.execute(query)]

    def n_running_jobs(self) -> int:
        """Jobs under a lease that holds."""
        held = (JOBS.c.state == "running") & _is_held(now_us())
        with self.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(JOBS).where(held)).scalar_one())

    def _held(self, connection: Any, job_id: int, worker: str) -> Any:
        held = (JOBS.c.id == job_id) & (JOBS.c.state == "running") & (JOBS.c.worker == worker)
        row = connection.execute(select(JOBS).where(held)).one_or_none()
        if row is None:
            raise Busy(Words(f"job {job_id} is no longer held by this worker", f"任务 {job_id} 已不归本进程执行"))
        return row

    def _end(self, job_id: int, worker: str, values: dict[str, Any]) -> None:
        with self.writing() as connection:
            self._held(connection, job_id, worker)
            ended = {"finished_at": now_us(), "eta_s": None, "lease_until": None}
            connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(**values, **ended))


def _is_held(now: int) -> Any:
    """Whether a lease holds: it runs out after `now`, and not later than one given `now` would."""
    return (JOBS.c.lease_until > now) & (JOBS.c.lease_until <= now + JOBS.c.lease_s * _SECOND_US)


def _cancel(connection: Any, row: Row[Any], now: int) -> None:
    words = {"words_en": _CANCELLED.en.format(row.cancelled_by), "words_zh": _CANCELLED.zh.format(row.cancelled_by)}
    ended = {"state": "cancelled", "finished_at": now, "eta_s": None, "lease_until": None}
    connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(**words, **ended))


def _to_job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        args=json.loads(row.args),
        who=row.who,
        state=row.state,
        share=row.share,
        words=Words(row.words_en, row.words_zh),
        eta_s=row.eta_s,
        worker=row.worker,
        attempts=row.attempts,
        added_at=to_datetime(row.added_at),
        started_at=None if row.started_at is None else to_datetime(row.started_at),
        finished_at=None if row.finished_at is None else to_datetime(row.finished_at),
        cancelled_by=row.cancelled_by,
    )
