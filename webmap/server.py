"""The service under waitress."""

import resource
from copy import copy
from functools import partial
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import WSGITask
from werkzeug.wrappers import Request

from webmap.access import may_upload
from webmap.settings import Settings, waitress_options

UPLOADS = "/api/uploads"
#: Routes that take many rows at once.
BATCHES = frozenset({"/api/feed/incidents", "/api/feed/camera-status", "/api/cameras/changes", "/api/places/changes"})


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses a request that states both a length and chunks: two readers would see two different requests.

    A body is taken from the socket before the app is asked, so its limit holds here: a batch's for the routes of
    batches, an upload's for uploads, and that only with an editor's key or session.
    """

    adj: Any

    def __init__(self, adj: Any, app: Flask, settings: Settings, address: str) -> None:
        super().__init__(adj)
        self.app, self.settings, self.address = app, settings, address

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; `ParsingError` becomes a 400 and ends the connection."""
        names = {line.split(b":", 1)[0].strip().lower() for line in header_plus.split(b"\n")[1:]}
        if {b"content-length", b"transfer-encoding"} <= names:
            raise ParsingError("both Content-Length and Transfer-Encoding")
        super().parse_header(header_plus)
        if self.command == "POST" and self.path in BATCHES:
            self._widen(self.settings.max_batch_bytes)
        elif self.command == "POST" and self.path == UPLOADS and may_upload(self.app, self._as_request()):
            self._widen(self.settings.max_upload_bytes + 1)

    def _widen(self, limit_bytes: int) -> None:
        wider: Any = copy(self.adj)
        wider.max_request_body_size = limit_bytes
        self.adj = wider

    def _as_request(self) -> Request:
        names = {name: f"HTTP_{name}" for name in ("AUTHORIZATION", "COOKIE")}
        sent = {names[name]: value for name, value in self.headers.items() if name in names}
        return Request({**sent, "REMOTE_ADDR": self.address})


class KeepingTask(WSGITask):  # type: ignore[misc]
    """Leaves the connection open after an answer that has no body: a length is neither sent nor needed there.

    Waitress closes it (3.0), so that each poll without news and each empty tile would cost a connection.
    """

    def set_close_on_finish(self) -> None:
        """Close after the answer, unless only its length was missed."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version != "1.1" or asked == "close":
            super().set_close_on_finish()


class StrictChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read by a `StrictParser` that knows where they come from."""

    addr: Any
    task_class = KeepingTask

    def __init__(self, app: Flask, settings: Settings, *args: Any, **kwargs: Any) -> None:
        self.app, self.settings = app, settings
        super().__init__(*args, **kwargs)

    def parser_class(self, adj: Any) -> StrictParser:
        """The parser of one request."""
        return StrictParser(adj, self.app, self.settings, self.addr[0])


def make_server(app: Flask, settings: Settings) -> Any:
    """A waitress server for `app`, bound but not running; `.run()` serves until `.close()` is called elsewhere.

    The limit on open files is raised first: each connection takes up to three.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.connections * 3 + 256
    if soft < wanted:
        ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
    listening: dict[int, Any] = {}
    server = create_server(app, map=listening, **waitress_options(settings))
    for one in (server, *listening.values()):
        if hasattr(one, "channel_class"):
            one.channel_class = partial(StrictChannel, app, settings)
    return server
