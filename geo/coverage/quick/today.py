"""All online cameras of a home as they look today at one pixel density, as plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.coverage.columns import Columns
from geo.coverage.fov import at_longest_focal, view_parameters
from geo.coverage.layers import Floats, Ints
from geo.coverage.looks import camera_views
from geo.coverage.views import Views
from geo.rules import Rules


@dataclass(frozen=True)
class Looking:
    """Nominal views of n rows of cameras (`cut_masks`): of the ground at one density, and of facades at the rules'."""

    ground: Views
    facade: Views

    @property
    def boxes(self) -> Floats:
        """Bounds (2 n, 4) of all views; those of empty ones meet nothing."""
        return np.vstack([self.ground.boxes, self.facade.boxes])

    def take(self, rows: Ints) -> "Looking":
        """The views of `rows`, in that order."""
        return Looking(_take(self.ground, rows), _take(self.facade, rows))


@dataclass(frozen=True)
class Today:
    """The views of all online cameras, `names` telling whose each row is."""

    names: npt.NDArray[Any]
    looking: Looking

    @cached_property
    def rows_of(self) -> dict[Any, list[int]]:
        """The rows of each camera that has any."""
        found: dict[Any, list[int]] = {}
        for row, name in enumerate(self.names.tolist()):
            found.setdefault(name, []).append(row)
        return found


def look_nominal(cameras: Columns, rules: Rules, px_per_m: float) -> Looking:
    """How `cameras` look in the middle of what is missing, zoom lenses at their longest where facades are judged.

    >>> import pandas as pd
    >>> from geo.coverage.columns import to_columns
    >>> camera = pd.DataFrame({"x_m": [0.0], "y_m": [0.0], "azimuth_deg": [0.0], "hfov_deg": 60.0, "range_m": 10.0})
    >>> look_nominal(to_columns(camera), Rules(), 25.0).boxes.round(1).tolist()
    [[-5.0, 0.0, 5.0, 10.0], [-5.0, 0.0, 5.0, 10.0]]
    """
    longest = at_longest_focal(cameras)
    return Looking(
        camera_views(cameras, view_parameters(cameras, rules, px_per_m, "nominal"), rules),
        camera_views(longest, view_parameters(longest, rules, rules.facade_px_per_m, "nominal"), rules),
    )


def join_looking(parts: Sequence[Looking]) -> Looking:
    """All of `parts`, one after the other; one at least."""
    return Looking(_join([part.ground for part in parts]), _join([part.facade for part in parts]))


def _join(parts: Sequence[Views]) -> Views:
    rows, boxes = (np.vstack([getattr(part, name) for part in parts]) for name in ("rows", "boxes"))
    return Views(rows, boxes, parts[0].chord_deg)


def _take(views: Views, rows: Ints) -> Views:
    return Views(views.rows[rows], views.boxes[rows], views.chord_deg)
