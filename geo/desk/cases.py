"""Rates and times of incidents by unit, channel, category or month, for programs and pages."""

from typing import Any

import numpy as np

from geo.desk.held import Held
from geo.desk.values import to_list
from geo.hotspots.rates import COUNTS, SHARES
from geo.schema import RESULTS, Role
from geo.snapshot import cases
from geo.snapshot.case_rows import Until
from geo.snapshot.large_levels import words_of_untold

_DIGITS = 2
_ENDS = ("", "_low", "_high")


def list_rates(held: Held, asked: cases.Asked, role: Role) -> dict[str, Any]:
    """One row per group with the counts and shares of the table `rates`; hidden cells are None and named.

    `note` says why nothing is told of the groups of small units, None where something is.
    """
    told = cases.rates(held.snapshot, asked, role)
    declared = RESULTS["rates"]
    shares = [f"{share}{end}" for share in SHARES for end in _ENDS]
    columns = {name: to_list(told.cells[name], declared.column(name)) for name in (*COUNTS, *shares)}
    return _answer(held, asked, role, told, columns) | {"columns": [declared.column(name).row() for name in columns]}


def list_waiting(held: Held, asked: cases.Asked, role: Role, until: Until) -> dict[str, Any]:
    """One row per group: cases, those still open, days by which half and nine in ten were accepted or closed.

    A time that is not reached is None and named in `not_reached`, in each row.
    """
    told = cases.waiting_times(held.snapshot, asked, role, until)
    columns: dict[str, list[Any]] = {name: told.cells[name].tolist() for name in ("n", "n_open")}
    for name in cases.TIMES:
        days = told.cells[name].to_numpy(dtype=np.float64)
        columns[name] = [round(float(one), _DIGITS) if np.isfinite(one) else None for one in days]
    found = _answer(held, asked, role, told, columns)
    for row, (_, cells) in zip(found["rows"], told.cells.iterrows(), strict=True):
        lacking = [] if row["hidden"] else [name for name in cases.TIMES if np.isinf(cells[name])]
        row["not_reached"] = lacking
    return found | {"until": until}


def _answer(
    held: Held, asked: cases.Asked, role: Role, told: cases.Told, columns: dict[str, list[Any]]
) -> dict[str, Any]:
    rows = []
    for i, key in enumerate(told.keys):
        hidden = [name for name in columns if name in told.hidden and told.hidden[name][i]]
        shown = {name: None if name in hidden else cells[i] for name, cells in columns.items()}
        rows.append({"key": key, **shown, "hidden": hidden})
    note = None
    if not cases.is_told(held.snapshot, asked, role):
        note = words_of_untold(held.snapshot.rules.min_count).both()
    return {
        "by": asked.by,
        "level": asked.level if asked.by == "unit" else None,
        "within": asked.within,
        "as_of": held.snapshot.as_of.isoformat(),
        "snapshot": held.snapshot.id,
        "rows": rows,
        "note": note,
    }
