"""What a change of cameras would do: measured by the build's own functions, on the ground that it can touch only.

A changed camera sees no farther than its widest view, and what it sees matters no farther than homes are from public
ground. So a small world is cut out around the changed cameras: the finest units there, clipped; the demand there; the
cameras that see any of it. That world is measured as it is and as it would be; the difference is what units gain and
lose, for whatever lies beyond is the same in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage.fov import ESTIMATES, sectors, view_parameters
from geo.coverage.gaps import unseen_of
from geo.coverage.ground import Demand, cut_parcels, prepare_ground
from geo.coverage.layers import Geometries, Ints, polygonal
from geo.coverage.measures import LaidOut, is_online, lay_out, sum_coverage
from geo.partition.hierarchy import Joined, ancestors, assign_levels
from geo.rules import Rules
from geo.schema import HomeInfo

#: So that no edge is met by rounding alone.
_MARGIN_M = 1.0


@dataclass(frozen=True)
class Difference:
    """What a change does: additive figures per level (as `sum_coverage` gives them) of the small world, both ways.

    `gaps` has the public ground that stays unseen in each finest unit into which a changed camera looks, by chain and
    code: pieces of `Rules.min_gap_m2` and more, at the default pixel density.
    """

    before: dict[str, pd.DataFrame]
    after: dict[str, pd.DataFrame]
    gaps: dict[tuple[str, str], Any]


@dataclass(frozen=True)
class _Chain:
    """The finest units of a chain: codes in order, their shapes, a tree of them, and the codes above each."""

    levels: tuple[str, ...]
    codes: pd.Index
    geometries: Geometries
    tree: shapely.STRtree
    above: pd.DataFrame


class WhatIf:
    """A home's units, cameras and demand in metres, ready to have small worlds cut out of them. Thread-safe.

    Arguments are those of `measure_coverage`; the index of `cameras` names them, and `joined` are the chains that the
    dwellings are assigned by.
    """

    def __init__(
        self,
        units: Any,
        home: HomeInfo,
        cameras: pd.DataFrame,
        demand: Demand,
        incident_levels: pd.DataFrame | None,
        rules: Rules,
        joined: tuple[Joined, ...],
    ) -> None:
        demand.check_crs(units)
        self.home, self.rules, self.cameras = home, rules, cameras
        self._crs, self._incident_levels = units.crs, incident_levels
        self._units = units.set_index(["level", "code"], drop=False)[["level", "code", "parent_code"]]
        self._chains = [_chain(units, home, chain) for chain in home.chains()]
        self._demand = replace(demand, buildings=_with_levels(demand.buildings, joined, home))
        self._trees = {name: shapely.STRtree(shapes) for name, shapes in _shapes(self._demand).items()}
        self._squares: dict[float, shapely.STRtree] = {}
        self._public: dict[tuple[str, str], Any] = {}

    def compare(self, changed: Sequence[Any], after: pd.DataFrame, densities: Sequence[float]) -> Difference:
        """What becomes of the units at `densities` where the cameras `changed` give way to `after`.

        `changed` are labels of `cameras` (those that are moved, turned, changed or removed), `after` has the same
        columns as `cameras`: what they are afterwards, and those that are added, under labels of its own.
        """
        lowest = min(*densities, self.rules.px_per_m, self.rules.facade_px_per_m)
        before = self.cameras.loc[list(changed)]
        both = pd.concat([before, after])
        views = shapely.union_all(_squares(both, self.rules, lowest, _MARGIN_M))
        world = shapely.union_all(_squares(both, self.rules, lowest, 2 * self.rules.near_home_m + _MARGIN_M))
        units, laid_out, reached = self._cut_out(world)
        others = self._near(reached, lowest).drop(index=list(changed), errors="ignore")

        def measure(some: pd.DataFrame) -> dict[str, pd.DataFrame]:
            return sum_coverage(units, self.home, pd.concat([others, some]), laid_out, self.rules, densities)

        return Difference(measure(before), measure(after), self._gaps(views, after, changed))

    def _cut_out(self, world: Any) -> tuple[Any, LaidOut, Geometries]:
        """The units and the demand of the small world within `world`, and the shapes that cameras may see part of."""
        demand = self._demand
        own: dict[str, Ints] = {name: np.sort(tree.query(world)) for name, tree in self._trees.items()}
        wide = shapely.buffer(world, self.rules.road_half_width_m + _MARGIN_M)
        if "roads" in own:
            own["roads"] = np.sort(self._trees["roads"].query(wide))
        local: dict[str, Any] = {name: getattr(demand, name).iloc[own[name]] for name in own if name != "incidents_xy"}
        reached = [np.array([world], dtype=object)]
        if "places" in local:
            reached.append(np.asarray(local["places"].geometry, dtype=object))
            if "buildings" in local:
                built = self._trees["buildings"].query(reached[-1], predicate="intersects")[1]
                local["buildings"] = demand.buildings.iloc[np.union1d(own["buildings"], built)]
        if "buildings" in local:
            reached.append(np.asarray(local["buildings"].geometry, dtype=object))
        levels = None
        if demand.incidents_xy is not None:
            local["incidents_xy"] = demand.incidents_xy[own["incidents_xy"]]
            levels = None if self._incident_levels is None else self._incident_levels.iloc[own["incidents_xy"]]
        named = [local[name] for name in ("places", "buildings", "residents") if name in local]
        units = self._clip_units(world, [*named, *([] if levels is None else [levels])])
        return units, lay_out(units, self.home, Demand(**local), levels, self.rules), np.concatenate(reached)

    def _clip_units(self, world: Any, named: Sequence[pd.DataFrame]) -> Any:
        """The finest units in `world`, clipped; those that hold what is `named`, empty beyond it; all above them."""
        shapes: dict[tuple[str, str], Any] = {}
        for chain in self._chains:
            finest = chain.levels[0]
            codes = {code for frame in named for code in frame[finest].dropna()}
            shapes |= {(finest, code): shapely.Polygon() for code in codes}
            meeting = chain.tree.query(world, predicate="intersects")
            clipped = polygonal(shapely.intersection(chain.geometries[meeting], world))
            shapes |= {(finest, code): shape for code, shape in zip(chain.codes[meeting], clipped, strict=True)}
        return self._frame(shapes)

    def _frame(self, shapes: dict[tuple[str, str], Any]) -> Any:
        """The finest units with these shapes, and the units above them without any."""
        rows = dict(shapes)
        for chain in self._chains:
            above = chain.above.loc[[code for level, code in shapes if level == chain.levels[0]]]
            for level in chain.levels[1:]:
                rows |= {(level, code): shapely.Polygon() for code in above[level].dropna().unique()}
        named = self._units.loc[list(rows)].reset_index(drop=True)
        return gpd.GeoDataFrame(named, geometry=np.array(list(rows.values()), dtype=object), crs=self._crs)

    def _near(self, reached: Geometries, lowest: float) -> pd.DataFrame:
        """The cameras whose widest views may meet any of the shapes."""
        if lowest not in self._squares:
            self._squares[lowest] = shapely.STRtree(_squares(self.cameras, self.rules, lowest, _MARGIN_M))
        _, near = self._squares[lowest].query(reached)
        return self.cameras.iloc[np.unique(near)]

    def _gaps(self, views: Any, after: pd.DataFrame, changed: Sequence[Any]) -> dict[tuple[str, str], Any]:
        """The unseen public ground of the finest units into which changed views reach, afterwards."""
        found: dict[tuple[str, str], Any] = {}
        for chain in self._chains:
            touched = np.sort(chain.tree.query(views, predicate="intersects"))
            public = np.array([self._public_of(chain, int(unit)) for unit in touched], dtype=object)
            near = self._near(public, self.rules.px_per_m).drop(index=list(changed), errors="ignore")
            online = pd.concat([near, after])
            online = online[is_online(online)]
            view = view_parameters(online, self.rules, self.rules.px_per_m, "nominal")
            tree = shapely.STRtree(sectors(online["x_m"], online["y_m"], view, self.rules))
            gaps = unseen_of(public, tree, self.rules)
            found |= {(chain.levels[0], chain.codes[unit]): gap for unit, gap in zip(touched, gaps, strict=True)}
        return found

    def _public_of(self, chain: _Chain, unit: int) -> Any:
        """The public ground of a whole finest unit; worked out once."""
        key, shape = (chain.levels[0], str(chain.codes[unit])), chain.geometries[unit]
        if key not in self._public:
            around = shapely.buffer(shape, self.rules.road_half_width_m + _MARGIN_M)
            names = [name for name in ("places", "roads") if name in self._trees]
            near = {name: np.sort(self._trees[name].query(around)) for name in names}
            some = Demand(**{name: getattr(self._demand, name).iloc[rows] for name, rows in near.items()})
            units = self._frame({key: shape})
            ground = prepare_ground(units, self.home, some, None)
            self._public[key] = cut_parcels(units, self.home, chain.levels, ground, self.rules).public[0]
        return self._public[key]


def _chain(units: Any, home: HomeInfo, levels: tuple[str, ...]) -> _Chain:
    above = ancestors(units, home, finest=levels[0])
    own = units[units["level"] == levels[0]].set_index("code").loc[above.index]
    shapes: Geometries = np.asarray(own.geometry.to_numpy(), dtype=object)
    return _Chain(levels, above.index, shapes, shapely.STRtree(shapes), above)


def _with_levels(buildings: Any, joined: tuple[Joined, ...], home: HomeInfo) -> Any:
    """The buildings with the units that they stand in, one column per level."""
    if buildings is None:
        return None
    inside = shapely.point_on_surface(np.asarray(buildings.geometry, dtype=object))
    levels = assign_levels(shapely.get_x(inside), shapely.get_y(inside), joined, home)
    return buildings.assign(**{str(name): cells.to_numpy() for name, cells in levels.items()})


def _shapes(demand: Demand) -> dict[str, Geometries]:
    """The shapes of each layer that there is; incidents as points, empty where they have no place."""
    names = ("places", "roads", "buildings", "residents", "restricted")
    frames = {name: getattr(demand, name) for name in names}
    found = {name: np.asarray(frame.geometry, dtype=object) for name, frame in frames.items() if frame is not None}
    if demand.incidents_xy is not None:
        found["incidents_xy"] = np.asarray(shapely.points(demand.incidents_xy), dtype=object)
    return found


def _squares(cameras: pd.DataFrame, rules: Rules, lowest: float, margin_m: float) -> Geometries:
    """A square about each camera that holds its views at densities from `lowest` up, whatever is missing of them."""
    reach = np.max([view_parameters(cameras, rules, lowest, e)["reach_m"].to_numpy() for e in ESTIMATES], axis=0)
    half = np.where(np.isfinite(reach), reach, 0.0) + margin_m
    x, y = cameras["x_m"].to_numpy(np.float64), cameras["y_m"].to_numpy(np.float64)
    return np.asarray(shapely.box(x - half, y - half, x + half, y + half), dtype=object)
