"""Fill patterns on paper, each with one meaning: gap 45 degrees, no data dots, hidden horizontal lines."""

from collections.abc import Sequence

from webmap.paper.sheet import Ring, Sheet

Box = tuple[float, float, float, float]
_GAP_PITCH_PT, _HIDDEN_PITCH_PT, _DOT_PITCH_PT = 4.4, 3.0, 4.0
_DOT_PT = 0.9


def diagonals(box: Box, pitch: float) -> list[Ring]:
    """Lines at 45 degrees across `box` (left, top, right, bottom), `pitch` points apart, rising to the right.

    They stand at the same places whatever the box, so that a pattern runs on from one area to the next.

    >>> diagonals((0, 0, 10, 10), 10 / 2**0.5)
    [[(0, 0.0), (10, -10.0)], [(0, 10.0), (10, 0.0)], [(0, 20.0), (10, 10.0)]]
    """
    left, top, right, bottom = box
    step = pitch * 2**0.5
    first, last = round((left + top) / step), round((right + bottom) / step)
    return [[(left, n * step - left), (right, n * step - right)] for n in range(first, last + 1)]


def fill_pattern(sheet: Sheet, kind: str, rings: Sequence[Ring], box: Box, ink: str = "ink3") -> None:
    """Fill the areas between `rings`, which lie in `box`, with the pattern `kind`: gap, nodata or suppressed."""
    left, top, right, bottom = box
    with sheet.clipped(rings):
        if kind == "gap":
            sheet.strokes(diagonals(box, _GAP_PITCH_PT), ink, 0.7)
        elif kind == "suppressed":
            rows = range(int(top / _HIDDEN_PITCH_PT), int(bottom / _HIDDEN_PITCH_PT) + 2)
            sheet.strokes([[(left, n * _HIDDEN_PITCH_PT), (right, n * _HIDDEN_PITCH_PT)] for n in rows], ink, 0.6)
        else:
            columns = range(int(left / _DOT_PITCH_PT), int(right / _DOT_PITCH_PT) + 2)
            rows = range(int(top / _DOT_PITCH_PT), int(bottom / _DOT_PITCH_PT) + 2)
            corners = [(column * _DOT_PITCH_PT, row * _DOT_PITCH_PT) for row in rows for column in columns]
            sheet.areas([_square(x, y) for x, y in corners], fill=ink)


def _square(x: float, y: float) -> Ring:
    return [(x, y), (x + _DOT_PT, y), (x + _DOT_PT, y + _DOT_PT), (x, y + _DOT_PT)]
