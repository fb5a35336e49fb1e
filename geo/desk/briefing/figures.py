"""What stands behind each figure but for its numbers: meaning, formula, interval, tables it rests on."""

from typing import Any

from geo.desk import evidence
from geo.desk.briefing.tables import tables_of
from geo.desk.held import Held
from geo.schema import RESULTS, Column, Role, Table
from geo.schema.column import may_see
from geo.snapshot import queries


def pack_figures(held: Held, role: Role) -> dict[str, Any]:
    """By figure ("TABLE.COLUMN"), as `evidence.explain` tells it; the terms name the columns that hold their numbers.

    `rows_need` is the least role that is told the rows behind it; a file holds no rows.
    """
    found = {}
    for name in tables_of(role):
        for column in queries.columns_of(name, role):
            found[f"{name}.{column.name}"] = _figure(held, RESULTS[name], column, role)
    return found


def _figure(held: Held, table: Table, column: Column, role: Role) -> dict[str, Any]:
    figure, shown = f"{table.name}.{column.name}", queries.columns_of(table.name, role)
    behind = evidence.rows_behind(table.name, column.name)
    tables = evidence.tables_behind(held, table.name, column.name)
    return {
        **evidence.describe_figure(table, column),
        "has_density": "px_per_m" in table.names(),
        "formula": _formula(figure, table, column),
        "beside": [_term(one) for one in shown if one.name in evidence.BESIDE.get(figure, ())],
        "has_period": "incidents" in tables,
        "left_out": tables,
        "rows_of": behind,
        "rows_need": None if behind is None or may_see(role, RESULTS[behind].sees) else RESULTS[behind].sees,
    }


def _formula(figure: str, table: Table, column: Column) -> dict[str, Any] | None:
    formula = evidence.FORMULAS.get(figure)
    if formula is None:
        return None
    terms = [_term(table.column(name)) for name in (*([formula.top] if formula.top else []), *formula.over)]
    if formula.kind == "ratio" and formula.top is None:
        unit = table.column(formula.over[0]).unit
        terms.insert(0, {"title": evidence.COUNTED.both(), "unit": unit, "counted": column.name})
    return {"kind": formula.kind, "terms": terms}


def _term(column: Column) -> dict[str, Any]:
    return {"title": column.title.both(), "unit": column.unit, "column": column.name}


def pack_left_out(held: Held, level: str, role: Role) -> dict[str, Any]:
    """By source table: its rows read, assigned to units of `level`, outside, refused."""
    names = {
        name for table in tables_of(role) for column in RESULTS[table].columns for name in _tables(held, table, column)
    }
    return {name: evidence.count_left_out(held, name, level, role) for name in sorted(names)}


def _tables(held: Held, table: str, column: Column) -> list[str]:
    return evidence.tables_behind(held, table, column.name)
