"""Which masks would take the dwellings out of a camera's view: suggested, never set (DOMAIN 3)."""

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
import pandas as pd
import shapely

from geo.coverage.exposure import Pairs, facades_of_each
from geo.coverage.fov import at_longest_focal, sectors, view_parameters
from geo.coverage.ground import Floats, Ground
from geo.coverage.layers import Geometries, Ints, union_by_group
from geo.coverage.masks import cut_masks
from geo.rules import Rules
from geo.schema.masks import MAX_MASKS, Mask, read_masks, write_masks

#: Masks are given to a tenth of a degree and of a metre, outwards.
_PER_UNIT = 10.0
_FULL_DEG = 360.0
#: What is this near is where the camera is.
_HERE_M = 1e-6
#: A wall along the side of a view lies in it: sides are drawn so much farther out.
_ASIDE_DEG = 1e-5


def suggest_masks(ground: Ground, cameras: pd.DataFrame, rules: Rules, facades: Pairs | None = None) -> pd.DataFrame:
    """One row per camera that has dwelling facade in view: mask, mask_m2, n_dwellings, geometry (metric CRS).

    Indexed by the position of the camera in `cameras` (columns of the cameras table, x_m, y_m in the metric CRS of
    `ground`). In view means at `rules.facade_px_per_m`, nominal, zoom lenses at their longest, less the masks set;
    `facades` is what `facades_of_each` gives there, where the caller has it.

    Each dwelling's part in view asks for the smallest annular piece that holds it, from its nearest point to the end of
    the view; pieces that overlap in azimuth are merged. `mask` is the whole text to be set: masks that the camera has
    stand first, unchanged. Beyond `MAX_MASKS` those with the smallest gap between them are merged. The geometry is what
    the text hides up to the end of the view.

    >>> from geo.coverage.ground import Items
    >>> home = Items(np.array([shapely.box(-5, 10, 5, 20).boundary]), pd.DataFrame(index=[0]), np.ones(1))
    >>> camera = pd.DataFrame({"x_m": [0.0], "y_m": [0.0], "sweep_deg": [360.0], "range_m": [15.0]})
    >>> suggest_masks(Ground(None, None, None, home, None, None), camera, Rules())["mask"].tolist()
    ['333.3-26.7@10-15']
    """
    pairs = facades if facades is not None else facades_of_each(ground, cameras, rules, rules.facade_px_per_m)
    if pairs is None or ground.dwellings is None:
        return pd.DataFrame({name: [] for name in ("mask", "mask_m2", "n_dwellings", "geometry")}, index=[])
    camera, row = np.unique(pairs.camera, return_inverse=True)
    some = at_longest_focal(cameras.iloc[camera].reset_index(drop=True))
    xy = some[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    view = view_parameters(some, rules, rules.facade_px_per_m, "nominal")
    outlines = ground.dwellings.geometries[pairs.item]
    in_view = shapely.intersection(outlines, _around_views(some, rules)[row])
    # What rounding keeps out of a view is masked whole.
    in_view = np.where(shapely.length(in_view) > 0, in_view, outlines)
    wanted: list[list[Mask]] = [[] for _ in camera]
    for at, mask in zip(row.tolist(), pieces_of(in_view, xy[row], view["reach_m"].to_numpy()[row]), strict=True):
        wanted[at].append(mask)
    set_before = some["masks"].tolist() if "masks" in some else [None] * len(some)
    masks = [
        at_most([*(read_masks(text) if isinstance(text, str) else ()), *merge_overlapping(new)])
        for text, new in zip(set_before, wanted, strict=True)
    ]
    drawn = _draw(masks, xy, view, rules)
    return pd.DataFrame(
        {
            "mask": [write_masks(some) for some in masks],
            "mask_m2": shapely.area(drawn),
            "n_dwellings": np.bincount(row),
            "geometry": drawn,
        },
        index=camera,
    )


def _around_views(cameras: pd.DataFrame, rules: Rules) -> Geometries:
    """What each camera sees less its masks, drawn around the arcs: views cut otherwise have their chords elsewhere."""
    cut = cut_masks(cameras)
    view = view_parameters(cut, rules, rules.facade_px_per_m, "nominal")
    chord = np.cos(np.radians(rules.arc_chord_deg / 2))
    turned = np.where(view["sweep_deg"] > 0, np.minimum(view["sweep_deg"] + _ASIDE_DEG, _FULL_DEG), 0.0)
    wide = view.assign(sweep_deg=turned, near_m=view["near_m"] * chord, reach_m=view["reach_m"] / chord)
    pieces = sectors(cut["x_m"], cut["y_m"], wide, rules)
    return union_by_group(pieces, cut.index.to_numpy(dtype=np.int64), len(cameras))


def pieces_of(lines: Geometries, xy: Floats, reach_m: Floats) -> list[Mask]:
    """The smallest annular piece around each of n points `xy` (n, 2) that holds its line and ends at its reach."""
    parts, of = shapely.get_parts(lines, return_index=True)
    corners, part = shapely.get_coordinates(parts, return_index=True)
    ends = np.flatnonzero(part[1:] == part[:-1])
    line = of[part[ends]]
    first, last = (_azimuths(corners[ends + step] - xy[line]) for step in (0, 1))
    # From the point itself a line runs in one direction only.
    first, last = np.where(np.isnan(first), last, first), np.where(np.isnan(last), first, last)
    turn = np.mod(last - first + 180.0, _FULL_DEG) - 180.0
    start, sweep = np.mod(np.where(turn < 0, first + turn, first), _FULL_DEG), np.abs(turn)
    nearest = shapely.distance(lines, np.asarray(shapely.points(xy), dtype=object))
    spans: list[list[tuple[float, float]]] = [[] for _ in lines]
    for at, begin, width in zip(line.tolist(), start.tolist(), sweep.tolist(), strict=True):
        spans[at].append((begin, width))
    return [
        _outwards(*smallest_arc(own), near, far)
        for own, near, far in zip(spans, nearest.tolist(), reach_m.tolist(), strict=True)
    ]


def _azimuths(xy: Floats) -> Floats:
    """Degrees clockwise from north, NaN where there is no way to go."""
    azimuth = np.degrees(np.arctan2(xy[:, 0], xy[:, 1]))
    return np.asarray(np.where(np.hypot(xy[:, 0], xy[:, 1]) > _HERE_M, azimuth, np.nan), dtype=np.float64)


def smallest_arc(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The smallest arc (start, sweep) that holds all `spans` of the circle: all of it but their widest gap.

    >>> smallest_arc([(350.0, 20.0), (30.0, 10.0)])
    (350.0, 50.0)
    """
    arcs = sorted(spans)
    first = arcs[0][0]
    # What runs past north covers the beginning, too.
    end = max(first + arcs[0][1], max(begin + sweep for begin, sweep in arcs) - _FULL_DEG)
    start, widest = first, -np.inf
    for begin, sweep in arcs[1:]:
        if begin - end > widest:
            start, widest = begin, begin - end
        end = max(end, begin + sweep)
    if first + _FULL_DEG - end > widest:
        start, widest = first, first + _FULL_DEG - end
    return (0.0, _FULL_DEG) if widest <= 0 else (start, _FULL_DEG - widest)


def merge_overlapping(masks: Sequence[Mask]) -> list[Mask]:
    """Masks whose azimuths overlap made one, over both spans, from the nearer to the farther end.

    >>> merge_overlapping([Mask(350, 20, 5, 20), Mask(90, 10, 5, 20), Mask(5, 10, 3, 20)])
    [Mask(start_deg=90, sweep_deg=10, near_m=5, far_m=20), Mask(start_deg=350, sweep_deg=25.0, near_m=3, far_m=20)]
    """
    merged = sorted(masks)
    while len(merged) > 1:
        gap, at = _smallest_gap(merged)
        if gap > 0:
            break
        merged = _merge_at(merged, at)
    return merged


def at_most(masks: Sequence[Mask], limit: int = MAX_MASKS) -> list[Mask]:
    """`masks`, those with the smallest gap between them merged until there are no more than `limit`.

    >>> at_most([Mask(0, 10, 5, 20), Mask(15, 10, 3, 20), Mask(90, 10, 1, 20)], 2)
    [Mask(start_deg=0, sweep_deg=25.0, near_m=3, far_m=20), Mask(start_deg=90, sweep_deg=10, near_m=1, far_m=20)]
    """
    left = list(masks)
    while len(left) > limit:
        left = sorted(left)
        left = _merge_at(left, _smallest_gap(left)[1])
    return left


def _smallest_gap(masks: Sequence[Mask]) -> tuple[float, int]:
    """The smallest gap in degrees between a mask and the next of two and more, in order, and which it is."""
    after = [*masks[1:], masks[0]._replace(start_deg=masks[0].start_deg + _FULL_DEG)]
    gaps = [following.start_deg - mask.start_deg - mask.sweep_deg for mask, following in zip(masks, after, strict=True)]
    return min((gap, at) for at, gap in enumerate(gaps))


def _merge_at(masks: Sequence[Mask], at: int) -> list[Mask]:
    """`masks` (in order) with the one at `at` and the next made one."""
    one, other = masks[at], masks[(at + 1) % len(masks)]
    ahead = (other.start_deg - one.start_deg) % _FULL_DEG
    sweep = min(max(one.sweep_deg, ahead + other.sweep_deg), _FULL_DEG)
    start = 0.0 if sweep == _FULL_DEG else one.start_deg
    whole = Mask(start, sweep, min(one.near_m, other.near_m), max(one.far_m, other.far_m))
    return sorted([*(mask for mask in masks if mask is not one and mask is not other), whole])


def _outwards(start: float, sweep: float, near: float, far: float) -> Mask:
    """The piece in tenths, no smaller; wider by half a tenth at least: edges belong to views."""
    first = floor(start * _PER_UNIT - 0.5) / _PER_UNIT
    last = ceil((start + sweep) * _PER_UNIT + 0.5) / _PER_UNIT
    if last - first >= _FULL_DEG:
        first, last = 0.0, _FULL_DEG
    elif first < 0.0:
        first, last = first + _FULL_DEG, last + _FULL_DEG
    nearest, farthest = floor(near * _PER_UNIT + _HERE_M), ceil(far * _PER_UNIT - _HERE_M)
    return Mask(first, last - first, nearest / _PER_UNIT, farthest / _PER_UNIT)


def _draw(masks: Sequence[Sequence[Mask]], xy: Floats, view: pd.DataFrame, rules: Rules) -> Geometries:
    """What the masks of each camera hide, up to the end of its view."""
    of: Ints = np.repeat(np.arange(len(masks)), [len(some) for some in masks])
    rows = np.array([mask for some in masks for mask in some], dtype=np.float64).reshape(-1, 4)
    pieces = pd.DataFrame(
        {
            "azimuth_deg": rows[:, 0] + rows[:, 1] / 2,
            "sweep_deg": rows[:, 1],
            "near_m": rows[:, 2],
            "reach_m": np.minimum(rows[:, 3], view["reach_m"].to_numpy()[of]),
        }
    )
    return union_by_group(sectors(xy[of, 0], xy[of, 1], pieces, rules), of, len(masks))
