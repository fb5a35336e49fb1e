"""Tiles in one file: MBTiles 1.3 (SQLite) and PMTiles 3."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import TileType

from geo.errors import BadMapping, Words
from webmap.backgrounds.config import Background
from webmap.backgrounds.remote import Tiles

_PICTURES = (TileType.PNG, TileType.JPEG, TileType.WEBP)
_FORMATS = ("png", "jpg", "jpeg", "webp")


def open_archive(home: Path, background: Background) -> Tiles:
    """The archive of `background`, its file named from the home; `BadMapping` where it holds no pictures."""
    path = home / background.file
    if not path.is_file():
        raise BadMapping(Words(f"no file {background.file}", f"找不到文件 {background.file}"))
    return PMTiles(path) if path.suffix == ".pmtiles" else MBTiles(path)


class MBTiles:
    """Pictures of an MBTiles file. Its rows are counted from the south (TMS), ours from the north."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            found = self._base.execute("SELECT value FROM metadata WHERE name = 'format'").fetchone()
        except sqlite3.Error as error:
            raise _unreadable(path) from error
        if found is None or found[0] not in _FORMATS:
            raise _unreadable(path)

    def tile(self, z: int, x: int, y: int) -> bytes:
        """One picture; b"" where there is none."""
        ask = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        with self._lock:
            found = self._base.execute(ask, (z, x, 2**z - 1 - y)).fetchone()
        return bytes(found[0]) if found else b""


class PMTiles:
    """Pictures of a PMTiles file, mapped into memory."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                reader: Any = Reader(MmapSource(file))  # type: ignore[no-untyped-call]
            kind = reader.header()["tile_type"]
        except Exception as error:  # the library has an error of its own for each fault, with no common parent
            raise _unreadable(path) from error
        if kind not in _PICTURES:
            raise _unreadable(path)
        self._reader = reader

    def tile(self, z: int, x: int, y: int) -> bytes:
        """One picture; b"" where there is none."""
        return bytes(self._reader.get(z, x, y) or b"")


def _unreadable(path: Path) -> BadMapping:
    return BadMapping(
        Words(f"{path.name} is no archive of picture tiles (PNG, JPEG, WebP)", f"{path.name} 不是图片瓦片库")
    )
