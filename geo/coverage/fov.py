"""Fields of view: from a camera's recorded (or assumed) attributes to a sector on the ground (DOMAIN 3)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.coverage.columns import Cameras, Columns, SomeCameras, numbers
from geo.coverage.layers import union_by_group
from geo.coverage.masks import clip_to_pieces, cut_masks
from geo.coverage.optics import far_edge_m, hfov_from_focal_deg, near_edge_m, range_m, vfov_deg
from geo.coverage.threads import in_threads
from geo.rules import Rules

Estimate = Literal["low", "nominal", "high"]
ESTIMATES: tuple[Estimate, ...] = ("low", "nominal", "high")
Floats = npt.NDArray[np.float64]
Span = tuple[Floats, Floats]

FULL_DEG = 360.0


def view_parameters(
    cameras: SomeCameras, rules: Rules, px_per_m: float, estimate: Estimate, potential: bool = False
) -> SomeCameras:
    """The view of each camera at `px_per_m`: azimuth_deg, sweep_deg, near_m, reach_m on the index of `cameras`.

    `cameras` has the columns of the cameras table (a column that is not there counts as empty). Azimuths are clockwise
    from grid north. The view is the ground between near_m and reach_m within sweep_deg / 2 of the azimuth; it is
    empty where sweep_deg is 0 or near_m is not below reach_m.

    *Estimate.* A missing attribute may lie anywhere in its span of `rules.assume`. low takes the narrowest sweep
    less twice the azimuth doubt, the largest near edge and the shortest reach; high the reverse; nominal the middle
    of each span. So low lies within nominal and nominal within high for every camera.

    *Sweep.* `sweep_deg` of the source wins; 360 has no azimuth to doubt. Else every camera covers its lens at the
    current azimuth; with `potential` (what it would see if it turned everywhere) a dome and a PTZ cover 360.
    **An unknown azimuth has no middle**: low and nominal are empty, high is the full circle.

    *Reach.* `range_m` of the source replaces the formula (at every density); then near is 0 and the far edge is not
    applied unless height and tilt are both recorded. The lens is hfov_deg, else from focal_mm and
    sensor_width_mm, else assumed; reach uses it, never the sweep.

    *Masks.* Rows of `cut_masks` are held to their pieces; of other frames the masks stay in the view.

    >>> cameras = pd.DataFrame({"kind": ["fixed"], "azimuth_deg": [90.0], "hfov_deg": [85.0], "h_px": [1920],
    ...                         "v_px": [1080], "height_m": [5.0], "tilt_deg": [40.0]})
    >>> view_parameters(cameras, Rules(), 25.0, "nominal").round(2).to_dict("records")
    [{'azimuth_deg': 90.0, 'sweep_deg': 85.0, 'near_m': 2.09, 'reach_m': 22.13}]
    """
    lens = _lens_span(cameras, rules)
    if isinstance(cameras, Columns):
        distances: _Distances = cameras.kept("distances", lambda: _distances(cameras, lens, rules))
    else:
        distances = _distances(cameras, lens, rules)
    near, reach = distances.near, distances.reach(px_per_m, rules)
    azimuth = numbers(cameras, "azimuth_deg")
    sweep = _sweep_deg(cameras, lens, azimuth, estimate, potential)
    view = clip_to_pieces(
        {
            "azimuth_deg": np.mod(azimuth, FULL_DEG),
            "sweep_deg": sweep,
            "near_m": {"low": near[1], "nominal": near[2], "high": near[0]}[estimate],
            "reach_m": {"low": reach[0], "nominal": reach[2], "high": reach[1]}[estimate],
        },
        cameras,
    )
    return Columns(view) if isinstance(cameras, Columns) else pd.DataFrame(view, index=cameras.index)


def at_longest_focal(cameras: SomeCameras) -> SomeCameras:
    """`cameras` with each zoom lens at its longest: narrower and farther, azimuth and tilt as they are at the moment.

    The lens is then `2 atan(sensor_width / (2 focal_max))`; where the sensor's width is not recorded it follows from
    hfov_deg and focal_mm. A camera without focal_max_mm, or of which neither is known, keeps its lens.

    >>> zoom = pd.DataFrame({"hfov_deg": [90.0, 90.0], "focal_mm": [2.4, 2.4], "focal_max_mm": [48.0, None]})
    >>> at_longest_focal(zoom)["hfov_deg"].round(2).tolist()  # 2 atan(4.8 / 96)
    [5.72, 90.0]
    """
    longest = numbers(cameras, "focal_max_mm")
    if np.isnan(longest).all():
        return cameras
    lens, sensor = numbers(cameras, "hfov_deg"), numbers(cameras, "sensor_width_mm")
    flat = np.where(lens < 180.0, lens, np.nan)
    computed = 2.0 * numbers(cameras, "focal_mm") * np.tan(np.radians(flat) / 2.0)
    hfov = hfov_from_focal_deg(np.where(sensor > 0, sensor, computed), longest)
    return cameras.assign(hfov_deg=np.where(np.isnan(hfov), lens, hfov))


def camera_sectors(
    cameras: pd.DataFrame, rules: Rules, px_per_m: float, estimate: Estimate = "nominal"
) -> npt.NDArray[np.object_]:
    """What each of n cameras sees less its masks, one (multi)polygon each, in the metric CRS of their x_m, y_m.

    >>> row = {"x_m": 0.0, "y_m": 0.0, "sweep_deg": 360.0, "range_m": 10.0}
    >>> shapely.area(camera_sectors(pd.DataFrame([row, row | {"masks": "0-90"}]), Rules(), 25.0)).round(1).tolist()
    [314.1, 235.6]
    """
    cut = cut_masks(cameras.reset_index(drop=True))
    polygons = sectors(cut["x_m"], cut["y_m"], view_parameters(cut, rules, px_per_m, estimate), rules)
    if len(cut) == len(cameras) and cut.index.is_unique:
        return polygons
    return union_by_group(polygons, cut.index.to_numpy(dtype=np.int64), len(cameras))


def turns(cameras: Cameras) -> npt.NDArray[np.bool_]:
    """Whether each camera can turn: domes and PTZ.

    >>> turns(pd.DataFrame({"kind": ["dome", "ptz", "fixed", None]})).tolist()
    [True, True, False, False]
    """
    if "kind" not in cameras:
        return np.zeros(len(cameras), dtype=bool)
    kind = np.asarray(cameras["kind"], dtype=object)
    return np.asarray((kind == "dome") | (kind == "ptz"), dtype=bool)


def sectors(x_m: npt.ArrayLike, y_m: npt.ArrayLike, view: Cameras, rules: Rules) -> npt.NDArray[np.object_]:
    """The polygon of each view, in the metric CRS of `x_m`, `y_m` (n eastings, northings); empty where there is none.

    `view` has n rows as `view_parameters` gives them. Arcs are chords of at most `rules.arc_chord_deg` with their
    ends on the circle, so a full circle of 2-degree chords is 0.02 % smaller than the true one.

    >>> view = pd.DataFrame({"azimuth_deg": [0.0], "sweep_deg": [90.0], "near_m": [0.0], "reach_m": [10.0]})
    >>> sectors([0], [0], view, Rules())[0].area.__round__(2)  # the quarter circle has 78.54
    78.52
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    names = ["azimuth_deg", "sweep_deg", "near_m", "reach_m"]
    columns = [x, y, *(np.asarray(view[name], dtype=np.float64) for name in names)]

    def work(begin: int, end: int) -> npt.NDArray[np.object_]:
        return _polygons(*(values[begin:end] for values in columns), chord_deg=rules.arc_chord_deg)

    return np.concatenate(in_threads(work, len(x)))


def _polygons(
    x: Floats, y: Floats, azimuth: Floats, sweep: Floats, near: Floats, reach: Floats, *, chord_deg: float
) -> npt.NDArray[np.object_]:
    near = np.maximum(near, 0.0)
    full = sweep >= FULL_DEG
    seen = np.isfinite(x) & np.isfinite(y) & np.isfinite(reach) & (near < reach) & (sweep > 0)
    polygons = np.full(len(x), shapely.Polygon(), dtype=object)
    circles = np.flatnonzero(seen & full)
    wedges = np.flatnonzero(seen & ~full & np.isfinite(azimuth))
    if len(circles):
        polygons[circles] = _circles(x[circles], y[circles], near[circles], reach[circles], chord_deg)
    if len(wedges):
        polygons[wedges] = _wedges(
            *(values[wedges] for values in (x, y, azimuth, sweep, near, reach)), chord_deg=chord_deg
        )
    return polygons


def _span(values: Floats, assumed: tuple[float, float]) -> Span:
    known = values > 0
    return np.where(known, values, assumed[0]), np.where(known, values, assumed[1])


def _lens_span(cameras: Cameras, rules: Rules) -> Span:
    recorded = numbers(cameras, "hfov_deg")
    computed = hfov_from_focal_deg(numbers(cameras, "sensor_width_mm"), numbers(cameras, "focal_mm"))
    return _span(np.where(recorded > 0, recorded, computed), rules.assume.hfov_deg)


def _sweep_deg(cameras: Cameras, lens: Span, azimuth: Floats, estimate: Estimate, potential: bool) -> Floats:
    given = numbers(cameras, "sweep_deg")
    round_about = potential & turns(cameras)
    narrow, wide = (np.where(given > 0, given, np.where(round_about, FULL_DEG, end)) for end in lens)
    doubt = np.where(np.isnan(azimuth), 180.0, np.nan_to_num(numbers(cameras, "azimuth_doubt_deg")))
    if estimate == "low":
        sweep = np.maximum(narrow - 2 * doubt, 0.0)
        whole = narrow >= FULL_DEG
    elif estimate == "high":
        sweep = wide + 2 * doubt
        whole = sweep >= FULL_DEG
    else:
        sweep = np.where(np.isnan(azimuth), 0.0, (narrow + wide) / 2)
        whole = (narrow + wide) / 2 >= FULL_DEG
    return np.asarray(np.where(whole, FULL_DEG, sweep), dtype=np.float64)


@dataclass(frozen=True)
class _Distances:
    """What decides near edge and reach of n cameras whatever the density: (smallest, largest, middle) of each."""

    pixels: tuple[Floats, Floats, Floats]
    lens: tuple[Floats, Floats, Floats]
    near: tuple[Floats, Floats, Floats]
    far: tuple[Floats, Floats, Floats]
    stated: Floats

    def reach(self, px_per_m: float, rules: Rules) -> tuple[Floats, Floats, Floats]:
        """(Smallest, largest, middle) of how far each camera sees at `px_per_m`."""
        wide = self.lens[1], self.lens[0], self.lens[2]
        found = []
        for pixels, lens, far in zip(self.pixels, wide, self.far, strict=True):
            formula = range_m(pixels, lens, px_per_m, rules.fisheye_from_deg)
            found.append(np.minimum(np.where(np.isnan(self.stated), formula, self.stated), far))
        return found[0], found[1], found[2]


def _distances(cameras: Cameras, lens: Span, rules: Rules) -> _Distances:
    height_given, tilt_given = numbers(cameras, "height_m"), numbers(cameras, "tilt_deg")
    across, down = numbers(cameras, "h_px"), numbers(cameras, "v_px")
    given = numbers(cameras, "range_m")
    aspect = np.where((across > 0) & (down > 0), down / np.where(across > 0, across, 1.0), rules.assume.aspect)
    pixels, height = (
        _with_middle(_span(across, rules.assume.h_px)),
        _with_middle(_span(height_given, rules.assume.height_m)),
    )
    no_tilt = np.isnan(tilt_given)
    tilt = _with_middle(
        (
            np.where(no_tilt, rules.assume.tilt_deg[0], tilt_given),
            np.where(no_tilt, rules.assume.tilt_deg[1], tilt_given),
        )
    )
    lenses = _with_middle(lens)
    opening = tuple(vfov_deg(one, aspect, rules.fisheye_from_deg) for one in lenses)
    stated = given > 0
    flat = stated & ~((height_given > 0) & ~no_tilt)
    low, high, middle = 0, 1, 2
    near = [
        np.where(flat, 0.0, near_edge_m(height[h], tilt[t], opening[o]))
        for h, t, o in ((low, high, high), (high, low, low), (middle, middle, middle))
    ]
    far = [
        np.where(flat, np.inf, far_edge_m(height[h], tilt[t], opening[o]))
        for h, t, o in ((low, high, low), (high, low, high), (middle, middle, middle))
    ]
    return _Distances(
        pixels, lenses, (near[0], near[1], near[2]), (far[0], far[1], far[2]), np.where(stated, given, np.nan)
    )


def _with_middle(span: Span) -> tuple[Floats, Floats, Floats]:
    return span[0], span[1], (span[0] + span[1]) / 2


def _circles(x: Floats, y: Floats, near: Floats, reach: Floats, chord_deg: float) -> npt.NDArray[np.object_]:
    n_chords = int(np.ceil(FULL_DEG / chord_deg))
    angle = np.radians(np.arange(n_chords) * (FULL_DEG / n_chords))
    unit = np.column_stack([np.sin(angle), np.cos(angle)])
    centre = np.column_stack([x, y])[:, None, :]
    outer = np.asarray(shapely.linearrings(centre + reach[:, None, None] * unit), dtype=object)
    ringed = np.flatnonzero(near > 0)
    polygons = np.asarray(shapely.polygons(outer), dtype=object)
    if len(ringed):
        holes = np.asarray(shapely.linearrings(centre[ringed] + near[ringed, None, None] * unit), dtype=object)
        polygons[ringed] = shapely.polygons(outer[ringed], holes[:, None])
    return polygons


def _wedges(
    x: Floats, y: Floats, azimuth: Floats, sweep: Floats, near: Floats, reach: Floats, *, chord_deg: float
) -> npt.NDArray[np.object_]:
    """Rings that run out along the outer arc and back along the inner one (a single corner where near is 0)."""
    n_chords = np.ceil(sweep / chord_deg - 1e-9).astype(np.int64)
    n_chords = np.maximum(n_chords, 1)
    n_points = n_chords + 1 + np.where(near > 0, n_chords + 1, 1)
    ring = np.repeat(np.arange(len(x)), n_points)
    step = np.arange(len(ring)) - np.repeat(np.cumsum(n_points) - n_points, n_points)
    outer = step <= n_chords[ring]
    along = np.where(outer, step, 2 * n_chords[ring] + 1 - step)
    angle = np.radians(azimuth[ring] - sweep[ring] / 2 + along * (sweep / n_chords)[ring])
    radius = np.where(outer, reach[ring], near[ring])
    coordinates = np.column_stack([x[ring] + radius * np.sin(angle), y[ring] + radius * np.cos(angle)])
    rings = np.asarray(shapely.linearrings(coordinates, indices=ring), dtype=object)
    return np.asarray(shapely.polygons(rings), dtype=object)
