"""Windows of months that a file plays: the answers that the page asks for each of them."""

import calendar
from datetime import date
from typing import Any
from urllib.parse import quote

import numpy as np

from geo.desk.desk import Desk
from geo.desk.emerging import CubeQuestion
from geo.desk.headline import HeadlineQuery
from geo.desk.hotspots import Question
from geo.errors import NotAvailable
from geo.hotspots.cube import Wanted
from geo.schema import Role

Days = tuple[date, date]
_USUAL_MONTHS = 12


def address(path: str, **asked: str) -> str:
    """Path and query as the page writes them: parameters by name, everything but letters, digits and -_.~ escaped.

    >>> address("/api/hotspots", level="grid", days="2026-01-01/2026-01-31")
    '/api/hotspots?days=2026-01-01%2F2026-01-31&level=grid'
    """
    query = "&".join(f"{name}={quote(asked[name], safe='')}" for name in sorted(asked))
    return f"{path}?{query}" if query else path


def list_windows(first: str, last: str) -> list[Days]:
    """Days of every twelve months in a row from month `first` to `last` ("2026-10"), oldest first.

    Where they are twelve or fewer, of half as many in a row, rounded up: as the page's window slides.

    >>> [(str(start), str(end)) for start, end in list_windows("2026-01", "2026-03")]
    [('2026-01-01', '2026-02-28'), ('2026-02-01', '2026-03-31')]
    >>> len(list_windows("2025-01", "2026-12"))
    13
    """
    months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1).astype(object)
    width = _USUAL_MONTHS if len(months) > _USUAL_MONTHS else -(-len(months) // 2)
    ends = [month.replace(day=calendar.monthrange(month.year, month.month)[1]) for month in months]
    return list(zip(months[: len(months) - width + 1].tolist(), ends[width - 1 :], strict=True))


def window_answers(desk: Desk, level: str, role: Role) -> dict[str, Any]:
    """For each window, by address: headline, classes and labels of the units of `level`, as the service answers `role`.

    Nothing without incidents, or without a whole month of them.
    """
    found: dict[str, Any] = {}
    try:
        span = desk.headline(HeadlineQuery(level), role)["span"]
    except NotAvailable:
        return found
    for first, last in list_windows(span["first"], span["last"]) if span else []:
        wanted, asked = Wanted(days=(first, last)), {"level": level, "days": f"{first}/{last}"}
        labels = desk.emerging(CubeQuestion(level=level, wanted=wanted), role)
        found[address("/api/headline", **asked)] = desk.headline(HeadlineQuery(level, wanted=wanted), role)
        found[address("/api/hotspots", **asked)] = desk.hotspots(Question(level=level, wanted=wanted), role)
        found[address("/api/emerging", **asked, step="month")] = labels
    return found
