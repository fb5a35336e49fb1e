"""Rows of figures on paper: a dot with its interval, a bar, a bar of parts; brackets round what chance explains."""

from collections.abc import Sequence
from dataclasses import dataclass

from webmap.paper.parts.column import Part, Place
from webmap.paper.sheet import BODY_PT, SMALL_PT, Sheet
from webmap.paper.typeface import width_of

ROW_PT = 13.2
_GUTTER_PT = 8.0


@dataclass(frozen=True)
class Dot:
    """A value with its interval, all on one scale 0..1; None: not known. `words` stand instead of a figure."""

    value: float | None
    low: float | None = None
    high: float | None = None
    words: str = ""
    is_bad: bool = False


def to_dot(ends: Sequence[float | None], scale: tuple[float, float], words: str, *, is_bad: bool = False) -> Dot:
    """The dot of (value, low, high) on a track that runs from the first of `scale` to the second.

    >>> to_dot((5.0, 0.0, 10.0), (0.0, 20.0), "5")
    Dot(value=0.25, low=0.0, high=0.5, words='5', is_bad=False)
    """
    first, last = scale
    value, low, high = (None if end is None else (end - first) / ((last - first) or 1.0) for end in ends)
    return Dot(value, low, high, words, is_bad)


@dataclass(frozen=True)
class DotRow:
    """A named row: a dot per column, each with its figure; the number on the map if it has one; words behind them."""

    name: str
    dots: tuple[Dot, ...]
    number: str = ""
    tails: tuple[str, ...] = ()


def dot_rows(
    rows: Sequence[DotRow],
    *,
    heads: Sequence[str],
    names_pt: float,
    target: float | None = None,
    figures_pt: float = 30.0,
    gap_pt: float = 4.0,
    tails: Sequence[tuple[str, float]] = (),
) -> Part:
    """Rows of dots on tracks of equal width; the last track has a dashed line at `target` (0..1).

    `gap_pt` is kept free between names and tracks; `tails` are heading and width of the columns of words behind them.
    """

    def draw(sheet: Sheet, whole: Place) -> float:
        n_tracks = len(heads)
        place = Place(whole.x, whole.y, whole.width - sum(wide for _, wide in tails), whole.bottom)
        ends = [place.right + sum(wide for _, wide in tails[: k + 1]) for k in range(len(tails))]
        wide = (place.width - names_pt - _GUTTER_PT * (n_tracks - 1)) / n_tracks
        track = wide - figures_pt - 4
        starts = [place.x + names_pt + k * (wide + _GUTTER_PT) for k in range(n_tracks)]
        top = place.y + (12 if any(heads) else 2)
        for k, (x, head) in enumerate(zip(starts, heads, strict=True)):
            room = wide if k else wide + names_pt
            sheet.text(x + wide, top - 4, head, SMALL_PT, ink="ink2", align="right", width=room)
        for end, (head, room) in zip(ends, tails, strict=True):
            sheet.text(end, top - 4, head, SMALL_PT, ink="ink2", align="right", width=room - 4)
        shown = rows[: _rows_that_fit(len(rows), place.bottom - top)]
        for place_in_list, row in enumerate(shown):
            base = top + place_in_list * ROW_PT + 9
            _draw_name(sheet, place.x, base, row, names_pt - gap_pt)
            for end, (_, room), words in zip(ends, tails, row.tails, strict=True):
                sheet.text(end, base, words, SMALL_PT, align="right", width=room - 4)
            for x, dot in zip(starts, row.dots, strict=True):
                _draw_dot(sheet, x, base - 3, track, dot)
                ink = "bad" if dot.is_bad else "ink" if dot.value is not None else "ink3"
                sheet.text(x + wide, base, dot.words, BODY_PT, bold=dot.is_bad, ink=ink, align="right")
        bottom = top + len(shown) * ROW_PT
        _tell_cut(sheet, place.x, bottom, len(rows) - len(shown))
        if target is not None and shown:
            x = starts[-1] + target * track
            sheet.line((x, top), (x, bottom), ink="ink2", width=0.6, dash=(2, 1.6))
        return bottom + 2

    return draw


def _draw_dot(sheet: Sheet, x: float, y: float, track: float, dot: Dot) -> None:
    sheet.line((x, y), (x + track, y), ink="line", width=0.6)
    if dot.value is None:
        return
    ink = "bad" if dot.is_bad else "accent"
    if dot.low is not None and dot.high is not None:
        low, high = (min(1.0, max(0.0, end)) for end in (dot.low, dot.high))
        sheet.rect(x + low * track, y - 1.8, max(0.8, (high - low) * track), 3.6, fill=sheet.pale(ink))
    sheet.disc(x + min(1.0, max(0.0, dot.value)) * track, y, 2.3, ink)


@dataclass(frozen=True)
class BarRow:
    """A named bar: parts of it as (share of the longest bar 0..1, colour), and the figures on the right of it."""

    name: str
    parts: tuple[tuple[float, str], ...]
    figures: tuple[str, ...]
    number: str = ""
    is_own: bool = False


def bar_rows(
    rows: Sequence[BarRow], *, names_pt: float, figures_pt: Sequence[float], heads: Sequence[str] = ()
) -> Part:
    """Rows of bars; each figure has a column of its own, as wide as `figures_pt` says."""

    def draw(sheet: Sheet, place: Place) -> float:
        track = place.width - names_pt - sum(figures_pt) - 4
        ends = [place.right - sum(figures_pt[k + 1 :]) for k in range(len(figures_pt))]
        top = place.y + 2
        if heads:
            for end, head, wide in zip(ends, heads, figures_pt, strict=True):
                sheet.text(
                    end,
                    top + 6,
                    head,
                    SMALL_PT,
                    ink="ink2",
                    align="right",
                    width=wide + (0 if end > ends[0] else track),
                )
            top += 10
        shown = rows[: _rows_that_fit(len(rows), place.bottom - top)]
        for place_in_list, row in enumerate(shown):
            base = top + place_in_list * ROW_PT + 9
            _draw_name(sheet, place.x, base, row, names_pt - 4)
            x = place.x + names_pt
            for share, fill in row.parts:
                if share > 0:
                    sheet.rect(x, base - 7, share * track, 7.4, fill=fill)
                x += share * track
            if len(row.parts) > 1 and x > place.x + names_pt:
                sheet.rect(place.x + names_pt, base - 7, x - place.x - names_pt, 7.4, edge="edge", line=0.3)
            for end, figure in zip(ends, row.figures, strict=True):
                sheet.text(end, base, figure, BODY_PT, bold=row.is_own, align="right")
        bottom = top + len(shown) * ROW_PT
        _tell_cut(sheet, place.x, bottom, len(rows) - len(shown))
        return bottom + 2

    return draw


def _draw_name(sheet: Sheet, x: float, base: float, row: DotRow | BarRow, room_pt: float) -> None:
    """The row's name, behind its number on the map where it has one, cut to `room_pt` in all."""
    indent = 13 if row.number else 0
    if row.number:
        sheet.text(x + 9, base, row.number, SMALL_PT, ink="ink3", align="right")
    sheet.text(x + indent, base, row.name, BODY_PT, width=room_pt - indent)


def _rows_that_fit(n: int, room_pt: float) -> int:
    """How many of `n` rows there is room for, with a line below them where not all fit.

    >>> _rows_that_fit(3, 40.0), _rows_that_fit(4, 40.0)
    (3, 2)
    """
    n_room = max(0, int(room_pt / ROW_PT))
    return n if n <= n_room else max(0, n_room - 1)


def _tell_cut(sheet: Sheet, x: float, y: float, n_left: int) -> None:
    """How many rows more there are."""
    if n_left:
        sheet.text(x, y + 8, f"+ {n_left}", SMALL_PT, ink="ink3")


def brackets(spans: Sequence[tuple[int, int]], *, x_pt: float, rows_above: float) -> Part:
    """Brackets left of rows that stand `rows_above` points further up: each from its first row to its last one."""

    def draw(sheet: Sheet, place: Place) -> float:
        top = place.y - rows_above
        for number, (first, last) in enumerate(spans):
            x = place.x + x_pt - 3.5 * (number % 2)
            start, end = top + first * ROW_PT + 2.5, top + (last + 1) * ROW_PT - 2.5
            sheet.line((x + 3, start), (x, start), (x, end), (x + 3, end), ink="ink2", width=0.7)
        return place.y

    return draw


def parts_key(parts: Sequence[tuple[str, str]]) -> Part:
    """What the colours of a bar of parts mean: (words, colour), in order, in lines."""

    def draw(sheet: Sheet, place: Place) -> float:
        x, y = place.x, place.y + 8
        for words, fill in parts:
            wide = 9 + width_of(words, SMALL_PT) + 8
            if x + wide - 8 > place.right:
                x, y = place.x, y + 11
            sheet.rect(x, y - 6, 7, 6.4, fill=fill, edge="edge", line=0.3)
            sheet.text(x + 9, y, words, SMALL_PT, ink="ink2")
            x += wide
        return y + 3

    return draw
