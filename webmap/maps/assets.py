"""The vendored files that a page links: addressed by content, so that a browser may keep them for ever."""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

from geo.errors import NotFound, Words

STATIC = Path(__file__).parent.parent / "static"

MIMETYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain",
}


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, their SHA-256 and what it is."""

    body: bytes
    sha256: str
    mimetype: str


class Assets:
    """The files of one static folder (its sources in `src/` are none of them); a changed file is read again."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[int, Asset]] = {}
        self._lock = threading.Lock()

    def names(self) -> tuple[str, ...]:
        """All names that `get` knows, sorted."""
        return tuple(sorted(self._files()))

    def get(self, name: str) -> Asset:
        """The file called `name`; `NotFound` for whatever is not listed, so no path can leave the folder."""
        files = self._files() if name not in self._kept else {name: self._folder / name}
        if name not in files or not files[name].is_file():
            raise NotFound(Words("there is no such file", "没有这个文件"))
        changed_at_ns = files[name].stat().st_mtime_ns
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or kept[0] != changed_at_ns:
                body = files[name].read_bytes()
                asset = Asset(body, hashlib.sha256(body).hexdigest(), MIMETYPES[files[name].suffix])
                kept = self._kept[name] = (changed_at_ns, asset)
        return kept[1]

    def url(self, name: str) -> str:
        """Its address with the first 12 hex digits of its hash."""
        return f"/static/{name}?v={self.get(name).sha256[:12]}"

    def text(self, name: str) -> str:
        """Its content as text, for a page that carries everything in itself."""
        return self.get(name).body.decode("utf-8")

    def _files(self) -> dict[str, Path]:
        found = {}
        for folder in (self._folder, self._folder / "licences"):
            for path in folder.glob("*"):
                if path.suffix in MIMETYPES and path.is_file() and not path.is_symlink():
                    found[path.relative_to(self._folder).as_posix()] = path
        return found
