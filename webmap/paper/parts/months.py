"""Incidents by month as bars, the ends of the span named."""

from typing import Any

from webmap.paper.parts.column import Part, Place
from webmap.paper.sheet import SMALL_PT, Sheet

_TALL_PT = 26.0


def month_bars(months: list[dict[str, Any]], open_month: str = "") -> Part:
    """A bar per {month, n}, none where it is hidden; the month that is not over stands pale."""

    def draw(sheet: Sheet, place: Place) -> float:
        most = max((month["n"] or 0 for month in months), default=0) or 1
        step, base = place.width / max(1, len(months)), place.y + 4 + _TALL_PT
        for number, month in enumerate(months):
            tall = _TALL_PT * (month["n"] or 0) / most
            fill = "line" if month["month"] == open_month else "edge"
            sheet.rect(place.x + number * step, base - tall, step - 1, tall, fill=fill)
        sheet.line((place.x, base), (place.right, base), ink="ink2", width=0.5)
        sheet.text(place.x, base + 9, months[0]["month"], SMALL_PT, ink="ink2")
        sheet.text(place.right, base + 9, months[-1]["month"], SMALL_PT, ink="ink2", align="right")
        return base + 12

    return draw
