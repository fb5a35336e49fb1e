"""Foreign maps under our own: configured in HOME/backgrounds.toml, fetched and kept by the service, never by a page."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo.errors import NotFound, Words
from webmap.backgrounds.archives import open_archive
from webmap.backgrounds.cache import TileCache
from webmap.backgrounds.config import Background, read_backgrounds
from webmap.backgrounds.remote import Remote, Tiles, image_type

__all__ = ["Backgrounds"]

#: Threads that may wait for other hosts at once: as many as one browser asks with, and fewer than the service has.
MAX_WAITING = 6


class Backgrounds:
    """The backgrounds of one home; without its `backgrounds.toml` there is none and no request leaves the machine."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        listed = read_backgrounds(home / "backgrounds.toml", environment)
        cache, room = TileCache(home / "cache" / "backgrounds"), threading.BoundedSemaphore(MAX_WAITING)
        self._listed = {one.name: one for one in listed}
        self._tiles: dict[str, Tiles] = {
            one.name: open_archive(home, one) if one.file else Remote(one, cache, room) for one in listed
        }

    def describe(self) -> list[dict[str, Any]]:
        """What a page is told of each: never where it comes from."""
        return [_describe(one) for one in self._listed.values()]

    def tile(self, name: str, z: int, x: int, y: int) -> tuple[bytes, str]:
        """A picture and its MIME type; b"" where there is none. Errors: `NotFound`, `Busy`."""
        if name not in self._tiles:
            raise NotFound(Words("there is no such background", "没有这个底图"))
        one = self._listed[name]
        body = self._tiles[name].tile(z, x, y) if one.min_zoom <= z <= one.max_zoom else b""
        kind = image_type(body)
        return (body, kind) if kind else (b"", "image/png")


def _describe(one: Background) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title.both(),
        "attribution": one.attribution.both(),
        "map_review_number": one.map_review_number,
        "min_zoom": one.min_zoom,
        "max_zoom": one.max_zoom,
        "tile_px": one.tile_px,
    }
