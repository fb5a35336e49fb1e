"""What holds for every request and answer: host, origin, headers, log line."""

import secrets
import time

from flask import Flask, Response, g, request

from geo.errors import Words
from webmap.errors import HttpFault
from webmap.house import house
from webmap.logs import LOGGER

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

_PAGE_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_QUIET = ("static", "tiles.tile", "tiles.background", "access.healthz", "api.changes")


def register_security(app: Flask) -> None:
    """Hang the checks before, and the headers and the log line after, every request of `app`."""
    app.before_request(_open_request)
    app.before_request(check_host)
    app.before_request(check_origin)
    app.after_request(_add_headers)
    app.after_request(_write_log)


def _open_request() -> None:
    g.request_id = secrets.token_hex(4)
    g.nonce = secrets.token_urlsafe(16)
    g.started_s = time.perf_counter()


def check_host() -> None:
    """Refuse a Host that is not ours: a foreign name made to point here (DNS rebinding)."""
    if not house().settings.allows_host(request.host):
        raise HttpFault(421)


def check_origin() -> None:
    """Refuse a change of state that another site could have sent: no X-Gridscope header, or a foreign Origin."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    ours = origin is None or origin in (f"http://{request.host}", f"https://{request.host}")
    if request.headers.get("X-Gridscope") != "1" or not ours or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise HttpFault(
            403,
            Words(
                "a change needs the header X-Gridscope: 1 and, if an Origin is sent, our own",
                "修改请求须带 X-Gridscope: 1，且来源须为本服务",
            ),
        )


def _add_headers(response: Response) -> Response:
    page = response.mimetype == "text/html"
    headers = response.headers
    headers["Content-Security-Policy"] = _PAGE_POLICY.format(nonce=g.nonce) if page else _DATA_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _write_log(response: Response) -> Response:
    """One line: the route's pattern, never the path or query, which hold places and codes."""
    rule = request.url_rule.rule if request.url_rule else "-"
    who = g.get("actor")
    fields = {
        "id": g.request_id,
        "method": request.method if request.method.isalpha() else "?",
        "route": rule,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.started_s) * 1000, 1),
        "who": who.name if who else None,
        "role": who.role if who else None,
    }
    quiet = request.endpoint in _QUIET and response.status_code < 400
    LOGGER.log(10 if quiet else 20, "request", extra={"fields": fields})
    return response
