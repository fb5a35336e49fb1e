"""The filter of incidents in a query: days, hours, weekdays, and words of categories, channels and outcomes."""

import re
from datetime import date
from typing import Any

from geo.errors import Words
from geo.hotspots.cube import Wanted
from webmap.query import Param, one_of

_NUMBERS = re.compile(r"[0-9]{1,2}(,[0-9]{1,2}){0,23}")
_DAYS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2},[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAX_WORDS_CHARS = 2_000


def _days(raw: str) -> tuple[date, date] | None:
    try:
        first, last = (date.fromisoformat(day) for day in raw.split(",")) if _DAYS.fullmatch(raw) else (None, None)
    except ValueError:
        return None
    return None if first is None or last is None else (first, last)


def _numbers(raw: str) -> tuple[int, ...] | None:
    return tuple(sorted({int(one) for one in raw.split(",")})) if _NUMBERS.fullmatch(raw) else None


def _words(raw: str) -> tuple[str, ...] | None:
    return tuple(sorted(set(raw.split("|")))) if len(raw) <= _MAX_WORDS_CHARS else None


_LISTED = Words("words with | between them, an empty one for none", "以 | 分隔的词，空词表示无")
#: Parameters that choose incidents; where one is left out all count.
FILTER: dict[str, Param] = {
    "days": Param(
        _days, Words("the first and the last day, 2026-01-01,2026-03-31", "首日与末日，如 2026-01-01,2026-03-31")
    ),
    "hours": Param(_numbers, Words("hours 0 to 23 with commas", "以逗号分隔的小时 0 至 23")),
    "weekdays": Param(_numbers, Words("weekdays 1 (Monday) to 7 with commas", "以逗号分隔的星期 1（周一）至 7")),
    "categories": Param(_words, _LISTED),
    "channels": Param(_words, _LISTED),
    "outcomes": Param(_words, _LISTED),
    "reopened": one_of(("0", "1")),
}


def wanted_of(query: dict[str, Any]) -> Wanted:
    """The filter that a query with the parameters `FILTER` asks for.

    >>> wanted_of(dict.fromkeys(FILTER) | {"hours": (8, 9), "reopened": "0"})
    Wanted(days=None, hours=(8, 9), weekdays=None, categories=None, channels=None, outcomes=None, reopened=False)
    """
    asked = {name: query[name] for name in FILTER}
    reopened = asked.pop("reopened")
    return Wanted(**asked, reopened=None if reopened is None else reopened == "1")
