"""Event columns: one row per assigned incident, sorted by time, as plain arrays that a kernel can run through."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

#: Day of a row whose civil time is unknown; such rows stand first and keep minute -1.
NO_DAY = np.iinfo(np.int32).min
#: Code of a word beyond the `MOST_WORDS` most frequent ones, and of a cell without a word.
POOLED, NO_WORD = 254, 255
MOST_WORDS = 254
#: Columns whose cells are words, each stored as the word's position in `Events.words`.
WORDED = ("category", "channel", "outcome")
#: `reopened` is 0 (no), 1 (yes) or this.
UNKNOWN = 255


@dataclass(frozen=True)
class Events:
    """n incidents, each in a unit of at least one joined level, sorted by civil day and within it by UTC time.

    `units` maps each joined level (the finest of its chain) to the unit's position in code order, int32, -1 where none.
    `day`: int32, civil days of the home since 1970-01-01; `minute`: int16, civil minute of the day (0..1439). `x_m`,
    `y_m`: float64 in the metric CRS, NaN without a place (float32 would be off by 0.1 m and more at a northing of
    3,000 km). The rest is uint8; `words` holds, per worded column, what its codes 0, 1, ... mean.
    """

    units: Mapping[str, npt.NDArray[np.int32]]
    day: npt.NDArray[np.int32]
    minute: npt.NDArray[np.int16]
    category: npt.NDArray[np.uint8]
    channel: npt.NDArray[np.uint8]
    outcome: npt.NDArray[np.uint8]
    reopened: npt.NDArray[np.uint8]
    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    words: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.day)


def to_events(
    rows: pd.DataFrame, units: Mapping[str, npt.NDArray[np.int32]], x_m: Any, y_m: Any, timezone: str
) -> Events:
    """The event columns of n source rows.

    `rows` has reported_at (UTC), category, channel, outcome, reopened; `units` the position per joined level, int32
    (n,), -1 where none; `x_m`, `y_m` metres, NaN without a place; `timezone` is an IANA name. Rows in no unit are left
    out. A column of more than 254 words keeps the most frequent (ties by code point) and pools the others as `POOLED`.

    >>> rows = pd.DataFrame({"reported_at": pd.to_datetime(["2025-12-31T17:01Z", "2025-12-31T15:00Z"])})
    >>> rows = rows.assign(category=["noise", "theft"], channel="visit", outcome=None, reopened=[True, None])
    >>> found = to_events(rows, {"grid": np.array([4, 7], dtype=np.int32)}, [1, 2], [3, 4], "Asia/Shanghai")
    >>> found.units["grid"].tolist(), found.day.tolist(), found.minute.tolist()
    ([7, 4], [20453, 20454], [1380, 61])
    >>> found.category.tolist(), found.words["category"], found.outcome.tolist(), found.reopened.tolist()
    ([1, 0], ('noise', 'theft'), [255, 255], [255, 1])
    """
    day, minute = civil_time(rows["reported_at"].reset_index(drop=True), timezone)
    inside = np.zeros(len(rows), dtype=bool)
    for position in units.values():
        inside |= position >= 0
    order = order_events(rows["reported_at"], inside, timezone)
    words, codes = {}, {}
    for name in WORDED:
        words[name], whole = _to_codes(rows[name])
        codes[name] = whole[order]
    reopened = rows["reopened"].astype("boolean").to_numpy(dtype=np.float64, na_value=UNKNOWN).astype(np.uint8)
    return Events(
        units={level: np.asarray(position, dtype=np.int32)[order] for level, position in units.items()},
        day=day[order],
        minute=minute[order],
        category=codes["category"],
        channel=codes["channel"],
        outcome=codes["outcome"],
        reopened=reopened[order],
        x_m=np.asarray(x_m, dtype=np.float64)[order],
        y_m=np.asarray(y_m, dtype=np.float64)[order],
        words=words,
    )


def order_events(
    reported_at: "pd.Series[pd.Timestamp]", inside: npt.NDArray[np.bool_], timezone: str
) -> npt.NDArray[np.int64]:
    """Which of n source rows stands at each place of the event columns: those `inside` a unit, bool (n,), by time.

    >>> moments = pd.Series(pd.to_datetime(["2026-01-02T00:00Z", "2026-01-01T00:00Z", "2026-01-03T00:00Z"]))
    >>> order_events(moments, np.array([True, True, False]), "UTC").tolist()
    [1, 0]
    """
    moment = reported_at.reset_index(drop=True)
    day, _ = civil_time(moment, timezone)
    utc = moment.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").view("int64")
    order = np.lexsort((utc, day))
    return order[inside[order]]


def civil_time(utc: "pd.Series[pd.Timestamp]", timezone: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int16]]:
    """Civil day (since 1970-01-01) and minute of the day of UTC times in an IANA zone; `NO_DAY` and -1 for NaT.

    A repeated hour in autumn gives its minutes twice; a skipped one in spring gives none.

    >>> moments = pd.Series(pd.to_datetime(["2024-11-03T05:30Z", "2024-11-03T06:30Z", None]))
    >>> [column.tolist() for column in civil_time(moments, "America/New_York")]
    [[20030, 20030, -2147483648], [90, 90, -1]]
    """
    civil = utc.dt.tz_convert(timezone).dt.tz_localize(None).to_numpy(dtype="datetime64[m]")
    known = ~np.isnat(civil)
    minutes = np.where(known, civil.view("int64"), 0)
    day = np.where(known, minutes // 1440, NO_DAY).astype(np.int32)
    return day, np.where(known, minutes % 1440, -1).astype(np.int16)


def _to_codes(values: pd.Series) -> tuple[tuple[str, ...], npt.NDArray[np.uint8]]:
    """The words of a column by code point, and each cell's position among them."""
    number, found = pd.factorize(values)
    names = [str(word) for word in found]
    uses = np.bincount(number[number >= 0], minlength=len(names))
    by_use = sorted(range(len(names)), key=lambda place: (-uses[place], names[place]))
    kept = sorted(by_use[:MOST_WORDS], key=names.__getitem__)
    code = np.full(len(names) + 1, POOLED, dtype=np.uint8)
    code[kept] = np.arange(len(kept), dtype=np.uint8)
    code[-1] = NO_WORD
    return tuple(names[place] for place in kept), code[number]
