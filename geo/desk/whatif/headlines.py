"""The headline figures of units while a camera is dragged: as they are, and as gains make them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.coverage.quick.sums import FIGURES
from geo.desk import units as units_room
from geo.desk.held import Held
from geo.desk.values import DIGITS
from geo.schema import Column, Role
from geo.snapshot import queries
from geo.snapshot.protect import needs_protection

Floats = npt.NDArray[np.float64]
Unit = tuple[str, str]

#: Columns of the coverage table and what they are a share of ("": a figure by itself), in the order of `FIGURES`.
HEADLINES = {
    "places_seen_share": "n_places",
    "road_seen_share": "road_m",
    "area_seen_share": "area_m2",
    "incidents_seen_share": "n_incidents",
    "residents_near_share": "residents_located",
    "public_3plus_share": "public_m2",
    "facade_m": "",
    "n_dwellings": "",
}
#: Those that tell of people or cases and change with the cameras.
TELLING = frozenset({"incidents_seen_share", "residents_near_share"})


@dataclass(frozen=True)
class Headlines:
    """Of all units at one density: figures (n, 8) as they are, their wholes, and which are hidden from a role."""

    rows: dict[Unit, int]
    columns: tuple[Column, ...]
    was: Floats
    whole: Floats
    hidden: npt.NDArray[np.bool_]
    never: npt.NDArray[np.bool_]

    def tell(self, held: Held, gains: Mapping[Unit, Floats], units: list[Unit]) -> list[dict[str, Any]]:
        """`units` before and after `gains` (float64 (8,) per unit, in the order of `FIGURES`), JSON-ready."""
        if not units:
            return []
        rows = [self.rows[unit] for unit in units]
        was, whole, hidden = self.was[rows], self.whole[rows], self.hidden[rows]
        gained = np.array([gains.get(unit, np.zeros(len(FIGURES))) for unit in units])
        after = after_gains(was, whole, gained)
        sides = [_rounded(side, self.columns) for side in (was, after)]
        told = []
        for place, (level, code) in enumerate(units):
            listed, number = units_room.list_units(held, level), units_room.number_of(held, level, code)
            veiled = hidden[place]
            cells = list(enumerate(self.columns))
            told.append(
                {
                    "level": level,
                    "code": code,
                    "name": listed["name"][number],
                    "name_en": listed["name_en"][number],
                    "values": {
                        c.name: None if veiled[at] or self.never[at] else sides[1][place][at] for at, c in cells
                    },
                    "was": {c.name: None if veiled[at] else sides[0][place][at] for at, c in cells},
                    "hidden": [c.name for at, c in cells if veiled[at] or self.never[at]],
                }
            )
        return told


def _rounded(figures: Floats, columns: tuple[Column, ...]) -> list[list[Any]]:
    """Rows of figures as JSON values: rounded as everywhere, counts whole, None where there is none."""
    digits = [0 if column.dtype == "int" else DIGITS[column.unit] for column in columns]
    cells = [np.round(figures[:, at], places).tolist() for at, places in enumerate(digits)]
    return [
        [None if cell != cell else int(cell) if not places else cell for cell, places in zip(row, digits, strict=True)]  # noqa: PLR0124 - NaN is not itself
        for row in zip(*cells, strict=True)
    ]


def after_gains(was: Floats, whole: Floats, gains: Floats) -> Floats:
    """Figures (n, m) after `gains`: shares of `whole`, never above 1; where that is NaN figures by themselves.

    A share of nothing stays missing.

    >>> after_gains(np.array([[0.5, 4.0]]), np.array([[10.0, np.nan]]), np.array([[2.0, -1.0]])).tolist()
    [[0.7, 3.0]]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.minimum((was * whole + gains) / np.where(whole > 0, whole, np.nan), 1.0)
    return np.where(np.isnan(whole), was + gains, shares)


def headlines_of(held: Held, at: float, role: Role) -> Headlines:
    """The headlines of all units at density `at` for `role`; worked out once."""
    protected = needs_protection(role)
    found: Headlines = held.tables.get(("headlines", at, protected), lambda: _read(held, at, role, protected))
    return found


def _read(held: Held, at: float, role: Role, protected: bool) -> Headlines:
    snapshot = held.snapshot
    units = list(zip(snapshot.frame("units")["level"], snapshot.frame("units")["code"], strict=True))
    frame = queries.unit_rows(snapshot, "coverage", units, at)
    columns = tuple(column for column in queries.columns_of("coverage", role) if column.name in HEADLINES)
    columns = tuple(sorted(columns, key=lambda column: list(HEADLINES).index(column.name)))

    def values(name: str) -> Floats:
        return np.asarray(frame[name].to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)

    was = np.column_stack([values(name) for name in HEADLINES])
    nothing = np.full(len(units), np.nan)
    whole = np.column_stack([values(name) if name else nothing for name in HEADLINES.values()])
    hidden = np.zeros(was.shape, dtype=bool)
    rows = {unit: row for row, unit in enumerate(units)}
    for level in snapshot.home.levels:
        codes = queries.units_of(snapshot, level.name)["code"].tolist()
        for name, numbers in queries.unit_frame(snapshot, "coverage", level.name, at, role)[1].items():
            if name in HEADLINES:
                places = [rows[level.name, codes[number]] for number in numbers.tolist()]
                hidden[places, list(HEADLINES).index(name)] = True
    never = np.array([protected and name in TELLING for name in HEADLINES], dtype=bool)
    return Headlines(rows, columns, was, whole, hidden, never)
