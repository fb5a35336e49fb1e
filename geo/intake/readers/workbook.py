"""XLSX workbooks: the first sheet, or the one named as layer; row 1 is the header."""

import zipfile
from operator import itemgetter
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geo.errors import BadInput, Words
from geo.intake.readers.archive import check_archive
from geo.intake.readers.source import Request, Source, cell_text, check_size, find_columns, texts


def read_workbook(request: Request) -> Source:
    """Every row of a sheet that is not empty, as the values last calculated; lines are the sheet's row numbers."""
    check_size(request.path, request.rules)
    check_archive(request.path, request.rules, nested=True)
    try:
        book = openpyxl.load_workbook(request.path, read_only=True, data_only=True, keep_links=False)
        try:
            return _read_sheet(request, book)
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ParseError, ValueError, OSError) as error:
        said = str(error)[:160]
        raise BadInput(Words(f"{request.file} cannot be read: {said}", f"无法读取 {request.file}：{said}")) from error


def _read_sheet(request: Request, book: openpyxl.Workbook) -> Source:
    if request.layer and request.layer not in book.sheetnames:
        known = ", ".join(book.sheetnames)
        raise BadInput(
            Words(
                f"{request.file} has no sheet {request.layer!r}; sheets are {known}",
                f"{request.file} 没有工作表 {request.layer!r}；现有：{known}",
            )
        )
    sheet = book[request.layer or book.sheetnames[0]]
    rows: list[tuple[object, ...]] = []
    lines: list[int] = []
    header: list[str] | None = None
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if header is None:
            header = [cell_text(cell) or "" for cell in row] if any(cell is not None for cell in row) else None
        elif any(cell is not None for cell in row):
            rows.append((*row, *[None] * (len(header) - len(row))))
            lines.append(line)
    if header is None:
        raise BadInput(Words(f"{request.file} is empty", f"{request.file} 为空"))
    places = find_columns(request.file, header, request.wanted, request.rules)
    columns = {name: texts(map(itemgetter(place), rows)) for name, place in places.items()}
    return Source(columns, np.array(lines, dtype=np.int64))
