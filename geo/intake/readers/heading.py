"""Where a table begins: its delimiter, and its header row below the title lines that offices put on top."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

DELIMITERS = ",;\t|"
#: A header is looked for in so many lines from the top.
TOP_LINES = 50
#: A header names at least this share of the columns that are filled further down.
_NAMED_SHARE = 0.7
_NUMBER = re.compile(r"[+-]?[\d.,/:% -]+")


def plain_name(name: object) -> str:
    """A column's name as it is compared: Unicode NFC, no spaces around, no byte order mark.

    >>> plain_name(" \\ufefflon ")
    'lon'
    """
    return unicodedata.normalize("NFC", str(name)).lstrip("\ufeff \t").strip()


def find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that splits most of `lines` into the same number of fields, more than one.

    >>> find_delimiter(["Cameras of 2024\\n", "id;x;y\\n", "a;109,7;28,3\\n", "b;109,8;28,3\\n"])
    ';'
    """

    def score(mark: str) -> tuple[int, int, int]:
        widths = Counter(n for line in lines if (n := _width(line, mark)) > 1)
        width, n_lines = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        return n_lines, width, -DELIMITERS.index(mark)

    return max(DELIMITERS, key=score)


def find_header(rows: Sequence[Sequence[str]], wanted: Sequence[str] = ()) -> int | None:
    """Position in `rows` (the first of a table) of the header; None where every row is empty.

    It is the first row that names all `wanted` columns; failing that, the first that fills most of the columns with
    different words; failing that, the first that is not empty.

    >>> find_header([["乾州街道摄像机台账", "", ""], ["编号", "经度", "纬度"], ["1", "109.7", "28.3"]])
    1
    """
    filled = [[plain_name(cell) for cell in row if cell and not cell.isspace()] for row in rows]
    names = {plain_name(name) for name in wanted}
    if names:
        named = next((i for i, row in enumerate(filled) if names.issubset(row)), None)
        if named is not None:
            return named
    most = max(map(len, filled), default=0)
    for i, row in enumerate(filled):
        enough = len(row) >= max(1, most * _NAMED_SHARE)
        if enough and len(set(row)) == len(row) and not any(map(_NUMBER.fullmatch, row)):
            return i
    return next((i for i, row in enumerate(filled) if row), None)


def _width(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return line.count(mark) + 1
