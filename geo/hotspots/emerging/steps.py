"""Whole steps of time that records cover: a step that has only begun would look cold."""

import calendar
from datetime import date, timedelta
from typing import Literal, get_args

from geo.hotspots.events import NO_DAY, Events

#: The time steps of a space-time cube.
CubeStep = Literal["day", "week", "month"]
CUBE_STEPS: tuple[CubeStep, ...] = get_args(CubeStep)
#: A month counts where the records cover this share of its days.
_WHOLE = 0.9
_EPOCH = date(1970, 1, 1)
_DAY = timedelta(days=1)


def whole_steps(first: date, last: date, step: CubeStep) -> tuple[date, date] | None:
    """First and last day of the whole steps within records from day `first` to day `last`; None where there is none.

    A month at either end counts where nine tenths of its days are covered, an ISO week where all seven are.

    >>> whole_steps(date(2026, 1, 3), date(2026, 4, 12), "month")
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    >>> whole_steps(date(2026, 1, 6), date(2026, 1, 20), "week")  # Tuesday to Tuesday
    (datetime.date(2026, 1, 12), datetime.date(2026, 1, 18))
    >>> whole_steps(date(2026, 1, 6), date(2026, 1, 6), "day")
    (datetime.date(2026, 1, 6), datetime.date(2026, 1, 6))
    """
    start, end = first, last
    if step == "week":
        start = first + timedelta(days=-first.weekday() % 7)
        end = last - timedelta(days=(last.weekday() + 1) % 7)
    elif step == "month":
        start = first.replace(day=1)
        n_days = _days_in(first)
        if n_days - first.day + 1 < _WHOLE * n_days:
            start += timedelta(days=n_days)
        n_days = _days_in(last)
        end = last.replace(day=n_days) if last.day >= _WHOLE * n_days else last.replace(day=1) - _DAY
    return (start, end) if start <= end else None


def find_whole_steps(
    events: Events, as_of: date, step: CubeStep, days: tuple[date, date] | None = None
) -> tuple[date, date] | None:
    """First and last day of the whole steps that the events cover, within `days` where these are given.

    Events end with the last of them, or with `as_of` where that is earlier. A first month before which less than a
    hundredth of them lies is the beginning: such are stray dates, and years without records before the first real one
    would make every unit hot since then.
    """
    known = events.day[events.day != NO_DAY]
    if not len(known):
        return None
    first, early, last = (_EPOCH + timedelta(days=int(known[row])) for row in (0, len(known) // 100, -1))
    first, last = max(first, early.replace(day=1)), min(last, as_of)
    if days is not None:
        first, last = max(first, days[0]), min(last, days[1])
    return whole_steps(first, last, step) if first <= last else None


def _days_in(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
