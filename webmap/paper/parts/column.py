"""Parts of a column: headings, notes, headline figures; and how they follow each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webmap.paper.sheet import BODY_PT, HEAD_PT, SMALL_PT, Sheet
from webmap.paper.typeface import width_of

SECTION_PT = 15.0
_FIGURE_PT = 19.0


@dataclass(frozen=True)
class Place:
    """Where a part may draw: from (x, y) on, `width` wide, not below `bottom`; in points."""

    x: float
    y: float
    width: float
    bottom: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width


#: Draws itself from the top of a place and returns where the next part may begin.
Part = Callable[[Sheet, Place], float]


@dataclass(frozen=True)
class Headline:
    """A large figure with its unit and the lines under it."""

    figure: str
    unit: str
    lines: tuple[str, ...]
    is_bad: bool = False


def draw_column(sheet: Sheet, place: Place, parts: Sequence[Part]) -> None:
    """The parts one below the other."""
    y = place.y
    for part in parts:
        y = part(sheet, Place(place.x, y, place.width, place.bottom))


def if_room(parts: Sequence[Part], least_pt: float) -> Part:
    """The parts, where at least so much room is left; else nothing of them."""

    def draw(sheet: Sheet, place: Place) -> float:
        if place.bottom - place.y < least_pt:
            return place.y
        y = place.y
        for part in parts:
            y = part(sheet, Place(place.x, y, place.width, place.bottom))
        return y

    return draw


def heading(title: str, side: str = "") -> Part:
    """A section's title, what it is counted in on the right; with room above."""

    def draw(sheet: Sheet, place: Place) -> float:
        y = place.y + SECTION_PT
        end = sheet.text(place.x, y, title, HEAD_PT, bold=True)
        if side:
            sheet.text(place.right, y, side, SMALL_PT, ink="ink2", align="right", width=place.right - end - 8)
        return y + 5

    return draw


def note(text: str) -> Part:
    """A small paragraph."""

    def draw(sheet: Sheet, place: Place) -> float:
        if not text or place.y + 12 > place.bottom:
            return place.y
        return sheet.paragraph(place.x, place.y + 10, place.width, text, ink="ink2") - 7

    return draw


def headlines(figures: Sequence[Headline]) -> Part:
    """Large figures side by side, in columns as wide as each needs."""

    def draw(sheet: Sheet, place: Place) -> float:
        share = place.width / max(1, len(figures))
        lowest = place.y
        for number, figure in enumerate(figures):
            x = place.x + number * share
            room = share - 10 - width_of(figure.unit, BODY_PT)
            size = min(_FIGURE_PT, _FIGURE_PT * room / max(1.0, width_of(figure.figure, _FIGURE_PT, bold=True)))
            ink = "bad" if figure.is_bad else "ink"
            end = sheet.text(x, place.y + 20, figure.figure, size, bold=True, ink=ink)
            sheet.text(end + 1.5, place.y + 20, figure.unit, BODY_PT, ink=ink)
            y = place.y + 31.5
            for line in figure.lines:
                y = sheet.paragraph(x, y, share - 6, line, ink="ink2", leading=1.25)
            lowest = max(lowest, y - 7)
        return lowest

    return draw
