"""How much of flat demand a set of views holds: metres of lines, points, square metres of units by depth."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.edges import strip_edges
from geo.coverage.groups import clear_of_edges, find_overlaps, group_views
from geo.coverage.kernels import near_lines, see_lines, see_points
from geo.coverage.layers import Floats, Geometries, Ints
from geo.coverage.sweep import sweep_strips
from geo.coverage.threads import MIN_SHARED_KERNEL, in_threads
from geo.coverage.views import Corners, Edges, Rows, Views, to_rows

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Stretches:
    """What is seen of lines: metres per line; per corner the stretches (t0, t1) seen of the segment it begins."""

    metres: Floats
    starts: Ints
    spans: Floats


@dataclass(frozen=True)
class UnitSight:
    """Units (or other polygons) as edges, their public ground, and the views that may meet them.

    `pairs` are views whose widest bounds overlap; `home_unit` is the unit a camera stands in (-1: none) and
    `inside_m` how far its views reach at least before they leave it or enter another.
    """

    units: Edges
    public: Edges
    near: Rows
    pairs: tuple[Ints, Ints]
    home_unit: Ints
    inside_m: Floats


def see_along(lines: Corners, near: Rows, views: Views) -> Stretches:
    """What `views` hold of `lines`; `near` lists each line's views."""

    def work(begin: int, end: int) -> Any:
        chord = views.chord_deg
        return see_lines(begin, end, lines.xy, lines.starts, near.starts, near.values, views.rows, views.boxes, chord)

    parts = in_threads(work, len(lines.starts) - 1, least=MIN_SHARED_KERNEL)
    metres, counts, spans = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return Stretches(metres, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), spans)


def see_at(xy: Floats, near: Rows, views: Views) -> Any:
    """Whether each of the points (n, 2) lies in one of its views."""

    def work(begin: int, end: int) -> Any:
        x, y = xy[:, 0], xy[:, 1]
        return see_points(begin, end, x, y, near.starts, near.values, views.rows, views.boxes, views.chord_deg)

    return np.concatenate(in_threads(work, len(xy), least=MIN_SHARED_KERNEL))


def near_seen(xy: Floats, near: Rows, lines: Corners, seen: Stretches, within_m: float) -> Any:
    """Whether each of the points (n, 2) has a seen stretch of one of its lines within reach."""

    def work(begin: int, end: int) -> Any:
        x, y = xy[:, 0], xy[:, 1]
        return near_lines(
            begin, end, x, y, near.starts, near.values, lines.xy, lines.starts, seen.starts, seen.spans, within_m
        )

    return np.concatenate(in_threads(work, len(xy), least=MIN_SHARED_KERNEL))


def find_units(units: Geometries, edges: Edges, public: Edges, xy: Floats, boxes: Floats) -> UnitSight:
    """Which views may meet which of `units`, from where their cameras stand (n, 2) and their widest bounds (n, 4)."""
    n, some = len(boxes), np.flatnonzero(np.isfinite(boxes[:, 0]))
    first, second = find_overlaps(boxes, some[np.argsort(boxes[some, 0])])
    x, y = xy[:, 0], xy[:, 1]
    reach = np.hypot(np.maximum(x - boxes[:, 0], boxes[:, 2] - x), np.maximum(y - boxes[:, 1], boxes[:, 3] - y))
    pair, unit = shapely.STRtree(units).query(np.asarray(shapely.box(*boxes[some].T), dtype=object))
    view = some[pair]
    shapely.prepare(units)
    within = shapely.contains_xy(units[unit], x[view], y[view])
    shapely.destroy_prepared(units)  # what is prepared may be used by one thread at a time only

    def work(begin: int, end: int) -> Any:
        return clear_of_edges(begin, end, x, y, reach, view, unit, edges.rows, edges.starts, edges.tallest_m)

    away = np.concatenate(in_threads(work, len(view), least=MIN_SHARED_KERNEL))
    met = within | np.isfinite(away)
    view, unit, within, away = view[met], unit[met], within[met], away[met]
    home_unit = np.full(n, -1, dtype=np.int64)
    home_unit[view[within]] = unit[within]
    own = within & (home_unit[view] == unit)
    inside = np.full(n, np.inf)
    np.minimum.at(inside, view, np.where(within & ~own, 0.0, away))
    inside[home_unit < 0] = 0.0
    return UnitSight(edges, public, to_rows(unit, view, len(units)), (first, second), home_unit, inside)


def see_areas(sight: UnitSight, views: Views, *, middle: bool) -> Floats:
    """Square metres per unit (n, 6): seen by 1+, by 2+, by 3+; of public ground by 1+, by 2+, by 3+.

    Without `middle` only the area seen by 1+ and the public ground seen by 3+ are asked for, the others left at 0.
    """
    n_units = len(sight.units.boxes)
    totals = np.zeros((n_units, 6))
    group = np.asarray(group_views(*sight.pairs, views.boxes))
    seeing = views.seeing
    stays = seeing & (views.rows[:, 5] < sight.inside_m)
    leaves = np.zeros(len(seeing), dtype=bool)
    leaves[group[seeing & ~stays]] = True
    low, high = np.full(len(seeing), n_units), np.full(len(seeing), -1)
    np.minimum.at(low, group[stays], sight.home_unit[stays])
    np.maximum.at(high, group[stays], sight.home_unit[stays])
    masked = leaves | (low != high)
    unit, view = np.repeat(np.arange(n_units), np.diff(sight.near.starts)), sight.near.values
    met = seeing[view] & np.where(masked[group[view]], _meet(views.boxes[view], sight.units.boxes[unit]), False)
    whole = np.flatnonzero(seeing & ~masked[group])
    if not middle:
        alone = whole[np.bincount(group[seeing], minlength=len(seeing))[group[whole]] == 1]
        totals[:, 0] += np.bincount(sight.home_unit[alone], weights=area_m2(views, alone), minlength=n_units)
        whole = whole[np.bincount(group[seeing], minlength=len(seeing))[group[whole]] > 1]
    unit = np.concatenate([unit[met], sight.home_unit[whole]])
    view = np.concatenate([view[met], whole])
    return totals + _sweep(sight, views, unit, view, group[view], masked, middle=middle)


def see_polygons(polygons: Edges, near: Rows, views: Views) -> Floats:
    """Square metres in view of each polygon, by itself; they may overlap. `near` lists each one's views."""
    totals = np.zeros(len(polygons.boxes))
    of = np.repeat(np.arange(len(totals)), np.diff(near.starts))
    met = views.seeing[near.values] & _meet(views.boxes[near.values], polygons.boxes[of])
    if met.any():
        which, job = np.unique(of[met], return_inverse=True)
        all_masked = np.ones(len(which), dtype=bool)
        jobs = to_rows(job, near.values[met], len(which))
        totals[which] = _run(jobs, which, all_masked, ~all_masked, polygons, polygons, views)[:, 0]
    return totals


def see_along_each(lines: Corners, near: Rows, views: Views) -> Floats:
    """Metres that each view by itself holds of each of its lines, in the order of `near.values`.

    Each pair of line and view is looked along as a line of its own with one view.
    """
    n_views = np.diff(near.starts)
    line = np.repeat(np.arange(len(n_views)), n_views)
    n_corners = np.diff(lines.starts)[line]
    starts = np.concatenate([[0], np.cumsum(n_corners)]).astype(np.int64)
    corner = np.arange(starts[-1]) + np.repeat(lines.starts[line] - starts[:-1], n_corners)
    pairs = Rows(np.arange(len(line) + 1), near.values)
    return see_along(Corners(lines.xy[corner], starts), pairs, views).metres


def see_polygons_each(polygons: Edges, near: Rows, views: Views) -> Floats:
    """Square metres that each view by itself holds of each of its polygons, in the order of `near.values`."""
    m2 = np.zeros(len(near.values))
    of = np.repeat(np.arange(len(polygons.boxes)), np.diff(near.starts))
    met = np.flatnonzero(views.seeing[near.values] & _meet(views.boxes[near.values], polygons.boxes[of]))
    if len(met):
        all_masked = np.ones(len(met), dtype=bool)
        jobs = Rows(np.arange(len(met) + 1), near.values[met])
        m2[met] = _run(jobs, of[met], all_masked, ~all_masked, polygons, polygons, views)[:, 0]
    return m2


def hold_circles(views: Views, view: Ints, xy: Floats, radius_m: Floats) -> tuple[Bools, Bools]:
    """For n pairs of a view and a circle around `xy` (n, 2): whether the circle is surely apart from it, surely within.

    >>> quarter = Views(np.array([[0.0, 0.0, 0.0, 90.0, 0.0, 10.0]]), np.zeros((1, 4)), 2.0)
    >>> circles = np.array([[0.0, 5.0], [0.0, -5.0], [0.0, 9.5]])
    >>> [side.tolist() for side in hold_circles(quarter, np.zeros(3, dtype=int), circles, np.ones(3))]
    [[False, True, False], [True, False, False]]
    """
    x, y, azimuth, sweep, near, reach = views.rows[view].T
    east, north = xy[:, 0] - x, xy[:, 1] - y
    away = np.hypot(east, north)
    # Half the angle under which the circle is seen; all round from inside it.
    half = np.where(away > radius_m, np.arcsin(np.minimum(radius_m / np.maximum(away, 1e-9), 1.0)), np.pi)
    beside = np.radians(np.abs((np.degrees(np.arctan2(east, north)) - azimuth + 180.0) % 360.0 - 180.0))
    full, open_half = sweep >= 360.0, np.radians(sweep / 2)
    inner = np.cos(np.radians(views.chord_deg / 2))
    apart = (away - radius_m > reach) | (away + radius_m < near * inner) | (~full & (beside - half > open_half))
    within = (away + radius_m < reach * inner) & (away - radius_m >= near) & (full | (beside + half < open_half))
    return apart, within & (sweep > 0)


def area_m2(views: Views, which: Any) -> Floats:
    """Area of single views, in square metres: chords, not arcs.

    >>> views = Views(np.array([[0.0, 0.0, 0.0, 90.0, 0.0, 10.0]]), np.zeros((1, 4)), 2.0)
    >>> area_m2(views, [0]).round(2).tolist()
    [78.52]
    """
    sweep, near, reach = views.rows[which, 3], views.rows[which, 4], views.rows[which, 5]
    full = sweep >= 360.0
    angle = np.where(full, 360.0, sweep)
    n = np.where(full, np.ceil(360.0 / views.chord_deg), np.maximum(np.ceil(sweep / views.chord_deg - 1e-9), 1.0))
    return np.asarray(n / 2 * np.sin(np.radians(angle / n)) * (reach**2 - near**2), dtype=np.float64)


def _meet(a: Floats, b: Floats) -> Any:
    return (a[:, 0] < b[:, 2]) & (b[:, 0] < a[:, 2]) & (a[:, 1] < b[:, 3]) & (b[:, 1] < a[:, 3])


def _sweep(sight: UnitSight, views: Views, unit: Any, view: Any, group: Any, masked: Any, *, middle: bool) -> Floats:
    """one job per unit and group of views."""
    n_units = len(sight.units.boxes)
    if not len(unit):
        return np.zeros((n_units, 6))
    _, job = np.unique(unit * len(masked) + group, return_inverse=True)
    jobs = to_rows(job, view, int(job.max()) + 1)
    size = np.diff(jobs.starts)
    job_unit, job_masked = np.zeros(len(size), dtype=np.int64), np.zeros(len(size), dtype=bool)
    job_unit[job], job_masked[job] = unit, masked[group]
    job_public = np.full(len(size), True) if middle else size > 2
    sums = _run(jobs, job_unit, job_masked, job_public, sight.units, sight.public, views)
    return np.column_stack([np.bincount(job_unit, weights=column, minlength=n_units) for column in sums.T])


def _run(jobs: Rows, unit: Any, masked: Any, with_public: Any, units: Edges, public: Edges, views: Views) -> Floats:
    told = (jobs.starts, jobs.values, unit, masked, with_public)
    unit_rows = (units.rows, units.starts, units.tallest_m, units.boxes)
    public_rows = (public.rows, public.starts, public.tallest_m)

    def work(begin: int, end: int) -> Any:
        strips = strip_edges(begin, end, told, views.rows, views.boxes, unit_rows, public_rows, views.chord_deg)
        return sweep_strips(strips, masked[begin:end], end - begin)

    return np.concatenate(in_threads(work, len(unit), least=MIN_SHARED_KERNEL))
