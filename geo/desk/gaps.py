"""Gaps by unit number for the pages: what is unseen, with its interval, and why, in seven parts that sum to it."""

from typing import Any

import numpy as np
import pandas as pd

from geo.coverage.reasons import REASONS, WHOLES
from geo.desk.held import Held
from geo.desk.measures import UnitColumns, missing_columns, not_loaded
from geo.desk.units import number_of
from geo.desk.values import to_list
from geo.errors import BadQuery, NotAvailable, Words
from geo.schema import RESULTS, Column, Role
from geo.schema.column import may_see
from geo.snapshot import queries

FIGURES = tuple(WHOLES)
_KEYS = ("level", "code", "name")
#: The lowest class edge of each figure on a map of small gaps: edges stand at once, twice and four times of it.
_LEAST_EDGE = {"n_places": 1.0, "road_m": 250.0, "n_incidents": 5.0, "residents": 50.0, "gap_m2": 1000.0}
_MOST_IN_TOP_CLASS = 0.25


def gap_columns(
    held: Held, level: str, role: Role, figure: str = "road_m", within: str | None = None
) -> dict[str, Any]:
    """The table gaps of all units of `level` and the reasons of `figure`, None outside `within` and where hidden.

    Of a unit without a row in gaps nothing is unseen: its cells are None and not hidden. Figures stand at the default
    pixel density. `edges` are those of `class_edges` over the whole level, so that places of one level compare.
    Errors: `Forbidden` below planner, `NotAvailable` without cameras, `BadQuery` for another figure.
    """
    if figure not in FIGURES:
        raise BadQuery(Words(f"no figure {figure!r}; they are {', '.join(FIGURES)}", f"没有数字 {figure!r}"))
    snapshot = held.snapshot
    level = snapshot.home.level(level).name
    whole, reasons = unit_gaps(held, level, role), reason_columns(held, level, figure, role)
    inside = None if within is None else frozenset(queries.rows_within(snapshot, level, within).tolist())

    def cut(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        if inside is None:
            return columns
        return {name: [v if i in inside else None for i, v in enumerate(cells)] for name, cells in columns.items()}

    def cut_hidden(hidden: dict[str, frozenset[int]]) -> dict[str, list[int]]:
        left = {name: sorted(cells if inside is None else cells & inside) for name, cells in hidden.items()}
        return {name: cells for name, cells in left.items() if cells}

    return {
        "level": level,
        "at": snapshot.rules.px_per_m,
        "snapshot": snapshot.id,
        "figure": figure,
        "edges": class_edges(whole.columns[WHOLES[figure]], _LEAST_EDGE[figure]),
        "columns": cut(whole.columns),
        "reasons": cut(reasons.columns),
        "hidden": cut_hidden(whole.hidden),
        "hidden_reasons": cut_hidden(reasons.hidden),
        "missing": missing_columns(held, "gaps", role),
    }


def class_edges(values: list[float | None], least: float) -> list[float]:
    """Lower edges of three classes, b, 2 b and 4 b, so that at most a quarter of the units stand in the top class.

    b is `least` times the smallest of 1, 2, 5, 10, 20, 50 ... with which that holds.

    >>> class_edges([100.0, 300.0, 900.0, 2000.0, None], 250.0)
    [250.0, 500.0, 1000.0]
    >>> class_edges([3000.0, 4000.0, 5000.0], 250.0)
    [2500.0, 5000.0, 10000.0]
    """
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    steps = (power * step for power in (10.0**k for k in range(12)) for step in (1, 2, 5))
    share = next(s for s in steps if not len(known) or (known >= 4 * s * least).mean() <= _MOST_IN_TOP_CLASS)
    return [share * least * times for times in (1, 2, 4)]


def unit_gaps(held: Held, level: str, role: Role) -> UnitColumns:
    """The columns of the table gaps, None where a unit has no gap; worked out once."""
    declared = [column for column in queries.columns_of("gaps", role) if column.name not in _KEYS]
    _need_cameras(held)

    def make() -> UnitColumns:
        frame, hidden = queries.unit_frame(held.snapshot, "gaps", level, held.snapshot.rules.px_per_m, role)
        columns = {column.name: to_list(frame[column.name], column) for column in declared}
        return UnitColumns(columns, {name: frozenset(places.tolist()) for name, places in hidden.items()})

    found: UnitColumns = held.tables.get(("gaps", level, role), make)
    return found


def reason_columns(held: Held, level: str, figure: str, role: Role) -> UnitColumns:
    """The seven parts of `figure`, one column per reason in the order of the test; worked out once."""
    declared = RESULTS["gap_reasons"].column(figure)
    queries.columns_of("gap_reasons", role)
    _need_cameras(held)

    def make() -> UnitColumns:
        rows = queries.table(held.snapshot, "gap_reasons", level=level, role=role)
        return _by_reason(rows, queries.units_of(held.snapshot, level)["code"], declared)

    found: UnitColumns = held.tables.get(("gap_reasons", level, figure, role), make)
    return found


def _by_reason(rows: pd.DataFrame, codes: pd.Series, figure: Column) -> UnitColumns:
    """Rows of gap_reasons as columns by the position of the unit in `codes`."""
    place = pd.Index(codes).get_indexer(rows["code"])
    secret = np.zeros(len(rows), dtype=bool)
    secret[rows.attrs["hidden"].get(figure.name, [])] = True
    columns, hidden = {}, {}
    for reason in REASONS:
        own = (rows["reason"] == reason).to_numpy()
        cells = pd.Series(rows.loc[own, figure.name].to_numpy(), index=place[own]).reindex(range(len(codes)))
        columns[reason] = to_list(cells, figure)
        hidden[reason] = frozenset(place[own & secret].tolist())
    return UnitColumns(columns, hidden)


def gap_of_unit(held: Held, level: str, code: str, role: Role) -> dict[str, Any] | None:
    """Unseen metres of road of one unit with their seven parts; None below planner, without cameras or without roads.

    The parts sum to the whole up to the rounding of what is told (0.01 m each); `n_gaps` are the finest units within
    that have a gap as an area.
    """
    loaded = held.snapshot.has("roads") and held.snapshot.has("cameras")
    if not loaded or not may_see(role, RESULTS["gap_reasons"].sees):
        return None
    number = number_of(held, level, code)
    whole, parts = unit_gaps(held, level, role), reason_columns(held, level, "road_m", role)
    ends = {end: whole.columns[f"road_unseen_m{end}"][number] or 0.0 for end in ("", "_low", "_high")}
    reasons = [{"reason": reason, "road_m": parts.columns[reason][number] or 0.0} for reason in REASONS]
    return {
        "at": held.snapshot.rules.px_per_m,
        "n_gaps": _count_gaps(held, level, code, role),
        **{f"road_unseen_m{end}": m for end, m in ends.items()},
        "reasons": reasons,
    }


def _count_gaps(held: Held, level: str, code: str, role: Role) -> int:
    finest = next(chain[0] for chain in held.snapshot.home.chains() if level in chain)
    gap_m2 = unit_gaps(held, finest, role).columns["gap_m2"]
    return sum(1 for number in queries.rows_within(held.snapshot, finest, f"{level}:{code}") if gap_m2[number])


def _need_cameras(held: Held) -> None:
    if not held.snapshot.has("cameras"):
        raise NotAvailable(not_loaded("cameras"))
