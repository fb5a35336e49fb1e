"""Rows that were refused: listed page by page, counted per reason, their content deleted in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import func, select, update

from geo.records.base import Base
from geo.records.frames import to_table
from geo.records.moments import to_us
from geo.records.tables import KEPT_REFUSALS, REFUSALS


@dataclass(frozen=True)
class Refused:
    """One page of refused rows: `total` that match, `reasons` as (code, how many) of all that match, and `rows`."""

    total: int
    reasons: tuple[tuple[str, int], ...]
    rows: pd.DataFrame


class RefusalRecords(Base):
    """Refused rows."""

    def refusals(self) -> pd.DataFrame:
        """Refused rows: table, source, file, line, reason, explained (English), explained_zh, fields, refused_at.

        `fields` is JSON of the mapped fields' original text; it is None, and the explanations that quote it are empty,
        once they were deleted (`drop_old_refusals`).
        """
        return self.find_refusals(limit=-1).rows

    def find_refusals(
        self, *, table: str = "", source: str = "", reason: str = "", limit: int = 100, offset: int = 0
    ) -> Refused:
        """Refused rows of `table`, of `source` and with `reason`, as far as these are given; `limit` -1 is all.

        Ordered by table, source and line. Columns as in `refusals`.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     page = records.find_refusals(table="cameras", limit=10)
        ...     page.total, page.reasons, page.rows.columns.tolist()[:5]
        (0, (), ['table', 'source', 'file', 'line', 'reason'])
        """
        r = REFUSALS.c
        asked = {r.table: table, r.source: source, r.reason: reason}
        wanted = [column == value for column, value in asked.items() if value]
        explained = (r.explained_en.label("explained"), r.explained_zh)
        rows = select(r.table, r.source, r.file, r.line, r.reason, *explained, r.fields, r.refused_at).where(*wanted)
        page = rows.order_by(r.table, r.source, r.line, r.id).limit(limit).offset(offset)
        n = func.count().label("n")
        counted = select(r.reason, n).where(*wanted).group_by(r.reason).order_by(n.desc(), r.reason)
        with self.reading() as connection:
            reasons = tuple((str(code), int(number)) for code, number in connection.execute(counted))
            return Refused(sum(number for _, number in reasons), reasons, to_table(connection, page))

    def drop_old_refusals(self, days: float, now: datetime) -> int:
        """Deletes the content of rows refused more than `days` before `now`: their fields, and what quotes them.

        File, line and reason stay, and so the count of each reason. Rows kept for a roll back are treated alike.
        Returns how many rows lost their content. SQLite overwrites it in the file (secure_delete).
        """
        limit_us = to_us(now - timedelta(days=days))
        emptied: dict[str, Any] = {"fields": None, "explained_en": "", "explained_zh": ""}
        n = 0
        with self.writing() as connection:
            for table in (REFUSALS, KEPT_REFUSALS):
                old = (table.c.refused_at < limit_us) & table.c.fields.is_not(None)
                n += connection.execute(update(table).where(old).values(emptied)).rowcount
        return n
