"""Who looked at what: rows are only ever added."""

import pandas as pd
from sqlalchemy import insert, select

from geo.records.base import Base
from geo.records.frames import to_table
from geo.records.moments import now_us
from geo.records.tables import AUDIT


class AuditRecords(Base):
    """The audit trail."""

    def write_audit(self, who: str, route: str, unit: str = "", filter: str = "", rows: int = 0) -> None:
        """Notes that `who` (key name or OS user) asked `route` about `unit` with `filter` and was given `rows` rows.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     records.write_audit("duty", "/exports/gaps.csv", unit="433101", rows=12)
        ...     records.audit(10)[["who", "route", "unit", "rows"]].values.tolist()
        [['duty', '/exports/gaps.csv', '433101', 12]]
        """
        row = {"at": now_us(), "who": who, "route": route, "unit": unit, "filter": filter, "rows": rows}
        with self.writing() as connection:
            connection.execute(insert(AUDIT).values(**row))

    def audit(self, limit: int = 100) -> pd.DataFrame:
        """The latest `limit` audit rows, newest first: at, who, route, unit, filter, rows."""
        a = AUDIT.c
        with self.reading() as connection:
            query = select(a.at, a.who, a.route, a.unit, a.filter, a.rows).order_by(a.id.desc()).limit(limit)
            return to_table(connection, query).astype({"rows": "int64"})
