"""GeoParquet (WKB geometry) and plain Parquet, in parts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
from pyproj.exceptions import CRSError

from geo.crs import WGS84, parse_crs
from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.source import (
    Request,
    Source,
    Texts,
    check_size,
    check_vertices,
    count_vertices,
    find_columns,
    shapes_from_wkb,
    texts,
    unreadable,
)

_MANY_ROWS = 50_000


def iter_parquet(request: Request, n_rows: int | None = None) -> Iterator[Source]:
    """The rows, `n_rows` or `_MANY_ROWS` at a time; geometry where the `geo` metadata names a WKB column.

    Lines are row numbers from 1.
    """
    check_size(request.path, request.rules)
    with open_parquet(request) as file:
        header = list(file.schema_arrow.names)
        places = find_columns(request.file, header, request.wanted, request.rules)
        geo = geo_metadata(request, file.schema_arrow)
        primary = geo["primary_column"] if geo else None
        _check_bytes(request, file.metadata)
        chosen = [header[place] for place in places.values()]
        n_read = n_vertices = 0
        empty = pa.RecordBatch.from_pylist([], file.schema_arrow)
        taken = list(dict.fromkeys([*chosen, *([primary] if primary else [])]))
        batches = file.iter_batches(n_rows or _MANY_ROWS, columns=taken)
        for batch in chain(batches, [empty]):
            n = batch.num_rows
            if not n and n_read:
                continue
            columns = {name: _column(batch, header[place]) for name, place in places.items()}
            lines = np.arange(n_read + 1, n_read + n + 1, dtype=np.int64)
            n_read += n
            share = n_read / max(file.metadata.num_rows, 1)
            if geo is None:
                yield Source(columns, lines, share=share)
                continue
            wkb = np.full(n, None, dtype=object)
            wkb[:] = batch.column(primary).to_pylist()
            n_vertices += count_vertices(wkb)
            check_vertices(request.file, n_vertices, request.rules)
            shapes, faults = shapes_from_wkb(wkb)
            default = None if "crs" in geo["columns"][primary] else parse_crs(WGS84)
            yield Source(columns, lines, shapes, stated_crs(geo), default, faults=faults, share=share)


@contextmanager
def open_parquet(request: Request) -> Iterator[pq.ParquetFile]:
    """The file while the `with` lasts; what Arrow finds wrong with it is `BadInput`."""
    try:
        # Memory stays flat without buffering ahead.
        with pq.ParquetFile(request.path, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise unreadable(request, error) from error


def _column(batch: pa.RecordBatch, name: str) -> Texts:
    """Texts of a column; of numbers each distinct one is put into words once."""
    column = batch.column(name)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return texts(column.to_pylist())
    coded = column.dictionary_encode()
    words = texts([*coded.dictionary.to_pylist(), None])
    return np.asarray(words[coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)], dtype=object)


def geo_metadata(request: Request, schema: pa.Schema) -> dict[str, Any] | None:
    """The `geo` metadata of GeoParquet, None for a plain file; `BadInput` where they are broken or name no WKB."""
    metadata = schema.metadata or {}
    if b"geo" not in metadata:
        return None
    try:
        geo: dict[str, Any] = json.loads(metadata[b"geo"])
        encoding = geo["columns"][geo["primary_column"]]["encoding"]
        if schema.field(geo["primary_column"]).type not in (pa.binary(), pa.large_binary()):
            raise ValueError("no binary column")
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


def stated_crs(geo: dict[str, Any]) -> pyproj.CRS | None:
    """The CRS of the primary geometry, None where none is stated or it is unknown."""
    stated = geo["columns"][geo["primary_column"]].get("crs")
    try:
        return None if stated is None else pyproj.CRS.from_user_input(stated)
    except CRSError:
        return None
