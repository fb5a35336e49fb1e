"""Tiles of another host, from the configured address alone: no redirects, pictures only, bounded in size and time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Protocol
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from geo.errors import Busy, Words
from webmap.backgrounds.cache import TileCache
from webmap.backgrounds.config import Background
from webmap.logs import LOGGER

MAX_TILE_BYTES = 1_000_000
#: After a failure the host is left alone so long.
PAUSE_S = 10.0

_CHUNK_BYTES = 65_536
_NO_TILE = (204, 400, 404)


class Tiles(Protocol):
    """Whatever has picture tiles."""

    def tile(self, z: int, x: int, y: int) -> bytes:
        """One picture; b"" where there is none."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: it might lead to a host inside."""


_OPENER = build_opener(_NoRedirect)


def image_type(body: bytes) -> str | None:
    """The MIME type of a PNG, JPEG or WebP by its first bytes; None for anything else.

    >>> image_type(bytes.fromhex("89504e470d0a1a0a")), image_type(b"<html>")
    ('image/png', None)
    """
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if body[:4] == b"RIFF" and body[8:12] == b"WEBP" else None


class Remote:
    """One background of another host, behind `cache`; `room` bounds the threads that wait for hosts."""

    def __init__(self, background: Background, cache: TileCache, room: threading.BoundedSemaphore) -> None:
        self._background, self._cache, self._room = background, cache, room
        self._paused_until_s = 0.0

    def tile(self, z: int, x: int, y: int) -> bytes:
        """One picture; a host that fails gives what was kept, however old, else b"". `Busy` where all wait already."""
        one = self._background
        place = (one.name, one.url, z, x, y)
        kept = self._cache.get(*place, max_age_s=one.keep_days * 86_400)
        if kept is not None:
            return kept
        if time.monotonic() < self._paused_until_s:
            return self._cache.get(*place) or b""
        with _a_place_in(self._room):
            try:
                body = fetch(one.address(z, x, y), one.timeout_s)
            except (OSError, HTTPException, ValueError) as error:
                return self._refused(error) or self._cache.get(*place) or b""
        self._cache.put(*place, body)
        return body

    def _refused(self, error: Exception) -> bytes:
        """Told once per pause, and never with the error's text: it may hold the address and so the key."""
        status = error.code if isinstance(error, HTTPError) else None
        if status not in _NO_TILE:
            self._paused_until_s = time.monotonic() + PAUSE_S
            fields = {"background": self._background.name, "why": type(error).__name__, "status": status}
            LOGGER.warning("background not reached", extra={"fields": fields})
        return b""


def fetch(address: str, timeout_s: float) -> bytes:
    """A picture of at most `MAX_TILE_BYTES` within `timeout_s` in all; `OSError` or `ValueError` otherwise."""
    until_s = time.monotonic() + timeout_s
    body = b""
    with _OPENER.open(Request(address, headers={"User-Agent": "gridscope"}), timeout=timeout_s) as answer:  # noqa: S310
        while chunk := answer.read1(_CHUNK_BYTES):
            body += chunk
            if len(body) > MAX_TILE_BYTES or time.monotonic() > until_s:
                raise ValueError("too large or too slow")
    if image_type(body) is None:
        raise ValueError("no picture")
    return body


@contextmanager
def _a_place_in(room: threading.BoundedSemaphore) -> Iterator[None]:
    if not room.acquire(blocking=False):
        raise Busy(Words("other tiles are being fetched", "正在获取其他瓦片"))
    try:
        yield
    finally:
        room.release()
