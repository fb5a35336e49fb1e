"""Feeds: incidents and camera statuses that programs send all day, each batch wholly in the records or not at all.

A batch is acknowledged after its commit (WAL, synchronous=FULL). Rows may come twice, late or out of order: an incident
is known by its feed and source id, a status by its camera; of two that differ the newer `at` stands, and where one
of them has none, the one that came later.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.dialects import sqlite

from geo.errors import BadQuery, GridscopeError, Words
from geo.records.base import Base
from geo.records.by_hand import count_more, is_imported
from geo.records.meta import read_meta, write_meta
from geo.records.moments import now_us, to_us
from geo.records.overlay import note_live
from geo.records.rows import Rows
from geo.records.staging import REFUSED_CELLS
from geo.records.tables import (
    FEED_KEYS,
    FEED_ROWS,
    FEED_STATUS,
    JOBS,
    REFUSALS,
    SOURCE_TABLES,
)

#: How long the answer of an idempotency key is kept.
KEPT_US = 3_600_000_000
_FED_KEY = "feed_changed_at"
#: The cells of `REFUSED_CELLS`.
RefusedCells = tuple[int, str, str, str, str]


@dataclass(frozen=True)
class Status:
    """What a feed says of one camera; `at` in microseconds, `row` its position in the batch."""

    uid: str
    status: str
    at: int
    row: int


@dataclass(frozen=True)
class FeedBatch:
    """Checked rows of feed `feed`: either incidents (with each row's `ats`, None where it has none) or statuses.

    `refused`: line (a position), reason, explained_en, explained_zh, fields. `n_doubled` rows were left out because the
    same batch has a newer one. `key` is the sender's idempotency key,
    `digest` that of what was sent under it.
    """

    feed: str
    n_rows: int
    refused: pd.DataFrame
    incidents: Rows | None = None
    ats: Sequence[int | None] = ()
    statuses: Sequence[Status] = ()
    n_doubled: int = 0
    key: str = ""
    digest: str = ""


@dataclass
class Taken:
    """What became of a batch; `refused` are {row, reason, en, zh}."""

    n_rows: int
    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    n_older: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


class FeedRecords(Base):
    """Feeds."""

    def take_batches(self, batches: Sequence[FeedBatch]) -> list[Taken | GridscopeError]:
        """Stores the batches in one transaction; returns what became of each once all is durable.

        A batch whose idempotency key was used within the hour gets the same answer again and stores nothing. The error
        of one batch (`BadQuery`: its key was used for other rows, its feed bears the name of a source) leaves the
        others alone.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     uid, _ = records.add_row("cameras", "7", {"lon": 109.7, "lat": 28.3, "status": "online"}, "new", "ed")
        ...     batch = FeedBatch("gate", 1, none, statuses=[Status(uid, "offline", 5, 0)])
        ...     taken = records.take_batches([batch, batch])
        ...     taken[0].n_new, taken[1].n_unchanged, records.register_row("cameras", uid).values["status"]
        (1, 1, 'offline')
        """
        with self.writing() as connection:
            _drop_answers(connection, now_us())
            return [_take(connection, batch) for batch in batches]

    def drop_old_answers(self, now: datetime) -> int:
        """Deletes the answers kept for idempotency keys for more than an hour before `now`; returns how many.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.drop_old_answers(datetime.fromisoformat("2026-01-01T00:00:00Z"))
        0
        """
        with self.writing() as connection:
            return _drop_answers(connection, to_us(now))

    def feed_build_due(self, every_s: float) -> bool:
        """Whether rows of feeds wait for a build, none is under way, and the last one began `every_s` ago or more."""
        j = JOBS.c
        with self.reading() as connection:
            fed_at = read_meta(connection, _FED_KEY)
            query = select(j.state, j.added_at, j.started_at).where(j.kind == "build").order_by(j.id.desc()).limit(1)
            last = connection.execute(query).one_or_none()
        if fed_at is None or last is None:
            return fed_at is not None
        begun_at = last.started_at or last.added_at
        over = last.state not in ("queued", "running")
        return over and int(fed_at) > begun_at and now_us() - begun_at >= every_s * 1_000_000


def _drop_answers(connection: Connection, now: int) -> int:
    return connection.execute(delete(FEED_KEYS).where(FEED_KEYS.c.at < now - KEPT_US)).rowcount


def _take(connection: Connection, batch: FeedBatch) -> Taken | GridscopeError:
    k = FEED_KEYS.c
    if batch.key:
        asked = select(k.digest, k.answer).where(k.feed == batch.feed, k.key == batch.key)
        before = connection.execute(asked).one_or_none()
        if before is not None:
            same = before.digest == batch.digest
            return Taken(**json.loads(before.answer)) if same else BadQuery(_OTHER_ROWS)
    if batch.incidents is not None and is_imported(connection, "incidents", batch.feed):
        return BadQuery(
            Words(
                f"a source of an import is called {batch.feed!r}, too; give the feeder another key",
                f"已有同名导入来源 {batch.feed!r}；请为数据接入另建密钥",
            )
        )
    taken = Taken(batch.n_rows, n_older=batch.n_doubled)
    rows = batch.refused[list(REFUSED_CELLS)].astype({"line": object})
    refused: list[RefusedCells] = list(rows.itertuples(index=False, name=None))
    if batch.incidents is not None:
        _put_incidents(connection, batch, batch.incidents, taken)
    else:
        refused += _put_statuses(connection, batch, taken)
    _keep_refused(connection, "cameras" if batch.incidents is None else "incidents", batch.feed, refused, taken)
    if taken.n_new + taken.n_changed:
        write_meta(connection, _FED_KEY, str(now_us()))
    if batch.key:
        told = json.dumps(asdict(taken), ensure_ascii=False)
        row = {"feed": batch.feed, "key": batch.key, "digest": batch.digest, "answer": told, "at": now_us()}
        connection.execute(insert(FEED_KEYS).values(**row))
    return taken


_OTHER_ROWS = Words("this Idempotency-Key was used for other rows already", "该 Idempotency-Key 已用于其他数据")


def _put_incidents(connection: Connection, batch: FeedBatch, rows: Rows, taken: Taken) -> None:
    stored, uids = SOURCE_TABLES["incidents"], rows.uids
    both = select(stored.c.uid, stored.c.row_hash, FEED_ROWS.c.at).outerjoin(FEED_ROWS, FEED_ROWS.c.uid == stored.c.uid)
    held = {row.uid: (row.row_hash, row.at) for row in connection.execute(both.where(stored.c.uid.in_(uids)))}
    n_before = len(held)
    fresh: dict[str, dict[str, Any]] = {}
    for uid, values, row_hash, at in zip(uids, rows.values, rows.hashes, batch.ats, strict=True):
        if _judge(held.get(uid), row_hash, at, taken):
            held[uid] = (row_hash, at)
            fresh[uid] = dict(zip(rows.columns, values, strict=True))
    if fresh:
        _put(connection, stored, [{**row, "import_id": 0} for row in fresh.values()], "uid")
        _put(connection, FEED_ROWS, [{"uid": uid, "at": held[uid][1]} for uid in fresh], "uid")
    count_more(connection, "incidents", batch.feed, len(held) - n_before, len(batch.refused))


def _put_statuses(connection: Connection, batch: FeedBatch, taken: Taken) -> list[RefusedCells]:
    """Stores statuses; returns the refusals of those whose camera is not there."""
    uids = [one.uid for one in batch.statuses]
    f, cameras = FEED_STATUS.c, SOURCE_TABLES["cameras"].c
    there = set(connection.execute(select(cameras.uid).where(cameras.uid.in_(uids))).scalars())
    asked = select(f.uid, f.status, f.at).where(f.uid.in_(uids))
    held: dict[str, tuple[Any, int | None]] = {row.uid: (row.status, row.at) for row in connection.execute(asked)}
    before, fresh, strange = dict(held), dict[str, dict[str, Any]](), list[RefusedCells]()
    for one in batch.statuses:
        if one.uid not in there:
            words = Words(f"there is no camera {one.uid!r}", f"没有摄像机 {one.uid!r}")
            strange.append((one.row, "unknown_camera", words.en, words.zh, json.dumps({"uid": one.uid})))
        elif _judge(held.get(one.uid), one.status, one.at, taken):
            held[one.uid] = (one.status, one.at)
            fresh[one.uid] = {"uid": one.uid, "status": one.status, "at": one.at, "feed": batch.feed}
    if fresh:
        _put(connection, FEED_STATUS, list(fresh.values()), "uid")
    touched = [uid for uid, row in fresh.items() if before.get(uid, ("", 0))[0] != row["status"]]
    if touched:
        note_live(connection, "cameras", touched)
    return strange


def _judge(held: tuple[Any, int | None] | None, what: Any, at: int | None, taken: Taken) -> bool:
    """Counts one row against the one that is held, and says whether it takes that one's place."""
    if held is None:
        taken.n_new += 1
        return True
    was, was_at = held
    if at is not None and was_at is not None and at < was_at:
        taken.n_older += 1
        return False
    if was == what:
        taken.n_unchanged += 1
        return at != was_at
    taken.n_changed += 1
    return True


def _keep_refused(connection: Connection, table: str, feed: str, refused: Sequence[RefusedCells], taken: Taken) -> None:
    if refused:
        origin = {"table": table, "source": feed, "file": feed, "refused_at": now_us()}
        rows = [{**origin, **dict(zip(REFUSED_CELLS, row, strict=True))} for row in refused]
        connection.execute(insert(REFUSALS), rows)
    taken.refused = [{"row": line, "reason": reason, "en": en, "zh": zh} for line, reason, en, zh, _ in sorted(refused)]


def _put(connection: Connection, table: Table, rows: list[dict[str, Any]], key: str) -> None:
    put = sqlite.insert(table)
    renew = {name: put.excluded[name] for name in rows[0]}
    connection.execute(put.on_conflict_do_update(index_elements=[key], set_=renew), rows)
