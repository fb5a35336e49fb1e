"""One request at a time per client, and notes that are taken seldom."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from geo.errors import Overloaded, Words

#: So long a client's next request waits for the one that runs.
WAIT_S = 1.0
_BUSY = Words(
    "an earlier request of yours is still being worked out; send this one again in a second",
    "您之前的请求仍在计算中，请一秒后重试",
)
_MAX_HELD = 10_000


class Turns:
    """Lets one request per client run and one wait; any more are refused at once. For the threads of this process.

    >>> turns = Turns(wait_s=0.0)
    >>> with turns.take("planner"), turns.take("analyst"):
    ...     with turns.take("planner"):
    ...         pass
    Traceback (most recent call last):
    geo.errors.Overloaded: an earlier request of yours is still being worked out; send this one again in a second
    """

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._running: set[Hashable] = set()
        self._waiting: set[Hashable] = set()
        self._changed = threading.Condition()

    @contextmanager
    def take(self, client: Hashable) -> Iterator[None]:
        """Within it the request of `client` runs. Errors: `Overloaded` where another one still does, or waits."""
        self._begin(client)
        try:
            yield
        finally:
            with self._changed:
                self._running.discard(client)
                self._changed.notify_all()

    def _begin(self, client: Hashable) -> None:
        with self._changed:
            if client in self._waiting:
                raise Overloaded(_BUSY)
            self._waiting.add(client)
            try:
                if not self._changed.wait_for(lambda: client not in self._running, self._wait_s):
                    raise Overloaded(_BUSY)
                self._running.add(client)
            finally:
                self._waiting.discard(client)


class Seldom:
    """Says of each client at most once in `every_s` seconds that a note is due.

    >>> seldom = Seldom(every_s=60.0, now_s=lambda: 7.0)
    >>> seldom.is_due("planner"), seldom.is_due("planner"), seldom.is_due("analyst")
    (True, False, True)
    """

    def __init__(self, every_s: float = 60.0, now_s: Callable[[], float] = time.monotonic) -> None:
        self._every_s, self._now_s = every_s, now_s
        self._noted_s: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def is_due(self, client: Hashable) -> bool:
        """Whether `client` was last noted longer ago; it counts as noted then."""
        with self._lock:
            now_s = self._now_s()
            if now_s - self._noted_s.get(client, float("-inf")) < self._every_s:
                return False
            if len(self._noted_s) >= _MAX_HELD:
                self._noted_s.clear()
            self._noted_s[client] = now_s
            return True
