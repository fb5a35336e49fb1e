"""Tiles that were answered before are answered again ahead of Flask: same bytes, same headers, at a tenth of the cost.

Who asks is resolved each time, as for every request: a session that was closed gets nothing from here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from logging import DEBUG
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.wrappers import Request

from geo.desk.layers import is_live
from geo.errors import GridscopeError
from webmap.access.doorman import Doorman, check_reading
from webmap.house import House
from webmap.logs import LOGGER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TILES = "/tiles/"
#: Heads of answers held; when there are more, all are forgotten.
MAX_HELD = 20_000

_Key = tuple[str | int, ...]


@dataclass(frozen=True)
class _Head:
    """Status and headers of an answer, and under which key `Bodies` has its body."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body_key: str


class KeptTiles:
    """The WSGI application `app` behind a memory of its answers to `GET /tiles/...`.

    Left to `app`: what is asked with a key in its header (each use of which is counted), what may be a 304, and
    everything while each request is logged.
    """

    def __init__(self, app: "WSGIApplication", house: House, doorman: Doorman) -> None:
        self._app = app
        self._house = house
        self._doorman = doorman
        self._heads: dict[_Key, _Head] = {}
        self._pairs: dict[tuple[str, str], tuple[str, str]] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from memory, or by the application."""
        key = self._key(environ)
        if key is None:
            return self._app(environ, start_response)
        head = self._heads.get(key)
        body = self._house.bodies.get(head.body_key) if head else None
        if head is None or body is None:
            return self._app(environ, self._noting(key, start_response))
        start_response(head.status, list(head.headers))
        return [body]

    def _key(self, environ: "WSGIEnvironment") -> _Key | None:
        """All that an answer depends on; None where the application must be asked."""
        path = environ["PATH_INFO"]
        if not path.startswith(TILES) or environ["REQUEST_METHOD"] != "GET" or LOGGER.isEnabledFor(DEBUG):
            return None
        if "HTTP_AUTHORIZATION" in environ or "HTTP_IF_NONE_MATCH" in environ:
            return None
        try:
            who = self._doorman.identify(Request(environ))
            check_reading(who, "GET")
        except GridscopeError:
            return None
        asked = (environ.get(name, "") for name in ("QUERY_STRING", "HTTP_HOST", "HTTP_ACCEPT_ENCODING"))
        desk, layer = self._house.desk, path.split("/")[2]
        change = desk.live_change() if is_live(layer) else 0
        return (path, *asked, who.role, desk.snapshot().id, change)

    def _noting(self, key: _Key, start_response: "StartResponse") -> "StartResponse":
        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            etag = next((value for name, value in headers if name == "ETag"), None)
            if etag and status[:3] in ("200", "204"):
                if len(self._heads) >= MAX_HELD:
                    self._heads.clear()
                    self._pairs.clear()
                body_key = f"gzip:{etag}" if ("Content-Encoding", "gzip") in headers else etag
                # Most headers are the same for all tiles: each stands in memory once.
                shared = tuple(self._pairs.setdefault(pair, pair) for pair in headers)
                self._heads[key] = _Head(status, shared, body_key)
            return start_response(status, headers, exc_info)

        return note


def register_kept(app: Flask, house: House, doorman: Doorman) -> None:
    """Put the memory of tiles before `app`."""
    app.wsgi_app = KeptTiles(app.wsgi_app, house, doorman)  # type: ignore[method-assign]
