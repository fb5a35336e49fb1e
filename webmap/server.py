"""The service under waitress."""

import resource
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from webmap.settings import Settings, waitress_options


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses a request that states both a length and chunks: two readers would see two different requests."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; `ParsingError` becomes a 400 and ends the connection."""
        names = {line.split(b":", 1)[0].strip().lower() for line in header_plus.split(b"\n")[1:]}
        if {b"content-length", b"transfer-encoding"} <= names:
            raise ParsingError("both Content-Length and Transfer-Encoding")
        super().parse_header(header_plus)


class StrictChannel(HTTPChannel):  # type: ignore[misc]
    """A connection read by `StrictParser`."""

    parser_class = StrictParser


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
            one.channel_class = StrictChannel
    return server
