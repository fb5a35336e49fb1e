"""How long answers take to work out, so that a page can say how long is left."""

import threading

#: Weight of the latest answer in the mean.
_LATEST = 0.3


def kind_of(path: str) -> str:
    """The kind of question of a path: its first two parts, so that one number stands for all units.

    >>> kind_of("/api/units/grid/A-1"), kind_of("/api/hotspots")
    ('/api/units', '/api/hotspots')
    """
    return "/".join(path.split("/")[:3])


class Pace:
    """Mean seconds per kind of question, later answers counting more. Thread-safe.

    >>> pace = Pace()
    >>> pace.note("/api/kde", 10.0), pace.note("/api/kde", 20.0), pace.expected("/api/kde"), pace.expected("/api/x")
    (None, None, 13.0, None)
    """

    def __init__(self) -> None:
        self._means: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, path: str, seconds: float) -> None:
        """An answer at `path` was worked out in `seconds`."""
        kind = kind_of(path)
        with self._lock:
            before = self._means.get(kind, seconds)
            self._means[kind] = before + _LATEST * (seconds - before)

    def expected(self, path: str) -> float | None:
        """Seconds that an answer at `path` takes; None where none was worked out yet."""
        with self._lock:
            return self._means.get(kind_of(path))
