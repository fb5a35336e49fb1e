"""Moments as records keep them: integer microseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_A_TIME = int(np.datetime64("NaT").view("int64"))
_MICROSECOND = timedelta(microseconds=1)


def now_us() -> int:
    """The present moment in microseconds."""
    return to_us(datetime.now(UTC))


def to_us(moment: datetime) -> int:
    """Microseconds of an aware `moment`.

    >>> to_us(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(us: int) -> datetime:
    """The aware UTC datetime of `us`.

    >>> to_datetime(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + us * _MICROSECOND


def to_times(values: list[int | None]) -> pd.Series:
    """A datetime64[us, UTC] series; None becomes NaT."""
    whole = pd.array(values, dtype="Int64").to_numpy(dtype="int64", na_value=_NOT_A_TIME)
    return pd.Series(whole.view("datetime64[us]")).dt.tz_localize("UTC")
