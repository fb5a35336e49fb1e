"""The columns of cameras that decide their views, as plain arrays: chosen, joined and read without much ado."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

_NUMBERS = (
    *("x_m", "y_m", "azimuth_deg", "azimuth_doubt_deg", "hfov_deg", "sweep_deg", "tilt_deg", "height_m", "range_m"),
    *("focal_mm", "focal_max_mm", "sensor_width_mm", "h_px", "v_px"),
    *("piece_start_deg", "piece_sweep_deg", "piece_near_m", "piece_far_m", "piece_turn"),
)


@dataclass(frozen=True)
class Columns:
    """Columns of n cameras by name, each an array of n; for everything that views are made of they are like a frame."""

    arrays: dict[str, Array]
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))

    @property
    def index(self) -> pd.RangeIndex:
        """The positions."""
        return pd.RangeIndex(len(self))

    def assign(self, **columns: Array) -> "Columns":
        """The same with some columns replaced."""
        return Columns({**self.arrays, **columns})

    def kept(self, key: str, make: Callable[[], Any]) -> Any:
        """What was worked out of these cameras under `key`, made by `make()` the first time."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def take(self, rows: Array) -> "Columns":
        """The cameras at positions `rows`, in that order."""
        return Columns({name: array[rows] for name, array in self.arrays.items()})


#: A frame of cameras, or what of it decides views; and either of them, the same going in and coming out.
Cameras = pd.DataFrame | Columns
SomeCameras = TypeVar("SomeCameras", pd.DataFrame, Columns)


def to_columns(cameras: pd.DataFrame) -> Columns:
    """The columns of `cameras` (as `cut_masks` leaves them) that decide views; a column that is not there is empty.

    >>> to_columns(pd.DataFrame({"x_m": [1.0], "y_m": [2.0], "h_px": [None]}))["h_px"].tolist()
    [nan]
    """
    kind = cameras["kind"].to_numpy(dtype=object) if "kind" in cameras else np.full(len(cameras), None, dtype=object)
    return Columns({**{name: numbers(cameras, name) for name in _NUMBERS}, "kind": kind})


def join_columns(parts: Iterable[Columns]) -> Columns:
    """The cameras of all parts, one after the other."""
    all_parts = list(parts)
    names = all_parts[0].arrays
    return Columns({name: np.concatenate([part[name] for part in all_parts]) for name in names})


def numbers(cameras: Cameras, name: str) -> Floats:
    """A column as float64, NaN where it is empty or not there."""
    if name not in cameras:
        return np.full(len(cameras), np.nan)
    column = cameras[name]
    if isinstance(column, np.ndarray):
        return column
    told = column if pd.api.types.is_numeric_dtype(column.dtype) else pd.to_numeric(column)
    return np.asarray(told.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
