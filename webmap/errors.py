"""From errors to answers: one table of statuses, words in both languages, a number that also stands in the log."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from geo import errors
from geo.errors import GridscopeError, Words
from webmap.house import house
from webmap.logs import LOGGER

#: A class that is not listed has its nearest listed parent's status.
STATUS: dict[type[GridscopeError], int] = {
    GridscopeError: 500,
    errors.BadMapping: 400,
    errors.BadInput: 400,
    errors.BadQuery: 400,
    errors.MissingCrs: 422,
    errors.NotLoggedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.NotAvailable: 404,
    errors.TooLarge: 413,
    errors.Busy: 429,
    errors.Conflict: 409,
    errors.Outdated: 412,
    errors.NoSnapshot: 503,
    errors.BrokenSnapshot: 503,
    errors.NewerHome: 503,
    errors.DiskFull: 507,
}

RETRY_AFTER_S = {429: 60, 503: 10}
#: A feed that comes too fast is soon welcome again.
_SOON_S = 1

_HTTP_WORDS: dict[int, Words] = {
    400: Words("the request cannot be read", "请求无法读取"),
    404: Words("there is no such page", "没有这个页面"),
    405: Words("this address does not take that method", "该地址不支持此方法"),
    413: Words("the request is too large", "请求过大"),
    415: Words("this kind of content is not taken", "不支持此内容类型"),
    428: Words("send the row's etag as If-Match", "须以 If-Match 带上该行的 etag"),
    421: Words("this host name is not served here", "此主机名不由本服务提供"),
}


def status_of(error: GridscopeError) -> int:
    """The HTTP status of an error of ours.

    >>> status_of(errors.BadQuery()), status_of(errors.CrsMismatch())
    (400, 500)
    """
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


class HttpFault(GridscopeError):
    """A fault of the request itself (host, origin) that only this edge knows."""

    def __init__(self, status: int, *faults: Words) -> None:
        super().__init__(*(faults or (_HTTP_WORDS[status],)))
        self.status = status


def register_errors(app: Flask) -> None:
    """Answer every error of `app` in words; no trace ever leaves."""
    app.register_error_handler(HttpFault, _answer_fault)
    app.register_error_handler(GridscopeError, _answer_ours)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_fault(error: HttpFault) -> AnyResponse:
    return answer_fault(error.status, error)


def _answer_ours(error: GridscopeError) -> AnyResponse:
    status = status_of(error)
    if status == 401 and wants_html() and request.method == "GET" and request.endpoint != "access.login":
        return redirect("/login?" + urlencode({"next": request.full_path.rstrip("?")}))
    if status >= 500 and not isinstance(error, errors.NoSnapshot):
        LOGGER.error("refused", exc_info=error, extra={"fields": {"id": g.get("request_id", "")}})
    return answer_fault(status, error)


def _answer_http(error: HTTPException) -> Any:
    if isinstance(error, RequestRedirect):
        return error
    code = 413 if isinstance(error, RequestEntityTooLarge) else (error.code or 500)
    words = _HTTP_WORDS.get(code, Words(error.name.lower(), error.name))
    response = answer_fault(code, GridscopeError(words))
    allowed = dict(error.get_headers()).get("Allow")
    if allowed:
        response.headers["Allow"] = allowed
    return response


def _answer_unexpected(error: Exception) -> AnyResponse:
    LOGGER.error("unexpected", exc_info=error, extra={"fields": {"id": g.get("request_id", "")}})
    return answer_fault(500, GridscopeError(house().messages["error.unexpected"]))


def wants_html() -> bool:
    """Whether a person's browser asks: it names HTML before JSON, and the route is a page."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def answer_fault(status: int, error: GridscopeError) -> Response:
    """The answer to a request that is not followed: a page for people, JSON for programs."""
    number = g.get("request_id", "")
    if wants_html():
        name = "empty.html" if isinstance(error, errors.NoSnapshot) else "error.html"
        page = render_template(name, status=status, error=error, number=number)
        response = make_response(page, status)
    else:
        body = {"error": {"en": error.text("en"), "zh": error.text("zh"), "id": number}}
        response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    if status in RETRY_AFTER_S:
        wait_s = _SOON_S if isinstance(error, errors.Overloaded) else RETRY_AFTER_S[status]
        response.headers["Retry-After"] = str(wait_s)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
