"""Fetched tiles on disk, bounded in size; the oldest make room."""

import hashlib
import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

MAX_BYTES = 500_000_000
#: What is left after room was made.
_LEFT_SHARE = 0.8


class TileCache:
    """Files by background, address pattern and tile; safe between threads. A full or read-only disk keeps nothing."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder, self._max_bytes = folder, max_bytes
        self._held_bytes: int | None = None
        self._lock = threading.Lock()

    def get(self, name: str, pattern: str, z: int, x: int, y: int, *, max_age_s: float = float("inf")) -> bytes | None:
        """The tile, where it is not older than `max_age_s`."""
        file = self._file(name, pattern, z, x, y)
        with suppress(OSError):
            if time.time() - file.stat().st_mtime <= max_age_s:
                return file.read_bytes()
        return None

    def put(self, name: str, pattern: str, z: int, x: int, y: int, body: bytes) -> None:
        """Keep a tile, whole or not at all."""
        file = self._file(name, pattern, z, x, y)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            number, partial = tempfile.mkstemp(dir=file.parent, suffix=".partial")
            try:
                with os.fdopen(number, "wb") as stream:
                    stream.write(body)
                os.replace(partial, file)
            finally:
                Path(partial).unlink(missing_ok=True)
            self._make_room(len(body))

    def _file(self, name: str, pattern: str, z: int, x: int, y: int) -> Path:
        version = hashlib.sha256(pattern.encode()).hexdigest()[:8]
        return self._folder / f"{name}-{version}" / str(z) / f"{x}-{y}"

    def _make_room(self, added_bytes: int) -> None:
        with self._lock:
            if self._held_bytes is not None:
                self._held_bytes += added_bytes
                if self._held_bytes <= self._max_bytes:
                    return
            files = [(file, file.stat()) for file in self._folder.rglob("*") if file.is_file()]
            files.sort(key=lambda one: one[1].st_mtime)
            held = sum(stat.st_size for _, stat in files)
            limit = self._max_bytes * _LEFT_SHARE if held > self._max_bytes else held
            for file, stat in files:
                if held <= limit:
                    break
                file.unlink(missing_ok=True)
                held -= stat.st_size
            self._held_bytes = held
