"""What a change of cameras would do: measured by the build's own functions, on the ground that it can touch only.

A changed camera sees no farther than its widest view, and what it sees matters no farther than homes are from public
ground. So a small world is cut out around the changed cameras: the finest units there, clipped; the demand there; the
cameras that see any of it. That world is measured as it is and as it would be; the difference is what units gain and
lose, for whatever lies beyond is the same in both.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage.columns import Columns, join_columns, to_columns
from geo.coverage.exposure import expose, facade_densities
from geo.coverage.fov import ESTIMATES, at_longest_focal, sectors, view_parameters
from geo.coverage.gaps import unseen_of
from geo.coverage.ground import Demand, Ground, Items, choose_items, cut_units, prepare_ground
from geo.coverage.layers import Floats, Geometries, Ints, polygonal
from geo.coverage.masks import cut_masks
from geo.coverage.measures import LaidOut, is_online, sum_coverage
from geo.coverage.safeguards import sum_safeguards
from geo.errors import BadQuery, Words
from geo.partition.hierarchy import ancestors
from geo.rules import Rules
from geo.schema import HomeInfo

#: So that no edge is met by rounding alone.
_MARGIN_M = 1.0
#: More ground than this is not measured in passing.
MAX_WORLD_M2 = 50e6
TOO_WIDE = Words(
    "these cameras see too much ground to be measured at once; ask for fewer of them, or for a shorter range",
    "这些摄像机涉及的地面过大，无法即时计算；请减少数量或缩短距离",
)
#: What gives the demand that may meet bounds (4,) in the metric CRS, of some source tables, and the units of incidents,
#: as `measure_coverage` takes them; it may give more. A table that the home lacks is None, however near one is.
Nearby = Callable[[Floats, tuple[str, ...]], tuple[Demand, pd.DataFrame | None]]
#: Source tables of all demand, and of public ground.
PUBLIC_TABLES = ("places", "roads")
ALL_TABLES = (*PUBLIC_TABLES, "buildings", "residents", "incidents", "restricted_areas")
#: Layers of `Ground` that are counted by the item.
_COUNTED = ("places", "dwellings", "residents", "incidents", "private", "restricted")


@dataclass(frozen=True)
class Difference:
    """What a change does: additive figures per level of the small world, before and after.

    `coverage` has those of `sum_coverage`, `safeguards` those of `sum_safeguards`. `gaps` is the public ground that
    stays unseen in each finest unit into which a changed camera looks, by chain and code: pieces of `Rules.min_gap_m2`
    and more, at the default pixel density.
    """

    coverage: tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]
    safeguards: tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]
    gaps: dict[tuple[str, str], Any]


@dataclass(frozen=True)
class Chain:
    """The finest units of a chain: codes in order, their shapes, a tree of them, and the codes above each."""

    levels: tuple[str, ...]
    codes: pd.Index
    geometries: Geometries
    tree: shapely.STRtree
    above: dict[str, dict[str, Any]]


class WhatIf:
    """A home's units and cameras in metres, ready to have small worlds cut out of them. Thread-safe.

    Arguments are those of `measure_coverage`; the index of `cameras` names them. Of the home's demand only what is
    `nearby` a change is asked for.
    """

    def __init__(
        self,
        units: Any,
        home: HomeInfo,
        cameras: pd.DataFrame,
        nearby: Nearby,
        rules: Rules,
    ) -> None:
        self._units, self._nearby = units, nearby
        self.home, self.rules, self.cameras = home, rules, cameras
        self.chains = [_chain(units, home, chain) for chain in home.chains()]
        keys = zip(units["level"], units["code"], units["parent_code"], strict=True)
        self.parents = {(level, code): parent for level, code, parent in keys}
        cut = cut_masks(cameras[is_online(cameras)])
        self.online, self.names = to_columns(cut), cut.index.to_numpy(dtype=object)
        self._reaches: dict[float, tuple[shapely.STRtree, Ints]] = {}
        self._public: dict[tuple[str, str], Any] = {}

    def compare(self, changed: Sequence[Any], after: pd.DataFrame, densities: Sequence[float]) -> Difference:
        """What becomes of the units at `densities` where the cameras `changed` give way to `after`.

        `changed` are labels of `cameras` (those that are moved, turned, changed or removed), `after` has the same
        columns as `cameras`: what they are afterwards, and those that are added, under labels of their own.
        """
        densities = tuple(dict.fromkeys((*densities, self.rules.px_per_m)))
        lowest = min(*densities, *(px for _, px in facade_densities(self.rules)))
        before = self.cameras.loc[list(changed)]
        looking = [to_columns(cut_masks(some[is_online(some)])) for some in (before, after)]
        views, world = self._reached(pd.concat([before, after]), lowest)
        if shapely.area(world) > MAX_WORLD_M2:
            raise BadQuery(TOO_WIDE)
        units, laid_out, reached = self.cut_out(world)
        others = self._near(reached, lowest, changed)
        coverage, safeguards = [], []
        for some, online in zip((before, after), looking, strict=True):
            everyone = join_columns([others, online])
            exposure = expose(laid_out.ground, everyone, self.rules)
            here = replace(laid_out, scenes={}, exposure=exposure)
            coverage.append(sum_coverage(units, self.home, some, everyone, here, self.rules, densities))
            safeguards.append(sum_safeguards(units, self.home, some, here.ground, exposure, self.rules))
        gaps = self._gaps(views, looking[1], changed)
        return Difference((coverage[0], coverage[1]), (safeguards[0], safeguards[1]), gaps)

    def _reached(self, cameras: pd.DataFrame, lowest: float) -> tuple[Any, Any]:
        """What changed cameras may see of, and the small world around it in which that matters."""
        shapes, _ = _reaches(to_columns(cameras), self.rules, lowest)
        # Homes within reach of what is seen, and what those are near to; circles that meet the changed ones'.
        farthest_m = max(2 * self.rules.near_home_m, self.rules.usual_buffer_m)
        wider = shapely.buffer(shapes, farthest_m + _MARGIN_M)
        return shapely.union_all(shapes), shapely.union_all(wider)

    def cut_out(self, world: Any) -> tuple[pd.DataFrame, LaidOut, Geometries]:
        """The units and the ground of the small world within `world`, and the shapes that cameras may see part of."""
        wide = shapely.buffer(world, self.rules.road_half_width_m + _MARGIN_M)
        whole = _with_plain_codes(self._ground_in(wide, ALL_TABLES))
        found = {name: np.sort(tree.query(world)) for name, tree in _trees(whole).items()}
        counted: dict[str, Any] = dict.fromkeys(_COUNTED)
        counted |= {name: choose_items(getattr(whole, name), found[name]) for name in _COUNTED if name in found}
        if whole.roads is not None:
            counted["roads"] = whole.roads[np.sort(shapely.STRtree(whole.roads).query(wide))]
        if whole.squares is not None:
            counted["squares"] = whole.squares[found["squares"]]
        ground = Ground(**{"roads": None, "squares": None, **counted})
        items = [one for name in _COUNTED if (one := getattr(ground, name)) is not None]
        shapes = [one.geometries for one in items]
        units, parcels = self._clip_units(world, items, ground)
        return units, LaidOut(ground, parcels), np.concatenate([np.array([world], dtype=object), *shapes])

    def _ground_in(self, shape: Any, tables: tuple[str, ...]) -> Ground:
        """The ground of demand that may meet `shape`."""
        demand, incident_levels = self._nearby(shapely.bounds(shape), tables)
        demand.check_crs(self._units)
        return prepare_ground(self._units, self.home, demand, incident_levels)

    def _clip_units(self, world: Any, items: Iterable[Items], ground: Ground) -> tuple[pd.DataFrame, tuple[Any, ...]]:
        """The finest units in `world`, clipped, with those that hold an item beyond it, empty; and all above them."""
        rows: dict[tuple[str, str], Any] = {}
        parcels = []
        for chain in self.chains:
            finest = chain.levels[0]
            named = (code for one in items for code in one.levels[finest].to_numpy() if isinstance(code, str))
            shapes = dict.fromkeys(named, shapely.Polygon())
            meeting = chain.tree.query(world, predicate="intersects")
            clipped = polygonal(shapely.intersection(chain.geometries[meeting], world))
            shapes |= dict(zip(chain.codes[meeting], clipped, strict=True))
            codes = sorted(shapes)
            geometries = np.array([shapes[code] for code in codes], dtype=object)
            parcels.append(cut_units(chain.levels, pd.Index(codes), geometries, ground, self.rules))
            for code in codes:
                above = chain.above[code].items()
                rows |= {(level, its): self.parents[level, its] for level, its in above if isinstance(its, str)}
        units = [(level, code, parent) for (level, code), parent in rows.items()]
        return pd.DataFrame(units, columns=["level", "code", "parent_code"], dtype=object), tuple(parcels)

    def _near(self, reached: Geometries, lowest: float, without: Sequence[Any]) -> Columns:
        """The online cameras, less those `without`, whose widest views may meet any of the shapes."""
        if lowest not in self._reaches:
            shapes, whose = _reaches(self.online, self.rules, lowest)
            self._reaches[lowest] = shapely.STRtree(shapes), whose
        tree, whose = self._reaches[lowest]
        near = np.unique(whose[tree.query(reached, predicate="intersects")[1]])
        return self.online.take(near[~np.isin(self.names[near], list(without))])

    def _gaps(self, views: Any, after: Columns, changed: Sequence[Any]) -> dict[tuple[str, str], Any]:
        """The unseen public ground of the finest units into which changed views reach, afterwards."""
        found: dict[tuple[str, str], Any] = {}
        for chain in self.chains:
            touched = np.sort(chain.tree.query(views, predicate="intersects"))
            public = np.array([self._public_of(chain, int(unit)) for unit in touched], dtype=object)
            online = join_columns([self._near(public, self.rules.px_per_m, changed), after])
            view = view_parameters(online, self.rules, self.rules.px_per_m, "nominal")
            tree = shapely.STRtree(sectors(online["x_m"], online["y_m"], view, self.rules))
            gaps = unseen_of(public, tree, self.rules)
            found |= {(chain.levels[0], chain.codes[unit]): gap for unit, gap in zip(touched, gaps, strict=True)}
        return found

    def _public_of(self, chain: Chain, unit: int) -> Any:
        """The public ground of a whole finest unit; worked out once."""
        key, shape = (chain.levels[0], str(chain.codes[unit])), chain.geometries[unit]
        if key not in self._public:
            around = shapely.buffer(shape, self.rules.road_half_width_m + _MARGIN_M)
            whole = self._ground_in(around, PUBLIC_TABLES)
            roads, squares = (
                None if shapes is None else shapes[np.sort(shapely.STRtree(shapes).query(around))]
                for shapes in (whole.roads, whole.squares)
            )
            ground = Ground(roads, squares, None, None, None, None, None, None)
            # A copy, for it will be prepared: no other thread may meet it then.
            alone = np.array([shapely.force_2d(shape)], dtype=object)
            one = cut_units(chain.levels, chain.codes[[unit]], alone, ground, self.rules)
            self._public[key] = one.public[0]
        return self._public[key]


def _chain(units: Any, home: HomeInfo, levels: tuple[str, ...]) -> Chain:
    above = ancestors(units, home, finest=levels[0])
    own = units[units["level"] == levels[0]].set_index("code").loc[above.index]
    shapes: Geometries = np.asarray(own.geometry.to_numpy(), dtype=object)
    named = dict(zip(above.index, above[list(levels)].to_dict("records"), strict=True))
    return Chain(levels, above.index, shapes, shapely.STRtree(shapes), named)


def _with_plain_codes(ground: Ground) -> Ground:
    """`ground` with its items' codes as plain objects: small parts of them are read one by one."""
    items = {name: one for name in _COUNTED if (one := getattr(ground, name)) is not None}
    return replace(ground, **{name: replace(one, levels=one.levels.astype(object)) for name, one in items.items()})


def _trees(ground: Ground) -> dict[str, shapely.STRtree]:
    """A tree of each layer that there is, but for roads."""
    found = {name: one.geometries for name in _COUNTED if (one := getattr(ground, name)) is not None}
    if ground.squares is not None:
        found["squares"] = ground.squares
    return {name: shapely.STRtree(shapes) for name, shapes in found.items()}


def _reaches(cameras: Columns, rules: Rules, lowest: float) -> tuple[Geometries, Ints]:
    """Shapes that hold all that cameras may see at densities from `lowest` up, and whose each is: their positions.

    A square about each camera, whatever is missing of it and however it turns, with its usual buffer; of a zoom lens
    also the view at its longest, which is long and narrow, at the densities at which facades are looked at.
    """
    reach = np.max([view_parameters(cameras, rules, lowest, e)["reach_m"] for e in ESTIMATES], axis=0)
    half = np.maximum(np.where(np.isfinite(reach), reach, 0.0), rules.usual_buffer_m) + _MARGIN_M
    x, y = cameras["x_m"], cameras["y_m"]
    squares = np.asarray(shapely.box(x - half, y - half, x + half, y + half), dtype=object)
    zoom = np.flatnonzero(at_longest_focal(cameras)["hfov_deg"] < np.nan_to_num(cameras["hfov_deg"], nan=360.0))
    longest = at_longest_focal(cameras).take(zoom)
    view = view_parameters(longest, rules, min(px for _, px in facade_densities(rules)), "high")
    wedges = shapely.buffer(sectors(x[zoom], y[zoom], view, rules), _MARGIN_M)
    return np.concatenate([squares, wedges]), np.concatenate([np.arange(len(cameras)), zoom])
