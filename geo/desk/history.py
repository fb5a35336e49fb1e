"""Month-end values for the pages: of one unit over the months, of all units in one month."""

from pathlib import Path
from typing import Any

import pandas as pd

from geo.desk.held import Held, Kept
from geo.desk.units import number_of
from geo.desk.values import to_instant, to_list
from geo.errors import NotFound, Words
from geo.schema import RESULTS, Role
from geo.snapshot import queries
from geo.snapshot.history import FOLDER, MEASURES, Month, kept_columns, list_months, month_of, month_values, read_month
from geo.snapshot.protect import needs_protection


class Months:
    """The months that the home in folder `home` keeps; each is read once. Safe between threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._read = Kept(limit=60)

    def of(self, held: Held) -> list[str]:
        """Months with a value, in order: those kept, and that of the snapshot being served."""
        return sorted({*list_months(self._home), month_of(held.snapshot)})

    def find(self, held: Held, month: str) -> Month:
        """One month: of the snapshot being served its own values, else those kept; `NotFound` where there are none."""
        if month == month_of(held.snapshot):
            own: Month = held.kept.get("month", lambda: month_values(held.snapshot))
            return own
        if month not in list_months(self._home):
            raise NotFound(Words(f"no values of the month {month!r} are kept", f"没有保留 {month!r} 的月末值"))
        written = (self._home / FOLDER / f"{month}.parquet").stat().st_mtime_ns
        found: Month = self._read.get((month, written), lambda: read_month(self._home, month))
        return found


def unit_months(held: Held, months: Months, level: str, code: str, role: Role) -> dict[str, Any]:
    """Month-end values of one unit, oldest month first, at the default pixel density.

    `months` has a record per month: month, as_of, number (of the snapshot), is_current, has_same_boundaries, values by
    column, and the columns hidden from `role`. Months told at another density, or without the unit, are left out.
    """
    number_of(held, level, code)
    at = held.snapshot.rules.px_per_m
    told = []
    for name in months.of(held) if held.snapshot.has("cameras") else []:
        month = months.find(held, name)
        rows = month.level(level)
        if month.px_per_m == at and code in rows.index:
            told.append(_describe(held, month) | _values(rows.loc[[code]], role))
    return {"level": level, "code": code, "at": at, "snapshot": held.snapshot.id, "months": told}


def month_columns(held: Held, months: Months, month: str, level: str, role: Role) -> dict[str, Any]:
    """One month's values of all units of `level` by unit number, as `metric_columns` gives those of today.

    None for units that the month does not have.
    """
    found = months.find(held, month)
    rows = found.level(held.snapshot.home.level(level).name).reindex(queries.units_of(held.snapshot, level)["code"])
    columns, hidden = {}, {}
    for name in MEASURES:
        veiled = rows[f"{name}_hidden"].fillna(False).to_numpy(dtype=bool) & needs_protection(role)
        for end in ("", "_low", "_high"):
            column = RESULTS["coverage"].column(f"{name}{end}")
            columns[column.name] = to_list(rows[column.name].mask(veiled).astype("float64"), column)
            if veiled.any():
                hidden[column.name] = veiled.nonzero()[0].tolist()
    return _describe(held, found) | {"level": level, "at": found.px_per_m, "columns": columns, "hidden": hidden}


def _describe(held: Held, month: Month) -> dict[str, Any]:
    return {
        "month": month.month,
        "as_of": to_instant(month.as_of),
        "number": month.number,
        "is_current": month.month == month_of(held.snapshot),
        "has_same_boundaries": month.boundary_version == held.snapshot.boundary_version,
    }


def _values(row: pd.DataFrame, role: Role) -> dict[str, Any]:
    """The one row's values by column, and which are hidden from `role`."""
    veiled = [name for name in MEASURES if needs_protection(role) and bool(row[f"{name}_hidden"].iloc[0])]
    hidden = [f"{name}{end}" for name in veiled for end in ("", "_low", "_high")]
    values = {
        name: to_list(row[name].astype("float64"), RESULTS["coverage"].column(name))[0] for name in kept_columns()
    }
    return {"values": values | dict.fromkeys(hidden), "hidden": hidden}
