"""What a feed says of cameras: which is online or offline, and since when that is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.intake.columns import judge_times
from geo.intake.quality import Refusals
from geo.intake.rows import refuse_strange, texts_of
from geo.intake.tables import Surroundings
from geo.intake.times import to_utc
from geo.intake.values import clean_text

Texts = npt.NDArray[np.object_]

#: What a feed may say; whether a camera is planned or retired is decided by people.
FED_STATUSES = ("online", "offline")
_NAMES = ("uid", "source", "source_id", "status", "at")


@dataclass(frozen=True)
class Statuses:
    """`frame`: uid, status, at (UTC), line of the rows that can be used; `refused` as in a file."""

    frame: pd.DataFrame
    refused: pd.DataFrame


def check_statuses(rows: Sequence[Mapping[str, Any]], around: Surroundings) -> Statuses:
    """Check rows of uid (or source and source_id), status and at; `line` is a row's position.

    >>> from datetime import UTC, datetime
    >>> from geo.crs import parse_crs
    >>> from geo.intake.points import Extent
    >>> from geo.rules import Rules
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> home = Extent((100.0, 20.0, 110.0, 30.0), 0.0)
    >>> around = Surroundings(home, parse_crs("EPSG:32649"), frozenset(), "UTC", now, Rules())
    >>> one = {"uid": "police:7", "status": "offline", "at": "2025-12-31T23:00:00Z"}
    >>> found = check_statuses([one, {**one, "status": "asleep"}, {**one, "at": "2026-01-01T00:06Z"}], around)
    >>> found.frame["uid"].tolist(), found.refused["reason"].tolist()
    (['police:7'], ['unknown_value', 'future_time'])
    """
    fields = {name: clean_text(texts_of(rows, name)) for name in _NAMES}
    pairs = zip(fields["uid"], fields["source"], fields["source_id"], strict=True)
    uids = [uid or (f"{source}:{row_id}" if source and row_id else None) for uid, source, row_id in pairs]
    refusals = Refusals(np.arange(len(rows)), fields)
    refuse_strange(rows, _NAMES, refusals)
    refusals.refuse(np.array([uid is None for uid in uids], dtype=bool), "missing_field", "uid")
    status = np.array([text and text.lower() for text in fields["status"]], dtype=object)
    refusals.refuse(~np.isin(status.astype(str), FED_STATUSES), "unknown_value", "status")
    moments = check_moments(fields["at"], around, refusals, "at")
    refusals.refuse(np.asarray(moments.isna()), "missing_field", "at")
    frame = pd.DataFrame({"uid": uids, "status": status, "at": moments, "line": refusals.lines})
    return Statuses(frame[refusals.kept()].reset_index(drop=True), refusals.frame())


def check_moments(texts: Texts, around: Surroundings, refusals: Refusals, name: str) -> pd.DatetimeIndex:
    """`texts` as UTC, civil time of the home where they carry no offset; unreadable and future ones are refused."""
    times = to_utc(texts, around.timezone)
    judge_times(name, times, refusals, around.rules, around.now)
    return times.utc
