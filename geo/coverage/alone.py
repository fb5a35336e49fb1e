"""What each camera alone sees (N-1: lost if it fails), and its twin: how much of its view two others see, too."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.coverage.edges import strip_edges
from geo.coverage.fov import view_parameters
from geo.coverage.ground import Floats, Ground, Items, Parcels
from geo.coverage.layers import TRACE, Geometries, Ints
from geo.coverage.looks import camera_views
from geo.coverage.masks import cut_masks
from geo.coverage.measures import is_online
from geo.coverage.sight import see_along, see_at, see_polygons, see_polygons_each
from geo.coverage.sweep import sweep_strips
from geo.coverage.threads import in_threads
from geo.coverage.views import Corners, Edges, Rows, Views, near_points, near_views, to_corners, to_edges, to_rows
from geo.rules import Rules

#: The columns that `measure_alone` adds to the cameras table, in order.
FIGURES = ("view_m2", "alone_m2", "alone_public_m2", "alone_road_m", "alone_places", "shared_3plus_m2")
RANKS = ("critical_rank", "spare_rank")
#: Where more others than these look into the bounds of a view, what it alone sees is not measured: each would be swept
#: with each, and a register that puts a thousand cameras on one spot would hold up the build.
MAX_OTHERS = 100
#: What cameras are ranked by, the first that differs deciding.
_RANKED_BY = ("alone_places", "alone_road_m", "alone_public_m2")


def measure_alone(cameras: pd.DataFrame, ground: Ground, parcels: Parcels, rules: Rules) -> pd.DataFrame:
    """`FIGURES` and `RANKS` of each camera, on the index of `cameras`; NA for all that are not online.

    `cameras` has the columns of the cameras table and `x_m`, `y_m` in the metric CRS of `parcels`, the finest units of
    the home's first chain. Views are the nominal ones at `rules.px_per_m`; ground counts within those units only, as it
    does in the coverage table: so each figure is what the table's sums lose when this camera alone goes.
    A layer that the home lacks is NA, and so is the ground seen alone of a camera into whose view more than
    `MAX_OTHERS` others look. See `see_alone` for the figures and `rank_cameras` for the ranks.

    >>> from geo.schema import Level
    >>> square = np.array([shapely.box(0, 0, 100, 100)])
    >>> none, nowhere = np.zeros(0, dtype=object), np.array([shapely.Polygon()])
    >>> parcels = Parcels(("all",), pd.Index(["a"]), square, none, np.zeros(0, dtype=int), none, nowhere)
    >>> cameras = pd.DataFrame({"status": ["online", "online", "offline"], "sweep_deg": 360.0, "range_m": 10.0,
    ...                         "azimuth_deg": None, "x_m": [20.0, 95.0, 20.0], "y_m": [50.0, 50.0, 50.0]})
    >>> found = measure_alone(cameras, Ground(None, None, None, None, None, None), parcels, Rules())
    >>> found["alone_m2"].astype(float).round(1).tolist()  # pi r2, less chords; of the second all but a segment of 61.4
    [314.1, 252.7, nan]
    """
    online = np.flatnonzero(is_online(cameras))
    cut = cut_masks(cameras.iloc[online].reset_index(drop=True))
    views = camera_views(cut, view_parameters(cut, rules, rules.px_per_m, "nominal"), rules)
    found = see_alone(views, cut.index.to_numpy(dtype=np.int64), len(online), ground, parcels, rules)
    return pd.concat([found, rank_cameras(found)], axis=1).set_axis(cameras.index[online]).reindex(cameras.index)


def see_alone(
    views: Views, owner: Ints, n_cameras: int, ground: Ground, parcels: Parcels, rules: Rules
) -> pd.DataFrame:
    """`FIGURES`, one row per camera: what it sees, what nobody else sees of that, what two or more others see.

    `owner` gives each view its camera, 0 .. `n_cameras` - 1; the views of one camera do not overlap.

    * view_m2: ground in its view; alone_m2: of that, what no other camera sees; shared_3plus_m2: what two or more
      others see, so that three or more cameras see it; alone_public_m2: public ground that no other camera sees.
    * alone_road_m: metres of road that no other camera sees.
    * alone_places: key places that would no longer count as seen: points and lines that no other camera sees any
      corner of; areas of whose open ground the others see less than `rules.place_open_share`.
    """
    view_m2, alone_m2, public_m2, shared_m2 = (
        np.where(sums < TRACE, 0.0, sums) for sums in _ground_alone(views, owner, n_cameras, parcels)
    )
    places = None if ground.places is None else _places_alone(ground.places, parcels, views, owner, n_cameras, rules)
    return pd.DataFrame(
        {
            "view_m2": view_m2,
            "alone_m2": alone_m2,
            "alone_public_m2": public_m2 if ground.has_public else np.nan,
            "alone_road_m": np.nan if ground.roads is None else _roads_alone(parcels.roads, views, owner, n_cameras),
            "alone_places": pd.array([pd.NA] * n_cameras if places is None else places, dtype="Int64"),
            "shared_3plus_m2": shared_m2,
        },
        index=pd.RangeIndex(n_cameras),
    )


def rank_cameras(figures: pd.DataFrame) -> pd.DataFrame:
    """`RANKS` from `FIGURES`, on the same index, NA where a camera has none; equal cameras follow the index's order.

    critical_rank: 1 = its failure loses most, by key places, then road length, then public ground; only those that
    lose any of them. spare_rank: 1 = adds least, of those of whose view two or more others see a part: by the same
    three the other way round, then the larger part of its view shared so.

    >>> figures = pd.DataFrame({"view_m2": [9.0, 9, 9], "alone_public_m2": [5.0, 0, 0], "alone_road_m": [0.0, 0, 0],
    ...                         "alone_places": [0, 0, 0], "shared_3plus_m2": [2.0, 3, 9]})
    >>> rank_cameras(figures).fillna(0).values.tolist()
    [[1, 3], [0, 2], [0, 1]]
    """
    lost = [figures[name].to_numpy(dtype=np.float64, na_value=0.0) for name in _RANKED_BY]
    shared = figures["shared_3plus_m2"].to_numpy(dtype=np.float64)
    share = shared / np.maximum(figures["view_m2"].to_numpy(dtype=np.float64), TRACE)
    loses, shares = np.sum(lost, axis=0) > 0, shared > 0
    critical = _number(np.lexsort([-values for values in reversed(lost)]), loses)
    spare = _number(np.lexsort([-share, *reversed(lost)]), shares)
    return pd.DataFrame(dict(zip(RANKS, (critical, spare), strict=True)), index=figures.index)


def _number(order: Ints, ranked: npt.NDArray[np.bool_]) -> Any:
    """1, 2, ... for those that are `ranked`, in `order`; NA for the others."""
    first = order[ranked[order]]
    numbers = np.zeros(len(order), dtype=np.int64)
    numbers[first] = np.arange(1, len(first) + 1)
    return pd.arrays.IntegerArray(numbers, ~ranked)


def _ground_alone(views: Views, owner: Ints, n_cameras: int, parcels: Parcels) -> Floats:
    """Square metres (4, n_cameras): in view, seen alone, public ground seen alone, seen by two or more others, too.

    One sweep around each view, unit by unit, in which it counts two and every other one takes one away: two are left
    where it sees alone, one or two where at most one other does.
    """
    ground, public = to_edges(parcels.geometries), to_edges(parcels.public)
    near = near_views(parcels.geometries, views.boxes)
    unit, view = np.repeat(np.arange(len(parcels.codes)), np.diff(near.starts)), near.values
    overlapping = _others(views, owner)
    n = len(views.rows)
    whose = np.repeat(np.arange(n), np.diff(overlapping.starts))
    pairs = np.unique(np.column_stack([whose, owner[overlapping.values]]), axis=0)
    is_crowded = np.bincount(pairs[:, 0], minlength=n) > MAX_OTHERS
    kept = ~is_crowded[whose]
    others = _rows_at(to_rows(whose[kept], overlapping.values[kept], n), view)
    # Edges that run the other way round take away: near and reach change places.
    against = Views(views.rows[:, [0, 1, 2, 3, 5, 4]], views.boxes, views.chord_deg)
    both = Views(np.vstack([views.rows, against.rows]), np.vstack([views.boxes, against.boxes]), views.chord_deg)
    pair = np.arange(len(view))
    of = np.concatenate([np.tile(pair, 2), np.repeat(pair, np.diff(others.starts))])
    left = to_rows(of, np.concatenate([np.tile(view, 2), n + others.values]), len(view))
    windows = views.boxes[view]
    in_view = _depths_in(windows, ground, public, unit, _one_each(view), views)[:, 0]
    at_most_one_other, alone, _, _, public_alone, _ = _depths_in(windows, ground, public, unit, left, both).T
    figures = (in_view, alone, public_alone, in_view - at_most_one_other)
    counted = [np.bincount(owner[view], weights=values, minlength=n_cameras) for values in figures]
    sums: Floats = np.stack(counted).astype(np.float64)
    sums[1:, owner[is_crowded]] = np.nan
    return sums


def _depths_in(windows: Floats, ground: Edges, public: Edges, unit: Ints, near: Rows, views: Views) -> Floats:
    """Square metres within each of n `windows` (n, 4) of its `unit` that its views in `near` hold: (n, 6).

    Ground where they count 1, 2, 3 or more; public ground likewise.
    """
    n = len(unit)
    jobs = (near.starts, near.values, 2 * np.arange(n), np.ones(n, dtype=bool), np.ones(n, dtype=bool))
    bounds, inner = (*_slices(ground, unit), np.repeat(windows, 2, axis=0)), _slices(public, unit)

    def work(begin: int, end: int) -> Any:
        strips = strip_edges(begin, end, jobs, views.rows, views.boxes, bounds, inner, views.chord_deg)
        return sweep_strips(strips, jobs[3][begin:end], end - begin)

    return np.concatenate(in_threads(work, n))


def _slices(edges: Edges, which: Ints) -> tuple[Floats, Ints, Floats]:
    """The edges of the polygons `which`, some more than once: the i-th has those from starts[2 i] on."""
    starts = np.column_stack([edges.starts[which], edges.starts[which + 1]]).ravel()
    return edges.rows, starts, np.repeat(edges.tallest_m[which], 2)


def _others(views: Views, owner: Ints) -> Rows:
    """Per view the views of other cameras whose bounds overlap its own."""
    some = np.flatnonzero(views.seeing)
    bounds = np.asarray(shapely.box(*views.boxes[some].T), dtype=object)
    one, other = some[shapely.STRtree(bounds).query(bounds)]
    apart = owner[one] != owner[other]
    return to_rows(one[apart], other[apart], len(views.rows))


def _rows_at(rows: Rows, which: Ints) -> Rows:
    """The rows `which` of a ragged table."""
    n = np.diff(rows.starts)[which]
    starts = np.concatenate([[0], np.cumsum(n)]).astype(np.int64)
    return Rows(starts, rows.values[np.arange(starts[-1]) + np.repeat(rows.starts[which] - starts[:-1], n)])


def _one_each(view: Ints) -> Rows:
    """A ragged table of one view per item."""
    return Rows(np.arange(len(view) + 1), view)


def _roads_alone(roads: Geometries, views: Views, owner: Ints, n_cameras: int) -> Floats:
    """Metres of road per camera that no other sees: along each segment the stretches that one view alone holds."""
    near_some = np.flatnonzero(np.diff(near_views(roads, views.boxes).starts))
    corners = to_corners(roads[near_some])
    inner = np.setdiff1d(np.arange(len(corners.xy)), corners.starts[1:] - 1)
    ends = np.stack([corners.xy[inner], corners.xy[np.minimum(inner + 1, len(corners.xy) - 1)]], axis=1)
    ends = ends[np.isfinite(ends).all(axis=(1, 2))]
    near = near_views(np.asarray(shapely.linestrings(ends), dtype=object), views.boxes)
    segment = np.repeat(np.arange(len(ends)), np.diff(near.starts))
    pairs = Corners(ends[segment].reshape(-1, 2), 2 * np.arange(len(segment) + 1))
    seen = see_along(pairs, _one_each(near.values), views)
    pair = np.repeat(np.arange(len(segment)), np.diff(seen.starts)[::2])
    # Along each segment views begin and end; where one is open, the sum of the numbers of the open ones is its own.
    at, along = seen.spans.T.ravel(), np.tile(segment[pair], 2)
    step = np.repeat([1, -1], len(pair))
    order = np.lexsort((at, along))
    n_open = np.cumsum(step[order])
    camera = np.cumsum((step * np.tile(owner[near.values[pair]], 2))[order])
    lone = np.flatnonzero(n_open == 1)
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    metres = (at[order[lone + 1]] - at[order[lone]]) * length[along[order[lone]]]
    sums = np.bincount(camera[lone], weights=metres, minlength=n_cameras)
    return np.where(sums < TRACE, 0.0, sums)


def _places_alone(places: Items, parcels: Parcels, views: Views, owner: Ints, n_cameras: int, rules: Rules) -> Ints:
    """Key places in the units per camera that would not count as seen without it."""
    shapes = places.geometries.copy()
    shapes[~places.levels[list(parcels.chain)].notna().any(axis=1).to_numpy()] = None
    areas = shapes[shapely.get_dimensions(shapes) == 2]
    shapes[shapely.get_dimensions(shapes) == 2] = None
    xy, place = shapely.get_coordinates(shapes, return_index=True)
    near = near_points(xy, views.boxes)
    corner = np.repeat(np.arange(len(xy)), np.diff(near.starts))
    held = see_at(xy[corner], _one_each(near.values), views)
    pairs = np.unique(np.column_stack([place[corner[held]], owner[near.values[held]]]), axis=0)
    _, first, n_seeing = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    return np.bincount(pairs[first[n_seeing == 1], 1], minlength=n_cameras) + _areas_alone(
        areas, views, owner, n_cameras, rules
    )


def _areas_alone(areas: Geometries, views: Views, owner: Ints, n_cameras: int, rules: Rules) -> Ints:
    """The same of key places drawn as areas: enough of each is seen, and not enough without the camera.

    What is left without a camera is at least what any other one sees, and at least what all see less what it sees
    itself: only where neither is enough the others are looked at once more.
    """
    enough = rules.place_open_share * shapely.area(areas) * (1 - 1e-9)
    near = near_views(areas, views.boxes)
    all_m2 = see_polygons(to_edges(areas), near, views)
    seen = np.flatnonzero(all_m2 >= enough)
    enough, all_m2, near = enough[seen], all_m2[seen], _rows_at(near, seen)
    area = np.repeat(np.arange(len(seen)), np.diff(near.starts))
    m2 = see_polygons_each(to_edges(areas[seen]), near, views)
    cases, case = np.unique(np.column_stack([area, owner[near.values]]), axis=0, return_inverse=True)
    own_m2 = np.bincount(case.ravel(), weights=m2, minlength=len(cases)).astype(np.float64)
    of = cases[:, 0]
    others_m2 = _most_of_others(of, own_m2, len(seen))
    doubtful = np.flatnonzero((others_m2 < enough[of]) & (all_m2[of] - own_m2 < enough[of] + TRACE))
    others = _rows_at(near, of[doubtful])
    number = np.repeat(np.arange(len(doubtful)), np.diff(others.starts))
    left = owner[others.values] != cases[doubtful[number], 1]
    rest = see_polygons(
        to_edges(areas[seen[of[doubtful]]]), to_rows(number[left], others.values[left], len(doubtful)), views
    )
    return np.bincount(cases[doubtful[rest < enough[of[doubtful]]], 1], minlength=n_cameras)


def _most_of_others(group: Ints, values: Floats, n_groups: int) -> Floats:
    """Per item the highest value of another one of its group, 0 where there is none.

    >>> _most_of_others(np.array([0, 0, 1]), np.array([3.0, 5.0, 2.0]), 2).tolist()
    [5.0, 3.0, 0.0]
    """
    first, second = np.zeros(n_groups), np.zeros(n_groups)
    np.maximum.at(first, group, values)
    at = np.full(n_groups, -1)
    at[group[values == first[group]]] = np.flatnonzero(values == first[group])
    others = np.where(np.arange(len(values)) == at[group], 0.0, values)
    np.maximum.at(second, group, others)
    return np.where(np.arange(len(values)) == at[group], second[group], first[group])
