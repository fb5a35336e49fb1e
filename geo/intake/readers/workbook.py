"""XLSX workbooks in parts: the first sheet, or the one named as layer; the header may stand below title rows."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from geo.errors import BadInput, TooLarge, Words
from geo.intake.readers.archive import check_archive, check_xml
from geo.intake.readers.heading import TOP_LINES, find_header
from geo.intake.readers.source import (
    Request,
    Source,
    cell_text,
    check_columns,
    check_size,
    find_columns,
    texts,
    unreadable,
)

Cells = tuple[Any, ...]
Row = tuple[int, Cells]

_MANY_ROWS = 50_000
#: No spreadsheet program writes more.
_MAX_ROWS = 1_048_576
#: A spreadsheet keeps so many digits of a number; of a longer one the rest is zeros.
_DIGITS = 15
_XLSX_ERRORS = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    NotImplementedError,
    EOFError,
)


def iter_workbook(request: Request) -> Iterator[Source]:
    """The rows of a sheet that are not empty, as the values last calculated; lines are the sheet's row numbers."""
    with open_sheet(request) as (_, rows):
        header_line, header, rest = split_header(request, rows)
        places = find_columns(request.file, header, request.wanted, request.rules)
        notes: tuple[Words, ...] = ()
        if header_line > 1:
            en, zh = f"the header is row {header_line}", f"表头在第 {header_line} 行"
            notes = (Words(f"{request.file}: {en}", f"{request.file}：{zh}"),)
        is_last = False
        while not is_last:
            part = take(rest, _MANY_ROWS)
            is_last = len(part) < _MANY_ROWS
            columns = {name: texts(cell(row, place) for _, row in part) for name, place in places.items()}
            yield Source(columns, np.array([line for line, _ in part], dtype=np.int64), notes=notes)
            notes = ()


@contextmanager
def open_sheet(request: Request) -> Iterator[tuple[list[str], Iterator[Row]]]:
    """The names of the sheets, and the rows of the wanted one that are not empty, each with its number."""
    check_size(request.path, request.rules)
    check_xml(request.path, check_archive(request.path, request.rules, nested=True))
    try:
        book = openpyxl.load_workbook(request.path, read_only=True, data_only=True, keep_links=False)
        try:
            names = list(book.sheetnames)
            yield names, _iter_rows(request, book, names)
        finally:
            book.close()
    except _XLSX_ERRORS as error:
        raise unreadable(request, error) from error


def split_header(request: Request, rows: Iterator[Row]) -> tuple[int, list[str], Iterator[Row]]:
    """Number and cells of the header row, and the rows below it; `BadInput` where the sheet is empty."""
    top = take(rows, max(TOP_LINES, request.header_line))
    if request.header_line:
        found = next((i for i, (line, _) in enumerate(top) if line >= request.header_line), None)
    else:
        found = find_header([[_text(cell) or "" for cell in row] for _, row in top], request.wanted)
    if found is None:
        raise BadInput(Words(f"{request.file} is empty", f"{request.file} 为空"))
    line, header = top[found]
    return line, [_text(cell) or "" for cell in header], chain(top[found + 1 :], rows)


def take(rows: Iterator[Row], n: int) -> list[Row]:
    """The next `n` rows, or as many as there are."""
    with warnings.catch_warnings():
        # Dates out of range and unknown extensions are warned of; the cells then say so themselves.
        warnings.simplefilter("ignore")
        return list(islice(rows, n))


def cell(row: Cells, place: int) -> str | None:
    """The text of the cell at `place` of a row that may be shorter."""
    return _text(row[place]) if place < len(row) else None


def _text(value: Any) -> str | None:
    """The text of a cell; a whole number with only zeros after its 15th digit went through a spreadsheet's floats.

    >>> _text(34020000001320001), _text(34020000001320000000), _text(7.0)
    ('34020000001320001', '3.402000000132E+19', '7')
    """
    if type(value) is int and abs(value) >= 10**_DIGITS and value % 10 ** (len(str(abs(value))) - _DIGITS) == 0:
        return cell_text(float(value))
    return cell_text(value)


def _iter_rows(request: Request, book: openpyxl.Workbook, names: list[str]) -> Iterator[Row]:
    if not names or (request.layer and request.layer not in names):
        known = ", ".join(names) or "-"
        raise BadInput(
            Words(
                f"{request.file} has no sheet {request.layer!r}; sheets are {known}",
                f"{request.file} 没有工作表 {request.layer!r}；现有：{known}",
            )
        )
    sheet = book[request.layer or names[0]]
    if not isinstance(sheet, ReadOnlyWorksheet):
        raise BadInput(Words(f"{request.file}: {sheet.title} is a chart", f"{request.file}：{sheet.title} 是图表"))
    # What a sheet says of its own size is not to be trusted.
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if line > _MAX_ROWS:
            raise TooLarge(
                Words(f"{request.file} has more than {_MAX_ROWS} rows", f"{request.file} 超过 {_MAX_ROWS} 行")
            )
        check_columns(request.file, len(row), request.rules)
        if any(cell is not None for cell in row):
            yield line, row
