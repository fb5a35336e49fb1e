"""Refusals: which rows are left out, each with its line, its first reason, and its mapped fields' original text."""

import json
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.intake.reasons import explain

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

REFUSED_COLUMNS = ("line", "reason", "explained_en", "explained_zh", "fields")


class Refusals:
    """The refusals of one source of `len(lines)` rows; a row keeps the first reason given to it.

    >>> refusals = Refusals(np.array([2, 3]), {"height_m": np.array(["5", "tall"], dtype=object)})
    >>> refusals.refuse(np.array([False, True]), "bad_number", "height_m")
    >>> refusals.kept().tolist(), refusals.frame().reason.tolist()
    ([True, False], ['bad_number'])
    """

    def __init__(self, lines: Ints, fields: dict[str, Texts]) -> None:
        self.lines = lines
        self.fields = fields
        self.broken: list[tuple[int, str, str]] = []
        self._kept = np.ones(len(lines), dtype=bool)
        self._reason = np.full(len(lines), None, dtype=object)
        self._column = np.full(len(lines), "", dtype=object)
        self._value = np.full(len(lines), None, dtype=object)

    def refuse(self, rows: Bools, code: str, column: str = "", values: Sequence[str] | Texts | None = None) -> None:
        """Refuse `rows` (bool[n]) for `code`; `values`, one per refused row, replace the column's original text."""
        marked = np.flatnonzero(rows)
        if not len(marked):
            return
        fresh = self._kept[marked]
        if values is not None:
            self._value[marked[fresh]] = np.asarray(values, dtype=object)[fresh]
        self._kept[marked] = False
        self._reason[marked[fresh]] = code
        self._column[marked[fresh]] = column

    def merge(self, rows: Ints, other: "Refusals") -> None:
        """Take over the refusals of `other`, whose rows are the positions `rows` (int64[m]) here."""
        for code in set(other._reason) - {None}:
            hit = np.flatnonzero(other._reason == code)
            marked = np.zeros(len(self.lines), dtype=bool)
            marked[rows[hit]] = True
            self.refuse(marked, code, values=other._value[hit])

    def add_broken(self, line: int, code: str, value: str) -> None:
        """Refuse a row that could not even be split into fields."""
        self.broken.append((line, code, value))

    def kept(self) -> Bools:
        """Bool[n]: rows without a reason against them."""
        return self._kept.copy()

    def frame(self) -> pd.DataFrame:
        """The refusals with columns line, reason, explained_en, explained_zh, fields (JSON text), ordered by line."""
        if not self.broken and self._kept.all():
            return _no_refusals().copy()
        rows: list[tuple[int, str, str, str, str]] = []
        for i in np.flatnonzero(~self._kept):
            fields = {name: texts[i] for name, texts in self.fields.items() if texts[i] is not None}
            column = str(self._column[i])
            value = self._value[i] if self._value[i] is not None else fields.get(column, "")
            words = explain(str(self._reason[i]), column, str(value))
            rows.append((int(self.lines[i]), str(self._reason[i]), words.en, words.zh, _json(fields)))
        for line, code, value in self.broken:
            words = explain(code, "", value)
            rows.append((line, code, words.en, words.zh, "{}"))
        rows.sort(key=lambda row: row[0])
        return refused_frame(rows)


def refused_frame(rows: Sequence[tuple[int, str, str, str, str]]) -> pd.DataFrame:
    """A frame of refusals: line is int64, the rest object text (also when there are no rows).

    >>> refused_frame([]).columns.tolist()
    ['line', 'reason', 'explained_en', 'explained_zh', 'fields']
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(REFUSED_COLUMNS)
    series = {
        name: pd.Series(list(values), dtype="int64" if name == "line" else object)
        for name, values in zip(REFUSED_COLUMNS, columns, strict=True)
    }
    return pd.DataFrame(series)


@lru_cache(maxsize=1)
def _no_refusals() -> pd.DataFrame:
    return refused_frame(())


def _json(fields: dict[str, str]) -> str:
    return json.dumps({name: str(text)[:500] for name, text in fields.items()}, ensure_ascii=False)
