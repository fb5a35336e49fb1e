"""How long answers take to work out, so that a page can say how long is left."""

import json
import threading
from contextlib import suppress
from pathlib import Path

#: Weight of the latest answer in the mean.
_LATEST = 0.3
#: First answers that took longer are kept.
_KEPT_FROM_S = 1.0
_FADING = 0.8


def kind_of(path: str) -> str:
    """The kind of question of a path: its first two parts, so that one number stands for all units.

    >>> kind_of("/api/units/grid/A-1"), kind_of("/api/hotspots")
    ('/api/units', '/api/hotspots')
    """
    return "/".join(path.split("/")[:3])


class Pace:
    """Mean seconds per kind of question, later answers counting more. Thread-safe.

    The first answer of a kind after a start or of a snapshot takes longest. How long it took is kept in `file`, so that
    the next first one can be told, too; those under a second are not.

    >>> pace = Pace()
    >>> pace.note("/api/kde", 10.0), pace.note("/api/kde", 20.0), pace.expected("/api/kde"), pace.expected("/api/x")
    (None, None, 13.0, None)
    >>> pace.expected("/api/kde", "another snapshot")
    10.0
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._means: dict[str, float] = {}
        self._seen: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._firsts = _read(file)

    def note(self, path: str, seconds: float, snapshot: str = "") -> None:
        """An answer at `path` was worked out in `seconds`."""
        kind = kind_of(path)
        with self._lock:
            if (kind, snapshot) not in self._seen:
                self._seen.add((kind, snapshot))
                self._keep(kind, seconds)
            before = self._means.get(kind, seconds)
            self._means[kind] = before + _LATEST * (seconds - before)

    def expected(self, path: str, snapshot: str = "") -> float | None:
        """Seconds that an answer at `path` takes; None where none was worked out yet."""
        kind = kind_of(path)
        with self._lock:
            if (kind, snapshot) in self._seen:
                return self._means[kind]
            return self._firsts.get(kind, self._means.get(kind))

    def _keep(self, kind: str, seconds: float) -> None:
        # One that found all warmed up says little of the next: a longer one before it fades slowly.
        self._firsts[kind] = max(seconds, _FADING * self._firsts.get(kind, 0.0))
        if self._file is None or seconds < _KEPT_FROM_S:
            return
        with suppress(OSError):  # a home that cannot be written serves without it
            aside = self._file.with_name(f".{self._file.name}.partial")
            aside.write_text(json.dumps({name: round(one, 2) for name, one in self._firsts.items()}), "utf-8")
            aside.replace(self._file)


def _read(file: Path | None) -> dict[str, float]:
    """What `file` holds; nothing where there is none, or somebody spoilt it."""
    if file is None:
        return {}
    try:
        return {str(kind): float(seconds) for kind, seconds in json.loads(file.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
