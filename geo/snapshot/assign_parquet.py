"""Which unit every row of somebody's own Parquet file lies in: batch by batch, from column to column."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.crs import parse_crs, transform_xy
from geo.errors import BadInput, BadQuery, Words
from geo.partition.index import OUTSIDE
from geo.snapshot.assign import STATUSES, check_columns
from geo.snapshot.store import Snapshot

_BATCH_ROWS = 1 << 20
_REASONS = ("", "missing_coordinate", "bad_number", "not_degrees")

Floats = npt.NDArray[np.float64]


def assign_parquet(snapshot: Snapshot, in_path: Path, x: str, y: str, crs: str, out_path: Path) -> dict[str, int]:
    """Write `in_path` to `out_path` with the unit of each row at every level of the snapshot's home; counts per status.

    As `assign.assign_csv`, for Parquet in and out. `x` and `y` name columns of numbers; the added columns are
    dictionary-encoded text, null where a row is in no unit. No row becomes a Python object, and memory does not grow
    with the file. Raises `BadInput` for a file that is no Parquet table, `BadQuery` for an unknown column, one
    that holds no numbers, or a CRS that is none.
    """
    target, source = parse_crs(snapshot.home.boundary_crs), parse_crs(crs)
    levels = [level.name for level in snapshot.home.levels]
    counts = dict.fromkeys(STATUSES, 0)
    aside = out_path.with_name(f".{out_path.name}.{os.getpid()}.part")
    try:
        # Arrow's buffering ahead would keep every batch until the last one.
        with pq.ParquetFile(in_path, pre_buffer=False) as file:
            names = file.schema_arrow.names
            check_columns(names, (x, y), levels, in_path.name)
            _check_numbers(file.schema_arrow, (x, y), in_path.name)
            text = pa.dictionary(pa.int32(), pa.string())
            added = [*(f"assigned_{level}" for level in levels), "assign_status", "assign_reason"]
            schema = pa.schema([*file.schema_arrow, *((name, text) for name in added)], file.schema_arrow.metadata)
            dictionaries = _dictionaries(snapshot, levels)
            with pq.ParquetWriter(aside, schema) as writer:
                for batch in file.iter_batches(_BATCH_ROWS):
                    xs, ys, reason = _read_points(batch, (x, y), source.is_geographic)
                    moved = transform_xy(xs, ys, source, target)
                    units = _locate(snapshot, levels, dictionaries, *moved)
                    inside = np.logical_or.reduce([number >= 0 for number in units])
                    status = np.where(reason > 0, 2, np.where(inside, 0, 1)).astype(np.int32)
                    columns = [_text(n, dictionaries[level][1]) for n, level in zip(units, levels, strict=True)]
                    columns += [_text(status, STATUSES), _text(reason, _REASONS)]
                    writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema))
                    for number, name in enumerate(STATUSES):
                        counts[name] += int((status == number).sum())
        aside.replace(out_path)
    except (pa.ArrowException, FileNotFoundError) as error:
        raise BadInput(Words(f"{in_path} is no Parquet table", f"{in_path} 不是 Parquet 表")) from error
    except OSError as error:
        raise BadInput(Words(f"{out_path} cannot be written: {error.strerror}", f"无法写入 {out_path}")) from error
    finally:
        aside.unlink(missing_ok=True)
    return counts


def _check_numbers(schema: Any, wanted: tuple[str, str], name: str) -> None:
    for column in wanted:
        kind = schema.field(column).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            raise BadQuery(
                Words(f"column {column!r} of {name} holds {kind}, not numbers", f"{name} 的列 {column!r} 不是数字")
            )


def _dictionaries(snapshot: Snapshot, levels: list[str]) -> dict[str, tuple[npt.NDArray[np.int32], list[str]]]:
    """Per level: for each position in the index of its chain the number of its unit, and the units' codes."""
    found = {}
    for one in snapshot.joined():
        for level in one.chain:
            if level in levels and level not in found:
                number, codes = pd.factorize(one.above[level].to_numpy(dtype=object))
                found[level] = np.append(number, OUTSIDE).astype(np.int32), [str(code) for code in codes]
    return found


def _read_points(batch: Any, wanted: tuple[str, str], degrees: bool) -> tuple[Floats, Floats, npt.NDArray[np.int32]]:
    """x and y, NaN where refused, and the number of each refusal's reason (0 where there is none)."""
    columns = [batch.column(name) for name in wanted]
    values = [np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False)) for column in columns]
    reason = np.zeros(batch.num_rows, dtype=np.int32)
    if degrees:
        reason[(np.abs(values[0]) > 180) | (np.abs(values[1]) > 90)] = _REASONS.index("not_degrees")
    reason[~(np.isfinite(values[0]) & np.isfinite(values[1]))] = _REASONS.index("bad_number")
    for column in columns:
        if column.null_count:
            reason[column.is_null().to_numpy(zero_copy_only=False)] = _REASONS.index("missing_coordinate")
    if reason.any():
        values = [np.where(reason > 0, np.nan, value) for value in values]
    return values[0], values[1], reason


def _locate(snapshot: Snapshot, levels: list[str], dictionaries: Any, x: Floats, y: Floats) -> list[Any]:
    """Per level the number of each row's unit, OUTSIDE where it is in none."""
    found: dict[str, Any] = {}
    for one in snapshot.joined():
        position = one.locate(x, y)
        for level in one.chain:
            found.setdefault(level, dictionaries[level][0][position])
    return [found[level] for level in levels]


def _text(number: npt.NDArray[np.int32], words: Any) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(number, mask=number < 0), pa.array(list(words), pa.string()))
