"""GeoParquet (WKB geometry) and plain Parquet."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
from pyproj.exceptions import CRSError

from geo.crs import WGS84, parse_crs
from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.source import Request, Source, Texts, check_size, find_columns, shapes_from_wkb, texts


def read_parquet(request: Request) -> Source:
    """Every row; geometry where the `geo` metadata names a WKB column. Lines are row numbers from 1."""
    check_size(request.path, request.rules)
    try:
        with pq.ParquetFile(request.path) as file:
            header = list(file.schema_arrow.names)
            places = find_columns(request.file, header, request.wanted, request.rules)
            geo = _geo_metadata(request, file.schema_arrow.metadata or {})
            primary = geo["primary_column"] if geo else None
            _check_bytes(request, file.metadata)
            chosen = [header[place] for place in places.values()]
            table = file.read(columns=list(dict.fromkeys([*chosen, *([primary] if primary else [])])))
    except (pa.ArrowException, OSError) as error:
        said = str(error)[:160]
        raise BadInput(Words(f"{request.file} cannot be read: {said}", f"无法读取 {request.file}：{said}")) from error
    columns = {name: _column(table.column(header[place])) for name, place in places.items()}
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    if geo is None:
        return Source(columns, lines)
    wkb = np.full(table.num_rows, None, dtype=object)
    wkb[:] = table.column(primary).to_pylist()
    shapes, faults = shapes_from_wkb(request.file, wkb, request.rules)
    stated = geo["columns"][primary]
    default = None if "crs" in stated else parse_crs(WGS84)
    return Source(columns, lines, shapes, _crs(stated), default, faults=faults)


def _column(column: pa.ChunkedArray) -> Texts:
    """Texts of a column; of numbers each distinct one is put into words once."""
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return texts(column.to_pylist())
    coded = column.combine_chunks().dictionary_encode()
    words = texts([*coded.dictionary.to_pylist(), None])
    return np.asarray(words[coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)], dtype=object)


def _geo_metadata(request: Request, metadata: dict[bytes, bytes]) -> dict[str, Any] | None:
    if b"geo" not in metadata:
        return None
    try:
        geo: dict[str, Any] = json.loads(metadata[b"geo"])
        encoding = geo["columns"][geo["primary_column"]]["encoding"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            Words(f"{request.file}: its geo metadata is broken", f"{request.file}：geo 元数据已损坏")
        ) from error
    if encoding != "WKB":
        raise BadInput(
            Words(
                f"{request.file}: geometry encoding {encoding!r} is not read; write it as WKB",
                f"{request.file}：不支持几何编码 {encoding!r}，请用 WKB",
            )
        )
    return geo


def _check_bytes(request: Request, metadata: Any) -> None:
    n_bytes = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if n_bytes > request.rules.max_file_bytes:
        raise TooLarge(
            Words(f"{request.file} would unpack to {n_bytes} bytes", f"{request.file} 解压后为 {n_bytes} 字节")
        )


def _crs(column: dict[str, Any]) -> pyproj.CRS | None:
    stated = column.get("crs")
    try:
        return None if stated is None else pyproj.CRS.from_user_input(stated)
    except CRSError:
        return None
