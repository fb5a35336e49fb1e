"""GeoPackage, shapefile and FlatGeobuf through GDAL, each only after we have seen that the file is one."""

import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyproj
from pyproj.exceptions import CRSError

from geo.drivers import OPTIONS
from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.archive import unpack_shapefile
from geo.intake.readers.source import (
    Request,
    Source,
    Texts,
    check_columns,
    check_size,
    check_vertices,
    count_vertices,
    find_columns,
    shapes_from_wkb,
    texts,
    unreadable,
)

_GPKG_IDS = (b"GPKG", b"GP10", b"GP11")
_SHP_MAGIC = b"\x00\x00\x27\x0a"
_FGB_MAGIC = b"fgb\x03fgb"
OGR_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FieldError,
    ValueError,
)
pyogrio.set_gdal_config_options(OPTIONS)


def read_geopackage(request: Request) -> Source:
    """Every feature of one layer of a GeoPackage; the layer must be named where there are several."""
    check_geopackage(request)
    return _read(request, request.path, "GPKG", request.layer or _only_layer(request))


def read_flatgeobuf(request: Request) -> Source:
    """Every feature of a FlatGeobuf file."""
    check_flatgeobuf(request)
    return _read(request, request.path, "FlatGeobuf", request.layer or _only_layer(request))


def check_geopackage(request: Request) -> None:
    """`BadInput` where the file is no GeoPackage, or a layer is not a table but a query."""
    check_size(request.path, request.rules)
    with request.path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\x00") or head[68:72] not in _GPKG_IDS:
        raise BadInput(Words(f"{request.file} is not a GeoPackage", f"{request.file} 不是 GeoPackage"))
    query = (
        "SELECT count(*) FROM gpkg_contents JOIN sqlite_schema ON lower(name) = lower(table_name) AND type <> 'table'"
    )
    try:
        with closing(
            sqlite3.connect(f"{request.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            n_queries = connection.execute(query).fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise unreadable(request, error) from error
    if n_queries:
        raise BadInput(
            Words(f"{request.file}: a layer is a query, not a table", f"{request.file}：图层是查询（视图），而不是表")
        )


def check_flatgeobuf(request: Request) -> None:
    """`BadInput` where the file does not begin as FlatGeobuf of the version we read."""
    check_size(request.path, request.rules)
    with request.path.open("rb") as file:
        if file.read(len(_FGB_MAGIC)) != _FGB_MAGIC:
            raise BadInput(Words(f"{request.file} is not a FlatGeobuf file", f"{request.file} 不是 FlatGeobuf 文件"))


def read_zipped_shapefile(request: Request) -> Source:
    """Every feature of a zipped shapefile; without a .cpg the text is UTF-8 or, failing that, GB18030."""
    with unpacked(request) as (shp, encoding):
        return _read(request, shp, "ESRI Shapefile", "layer", encoding)


@contextmanager
def unpacked(request: Request) -> Iterator[tuple[Path, str]]:
    """The shapefile of the archive, unpacked while the `with` lasts, and its encoding ("" for that of its .cpg)."""
    check_size(request.path, request.rules)
    with tempfile.TemporaryDirectory(prefix="gridscope-") as folder:
        shp = unpack_shapefile(request.path, Path(folder), request.rules, request.layer)
        with shp.open("rb") as file:
            if file.read(4) != _SHP_MAGIC:
                raise BadInput(Words(f"{request.file} holds no shapefile", f"{request.file} 不含 shapefile"))
        yield shp, request.encoding or ("" if shp.with_suffix(".cpg").exists() else _dbf_encoding(shp))


def list_layers(request: Request) -> list[str]:
    """Names of the layers of a file that was checked."""
    try:
        return [str(name) for name, _ in pyogrio.list_layers(request.path)]
    except OGR_ERRORS as error:
        raise unreadable(request, error) from error


def _only_layer(request: Request) -> str:
    names = list_layers(request)
    if len(names) != 1:
        known = ", ".join(names) or "-"
        raise BadInput(
            Words(
                f'{request.file} holds the layers {known}; add layer = "..." to the mapping',
                f'{request.file} 含图层 {known}；请在映射中加 layer = "…"',
            )
        )
    return names[0]


def _read(request: Request, path: Path, driver: str, layer: str, encoding: str = "") -> Source:
    header, n_rows = _describe(request, path, driver, layer, encoding)
    places = find_columns(request.file, header, request.wanted, request.rules)
    if n_rows > request.rules.max_vertices * 2:
        raise TooLarge(Words(f"{request.file} has too many features", f"{request.file} 要素过多"))
    return _take(request, path, layer, encoding, {name: header[place] for name, place in places.items()})


def read_top(request: Request, path: Path, driver: str, layer: str, n: int) -> tuple[Source, list[str], int]:
    """The first `n` features of a file that was checked, the names of its columns, and how many features it has."""
    header, n_rows = _describe(request, path, driver, layer, request.encoding)
    check_columns(request.file, len(header), request.rules)
    part = _take(request, path, layer, request.encoding, {name: name for name in header}, n)
    return part, header, n_rows


def _describe(request: Request, path: Path, driver: str, layer: str, encoding: str) -> tuple[list[str], int]:
    try:
        info: dict[str, Any] = pyogrio.read_info(path, layer=layer, encoding=encoding or None, force_feature_count=True)
    except OGR_ERRORS as error:
        raise unreadable(request, error) from error
    if info["driver"] != driver:
        raise BadInput(Words(f"{request.file} is not a {driver} file", f"{request.file} 不是 {driver} 文件"))
    return [str(name) for name in info["fields"]], int(info["features"])


def _take(
    request: Request, path: Path, layer: str, encoding: str, columns: dict[str, str], n: int | None = None
) -> Source:
    """The first `n` features, or all; `columns` are the file's names by the names they are wanted by."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, wkb, fields = pyogrio.raw.read(
                path,
                layer=layer,
                columns=list(columns.values()),
                encoding=encoding or None,
                datetime_as_string=True,
                max_features=n,
            )
    except OGR_ERRORS as error:
        raise unreadable(request, error) from error
    by_name = {str(name): values for name, values in zip(meta["fields"], fields, strict=True)}
    read = {name: texts(by_name[own]) for name, own in columns.items()}
    n_read = len(wkb) if wkb is not None else len(next(iter(by_name.values()), ()))
    shapes: Texts | None = None
    faults: dict[int, str] = {}
    if wkb is not None:
        check_vertices(request.file, count_vertices(wkb), request.rules)
        shapes, faults = shapes_from_wkb(wkb)
    return Source(read, np.arange(1, n_read + 1, dtype=np.int64), shapes, _crs(meta["crs"]), faults=faults)


def _crs(stated: str | None) -> pyproj.CRS | None:
    try:
        return pyproj.CRS.from_user_input(stated) if stated else None
    except CRSError:
        return None


def _dbf_encoding(shp: Path) -> str:
    dbf = shp.with_suffix(".dbf")
    if not dbf.exists():
        return ""
    try:
        dbf.read_bytes()[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"
