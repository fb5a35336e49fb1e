"""Files that people send, and what stands in them before anything is imported."""

from collections.abc import Iterator
from dataclasses import asdict

from flask import Blueprint, Response, make_response, request

from geo.desk.intake import preview_file
from geo.errors import NoSnapshot
from geo.intake.mapping import ENCODINGS
from geo.intake.preview import Choices
from geo.jobs.uploads import find_upload, keep_upload
from geo.rules import Rules
from geo.schema import SOURCES
from webmap.caching import answer
from webmap.house import house, need_role, need_writer, role
from webmap.query import one_of, read_query, text, whole

CHUNK_BYTES = 1_000_000


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.post("/uploads")(add_upload)
    api.get("/uploads/<id>/preview")(preview)


def add_upload() -> Response:
    """Keep the raw body as a file called `name`; needs a key of the role editor."""
    who = need_writer("editor")
    query = read_query(name=text(required=True))
    limit_bytes = house().settings.max_upload_bytes
    request.max_content_length = limit_bytes
    sent = keep_upload(
        house().settings.home, query["name"], _chunks(), limit_bytes=limit_bytes, stated_bytes=request.content_length
    )
    house().records.write_audit(who.name, "/api/uploads", filter=f"name={sent.name}", rows=sent.n_bytes)
    return make_response(asdict(sent), 201)


def preview(id: str) -> Response:
    """What stands in an upload, the mapping it suggests, and its first places read as the query says; editors only."""
    query = read_query(
        layer=text(),
        encoding=one_of(ENCODINGS),
        header_line=whole(1, cap=1000),
        table=one_of(SOURCES),
        x=text(),
        y=text(),
        crs=text(),
        datum=one_of(("wgs84", "gcj02", "bd09")),
    )
    need_role("editor")
    chosen = Choices(**{name: query[name] or "" for name in ("x", "y", "crs", "datum")})
    read_as = {name: query[name] or "" for name in ("table", "layer", "encoding")}
    path = find_upload(house().settings.home, id)
    return answer(
        lambda: preview_file(
            house().records, path, Rules(), chosen, _bounds(), header_line=query["header_line"], **read_as
        ),
        kept=False,
    )


def _bounds() -> tuple[float, float, float, float] | None:
    """The extent of the home's units, None while nothing is published."""
    try:
        west, south, east, north = house().desk.describe(role=role())["bounds"]
    except NoSnapshot:
        return None
    return west, south, east, north


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK_BYTES):
        yield chunk
