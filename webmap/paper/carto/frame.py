"""Where metres of ground fall on the sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webmap.paper.sheet import Point

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MapFrame:
    """A frame on the sheet (points, from the top left corner), and the ground in it.

    `x_m`, `y_m` are the place in metres (x east, y north) that falls on the frame's middle.
    """

    left: float
    top: float
    width: float
    height: float
    x_m: float
    y_m: float
    pt_per_m: float

    @property
    def ring(self) -> list[Point]:
        """The frame's corners."""
        right, bottom = self.left + self.width, self.top + self.height
        return [(self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom)]

    def to_sheet(self, xy_m: Floats) -> Floats:
        """Metres, (n, 2), as points on the sheet, (n, 2), to a hundredth."""
        x = self.left + self.width / 2 + (xy_m[:, 0] - self.x_m) * self.pt_per_m
        y = self.top + self.height / 2 - (xy_m[:, 1] - self.y_m) * self.pt_per_m
        return np.asarray(np.round(np.column_stack([x, y]), 2), dtype=np.float64)

    def bounds_m(self) -> tuple[float, float, float, float]:
        """(minx, miny, maxx, maxy) of the ground in the frame, in metres."""
        wide, tall = self.width / 2 / self.pt_per_m, self.height / 2 / self.pt_per_m
        return self.x_m - wide, self.y_m - tall, self.x_m + wide, self.y_m + tall


def fit_frame(
    box: tuple[float, float, float, float], bounds_m: Sequence[float], padding: tuple[float, float, float, float]
) -> MapFrame:
    """The frame `box` (left, top, width, height) round `bounds_m`, with room (left, top, right, bottom) beside it.

    >>> frame = fit_frame((0, 0, 100, 200), (0, 0, 1000, 1000), (0, 0, 0, 0))
    >>> frame.pt_per_m, frame.to_sheet(np.array([[0.0, 0.0], [1000.0, 1000.0]])).tolist()
    (0.1, [[0.0, 150.0], [100.0, 50.0]])
    """
    left, top, width, height = box
    minx, miny, maxx, maxy = bounds_m
    wide, tall = width - padding[0] - padding[2], height - padding[1] - padding[3]
    pt_per_m = min(wide / max(maxx - minx, 1.0), tall / max(maxy - miny, 1.0))
    aside, up = (padding[2] - padding[0]) / 2 / pt_per_m, (padding[1] - padding[3]) / 2 / pt_per_m
    return MapFrame(left, top, width, height, (minx + maxx) / 2 + aside, (miny + maxy) / 2 + up, pt_per_m)
