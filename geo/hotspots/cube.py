"""Cubes of incidents, unit x time step, counted from the event columns when asked and never stored."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled, read_only
from geo.errors import BadQuery, Words
from geo.hotspots.events import NO_DAY, NO_WORD, Events

#: `weekday_hour`: 168 steps, Monday 0 h to Sunday 23 h. `week` is the ISO week, `all` one step.
Step = Literal["all", "day", "week", "month", "weekday_hour"]
#: Counts that one cube may hold; 4 bytes each.
MAX_CELLS = 100_000_000
_EPOCH = date(1970, 1, 1)
_WORKERS = min(4, os.cpu_count() or 1)
#: Below this many rows one thread is as fast.
_MIN_SHARED = 100_000

Cell = TypeVar("Cell", bound=np.generic)
Counts = npt.NDArray[np.int32]
Mask = npt.NDArray[np.uint8]

#: The mask of a column of which all rows count: the kernel does not read that column.
_ALL: Mask = np.zeros(0, dtype=np.uint8)
#: The hour of each minute of the day, read as unsigned: -1 (unknown) is 65535.
_HOUR_OF: Mask = (np.minimum(np.arange(65536), 1439) // 60).astype(np.uint8)


@dataclass(frozen=True)
class Wanted:
    """Which incidents count; None means all. Everything is civil time of the home.

    `days`: first and last day, both counted. `hours`: 0..23. `weekdays`: ISO, 1 Monday to 7 Sunday. `categories`,
    `channels`, `outcomes`: words, "" for cells without one. `reopened`: those known to be so.
    A row without a civil time counts only where neither days, hours nor weekdays are asked for.
    """

    days: tuple[date, date] | None = None
    hours: tuple[int, ...] | None = None
    weekdays: tuple[int, ...] | None = None
    categories: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    outcomes: tuple[str, ...] | None = None
    reopened: bool | None = None


EVERY = Wanted()


def describe_wanted(wanted: Wanted) -> dict[str, str]:
    """What is asked for by field, as a file states it; what is not is left out.

    >>> describe_wanted(Wanted(days=(date(2026, 1, 1), date(2026, 1, 31)), channels=("hotline", "visit")))
    {'days': '2026-01-01/2026-01-31', 'channels': 'hotline,visit'}
    """
    told = {}
    for name, value in vars(wanted).items():
        if isinstance(value, tuple):
            told[name] = ("/" if name == "days" else ",").join(map(str, value))
        elif value is not None:
            told[name] = "yes" if value else "no"
    return told


@dataclass(frozen=True)
class Cube:
    """`counts` int32 (n steps, n units); `steps` names each: "2026-01-05", "2026-W02", "2026-01", "1 00" or "all"."""

    counts: Counts
    steps: tuple[str, ...]


def count_cube(
    events: Events,
    joined: str,
    unit_of: npt.NDArray[np.int32],
    n_units: int,
    step: Step = "all",
    wanted: Wanted = EVERY,
) -> Cube:
    """Incidents per time step and unit.

    `joined` is a joined level of `events`. `unit_of` int32 gives the answer's unit (0 .. n_units - 1) of each unit of
    that level, -1 for those that do not count: the units themselves, their parents (a roll-up), or those within one.
    Steps run without a break over `wanted.days`, by default from the first to the last day of any event. Errors:
    `BadQuery` for words, hours, weekdays or days that cannot be, and for more than `MAX_CELLS` counts.

    >>> from geo.hotspots.events import to_events
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2026-01-31T10:00Z", "2026-02-01T10:00Z", "2026-03-01T10:00Z"])
    >>> rows = pd.DataFrame({"reported_at": at, "category": ["a", "b", "a"]})
    >>> rows = rows.assign(channel=None, outcome=None, reopened=None)
    >>> events = to_events(rows, {"grid": np.array([0, 1, 1], dtype=np.int32)}, [0.0] * 3, [0.0] * 3, "UTC")
    >>> both = np.array([0, 1], dtype=np.int32)
    >>> cube = count_cube(events, "grid", both, 2, "month")
    >>> cube.steps, cube.counts.tolist()
    (('2026-01', '2026-02', '2026-03'), [[1, 0], [0, 1], [0, 1]])
    >>> as_one = np.array([0, 0], dtype=np.int32)
    >>> count_cube(events, "grid", as_one, 1, wanted=Wanted(categories=("a",))).counts.tolist()
    [[2]]
    """
    first, last = _span(events, wanted)
    base, labels = _steps(first, last, step)
    if len(labels) * (n_units + 1) > MAX_CELLS:
        raise BadQuery(
            Words(
                f"{len(labels)} steps of {n_units} units are too many; ask for longer steps or a coarser level",
                f"{len(labels)} 个时段乘以 {n_units} 个单位过多，请改用更长的时段或更粗的层级",
            )
        )
    by_hour = step == "weekday_hour"
    masks = (
        _word_mask(events, "category", wanted.categories),
        _word_mask(events, "channel", wanted.channels),
        _word_mask(events, "outcome", wanted.outcomes),
        _reopened_mask(wanted.reopened),
    )
    clock = _minute_mask(wanted.hours, by_hour=by_hour), _HOUR_OF if by_hour else _ALL
    ends = np.searchsorted(events.day, np.arange(first, last + 2, dtype=np.int32)).astype(np.int64)
    if wanted.weekdays is not None:
        base = np.where(_weekday_mask(wanted.weekdays)[(np.arange(first, last + 1) + 3) % 7], base, -1)
    if step == "all" and wanted.days is None and wanted.weekdays is None:
        # Rows without a civil time stand before the first day.
        ends, base = np.insert(ends, 0, 0), np.insert(base, 0, 0)
    column = np.zeros(len(unit_of) + 1, dtype=np.int32)
    column[1:] = unit_of + 1
    counts = np.zeros((len(labels), n_units + 1), dtype=np.int32)
    _count(events, joined, (ends, base.astype(np.int32)), clock, masks, column, counts)
    return Cube(counts[:, 1:], labels)


def find_wanted(events: Events, wanted: Wanted) -> npt.NDArray[np.bool_]:
    """Which events count, bool (n,): those that `count_cube` counts in all its steps together. Errors: `BadQuery`.

    >>> from geo.hotspots.events import to_events
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"reported_at": pd.to_datetime(["2026-01-31T10:00Z", "2026-02-01T11:00Z"])})
    >>> rows = rows.assign(category=["a", "b"], channel=None, outcome=None, reopened=None)
    >>> events = to_events(rows, {"grid": np.array([0, 1], dtype=np.int32)}, [0.0] * 2, [0.0] * 2, "UTC")
    >>> [find_wanted(events, one).tolist() for one in (Wanted(hours=(10,)), Wanted(categories=("b",)))]
    [[True, False], [False, True]]
    """
    good = np.ones(len(events), dtype=bool)
    if wanted.days is not None:
        first, last = _span(events, wanted)
        good &= (events.day >= first) & (events.day <= last)
    if wanted.weekdays is not None:
        known = events.day != NO_DAY
        good &= known & _weekday_mask(wanted.weekdays)[np.where(known, (events.day + 3) % 7, 0)]
    if wanted.hours is not None:
        good &= _minute_mask(wanted.hours, by_hour=False)[events.minute.view(np.uint16)] > 0
    for name, words in (("category", wanted.categories), ("channel", wanted.channels), ("outcome", wanted.outcomes)):
        if words is not None:
            good &= _word_mask(events, name, words)[getattr(events, name)] > 0
    if wanted.reopened is not None:
        good &= events.reopened == int(wanted.reopened)
    return good


def _span(events: Events, wanted: Wanted) -> tuple[int, int]:
    """First and last day of the answer; (0, -1) where there is none."""
    if wanted.days is not None:
        first, last = ((day - _EPOCH).days for day in wanted.days)
        if first > last:
            raise BadQuery(Words("the first day lies after the last", "起始日晚于结束日"))
        return first, last
    start = int(np.searchsorted(events.day, np.int32(NO_DAY), side="right"))
    return (int(events.day[start]), int(events.day[-1])) if start < len(events) else (0, -1)


def _steps(first: int, last: int, step: Step) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """The step of each day from `first` to `last`, and the steps' names."""
    days = np.arange(first, last + 1)
    if step == "all":
        return np.zeros(len(days), dtype=np.int64), ("all",)
    if step == "weekday_hour":
        return (days + 3) % 7 * 24, tuple(f"{day} {hour:02d}" for day in range(1, 8) for hour in range(24))
    if not len(days):
        return days, ()
    if step == "week":
        number = (days + 3) // 7
        mondays = [_EPOCH + timedelta(days=7 * int(week) - 3) for week in range(number[0], number[-1] + 1)]
        names = tuple("{}-W{:02d}".format(*monday.isocalendar()[:2]) for monday in mondays)
    else:
        unit = "D" if step == "day" else "M"
        number = days.astype("datetime64[D]").astype(f"datetime64[{unit}]").astype(np.int64)
        names = tuple(np.arange(number[0], number[-1] + 1).astype(f"datetime64[{unit}]").astype(str).tolist())
    return number - number[0], names


def _minute_mask(hours: tuple[int, ...] | None, *, by_hour: bool) -> Mask:
    """By minute read as unsigned: 1 where it lies in a wanted hour; an unknown minute lies in none."""
    if hours is None and not by_hour:
        return _ALL
    asked = tuple(range(24)) if hours is None else hours
    if not all(0 <= one <= 23 for one in asked):
        raise BadQuery(Words("hours are 0 to 23", "小时为 0 到 23"))
    mask = np.isin(_HOUR_OF, asked).astype(np.uint8)
    mask[1440:] = 0
    return mask


def _weekday_mask(weekdays: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    if not all(1 <= one <= 7 for one in weekdays):
        raise BadQuery(Words("weekdays are 1 (Monday) to 7 (Sunday)", "星期为 1（周一）到 7（周日）"))
    return np.isin(np.arange(1, 8), weekdays)


def _word_mask(events: Events, name: str, words: tuple[str, ...] | None) -> Mask:
    """By code: 1 where the cell's word is wanted. A pooled word cannot be told from its like, so it is refused."""
    if words is None:
        return _ALL
    mask = np.zeros(256, dtype=np.uint8)
    code = {word: place for place, word in enumerate(events.words[name])} | {"": NO_WORD}
    for word in words:
        if word not in code:
            raise BadQuery(
                Words(f"{name} {word!r} is none of those kept apart", f"{name} 的值 {word!r} 不在单独保留的值之列")
            )
        mask[code[word]] = 1
    return mask


def _reopened_mask(reopened: bool | None) -> Mask:
    if reopened is None:
        return _ALL
    mask = np.zeros(256, dtype=np.uint8)
    mask[int(reopened)] = 1
    return mask


def _count(
    events: Events,
    joined: str,
    days: tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]],
    clock: tuple[Mask, Mask],
    masks: tuple[Mask, ...],
    column: npt.NDArray[np.int32],
    total: Counts,
) -> None:
    """Adds to `total`, whose column 0 is what does not count; each thread takes the days of a share of the rows."""
    ends, base = days
    unit, minute = read_only(events.units[joined]), read_only(events.minute.view(np.uint16))
    cells = tuple(read_only(c) for c in (events.category, events.channel, events.outcome, events.reopened))
    more = 23 if len(clock[1]) else 0

    def part(begin: int, end: int) -> tuple[int, Counts]:
        steps = base[begin:end]
        used = steps[steps >= 0]
        low, high = (int(used.min()), int(used.max()) + more) if len(used) else (0, -1)
        counts = np.zeros((high - low + 1, total.shape[1]), dtype=np.int32)
        _count_rows(ends[begin : end + 1], steps - np.int32(low), unit, minute, cells, clock, masks, column, counts)
        return low, counts

    n_rows = int(ends[-1] - ends[0])
    n_parts = 1 if n_rows < _MIN_SHARED else _WORKERS
    cuts = np.searchsorted(ends, ends[0] + np.linspace(0, n_rows, n_parts + 1)).tolist()
    cuts[0], cuts[-1] = 0, len(base)
    with ThreadPoolExecutor(n_parts) as pool:
        for low, counts in pool.map(part, cuts[:-1], cuts[1:]):
            total[low : low + len(counts)] += counts


@compiled
def _keep(good: Mask, codes: npt.NDArray[np.unsignedinteger], mask: Mask) -> None:
    if len(mask):
        for row in range(len(codes)):
            good[row] &= mask[codes[row]]


@compiled
def _count_rows(
    ends: npt.NDArray[np.int64],
    base: npt.NDArray[np.int32],
    unit: npt.NDArray[np.int32],
    minute: npt.NDArray[np.uint16],
    cells: tuple[Mask, ...],
    clock: tuple[Mask, Mask],
    masks: tuple[Mask, ...],
    column: npt.NDArray[np.int32],
    counts: Counts,
) -> None:
    flat, width = counts.ravel(), counts.shape[1]
    for day in range(len(base)):
        if base[day] < 0:
            continue
        rows = slice(ends[day], ends[day + 1])
        units, minutes = unit[rows], minute[rows]
        good = np.ones(len(units), dtype=np.uint8)
        _keep(good, minutes, clock[0])
        for place in range(len(cells)):
            _keep(good, cells[place][rows], masks[place])
        # Unsigned places spare the kernel the look for negative ones, half of its time.
        line = flat[base[day] * width :]
        if len(clock[1]):
            for row in range(len(units)):
                column_of = column[np.uint32(units[row] + 1)]
                line[np.uint32(np.int64(clock[1][minutes[row]]) * width + column_of)] += good[row]
        else:
            for row in range(len(units)):
                line[np.uint32(column[np.uint32(units[row] + 1)])] += good[row]
