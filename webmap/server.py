"""The service under waitress."""

import resource
from copy import copy
from typing import Any, ClassVar

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from webmap.settings import Settings, waitress_options

#: Routes that take many rows at once.
BATCHES = frozenset({"/api/feed/incidents", "/api/feed/camera-status", "/api/cameras/changes", "/api/places/changes"})


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses a request that states both a length and chunks: two readers would see two different requests.

    A body is taken from the socket before the app is asked, so the limits of a batch hold here, for its routes alone.
    """

    adj: Any
    max_batch_bytes: ClassVar[int]

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; `ParsingError` becomes a 400 and ends the connection."""
        names = {line.split(b":", 1)[0].strip().lower() for line in header_plus.split(b"\n")[1:]}
        if {b"content-length", b"transfer-encoding"} <= names:
            raise ParsingError("both Content-Length and Transfer-Encoding")
        super().parse_header(header_plus)
        if self.command == "POST" and self.path in BATCHES:
            wider: Any = copy(self.adj)
            wider.max_request_body_size = self.max_batch_bytes
            self.adj = wider


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
    parser = type("Parser", (StrictParser,), {"max_batch_bytes": settings.max_batch_bytes})
    channel = type("Channel", (HTTPChannel,), {"parser_class": parser})
    server = create_server(app, map=listening, **waitress_options(settings))
    for one in (server, *listening.values()):
        if hasattr(one, "channel_class"):
            one.channel_class = channel
    return server
