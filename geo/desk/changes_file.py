"""A CSV of changes to the register: which row, why, and what is to stand in which column."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from geo.errors import BadInput, TooLarge, Words
from geo.intake.rows import columns_of_rows

MAX_LINES = 10_000
_ENCODINGS = ("utf-8-sig", "gb18030")
_KEYS = frozenset({"uid", "source", "source_id", "reason"})
_NO_ROW = Words("neither uid nor source and source_id is given", "未写 uid，也未写 source 与 source_id")
_NO_REASON = Words("a reason is needed", "须写明理由")
_NO_KEYS = Words(
    "the header needs reason, and uid or source and source_id",
    "表头须有 reason，以及 uid 或 source 与 source_id",
)
_UNEVEN = Words("the row has not as many fields as the header", "该行字段数与表头不符")


@dataclass(frozen=True)
class ChangeLine:
    """One line: the uid of its row, the reason, new values as text by column, and why it cannot be followed, if so."""

    line: int
    uid: str
    reason: str
    values: dict[str, str]
    fault: Words | None


def read_changes(table: str, body: bytes) -> list[ChangeLine]:
    """The lines of a CSV in UTF-8 or GB18030 with a header. Errors: `BadInput`, `TooLarge` above `MAX_LINES`.

    >>> read_changes("cameras", b"uid,status,reason\\npolice:7,offline,broken\\n")[0]
    ChangeLine(line=2, uid='police:7', reason='broken', values={'status': 'offline'}, fault=None)
    """
    reader = csv.reader(io.StringIO(_decode(body), newline=""), strict=True)
    header = [name.strip() for name in next(_rows(reader), [])]
    _check_header(table, header)
    lines: list[ChangeLine] = []
    for cells in _rows(reader):
        if len(lines) >= MAX_LINES:
            raise TooLarge(Words(f"more than {MAX_LINES} lines", f"超过 {MAX_LINES} 行"))
        if any(cell.strip() for cell in cells):
            lines.append(_to_line(reader.line_num, header, cells))
    return lines


def _to_line(number: int, header: list[str], cells: list[str]) -> ChangeLine:
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    pair = f"{row.get('source', '')}:{row.get('source_id', '')}"
    uid = row.get("uid") or (pair if row.get("source") and row.get("source_id") else "")
    reason = row.get("reason", "")
    values = {name: cell for name, cell in row.items() if cell and name not in _KEYS}
    fault = _UNEVEN if len(cells) != len(header) else None if uid else _NO_ROW
    return ChangeLine(number, uid, reason, values, fault or (None if reason else _NO_REASON))


def _check_header(table: str, header: list[str]) -> None:
    known = _KEYS | set(columns_of_rows(table))
    faults = [Words(f"{table} has no column {name!r}", f"表 {table} 没有列 {name!r}") for name in set(header) - known]
    if len(set(header)) < len(header):
        faults.append(Words("a column comes twice", "有重复的列"))
    if "reason" not in header or not ({"uid"} <= set(header) or {"source", "source_id"} <= set(header)):
        faults.append(_NO_KEYS)
    if faults:
        raise BadInput(*faults)


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise BadInput(Words(f"this is no CSV: {error}", f"不是 CSV：{error}")) from error


def _decode(body: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(Words("the file is neither UTF-8 nor GB18030", "文件既不是 UTF-8 也不是 GB18030"))
