"""GeoJSON (RFC 7946, and the older `crs` member), parsed by us: no GDAL driver gets to guess what the file is."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyproj
import shapely
import shapely.geometry

from geo.crs import WGS84, parse_crs
from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.source import Request, Source, Texts, check_size, check_vertices, find_columns, texts
from geo.intake.readers.text import find_encoding, iter_pieces, read_text

#: A document is held whole.
MAX_JSON_BYTES = 1_000_000_000
#: Numbers and texts of a document, against the vertices it may have.
_VALUES_PER_VERTEX = 4
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def read_geojson(request: Request) -> Source:
    """Every feature of a FeatureCollection (or one Feature); line numbers are feature numbers from 1."""
    features, crs, stated = read_features(request)
    properties = [feature.get("properties") or {} for feature in features]
    header = property_names(features)
    if "id" in request.wanted and "id" not in header:
        header.append("id")
        properties = [{"id": f.get("id"), **each} for f, each in zip(features, properties, strict=True)]
    places = find_columns(request.file, header, request.wanted, request.rules)
    columns = {name: texts(each.get(header[place]) for each in properties) for name, place in places.items()}
    shapes = [feature.get("geometry") for feature in features]
    geometry, faults = build_shapes(request, shapes)
    lines = np.arange(1, len(features) + 1, dtype=np.int64)
    return Source(columns, lines, geometry, crs, None if stated else parse_crs(WGS84), faults=faults)


def property_names(features: list[dict[str, Any]]) -> list[str]:
    """Names of the properties of all features, in the order in which they come up."""
    names: dict[str, None] = {}
    for feature in features:
        names.update(dict.fromkeys(feature.get("properties") or {}))
    return list(names)


def read_features(request: Request) -> tuple[list[dict[str, Any]], pyproj.CRS | None, bool]:
    """The features of the document as JSON, its CRS, and whether it states one."""
    file, rules = request.file, request.rules
    check_size(request.path, rules)
    encoding = find_encoding(request.path, request.encoding)
    _check_brackets(request, encoding)
    text = read_text(request.path, rules, encoding, MAX_JSON_BYTES)
    try:
        document = json.loads(text)
    except RecursionError:
        raise _too_deep(file, rules.max_json_depth) from None
    except ValueError as error:
        raise BadInput(Words(f"{file} is not JSON: {error}", f"{file} 不是 JSON：{error}")) from None
    kind = document.get("type") if isinstance(document, dict) else None
    features = document.get("features") if kind == "FeatureCollection" else [document] if kind == "Feature" else None
    if not isinstance(features, list) or not all(_is_feature(feature) for feature in features):
        raise BadInput(
            Words(f"{file} is not a GeoJSON FeatureCollection", f"{file} 不是 GeoJSON 要素集（FeatureCollection）")
        )
    return features, _stated_crs(document), "crs" in document


def _is_feature(feature: Any) -> bool:
    return (
        isinstance(feature, dict)
        and feature.get("type") == "Feature"
        and isinstance(feature.get("properties"), dict | None)
        and isinstance(feature.get("geometry"), dict | None)
    )


def _stated_crs(document: dict[str, Any]) -> pyproj.CRS | None:
    stated = document.get("crs")
    properties = stated.get("properties") if isinstance(stated, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return parse_crs(name) if isinstance(name, str) else None


def _check_brackets(request: Request, encoding: str) -> None:
    """`TooLarge` or `BadInput` by the brackets, braces and commas alone, before any of the file is held as a whole."""
    file, rules = request.file, request.rules
    step = np.zeros(256, dtype=np.int8)
    step[[ord("["), ord("{")]] = 1
    step[[ord("]"), ord("}")]] = -1
    n_lists = n_values = level = 0
    for data in _iter_marks(iter_pieces(request.path, encoding)):
        n_lists += data.count(b"[")
        n_values += data.count(b",") + data.count(b"{")
        run = np.cumsum(step[np.frombuffer(data, dtype=np.uint8)], dtype=np.int32)
        deepest, level = level + int(run.max(initial=0)), level + int(run[-1:].sum())
        if deepest > rules.max_json_depth:
            raise _too_deep(file, rules.max_json_depth)
        check_vertices(file, n_lists // 2, rules)
        if n_values > rules.max_vertices * _VALUES_PER_VERTEX:
            raise TooLarge(Words(f"{file} holds more than {n_values} values", f"{file} 的值超过 {n_values} 个"))


def _iter_marks(pieces: Iterable[str]) -> Iterator[bytes]:
    r"""What stands outside the texts of a JSON document, piece by piece, as far as it is JSON.

    >>> list(_iter_marks(['{"a[', ']\\', '"": [', '"{"]}']))
    [b'{', b'', b': [', b']}']
    """
    held, in_text = "", False
    for piece in pieces:
        plain = _ESCAPED.sub("", held + piece)
        # All that is left of backslashes is the first half of an escape that the piece's end cuts in two.
        held = "\\" if plain.endswith("\\") else ""
        parts = plain.removesuffix("\\").split('"')
        yield "".join(parts[in_text::2]).encode()
        in_text ^= len(parts) % 2 == 0


def _too_deep(file: str, limit: int) -> BadInput:
    return BadInput(Words(f"{file} is nested deeper than {limit} levels", f"{file} 的嵌套超过 {limit} 层"))


def build_shapes(request: Request, shapes: list[dict[str, Any] | None]) -> tuple[Texts, dict[int, str]]:
    """Object[n] of the shapes of JSON geometries, and what is wrong with which of them."""
    check_vertices(request.file, sum(_count_vertices(s.get("coordinates")) for s in shapes if s), request.rules)
    geometry = np.full(len(shapes), None, dtype=object)
    faults: dict[int, str] = {}
    points = [i for i, shape in enumerate(shapes) if shape and _is_plain_point(shape)]
    xy = np.array([shapes[i]["coordinates"] for i in points], dtype=np.float64).reshape(-1, 2)  # type: ignore[index]
    geometry[points] = shapely.points(xy)
    plain = set(points)
    for i, shape in enumerate(shapes):
        if shape is None or i in plain:
            continue
        try:
            geometry[i] = shapely.geometry.shape(shape)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as error:
            faults[i] = str(error)[:120] or "not GeoJSON"
    return geometry, faults


def _is_plain_point(shape: dict[str, Any]) -> bool:
    xy = shape.get("coordinates")
    if shape.get("type") != "Point" or not isinstance(xy, list) or len(xy) != 2:
        return False
    return all(isinstance(number, int | float) and not isinstance(number, bool) for number in xy)


def _count_vertices(coordinates: Any) -> int:
    if not isinstance(coordinates, list) or not coordinates:
        return 0
    first = coordinates[0]
    if not isinstance(first, list):
        return 1
    if first and isinstance(first[0], list):
        return sum(_count_vertices(part) for part in coordinates)
    return len(coordinates)
