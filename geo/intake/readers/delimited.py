"""CSV files in parts: delimiter, header row below title lines, true line numbers.

Lines are those of the file, counted from 1, and a quoted field that holds line breaks counts every one of them. A part
without oddities (blank lines, rows of another width, breaks inside fields) is split by Arrow, any other by
the csv module, which gives the same cells.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import compress, islice
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from geo.errors import BadInput, Words
from geo.intake.readers.heading import TOP_LINES, find_delimiter, find_header
from geo.intake.readers.source import Request, Source, check_size, find_columns, texts
from geo.intake.readers.text import MAX_LINE_CHARS, find_encoding, iter_blocks

#: The csv module's own limit on a field; the same for parts that Arrow splits.
_MAX_FIELD = csv.field_size_limit()
_LINE_FEED = ord("\n")


@dataclass(frozen=True)
class Top:
    """The beginning of a file: how it is written, its header, the text down to it, and the first line below."""

    encoding: str
    delimiter: str
    header: list[str]
    header_line: int
    data_line: int
    above: str


def read_top(request: Request) -> Top:
    """Encoding, delimiter and header of a CSV file, by its first lines; `BadInput` where it is empty."""
    encoding = find_encoding(request.path, request.encoding)
    with request.path.open(encoding=encoding, newline="") as file:
        n_lines = max(TOP_LINES, request.header_line)
        lines = list(islice(iter(lambda: file.readline(MAX_LINE_CHARS), ""), n_lines))
    delimiter = find_delimiter(lines)
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    ends = [0]
    with _in_words(request, reader):
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    if request.header_line:
        found = next((i for i, end in enumerate(ends[1:]) if end >= request.header_line), None)
    else:
        found = find_header(rows, request.wanted)
    if found is None:
        raise BadInput(Words(f"{request.file} is empty", f"{request.file} 为空"))
    above = "".join(lines[: ends[found + 1]])
    return Top(encoding, delimiter, rows[found], ends[found] + 1, ends[found + 1] + 1, above)


def iter_delimited(request: Request) -> Iterator[Source]:
    """The rows of a CSV file with the wanted columns as text; rows of another width than the header are broken."""
    check_size(request.path, request.rules)
    yield from iter_below(request, read_top(request))


def iter_below(request: Request, top: Top) -> Iterator[Source]:
    """`iter_delimited` of a file whose `top` is known."""
    places = find_columns(request.file, top.header, request.wanted, request.rules)
    notes = tuple(_notes(request, top))
    blocks = iter_blocks(request.path, top.encoding, above=top.above)
    line = top.data_line
    for block, share in blocks:
        part, n_lines = _split_plain(block, top, places, line) or _split_any(request, block, blocks, top, places, line)
        yield replace(part, notes=notes, share=share)
        line, notes = line + n_lines, ()
    if line == top.data_line:
        yield Source({name: texts(()) for name in places}, np.zeros(0, dtype=np.int64), notes=notes)


def _split_plain(block: bytes, top: Top, places: dict[str, int], line: int) -> tuple[Source, int] | None:
    """The rows of `block`, whose first line is number `line`, by Arrow, and how many lines they take.

    None where a row is not exactly one line of the header's width, or Arrow might see other cells than the csv module.
    """
    breaks = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == _LINE_FEED)
    n_lines = len(breaks) + (not block.endswith(b"\n"))
    if block.startswith((b"\n", b"\r", codecs.BOM_UTF8)) or b"\n\n" in block or b"\n\r\n" in block:
        return None
    if b"\r" in block and not block.count(b"\r\n") == block.count(b"\r") == len(breaks):
        return None
    if np.diff(breaks, prepend=-1, append=len(block)).max() > _MAX_FIELD:
        return None
    names = [str(place) for place in range(len(top.header))]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(block),
            pyarrow.csv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
            pyarrow.csv.ParseOptions(delimiter=top.delimiter, newlines_in_values=True, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[place] for place in places.values()] or names[:1],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != n_lines or _leaves_open(block, top.delimiter):
        return None
    columns = {name: table.column(names[place]).to_numpy(zero_copy_only=False) for name, place in places.items()}
    return Source(columns, np.arange(line, line + n_lines, dtype=np.int64)), n_lines


def _leaves_open(block: bytes, delimiter: str) -> bool:
    """Whether the last line of `block` opens a quoted field that goes on behind it."""
    last = block[block.rfind(b"\n", 0, -1) + 1 :].decode()
    reader = csv.reader([last, ""], delimiter=delimiter)
    next(reader)
    return reader.line_num > 1


def _split_any(
    request: Request, block: bytes, more: Iterator[tuple[bytes, float]], top: Top, places: dict[str, int], line: int
) -> tuple[Source, int]:
    """The rows of `block` and of as many blocks of `more` as the last row needs, and how many lines they take."""
    lines = _Lines(block, more)
    reader = csv.reader(lines, delimiter=top.delimiter)
    rows: list[list[str]] = []
    ends = [0]
    with _in_words(request, reader, line - 1):
        while not lines.all_read() and (row := next(reader, None)) is not None:
            rows.append(row)
            ends.append(reader.line_num)
    starts = np.array(ends[:-1], dtype=np.int64) + line
    n_cells = np.array([len(row) for row in rows], dtype=np.int64)
    whole: npt.NDArray[np.bool_] = n_cells == len(top.header)
    broken = tuple((int(starts[i]), "bad_row", str(n_cells[i])) for i in np.flatnonzero(~whole & (n_cells > 0)))
    kept = list(compress(rows, whole.tolist()))
    columns = {name: texts(map(itemgetter(place), kept)) for name, place in places.items()}
    return Source(columns, starts[whole], broken=broken), ends[-1]


class _Lines:
    """The lines of a block and, where they are asked for, of those after it."""

    def __init__(self, block: bytes, more: Iterator[tuple[bytes, float]]) -> None:
        self._more = more
        self._take(block)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self._left:
            self._take(next(self._more)[0])
        line = next(self._lines)
        self._left -= len(line)
        return line

    def _take(self, block: bytes) -> None:
        text = block.decode()
        self._left, self._lines = len(text), io.StringIO(text, newline="")

    def all_read(self) -> bool:
        """Whether the next line would be one of another block."""
        return not self._left


@contextmanager
def _in_words(request: Request, reader: Any, lines_before: int = 0) -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        line = lines_before + reader.line_num
        raise BadInput(
            Words(f"{request.file}, line {line}: {error}", f"{request.file} 第 {line} 行无法解析：{error}")
        ) from error


def _notes(request: Request, top: Top) -> Iterator[Words]:
    preview = ", ".join(top.header)[:80]
    if not top.encoding.startswith("utf-8"):
        yield Words(
            f"{request.file} was read as {top.encoding}: {preview}", f"{request.file} 按 {top.encoding} 读取：{preview}"
        )
    if top.header_line > 1:
        yield Words(
            f"{request.file}: the header is line {top.header_line}: {preview}",
            f"{request.file}：表头在第 {top.header_line} 行：{preview}",
        )
