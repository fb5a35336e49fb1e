"""What every reader gives back, part by part: the wanted columns as text, line numbers, geometry, CRS."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.heading import plain_name
from geo.rules import Rules

Texts = npt.NDArray[np.object_]
Entry = TypeVar("Entry")

#: From here on a float no longer holds every integer that a spreadsheet shows.
_EXACT_FLOAT = 1e15


@dataclass(frozen=True)
class Request:
    """What to take out of which file: only `wanted` columns ever leave it."""

    path: Path
    wanted: tuple[str, ...]
    rules: Rules
    layer: str = ""
    encoding: str = ""
    #: Line of the header in a CSV file or workbook, 0 to find it.
    header_line: int = 0

    @property
    def file(self) -> str:
        """The file's name, for words to people."""
        return self.path.name


@dataclass(frozen=True)
class Source:
    """A file as read, or the next part of it.

    `columns` are object[n] of `str | None`, `lines` int64[n], `geometry` object[n] or None.
    `crs` is what the file itself states (None where it states none), `default_crs` what its format means by saying
    nothing. `broken` are rows that could not be split into fields, as (line, reason, text); `faults` says by
    position which shapes could not be built. `share` is how much of the file was read by then.
    """

    columns: dict[str, Texts]
    lines: npt.NDArray[np.int64]
    geometry: Texts | None = None
    crs: pyproj.CRS | None = None
    default_crs: pyproj.CRS | None = None
    broken: tuple[tuple[int, str, str], ...] = ()
    notes: tuple[Words, ...] = ()
    faults: dict[int, str] = field(default_factory=dict)
    share: float = 1.0

    @property
    def n_read(self) -> int:
        """Rows read, broken ones included."""
        return len(self.lines) + len(self.broken)


def cell_text(value: Any) -> str | None:
    """A typed cell as the text a mapping sees: 433101.0 is "433101", a float too large to be exact is in E notation.

    >>> cell_text(433101.0), cell_text(3.402e19), cell_text(True), cell_text(None), cell_text(0.5)
    ('433101', '3.402E+19', 'true', None, '0.5')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        number = float(value)
        if np.isnan(number):
            return None
        if not number.is_integer():
            return repr(number)
        return str(int(number)) if abs(number) < _EXACT_FLOAT else _e_notation(number)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, bytes | bytearray | memoryview):
        return None
    return json.dumps(value, ensure_ascii=False, default=str)


def texts(values: Iterable[Any]) -> Texts:
    """`values` as object[n] of `str | None`.

    >>> texts([1, None, "a"]).tolist()
    ['1', None, 'a']
    """
    cells = [value if type(value) is str or value is None else cell_text(value) for value in values]
    out = np.empty(len(cells), dtype=object)
    out[:] = cells
    return out


def find_columns(file: str, header: Sequence[str], wanted: Sequence[str], rules: Rules) -> dict[str, int]:
    """Position of each wanted column in `header`; `BadInput` with every one that is missing or there twice.

    >>> find_columns("a.csv", ["id", " lon "], ["lon"], Rules())
    {'lon': 1}
    """
    check_columns(file, len(header), rules)
    places: dict[str, list[int]] = {}
    for position, name in enumerate(header):
        places.setdefault(plain_name(name), []).append(position)
    faults = []
    for name in wanted:
        n = len(places.get(plain_name(name), []))
        if n == 0:
            known = ", ".join(repr(str(other)[:40]) for other in list(header)[:30])
            faults.append(
                Words(f"{file} has no column {name!r}; columns are {known}", f"{file} 缺少列 {name!r}；现有列：{known}")
            )
        elif n > 1:
            faults.append(Words(f"{file} has {n} columns called {name!r}", f"{file} 有 {n} 个列名为 {name!r}"))
    if faults:
        raise BadInput(*faults)
    return {name: places[plain_name(name)][0] for name in wanted}


def by_suffix(registry: Mapping[str, Entry], path: Path) -> Entry:
    """What `registry` holds for the suffix of `path`; `BadInput` lists the suffixes it knows.

    >>> by_suffix({".csv": 1}, Path("A.CSV"))
    1
    """
    found = registry.get(path.suffix.lower())
    if found is None:
        known = " ".join(registry)
        raise BadInput(
            Words(f"{path.name}: no such format; known: {known}", f"{path.name}：不支持的格式；可用：{known}")
        )
    return found


def unreadable(request: Request, error: Exception) -> BadInput:
    """`error` of a library in our words, without the folder that the file is in."""
    said = str(error).replace(str(request.path), request.file)[:160]
    return BadInput(Words(f"{request.file} cannot be read: {said}", f"无法读取 {request.file}：{said}"))


def check_columns(file: str, n: int, rules: Rules) -> None:
    """`TooLarge` where a file has more columns than the rules allow."""
    if n > rules.max_columns:
        raise TooLarge(
            Words(
                f"{file} has {n} columns, more than {rules.max_columns}",
                f"{file} 有 {n} 列，超过上限 {rules.max_columns}",
            )
        )


def check_size(path: Path, rules: Rules) -> None:
    """`TooLarge` where the file has more bytes than the rules allow."""
    n_bytes = path.stat().st_size
    if n_bytes > rules.max_file_bytes:
        raise TooLarge(
            Words(
                f"{path.name} has {n_bytes} bytes, more than {rules.max_file_bytes}",
                f"{path.name} 有 {n_bytes} 字节，超过上限 {rules.max_file_bytes}",
            )
        )


def check_vertices(file: str, n_vertices: int, rules: Rules) -> None:
    """`TooLarge` where a file has more vertices than the rules allow; called before any shape is built."""
    if n_vertices > rules.max_vertices:
        raise TooLarge(
            Words(
                f"{file} has about {n_vertices} vertices, more than {rules.max_vertices}",
                f"{file} 约有 {n_vertices} 个顶点，超过上限 {rules.max_vertices}",
            )
        )


def count_vertices(wkb: Texts) -> int:
    """About how many vertices `wkb` (object[n] of bytes or None) holds, by its sizes alone; plain points are free."""
    sizes = [len(shape) for shape in wkb if shape is not None]
    return sum(size for size in sizes if size > 64) // 16


def shapes_from_wkb(wkb: Texts) -> tuple[Texts, dict[int, str]]:
    """Shapes of `wkb` (object[n] of bytes or None) and what is wrong with which row; `check_vertices` comes first."""
    given = np.array([bool(shape) for shape in wkb], dtype=bool)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    lost = np.flatnonzero(given & shapely.is_missing(shapes))
    return shapes, {int(i): "not valid WKB" for i in lost}


def join_parts(parts: Sequence[Source]) -> Source:
    """The parts of one file as one."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    starts = np.cumsum([0, *(len(part.lines) for part in parts)])
    shapes = [part.geometry for part in parts if part.geometry is not None]
    return replace(
        first,
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in first.columns},
        lines=np.concatenate([part.lines for part in parts]),
        geometry=np.concatenate(shapes) if shapes else None,
        broken=tuple(row for part in parts for row in part.broken),
        notes=tuple(note for part in parts for note in part.notes),
        faults={
            int(start) + i: said for start, part in zip(starts, parts, strict=False) for i, said in part.faults.items()
        },
    )


def _e_notation(number: float) -> str:
    mantissa, exponent = f"{number:.14E}".split("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
