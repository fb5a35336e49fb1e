"""The filter of incidents in a query: days, hours, weekdays, and words of categories, channels and outcomes."""

from typing import Any

from geo.hotspots.cube import Wanted
from geo.snapshot.case_rows import BY
from geo.snapshot.cases import Asked
from webmap.house import house
from webmap.query import Param, days, numbers, one_of, text, words

#: Parameters that choose incidents, and the field of `Wanted` that each fills; where one is left out all count.
_FIELDS: dict[str, tuple[str, Param]] = {
    "days": ("days", days()),
    "hours": ("hours", numbers(0, 23)),
    "weekdays": ("weekdays", numbers(1, 7)),
    "category": ("categories", words()),
    "channel": ("channels", words()),
    "outcome": ("outcomes", words()),
}
FILTER: dict[str, Param] = {name: param for name, (_, param) in _FIELDS.items()}
#: Parameters that ask for cases in groups.
CASES: dict[str, Param] = {"by": one_of(BY), "level": text(), "within": text(), **FILTER}


def wanted_of(query: dict[str, Any]) -> Wanted:
    """The filter that a query with the parameters `FILTER` asks for.

    >>> wanted_of(dict.fromkeys(FILTER) | {"hours": (8, 9)})
    Wanted(days=None, hours=(8, 9), weekdays=None, categories=None, channels=None, outcomes=None, reopened=None)
    """
    return Wanted(**{field: query[name] for name, (field, _) in _FIELDS.items()})


def cases_of(query: dict[str, Any]) -> Asked:
    """The groups of cases that a query with the parameters `CASES` asks for: units, those of the finest level."""
    level = query["level"] or house().desk.snapshot().home.levels[0].name
    return Asked(query["by"] or "unit", level, query["within"], wanted_of(query))
