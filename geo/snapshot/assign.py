"""Which unit every row of somebody's own CSV lies in, streamed in chunks: the file grows no further than the disk."""

import csv
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.crs import parse_crs, transform_xy
from geo.errors import BadInput, BadQuery, Words
from geo.intake.values import to_float
from geo.partition.hierarchy import assign_levels
from geo.snapshot.store import Snapshot

_CHUNK_ROWS = 100_000
_SNIFF_BYTES = 1 << 20
STATUSES = ("assigned", "outside", "refused")

Texts = npt.NDArray[np.object_]


def assign_csv(snapshot: Snapshot, in_path: Path, x: str, y: str, crs: str, out_path: Path) -> dict[str, int]:
    """Write `in_path` to `out_path` with the unit of each row at every level of the snapshot's home; counts per status.

    `x` and `y` name the columns with the coordinates (x = longitude or easting) in `crs` (an authority string). The
    input's columns and rows come out as they are, in order (a row with too few or too many fields is refused and
    fitted to the header); behind them stand `assigned_<level>` for each level, finest first, empty where the point is
    outside; `assign_status` (assigned: in a unit of some level; outside; refused) and `assign_reason`
    (missing_coordinate, bad_number, not_degrees or bad_row). Points on shared edges go to the lowest code. The input
    is UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; the output is UTF-8 with BOM and replaces `out_path`
    only when complete.

    Raises `BadInput` for a file that is no such table, `BadQuery` for an unknown column or a CRS that is none.
    """
    target = parse_crs(snapshot.home.boundary_crs)
    source = parse_crs(crs)
    if not in_path.is_file():
        raise BadInput(Words(f"{in_path} is no file", f"{in_path} 不是文件"))
    counts = dict.fromkeys(STATUSES, 0)
    levels = [level.name for level in snapshot.home.levels]
    aside = out_path.with_name(f".{out_path.name}.{os.getpid()}.part")
    try:
        with (
            in_path.open(encoding=find_encoding(in_path), newline="") as stream,
            aside.open("w", encoding="utf-8-sig", newline="") as out,
        ):
            rows = _iter_rows(stream, in_path.name)
            header = next(rows, [])
            check_columns(header, (x, y), levels, in_path.name)
            at = header.index(x), header.index(y)
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([*header, *(f"assigned_{level}" for level in levels), "assign_status", "assign_reason"])
            while chunk := list(islice(rows, _CHUNK_ROWS)):
                xs, ys, reasons = _read_points(chunk, at, len(header), source.is_geographic)
                moved = transform_xy(xs, ys, source, target)
                found = assign_levels(*moved, snapshot.joined(), snapshot.home)[levels].to_numpy(object)
                statuses = _statuses(found, reasons)
                for row, units, status, reason in zip(chunk, found, statuses, reasons, strict=True):
                    named = [unit if isinstance(unit, str) else "" for unit in units]
                    writer.writerow([*_fitted(row, len(header)), *named, status, reason])
                    counts[status] += 1
        aside.replace(out_path)
    except UnicodeError as error:
        raise BadInput(
            Words(f"{in_path.name} is not text that can be read", f"{in_path.name} 的文字编码无法识别")
        ) from error
    except OSError as error:
        raise BadInput(Words(f"{out_path} cannot be written: {error.strerror}", f"无法写入 {out_path}")) from error
    finally:
        aside.unlink(missing_ok=True)
    return counts


def find_encoding(path: Path) -> str:
    """The encoding of a text file by its BOM, else UTF-8 where its first MiB is valid UTF-8, else GB18030.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_bytes("经度".encode("gb18030"))
    ...     find_encoding(file)
    'gb18030'
    """
    with path.open("rb") as stream:
        head = stream.read(_SNIFF_BYTES)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # A cut inside the last character is no fault of the file.
    for cut in range(min(4, len(head) + 1)):
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    return "gb18030"


def _iter_rows(stream: Iterator[str], name: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(stream):
            if row:
                yield row
    except csv.Error as error:
        raise BadInput(Words(f"{name} is not a CSV file: {error}", f"{name} 不是 CSV 文件：{error}")) from error


def check_columns(header: list[str], wanted: tuple[str, str], levels: list[str], name: str) -> None:
    """Raise where file `name` with columns `header` lacks one of `wanted`, or has one that is about to be added."""
    if not header:
        raise BadInput(Words(f"{name} is empty", f"{name} 是空文件"))
    missing = [column for column in wanted if column not in header]
    if missing:
        known = ", ".join(header[:40])
        raise BadQuery(
            *(
                Words(f"{name} has no column {m!r}; columns are {known}", f"{name} 没有列 {m!r}；现有：{known}")
                for m in missing
            )
        )
    twice = [column for column in dict.fromkeys(wanted) if header.count(column) > 1]
    if twice:
        raise BadInput(
            *(Words(f"{name} has several columns called {t!r}", f"{name} 有多个名为 {t!r} 的列") for t in twice)
        )
    added = {f"assigned_{level}" for level in levels} | {"assign_status", "assign_reason"}
    taken = sorted(added & set(header))
    if taken:
        listed = ", ".join(taken)
        raise BadInput(Words(f"{name} has the columns {listed} already", f"{name} 已有列 {listed}"))


def _read_points(
    chunk: list[list[str]], at: tuple[int, int], n_fields: int, degrees: bool
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Texts]:
    """x and y as float64[n], NaN where refused, and the reason of each refusal ("" where there is none)."""
    texts = np.array([[row[i].strip() or None if i < len(row) else None for i in at] for row in chunk], dtype=object)
    (x, bad_x), (y, bad_y) = to_float(texts[:, 0]), to_float(texts[:, 1])
    reasons = np.full(len(chunk), "", dtype=object)
    if degrees:
        reasons[(np.abs(x) > 180) | (np.abs(y) > 90)] = "not_degrees"
    reasons[bad_x | bad_y] = "bad_number"
    reasons[(texts == None).any(axis=1)] = "missing_coordinate"  # noqa: E711
    reasons[np.array([len(row) != n_fields for row in chunk])] = "bad_row"
    refused = reasons != ""
    return np.where(refused, np.nan, x), np.where(refused, np.nan, y), reasons


def _statuses(found: Texts, reasons: Texts) -> list[str]:
    inside = pd.notna(found)
    picked = np.where(reasons != "", "refused", np.where(inside.any(axis=1), "assigned", "outside"))
    return [str(status) for status in picked]


def _fitted(row: list[str], n_fields: int) -> list[str]:
    return (row + [""] * n_fields)[:n_fields]
