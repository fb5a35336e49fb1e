"""Text broken into lines: Latin words stay whole, Chinese breaks anywhere but before and after certain marks."""

import re
from collections.abc import Callable

#: Marks that begin no line, and such that end none (GB/T 15834).
_NOT_FIRST = "，。、；：！？）》」』】”’％%,.;:!?)]·"
_NOT_LAST = "（《「『【“‘([#"
_PIECE = re.compile(r"[^\S\u00a0]+|(?:\u00a0|[^\s\u2E80-\u9FFF\uFF00-\uFFEF，。、；：（）《》“”])+|.", re.DOTALL)


def break_lines(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    """The lines of `text`, none wider than `width` where a break can prevent it; `width_of` measures a line.

    >>> break_lines("seen by two", 7, len)
    ['seen by', 'two']
    >>> break_lines("at 500\xa0m", 5, len)
    ['at', '500\xa0m']
    >>> break_lines("逐月上升（p = 0.01）。", 5, len)
    ['逐月上升', '（p =', '0.01）。']
    """
    lines, line = [], ""
    for piece in _joined(_PIECE.findall(text)):
        if line and width_of((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _joined(pieces: list[str]) -> list[str]:
    """Pieces with the marks that must not be parted from them."""
    found: list[str] = []
    for piece in pieces:
        if found and (piece[0] in _NOT_FIRST or found[-1][-1] in _NOT_LAST):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def cut_to(text: str, width: float, width_of: Callable[[str], float]) -> str:
    """`text`, or as much of its beginning as fits with an ellipsis after it (the Chinese one stands at half height).

    What stands behind a last comma is kept: there a grid's name has its number.

    >>> [cut_to(text, 14, len) for text in ("Xiangxi Prefecture", "Renminlu, grid 1")]
    ['Xiangxi Pre...', 'Ren..., grid 1']
    >>> cut_to("湘西土家族苗族自治州", 4, len)
    '湘西土…'
    """
    if width_of(text) <= width:
        return text
    head, comma, tail = text.rpartition(", ")
    end = ("..." if text.isascii() else "…") + (comma + tail if len(tail) < len(head) else "")
    head = head if len(tail) < len(head) else text
    while head and width_of(head + end) > width:
        head = head[:-1]
    return head.rstrip() + end
