"""What cameras see that they should not: dwelling facades, private ground, restricted areas, each by itself (DOMAIN 3).

Facades are looked at with every zoom lens at its longest, ground with lenses as they are. Views are not cut by
buildings: all of it is an upper figure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.coverage.columns import SomeCameras
from geo.coverage.fov import ESTIMATES, Estimate, at_longest_focal, view_parameters
from geo.coverage.ground import Bools, Floats, Ground, Items
from geo.coverage.layers import TRACE, Geometries
from geo.coverage.looks import camera_views
from geo.coverage.masks import cut_masks
from geo.coverage.sight import hold_circles, see_along, see_along_each, see_polygons, see_polygons_each
from geo.coverage.views import Rows, Views, near_views, to_corners, to_edges, to_rows
from geo.rules import Rules

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Exposure:
    """What a set of cameras sees of each dwelling, private area, restricted area; None where the home has none known.

    `facade_m` are metres of outline by pixel density and estimate, float64 (n dwellings); `private_m2` and
    `restricted_m2` square metres at `rules.px_per_m` by estimate, in the order of `Ground.private` and `.restricted`.
    """

    facade_m: dict[tuple[float, Estimate], Floats] | None
    private_m2: dict[Estimate, Floats] | None
    restricted_m2: dict[Estimate, Floats] | None


class Pairs(NamedTuple):
    """What one camera by itself sees of one item, for each pair of which it sees anything: positions, and how much."""

    camera: Ints
    item: Ints
    much: Floats


def expose(ground: Ground, cameras: SomeCameras, rules: Rules) -> Exposure:
    """What `cameras` (columns of the cameras table, x_m, y_m in the metric CRS of `ground`) see together of each item.

    >>> import shapely
    >>> home = Items(np.array([shapely.box(0, 0, 8, 8).boundary]), pd.DataFrame(index=[0]), np.ones(1))
    >>> nearby = pd.DataFrame({"x_m": [4.0], "y_m": [4.0], "sweep_deg": [360.0], "range_m": [30.0]})
    >>> expose(Ground(None, None, None, home, None, None), nearby, Rules()).facade_m[62.5, "nominal"].tolist()
    [32.0]
    """
    cut = cut_masks(cameras)
    seen = {e: camera_views(cut, view_parameters(cut, rules, rules.px_per_m, e), rules) for e in ESTIMATES}
    return Exposure(
        _facades_in_view(ground.dwellings, at_longest_focal(cut), rules),
        _ground_in_view(ground.private, seen),
        _ground_in_view(ground.restricted, seen),
    )


def expose_each(ground: Ground, cameras: pd.DataFrame, rules: Rules, facades: Pairs | None = None) -> pd.DataFrame:
    """What each of `cameras` by itself sees, on their index: facade_62_m with its low and high, n_dwellings_62,
    facade_125_m, n_dwellings_125, private_m2, restricted_m2 (these nominal); missing where the home does not know.

    `facades` is what `facades_of_each` gives at `rules.facade_px_per_m`, where the caller has it.

    >>> import shapely
    >>> home = Items(np.array([shapely.box(0, 0, 8, 8).boundary]), pd.DataFrame(index=[0]), np.ones(1))
    >>> nearby = pd.DataFrame({"x_m": [4.0, 99.0], "y_m": 4.0, "sweep_deg": 360.0, "range_m": 30.0})
    >>> each = expose_each(Ground(None, None, None, home, None, None), nearby, Rules())
    >>> each[["facade_62_m", "n_dwellings_62"]].values.tolist(), each["private_m2"].isna().all().item()
    ([[32.0, 1], [0.0, 0]], True)
    """
    n = len(cameras)
    table = pd.DataFrame(index=cameras.index)
    for name, px in facade_densities(rules):
        is_first = px == rules.facade_px_per_m
        pairs = facades if facades is not None and is_first else facades_of_each(ground, cameras, rules, px)
        table[f"facade_{name}_m"] = _sum(pairs, n)
        if is_first:
            low, high = (_sum(facades_of_each(ground, cameras, rules, px, e), n) for e in ("low", "high"))
            table[f"facade_{name}_m_low"] = np.minimum(low, table[f"facade_{name}_m"])
            table[f"facade_{name}_m_high"] = np.maximum(high, table[f"facade_{name}_m"])
        count = None if pairs is None else pd.array(np.bincount(pairs.camera, minlength=n), dtype="Int64")
        table[f"n_dwellings_{name}"] = pd.array([pd.NA] * n, dtype="Int64") if count is None else count
    cut = cut_masks(cameras.reset_index(drop=True))
    views = camera_views(cut, view_parameters(cut, rules, rules.px_per_m, "nominal"), rules)
    for column, items in (("private_m2", ground.private), ("restricted_m2", ground.restricted)):
        table[column] = _sum(None if items is None else _ground_of_each(items, views, _camera_of(cut)), n)
    return table


def facade_densities(rules: Rules) -> tuple[tuple[str, float], tuple[str, float]]:
    """How columns name the pixel densities at which facades are judged, and the densities."""
    return ("62", rules.facade_px_per_m), ("125", rules.facade_close_px_per_m)


def facades_of_each(
    ground: Ground, cameras: pd.DataFrame, rules: Rules, px_per_m: float, estimate: Estimate = "nominal"
) -> Pairs | None:
    """Metres of each dwelling's outline that each of `cameras` by itself sees, its lens at its longest."""
    if ground.dwellings is None:
        return None
    cut = at_longest_focal(cut_masks(cameras.reset_index(drop=True)))
    views = camera_views(cut, view_parameters(cut, rules, px_per_m, estimate), rules)
    outlines = ground.dwellings.geometries
    near = near_views(outlines, views.boxes)
    metres = see_along_each(to_corners(outlines), near, views)
    item = np.repeat(np.arange(len(outlines)), np.diff(near.starts))
    return _pairs(_camera_of(cut)[near.values], item, metres)


def _facades_in_view(
    dwellings: Items | None, longest: SomeCameras, rules: Rules
) -> dict[tuple[float, Estimate], Floats] | None:
    if dwellings is None:
        return None
    corners = to_corners(dwellings.geometries)
    found: dict[tuple[float, Estimate], Floats] = {}
    for _, px in facade_densities(rules):
        views = {e: camera_views(longest, view_parameters(longest, rules, px, e), rules) for e in ESTIMATES}
        near = near_views(dwellings.geometries, widest_bounds(views.values()))
        found |= {(px, e): see_along(corners, near, views[e]).metres for e in ESTIMATES}
    return found


def _ground_in_view(items: Items | None, views: dict[Estimate, Views]) -> dict[Estimate, Floats] | None:
    if items is None:
        return None
    shapes, n = items.geometries, len(items.geometries)
    edges, m2 = to_edges(shapes), shapely.area(shapes)
    near = near_views(shapes, widest_bounds(views.values()))
    found: dict[Estimate, Floats] = {}
    for estimate, mine in views.items():
        item, view, within = _sift(shapes, near, mine)
        whole = np.zeros(n, dtype=bool)
        whole[item[within]] = True
        left = ~whole[item]
        found[estimate] = np.where(whole, m2, see_polygons(edges, to_rows(item[left], view[left], n), mine))
    return found


def _ground_of_each(items: Items, views: Views, camera_of: Ints) -> Pairs:
    shapes = items.geometries
    item, view, within = _sift(shapes, near_views(shapes, views.boxes), views)
    m2 = shapely.area(shapes)[item]
    left = to_rows(item[~within], view[~within], len(shapes))
    m2[~within] = see_polygons_each(to_edges(shapes), left, views)
    return _pairs(camera_of[view], item, m2)


def _sift(shapes: Geometries, near: Rows, views: Views) -> tuple[Ints, Ints, Bools]:
    """The pairs of `near` that are not surely apart, by item and view, and whether the shape is surely within the view.

    Most are one or the other, which is told by the circle around the shape's bounds.
    """
    boxes = shapely.bounds(shapes)
    item = np.repeat(np.arange(len(shapes)), np.diff(near.starts))
    view = near.values
    middle, radius = (boxes[:, :2] + boxes[:, 2:]) / 2, np.hypot(*(boxes[:, 2:] - boxes[:, :2]).T) / 2
    apart, within = hold_circles(views, view, middle[item], radius[item])
    kept = views.seeing[view] & ~apart
    return item[kept], view[kept], within[kept]


def widest_bounds(views: Iterable[Views]) -> Floats:
    """Bounds (n, 4) that hold those of the same n cameras in all of `views`."""
    boxes = np.stack([one.boxes for one in views])
    return np.column_stack([boxes[:, :, :2].min(axis=0), boxes[:, :, 2:].max(axis=0)])


def _camera_of(cut: pd.DataFrame) -> Ints:
    return np.asarray(cut.index.to_numpy(), dtype=np.int64)


def _pairs(camera: Ints, item: Ints, much: Floats) -> Pairs:
    """Pairs summed over the pieces that masks leave of a view, which do not overlap; those without any left out."""
    order = np.lexsort((item, camera))
    camera, item, much = camera[order], item[order], much[order]
    first = np.flatnonzero((np.diff(camera, prepend=-1) != 0) | (np.diff(item, prepend=-1) != 0))
    total = np.add.reduceat(much, first) if len(first) else much
    real = total > TRACE
    return Pairs(camera[first][real], item[first][real], total[real])


def _sum(pairs: Pairs | None, n_cameras: int) -> Floats:
    if pairs is None:
        return np.full(n_cameras, np.nan)
    return np.bincount(pairs.camera, weights=pairs.much, minlength=n_cameras).astype(np.float64)
