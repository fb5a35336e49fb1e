"""What stands behind a figure of a unit: meaning, formula with its numbers, what was left out, its rows."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd

from geo.desk import units as units_room
from geo.desk.facts import describe_snapshot
from geo.desk.held import Held
from geo.desk.measures import RESTS_ON, missing_columns, table_rows
from geo.desk.values import to_list
from geo.errors import BadQuery, NotAvailable, Words
from geo.schema import RESULTS, SOURCES, Column, Role, Table
from geo.schema.column import may_see
from geo.snapshot import queries

#: Rows shown behind a figure.
MAX_ROWS = 100

_OF_INCIDENTS = ("hotspots", "emerging", "rates")
_OF_CAMERAS = ("coverage", "gaps", "safeguards")
_INCIDENT_STARTS = ("n_incidents", "incidents_", "camera_within_", "nearest_camera_")
#: Columns of the rows behind a figure, by table.
_SHOWN = {
    "cameras": ("camera_name", "source_id", "kind", "status", "azimuth_deg", "reach_m"),
    "incidents": ("source_id", "reported_at", "category", "channel", "outcome", "seen"),
}
_WILSON = Words("Wilson 95 % interval of a share of cases", "比例的 Wilson 95% 区间")
_BY_DOUBT = Words(
    "from the worst to the best of what the register of cameras leaves open: azimuth, lens, height, range",
    "摄像机登记中缺失的方位角、镜头、高度、距离取最差到最好时的范围",
)
COUNTED = Words("Of these, counted", "其中计入")


@dataclass(frozen=True)
class Formula:
    """How a figure follows from other columns of its table.

    "ratio": the sum of `over` divides `top`, which None stands for share x whole; "sum": the columns `over` added up;
    "excess": 2 (sqrt(n + 3/8) - sqrt(e + 3/8)), `over` being n and e.
    """

    kind: Literal["ratio", "sum", "excess"]
    over: tuple[str, ...]
    top: str | None = None


#: Columns told beside a class, which no formula makes.
BESIDE = {
    "hotspots.hotspot": ("n_incidents", "expected", "excess", "z", "p", "q", "n_neighbours"),
    "emerging.label": ("n_hot", "n_cold", "n_steps", "first_hot", "last_hot", "mk_z", "mk_p", "stability_share"),
}
_INSTALLED = ("n_online", "n_offline")
FORMULAS: dict[str, Formula] = {
    "coverage.n_cameras": Formula("sum", _INSTALLED),
    "coverage.online_share": Formula("ratio", _INSTALLED, "n_online"),
    "coverage.online_key_share": Formula("ratio", ("n_key",)),
    "coverage.complete_share": Formula("ratio", ("n_cameras",)),
    "coverage.area_seen_share": Formula("ratio", ("area_m2",), "area_seen_m2"),
    "coverage.inflation": Formula("ratio", ("area_seen_m2",), "buffer_m2"),
    "coverage.places_seen_share": Formula("ratio", ("n_places",)),
    "coverage.places_potential_share": Formula("ratio", ("n_places",)),
    "coverage.road_seen_share": Formula("ratio", ("road_m",)),
    "coverage.road_potential_share": Formula("ratio", ("road_m",)),
    "coverage.incidents_seen_share": Formula("ratio", ("n_incidents",)),
    "coverage.residents_near_share": Formula("ratio", ("residents_located",)),
    "coverage.public_1_share": Formula("ratio", ("public_m2",)),
    "coverage.public_2_share": Formula("ratio", ("public_m2",)),
    "coverage.public_3plus_share": Formula("ratio", ("public_m2",)),
    "hotspots.excess": Formula("excess", ("n_incidents", "expected")),
    "rates.close_share": Formula("ratio", ("n_due",), "n_closed"),
    "rates.on_time_share": Formula("ratio", ("n_due",), "n_on_time"),
    "rates.mediation_share": Formula("ratio", ("n_accepted",), "n_mediated"),
    "rates.solve_share": Formula("ratio", ("n_accepted",), "n_solved"),
}


def explain(held: Held, figure: str, level: str, code: str, role: Role, at: float | None) -> dict[str, Any]:
    """What stands behind `figure` ("TABLE.COLUMN" of a table with one row per unit) of the unit `code` of `level`.

    Nothing is told that `role` could not read in the table itself: a number that is hidden there is hidden here, and
    one that would have to be worked out of hidden ones is left out. `rows` holds incidents for an analyst only, cameras
    for a planner. Errors: `BadQuery`, `NotFound`, `Forbidden`, `NotAvailable`.
    """
    table, column = _declared(figure, role)
    snapshot = held.snapshot
    number = units_room.number_of(held, level, code)
    if table.needs and not snapshot.has(table.needs):
        raise NotAvailable(Words(f"not available: no {table.needs} loaded", f"未提供：没有载入{table.title.zh}"))
    density = queries.check_density(snapshot, at)
    cells = Cells(held, table, level, number, role, density)
    path = units_room.path_of(held, level, number)
    tables = tables_behind(held, table.name, column.name)
    behind = rows_behind(table.name, column.name)
    return {
        "figure": figure,
        **describe_figure(table, column),
        "place": path[-1],
        "path": path,
        "at": density if "px_per_m" in table.names() else None,
        **cells.told(column.name),
        "low": cells.value(f"{column.name}_low"),
        "high": cells.value(f"{column.name}_high"),
        "missing": missing_columns(held, table.name, role).get(column.name),
        "formula": _formula(cells, figure, column),
        "beside": [
            _term(cells, column)
            for column in queries.columns_of(table.name, role)
            if column.name in BESIDE.get(figure, ())
        ],
        "period": period_of(held) if "incidents" in tables else None,
        "left_out": [count_left_out(held, name, level, role) for name in tables],
        "doubt_road_m": _doubted(held, level, code, role) if "cameras" in tables else None,
        "rows_of": behind,
        "rows_need": None if behind is None or may_see(role, RESULTS[behind].sees) else RESULTS[behind].sees,
        "rows": _rows(held, behind, level, code, role, density),
        "snapshot": describe_snapshot(held),
    }


def describe_figure(table: Table, column: Column) -> dict[str, Any]:
    """What a figure is, whatever its numbers: title, meaning, unit, table, what its interval is."""
    return {
        "title": column.title.both(),
        "meaning": column.meaning.both(),
        "unit": column.unit,
        "table": {"name": table.name, "title": table.title.both()},
        "interval": _interval_words(table, column),
    }


class Cells:
    """The cells of one unit in a table as `role` may see them: what is hidden is None here, too."""

    def __init__(self, held: Held, table: Table, level: str, number: int, role: Role, at: float) -> None:
        self._table, self._number, self._role = table, number, role
        self._frame, self._hidden = queries.unit_frame(held.snapshot, table.name, level, at, role)

    def exact(self, name: str) -> float | None:
        """The number itself; None where it is empty, hidden, or not for this role."""
        if name not in self._table.names() or not may_see(self._role, self._table.column(name).sees):
            return None
        cell = pd.to_numeric(pd.Series([self._frame[name].iloc[self._number]]), errors="coerce").to_numpy(dtype=float)
        return None if self.is_hidden(name) or not np.isfinite(cell[0]) else float(cell[0])

    def value(self, name: str) -> Any:
        """The cell as JSON, rounded to what a page can show."""
        if name not in self._table.names() or not may_see(self._role, self._table.column(name).sees):
            return None
        cell = self._frame[name].iloc[self._number : self._number + 1]
        return None if self.is_hidden(name) else to_list(cell, self._table.column(name))[0]

    def is_hidden(self, name: str) -> bool:
        """Whether the cell is hidden as a small count, or as what would tell one."""
        return self._number in self._hidden.get(name, ())

    def told(self, name: str) -> dict[str, Any]:
        """{value, hidden} of a column."""
        return {"value": self.value(name), "hidden": self.is_hidden(name)}


def tables_behind(held: Held, table: str, column: str) -> list[str]:
    """The source tables, of those loaded, that a column of a result table rests on."""
    found = {"cameras": table in _OF_CAMERAS or column == "n_cameras" or "camera" in column}
    found["incidents"] = table in _OF_INCIDENTS or column.startswith(_INCIDENT_STARTS)
    for start, names in RESTS_ON:
        found |= {name: True for name in names if column.startswith(start)}
    found["residents"] = found.get("residents", False) or (table == "hotspots" and column != "n_incidents")
    return [name for name, is_behind in found.items() if is_behind and held.snapshot.has(name)]


def _declared(figure: str, role: Role) -> tuple[Table, Column]:
    name, _, column = figure.partition(".")
    table = queries.result_table(name, role)
    if table.row_of != "unit":
        raise BadQuery(Words(f"table {name} has no row per unit", f"表 {name} 不是按单位的表"))
    shown = {one.name: one for one in queries.columns_of(name, role)}
    if column not in shown:
        raise BadQuery(Words(f"table {name} has no column {column!r}", f"表 {name} 没有列 {column!r}"))
    return table, shown[column]


def _interval_words(table: Table, column: Column) -> dict[str, str] | None:
    """What the interval of a column is; None where it has none."""
    if f"{column.name}_low" not in table.names():
        return None
    return (_WILSON if table.name == "rates" else _BY_DOUBT).both()


def _formula(cells: Cells, figure: str, column: Column) -> dict[str, Any] | None:
    """The formula with its numbers; without those that are hidden, and never with one worked out of a hidden one."""
    formula = FORMULAS.get(figure)
    if formula is None:
        return None
    table = RESULTS[figure.partition(".")[0]]
    names = [*([formula.top] if formula.top else []), *formula.over]
    terms = [_term(cells, table.column(name)) for name in names]
    if formula.kind == "ratio" and formula.top is None:
        share, whole = cells.exact(column.name), cells.exact(formula.over[0])
        unit = table.column(formula.over[0]).unit
        part = None if share is None or whole is None else round(share * whole, 0 if unit == "count" else 1)
        terms.insert(0, {"title": COUNTED.both(), "unit": unit, "value": part, "hidden": cells.is_hidden(column.name)})
    return {"kind": formula.kind, "terms": terms}


def _term(cells: Cells, column: Column) -> dict[str, Any]:
    return {"title": column.title.both(), "unit": column.unit, **cells.told(column.name)}


def period_of(held: Held) -> dict[str, str] | None:
    """First and last civil day of the incidents."""
    day = held.snapshot.events().day
    if not len(day):
        return None
    first, last = (date(1970, 1, 1) + timedelta(days=int(day[at])) for at in (0, -1))
    return {"first": first.isoformat(), "last": last.isoformat()}


def count_left_out(held: Held, name: str, level: str, role: Role) -> dict[str, Any]:
    """Rows of a source table in the whole home: read, assigned to units of `level`, outside, refused."""
    ledger = queries.table(held.snapshot, "ledger", level=level, role=role)
    mine = ledger[(ledger["layer"] == name) & (ledger["code"] == "")]
    counts = {
        one: int(mine[one].iloc[0]) if len(mine) else None for one in ("rows_read", "assigned", "outside", "refused")
    }
    return {"table": name, "title": SOURCES[name].title.both(), **counts}


def _doubted(held: Held, level: str, code: str, role: Role) -> float | None:
    """Metres of unseen road of the unit where the register of cameras is in doubt; None below planner."""
    if not may_see(role, RESULTS["gap_reasons"].sees) or not held.snapshot.has("roads"):
        return None
    reasons = held.snapshot.frame("gap_reasons")
    mine = reasons[(reasons["level"] == level) & (reasons["code"] == code) & (reasons["reason"] == "doubt")]
    return round(float(mine["road_m"].sum()), 1)


def rows_behind(table: str, column: str) -> str | None:
    """The table whose rows are counted in a figure."""
    if table in _OF_INCIDENTS or column.startswith(_INCIDENT_STARTS):
        return "incidents"
    return "cameras" if table in _OF_CAMERAS or column == "n_cameras" else None


def _rows(held: Held, behind: str | None, level: str, code: str, role: Role, at: float) -> dict[str, Any] | None:
    """The first `MAX_ROWS` rows that lie in the unit and how many there are; None where `role` may not see them."""
    if behind is None or not held.snapshot.has(behind) or not may_see(role, RESULTS[behind].sees):
        return None
    frame, n = queries.first_points(held.snapshot, behind, (level, code), at, role, MAX_ROWS)
    told = table_rows(frame, behind, role)
    at_column = {column["column"]: n for n, column in enumerate(told["columns"])}
    shown = [at_column[name] for name in _SHOWN[behind]]
    return {
        "table": behind,
        "title": RESULTS[behind].title.both(),
        "of": n,
        "columns": [told["columns"][n] for n in shown],
        "rows": [[row[n] for n in shown] for row in told["rows"]],
    }
