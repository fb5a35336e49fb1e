"""The demand of a snapshot near a place, in metres: what-if needs a little of it at a time, and all of it is much."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.coverage.measures import Demand
from geo.crs import WGS84, transform_xy
from geo.heap import trim_heap
from geo.snapshot.store import Snapshot
from geo.snapshot.world import JOINED, World, assign, demand_of, in_metres, points_of, units_in_metres

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: What demand is made of.
_COLUMNS = {
    "places": ["geometry"],
    "roads": ["geometry"],
    "buildings": ["use", "geometry"],
    "residents": ["lon", "lat", "unit_code", "residents"],
    "incidents": ["lon", "lat", "unit_code"],
    "restricted_areas": ["kind", "rule", "geometry"],
}
#: So much beyond what is asked for is given, degrees: a few metres.
_MARGIN_DEG = 5e-5
#: Points along each side of a box in metres, whose sides are curves in degrees.
_ALONG = 9


class Nearby:
    """Demand of `snapshot` by place; thread-safe. `units_m` are its units in the metric CRS."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        units, self.units_m = units_in_metres(snapshot)
        about = snapshot.home, snapshot.rules, snapshot.as_of, snapshot.metric_crs
        self._empty = World(*about, {}, units, self.units_m, snapshot.joined(), {})

    def cameras(self) -> pd.DataFrame:
        """All cameras by uid, with x_m, y_m in the metric CRS and a column of codes per level."""
        cameras = self._snapshot.frame("cameras").rename(columns={"camera_name": "name"})
        found = in_metres(self._with({"cameras": cameras}), "cameras")
        assert found is not None
        return found.set_index("uid", drop=False)

    def restricted(self) -> Any:
        """The restricted areas in the metric CRS with kind and rule, None where the home has none."""
        return self._demand({"restricted_areas": None})[0].restricted

    def find(self, bounds: Floats, tables: tuple[str, ...]) -> tuple[Demand, pd.DataFrame | None]:
        """The demand of `tables` that may meet `bounds` (minx, miny, maxx, maxy) in the metric CRS.

        Buildings also where they may meet a key place of those: what stands on it is no open ground. The frame has the
        units of the incidents, None without such a table.
        """
        box = self._to_degrees(bounds)[None, :]
        rows: dict[str, Ints | None] = {}
        for table in sorted(tables, key=lambda table: table == "buildings"):
            if self._snapshot.has(table):
                wanted = box
                if table == "buildings" and rows.get("places") is not None:
                    wanted = np.vstack([box, self._bounds("places")[rows["places"]]])
                rows[table] = _meeting(self._bounds(table), wanted)
        return self._demand(rows)

    def _demand(self, rows: dict[str, Ints | None]) -> tuple[Demand, pd.DataFrame | None]:
        """The demand of some rows (None: all) of tables; those that the snapshot lacks are left out."""
        sources = {}
        for table, some in rows.items():
            if self._snapshot.has(table):
                frame = self._narrow(table)
                sources[table] = _unpacked(frame if some is None else frame.iloc[some].reset_index(drop=True))
        world = self._with(sources)
        incidents = in_metres(world, "incidents")
        return demand_of(world, incidents), world.assigned.get("incidents")

    def _narrow(self, table: str) -> pd.DataFrame:
        """The columns of a table that demand is made of, shapes as WKB; the table itself is let go."""

        def make() -> pd.DataFrame:
            whole = self._snapshot.frame(table)
            found = _packed(whole[[name for name in _COLUMNS[table] if name in whole.columns]])
            del whole
            self._snapshot.forget(table)
            trim_heap()  # reading a table takes much more than the table
            return found

        found: pd.DataFrame = self._snapshot.cached(f"demand:{table}", make)
        return found

    def _with(self, sources: dict[str, pd.DataFrame]) -> World:
        joined, home = self._empty.joined, self._empty.home
        assigned = {
            name: assign(frame, *points_of(frame), joined, home) for name, frame in sources.items() if name in JOINED
        }
        return replace(self._empty, sources=sources, assigned=assigned)

    def _bounds(self, table: str) -> Floats:
        """The bounds (n, 4) of each row in degrees, NaN where it has no place; worked out once."""

        def make() -> Floats:
            # Side by side: each is gone through by itself.
            bounds = np.asfortranarray(_bounds_of(_unpacked(self._narrow(table))))
            trim_heap()
            return bounds

        found: Floats = self._snapshot.cached(f"bounds:{table}", make)
        return found

    def _to_degrees(self, bounds: Floats) -> Floats:
        minx, miny, maxx, maxy = bounds.tolist()
        along, across = np.linspace(minx, maxx, _ALONG), np.linspace(miny, maxy, _ALONG)
        x = np.concatenate([along, along, np.full(_ALONG, minx), np.full(_ALONG, maxx)])
        y = np.concatenate([np.full(_ALONG, miny), np.full(_ALONG, maxy), across, across])
        lon, lat = transform_xy(x, y, self._snapshot.metric_crs, WGS84)
        return np.array([lon.min(), lat.min(), lon.max(), lat.max()]) + _MARGIN_DEG * np.array([-1, -1, 1, 1])


def _packed(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy of `frame` whose shapes are WKB: a fifth of the memory of shapes, of which a few are wanted at a time."""
    if "geometry" not in frame.columns:
        return frame.copy()
    packed = pd.DataFrame(frame.drop(columns="geometry"))
    return packed.assign(geometry=np.asarray(shapely.to_wkb(frame["geometry"].to_numpy()), dtype=object))


def _unpacked(packed: pd.DataFrame) -> pd.DataFrame:
    """The rows again whose `_packed` this is, or some of them; a plain frame, for all shapes here are in WGS84."""
    if "geometry" not in packed.columns:
        return packed
    return packed.assign(geometry=shapely.from_wkb(packed["geometry"].to_numpy()))


def _bounds_of(frame: pd.DataFrame) -> Floats:
    if "lon" in frame.columns:
        lon, lat = points_of(frame)
        return np.column_stack([lon, lat, lon, lat])
    return np.asarray(shapely.bounds(np.asarray(frame["geometry"], dtype=object)), dtype=np.float64).reshape(-1, 4)


def _meeting(boxes: Floats, wanted: Floats) -> Ints:
    """The rows of `boxes` (n, 4) that meet any of `wanted` (m, 4).

    >>> _meeting(np.array([[0.0, 0, 1, 1], [5, 5, 6, 6], [np.nan] * 4]), np.array([[0.5, 0.5, 2, 2]])).tolist()
    [0]
    """
    around = np.concatenate([wanted[:, :2].min(axis=0), wanted[:, 2:].max(axis=0)])
    near = np.flatnonzero(_meets(boxes, around))
    some = boxes[near]
    met = np.zeros(len(near), dtype=bool)
    for box in wanted:
        met |= _meets(some, box)
    return near[met]


def _meets(boxes: Floats, box: Floats) -> npt.NDArray[np.bool_]:
    """Which of `boxes` (n, 4) meet `box`; those without a place meet none."""
    minx, miny, maxx, maxy = box.tolist()
    met: npt.NDArray[np.bool_] = boxes[:, 0] <= maxx
    met &= boxes[:, 2] >= minx
    met &= boxes[:, 1] <= maxy
    met &= boxes[:, 3] >= miny
    return met
