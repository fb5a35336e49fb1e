"""ETags, cache headers and compression of the answers that a snapshot determines."""

import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from webmap.house import VERSION, house, role

LIVE = "private, no-cache"
IMMUTABLE = "private, max-age=31536000, immutable"
COMPRESS_FROM_BYTES = 1024
COMPRESS_LEVEL = 5

_PACKABLE = (
    "text/html",
    "text/css",
    "text/csv",
    "text/javascript",
    "text/plain",
    "application/json",
    "application/geo+json",
    "application/vnd.mapbox-vector-tile",
    "image/svg+xml",
)


def make_etag(parts: Iterable[object]) -> str:
    """A weak ETag over `parts`: weak, because the compressed and the plain body share it."""
    digest = hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()
    return f'W/"{digest[:24]}"'


def request_etag(snapshot_id: str, change: int = 0) -> str:
    """ETag of this request: snapshot, live change number, role and area (whole home), path, query."""
    query = sorted((name, value) for name, value in request.args.items(multi=True) if name != "v")
    return make_etag((VERSION, snapshot_id, change, role(), "*", request.path, query))


def answer(
    make: Callable[[], Any], mimetype: str = "application/json", *, kept: bool = True, live: bool = False
) -> Response:
    """Answer with `make()` (JSON-ready, or bytes), or with 304 or a kept body where the snapshot already decided it.

    Who may ask is decided by the role in the ETag and in `make`; b"" becomes 204. With `kept` False every
    request is worked out anew, is never stored, and so leaves its audit row each time. A `live` answer also depends on
    the live change number, and so may be asked for again under the same address.
    """
    if not kept:
        made = _timed(make)
        response = _body_response(made if isinstance(made, bytes) else to_json(made), mimetype)
        response.headers["Cache-Control"] = "no-store"
        return response
    desk = house().desk
    snapshot_id = desk.snapshot().id
    change = desk.live_change() if live else 0
    etag = request_etag(snapshot_id, change)
    page = "" if live else snapshot_id
    if request.if_none_match.contains_weak(etag.removeprefix("W/").strip('"')):
        return _with_headers(Response(status=304), etag, page)
    bodies = house().bodies
    body = bodies.get(etag)
    if body is None:
        made = _timed(make, snapshot_id)
        body = made if isinstance(made, bytes) else to_json(made)
        if desk.snapshot().id != snapshot_id or (live and desk.live_change() != change):
            return _with_headers(_body_response(body, mimetype), "", "")
        bodies.put(etag, body)
    return _with_headers(_body_response(body, mimetype), etag, page)


def _timed(make: Callable[[], Any], snapshot_id: str = "") -> Any:
    """What `make` gives; how long it took is noted, for the pages that wait for the next such answer."""
    started = time.monotonic()
    made = make()
    house().pace.note(request.path, time.monotonic() - started, snapshot_id)
    return made


def to_json(data: Any) -> bytes:
    """Compact UTF-8 JSON; NaN is a fault, never sent."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def is_immutable(snapshot_id: str) -> bool:
    """Whether the page that asks was made from this very snapshot."""
    return bool(snapshot_id) and request.args.get("v", "").split(".")[0] == snapshot_id


def _body_response(body: bytes, mimetype: str) -> Response:
    return Response(body, mimetype=mimetype) if body else Response(status=204)


def _with_headers(response: Response, etag: str, snapshot_id: str) -> Response:
    response.headers["Cache-Control"] = IMMUTABLE if is_immutable(snapshot_id) else LIVE
    if etag:
        response.headers["ETag"] = etag
    return response


def register_caching(app: Flask) -> None:
    """Compress the answers of `app`, and say on what they depend."""
    app.after_request(_vary)
    app.after_request(_compress)


def _vary(response: Response) -> Response:
    """Cookies carry role, session and language, so that one role's cached answer never serves another's."""
    response.headers["Vary"] = "Accept-Encoding, Authorization, Cookie"
    return response


def _compress(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.mimetype not in _PACKABLE
        or response.status_code in (204, 304)
        or "Content-Encoding" in response.headers
        or not request.accept_encodings["gzip"]
    ):
        return response
    body = response.get_data()
    if len(body) > COMPRESS_FROM_BYTES:
        response.set_data(_packed(body, response.headers.get("ETag")))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _packed(body: bytes, etag: str | None) -> bytes:
    bodies = house().bodies
    kept = bodies.get(f"gzip:{etag}") if etag else None
    packed = kept or gzip.compress(body, COMPRESS_LEVEL, mtime=0)
    if etag and kept is None:
        bodies.put(f"gzip:{etag}", packed)
    return packed
