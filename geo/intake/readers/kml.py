"""KML, parsed by us in a stream: placemarks, their names and extended data, their shapes; nothing is fetched.

Entities, document types and network links are never followed. Coordinates are WGS84 by the format's definition.
"""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

import numpy as np
import shapely

from geo.crs import WGS84, parse_crs
from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.heading import plain_name
from geo.intake.readers.source import (
    Request,
    Source,
    Texts,
    check_columns,
    check_size,
    check_vertices,
    find_columns,
    texts,
)
from geo.intake.readers.text import find_encoding, iter_pieces

_SHAPES = frozenset({"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"})
#: Elements whose text is a column of the placemark itself.
_OWN = ("name", "description")
#: Text between tags comes in pieces; a tag itself is held whole.
_MAX_TOKEN_BYTES = 32_000_000
Ring = np.ndarray[Any, np.dtype[np.float64]]


def read_kml(request: Request) -> Source:
    """Every placemark; line numbers are placemark numbers from 1."""
    found = parse_kml(request)
    places = find_columns(request.file, found.names, request.wanted, request.rules)
    columns = {name: texts(row.get(found.names[place]) for row in found.rows) for name, place in places.items()}
    lines = np.arange(1, len(found.rows) + 1, dtype=np.int64)
    return Source(columns, lines, found.geometry(), parse_crs(WGS84), faults=found.faults)


def parse_kml(request: Request, *, keep_all: bool = False) -> "Placemarks":
    """The placemarks of the file, with the wanted columns or all.

    Errors: `BadInput` where it is no KML, `TooLarge` where it is over a limit.
    """
    check_size(request.path, request.rules)
    encoding = find_encoding(request.path, request.encoding)
    found = Placemarks(request, keep_all=keep_all)
    # The text is ours by now, whatever encoding the file says it is in.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = found.refuse_doctype
    parser.EntityDeclHandler = found.refuse_doctype
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        n_fed = 0
        for piece in iter_pieces(request.path, encoding):
            data = piece.encode()
            parser.Parse(data, False)
            n_fed += len(data)
            if n_fed - parser.CurrentByteIndex > _MAX_TOKEN_BYTES:
                raise TooLarge(Words(f"{request.file} has an endless tag", f"{request.file} 含有过长的标签"))
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _refused(request, f"it is not XML: {error}", f"不是 XML：{error}") from error
    if not found.is_kml:
        raise _refused(request, "it is not KML", "不是 KML")
    return found


class Placemarks:
    """What is found while a KML file goes by: `names` of columns, `rows` of texts, shapes by row.

    Columns that the request does not want are named, but their text is not kept.
    """

    def __init__(self, request: Request, *, keep_all: bool = False) -> None:
        self.names: list[str] = list(_OWN)
        self.rows: list[dict[str, str]] = []
        self.faults: dict[int, str] = {}
        self.is_kml = False
        self._shapes: list[Any] = []
        self._request = request
        self._wanted = None if keep_all else frozenset(map(plain_name, request.wanted))
        self._known = set(self.names)
        self._path: list[str] = []
        self._row: dict[str, str] | None = None
        self._column = ""
        self._text: list[str] = []
        self._n_chars = 0
        self._parts: list[list[Any]] = []
        self._rings: list[Ring] = []
        self._n_vertices = 0

    def geometry(self) -> Texts:
        """Object[n] of shapes, None where a placemark has none that could be built."""
        out: Texts = np.full(len(self._shapes), None, dtype=object)
        out[:] = self._shapes
        return out

    def refuse_doctype(self, *_: object) -> None:
        """Refuses a document that declares anything of its own."""
        raise _refused(self._request, "it declares a document type or entities", "含有文档类型或实体声明")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition(":")[2]
        if not self._path:
            self.is_kml = name == "kml"
        self._path.append(name)
        if len(self._path) > self._request.rules.max_json_depth:
            limit = self._request.rules.max_json_depth
            raise _refused(self._request, f"it is nested deeper than {limit} levels", f"嵌套超过 {limit} 层")
        if name == "Placemark" and self._row is None:
            self._row, self._parts = {}, [[]]
        elif self._row is None:
            return
        elif name in ("Data", "SimpleData"):
            self._column = attributes.get("name", "")
        elif name in ("MultiGeometry", "Polygon"):
            self._parts.append([])
            self._rings = []
        self._text, self._n_chars = [], 0

    def text(self, data: str) -> None:
        """Characters between two tags."""
        if self._row is None:
            return
        self._n_chars += len(data)
        is_way = self._path[-1] == "coordinates"
        # Longitude, latitude and height to the micrometre take some forty characters.
        limit = self._request.rules.max_vertices * 40 if is_way else self._request.rules.max_cell_chars
        if self._n_chars > limit:
            raise TooLarge(
                Words(
                    f"{self._request.file}: placemark {len(self.rows) + 1} has a text of more than {limit} characters",
                    f"{self._request.file}：第 {len(self.rows) + 1} 个地标的文本超过 {limit} 个字符",
                )
            )
        self._text.append(data)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = tag.rpartition(":")[2]
        self._path.pop()
        if self._row is None:
            return
        if name == "Placemark":
            self._end_placemark()
            return
        if name in _OWN and self._path[-1] == "Placemark":
            self._put(name, "".join(self._text))
        elif name == "SimpleData" or (name == "value" and self._path[-1] == "Data"):
            self._put(self._column, "".join(self._text))
        elif name == "coordinates":
            self._end_coordinates()
        elif name in _SHAPES:
            self._end_shape(name)
        self._text, self._n_chars = [], 0

    def _put(self, column: str, text: str) -> None:
        assert self._row is not None
        if not column:
            return
        if column not in self._known:
            self._known.add(column)
            self.names.append(column)
            check_columns(self._request.file, len(self.names), self._request.rules)
        if self._wanted is None or plain_name(column) in self._wanted:
            self._row.setdefault(column, text)

    def _end_coordinates(self) -> None:
        words = "".join(self._text).split()
        self._n_vertices += len(words)
        check_vertices(self._request.file, self._n_vertices, self._request.rules)
        try:
            xy = [tuple(map(float, word.split(",")[:2])) for word in words]
            ring = np.array(xy, dtype=np.float64).reshape(len(words), 2)
            self._rings.insert(0 if "outerBoundaryIs" in self._path else len(self._rings), ring)
        except ValueError as error:
            self.faults.setdefault(len(self.rows), f"coordinates: {error}"[:120])

    def _end_shape(self, name: str) -> None:
        rings, self._rings = self._rings, []
        if name == "LinearRing" and "Polygon" in self._path:
            self._rings = rings
            return
        parts = self._parts.pop() if name in ("MultiGeometry", "Polygon") else []
        try:
            self._parts[-1].append(_build(name, rings, parts))
        except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as error:
            self.faults.setdefault(len(self.rows), str(error)[:120])

    def _end_placemark(self) -> None:
        assert self._row is not None
        shapes = self._parts[0]
        if len(shapes) > 1:
            self.faults.setdefault(len(self.rows), "more than one geometry")
        bad = len(self.rows) in self.faults
        self._shapes.append(shapes[0] if shapes and not bad else None)
        self.rows.append(self._row)
        self._row = None


def _build(name: str, rings: list[Ring], parts: list[Any]) -> Any:
    if name == "MultiGeometry":
        return _gathered(parts)
    if name == "Polygon":
        return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()
    if name == "Point":
        return shapely.Point(rings[0][0]) if rings and len(rings[0]) else shapely.Point()
    return shapely.LineString(rings[0]) if rings else shapely.LineString()


def _gathered(parts: list[Any]) -> Any:
    """Parts of one kind as the Multi of that kind, of several kinds as a collection."""
    kinds = {part.geom_type for part in parts}
    single: dict[str, Callable[[list[Any]], Any]] = {
        "Point": shapely.MultiPoint,
        "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }
    if len(kinds) == 1 and (make := single.get(kinds.pop())) is not None:
        return make(parts)
    return shapely.GeometryCollection(parts)


def _refused(request: Request, en: str, zh: str) -> BadInput:
    return BadInput(Words(f"{request.file} cannot be read: {en}", f"无法读取 {request.file}：{zh}"))
