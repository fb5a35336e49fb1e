"""Measures of units for the pages: columns by unit number, the unit card, the months."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.desk import units as units_room
from geo.desk.held import Held
from geo.desk.values import to_list
from geo.errors import BadQuery, NotAvailable, Words
from geo.hotspots.cube import EVERY, Step, Wanted
from geo.schema import RESULTS, SOURCES, Column, Role
from geo.snapshot import counts, queries
from geo.snapshot.large_levels import words_of_untold

METRICS = ("coverage", "safeguards", "hotspots", "emerging")
_KEYS = ("level", "code", "name")

#: Beginning of a column's name -> the source tables of which one at least must be loaded.
RESTS_ON: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("n_places", ("places",)),
    ("places_", ("places",)),
    ("road_", ("roads",)),
    ("n_incidents", ("incidents",)),
    ("incidents_", ("incidents",)),
    ("residents", ("residents",)),
    ("public_", ("roads", "places")),
    ("gap_m2", ("roads", "places")),
    ("facade_", ("buildings",)),
    ("n_dwellings", ("buildings",)),
    ("private_", ("buildings", "restricted_areas")),
    ("restricted_", ("restricted_areas",)),
)
#: Measures of which less is better: rank 1 is the lowest.
LESS_IS_BETTER = ("area_3plus_m2", "inflation", "public_3plus_share", "facade_m", "n_dwellings", "n_offline")


@dataclass(frozen=True)
class UnitColumns:
    """A unit table of one level as JSON columns by unit number, protected for a role, and the hidden unit numbers."""

    columns: dict[str, list[Any]]
    hidden: dict[str, frozenset[int]]

    def row(self, number: int) -> dict[str, Any]:
        """The unit's cells by column, and under `hidden` the columns whose cell is hidden."""
        cells = {name: values[number] for name, values in self.columns.items()}
        return {**cells, "hidden": sorted(name for name, numbers in self.hidden.items() if number in numbers)}


def unit_columns(held: Held, name: str, level: str, role: Role, at: float) -> UnitColumns:
    """Table `name` of all units of `level`; worked out once. `NotAvailable` where its source is not loaded."""
    at = queries.density_of(held.snapshot, name, at)

    def make() -> UnitColumns:
        frame = queries.table(held.snapshot, name, level=level, at=at, role=role)
        columns = {c.name: to_list(frame[c.name], c) for c in queries.columns_of(name, role)}
        return UnitColumns(columns, {c: frozenset(places) for c, places in frame.attrs["hidden"].items()})

    found: UnitColumns = held.tables.get(("unit_columns", name, level, role, at), make)
    return found


def metric_columns(
    held: Held, name: str, level: str, role: Role, within: str | None, at: float | None
) -> dict[str, Any]:
    """Every number and class of table `name` as arrays over all units of `level`, None outside `within`."""
    if name not in METRICS:
        raise BadQuery(Words(f"no metrics {name!r}; they are {', '.join(METRICS)}", f"没有指标组 {name!r}"))
    snapshot = held.snapshot
    at = queries.check_density(snapshot, at)
    whole = unit_columns(held, name, snapshot.home.level(level).name, role, at)
    columns = {column: cells for column, cells in whole.columns.items() if column not in _KEYS}
    hidden = {column: sorted(numbers) for column, numbers in whole.hidden.items()}
    if within is not None:
        inside = set(queries.rows_within(snapshot, level, within).tolist())
        columns = {c: [v if i in inside else None for i, v in enumerate(cells)] for c, cells in columns.items()}
        hidden = {column: [number for number in numbers if number in inside] for column, numbers in hidden.items()}
    return {
        "level": level,
        "name": name,
        "at": at,
        "snapshot": snapshot.id,
        "columns": columns,
        "hidden": {column: numbers for column, numbers in hidden.items() if numbers},
        "missing": missing_columns(held, name, role),
    }


def missing_columns(held: Held, name: str, role: Role) -> dict[str, dict[str, str]]:
    """Columns of table `name` that rest on a table that is not loaded, with the sentence that says so."""
    found = {}
    for column in _value_columns(name, role):
        for start, tables in RESTS_ON:
            if column.name.startswith(start) and not any(held.snapshot.has(table) for table in tables):
                found[column.name] = not_loaded(tables[0]).both()
    return found


def not_loaded(table: str) -> Words:
    """The sentence for a measure whose source table is not loaded.

    >>> not_loaded("roads").en
    'not available: no roads loaded'
    """
    return Words(f"not available: no {table.replace('_', ' ')} loaded", f"未提供：没有载入{SOURCES[table].title.zh}")


def unit_card(held: Held, level: str, code: str, role: Role, at: float | None) -> dict[str, Any]:
    """Everything the right panel says about one unit."""
    number = units_room.number_of(held, level, code)
    at = queries.check_density(held.snapshot, at)
    path = units_room.path_of(held, level, number)
    parent = path[-2] if len(path) > 1 else None
    coverage = _row(held, "coverage", level, code, role, at)
    above = _row(held, "coverage", parent["level"], parent["code"], role, at) if parent else None
    missing = missing_columns(held, "coverage", role)
    if coverage is None:
        missing = {c.name: not_loaded("cameras").both() for c in _value_columns("coverage", role)}
    unit = _row(held, "units", level, code, role, at) or {}
    return {
        "snapshot": held.snapshot.id,
        "at": at,
        "unit": {**unit, "bbox": units_room.list_units(held, level)["bbox"][number]},
        "path": path,
        "parent": {key: parent[key] for key in ("level", "code", "name", "name_en")} if parent else None,
        "rank": _ranks(held, level, number, role, at) if coverage else {},
        "values": _without(coverage),
        "parent_values": _without(above),
        "hidden": coverage["hidden"] if coverage else [],
        "missing": missing,
        "cameras": {s: coverage[f"n_{s}"] for s in ("online", "offline", "planned")} if coverage else None,
        "hotspot": _row(held, "hotspots", level, code, role, at),
        "rates": _row(held, "rates", level, code, role, at),
        "months": month_counts(held, level, code, role),
    }


def month_counts(held: Held, level: str, code: str, role: Role) -> list[dict[str, Any]]:
    """Incidents of the unit by civil month of the home, oldest first; n is None where the count is hidden."""
    units_room.number_of(held, level, code)
    if not held.snapshot.has("incidents"):
        return []
    told = step_counts(held, level, code, "month", EVERY, role)
    return [{"month": month, "n": n} for month, n in zip(told["steps"], told["n"], strict=True)]


def step_counts(held: Held, level: str, code: str, step: Step, wanted: Wanted, role: Role) -> dict[str, Any]:
    """Incidents of the unit by time step, in order: `steps` and `n`, None where hidden. `NotAvailable` without any.

    `note` says why no step of small units is told, None where some are.
    """
    number = units_room.number_of(held, level, code)
    if not held.snapshot.has("incidents"):
        raise NotAvailable(not_loaded("incidents"))
    cube, hidden = counts.step_counts(held.snapshot, level, step, wanted, role)
    n = [None if veil else int(one) for one, veil in zip(cube.counts[:, number], hidden[number], strict=True)]
    note = None
    if not counts.is_told(held.snapshot, level, step, role):
        note = words_of_untold(held.snapshot.rules.min_count).both()
    answer = {"level": level, "code": code, "step": step, "steps": list(cube.steps), "n": n, "note": note}
    return answer | {"snapshot": held.snapshot.id}


def _value_columns(name: str, role: Role) -> list[Column]:
    return [column for column in queries.columns_of(name, role) if column.name not in _KEYS]


def _row(held: Held, name: str, level: str, code: str, role: Role, at: float) -> dict[str, Any] | None:
    """The unit's row of a table with what is hidden in it, None where the table is not available."""
    try:
        whole = unit_columns(held, name, level, role, at)
    except NotAvailable:
        return None
    return whole.row(units_room.number_of(held, level, code))


def _without(row: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (row or {}).items() if key not in (*_KEYS, "hidden")}


def _ranks(held: Held, level: str, number: int, role: Role, at: float) -> dict[str, dict[str, int]]:
    """Place of the unit among the units of its level that have a visible value; equal values share the best place."""
    places: dict[str, tuple[np.ndarray, int]] = held.kept.get(
        ("ranks", level, role, at), lambda: _places(unit_columns(held, "coverage", level, role, at))
    )
    return {
        column: {"rank": int(place[number]), "of": n_known}
        for column, (place, n_known) in places.items()
        if place[number]
    }


def _places(whole: UnitColumns) -> dict[str, tuple[np.ndarray, int]]:
    """Per measure shown: each unit's place from 1 (0 where it has no visible value), and how many have one."""
    found = {}
    for column in [column for column in RESULTS["coverage"].columns if column.name in whole.columns]:
        name = column.name
        if column.dtype == "text" or name == "px_per_m" or name.endswith(("_low", "_high")):
            continue
        values = np.array(whole.columns[name], dtype=np.float64)
        known = np.sort(values[np.isfinite(values)])
        below = np.searchsorted(known, values, side="left")
        above = len(known) - np.searchsorted(known, values, side="right")
        place = (below if name in LESS_IS_BETTER else above) + 1
        found[name] = (np.where(np.isfinite(values), place, 0), len(known))
    return found


def table_rows(frame: pd.DataFrame, name: str, role: Role) -> dict[str, Any]:
    """A frame of `queries.table` as {"columns", "rows", "hidden", "of"}, JSON-ready, without geometry.

    `of` is how many rows there are in all, None where that was not counted.
    """
    columns = queries.columns_of(name, role)
    cells = [to_list(frame[column.name], column) for column in columns]
    return {
        "name": name,
        "columns": [column.row() for column in columns],
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "hidden": {column: list(places) for column, places in frame.attrs.get("hidden", {}).items() if places},
        "of": frame.attrs.get("of"),
    }
