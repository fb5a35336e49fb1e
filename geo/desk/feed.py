"""Feeds at the desk: rows are checked as an import would, and the batches of senders who wait share one commit."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from geo.desk.around import Around
from geo.errors import BadQuery, Forbidden, GridscopeError, Overloaded, Words
from geo.intake.mapping import SLUG
from geo.intake.quality import Refusals
from geo.intake.rows import check_rows, texts_of
from geo.intake.statuses import check_moments, check_statuses
from geo.records import FeedBatch, Records, Status, Taken
from geo.records.edit_log import REGISTER
from geo.records.rows import to_rows
from geo.schema import SOURCES

#: How long a sender waits for the commit before it is told to come again.
PATIENCE_S = 5.0
_FULL = Words(
    "more comes in than can be stored; wait a second and send the same again", "数据来得太快，请一秒后重发同一批数据"
)


class _Ticket:
    """A batch that waits to be stored, and what became of it."""

    def __init__(self, batch: FeedBatch) -> None:
        self.batch = batch
        self.outcome: Taken | GridscopeError | None = None


class Feed:
    """Takes the batches of a home's feeds. Thread-safe; at most `max_waiting` senders wait at once.

    A batch is answered once it is durable: {n_rows, n_new, n_changed, n_unchanged, n_older, refused}. Errors:
    `Overloaded` where too many wait or a commit takes too long (what was sent may be sent again), `BadQuery`,
    `Forbidden` for a feed whose name cannot name a source.
    """

    def __init__(self, records: Records, around: Around, max_waiting: int = 4) -> None:
        self._records, self._around = records, around
        self._places = threading.BoundedSemaphore(max_waiting)
        self._waiting: list[_Ticket] = []
        self._lock, self._commit = threading.Lock(), threading.Lock()

    def take_incidents(
        self, feed: str, rows: Sequence[Mapping[str, Any]], key: str = "", digest: str = ""
    ) -> dict[str, Any]:
        """Incidents by column of the schema; a row may say `at`, the moment at which it was so."""
        return self._take(lambda: self._incidents(_named(feed), rows, key, digest))

    def take_statuses(
        self, feed: str, rows: Sequence[Mapping[str, Any]], key: str = "", digest: str = ""
    ) -> dict[str, Any]:
        """Camera statuses: uid (or source and source_id), status "online" or "offline", at."""
        return self._take(lambda: self._statuses(_named(feed), rows, key, digest))

    def add_incident(self, feed: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        """One incident, of a feed or (None) added by hand; {uid}. Errors: `BadQuery` in the words of its refusal."""
        feed = REGISTER if feed is None else _named(feed)
        batch, taken = self._put(lambda: self._incidents(feed, [values], "", ""))
        if taken.refused:
            raise BadQuery(Words(taken.refused[0]["en"], taken.refused[0]["zh"]))
        assert batch.incidents is not None
        return {"uid": batch.incidents.uids[0]}

    def _incidents(self, feed: str, rows: Sequence[Mapping[str, Any]], key: str, digest: str) -> FeedBatch:
        around = self._around.now()
        moments = Refusals(np.arange(len(rows)), {"at": texts_of(rows, "at")})
        at = check_moments(moments.fields["at"], around, moments, "at")
        timed = [int(place) for place in np.flatnonzero(moments.kept())]
        plain = [{name: value for name, value in rows[place].items() if name != "at"} for place in timed]
        found = check_rows("incidents", plain, around, lines=timed)
        kept, places = _newest(found.frame, at)
        ready = to_rows(SOURCES["incidents"], feed, kept)
        refused = pd.concat([moments.frame(), found.refused], ignore_index=True)
        ats = [_to_us(at[place]) for place in places]
        doubled = len(found.frame) - len(kept)
        return FeedBatch(feed, len(rows), refused, ready, ats, n_doubled=doubled, key=key, digest=digest)

    def _statuses(self, feed: str, rows: Sequence[Mapping[str, Any]], key: str, digest: str) -> FeedBatch:
        found = check_statuses(rows, self._around.now())
        cells = found.frame[["uid", "status", "at", "line"]].itertuples(index=False, name=None)
        said = [Status(uid, status, _to_us(at) or 0, int(line)) for uid, status, at, line in cells]
        return FeedBatch(feed, len(rows), found.refused, statuses=said, key=key, digest=digest)

    def _take(self, check: Callable[[], FeedBatch]) -> dict[str, Any]:
        return asdict(self._put(check)[1])

    def _put(self, check: Callable[[], FeedBatch]) -> tuple[FeedBatch, Taken]:
        if not self._places.acquire(blocking=False):
            raise Overloaded(_FULL)
        try:
            ticket = _Ticket(check())
            outcome = self._store(ticket)
        finally:
            self._places.release()
        if isinstance(outcome, GridscopeError):
            raise outcome
        return ticket.batch, outcome

    def _store(self, ticket: _Ticket) -> Taken | GridscopeError:
        """Whoever gets the turn stores all that wait, its own among them."""
        with self._lock:
            self._waiting.append(ticket)
        if not self._commit.acquire(timeout=PATIENCE_S):
            with self._lock:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
            raise Overloaded(_FULL)
        try:
            if ticket.outcome is None:
                with self._lock:
                    mine, self._waiting = self._waiting, []
                self._store_all(mine)
        finally:
            self._commit.release()
        assert ticket.outcome is not None
        return ticket.outcome

    def _store_all(self, tickets: list[_Ticket]) -> None:
        try:
            outcomes = self._records.take_batches([ticket.batch for ticket in tickets])
        except GridscopeError as error:
            outcomes = [error] * len(tickets)
        except Exception:
            for ticket in tickets:
                ticket.outcome = Overloaded(_FULL)
            raise
        for ticket, outcome in zip(tickets, outcomes, strict=True):
            ticket.outcome = outcome


def _named(feed: str) -> str:
    """The name of a feeder's key as that of a source."""
    if not SLUG.fullmatch(feed) or feed == REGISTER:
        raise Forbidden(
            Words(
                f"the key's name {feed!r} cannot name a feed: use lower-case letters, digits, - and _",
                f"密钥名称 {feed!r} 不能作为来源名：请只用小写字母、数字、- 和 _",
            )
        )
    return feed


def _newest(frame: pd.DataFrame, at: pd.DatetimeIndex) -> tuple[pd.DataFrame, list[int]]:
    """The rows of a batch with each id once, and their positions: of a double the newest, else the last."""
    last: dict[str, int] = {}
    for place, (row_id, line) in enumerate(zip(frame["source_id"], frame["line"], strict=True)):
        held = last.get(row_id)
        if held is None or not at[line] < at[int(frame["line"].iloc[held])]:
            last[row_id] = place
    kept = frame.iloc[list(last.values())].reset_index(drop=True)
    return kept, [int(line) for line in kept["line"]]


def _to_us(moment: Any) -> int | None:
    return None if moment is pd.NaT else int(pd.Timestamp(moment).as_unit("us").value)
