"""A bounded memory of answered bodies."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Bodies:
    """The last answered bodies by ETag, up to `max_bytes` in all; safe between threads.

    >>> bodies = Bodies(max_bytes=5)
    >>> bodies.put("a", b"123"); bodies.put("b", b"456")
    >>> bodies.get("a"), bodies.get("b")
    (None, b'456')
    """

    def __init__(self, max_bytes: int = 48_000_000) -> None:
        self._max_bytes = max_bytes
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._held_bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """The body kept under `key`."""
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
            return self._bodies.get(key)

    def put(self, key: str, body: bytes) -> None:
        """Keep `body`, dropping what was not asked for longest."""
        with self._lock:
            self._held_bytes += len(body) - len(self._bodies.pop(key, b""))
            self._bodies[key] = body
            while self._held_bytes > self._max_bytes:
                self._held_bytes -= len(self._bodies.popitem(last=False)[1])


class Kept(Generic[Value]):
    """The last values made, by key; the oldest makes room.

    >>> kept = Kept[int](2)
    >>> [kept.get(key, lambda key=key: key * 10) for key in (1, 2, 3, 3)]
    [10, 20, 30, 30]
    """

    def __init__(self, n_values: int) -> None:
        self._n_values = n_values
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value under `key`, made by `make()` where there is none."""
        with self._lock:
            found = self._values.get(key)
        if found is None:
            found = make()
            with self._lock:
                self._values[key] = found
                while len(self._values) > self._n_values:
                    self._values.popitem(last=False)
        return found
