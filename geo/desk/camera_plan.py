"""The plan of one camera: its view, the facade in it, the mask that would take it out, and where it could turn to."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.coverage.exposure import facades_of_each
from geo.coverage.fov import at_longest_focal, camera_sectors, view_parameters
from geo.coverage.ground import Ground, Items
from geo.coverage.looks import camera_views
from geo.coverage.masks import cut_masks
from geo.coverage.sight import Stretches, see_along
from geo.coverage.views import Corners, near_views, to_corners
from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.desk.values import to_instant
from geo.errors import NotAvailable, NotFound, Words
from geo.rules import Rules
from geo.schema import Role
from geo.snapshot import queries

Shapes = NDArray[np.object_]

#: The plan shows so much more than the view reaches, and at least so much, metres.
_AROUND_M, _LEAST_M = 8.0, 30.0
#: The plan is so much wider than high.
_ASPECT = 1.4
#: A turn is looked for in steps of so many degrees.
_STEP_DEG = 5.0
#: A turn has to take out this share of the facade, at least.
_WORTH_SHARE = 0.2


def plan_camera(held: Held, uid: str, role: Role) -> dict[str, Any]:
    """What stands around camera `uid` of the snapshot, as it was built; planner up.

    Coordinates are metres east and north of the camera, in the metric CRS: `view` (at the default pixel density),
    `view_facade` (at that of facades, a zoom lens at its longest), `facade` (lines in view), `mask` (suggested,
    and those set) are GeoJSON geometries, `ground` (roads as wide as they count, squares, key places) and `buildings`
    lists of them. `reach_m` is how much is shown to north and south (1.4 times it to east and west), `reach_facade_m`
    how far facades are judged, `mask_text` what would be set, `turn` the azimuth of least facade (None: no use).
    Errors: `Forbidden`, `NotAvailable` without cameras, `NotFound`.
    """
    snapshot, rules = held.snapshot, held.snapshot.rules
    queries.columns_of("masks", role)
    if not snapshot.has("cameras"):
        raise NotAvailable(not_loaded("cameras"))
    cameras = snapshot.frame("cameras")
    row = np.flatnonzero((cameras["uid"] == uid).to_numpy(dtype=bool))
    if not len(row):
        raise NotFound(Words(f"no camera {uid!r}", f"没有摄像机 {uid!r}"))
    one = pd.DataFrame(cameras.iloc[row].drop(columns="geometry")).reset_index(drop=True)
    x_m, y_m = crs.transform_xy(one["lon"], one["lat"], crs.WGS84, snapshot.metric_crs)
    one = one.assign(x_m=x_m, y_m=y_m)
    at = np.array([x_m[0], y_m[0]])
    view, close = _views_of(one, rules)
    ends = view_parameters(at_longest_focal(one), rules, rules.facade_px_per_m, "nominal")["reach_m"]
    reach_facade_m = float(ends.iloc[0])
    far = np.nanmax(np.abs(shapely.bounds(view if close.is_empty else close).reshape(-1, 2) - at), initial=0.0)
    reach_m = max(_LEAST_M, float(far) + _AROUND_M)
    sides = np.array([_ASPECT * reach_m, reach_m])
    box = shapely.box(*(at - sides), *(at + sides))
    buildings, uses = _near(held, "buildings", box, "use")
    homes = buildings[np.array([use == "dwelling" for use in uses], dtype=bool)]
    outlines = np.asarray(shapely.boundary(homes), dtype=object)
    masks = snapshot.frame("masks")
    mask = masks[(masks["uid"] == uid).to_numpy(dtype=bool)]
    drawn = crs.transform_geometry(np.asarray(mask.geometry, dtype=object), crs.WGS84, snapshot.metric_crs)
    roads, _ = _near(held, "roads", box.buffer(rules.road_half_width_m), "kind")
    places, _ = _near(held, "places", box, "kind")
    ground = [shapely.buffer(line, rules.road_half_width_m) for line in roads]
    ground += [place for place in places if shapely.get_dimensions(place) == 2]

    def told(shapes: Any) -> list[dict[str, Any]]:
        cut = shapely.intersection(np.asarray(shapes, dtype=object), box)
        moved = shapely.transform(cut, lambda xy: np.round(xy - at, 2))
        return [dict(shapely.geometry.mapping(shape)) for shape in moved if not shape.is_empty]

    return {
        "uid": uid,
        "snapshot": snapshot.id,
        "as_of": to_instant(snapshot.as_of),
        "reach_m": round(reach_m, 1),
        "reach_facade_m": round(reach_facade_m, 1) if np.isfinite(reach_facade_m) else None,
        "facade_px_per_m": rules.facade_px_per_m,
        "view": told([view]),
        "view_facade": told([close]),
        "facade": told(facade_lines(outlines, one, rules)),
        "mask": told(drawn),
        "mask_text": mask["mask"].iloc[0] if len(mask) else None,
        "masks_set": one["masks"].iloc[0] if isinstance(one["masks"].iloc[0], str) else None,
        "ground": told([shapely.union_all(ground)] if ground else []),
        "buildings": told(buildings),
        "turn": _best_turn(one, outlines, rules),
    }


def facade_lines(outlines: Shapes, cameras: pd.DataFrame, rules: Rules) -> Shapes:
    """The stretches of dwelling outlines that any of `cameras` sees at `rules.facade_px_per_m`, one line per outline
    that is seen; nominal, zoom lenses at their longest, masks cut out. `cameras` has x_m, y_m in the CRS of `outlines`.

    >>> home = np.array([shapely.box(0, 10, 10, 20).boundary])
    >>> south = pd.DataFrame({"x_m": [5.0], "y_m": [0.0], "sweep_deg": [360.0], "range_m": [11.0]})
    >>> line = facade_lines(home, south, Rules())[0]
    >>> [round(side, 1) for side in line.bounds]  # the wall at 10 m: sqrt(11^2 - 10^2) = 4.6 m to each side
    [0.4, 10.0, 9.6, 10.0]
    """
    longest = at_longest_focal(cut_masks(cameras.reset_index(drop=True)))
    views = camera_views(longest, view_parameters(longest, rules, rules.facade_px_per_m, "nominal"), rules)
    corners, near = to_corners(outlines), near_views(outlines, views.boxes)
    return _to_lines(corners, see_along(corners, near, views), len(outlines))


def _to_lines(corners: Corners, seen: Stretches, n: int) -> Shapes:
    """Stretches (t0, t1) of segments as multilines, one per line of which any is seen."""
    corner = np.repeat(np.arange(len(corners.xy)), np.diff(seen.starts))
    if not len(corner):
        return np.zeros(0, dtype=object)
    start, along = corners.xy[corner], corners.xy[corner + 1] - corners.xy[corner]
    ends = start[:, None, :] + along[:, None, :] * seen.spans[:, :, None]
    line = np.repeat(np.arange(n), np.diff(corners.starts))[corner]
    pieces = np.asarray(shapely.linestrings(ends), dtype=object)
    found, of = np.unique(line, return_inverse=True)
    joined = np.asarray(shapely.multilinestrings(pieces, indices=of), dtype=object)
    assert len(joined) == len(found)
    return np.asarray(shapely.line_merge(joined), dtype=object)


def _views_of(one: pd.DataFrame, rules: Rules) -> tuple[Any, Any]:
    """The camera's view less its masks at the default pixel density, and at that of facades with its longest lens."""
    view = camera_sectors(one, rules, rules.px_per_m)[0]
    return view, camera_sectors(at_longest_focal(one), rules, rules.facade_px_per_m)[0]


def _near(held: Held, table: str, box: Any, column: str) -> tuple[Shapes, list[Any]]:
    """Shapes of `table` that meet `box`, in the metric CRS, and their cells of `column`; none if it is not loaded."""
    snapshot = held.snapshot
    if not snapshot.has(table):
        return np.zeros(0, dtype=object), []
    frame = snapshot.frame(table)
    tree: shapely.STRtree = held.kept.get(("tree", table), lambda: shapely.STRtree(np.asarray(frame.geometry)))
    corners = crs.transform_geometry(np.array([box], dtype=object), snapshot.metric_crs, crs.WGS84)
    rows = np.sort(tree.query(shapely.box(*shapely.bounds(corners[0]))))
    shapes = np.asarray(frame.geometry.iloc[rows], dtype=object)
    return crs.transform_geometry(shapes, crs.WGS84, snapshot.metric_crs), frame[column].iloc[rows].tolist()


def _best_turn(one: pd.DataFrame, outlines: Shapes, rules: Rules) -> dict[str, float] | None:
    """The azimuth of least facade in view by steps, the nearest of those alike; None for what does not look one way."""
    azimuth, sweep = (float(pd.to_numeric(one[name]).iloc[0]) for name in ("azimuth_deg", "sweep_deg"))
    if not np.isfinite(azimuth) or sweep >= 360.0 or one["kind"].iloc[0] != "fixed" or not len(outlines):
        return None
    turns = np.arange(0.0, 360.0, _STEP_DEG)
    turned = pd.concat([one] * len(turns), ignore_index=True).assign(azimuth_deg=(azimuth + turns) % 360.0)
    ground = Ground(None, None, None, _homes(outlines), None, None)
    pairs = facades_of_each(ground, turned, rules, rules.facade_px_per_m)
    assert pairs is not None
    metres = np.round(np.bincount(pairs.camera, weights=pairs.much, minlength=len(turns)), 1)
    away = np.minimum(turns, 360.0 - turns)
    best = int(np.lexsort((turns, away, metres))[0])
    if metres[best] > (1 - _WORTH_SHARE) * metres[0] or best == 0:
        return None
    return {"azimuth_deg": round(float((azimuth + turns[best]) % 360.0), 1), "facade_m": float(metres[best])}


def _homes(outlines: Shapes) -> Items:
    return Items(outlines, pd.DataFrame(index=range(len(outlines))), np.ones(len(outlines)))
