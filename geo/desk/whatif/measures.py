"""All figures of the units that a change of cameras touches, before and after: coverage, safeguards, gaps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage.shares import share_columns, to_sums
from geo.coverage.whatif import Difference, WhatIf
from geo.desk import units as units_room
from geo.desk.features import to_features
from geo.desk.held import Held
from geo.desk.values import to_list
from geo.schema import Role
from geo.snapshot import queries
from geo.snapshot.protect import needs_protection
from geo.snapshot.queries import KEYS

Unit = tuple[str, str]
Sides = tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]

#: Changes below are rounding.
_NOTHING = 1e-6
#: Sums of people and cases that cameras change.
_PEOPLE = ("incidents_seen", "residents_near")
#: Columns of the gaps table: the whole, and the part of it that is seen; least is unseen where most is seen.
_UNSEEN = {
    f"{name}{end}": (whole, f"{part}_{estimate}")
    for name, whole, part in (
        ("n_places_unseen", "n_places", "places_seen"),
        ("road_unseen_m", "road_m", "road_seen_m"),
        ("n_incidents_unseen", "n_incidents", "incidents_seen"),
        ("residents_not_near", "residents_located", "residents_near"),
    )
    for end, estimate in (("", "nominal"), ("_low", "high"), ("_high", "low"))
}
#: Columns that tell of people or cases and change with the cameras.
_TELLING = frozenset(
    {f"{part}_share{end}" for part in _PEOPLE for end in ("", "_low", "_high")}
    | {name for name, (_, part) in _UNSEEN.items() if part.startswith(_PEOPLE)}
)


def measure_change(
    held: Held, engine: WhatIf, before: pd.DataFrame, after: pd.DataFrame, densities: Sequence[float], role: Role
) -> dict[str, Any]:
    """All figures of the units that change: coverage by density, safeguards, gaps."""
    found = engine.compare(before.index.tolist(), after, densities)
    change, guarded = _changes(found.coverage), _changes(found.safeguards)
    if needs_protection(role):
        change = {level: frame.loc[:, ~frame.columns.str.startswith(_PEOPLE)] for level, frame in change.items()}
    touched = _touched(held, (change, guarded), before, after)
    own, guards = _of_units(change, touched), _of_units(guarded, touched)
    return {
        "densities": [{"px_per_m": px, "units": _coverage(held, touched, own, px, role)} for px in densities],
        "safeguards": _safeguards(held, touched, guards, role),
        "gaps": _gaps(held, found, touched, own, role),
    }


def _changes(sides: Sides) -> dict[str, pd.DataFrame]:
    """What each unit gains or loses, by level."""
    was, would_be = sides
    return {level: would_be[level] - was[level] for level in was}


def _touched(held: Held, changes: Sequence[Mapping[str, pd.DataFrame]], *cameras: pd.DataFrame) -> list[Unit]:
    """The units that change or hold a changed camera, finest level first, by code."""
    found: list[Unit] = []
    for level in held.snapshot.home.levels:
        frames = [change[level.name] for change in changes]
        codes = {code for frame in frames for code in frame.index[(frame.abs() > _NOTHING).any(axis=1)]}
        codes |= {code for some in cameras for code in some[level.name].dropna()}
        found += [(level.name, code) for code in sorted(codes)]
    return found


def _of_units(change: Mapping[str, pd.DataFrame], units: Sequence[Unit]) -> pd.DataFrame:
    """What each of `units` gains or loses, a row each."""
    whole = pd.concat(dict(change))
    rows = pd.MultiIndex.from_arrays([[level for level, _ in units], [code for _, code in units]])
    return whole.reindex(rows).fillna(0.0).reset_index(drop=True)


def _sums(held: Held, units: Sequence[Unit], change: pd.DataFrame, px: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The additive figures of units at one density, before and after; what `change` does not tell stays."""
    before = to_sums(queries.unit_rows(held.snapshot, "coverage", units, px))
    at = f"@{px:g}"
    own = change.rename(columns={name: name.removesuffix(at) for name in change.columns if name.endswith(at)})
    return before, before + own.reindex(columns=before.columns, fill_value=0.0).to_numpy()


def _coverage(held: Held, units: Sequence[Unit], change: pd.DataFrame, px: float, role: Role) -> list[dict[str, Any]]:
    """The coverage of units at one density, before and after."""
    before = queries.unit_rows(held.snapshot, "coverage", units, px)
    after = share_columns(_sums(held, units, change, px)[1], "", px, set())
    return _records(held, "coverage", units, before, after, px, role)


def _safeguards(held: Held, units: Sequence[Unit], change: pd.DataFrame, role: Role) -> list[dict[str, Any]]:
    """What counts against the cameras in units, before and after."""
    px, own = held.snapshot.rules.px_per_m, change.rename(columns=lambda name: name.removesuffix("_nominal"))
    before = queries.unit_rows(held.snapshot, "safeguards", units, px)[list(own.columns)].astype(float)
    return _records(held, "safeguards", units, before, before + own.to_numpy(), px, role)


def _gaps(held: Held, found: Difference, units: Sequence[Unit], change: pd.DataFrame, role: Role) -> dict[str, Any]:
    """Gaps at the default density: figures of the units that change, shapes of the finest ones that are looked into.

    What is unseen is the whole less the part seen. `gap_m2` of a unit without a gap is 0.
    """
    snapshot, px = held.snapshot, held.snapshot.rules.px_per_m
    sides = [
        pd.DataFrame({name: (sums[whole] - sums[part]).clip(lower=0.0) for name, (whole, part) in _UNSEEN.items()})
        for sums in _sums(held, units, change, px)
    ]
    known = bool(snapshot.figures("gaps")["gap_m2"].notna().any())
    was_m2, wider_m2 = _gap_m2(held, units), _gap_changes(held, found)
    would_be_m2 = was_m2 + np.array([wider_m2.get(unit, 0.0) for unit in units])
    before, after = (
        side.assign(gap_m2=m2 if known else np.nan) for side, m2 in zip(sides, (was_m2, would_be_m2), strict=True)
    )
    named = [{"level": level, "code": code} for level, code in found.gaps]
    return {
        "px_per_m": px,
        "units": _records(held, "gaps", units, before, after, px, role),
        "shapes": to_features(list(found.gaps.values()), named, snapshot.metric_crs),
    }


def _gap_m2(held: Held, units: Sequence[Unit]) -> Any:
    """Square metres of gap in each of `units`; 0 where there is no gap."""
    gap_m2 = queries.unit_rows(held.snapshot, "gaps", units, held.snapshot.rules.px_per_m)["gap_m2"]
    return np.nan_to_num(gap_m2.to_numpy(dtype=np.float64, na_value=0.0))


def _gap_changes(held: Held, found: Difference) -> dict[Unit, float]:
    """By how many square metres the gap of each unit grows; a level of two chains is summed along the first of them."""
    snapshot, units = held.snapshot, list(found.gaps)
    finest_of = {level: chain[0] for chain in reversed(snapshot.home.chains()) for level in chain}
    grown: dict[Unit, float] = {}
    for (level, code), was, gap in zip(units, _gap_m2(held, units), found.gaps.values(), strict=True):
        for above in queries.lineage(snapshot, level, code).items():
            if finest_of[above[0]] == level:
                grown[above] = grown.get(above, 0.0) + shapely.area(gap) - was
    return grown


def _records(
    held: Held,
    table: str,
    units: Sequence[Unit],
    before: pd.DataFrame,
    after: pd.DataFrame,
    px: float,
    role: Role,
) -> list[dict[str, Any]]:
    """Rows of a unit table as they are and as they would be, JSON-ready; what the role may not see is left out."""
    columns = [column for column in queries.columns_of(table, role) if column.name in after and column.name not in KEYS]
    whole = [column.name for column in columns if column.dtype == "int"]
    sides = [frame.assign(**{name: frame[name].round() for name in whole}) for frame in (before, after)]
    cells = [(c.name, *(to_list(side[c.name], c) for side in sides)) for c in columns]
    never = _TELLING if needs_protection(role) else frozenset()
    told = []
    for place, (unit, veiled) in enumerate(zip(units, _veiled(held, table, units, px, role), strict=True)):
        level, code = unit
        listed, number = units_room.list_units(held, level), units_room.number_of(held, level, code)
        gone = veiled | never
        told.append(
            {
                "level": level,
                "code": code,
                **{name: listed[name][number] for name in ("name", "name_en")},
                "values": {name: None if name in gone else new[place] for name, _, new in cells},
                "was": {name: None if name in veiled else old[place] for name, old, _ in cells},
                "hidden": [name for name, _, _ in cells if name in gone],
            }
        )
    return told


def _veiled(held: Held, table: str, units: Sequence[Unit], px: float, role: Role) -> list[set[str]]:
    """Per unit the columns of a unit table that are hidden from the role."""
    found: list[set[str]] = [set() for _ in units]
    for level in {level for level, _ in units}:
        places = [place for place, unit in enumerate(units) if unit[0] == level]
        numbers = [units_room.number_of(held, level, units[place][1]) for place in places]
        _, hidden = queries.unit_frame(held.snapshot, table, level, px, role)
        for name, cells in hidden.items():
            for place in np.flatnonzero(np.isin(numbers, cells)):
                found[places[place]].add(name)
    return found
