"""CSV files: encoding, delimiter, true line numbers.

Encodings are tried in this order: the mapping's, a byte order mark, UTF-8, GB18030. Lines are those of the
file: the header is line 1, and a quoted field that holds line breaks counts every one of them.
"""

import codecs
import csv
import io
from itertools import compress
from operator import itemgetter

import numpy as np

from geo.errors import BadInput, Words
from geo.intake.readers.source import Request, Source, check_size, find_columns, texts

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t|"


def read_delimited(request: Request) -> Source:
    """Every row of a CSV file with the wanted columns as text; rows of another width than the header are broken."""
    check_size(request.path, request.rules)
    text, encoding = decode(request.file, request.path.read_bytes(), request.encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text))
    rows: list[list[str]] = []
    ends = [0]
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise BadInput(
            Words(
                f"{request.file}, line {reader.line_num}: {error}",
                f"{request.file} 第 {reader.line_num} 行无法解析：{error}",
            )
        ) from error
    top = next((i for i, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if top is None:
        raise BadInput(Words(f"{request.file} is empty", f"{request.file} 为空"))
    header, rows, starts = rows[top], rows[top + 1 :], np.array(ends[top + 1 : -1], dtype=np.int64) + 1
    places = find_columns(request.file, header, request.wanted, request.rules)
    n_cells = np.array(list(map(len, rows)), dtype=np.int64)
    whole = n_cells == len(header)
    broken = tuple((int(starts[i]), "bad_row", str(n_cells[i])) for i in np.flatnonzero(~whole & (n_cells > 0)))
    rows = list(compress(rows, whole.tolist()))
    columns = {name: texts(map(itemgetter(place), rows)) for name, place in places.items()}
    notes: tuple[Words, ...] = ()
    if not encoding.startswith("utf-8"):
        preview = ", ".join(header)[:80]
        notes = (
            Words(f"{request.file} was read as {encoding}: {preview}", f"{request.file} 按 {encoding} 读取：{preview}"),
        )
    return Source(columns, starts[whole], broken=broken, notes=notes)


def decode(file: str, data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of `data` and the encoding it was read in; `BadInput` with a preview where none fits.

    >>> decode("a.csv", "名称".encode("gb18030"))
    ('名称', 'gb18030')
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    tried = (encoding.lower(),) if encoding else (marked,) if marked else ("utf-8", "gb18030")
    for name in tried:
        try:
            text = data.decode("utf-8-sig" if name == "utf-8" else name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, name
    preview = data[:60].decode("latin-1").encode("unicode_escape").decode("ascii")
    raise BadInput(
        Words(
            f"{file} is not text in {' or '.join(tried)}; state its encoding in the mapping. It begins: {preview}",
            f"{file} 不是 {' 或 '.join(tried)} 文本，请在映射中写明 encoding。开头为：{preview}",
        )
    )


def _find_delimiter(text: str) -> str:
    header = text[: text.find("\n") if "\n" in text else len(text)][:100_000]
    return max(_DELIMITERS, key=lambda mark: (header.count(mark), -_DELIMITERS.index(mark)))
