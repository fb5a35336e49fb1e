"""GeoPackage and shapefile through GDAL, each only after we have seen that the file is one."""

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyproj
from pyproj.exceptions import CRSError

from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.archive import unpack_shapefile
from geo.intake.readers.source import Request, Source, check_size, find_columns, shapes_from_wkb, texts

_GPKG_IDS = (b"GPKG", b"GP10", b"GP11")
_SHP_MAGIC = b"\x00\x00\x27\x0a"
_OGR_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FieldError,
    ValueError,
)


def read_geopackage(request: Request) -> Source:
    """Every feature of one layer of a GeoPackage; the layer must be named where there are several."""
    check_size(request.path, request.rules)
    with request.path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\x00") or head[68:72] not in _GPKG_IDS:
        raise BadInput(Words(f"{request.file} is not a GeoPackage", f"{request.file} 不是 GeoPackage"))
    return _read(request, request.path, "GPKG", request.layer or _only_layer(request))


def read_zipped_shapefile(request: Request) -> Source:
    """Every feature of a zipped shapefile; without a .cpg the text is UTF-8 or, failing that, GB18030."""
    check_size(request.path, request.rules)
    with tempfile.TemporaryDirectory(prefix="gridscope-") as folder:
        shp = unpack_shapefile(request.path, Path(folder), request.rules, request.layer)
        with shp.open("rb") as file:
            if file.read(4) != _SHP_MAGIC:
                raise BadInput(Words(f"{request.file} holds no shapefile", f"{request.file} 不含 shapefile"))
        encoding = request.encoding or ("" if shp.with_suffix(".cpg").exists() else _dbf_encoding(shp))
        return _read(request, shp, "ESRI Shapefile", "layer", encoding)


def _only_layer(request: Request) -> str:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(request.path)]
    except _OGR_ERRORS as error:
        raise _unreadable(request, error) from error
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
    try:
        info: dict[str, Any] = pyogrio.read_info(path, layer=layer, encoding=encoding or None)
        if info["driver"] != driver:
            raise BadInput(Words(f"{request.file} is not a {driver} file", f"{request.file} 不是 {driver} 文件"))
        header = [str(name) for name in info["fields"]]
        places = find_columns(request.file, header, request.wanted, request.rules)
        if info["features"] > request.rules.max_vertices * 2:
            raise TooLarge(Words(f"{request.file} has too many features", f"{request.file} 要素过多"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, wkb, fields = pyogrio.raw.read(
                path,
                layer=layer,
                columns=[header[place] for place in places.values()],
                encoding=encoding or None,
                datetime_as_string=True,
            )
    except _OGR_ERRORS as error:
        raise _unreadable(request, error) from error
    by_name = {str(name): values for name, values in zip(meta["fields"], fields, strict=True)}
    columns = {name: texts(by_name[header[place]]) for name, place in places.items()}
    n = len(wkb) if wkb is not None else len(next(iter(by_name.values()), ()))
    shapes, faults = shapes_from_wkb(request.file, wkb, request.rules) if wkb is not None else (None, {})
    return Source(columns, np.arange(1, n + 1, dtype=np.int64), shapes, _crs(meta["crs"]), faults=faults)


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


def _unreadable(request: Request, error: Exception) -> BadInput:
    said = str(error).replace(str(request.path), request.file)[:160]
    return BadInput(Words(f"{request.file} cannot be read: {said}", f"无法读取 {request.file}：{said}"))
