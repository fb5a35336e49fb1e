"""Rows on their way into records and out: plain SQL values, uid, hash and WKB, whole columns at a time.

The hash of a row is SHA-256 over the UTF-8 JSON object of source, source id and every value that is not empty, in the
schema's order: text in NFC, floats as Python's repr (-0.0 as 0.0), times as ISO 8601 UTC with microseconds, geometry as
little-endian WKB in hex. An empty value does not enter it, so a column added to the schema later changes no hash.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring
from math import isnan
from typing import Any
from unicodedata import normalize

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.errors import BadInput, Words
from geo.records.moments import to_times
from geo.records.tables import SHAPED
from geo.schema import Column, Table

#: SQL values of a column, and what each adds to its row's JSON; None twice where the whole column is empty.
Cells = tuple[list[Any], list[str]] | tuple[None, None]
#: So many rows are made ready at a time: what stands ready of a large table stays small.
_MANY = 20_000


@dataclass(frozen=True)
class Rows:
    """Rows ready for SQL: for each of `columns` its cells in `cells`, column by column; `hashes` are 32 bytes each.

    A column that is empty throughout has None for its cells.
    """

    columns: tuple[str, ...]
    cells: tuple[list[Any] | None, ...]
    hashes: list[bytes]

    @property
    def uids(self) -> list[str]:
        """The rows' uids."""
        return self.cells[0] or []

    @property
    def values(self) -> list[tuple[Any, ...]]:
        """The rows' values for all columns."""
        return list(zip(*(cells or [None] * len(self.hashes) for cells in self.cells), strict=True))

    def filled(self, *, without: str = "") -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The columns that are not empty throughout, all but `without`, and the rows' values for them."""
        pairs = zip(self.columns, self.cells, strict=True)
        filled = [(name, cells) for name, cells in pairs if cells is not None and name != without]
        return tuple(name for name, _ in filled), list(zip(*(cells for _, cells in filled), strict=True))

    def part(self, start: int, stop: int) -> "Rows":
        """The rows from `start` to before `stop`.

        >>> Rows(("uid", "line"), (["a:1", "a:2"], None), [b"1", b"2"]).part(1, 2)
        Rows(columns=('uid', 'line'), cells=(['a:2'], None), hashes=[b'2'])
        """
        cells = tuple(None if column is None else column[start:stop] for column in self.cells)
        return Rows(self.columns, cells, self.hashes[start:stop])


def to_rows(table: Table, source: str, frame: pd.DataFrame, *, may_repeat: bool = False) -> Rows:
    """The rows of `frame` for `table`: uid, source, schema columns, line, row_hash and, for shaped tables, geom.

    `frame` holds the table's columns (a missing one counts as empty), `line` and, for shaped tables, `geometry`; the
    source id is `source_id`, for units level/code. Errors: `BadInput` where a source id is empty or, unless ids
    `may_repeat`, comes twice.

    >>> from geo.schema import SOURCES
    >>> rows = to_rows(SOURCES["roads"], "osm", gpd.GeoDataFrame({"source_id": ["7"]}, geometry=[shapely.Point(0, 0)]))
    >>> rows.values[0][:5], len(rows.hashes[0])
    (('osm:7', 'osm', '7', None, None), 32)
    """
    ids = _source_ids(table, source, frame, may_repeat)
    quoted = list(map(encode_basestring, ids))
    head = encode_basestring(source)
    texts = [[f'{{"source":{head},"source_id":{row_id}' for row_id in quoted]]
    cells: dict[str, list[Any] | None] = {}
    for column in table.columns:
        if column.name == "source_id":
            cells[column.name] = ids
            texts.append([f',"source_id":{row_id}' for row_id in quoted])
            continue
        cells[column.name], pieces = _cells(column, frame)
        if pieces is not None:
            texts.append(pieces)
    shapes: list[list[Any]] = []
    if table.geometry in SHAPED:
        flat = shapely.to_wkb(np.asarray(frame["geometry"], dtype=object), output_dimension=2, byte_order=1)
        shapes = [flat.tolist()]
        texts.append([f',"geometry":"{wkb.hex()}"' if wkb is not None else "" for wkb in shapes[0]])
    texts.append(["}"] * len(ids))
    hashes = [sha256("".join(parts).encode()).digest() for parts in zip(*texts, strict=True)]
    lines = _numbers(frame["line"]) if "line" in frame else None
    uids = [f"{source}:{row_id}" for row_id in ids]
    names = "uid", "source", *cells, "line", "row_hash", *(["geom"] if shapes else [])
    # The driver takes a bytearray as it is; of bytes it first asks whether they adapt.
    keys = list(map(bytearray, hashes))
    return Rows(names, (uids, [source] * len(ids), *cells.values(), lines, keys, *shapes), hashes)


def to_values(table: Table, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of `frame` as values by column, as `to_rows` would store them: the schema's columns and lon, lat.

    >>> from geo.schema import SOURCES
    >>> to_values(SOURCES["places"], pd.DataFrame({"source_id": ["7"], "lon": [109.7], "lat": [28.3]}))
    [{'source_id': '7', 'name': None, 'kind': None, 'lon': 109.7, 'lat': 28.3}]
    """
    empty = [None] * len(frame)
    cells = {column.name: _cells(column, frame)[0] or empty for column in table.columns}
    cells |= {name: frame[name].tolist() for name in ("lon", "lat") if name not in cells and name in frame}
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def iter_rows(table: Table, source: str, frame: pd.DataFrame) -> Iterator[Rows]:
    """`to_rows` of `frame` in small parts, at least one; ids that two of them share are not looked for.

    >>> from geo.schema import SOURCES
    >>> frame = pd.DataFrame({"source_id": ["7", "8"]})
    >>> [len(rows.hashes) for rows in iter_rows(SOURCES["elevation"], "srtm", frame)]
    [2]
    """
    for start in range(0, max(len(frame), 1), _MANY):
        yield to_rows(table, source, frame.iloc[start : start + _MANY])


def to_frame(table: Table, rows: Sequence[Sequence[Any]], crs: str) -> pd.DataFrame:
    """The frame of `rows` (schema columns in order, uid, for shaped tables WKB), each column in its declared dtype.

    Shaped tables give a GeoDataFrame in `crs`. text: object of str or None; float: float64; int: Int64; bool: boolean;
    time: datetime64[us, UTC]; date: object of ISO text.

    >>> from geo.schema import SOURCES
    >>> to_frame(SOURCES["elevation"], [("srtm:1",)], "EPSG:4326")["uid"].tolist()
    ['srtm:1']
    """
    names = [*table.names(), "uid", *(["geometry"] if table.geometry in SHAPED else [])]
    lists = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {name: [] for name in names}
    series = {column.name: _series(column, lists[column.name]) for column in table.columns}
    frame = pd.DataFrame(
        {**series, "uid": pd.Series(lists["uid"], dtype=object)}, index=pd.RangeIndex(len(rows)), copy=False
    )
    if table.geometry not in SHAPED:
        return frame
    shapes = shapely.from_wkb(np.array(lists["geometry"], dtype=object))
    shaped: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=crs))
    return shaped


def sum_hashes(hashes: Sequence[bytes]) -> str:
    """The sum of 32-byte `hashes` modulo 2^256 as 64 hex digits; the order of rows does not matter.

    >>> sum_hashes([b"\\xff" * 32, bytes(31) + b"\\x03"])[-2:]
    '02'
    """
    # Eight columns of 32 bits, each summed in 64: exact below 2**32 rows.
    columns = np.frombuffer(b"".join(hashes), dtype=">u4").reshape(-1, 8).sum(axis=0, dtype=np.uint64)
    total = sum(int(column) << 32 * (7 - place) for place, column in enumerate(columns))
    return f"{total % 2**256:064x}"


def id_twice(source: str, row_id: str) -> BadInput:
    """The error of an id that a source gives to two rows."""
    return BadInput(Words(f"source {source}: id {row_id!r} comes twice", f"来源 {source}：编号 {row_id!r} 重复"))


def _source_ids(table: Table, source: str, frame: pd.DataFrame, may_repeat: bool) -> list[str]:
    ids: list[Any] = [None] * len(frame)
    if table.name == "units":
        ids = [f"{level}/{code}" for level, code in zip(_text(frame["level"]), _text(frame["code"]), strict=True)]
    elif "source_id" in frame:
        ids = _text(frame["source_id"])
    once = set(ids)
    if None in once or "" in once:
        raise BadInput(Words(f"source {source}: a row has no id", f"来源 {source}：有一行没有编号"))
    if len(once) < len(ids) and not may_repeat:
        seen: set[str] = set()
        twice = next(row_id for row_id in ids if row_id in seen or seen.add(row_id))  # type: ignore[func-returns-value]
        raise id_twice(source, twice)
    return ids


class _Memo(dict[Any, Any]):
    """What a function makes of each value, worked out once per distinct value."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, value: str) -> str:
        made = self[value] = self.make(value)
        return made


def _text(series: pd.Series) -> list[Any]:
    values = series.tolist()
    if not set(map(type, values)) <= {str, type(None)}:
        values = [None if none else str(value) for none, value in zip(series.isna().tolist(), values, strict=True)]
    if "".join(filter(None, values)).isascii():
        return values
    normal = _Memo(lambda text: normalize("NFC", text))
    normal[None] = None
    return list(map(normal.__getitem__, values))


def _numbers(series: pd.Series) -> list[Any]:
    if series.dtype == np.int64:
        return series.tolist()
    return list(series.astype("Int64").astype(object).where(series.notna(), None).tolist())


def _cells(column: Column, frame: pd.DataFrame) -> Cells:
    """SQL values of one column and its part of each row's JSON ("" for an empty value); None, None: it is empty."""
    if column.name not in frame:
        return None, None
    series: pd.Series = frame[column.name]
    missing: npt.NDArray[np.bool_] = series.isna().to_numpy()
    if missing.all():
        return None, None
    key = f',"{column.name}":'
    if column.dtype in ("text", "date"):
        texts = _text(series)
        pieces = _Memo(lambda text: key + encode_basestring(text))
        pieces[None] = ""
        return texts, list(map(pieces.__getitem__, texts))
    if column.dtype == "float":
        floats = (series.to_numpy("float64", na_value=np.nan) + 0.0).tolist()
        if missing.any():
            floats = [None if isnan(value) else value for value in floats]
        return floats, ["" if value is None else f"{key}{value!r}" for value in floats]
    if column.dtype == "int":
        numbers = _numbers(series)
        return numbers, ["" if value is None else f"{key}{value}" for value in numbers]
    if column.dtype == "bool":
        answers = series.astype("boolean").astype(object).where(series.notna(), None).tolist()
        flags = [None if answer is None else int(answer) for answer in answers]
        known = {None: "", 0: f"{key}false", 1: f"{key}true"}
        return flags, [known[value] for value in flags]
    stamps = series.dt.as_unit("us").to_numpy(dtype="datetime64[us]")
    isos = np.datetime_as_string(stamps, unit="us").tolist()
    micros = stamps.view("int64").tolist()
    empty = np.isnat(stamps)
    if not empty.any():
        return micros, [f'{key}"{iso}Z"' for iso in isos]
    times = [None if none else value for none, value in zip(empty.tolist(), micros, strict=True)]
    return times, ["" if value is None else f'{key}"{iso}Z"' for value, iso in zip(times, isos, strict=True)]


def _series(column: Column, values: list[Any]) -> pd.Series:
    if column.dtype == "float":
        return pd.Series(np.array(values, dtype="float64"))
    if column.dtype == "int":
        return pd.Series(pd.array(values, dtype="Int64"))
    if column.dtype == "bool":
        return pd.Series(pd.array([None if value is None else bool(value) for value in values], dtype="boolean"))
    if column.dtype == "time":
        return to_times(values)
    return pd.Series(values, dtype=object)
