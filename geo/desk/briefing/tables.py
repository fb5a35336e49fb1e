"""Columns of all units, from which the page of a file works out cards, evidence and search."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from geo.desk import gaps, measures
from geo.desk.evidence import FORMULAS
from geo.desk.held import Held
from geo.desk.initials import initials_of
from geo.desk.units import list_units
from geo.errors import NotAvailable
from geo.hotspots.cube import EVERY
from geo.schema import RESULTS, Role
from geo.schema.column import may_see
from geo.snapshot import counts, queries

_TABLES = ("units", "coverage", "gaps", "safeguards", "hotspots", "emerging", "rates")
_KEYS = ("level", "code", "name")


def tables_of(role: Role) -> tuple[str, ...]:
    """Tables with a row per unit that the pages of a file show `role`.

    >>> tables_of("leader")
    ('units', 'coverage', 'safeguards', 'hotspots', 'emerging', 'rates')
    """
    return tuple(name for name in _TABLES if may_see(role, RESULTS[name].sees))


def pack_units(held: Held, level: str) -> dict[str, Any]:
    """`list_units`, and the pinyin initials of each name."""
    units = list_units(held, level)
    names = zip(units["name"], units["name_en"], strict=True)
    return {**units, "initials": [initials_of(name or "", name_en) for name, name_en in names]}


def pack_tables(held: Held, level: str, role: Role, at: float) -> dict[str, Any]:
    """By table: columns by unit number, hidden unit numbers by column, and `counted`; without those not available.

    `counted` are the numerators of ratios that are told as a share of a whole: share x whole, None where either is
    hidden.
    """
    found = {}
    for name in tables_of(role):
        try:
            whole = (
                gaps.unit_gaps(held, level, role)
                if name == "gaps"
                else measures.unit_columns(held, name, level, role, at)
            )
        except NotAvailable:
            continue
        found[name] = {
            "columns": {column: cells for column, cells in whole.columns.items() if column not in _KEYS},
            "hidden": {column: sorted(numbers) for column, numbers in whole.hidden.items() if numbers},
            "counted": _counted(held, name, level, role, at),
        }
    return found


def _counted(held: Held, name: str, level: str, role: Role, at: float) -> dict[str, list[float | None]]:
    frame, _ = queries.unit_frame(held.snapshot, name, level, at, role)
    shown = {column.name: column for column in queries.columns_of(name, role)}
    found = {}
    for figure, formula in FORMULAS.items():
        table, _, column = figure.partition(".")
        whole = formula.over[0]
        if table != name or formula.kind != "ratio" or formula.top is not None or not {column, whole} <= shown.keys():
            continue
        share, of = (frame[one].to_numpy(dtype=np.float64, na_value=np.nan) for one in (column, whole))
        parts = np.round(share * of, 0 if shown[whole].unit == "count" else 1)
        found[column] = [float(part) if np.isfinite(part) else None for part in parts]
    return found


def pack_gaps(held: Held, level: str, role: Role) -> dict[str, dict[str, Any]]:
    """By figure what `gap_columns` tells beside the table: class edges, the seven reasons, which of them are hidden.

    Empty for a role that is not told gaps, and without cameras.
    """
    if "gaps" not in tables_of(role) or not held.snapshot.has("cameras"):
        return {}
    told = {figure: gaps.gap_columns(held, level, role, figure) for figure in gaps.FIGURES}
    kept = ("edges", "reasons", "hidden_reasons")
    return {figure: {name: columns[name] for name in kept} for figure, columns in told.items()}


def pack_months(held: Held, level: str, role: Role) -> dict[str, Any]:
    """Incidents of every unit by civil month: `steps`, and `n` by month and unit number, None where hidden."""
    if not held.snapshot.has("incidents"):
        return {"steps": [], "n": []}
    cube, hidden = counts.step_counts(held.snapshot, level, "month", EVERY, role)
    rows = zip(cube.counts.tolist(), hidden.T.tolist(), strict=True)
    n = [[None if veil else one for one, veil in zip(row, veils, strict=True)] for row, veils in rows]
    return {"steps": list(cube.steps), "n": n}


def missing_by_table(held: Held, role: Role) -> Mapping[str, dict[str, dict[str, str]]]:
    """By table: the columns that rest on a table that is not loaded, with the sentence that says so."""
    found = {name: measures.missing_columns(held, name, role) for name in tables_of(role)}
    if not held.snapshot.has("cameras"):
        words = measures.not_loaded("cameras").both()
        found["coverage"] = {column.name: words for column in RESULTS["coverage"].columns if column.name not in _KEYS}
    return found
