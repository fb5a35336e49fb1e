"""What a vicinity gains and loses when some of its cameras give way to others: nominal figures, unit by unit."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.depths import depths_in, with_reversed
from geo.coverage.ground import Ground, choose_items
from geo.coverage.layers import TRACE, Floats, Ints
from geo.coverage.near import Homes, near_home
from geo.coverage.quick.sums import Codes, Gains
from geo.coverage.quick.swap import Swap, bounds_of, put_together
from geo.coverage.quick.vicinity import Points, Street, Vicinity
from geo.coverage.sight import Stretches, see_along, see_at, see_polygons
from geo.coverage.views import Views, to_rows
from geo.coverage.whatif import WhatIf
from geo.rules import Rules

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """What is seen of key places (None: no such table) and, of the lines that are touched, of the roads of a chain."""

    places: Bools | None
    roads: tuple[Stretches, ...]


def measure_gains(engine: WhatIf, vicinity: Vicinity, ground: Swap, facade: Swap, *, people: bool) -> Gains:
    """What units gain by the swaps of views of the ground and of facades; of people and cases only where asked for."""
    gains, rules = Gains(engine), engine.rules
    around_m = 2 * rules.near_home_m if people else 0.0
    touched = [ground.touched(street.roads.boxes, around_m) for street in vicinity.streets]
    after = Seen(
        _places_after(vicinity, ground),
        tuple(
            see_along(street.roads.corners, ground.near(street.roads.boxes, street.roads.near, lines), ground.after)
            for street, lines in zip(vicinity.streets, touched, strict=True)
        ),
    )
    before = Seen(_places_today(vicinity), tuple(street.roads.seen for street in vicinity.streets))
    windows = put_together(ground.windows)
    for number, street in enumerate(vicinity.streets):
        pieces, codes = touched[number], street.parcels.codes
        metres = after.roads[number].metres[pieces] - before.roads[number].metres[pieces]
        per_unit = np.zeros(len(codes))
        np.add.at(per_unit, street.parcels.road_unit[pieces], metres)
        gains.add_units("road_seen_m", number, codes, _real(per_unit))
        area_m2, public_m2 = _ground_gains(street, ground, windows)
        gains.add_units("area_seen_m2", number, codes, _real(area_m2))
        gains.add_units("public_3plus_m2", number, codes, _real(public_m2))
    if before.places is not None and after.places is not None:
        gains.add_items("places_seen", vicinity.codes["places"], after.places.astype(float) - before.places)
    _add_facades(gains, vicinity, facade)
    if people:
        _add_incidents(gains, vicinity, ground)
        _add_residents(gains, vicinity, ground, before, after, rules)
    return gains


def share_seen_twice(vicinity: Vicinity, swap: Swap) -> float | None:
    """Of the ground that comes newly into view of the views that come: the share that two or more others see already.

    Newly: not in the views that go, which are the same camera as it stands today. None where nothing is new.
    """
    street, come = vicinity.streets[0], np.flatnonzero(swap.comes & swap.views.seeing)
    if not len(come):
        return None
    both, n = with_reversed(swap.views), len(swap.views.rows)
    window = bounds_of(swap.views.boxes[come])
    unit, clipped = _units_in(street, window[None])
    gone = np.flatnonzero(swap.goes)
    stay = np.flatnonzero(~swap.goes & ~swap.comes & _meets(swap.views.boxes, window))
    # Those that come count once or twice, each other one takes one away: what is left is new, or new and seen by
    # at most one other.
    new = np.concatenate([come, n + gone])
    new_and_rare = np.concatenate([come, come, n + gone, n + gone, n + stay])
    k = len(unit)
    job = np.concatenate([np.repeat(np.arange(k), len(new)), k + np.repeat(np.arange(k), len(new_and_rare))])
    view = np.concatenate([np.tile(new, k), np.tile(new_and_rare, k)])
    jobs = to_rows(job, view, 2 * k)
    seen = depths_in(np.tile(clipped, (2, 1)), street.units, street.public, np.tile(unit, 2), jobs, both)[:, 0]
    new_m2, rare_m2 = float(seen[:k].sum()), float(seen[k:].sum())
    return None if new_m2 <= TRACE else min(max(1.0 - rare_m2 / new_m2, 0.0), 1.0)


def _ground_gains(street: Street, swap: Swap, windows: Floats) -> tuple[Floats, Floats]:
    """Per unit of the street: ground seen, and public ground seen by three or more, in square metres."""
    gains = np.zeros((len(street.parcels.codes), 2))
    for window in windows:
        unit, clipped = _units_in(street, window)
        if not len(unit):
            continue
        k = len(unit)
        near = _all_meeting(clipped, swap.views)
        jobs = np.vstack([near & ~swap.comes, near & ~swap.goes])
        job, view = np.nonzero(jobs)
        m2 = depths_in(
            np.tile(clipped, (2, 1)),
            street.units,
            street.public,
            np.tile(unit, 2),
            to_rows(job, view, 2 * k),
            swap.views,
        )
        np.add.at(gains, unit, (m2[k:] - m2[:k])[:, [0, 5]])
    return gains[:, 0], gains[:, 1]


def _units_in(street: Street, window: Floats) -> tuple[Ints, Floats]:
    """The units that may meet `window`, and what of it may be in each: (k,), (k, 4)."""
    boxes, window = street.units.boxes, window.reshape(4)
    unit = np.flatnonzero(_meets(boxes, window))
    low, high = np.maximum(boxes[unit, :2], window[:2]), np.minimum(boxes[unit, 2:], window[2:])
    return unit, np.column_stack([low, high])


def _meets(boxes: Floats, window: Floats) -> Bools:
    return np.asarray(
        (boxes[:, 0] < window[2]) & (window[0] < boxes[:, 2]) & (boxes[:, 1] < window[3]) & (window[1] < boxes[:, 3]),
        dtype=bool,
    )


def _all_meeting(windows: Floats, views: Views) -> Bools:
    return np.stack([_meets(views.boxes, window) & views.seeing for window in windows])


def _real(gains: Floats) -> Floats:
    """`gains` without what rounding leaves of nothing."""
    return np.where(np.abs(gains) < TRACE, 0.0, gains)


def _places_today(vicinity: Vicinity) -> Bools | None:
    if vicinity.ground.places is None or vicinity.place_points is None or vicinity.place_areas is None:
        return None
    seen = _items_of(vicinity.place_points, vicinity.place_points.held, len(vicinity.ground.places.geometries))
    seen[vicinity.place_areas.item] = vicinity.place_areas.seen
    return seen


def _places_after(vicinity: Vicinity, swap: Swap) -> Bools | None:
    points, areas = vicinity.place_points, vicinity.place_areas
    if vicinity.ground.places is None or points is None or areas is None:
        return None
    seen = _items_of(points, _held_after(points, swap), len(vicinity.ground.places.geometries))
    touched = swap.touched(areas.edges.boxes)
    m2 = see_polygons(areas.edges, swap.near(areas.edges.boxes, areas.near, touched), swap.after)
    now = areas.seen.copy()
    now[touched] = m2[touched] >= areas.enough_m2[touched]
    seen[areas.item] = now
    return seen


def _held_after(points: Points, swap: Swap) -> Bools:
    touched = swap.touched(points.boxes)
    held = points.held.copy()
    near = swap.near(points.boxes, points.near, touched)
    held[touched] = see_at(points.xy, near, swap.after)[touched]
    return held


def _items_of(points: Points, held: Bools, n_items: int) -> Bools:
    seen = np.zeros(n_items, dtype=bool)
    seen[points.item[held]] = True
    return seen


def _add_facades(gains: Gains, vicinity: Vicinity, swap: Swap) -> None:
    """Metres of dwelling facade in view, and dwellings with any."""
    lines = vicinity.facades
    if lines is None:
        return
    touched = swap.touched(lines.boxes)
    after = see_along(lines.corners, swap.near(lines.boxes, lines.near, touched), swap.after).metres[touched]
    before, codes = lines.seen.metres[touched], _at(vicinity.codes["dwellings"], touched)
    gains.add_items("facade_m", codes, _real(after - before))
    gains.add_items("n_dwellings", codes, (after > TRACE).astype(float) - (before > TRACE))


def _add_incidents(gains: Gains, vicinity: Vicinity, swap: Swap) -> None:
    incidents, points = vicinity.ground.incidents, vicinity.incidents
    if incidents is None or points is None:
        return
    n = len(incidents.geometries)
    after, before = _items_of(points, _held_after(points, swap), n), _items_of(points, points.held, n)
    gains.add_items("incidents_seen", vicinity.codes["incidents"], (after.astype(float) - before) * incidents.weight)


def _add_residents(gains: Gains, vicinity: Vicinity, swap: Swap, before: Seen, after: Seen, rules: Rules) -> None:
    """Residents near seen public ground: those within reach of a window."""
    residents, street = vicinity.ground.residents, vicinity.streets[0]
    if residents is None:
        return
    touched = swap.touched(shapely.bounds(residents.geometries), rules.near_home_m)
    some = choose_items(residents, touched)
    ground: Ground = replace(vicinity.ground, residents=some)
    homes = Homes.find(ground, street.parcels, swap.views.boxes, rules)
    if homes is None or not len(touched):
        return
    near = [
        near_home(homes, seen.places, street.roads.corners, seen.roads[0], views, rules)
        for seen, views in ((before, swap.before), (after, swap.after))
    ]
    codes = _at(vicinity.codes["residents"], touched)
    gains.add_items("residents_near", codes, (near[1].astype(float) - near[0]) * some.weight)


def _at(codes: Codes, which: Ints) -> Codes:
    return {level: units[which] for level, units in codes.items()}
