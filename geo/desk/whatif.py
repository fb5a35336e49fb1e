"""What-if at the desk: what units would gain and lose if cameras were added, moved, turned, changed or taken away.

The answer is about the snapshot: its figures, and what they would be. Nobody below analyst learns from it of single
people or cases: what is hidden stays hidden, and counts of people and incidents change by whole multiples of the rules'
`min_count` only, so that a narrow view dragged over the map tells of no single door.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo import crs
from geo.coverage.shares import share_columns, to_sums
from geo.coverage.whatif import Difference, WhatIf
from geo.desk import units as units_room
from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.desk.values import to_instant, to_list
from geo.errors import NotAvailable
from geo.partition.hierarchy import assign_levels
from geo.schema import Role
from geo.snapshot import queries
from geo.snapshot.protect import needs_protection
from geo.snapshot.queries import KEYS
from geo.snapshot.world import demand_of, in_metres, world_of

Unit = tuple[str, str]
Sides = tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]

#: Changes below are rounding.
_NOTHING = 1e-6
#: Sums that count people or cases, and the sum of which each is a part.
_PEOPLE = {"incidents_seen": "n_incidents", "residents_near": "residents_located"}
#: Of a degree: a centimetre.
_DECIMALS = 7
#: Columns of the gaps table by the sum that takes from them; least is unseen where most is seen.
_UNSEEN = {
    f"{name}{end}": f"{part}_{estimate}"
    for name, part in (
        ("n_places_unseen", "places_seen"),
        ("road_unseen_m", "road_seen_m"),
        ("n_incidents_unseen", "incidents_seen"),
        ("residents_not_near", "residents_near"),
    )
    for end, estimate in (("", "nominal"), ("_low", "high"), ("_high", "low"))
}


def what_if(
    held: Held, gone: Sequence[str], cameras: pd.DataFrame, role: Role, at: float | None, *, all_densities: bool
) -> dict[str, Any]:
    """The units that change where the cameras `gone` (uids) are no more and `cameras` stand as they say.

    `cameras` has the columns of the cameras table with uid, lon, lat; one whose uid the snapshot has takes its place.
    Densities are `at` and, where wanted, all others of the rules. Errors: `NotAvailable` without cameras, `BadQuery`.
    """
    snapshot, rules = held.snapshot, held.snapshot.rules
    queries.columns_of("cameras", role)
    if not snapshot.has("cameras"):
        raise NotAvailable(not_loaded("cameras"))
    at = queries.check_density(snapshot, at)
    densities = rules.levels_px_per_m() if all_densities else (at,)
    engine: WhatIf = held.kept.get("what-if", lambda: _engine(held))
    after = _placed(held, cameras)
    changed = [uid for uid in dict.fromkeys([*gone, *after.index]) if uid in engine.cameras.index]
    found = engine.compare(changed, after, densities)
    change, guarded = _changes(found.coverage), _changes(found.safeguards)
    if needs_protection(role):
        change = {level: _blurred(frame, rules.min_count) for level, frame in change.items()}
    touched = _touched(held, (change, guarded), engine.cameras.loc[changed], after)
    own, guards = _of_units(change, touched), _of_units(guarded, touched)
    return {
        "snapshot": snapshot.id,
        "as_of": to_instant(snapshot.as_of),
        "at": at,
        "densities": [{"px_per_m": px, "units": _coverage(held, touched, own, px, role)} for px in densities],
        "safeguards": _safeguards(held, touched, guards, role),
        "gaps": _gaps(held, found, touched, own, role),
    }


def _engine(held: Held) -> WhatIf:
    world = world_of(held.snapshot)
    incidents = in_metres(world, "incidents")
    cameras = in_metres(world, "cameras")
    assert cameras is not None
    levels = None if incidents is None else world.assigned["incidents"]
    cameras = cameras.set_index("uid", drop=False)
    return WhatIf(world.units_m, world.home, cameras, demand_of(world, incidents), levels, world.rules, world.joined)


def _placed(held: Held, cameras: pd.DataFrame) -> pd.DataFrame:
    """`cameras` by uid, in metres and with their units."""
    snapshot, lon, lat = held.snapshot, cameras["lon"].to_numpy(float), cameras["lat"].to_numpy(float)
    x_m, y_m = crs.transform_xy(lon, lat, crs.WGS84, snapshot.metric_crs)
    x, y = crs.transform_xy(lon, lat, crs.WGS84, snapshot.home.boundary_crs)
    levels = assign_levels(x, y, snapshot.joined(), snapshot.home)
    placed = pd.concat([cameras.reset_index(drop=True).assign(x_m=x_m, y_m=y_m), levels], axis=1)
    return placed.set_index("uid", drop=False)


def _blurred(change: pd.DataFrame, min_count: int) -> pd.DataFrame:
    """`change` with its counts of people and cases rounded to multiples of `min_count`."""
    blurred = change.copy()
    for name in change.columns:
        if name.startswith(tuple(_PEOPLE)):
            blurred[name] = np.round(change[name] / min_count) * min_count
    return blurred


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


def _coverage(held: Held, units: Sequence[Unit], change: pd.DataFrame, px: float, role: Role) -> list[dict[str, Any]]:
    """The coverage of units at one density, before and after."""
    before = queries.unit_rows(held.snapshot, "coverage", units, px)
    at = f"@{px:g}"
    own = change.rename(columns={name: name.removesuffix(at) for name in change.columns if name.endswith(at)})
    sums = to_sums(before)
    sums += own[sums.columns].to_numpy()
    after = share_columns(sums, "", px, set())
    small = _small(sums, held.snapshot.rules.min_count) if needs_protection(role) else {}
    return _records(held, "coverage", units, before, after, small, px, role)


def _safeguards(held: Held, units: Sequence[Unit], change: pd.DataFrame, role: Role) -> list[dict[str, Any]]:
    """What counts against the cameras in units, before and after."""
    px, own = held.snapshot.rules.px_per_m, change.rename(columns=lambda name: name.removesuffix("_nominal"))
    before = queries.unit_rows(held.snapshot, "safeguards", units, px)[list(own.columns)].astype(float)
    return _records(held, "safeguards", units, before, before + own.to_numpy(), {}, px, role)


def _small(sums: pd.DataFrame, min_count: int) -> dict[str, Any]:
    """Per share of people or cases the rows (bool) where few of them are left on either side."""
    small: dict[str, Any] = {}
    for part, whole in _PEOPLE.items():
        yes, n = np.round(sums[f"{part}_nominal"].to_numpy()), sums[whole].to_numpy()
        few = ((yes > 0) & (yes < min_count)) | ((n - yes > 0) & (n - yes < min_count))
        small |= {f"{part}_share{end}": few for end in ("", "_low", "_high")}
    return small


def _records(
    held: Held,
    table: str,
    units: Sequence[Unit],
    before: pd.DataFrame,
    after: pd.DataFrame,
    small: Mapping[str, Any],
    px: float,
    role: Role,
) -> list[dict[str, Any]]:
    """Rows of a unit table as they are and as they would be, JSON-ready; what is hidden or `small` is left out."""
    columns = [column for column in queries.columns_of(table, role) if column.name in after and column.name not in KEYS]
    whole = {c.name: after[c.name].round() for c in columns if c.dtype == "int"}
    cells = [(c.name, to_list(before[c.name], c), to_list(whole.get(c.name, after[c.name]), c)) for c in columns]
    known = {column.name for column in columns}
    told = []
    for place, (level, code) in enumerate(units):
        listed, number = units_room.list_units(held, level), units_room.number_of(held, level, code)
        _, veiled = queries.unit_frame(held.snapshot, table, level, px, role)
        hidden = {name for name, numbers in veiled.items() if number in numbers}
        gone = hidden | {name for name, rows in small.items() if rows[place]}
        told.append(
            {
                "level": level,
                "code": code,
                **{name: listed[name][number] for name in ("name", "name_en")},
                "values": {name: None if name in gone else new[place] for name, _, new in cells},
                "was": {name: None if name in hidden else old[place] for name, old, _ in cells},
                "hidden": sorted(gone & known),
            }
        )
    return told


def _gaps(held: Held, found: Difference, units: Sequence[Unit], change: pd.DataFrame, role: Role) -> dict[str, Any]:
    """Gaps at the default density: figures of the units that change, shapes of the finest ones that are looked into.

    `was` of a unit without a gap is 0 throughout.
    """
    snapshot, px = held.snapshot, held.snapshot.rules.px_per_m
    wider_m2, gaps = _gap_changes(held, found), snapshot.frame("gaps")
    before = queries.unit_rows(snapshot, "gaps", units, px)[[*_UNSEEN, "gap_m2"]].astype(float)
    before = before.fillna({name: 0.0 for name in before.columns if gaps[name].notna().any()})
    after = {"gap_m2": before["gap_m2"].to_numpy() + [wider_m2.get(unit, 0.0) for unit in units]}
    for name, part in _UNSEEN.items():
        after[name] = (before[name].to_numpy() - change[f"{part}@{px:g}"].to_numpy()).clip(min=0.0)
    shapes = crs.transform_geometry(np.array(list(found.gaps.values()), dtype=object), snapshot.metric_crs, crs.WGS84)
    drawn = shapely.to_geojson(shapely.transform(shapes, lambda lonlat: np.round(lonlat, _DECIMALS)))
    features = [
        {"type": "Feature", "geometry": json.loads(shape), "properties": {"level": level, "code": code}}
        for (level, code), shape in zip(found.gaps, drawn, strict=True)
    ]
    return {
        "px_per_m": px,
        "units": _records(held, "gaps", units, before, pd.DataFrame(after), {}, px, role),
        "shapes": {"type": "FeatureCollection", "features": features},
    }


def _gap_changes(held: Held, found: Difference) -> dict[Unit, float]:
    """By how many square metres the gap of each unit grows."""
    snapshot = held.snapshot
    grown: dict[Unit, float] = {}
    before = queries.unit_rows(snapshot, "gaps", list(found.gaps), snapshot.rules.px_per_m)["gap_m2"]
    was_m2 = before.to_numpy(dtype=np.float64, na_value=0.0)
    for (level, code), was, gap in zip(found.gaps, np.nan_to_num(was_m2), found.gaps.values(), strict=True):
        for above in queries.lineage(snapshot, level, code).items():
            grown[above] = grown.get(above, 0.0) + shapely.area(gap) - was
    return grown
