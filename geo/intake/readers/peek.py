"""A first look at a file: what it is, its columns with the first cells of each, a few of its shapes."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyproj

from geo.crs import WGS84, to_authority
from geo.errors import BadInput, Words
from geo.intake.readers import delimited, geojson, kml, ogr, parquet, workbook
from geo.intake.readers.archive import list_shapefiles
from geo.intake.readers.heading import plain_name
from geo.intake.readers.source import Request, Texts, by_suffix, check_columns, check_size, find_columns, texts
from geo.rules import Rules

#: So many rows of the top are looked at.
MANY = 500
#: Up to this size the rows of a CSV file, or of a workbook, are counted.
_COUNTED_BYTES = 64_000_000
_COUNTED_SHEET_BYTES = 4_000_000

Columns = tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True)
class Peek:
    """What a file seems to be.

    `columns` are (name, first cells), in the file's order; `n_rows` is None where counting would take long. `crs` is
    what the file states or its format means ("EPSG:4326"), None where it says nothing. `geometry` is object[m] of the
    first shapes in the file's CRS, None for a plain table. `header_line` counts from 1, None where there is no such
    line; `encoding` and `delimiter` are "" where the format has none.
    """

    format: str
    encoding: str
    delimiter: str
    header_line: int | None
    layers: tuple[str, ...]
    columns: Columns
    n_rows: int | None
    crs: str | None = None
    geometry: Texts | None = None


def peek(path: Path, rules: Rules, *, layer: str = "", encoding: str = "", header_line: int | None = None) -> Peek:
    """A first look at `path`, as the format of its suffix; what is given is not sniffed.

    Of several layers or sheets the first is shown unless `layer` names one. Errors: `BadInput` for a file that is not
    what its name says, `TooLarge` above a limit.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_bytes("摄像机台账;;\\n编号;经度;纬度\\n7;109,7;28,3\\n".encode("gb18030"))
    ...     seen = peek(file, Rules())
    >>> seen.encoding, seen.delimiter, seen.header_line, seen.n_rows
    ('gb18030', ';', 2, 1)
    >>> seen.columns
    (('编号', ('7',)), ('经度', ('109,7',)), ('纬度', ('28,3',)))
    """
    return by_suffix(_LOOKERS, path)(Request(path, (), rules, layer, encoding, header_line or 0))


def _peek_delimited(request: Request) -> Peek:
    check_size(request.path, request.rules)
    top = delimited.read_top(request)
    check_columns(request.file, len(top.header), request.rules)
    wanted = _distinct(top.header)
    part = next(delimited.iter_below(replace(request, wanted=wanted), top))
    small = request.path.stat().st_size <= _COUNTED_BYTES
    n_rows = sum(each.n_read for each in delimited.iter_below(request, top)) if small else None
    columns = tuple((name, _first(part.columns[name])) for name in wanted)
    return Peek("csv", top.encoding, top.delimiter, top.header_line, (), columns, n_rows)


def _peek_workbook(request: Request) -> Peek:
    with workbook.open_sheet(request) as (sheets, rows):
        line, header, rest = workbook.split_header(request, rows)
        top = workbook.take(rest, MANY)
        small = request.path.stat().st_size <= _COUNTED_SHEET_BYTES
        n_rows = len(top) + sum(1 for _ in rest) if small else None
    places = find_columns(request.file, header, _distinct(header), request.rules)
    columns = tuple((name, tuple(workbook.cell(row, place) for _, row in top)) for name, place in places.items())
    return Peek("xlsx", "", "", line, tuple(sheets), columns, n_rows)


def _peek_geojson(request: Request) -> Peek:
    features, crs, stated = geojson.read_features(request)
    top, names = features[:MANY], geojson.property_names(features)
    check_columns(request.file, len(names), request.rules)
    columns = tuple((name, _first((f.get("properties") or {}).get(name) for f in top)) for name in names)
    shapes, _ = geojson.build_shapes(request, [feature.get("geometry") for feature in top])
    return Peek("geojson", "", "", None, (), columns, len(features), _authority(crs) if stated else WGS84, shapes)


def _peek_kml(request: Request) -> Peek:
    found = kml.parse_kml(request, keep_all=True)
    columns = tuple((name, _first(row.get(name) for row in found.rows)) for name in found.names)
    return Peek("kml", "", "", None, (), columns, len(found.rows), WGS84, found.geometry()[:MANY])


def _peek_geopackage(request: Request) -> Peek:
    ogr.check_geopackage(request)
    return _peek_ogr(request, request.path, "GPKG", tuple(ogr.list_layers(request)))


def _peek_flatgeobuf(request: Request) -> Peek:
    ogr.check_flatgeobuf(request)
    return _peek_ogr(request, request.path, "FlatGeobuf", tuple(ogr.list_layers(request)))


def _peek_shapefile(request: Request) -> Peek:
    layers = tuple(list_shapefiles(request.path, request.rules))
    with ogr.unpacked(replace(request, layer=request.layer or (layers[0] if layers else ""))) as (shp, encoding):
        seen = _peek_ogr(replace(request, layer="layer", encoding=encoding), shp, "ESRI Shapefile", layers)
    return replace(seen, encoding=encoding)


def _peek_ogr(request: Request, path: Path, driver: str, layers: tuple[str, ...]) -> Peek:
    if not layers:
        raise BadInput(Words(f"{request.file} holds no layers", f"{request.file} 不含图层"))
    part, names, n_rows = ogr.read_top(request, path, driver, request.layer or layers[0], MANY)
    columns = tuple((name, _first(part.columns[name])) for name in names)
    known = {"GPKG": "geopackage", "FlatGeobuf": "flatgeobuf", "ESRI Shapefile": "shapefile"}
    return Peek(known[driver], "", "", None, layers, columns, n_rows, _authority(part.crs), part.geometry)


def _peek_parquet(request: Request) -> Peek:
    with parquet.open_parquet(request) as file:
        header, n_rows = list(file.schema_arrow.names), int(file.metadata.num_rows)
        check_columns(request.file, len(header), request.rules)
        geo = parquet.geo_metadata(request, file.schema_arrow)
    shape = geo["primary_column"] if geo else None
    wanted = tuple(name for name in _distinct(header) if name != shape)
    part = next(parquet.iter_parquet(replace(request, wanted=wanted), MANY))
    crs = part.crs if part.crs is not None else part.default_crs
    columns = tuple((name, _first(part.columns[name])) for name in wanted)
    known = "geoparquet" if geo else "parquet"
    return Peek(known, "", "", None, (), columns, n_rows, _authority(crs), part.geometry)


def _distinct(header: Sequence[str]) -> tuple[str, ...]:
    """Names that a mapping can mean: not empty, not there twice."""
    plain = [plain_name(name) for name in header]
    n = Counter(plain)
    return tuple(name for name, own in zip(header, plain, strict=True) if own and n[own] == 1)


def _first(cells: Iterable[Any]) -> tuple[str | None, ...]:
    return tuple(texts(islice(cells, MANY)).tolist())


def _authority(crs: pyproj.CRS | None) -> str | None:
    return None if crs is None else to_authority(crs)


_LOOKERS: dict[str, Callable[[Request], Peek]] = {
    ".csv": _peek_delimited,
    ".tsv": _peek_delimited,
    ".txt": _peek_delimited,
    ".geojson": _peek_geojson,
    ".json": _peek_geojson,
    ".gpkg": _peek_geopackage,
    ".zip": _peek_shapefile,
    ".fgb": _peek_flatgeobuf,
    ".kml": _peek_kml,
    ".parquet": _peek_parquet,
    ".geoparquet": _peek_parquet,
    ".xlsx": _peek_workbook,
}
