"""Files that people send, and what stands in them before anything is imported."""

from collections.abc import Iterator
from dataclasses import asdict

from flask import Blueprint, Response, make_response, request

from geo.jobs.uploads import keep_upload
from webmap.house import house, need_editor
from webmap.query import read_query, text

CHUNK_BYTES = 1_000_000


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.post("/uploads")(add_upload)


def add_upload() -> Response:
    """Keep the raw body as a file called `name`; needs a key of the role editor."""
    who = need_editor()
    query = read_query(name=text(required=True))
    limit_bytes = house().settings.max_upload_bytes
    request.max_content_length = limit_bytes
    sent = keep_upload(
        house().settings.home, query["name"], _chunks(), limit_bytes=limit_bytes, stated_bytes=request.content_length
    )
    house().records.write_audit(who.name, "/api/uploads", filter=f"name={sent.name}", rows=sent.n_bytes)
    return make_response(asdict(sent), 201)


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK_BYTES):
        yield chunk
