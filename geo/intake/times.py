"""From civil times in a declared zone to UTC, exactly or not at all.

Read without a format: year first ("2024-01-05 13:30:00", "2024/1/5", "2024年1月5日 13时30分", an ISO offset may
follow), 24:00 as the next midnight, a day alone as its first moment. Anything else, such as "1/2", needs a
format in the mapping. Times that the clock skipped in spring are refused; of a repeated hour in autumn the
first passage is taken.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.intake.values import to_ascii_digits

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
#: datetime64[us]
Moments = npt.NDArray[np.datetime64]

_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,9}))?)?[分秒]?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_EARLIEST = np.datetime64("1900-01-01", "us")
_SPACE = re.compile(r"\s")
_USUAL = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Times:
    """UTC times (datetime64[us, UTC], NaT where empty or not read) and, as bool[n], what was wrong with which rows."""

    utc: pd.DatetimeIndex
    bad: Bools
    nonexistent: Bools
    repeated: Bools


def join_date_time(dates: Texts, times: Texts) -> Texts:
    """Object[n] of "date time"; None where both are empty, "?" (not readable) for the one that is missing.

    >>> days = np.array(["2018-12-31", "2018-12-31"], dtype=object)
    >>> join_date_time(days, np.array(["13:30", None], dtype=object)).tolist()
    ['2018-12-31 13:30', '2018-12-31 ?']
    """
    out = np.empty(len(dates), dtype=object)
    pairs = zip(to_ascii_digits(dates), to_ascii_digits(times), strict=True)
    out[:] = [None if d is None and t is None else f"{d or '?'} {t or '?'}" for d, t in pairs]
    return out


def to_utc(texts: Texts, timezone: str, form: str = "") -> Times:
    """`texts` (object[n], `str | None`), civil in `timezone` unless they carry an offset, as UTC.

    `form` is a strptime format that replaces the built-in ones.

    >>> to_utc(np.array(["2018-12-31 13:30:00"], dtype=object), "America/New_York").utc[0].isoformat()
    '2018-12-31T18:30:00+00:00'
    """
    if not any(texts):
        none = np.zeros(len(texts), dtype=bool)
        return Times(pd.DatetimeIndex(np.full(len(texts), "NaT", "datetime64[us]"), tz="UTC"), none, none, none)
    codes, uniques = pd.factorize(to_ascii_digits(texts))
    distinct = np.asarray(uniques, dtype=object)
    naive, offset_s, bad = _read_format(distinct, form) if form else _read_parts(distinct)
    naive[bad] = np.datetime64("NaT")
    has_offset = ~np.isnan(offset_s)
    utc, nonexistent, repeated = naive.copy(), np.zeros(len(naive), dtype=bool), np.zeros(len(naive), dtype=bool)
    utc[has_offset] -= (offset_s[has_offset] * 1_000_000).astype("timedelta64[us]")
    civil = ~has_offset
    if civil.any():
        utc[civil], nonexistent[civil], repeated[civil] = _from_civil(naive[civil], timezone)
    early = naive < _EARLIEST
    utc[early] = np.datetime64("NaT")
    index = np.where(codes >= 0, codes, len(distinct))
    utc_all = np.append(utc, np.datetime64("NaT", "us"))[index]
    pick = [np.append(flags, False)[index] for flags in (bad | early, nonexistent, repeated)]
    return Times(pd.DatetimeIndex(utc_all).tz_localize("UTC"), pick[0], pick[1], pick[2])


def _from_civil(naive: Moments, timezone: str) -> tuple[Moments, Bools, Bools]:
    """UTC of civil times, and which of them the clock skipped, which it showed twice."""
    civil = pd.DatetimeIndex(naive)
    local = civil.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    first = civil.tz_localize(timezone, ambiguous=np.ones(len(civil), dtype=bool), nonexistent="NaT")
    nonexistent: Bools = np.asarray(first.isna()) & np.asarray(civil.notna())
    repeated: Bools = np.asarray(local.isna()) & np.asarray(first.notna())
    return first.to_numpy(dtype="datetime64[us]"), nonexistent, repeated


def to_days(texts: Texts) -> tuple[Texts, Bools]:
    """ISO days ("2024-01-05") as object[n] and the rows that are no day; a time of day is cut off.

    >>> to_days(np.array(["2024/1/5", "5.1.", None], dtype=object))[0].tolist()
    ['2024-01-05', None, None]
    """
    plain = to_ascii_digits(texts)
    naive, _, bad = _read_parts(plain)
    days = pd.Series(naive).dt.strftime("%Y-%m-%d").astype(object)
    empty = np.array([text is None for text in plain], dtype=bool)
    out = np.asarray(days.where(days.notna() & ~bad, None), dtype=object)
    return out, bad & ~empty


def _read_parts(texts: Texts) -> tuple[Moments, npt.NDArray[np.float64], Bools]:
    """Times in the usual form at once, the others part by part."""
    naive = np.full(len(texts), "NaT", dtype="datetime64[us]")
    if any(text is not None and _SPACE.search(text) for text in texts):
        naive = _to_moments(texts, _USUAL)
    offset_s = np.full(len(texts), np.nan)
    bad = np.zeros(len(texts), dtype=bool)
    rest = np.flatnonzero(np.isnat(naive))
    if len(rest):
        naive[rest], offset_s[rest], bad[rest] = _read_unusual(texts[rest])
    return naive, offset_s, bad


def _read_unusual(texts: Texts) -> tuple[Moments, npt.NDArray[np.float64], Bools]:
    n = len(texts)
    parts = np.full((n, 7), -1, dtype=np.int64)
    offset_s = np.full(n, np.nan)
    for i, text in enumerate(texts):
        match = _TIME.fullmatch(text) if text is not None else None
        if match is None:
            continue
        year, month, day, hour, minute, second, fraction, zone = match.groups()
        parts[i] = (year, month, day, hour or 0, minute or 0, second or 0, (fraction or "0")[:6].ljust(6, "0"))
        if zone:
            digits = zone[1:].replace(":", "").rjust(4, "0")
            seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
            offset_s[i] = -seconds if zone[0] == "-" else seconds
    year, month, day, hour, minute, second, micro = parts.T
    midnight = (hour == 24) & (minute == 0) & (second == 0) & (micro == 0)
    sane = (year > 0) & ((hour < 24) | midnight) & (minute < 60) & (second < 60)
    sane &= np.isnan(offset_s) | (np.abs(offset_s) <= 14 * 3600)
    us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro
    sane &= (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(sane, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    sane &= days < (months + 1).astype("datetime64[D]")
    naive = days.astype("datetime64[us]") + us
    naive[~sane] = np.datetime64("NaT")
    return naive, offset_s, ~sane


def _read_format(texts: Texts, form: str) -> tuple[Moments, npt.NDArray[np.float64], Bools]:
    naive = _to_moments(texts, form)
    bad = np.isnat(naive)
    return naive, np.where(~bad & ("%z" in form), 0.0, np.nan), bad


def _to_moments(texts: Texts, form: str) -> Moments:
    """Times written as `form` says, in UTC where it has an offset (%z); NaT for all others."""
    read = pd.to_datetime(pd.Index(texts, dtype=object), format=form, errors="coerce", utc="%z" in form)
    moments = pd.DatetimeIndex(read).to_numpy(dtype="datetime64[us]").copy()
    # Pandas takes these for times whatever the format says.
    moments[(texts == "now") | (texts == "today")] = np.datetime64("NaT")
    return moments
