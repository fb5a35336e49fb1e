"""Routes for programs: each laid down in one call, from which its checks and its description come (OpenAPI 3.1).

Faults are answered in the house's own form, whoever finds them.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any

from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import HTTPError
from flask import Blueprint, Response, current_app, make_response, request
from flask.json.provider import DefaultJSONProvider
from pydantic import BaseModel

from geo.errors import BadQuery, Words
from geo.schema import Role
from webmap.api.models import Refusal
from webmap.caching import to_json
from webmap.errors import answer_fault
from webmap.house import house, need_role, need_writer
from webmap.query import Param, read_query

#: No page of another house's scripts, no folder of files but ours, errors in our own words.
APP_PARTS: dict[str, Any] = {"docs_path": None, "spec_path": None, "json_errors": False, "static_folder": None}
View = Callable[..., Any]
_REF = "#/components/schemas/"
_FAULTS = {
    400: "What was sent cannot be used; the answer says why",
    401: "A key is needed",
    403: "The role may not do this",
    404: "There is no such row, or no data yet",
    409: "It was changed in the meantime: read it again",
    412: "The row was changed in the meantime",
    413: "More was sent than one request may hold",
    428: "The header If-Match is missing",
    429: "Too much at once, or too many wrong keys: send it again after Retry-After seconds",
    503: "There is no data yet",
}
_HEADERS = {
    "X-Gridscope": ("1: says that no other site sent this", True, {"type": "string", "const": "1"}),
    "If-Match": ("The row's etag, or *", True, {"type": "string"}),
    "Idempotency-Key": (
        "Names this batch: sent again within the hour, it is answered as before and stored once",
        False,
        {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[!-~]+$"},
    ),
}


class _StrictJson(DefaultJSONProvider):
    """JSON that is nested too deep is no JSON, rather than a fault of ours."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of `s`; `ValueError` for anything that is not JSON."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def register_openapi(app: APIFlask) -> None:
    """Have `app` describe its routes for programs, and answer their faults as all others."""
    app.json = _StrictJson(app)
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        VALIDATION_ERROR_STATUS_CODE=400,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        SECURITY_SCHEMES={"key": {"type": "http", "scheme": "bearer"}},
    )
    app.error_callback = _answer_invalid
    app.spec_processor(_complete)


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/openapi.json")(description)


def description() -> Response:
    """The routes for programs, as OpenAPI 3.1."""
    read_query()
    need_role("leader")
    return make_response(to_json(current_app.spec), {"Content-Type": "application/json"})  # type: ignore[attr-defined]


def reads(
    api: APIBlueprint,
    path: str,
    view: View,
    least: Role,
    gives: type[BaseModel],
    params: Mapping[str, Param] = MappingProxyType({}),
    *,
    table: str = "",
) -> None:
    """Lay down GET `path` for roles from `least` up, with this query and no other: `view(query=..., ...)`.

    A view that serves several tables is given its `table`.
    """
    fixed = {"table": table} if table else {}

    @wraps(view)
    def checked(**kwargs: Any) -> Any:
        query = read_query(**params)
        need_role(least)
        return view(query=query, **fixed, **kwargs)

    codes = (400, 401, 403, 404, 429, 503)
    described = _described(api, api.output(gives)(checked), params, (), codes)
    api.route(path, endpoint=_endpoint(view, table))(described)


def asks(
    api: APIBlueprint,
    path: str,
    view: View,
    least: Role,
    gives: type[BaseModel],
    takes: type[BaseModel] | None,
    *,
    method: str = "POST",
    status: int = 200,
    codes: tuple[int, ...] = (),
) -> None:
    """Lay down a route for roles from `least` up that leaves what is measured as it is: `view(body=..., ...)`.

    A question with a body, or something of one's own that is kept. `body` is a `takes`; where that is None there is
    none.
    """
    inner = view if takes is None else api.input(takes, arg_name="body")(view)

    @wraps(inner)
    def checked(**kwargs: Any) -> Any:
        need_role(least)
        read_query()
        return inner(**kwargs)

    codes = (400, 401, 403, 404, 413, 429, 503, *codes)
    described = _described(api, api.output(gives, status_code=status)(checked), {}, ("X-Gridscope",), codes)
    api.route(path, methods=[method], endpoint=view.__name__)(described)


def writes(
    api: APIBlueprint,
    path: str,
    view: View,
    roles: tuple[Role, ...],
    gives: type[BaseModel],
    takes: type[BaseModel] | None,
    params: Mapping[str, Param] = MappingProxyType({}),
    *,
    table: str = "",
    method: str = "POST",
    status: int = 200,
    headers: tuple[str, ...] = (),
    codes: tuple[int, ...] = (),
    is_large: bool = False,
) -> None:
    """Lay down a route to which keys of `roles` may write: `view(query=..., who=..., body=..., ...)`.

    `body` is a `takes`; where that is None a CSV is expected, which `view` reads itself. A body that `is_large` may
    have the size of a batch. A view that serves several tables is given its `table`.
    """
    fixed = {"table": table} if table else {}
    inner = view if takes is None else api.input(takes, arg_name="body")(view)

    @wraps(inner)
    def checked(**kwargs: Any) -> Any:
        who = need_writer(*roles)
        if is_large:
            request.max_content_length = house().settings.max_batch_bytes
        return inner(query=read_query(**params), who=who, **fixed, **kwargs)

    given = api.output(gives, status_code=status)(checked)
    codes = (400, 401, 403, 404, 413, 429, 503, *codes)
    described = _described(api, given, params, ("X-Gridscope", *headers), codes, is_csv=takes is None)
    api.route(path, methods=[method], endpoint=_endpoint(view, table))(described)


def _endpoint(view: View, table: str) -> str:
    return f"{view.__name__}_{table}" if table else view.__name__


def _described(
    api: APIBlueprint,
    view: View,
    params: Mapping[str, Param],
    headers: tuple[str, ...],
    codes: tuple[int, ...],
    *,
    is_csv: bool = False,
) -> View:
    content = {"application/json": {"schema": {"$ref": _REF + "Refusal"}}}
    asked = [
        {"name": name, "in": "query", "required": one.required, "description": one.wanted.en, "schema": one.schema}
        for name, one in params.items()
    ]
    for name in headers:
        said, needed, schema = _HEADERS[name]
        asked.append({"name": name, "in": "header", "required": needed, "description": said, "schema": schema})
    answers: dict[int | str, Any] = {code: {"description": _FAULTS[code], "content": content} for code in sorted(codes)}
    more: dict[str, Any] = {"parameters": asked}
    if is_csv:
        more["requestBody"] = {"content": {"text/csv": {"schema": {"type": "string"}}}}
    described: View = api.doc(responses=answers, security="key", extensions=more)(view)
    return described


def _complete(spec: Any) -> Any:
    """What the library leaves out: the form of a refusal, and that a body must be sent."""
    spec["components"].setdefault("schemas", {}).update(_defined(Refusal))
    for operations in spec["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return spec


def _defined(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF + "{model}")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _answer_invalid(error: HTTPError) -> Any:
    """What pydantic found, column by column, in both languages."""
    said = [
        (where, message)
        for by_column in (error.detail.values() if isinstance(error.detail, dict) else ())
        for where, messages in by_column.items()
        for message in messages
    ]
    words = [Words(f"{where}: {message}", f"{where} 的值无效：{message}") for where, message in said]
    return answer_fault(error.status_code, BadQuery(*(words or [Words(str(error.message), "请求内容无效")])))
