"""Feeds: incidents and camera statuses that programs send all day, each batch wholly in the records or not at all.

A batch is acknowledged after its commit (WAL, synchronous=FULL). Rows may come twice, late or out of order: an incident
is known by its feed and source id, a status by its camera; of two that differ the newer `at` stands, and where one
of them has none, the one that came later.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, bindparam, delete, insert, select

from geo.errors import BadQuery, GridscopeError, Words
from geo.records.base import Base
from geo.records.bulk import IDS, find_many, put_many
from geo.records.by_hand import count_more, is_imported
from geo.records.meta import read_meta, write_meta
from geo.records.moments import now_us, to_us
from geo.records.overlay import note_live
from geo.records.rows import Rows
from geo.records.staging import REFUSED_CELLS, RefusedCells, refused_cells
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
#: So often answers older than that are looked for.
DROP_EVERY_US = 60_000_000
#: What stands of a row (its hash, its status), and its `at`.
Held = tuple[Any, int | None]

_IDS: Any = bindparam(IDS, expanding=True)
_INCIDENTS = (
    select(SOURCE_TABLES["incidents"].c.uid, SOURCE_TABLES["incidents"].c.row_hash, FEED_ROWS.c.at)
    .outerjoin(FEED_ROWS, FEED_ROWS.c.uid == SOURCE_TABLES["incidents"].c.uid)
    .where(SOURCE_TABLES["incidents"].c.uid.in_(_IDS))
)
_STATUSES = select(FEED_STATUS.c.uid, FEED_STATUS.c.status, FEED_STATUS.c.at).where(FEED_STATUS.c.uid.in_(_IDS))
_CAMERAS = select(SOURCE_TABLES["cameras"].c.uid).where(SOURCE_TABLES["cameras"].c.uid.in_(_IDS))
_ANSWERS = select(FEED_KEYS.c.key, FEED_KEYS.c.digest, FEED_KEYS.c.answer).where(
    FEED_KEYS.c.feed == bindparam("of_feed"), FEED_KEYS.c.at >= bindparam("since"), FEED_KEYS.c.key.in_(_IDS)
)
_DROP = delete(FEED_KEYS).where(FEED_KEYS.c.at < bindparam("before"))


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

    _dropped_at = 0

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
            now = now_us()
            if now - self._dropped_at >= DROP_EVERY_US:
                _drop_answers(connection, now)
                self._dropped_at = now
            return _Sitting(connection, batches, now).take_all()

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
    return connection.execute(_DROP, {"before": now - KEPT_US}).rowcount


class _Sitting:
    """One transaction: what its batches speak of is read at once, each is judged in turn, what is new is put at once.

    `incidents` and `statuses` are what is held by uid, (what, at), and grow with each batch; `fresh...` are to be put.
    """

    def __init__(self, connection: Connection, batches: Sequence[FeedBatch], now: int) -> None:
        self.connection, self.batches, self.now = connection, batches, now
        self.answers = _read_answers(connection, batches, now)
        feeds = {batch.feed for batch in batches if batch.incidents is not None}
        self.imported = {feed for feed in feeds if is_imported(connection, "incidents", feed)}
        fed = [uid for batch in batches if batch.incidents is not None for uid in batch.incidents.uids]
        said = list(dict.fromkeys(one.uid for batch in batches for one in batch.statuses))
        self.incidents: dict[str, Held] = _find_held(connection, _INCIDENTS, list(dict.fromkeys(fed)))
        self.statuses: dict[str, Held] = _find_held(connection, _STATUSES, said)
        self.cameras = {uid for (uid,) in find_many(connection, _CAMERAS, said)}
        self.fresh_incidents: dict[str, tuple[Any, ...]] = {}
        self.fresh_statuses: dict[str, tuple[Any, ...]] = {}
        self.touched: dict[str, None] = {}
        self.has_news = False
        self.refused: list[dict[str, Any]] = []
        self.n_new: Counter[str] = Counter()
        self.n_refused: Counter[str] = Counter()
        self.fresh_answers: dict[tuple[str, str], tuple[Any, ...]] = {}

    def take_all(self) -> list[Taken | GridscopeError]:
        outcomes = [self._take(batch) for batch in self.batches]
        self._write()
        return outcomes

    def _take(self, batch: FeedBatch) -> Taken | GridscopeError:
        named = (batch.feed, batch.key)
        if batch.key and named in self.answers:
            digest, answer = self.answers[named]
            return Taken(**json.loads(answer)) if digest == batch.digest else BadQuery(_OTHER_ROWS)
        if batch.incidents is not None and batch.feed in self.imported:
            return BadQuery(
                Words(
                    f"a source of an import is called {batch.feed!r}, too; give the feeder another key",
                    f"已有同名导入来源 {batch.feed!r}；请为数据接入另建密钥",
                )
            )
        taken = Taken(batch.n_rows, n_older=batch.n_doubled)
        refused = refused_cells(batch.refused)
        if batch.incidents is not None:
            self._take_incidents(batch, batch.incidents, taken)
        else:
            refused += self._take_statuses(batch, taken)
        self._keep_refused("cameras" if batch.incidents is None else "incidents", batch.feed, refused, taken)
        self.has_news |= taken.n_new + taken.n_changed > 0
        if batch.key:
            told = json.dumps(asdict(taken), ensure_ascii=False)
            self.answers[named] = (batch.digest, told)
            self.fresh_answers[named] = (*named, batch.digest, told, self.now)
        return taken

    def _take_incidents(self, batch: FeedBatch, rows: Rows, taken: Taken) -> None:
        for uid, values, row_hash, at in zip(rows.uids, rows.values, rows.hashes, batch.ats, strict=True):
            if _judge(self.incidents.get(uid), row_hash, at, taken):
                self.incidents[uid] = (row_hash, at)
                self.fresh_incidents[uid] = values
        self.n_new[batch.feed] += taken.n_new
        self.n_refused[batch.feed] += len(batch.refused)

    def _take_statuses(self, batch: FeedBatch, taken: Taken) -> list[RefusedCells]:
        """Returns the refusals of those whose camera is not there."""
        strange: list[RefusedCells] = []
        before: dict[str, Any] = {}
        for one in batch.statuses:
            if one.uid not in self.cameras:
                words = Words(f"there is no camera {one.uid!r}", f"没有摄像机 {one.uid!r}")
                strange.append((one.row, "unknown_camera", words.en, words.zh, json.dumps({"uid": one.uid})))
                continue
            held = self.statuses.get(one.uid)
            if _judge(held, one.status, one.at, taken):
                before.setdefault(one.uid, held and held[0])
                self.statuses[one.uid] = (one.status, one.at)
                self.fresh_statuses[one.uid] = (one.uid, one.status, one.at, batch.feed)
        self.touched |= {uid: None for uid, status in before.items() if self.statuses[uid][0] != status}
        return strange

    def _keep_refused(self, table: str, feed: str, refused: Sequence[RefusedCells], taken: Taken) -> None:
        origin = {"table": table, "source": feed, "file": feed, "refused_at": self.now}
        self.refused += [{**origin, **dict(zip(REFUSED_CELLS, row, strict=True))} for row in refused]
        taken.refused = [{"row": line, "reason": why, "en": en, "zh": zh} for line, why, en, zh, _ in sorted(refused)]

    def _write(self) -> None:
        to = self.connection
        if self.fresh_incidents:
            names = next(batch.incidents.columns for batch in self.batches if batch.incidents is not None)
            rows = [(*values, 0) for values in self.fresh_incidents.values()]
            put_many(to, SOURCE_TABLES["incidents"], (*names, "import_id"), rows, ("uid",))
            ats = [(uid, self.incidents[uid][1]) for uid in self.fresh_incidents]
            put_many(to, FEED_ROWS, ("uid", "at"), ats, ("uid",))
        put_many(to, FEED_STATUS, ("uid", "status", "at", "feed"), list(self.fresh_statuses.values()), ("uid",))
        if self.touched:
            note_live(to, "cameras", self.touched)
        for feed in self.n_new:
            count_more(to, "incidents", feed, self.n_new[feed], self.n_refused[feed])
        if self.refused:
            to.execute(insert(REFUSALS), self.refused)
        if self.has_news:
            write_meta(to, _FED_KEY, str(self.now))
        names = ("feed", "key", "digest", "answer", "at")
        put_many(to, FEED_KEYS, names, list(self.fresh_answers.values()), ("feed", "key"))


_OTHER_ROWS = Words("this Idempotency-Key was used for other rows already", "该 Idempotency-Key 已用于其他数据")


def _read_answers(
    connection: Connection, batches: Sequence[FeedBatch], now: int
) -> dict[tuple[str, str], tuple[str, str]]:
    """(digest, answer) by feed and key of those batches whose key was used within the hour."""
    keys: dict[str, list[str]] = {}
    for batch in batches:
        if batch.key:
            keys.setdefault(batch.feed, []).append(batch.key)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for feed, some in keys.items():
        asked = {"of_feed": feed, "since": now - KEPT_US, IDS: some}
        found |= {(feed, key): (digest, answer) for key, digest, answer in connection.execute(_ANSWERS, asked)}
    return found


def _find_held(connection: Connection, query: Select[Any], uids: Sequence[str]) -> dict[str, Held]:
    return {uid: (what, at) for uid, what, at in find_many(connection, query, uids)}


def _judge(held: Held | None, what: Any, at: int | None, taken: Taken) -> bool:
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
