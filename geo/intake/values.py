"""From source text to values, column by column: text, numbers, yes and no, days.

Every function takes object arrays of `str | None` and returns values beside a bool array of the rows it
could not read; an empty cell is None, NaN or NA and never a fault here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import BadInput
from geo.schema.masks import read_masks, write_masks

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
#: Whether the column of this name has decimal commas.
HasCommas = Callable[[str], bool]

#: With these characters alone, whatever Python takes for a number is one by `_NUMBER`, too.
_PLAIN_NUMBERS = re.compile(r"[0-9.+\-\n]*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d+", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_MAYBE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_YES = frozenset({"1", "true", "t", "yes", "y", "是", "有", "已", "真", "1.0"})
_NO = frozenset({"0", "false", "f", "no", "n", "否", "无", "未", "没有", "假", "0.0"})


def clean_text(texts: Texts) -> Texts:
    """Stripped, in Unicode NFC; empty becomes None.

    >>> clean_text(np.array([" a ", "", None], dtype=object)).tolist()
    ['a', None, None]
    """
    return _each(texts, _label)


def to_ascii_digits(texts: Texts) -> Texts:
    """Full-width digits and signs made plain, spaces around removed; empty becomes None.

    >>> to_ascii_digits(np.array(["１０９．７", " 5 "], dtype=object)).tolist()
    ['109.7', '5']
    """
    return _each(texts, _plain)


def to_float(texts: Texts, has_commas: Callable[[], bool] | None = None) -> tuple[Floats, Bools]:
    """Float64[n] and the rows that are no finite number.

    A decimal comma is read where it cannot be a thousands mark; "1,234" is read as 1.234 only where the same
    column has other decimal commas and no decimal point, else the row is not read. `has_commas` is asked that of the
    whole column where `texts` are but a part of it.

    >>> values, bad = to_float(np.array(["1.5", "28,31", "12x", None, "nan"], dtype=object))
    >>> values.tolist(), bad.tolist()
    ([1.5, 28.31, nan, nan, nan], [False, False, True, False, True])
    """
    plain = to_ascii_digits(texts)
    values = _read_plain(plain)
    bad = np.zeros(len(plain), dtype=bool)
    if values is None:
        values, bad = _read_any(plain, has_commas or (lambda: has_decimal_commas([plain])))
    infinite = np.isinf(values)
    values[infinite] = np.nan
    return values, bad | infinite


def _read_plain(texts: Texts) -> Floats | None:
    """Numbers of a column of plain decimal numbers and empty cells, None where there is anything else."""
    given = np.array([text is not None for text in texts], dtype=bool)
    values = np.full(len(texts), np.nan)
    if not _PLAIN_NUMBERS.fullmatch("\n".join(texts[given])):
        return None
    try:
        values[given] = texts[given].astype(np.float64)
    except ValueError:
        return None
    return values


def has_decimal_commas(parts: Iterable[Texts]) -> bool:
    """Whether the numbers of a column, given in parts, have decimal commas that can be nothing else, and no points.

    >>> column = np.array(["1,234", "28,31"], dtype=object)
    >>> has_decimal_commas([column]), has_decimal_commas([column, np.array(["1.5"], dtype=object)])
    (True, False)
    """
    found = False
    for texts in parts:
        for text in to_ascii_digits(texts):
            if text is None or ("," not in text and "." not in text):
                continue
            if _NUMBER.fullmatch(text):
                return False
            found = found or bool(_DECIMAL_COMMA.fullmatch(text) and not _MAYBE_THOUSANDS.fullmatch(text))
    return found


def _read_any(plain: Texts, has_commas: Callable[[], bool]) -> tuple[Floats, Bools]:
    values = np.full(len(plain), np.nan)
    bad = np.zeros(len(plain), dtype=bool)
    read = np.array([text is not None and bool(_NUMBER.fullmatch(text)) for text in plain], dtype=bool)
    values[read] = plain[read].astype(np.float64)
    rest = [i for i in np.flatnonzero(~read) if plain[i] is not None]
    unsure = {i for i in rest if _MAYBE_THOUSANDS.fullmatch(plain[i])}
    commas_are_decimal = bool(unsure) and has_commas()
    for i in rest:
        text: str = plain[i]
        if _GROUPED.fullmatch(text):
            values[i] = float(text.replace(",", ""))
        elif _DECIMAL_COMMA.fullmatch(text) and (i not in unsure or commas_are_decimal):
            values[i] = float(text.replace(",", "."))
        else:
            bad[i] = True
    return values, bad


def to_bool(texts: Texts) -> tuple[Texts, Bools]:
    """True, False or None as object[n], and the rows that are neither yes nor no.

    >>> values, bad = to_bool(np.array(["是", "no", "", "perhaps"], dtype=object))
    >>> values.tolist(), bad.tolist()
    ([True, False, None, None], [False, False, False, True])
    """
    plain = to_ascii_digits(texts)
    out = _mapped(plain, _Memo(_yes_or_no))
    return out, np.array((plain != None) & (out == None), dtype=bool)  # noqa: E711 - element by element


def to_masks(texts: Texts) -> tuple[Texts, Bools]:
    """Privacy masks in their plain form, and the rows that are none (`geo.schema.masks`).

    >>> masks, bad = to_masks(np.array(["３５０－10@5-20；90-120", "10-10", None], dtype=object))
    >>> masks.tolist(), bad.tolist()
    (['350-10@5-20;90-120', None, None], [False, True, False])
    """
    out = _mapped(texts, _Memo(_masks))
    return out, np.array((texts != None) & (out == None), dtype=bool)  # noqa: E711 - element by element


def _masks(text: str) -> str | None:
    try:
        return write_masks(read_masks(text))
    except BadInput:
        return None


def map_values(texts: Texts, table: dict[str, str]) -> Texts:
    """Texts replaced by `table`: exact text first, key "" for empty cells, key "*" for other text.

    >>> words = {"在线": "online", "*": "offline", "": "planned"}
    >>> map_values(np.array(["在线", "?", None], dtype=object), words).tolist()
    ['online', 'offline', 'planned']
    """
    known = {_label(key) or "": value for key, value in table.items() if key != "*"}
    fallback = table.get("*")
    memo = _Memo(lambda text: known.get(text, text if fallback is None else fallback))
    memo[None] = known.get("")
    return _mapped(clean_text(texts), memo)


class _Memo(dict[str | None, Any]):
    """What a function makes of each text, worked out once per distinct text; None stays None."""

    def __init__(self, change: Callable[[str], Any]) -> None:
        super().__init__({None: None})
        self.change = change

    def __missing__(self, text: str) -> Any:
        made = self[text] = self.change(text)
        return made


def _mapped(texts: Texts, memo: _Memo) -> Texts:
    out = np.empty(len(texts), dtype=object)
    out[:] = list(map(memo.__getitem__, texts))
    return out


def _each(texts: Texts, change: Callable[[str], str | None]) -> Texts:
    """`change` of each text; it only strips where all text is ASCII, which many distinct numbers and times are."""
    if not "".join(filter(None, texts)).isascii():
        return _mapped(texts, _Memo(change))
    out = np.empty(len(texts), dtype=object)
    out[:] = _stripped(texts)
    return out


def _stripped(texts: Texts) -> list[str | None]:
    try:
        plain = list(map(str.strip, texts))
    except TypeError:
        return [None if text is None else text.strip() or None for text in texts]
    return list(plain) if all(plain) else [text or None for text in plain]


def _yes_or_no(word: str) -> bool | None:
    plain = word.lower()
    return True if plain in _YES else False if plain in _NO else None


def _label(text: str) -> str | None:
    stripped = text.strip()
    if not stripped:
        return None
    return stripped if stripped.isascii() else unicodedata.normalize("NFC", stripped)


def _plain(text: str) -> str | None:
    stripped = text.strip()
    if not stripped:
        return None
    return stripped if stripped.isascii() else unicodedata.normalize("NFKC", stripped).strip().replace("−", "-")
