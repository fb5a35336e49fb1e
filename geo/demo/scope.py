"""Which part of the prefecture a demo holds, and how much of everything goes with it."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.demo.boundaries import COUNTS, LEVELS
from geo.demo.folder import FOLDER
from geo.demo.land import from_lonlat

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Counties by size of demo; none named: all.
SIZES: dict[str, tuple[str, ...]] = {"full": (), "part": ("433126", "4331T1"), "small": ("4331T1",)}


@dataclass(frozen=True)
class Scope:
    """The units of a demo by level, as in git (`frames`, lon/lat) and in metres (`units`), and its share of all."""

    frames: dict[str, gpd.GeoDataFrame]
    units: dict[str, gpd.GeoDataFrame]
    share: float

    def n(self, whole: int) -> int:
        """This demo's part of `whole`."""
        return round(whole * self.share)

    def grid_at(self, xy: Floats) -> Ints:
        """Position of the grid each point (n, 2; m) lies in, -1 outside; the lowest code on borders."""
        grids, tree = self._grids
        point, grid = tree.query(shapely.points(xy))
        inside = shapely.intersects_xy(grids[grid], *xy[point].T)
        found = np.full(len(xy), len(grids), np.int64)
        np.minimum.at(found, point[inside], grid[inside])
        return np.where(found == len(grids), -1, found)

    @cached_property
    def _grids(self) -> tuple[NDArray[np.object_], shapely.STRtree]:
        """The grids' shapes, prepared, and their tree."""
        grids = self.units["grid"].geometry.to_numpy()
        shapely.prepare(grids)
        return grids, shapely.STRtree(grids)

    def village_of_grid(self) -> Ints:
        """Position of each grid's village."""
        villages = self.units["village"]["code"].to_numpy()
        return np.asarray(np.searchsorted(villages, self.units["grid"]["parent_code"].to_numpy()), np.int64)

    def town_of_village(self) -> Ints:
        """Position of each village's township."""
        towns = self.units["township"]["code"].to_numpy()
        return np.asarray(np.searchsorted(towns, self.units["village"]["parent_code"].to_numpy()), np.int64)


def read_scope(size: str = "full") -> Scope:
    """The units in git, all or those of some counties; the prefecture is then these counties' union."""
    frames = {level: gpd.read_parquet(FOLDER / f"{level}.parquet") for level in LEVELS}
    counties = SIZES[size]
    if counties:
        for level in LEVELS[:-1]:
            own = frames[level]["code"].str.slice(0, 6).isin(counties)
            frames[level] = frames[level][own].reset_index(drop=True)
        whole = shapely.normalize(shapely.coverage_union_all(frames["county"].geometry.to_numpy()))
        frames["prefecture"] = frames["prefecture"].set_geometry([whole], crs=frames["county"].crs)
    units = {level: _in_metres(frame) for level, frame in frames.items()}
    return Scope(frames, units, len(frames["village"]) / COUNTS["village"])


def _in_metres(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    moved = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.column_stack(from_lonlat(xy[:, 0], xy[:, 1])))
    return gpd.GeoDataFrame(pd.DataFrame(frame.drop(columns="geometry")), geometry=moved)
