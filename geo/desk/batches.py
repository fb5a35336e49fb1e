"""Batches of feeds from what was sent to what can be stored; those of one feed and kind are checked as one.

Most of what a small batch costs is the same however many rows it has, so many together cost less than each alone.
What becomes of a row does not depend on the company it is checked in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.intake.quality import Refusals
from geo.intake.rows import check_rows, stands_alone, texts_of
from geo.intake.statuses import check_moments, check_statuses
from geo.intake.tables import Surroundings
from geo.records import FeedBatch, Status
from geo.records.rows import to_rows
from geo.schema import SOURCES

Ints = npt.NDArray[np.int64]
#: datetime64[us], UTC
Moments = npt.NDArray[np.datetime64]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sent:
    """What a sender of feed `feed` sent: `rows` of the table `kind`, and under which idempotency key."""

    feed: str
    kind: Literal["incidents", "statuses"]
    rows: Sequence[Row]
    key: str = ""
    digest: str = ""


def check_batches(sent: Sequence[Sent], around: Surroundings) -> list[FeedBatch]:
    """The batch of each of `sent`, in their order.

    >>> from datetime import UTC, datetime
    >>> from geo.crs import parse_crs
    >>> from geo.intake.points import Extent
    >>> from geo.rules import Rules
    >>> home, now = Extent((100.0, 20.0, 110.0, 30.0), 0.0), datetime(2026, 1, 1, tzinfo=UTC)
    >>> around = Surroundings(home, parse_crs("EPSG:32649"), frozenset(), "UTC", now, Rules())
    >>> row = {"source_id": "7", "lon": 109.7, "lat": 28.3, "reported_at": "2025-12-31"}
    >>> one, two = Sent("gate", "incidents", [row, row]), Sent("gate", "incidents", [row, {**row, "lon": "x"}])
    >>> found = check_batches([one, two], around)
    >>> [(batch.incidents.uids, batch.n_doubled, batch.refused["line"].tolist()) for batch in found]
    [(['gate:7'], 1, []), (['gate:7'], 0, [1])]
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, one in enumerate(sent):
        alone = one.kind == "incidents" and stands_alone("incidents", one.rows)
        groups.setdefault((one.feed, one.kind, place if alone else None), []).append(place)
    found: dict[int, FeedBatch] = {}
    for places in groups.values():
        some = [sent[place] for place in places]
        check = _check_incidents if some[0].kind == "incidents" else _check_statuses
        found |= zip(places, check(some, around), strict=True)
    return [found[place] for place in range(len(sent))]


def _check_incidents(sent: Sequence[Sent], around: Surroundings) -> list[FeedBatch]:
    rows, starts = _joined(sent)
    timed, at, late = _take_moments(rows, around)
    plain = rows
    if at is not None:
        plain = [{name: value for name, value in rows[place].items() if name != "at"} for place in timed]
    found = check_rows("incidents", plain, around, lines=timed)
    lines = found.frame["line"].to_numpy()
    ends = np.searchsorted(lines, starts)
    ids = found.frame["source_id"].tolist()
    newest = [_newest(ids, lines, at, start, end) for start, end in pairwise(ends.tolist())]
    kept = [place for places in newest for place in places]
    counts = [0, *accumulate(map(len, newest))]
    frame = found.frame if len(kept) == len(ids) else found.frame.iloc[kept]
    frame = frame.assign(line=_within(frame["line"].to_numpy(), starts))
    ready = to_rows(SOURCES["incidents"], sent[0].feed, frame, may_repeat=True)
    ats = [None] * len(kept) if at is None else _to_us(at[lines[kept]])
    refused = found.refused if late.empty else pd.concat([late, found.refused], ignore_index=True)
    return [
        FeedBatch(
            one.feed,
            len(one.rows),
            said,
            ready.part(start, stop),
            ats[start:stop],
            n_doubled=int(n_usable) - (stop - start),
            key=one.key,
            digest=one.digest,
        )
        for one, said, (start, stop), n_usable in zip(
            sent, _parts(refused, starts), pairwise(counts), np.diff(ends), strict=True
        )
    ]


def _take_moments(rows: Sequence[Row], around: Surroundings) -> tuple[Sequence[int], Moments | None, pd.DataFrame]:
    """Positions of the rows whose `at` can be used, every row's `at` (None: no row has one), and the refused rows."""
    texts = texts_of(rows, "at")
    moments = Refusals(np.arange(len(rows)), {"at": texts})
    if not any("at" in row for row in rows):
        return range(len(rows)), None, moments.frame()
    at = check_moments(texts, around, moments, "at").to_numpy(dtype="datetime64[us]")
    return np.flatnonzero(moments.kept()).tolist(), at, moments.frame()


def _check_statuses(sent: Sequence[Sent], around: Surroundings) -> list[FeedBatch]:
    rows, starts = _joined(sent)
    found = check_statuses(rows, around)
    lines = found.frame["line"].to_numpy()
    ats = _to_us(found.frame["at"].to_numpy(dtype="datetime64[us]"))
    cells = (found.frame["uid"].tolist(), found.frame["status"].tolist(), ats, _within(lines, starts).tolist())
    said = [Status(uid, status, at or 0, line) for uid, status, at, line in zip(*cells, strict=True)]
    bounds = pairwise(np.searchsorted(lines, starts).tolist())
    return [
        FeedBatch(one.feed, len(one.rows), refused, statuses=said[start:stop], key=one.key, digest=one.digest)
        for one, refused, (start, stop) in zip(sent, _parts(found.refused, starts), bounds, strict=True)
    ]


def _joined(sent: Sequence[Sent]) -> tuple[Sequence[Row], Ints]:
    """All rows of `sent` in a row, and where each batch starts among them, with the end of the last."""
    starts = np.cumsum([0, *(len(one.rows) for one in sent)])
    return [row for one in sent for row in one.rows], starts


def _within(lines: Ints, starts: Ints) -> Ints:
    """Positions in all batches as positions in each row's own."""
    return lines - starts[np.searchsorted(starts, lines, side="right") - 1]


def _parts(refused: pd.DataFrame, starts: Ints) -> list[pd.DataFrame]:
    """The refusals of each batch, lines counted within it."""
    if refused.empty or len(starts) == 2:
        return [refused] * (len(starts) - 1)
    lines = refused["line"].to_numpy()
    own = refused.assign(line=_within(lines, starts))
    return [own[(lines >= start) & (lines < stop)].reset_index(drop=True) for start, stop in pairwise(starts)]


def _newest(ids: Sequence[str], lines: Ints, at: Moments | None, start: int, stop: int) -> list[int]:
    """Positions from `start` to before `stop` with each id once: of a double the newest row, else the last."""
    if len(set(ids[start:stop])) == stop - start:
        return list(range(start, stop))
    last: dict[str, int] = {}
    for place in range(start, stop):
        held = last.get(ids[place])
        if held is None or at is None or not at[lines[place]] < at[lines[held]]:
            last[ids[place]] = place
    return list(last.values())


def _to_us(moments: Moments) -> list[int | None]:
    pairs = zip(moments.astype(np.int64).tolist(), np.isnat(moments).tolist(), strict=True)
    return [None if none else value for value, none in pairs]
