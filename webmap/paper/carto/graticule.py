"""Meridians and parallels, the scale bar, and the figures on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo import crs
from webmap.paper.carto.frame import MapFrame
from webmap.paper.sheet import Point

_STEPS_DEG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
_MOST_LINES = 7
_SAMPLES = 33


@dataclass(frozen=True)
class GridLine:
    """A meridian or parallel on the sheet, its figure, and where on the frame that stands."""

    points: list[Point]
    figure: str
    at: Point
    is_meridian: bool


def find_step_deg(span_deg: float) -> float:
    """The step of a graticule that crosses `span_deg` in at most seven lines.

    >>> find_step_deg(1.7), find_step_deg(0.3)
    (0.25, 0.05)
    """
    return next((step for step in _STEPS_DEG if span_deg / step <= _MOST_LINES), _STEPS_DEG[-1])


def to_figure(degrees: float, step_deg: float, signs: str) -> str:
    """A figure of the graticule; `signs` are the letters of positive and negative ones.

    >>> to_figure(109.25, 0.25, "EW"), to_figure(-28.0, 1.0, "NS")
    ('109.25°E', '28°S')
    """
    digits = next(n for n in range(4) if abs(round(step_deg, n) - step_deg) < 1e-9)
    return f"{abs(degrees):.{digits}f}°{signs[degrees < 0]}"


def find_graticule(frame: MapFrame, metric_crs: str) -> list[GridLine]:
    """The lines that cross the frame: figures of parallels at its right edge, of meridians at its lower one."""
    minx, miny, maxx, maxy = frame.bounds_m()
    side = np.linspace(0, 1, _SAMPLES)
    x = np.concatenate([minx + side * (maxx - minx)] * 2 + [np.full(_SAMPLES, minx), np.full(_SAMPLES, maxx)])
    y = np.concatenate([np.full(_SAMPLES, miny), np.full(_SAMPLES, maxy)] + [miny + side * (maxy - miny)] * 2)
    lon, lat = crs.transform_xy(x, y, metric_crs, crs.WGS84)
    lons, lats = (float(lon.min()), float(lon.max())), (float(lat.min()), float(lat.max()))
    step = find_step_deg(max(lons[1] - lons[0], lats[1] - lats[0]))
    lines = []
    for is_meridian, (low, high), (first, last) in ((True, lons, lats), (False, lats, lons)):
        along = np.linspace(first, last, _SAMPLES)
        for number in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1):
            still = np.full(_SAMPLES, number * step)
            ends = (still, along) if is_meridian else (along, still)
            x, y = crs.transform_xy(ends[0], ends[1], crs.WGS84, metric_crs)
            points = frame.to_sheet(np.column_stack([x, y]))
            figure = to_figure(number * step, step, "EW" if is_meridian else "NS")
            at = _meets_edge(points, frame, is_meridian=is_meridian)
            lines.append(GridLine([(x, y) for x, y in points.tolist()], figure, at, is_meridian))
    return lines


def _meets_edge(points: NDArray[np.float64], frame: MapFrame, *, is_meridian: bool) -> Point:
    """Where a meridian meets the lower edge, a parallel the right one."""
    across, along = (1, 0) if is_meridian else (0, 1)
    order = np.argsort(points[:, across])
    edge = frame.top + frame.height if is_meridian else frame.left + frame.width
    met = float(np.interp(edge, points[order, across], points[order, along]))
    return (met, edge) if is_meridian else (edge, met)


def find_bar_m(pt_per_m: float, most_pt: float) -> float:
    """The longest of 1, 2, 5, 10 ... metres that is at most `most_pt` long on the sheet.

    >>> find_bar_m(0.002, 60)
    20000.0
    """
    most_m = most_pt / pt_per_m
    power = 10.0 ** np.floor(np.log10(most_m))
    return float(max(step for step in (power, 2 * power, 5 * power) if step <= most_m * (1 + 1e-9)))
