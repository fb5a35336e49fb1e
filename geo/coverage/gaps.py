"""Public ground that no online camera sees, and the units where most of it lies."""

from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage.fov import ESTIMATES, Estimate, sectors, view_parameters
from geo.coverage.ground import Demand, Ground, Parcels
from geo.coverage.layers import Geometries, polygonal, union_by_group
from geo.coverage.looks import Progress, look_at_all
from geo.coverage.masks import cut_masks
from geo.coverage.measures import LaidOut, hold, is_online, lay_out, silent
from geo.coverage.scene import Scene
from geo.coverage.tally import Tally
from geo.coverage.threads import FEW, each, spans, together
from geo.errors import Words
from geo.rules import Rules
from geo.schema import RESULTS, HomeInfo

#: Gaps are looked for in so many parts of the units, some of them side by side.
PARTS = 24
#: How columns end, and the case of what is missing in which so much is not seen.
_ENDS: dict[str, Estimate] = {"": "nominal", "_low": "high", "_high": "low"}
#: What a gap is ranked by, the first that differs deciding; equal units follow their codes.
RANKED_BY = ("n_places_unseen", "road_unseen_m", "n_incidents_unseen")


def find_gaps(
    units: Any,
    home: HomeInfo,
    cameras: pd.DataFrame,
    demand: Demand,
    incident_levels: pd.DataFrame | None,
    rules: Rules,
    progress: Progress = silent,
    laid_out: LaidOut | None = None,
) -> Any:
    """The gaps table without `name`, as a GeoDataFrame in the CRS of `units`: one row per unit with anything unseen.

    Arguments are those of `measure_coverage`; what that has seen of `laid_out` is not looked at again. Seen means the
    nominal views of online cameras at `rules.px_per_m`; `x_low` and `x_high` are what is unseen at least and at most,
    whatever the missing attributes are. The geometry is public ground only (roads with their width, key
    places drawn as areas): pieces of `rules.min_gap_m2` and more, judged within each finest unit. It stands at the
    finest level of each chain only: a coarser unit's row has the figures and an empty polygon, its gap is that of the
    finest units within it. Empty, too, where no piece is that large. Ranked within each level by unseen key
    places, then road length, then incidents; 1 is the worst. Columns whose table the home lacks are missing. Homes
    close no gap and open none.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("all", "全部", "All"),))
    >>> square = gpd.GeoDataFrame({"level": ["all"], "code": ["a"], "parent_code": [None]},
    ...                           geometry=[shapely.box(0, 0, 100, 100)], crs="EPSG:32649")
    >>> roads = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 50), (100, 50)])], crs="EPSG:32649")
    >>> nobody = pd.DataFrame({"status": [], "x_m": [], "y_m": []})
    >>> gaps = find_gaps(square, home, nobody, Demand(roads=roads), None, Rules())
    >>> gaps[["code", "rank", "road_unseen_m", "gap_m2"]].values.tolist()
    [['a', 1, 100.0, 800.0]]
    """
    demand.check_crs(units)
    progress(0.0, Words("looking for gaps", "查找盲区"))
    laid_out = laid_out or lay_out(units, home, demand, incident_levels, rules)
    ground = laid_out.ground
    online = cut_masks(cameras[is_online(cameras)])
    view = view_parameters(online, rules, rules.px_per_m, "nominal")
    scenes = laid_out.scenes
    if (rules.px_per_m, "nominal") not in scenes:
        scenes, _ = look_at_all(cameras[is_online(cameras)], ground, laid_out.parcels, rules, (rules.px_per_m,), silent)
    seen = {estimate: scenes[rules.px_per_m, estimate] for estimate in ESTIMATES}
    polygons = sectors(online["x_m"], online["y_m"], view, rules)
    found: dict[str, Any] = {}
    for number, chain in enumerate(home.chains()):
        parcels = laid_out.parcels[number]
        unseen = _unseen_ground(parcels, polygons, rules)
        tally = Tally(units, chain)
        _enter_unseen(tally, parcels, ground, number, seen, unseen)
        shape = pd.Series(unseen, index=parcels.codes)
        for level, sums in tally.sums().items():
            if level not in found:
                drawn = shape if level == chain[0] else shape.iloc[:0]
                found[level] = _rank(sums, drawn.reindex(sums.index), level, ground)
    progress(1.0, Words("gaps found", "盲区查找完成"))
    table = pd.concat([found[level.name] for level in home.levels], ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=units.crs)


def _unseen_ground(parcels: Parcels, views: Geometries, rules: Rules) -> Geometries:
    """Each finest unit's public ground less what `views` (polygons) hold of it, small pieces dropped."""
    tree = shapely.STRtree(views)
    # In parts: what stands between views and gaps is several times as large as both.
    parts = [parcels.public[begin:end] for begin, end in spans(len(parcels.codes), PARTS)]
    found = together(*(partial(unseen_of, part, tree, rules) for part in parts), is_small=len(views) < FEW)
    return np.asarray(np.concatenate(found), dtype=object)


def unseen_of(public: Geometries, views: shapely.STRtree, rules: Rules) -> Geometries:
    """Each unit's `public` ground less what `views` (a tree of polygons) hold of it, pieces of under the rule dropped.

    >>> seen = shapely.STRtree([shapely.box(3, 0, 7, 9)])
    >>> shapely.area(unseen_of(np.array([shapely.box(0, 0, 10, 9)]), seen, Rules(min_gap_m2=27.0))).tolist()
    [54.0]
    """
    n = len(public)
    unit, view = views.query(public, predicate="intersects")
    seen = union_by_group(views.geometries[view], np.asarray(unit, dtype=np.int64), n)
    left = polygonal(each(shapely.difference, public, seen))
    pieces, of = shapely.get_parts(left, return_index=True)
    large = shapely.area(pieces) >= rules.min_gap_m2
    gaps = np.full(n, shapely.Polygon(), dtype=object)
    if large.any():
        found, of = np.unique(of[large], return_inverse=True)
        gaps[found] = shapely.multipolygons(pieces[large], indices=of)
    return gaps


def _enter_unseen(
    tally: Tally, parcels: Parcels, ground: Ground, number: int, seen: dict[Estimate, Scene], unseen: Geometries
) -> None:
    """What is not seen: in the middle of what is missing, at least (where most is seen) and at most."""
    n, middle = len(parcels.codes), seen["nominal"]
    length = np.bincount(parcels.road_unit, weights=shapely.length(parcels.roads), minlength=n)
    tally.add_units("gap_m2", shapely.area(unseen))
    for end, estimate in _ENDS.items():
        scene = seen[estimate]
        roads = hold(scene.parcels[number].road_seen_m, middle.parcels[number].road_seen_m, estimate)
        tally.add_units(f"road_unseen_m{end}", np.maximum(length - roads, 0.0))
        for name, items, mine, usual in (
            ("n_places_unseen", ground.places, scene.places, middle.places),
            ("n_incidents_unseen", ground.incidents, scene.incidents, middle.incidents),
            ("residents_not_near", ground.residents, scene.residents, middle.residents),
        ):
            if items is None or mine is None or usual is None:
                tally.add_layer(name + end, None, None)
            else:
                held = hold(mine.astype(np.float64), usual.astype(np.float64), estimate)
                located = ~shapely.is_missing(items.geometries) if name == "residents_not_near" else True
                tally.add_layer(name + end, items, np.where(located, (1 - held) * items.weight, 0.0))


def _rank(sums: pd.DataFrame, shape: "pd.Series[Any]", level: str, ground: Ground) -> pd.DataFrame:
    table = sums.assign(level=level, code=sums.index, geometry=shape.where(shape.notna(), shapely.Polygon()))
    figures = [*RANKED_BY, "residents_not_near", "gap_m2"]
    table = table[(table[figures] > 1e-6).any(axis=1)]
    table = table.sort_values([*RANKED_BY, "code"], ascending=[False, False, False, True])
    table["rank"] = np.arange(1, len(table) + 1)
    for column, there in (
        ("n_places_unseen", ground.places is not None),
        ("road_unseen_m", ground.roads is not None),
        ("n_incidents_unseen", ground.incidents is not None),
        (
            "residents_not_near",
            ground.residents is not None and (ground.roads is not None or ground.places is not None),
        ),
        ("gap_m2", ground.has_public),
    ):
        if not there:
            table[[name for name in table.columns if name.startswith(column)]] = np.nan
    for column in (f"{count}{end}" for count in ("n_places_unseen", "n_incidents_unseen") for end in _ENDS):
        table[column] = table[column].round().astype("Int64")
    names = [name for name in RESULTS["gaps"].names() if name != "name"]
    return table[[*names, "geometry"]].reset_index(drop=True)
