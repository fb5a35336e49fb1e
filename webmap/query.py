"""Strict reading of what a request asks: an unknown, repeated or impossible parameter is refused, all at once."""

import csv
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from flask import request

from geo.errors import BadQuery, NotFound, Words

MAX_ZOOM = 20
MAX_ROWS = 10_000
#: How a path holds a number: what is longer than SQLite takes is found nowhere.
NUMBER = "int(max=999999999999)"

_WHOLE = re.compile(r"-?[0-9]{1,12}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,20})?")
_DAYS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SPANS = re.compile(r"[0-9]{1,2}(-[0-9]{1,2})?(,[0-9]{1,2}(-[0-9]{1,2})?){0,30}")
_VERSION = re.compile(r"[0-9a-f]{16}(\.[a-z]{1,12})?")


@dataclass(frozen=True)
class Param:
    """One parameter: how its text is read (None = refused), what `wanted` says of it, its default, its JSON schema."""

    parse: Callable[[str], Any]
    wanted: Words
    default: Any = None
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})

    def read(self, name: str, raw: str) -> Any:
        """The value of `raw`; `BadQuery` names the parameter."""
        value = self.parse(raw)
        if value is None:
            raise BadQuery(Words(f"{name} wants {self.wanted.en}", f"{name} 应为{self.wanted.zh}"))
        return value


def text(*, required: bool = False, max_chars: int = 200) -> Param:
    """Plain text without control characters."""

    def parse(raw: str) -> str | None:
        fine = 0 < len(raw) <= max_chars and not any(unicodedata.category(char).startswith("C") for char in raw)
        return raw if fine else None

    wanted = Words(f"text of 1 to {max_chars} characters", f"1 至 {max_chars} 个字符")
    schema = {"type": "string", "minLength": 1, "maxLength": max_chars, "pattern": r"^[^\x00-\x1f\x7f]*$"}
    return Param(parse, wanted, required=required, schema=schema)


def number(low: float, high: float, *, required: bool = False) -> Param:
    """A decimal number in [low, high]; no exponent, no inf, no nan."""

    def parse(raw: str) -> float | None:
        value = float(raw) if _NUMBER.fullmatch(raw) else low - 1
        return value if low <= value <= high else None

    return Param(parse, Words(f"a number from {low:g} to {high:g}", f"{low:g} 至 {high:g} 的数字"), required=required)


def whole(low: int, *, default: int | None = None, cap: int | None = None, required: bool = False) -> Param:
    """A whole number from `low`; above `cap` it counts as `cap`."""

    def parse(raw: str) -> int | None:
        value = int(raw) if _WHOLE.fullmatch(raw) else low - 1
        return None if value < low else min(value, cap if cap is not None else value)

    wanted = Words(f"a whole number from {low} up", f"不小于 {low} 的整数")
    return Param(parse, wanted, default=default, required=required, schema={"type": "integer", "minimum": low})


def one_of(values: Iterable[str], *, default: str | None = None) -> Param:
    """One of the listed words."""
    known = tuple(values)
    listed = ", ".join(known)
    wanted = Words(f"one of {listed}", f"下列之一：{listed}")
    schema = {"type": "string", "enum": list(known)}
    return Param(lambda raw: raw if raw in known else None, wanted, default=default, schema=schema)


def box() -> Param:
    """A box minx,miny,maxx,maxy in WGS84 degrees; one whose minx is above its maxx crosses the antimeridian."""

    def parse(raw: str) -> tuple[float, ...] | None:
        sides = raw.split(",")
        if len(sides) != 4 or not all(_NUMBER.fullmatch(side) for side in sides):
            return None
        minx, miny, maxx, maxy = map(float, sides)
        fits = max(abs(minx), abs(maxx)) <= 180 and -90 <= miny <= maxy <= 90
        return (minx, miny, maxx, maxy) if fits else None

    return Param(parse, Words("a box minx,miny,maxx,maxy in degrees", "范围 minx,miny,maxx,maxy（度）"))


def days() -> Param:
    """A first and a last civil day, FIRST/LAST, both counted: (date, date)."""

    def parse(raw: str) -> tuple[date, date] | None:
        try:
            first, last = map(date.fromisoformat, raw.split("/") if _DAYS.fullmatch(raw) else ())
        except ValueError:
            return None
        return (first, last) if first <= last else None

    wanted = Words("a first and a last day, as 2026-01-01/2026-03-31", "起止日期，如 2026-01-01/2026-03-31")
    return Param(parse, wanted, schema={"type": "string", "pattern": f"^{_DAYS.pattern}$"})


def numbers(low: int, high: int) -> Param:
    """Whole numbers of a round from `low` to `high`, as 8,9 or 8-17 or (round its end) 22-5: ascending, each once."""

    def parse(raw: str) -> tuple[int, ...] | None:
        found: set[int] = set()
        for part in raw.split(",") if _SPANS.fullmatch(raw) else ():
            first, last = (int(end) for end in (part.split("-") * 2)[:2])
            if not (low <= first <= high and low <= last <= high):
                return None
            found |= {*range(first, last + 1)} if first <= last else {*range(first, high + 1), *range(low, last + 1)}
        return tuple(sorted(found)) or None

    wanted = Words(f"numbers from {low} to {high}, as 8,9 or 8-17", f"{low} 至 {high} 的数字，如 8,9 或 8-17")
    return Param(parse, wanted, schema={"type": "string", "pattern": f"^{_SPANS.pattern}$"})


def words(*, max_chars: int = 2_000) -> Param:
    """Words with commas between them; one that has a comma itself stands in double quotes, and "" is no word."""
    plain = text(max_chars=max_chars)

    def parse(raw: str) -> tuple[str, ...] | None:
        return tuple(next(csv.reader([raw]))) if plain.parse(raw) is not None else None

    return Param(parse, Words("words with commas between them", "以逗号分隔的词"), schema=plain.schema)


AT = number(0.1, 10_000)
LON = number(-180, 180, required=True)
LAT = number(-90, 90, required=True)
#: By what refused rows are chosen.
REFUSED = {"table": text(), "source": text(), "reason": text()}
_V = Param(lambda raw: raw if _VERSION.fullmatch(raw) else None, Words("a snapshot id", "快照编号"))


def read_query(**params: Param) -> dict[str, Any]:
    """The request's query by `params` (and `v`, the snapshot of the asking page); `BadQuery` says all faults."""
    known = {**params, "v": _V}
    faults = [
        Words(f"unknown parameter {name!r}; known are {', '.join(sorted(params)) or 'none'}", f"未知参数 {name!r}")
        for name in request.args
        if name not in known
    ]
    values: dict[str, Any] = {}
    for name, param in known.items():
        given = request.args.getlist(name)
        value = param.parse(given[0]) if len(given) == 1 else param.default
        if (given and (len(given) > 1 or value is None)) or (param.required and not given):
            faults.append(Words(f"{name} wants {param.wanted.en}, once", f"{name} 应为{param.wanted.zh}，且仅一次"))
        values[name] = value
    if faults:
        raise BadQuery(*faults)
    return values


def told(query: dict[str, Any]) -> str:
    """What `query` asks, as an audit row names it.

    >>> told({"table": "cameras", "source": None, "limit": 5, "v": None})
    'table=cameras&limit=5'
    """
    return "&".join(f"{name}={value}" for name, value in query.items() if value is not None)


def read_tile(z: str, x: str, y: str) -> tuple[int, int, int]:
    """A tile address that exists; `NotFound` before any work is done."""
    if all(re.fullmatch(r"[0-9]{1,8}", part) for part in (z, x, y)):
        tile = int(z), int(x), int(y)
        if tile[0] <= MAX_ZOOM and max(tile[1:]) < 2 ** tile[0]:
            return tile
    raise NotFound(Words("no such tile", "没有这个瓦片"))


def read_body() -> dict[str, Any]:
    """The request's JSON object; `BadQuery` for anything else, however deeply nested."""
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadQuery(Words("the body must be a JSON object", "请求内容应为 JSON 对象"))
    return body


def read_fields(needed: Mapping[str, type], also: Mapping[str, type] = MappingProxyType({})) -> dict[str, Any]:
    """The request's JSON object, where it holds exactly the keys `needed` and perhaps `also`, each of its type."""
    body, known = read_body(), {**needed, **also}
    fine = needed.keys() <= body.keys() <= known.keys()
    if not fine or not all(type(value) is known[name] for name, value in body.items()):
        listed = ", ".join([*needed, *(f"[{name}]" for name in also)]) or "{}"
        raise BadQuery(Words(f"the body wants {listed}", f"请求内容应为 {listed}"))
    return body


def local_path(path: str | None) -> str:
    """`path` where it stays on this service, else "/": never another host.

    >>> local_path("/coverage?place=a"), local_path("//evil.example"), local_path("https://evil.example")
    ('/coverage?place=a', '/', '/')
    """
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return "/"
    return "/" if any(unicodedata.category(char).startswith("C") for char in path) else path
