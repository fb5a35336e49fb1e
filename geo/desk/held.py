"""The snapshots a service holds: the current one, opened when `CURRENT` changes, and the last ones before it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import NotFound, Words
from geo.snapshot.store import Snapshot, current_id, open_current
from geo.tiles.pyramid import Pyramid, open_pyramid

KEPT_SNAPSHOTS = 3
LOOK_EVERY_S = 1.0


class Kept:
    """Values worked out once per key, at most `limit` of them (the least used goes); safe between threads."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._values: OrderedDict[Any, Any] = OrderedDict()
        self._making: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """The value of `key`; two threads that ask at once wait for one `make()`, others are not held up.

        >>> kept = Kept(limit=1)
        >>> kept.get("a", lambda: 1), kept.get("a", lambda: 2), kept.get("b", lambda: 3), kept.get("a", lambda: 4)
        (1, 1, 3, 4)
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            value = make()
            with self._lock:
                self._values[key] = value
                self._making.pop(key, None)
                while self._limit is not None and len(self._values) > self._limit:
                    self._values.popitem(last=False)
        return value


@dataclass(frozen=True)
class Held:
    """One opened snapshot, its display pyramid, and what was worked out from them."""

    snapshot: Snapshot
    pyramid: Pyramid
    kept: Kept = field(default_factory=Kept)
    views: Kept = field(default_factory=lambda: Kept(limit=6))  # sectors of all cameras: large
    pictures: Kept = field(default_factory=lambda: Kept(limit=16))
    masses: Kept = field(default_factory=lambda: Kept(limit=4))  # of kernels within the outline: large
    neighbours: Kept = field(default_factory=lambda: Kept(limit=12))  # sparse matrices by level and kind
    cubes: Kept = field(default_factory=lambda: Kept(limit=8))  # of emerging hot spots, units x steps: large
    months: Kept = field(default_factory=lambda: Kept(limit=64))  # of places, by month
    tables: Kept = field(default_factory=lambda: Kept(limit=64))  # unit tables as JSON columns: large


class Holder:
    """Opens snapshots of one home and keeps the last three."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._pyramids: dict[str, Pyramid] = {}
        self._looked_at_s = float("-inf")
        self._current = ""
        self._lock = threading.Lock()

    def current(self) -> Held:
        """What is being served; looks at `CURRENT` at most once a second. `NoSnapshot` where nothing is."""
        with self._lock:
            now_s = time.monotonic()
            if not self._current or now_s - self._looked_at_s >= LOOK_EVERY_S:
                name = current_id(self._home)
                if not self._current or name != self._current:
                    self._open(name)
                self._looked_at_s = now_s
            return self._held[self._current]

    def find(self, snapshot_id: str) -> Held:
        """A snapshot still held, by id; `NotFound` otherwise."""
        current = self.current()
        with self._lock:
            found = current if current.snapshot.id == snapshot_id else self._held.get(snapshot_id)
        if found is None:
            raise NotFound(
                Words(f"snapshot {snapshot_id} is not held any more", f"快照 {snapshot_id} 已不再保留在内存中")
            )
        return found

    def _open(self, name: str | None) -> None:
        if name is None or name not in self._held:
            snapshot = open_current(self._home)
            version = snapshot.boundary_version
            if version not in self._pyramids:
                self._pyramids[version] = open_pyramid(self._home / "boundaries" / version)
            self._held.setdefault(snapshot.id, Held(snapshot, self._pyramids[version]))
            name = snapshot.id
        self._held.move_to_end(name)
        self._current = name
        while len(self._held) > KEPT_SNAPSHOTS:
            self._held.popitem(last=False)
        used = {held.snapshot.boundary_version for held in self._held.values()}
        self._pyramids = {version: pyramid for version, pyramid in self._pyramids.items() if version in used}
