"""The rows of the gaps desk in a query: place, reasons, spans of figures, incidents, order and columns."""

import re
from typing import Any

from geo.desk.gaps import FIGURES
from geo.desk.shown_gaps import ShownGaps
from geo.desk.shown_rows import Span
from geo.errors import Words
from webmap.filters import FILTER, wanted_of
from webmap.i18n import LANGS
from webmap.query import Param, one_of, text, words

_SPAN = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?)?-([0-9]{1,12}(?:\.[0-9]{1,3})?)?")


def span() -> Param:
    """From a number up to (not including) another, either end open: FROM-TO."""
    return Param(_read_span, Words("two numbers FROM-TO, either left out", "数字范围 起-止，可省略一端"))


def spans() -> Param:
    """Spans of columns with commas between them: COLUMN:FROM-TO."""

    def parse(raw: str) -> dict[str, Span] | None:
        found: dict[str, Span] = {}
        for part in raw.split(","):
            name, _, ends = part.partition(":")
            read = _read_span(ends)
            if read is None or not name or name in found:
                return None
            found[name] = read
        return found

    return Param(parse, Words("COLUMN:FROM-TO with commas between them", "以逗号分隔的 列名:起-止"))


def _read_span(raw: str) -> Span | None:
    """The two ends of a span, None for an open one; None where it is none.

    >>> _read_span("250-"), _read_span("5-2"), _read_span("-")
    ((250.0, None), None, None)
    """
    found = _SPAN.fullmatch(raw)
    if not found or not any(found.groups()):
        return None
    low, high = (None if end is None else float(end) for end in found.groups())
    return None if low is not None and high is not None and high <= low else (low, high)


SHOWN_GAPS: dict[str, Param] = {
    "level": text(required=True),
    "within": text(),
    "figure": one_of(FIGURES, default="road_m"),
    "reason": words(),
    "shown": span(),
    "spans": spans(),
    "name": text(max_chars=100),
    "largest": words(),
    "codes": words(max_chars=16_000),
    **{name: param for name, param in FILTER.items() if name != "outcome"},
    "columns": words(),
    "sort": text(),
    "order": one_of(("highest", "lowest")),
    "lang": one_of(LANGS, default="zh"),
}


def shown_gaps_of(query: dict[str, Any]) -> ShownGaps:
    """The rows that a query with the parameters `SHOWN_GAPS` asks for."""
    return ShownGaps(
        level=query["level"],
        within=query["within"],
        figure=query["figure"],
        reasons=query["reason"] or (),
        shown=query["shown"] or (None, None),
        spans=query["spans"] or {},
        name=query["name"] or "",
        largest=query["largest"] or (),
        codes=query["codes"] or (),
        incidents=wanted_of({**query, "outcome": None}),
        sort=query["sort"] or "shown",
        ascending=query["order"] == "lowest",
        columns=query["columns"] or (),
        lang=query["lang"],
    )
