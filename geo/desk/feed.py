"""Feeds at the desk: rows are checked as an import would, and senders who wait share one check and one commit."""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from geo.desk.around import Around
from geo.desk.batches import Row, Sent, check_batches
from geo.errors import BadQuery, Busy, DiskFull, Forbidden, Overloaded, Words
from geo.intake.mapping import SLUG
from geo.records import FeedBatch, Records, Taken
from geo.records.edit_log import REGISTER

#: How long a sender waits for the commit before it is told to come again.
PATIENCE_S = 5.0
_FULL = Words(
    "more comes in than can be stored; wait a second and send the same again", "数据来得太快，请一秒后重发同一批数据"
)


@dataclass(eq=False)
class _Ticket:
    """What a sender waits for: its batch once it is checked, and what became of it.

    Each is itself alone: two senders may send the same.
    """

    sent: Sent
    batch: FeedBatch | None = None
    outcome: Taken | Exception | None = None


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
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def take_incidents(self, feed: str, rows: Sequence[Row], key: str = "", digest: str = "") -> dict[str, Any]:
        """Incidents by column of the schema; a row may say `at`, the moment at which it was so."""
        return asdict(self._put(Sent(_named(feed), "incidents", rows, key, digest))[1])

    def take_statuses(self, feed: str, rows: Sequence[Row], key: str = "", digest: str = "") -> dict[str, Any]:
        """Camera statuses: uid (or source and source_id), status "online" or "offline", at."""
        return asdict(self._put(Sent(_named(feed), "statuses", rows, key, digest))[1])

    def add_incident(self, feed: str | None, values: Row) -> dict[str, Any]:
        """One incident, of a feed or (None) added by hand; {uid}. Errors: `BadQuery` in the words of its refusal."""
        batch, taken = self._put(Sent(REGISTER if feed is None else _named(feed), "incidents", [values]))
        if taken.refused:
            raise BadQuery(Words(taken.refused[0]["en"], taken.refused[0]["zh"]))
        assert batch.incidents is not None
        return {"uid": batch.incidents.uids[0]}

    def _put(self, sent: Sent) -> tuple[FeedBatch, Taken]:
        if not self._places.acquire(blocking=False):
            raise Overloaded(_FULL)
        try:
            ticket = _Ticket(sent)
            self._wait_for(ticket)
        finally:
            self._places.release()
        if isinstance(ticket.outcome, Exception):
            raise ticket.outcome
        assert ticket.batch is not None
        assert ticket.outcome is not None
        return ticket.batch, ticket.outcome

    def _wait_for(self, ticket: _Ticket) -> None:
        """Whoever gets the turn checks and stores all that wait, its own among them."""
        with self._lock:
            self._waiting.append(ticket)
        if not self._turn.acquire(timeout=PATIENCE_S):
            with self._lock:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
            raise Overloaded(_FULL)
        try:
            if ticket.outcome is None:
                with self._lock:
                    mine, self._waiting = self._waiting, []
                self._settle(mine)
        finally:
            self._turn.release()

    def _settle(self, tickets: Sequence[_Ticket]) -> None:
        """Gives each ticket its outcome; what fails for all together is tried with each alone."""
        try:
            batches = check_batches([ticket.sent for ticket in tickets], self._around.now())
            outcomes = self._records.take_batches(batches)
        except (Busy, DiskFull) as error:
            for ticket in tickets:
                ticket.outcome = error
        except Exception as error:
            if len(tickets) == 1:
                tickets[0].outcome = error
                return
            for ticket in tickets:
                self._settle([ticket])
        else:
            for ticket, batch, outcome in zip(tickets, batches, outcomes, strict=True):
                ticket.batch, ticket.outcome = batch, outcome


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
