"""Why what is unseen is unseen: seven reasons, each what one more set of views would hold (DOMAIN 3).

Sets of views that hold one another: of online cameras; with those of offline ones (reason `offline`); with the full
circles of online cameras' ranges (`direction`); with online cameras' views at 12.5 px/m (`pixels`). What a set holds
less what the one before it holds is its reason's part. What none holds is `doubt` in finest units where a camera was
refused for its coordinates, else `none`. So no part is negative, and the seven sum to what is unseen. `building` and
`terrain` are 0 as long as views are not cut.

What lies below an online camera, nearer than its view begins, is in its circle: `direction`. So is what its masks hide,
and what lies around a camera whose azimuth nobody recorded. Circles stand for the views of their cameras, which they
hold but for slivers where arcs break into other chords.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage.exposure import widest_bounds
from geo.coverage.fov import FULL_DEG, view_parameters
from geo.coverage.gaps import PARTS
from geo.coverage.ground import Bools, Demand, Floats, Ground, Items, Parcels
from geo.coverage.layers import Geometries
from geo.coverage.looks import Progress, camera_views, camera_xy
from geo.coverage.masks import cut_masks
from geo.coverage.measures import LaidOut, is_online, lay_out, silent
from geo.coverage.scene import Scene, look, look_out
from geo.coverage.sight import see_polygons
from geo.coverage.tally import Tally
from geo.coverage.threads import FEW, spans, together
from geo.coverage.views import NOWHERE, Rows, Views, near_views, to_edges
from geo.errors import Words
from geo.rules import SCALES, Rules
from geo.schema import GAP_REASONS, RESULTS, HomeInfo

REASONS = tuple(GAP_REASONS)
#: Figures of the table, and the column of the gaps table that each one's seven parts sum to.
WHOLES = {
    "n_places": "n_places_unseen",
    "road_m": "road_unseen_m",
    "n_incidents": "n_incidents_unseen",
    "residents": "residents_not_near",
    "gap_m2": "gap_m2",
}
#: An online camera sees this far, if with too few pixels.
_FEWEST_PX_PER_M = SCALES["dori"]["monitor"]


@dataclass(frozen=True)
class Held:
    """What one set of views holds: per chain metres of road and m2 of gaps by finest unit; which items of demand."""

    road_m: tuple[Floats, ...]
    gap_m2: tuple[Floats, ...]
    places: Bools | None
    incidents: Bools | None
    residents: Bools | None


def find_reasons(
    units: Any,
    home: HomeInfo,
    cameras: pd.DataFrame,
    demand: Demand,
    incident_levels: pd.DataFrame | None,
    rules: Rules,
    gaps: Any,
    doubted: pd.DataFrame | None = None,
    progress: Progress = silent,
    laid_out: LaidOut | None = None,
) -> pd.DataFrame:
    """The table gap_reasons without `name`: for each row of `gaps` seven rows, in the order of `GAP_REASONS`.

    Arguments are those of `find_gaps`, which gave `gaps`; `doubted` has one column per level with the codes of the
    units where a camera refused for its coordinates may stand (None: nowhere). Views are nominal and at
    `rules.px_per_m`. Figures are entered at the finest level and summed by parent. An incident that is located by its
    unit's code only is in no view, so its reason is `doubt` or `none`; where the unit is no finest one it is `none`.
    Figures that `gaps` lacks are missing.

    >>> import geopandas
    >>> from geo.coverage.gaps import find_gaps
    >>> from geo.schema import SOURCES, Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("all", "全部", "All"),))
    >>> square = geopandas.GeoDataFrame({"level": ["all"], "code": ["a"], "parent_code": [None]},
    ...                                 geometry=[shapely.box(0, 0, 100, 100)], crs="EPSG:32649")
    >>> road = geopandas.GeoDataFrame(geometry=[shapely.LineString([(0, 50), (100, 50)])], crs="EPSG:32649")
    >>> row = dict.fromkeys(SOURCES["cameras"].names()) | {"x_m": 50, "y_m": 50, "status": "offline"}
    >>> row |= {"sweep_deg": 360, "range_m": 10}
    >>> args = square, home, pd.DataFrame([row]), Demand(roads=road), None, Rules()
    >>> found = find_reasons(*args, find_gaps(*args)).set_index("reason")["road_m"]
    >>> found.round(2)[["offline", "direction", "none"]].tolist()
    [20.0, 0.0, 80.0]
    """
    demand.check_crs(units)
    progress(0.0, Words("looking for the reasons of gaps", "分析盲区原因"))
    laid_out = laid_out or lay_out(units, home, demand, incident_levels, rules)
    ground, chains = laid_out.ground, laid_out.parcels
    shapes = tuple(_shapes_of(gaps, chain) for chain in chains)
    held = look_wider(ground, chains, shapes, cameras, rules, laid_out.scenes.get((rules.px_per_m, "nominal")))
    tables: dict[str, pd.DataFrame] = {}
    for number, chain in enumerate(chains):
        tally = Tally(units, chain.chain)
        inside = None if doubted is None else doubted[chain.chain[0]].dropna()
        enter_reasons(tally, chain, number, ground, shapes[number], held, inside)
        for level, sums in tally.sums().items():
            if level not in tables:
                tables[level] = _rows(sums, gaps[gaps["level"] == level])
    progress(1.0, Words("reasons of gaps found", "盲区原因分析完成"))
    table = pd.concat([tables[level.name] for level in home.levels], ignore_index=True)
    return table[[name for name in RESULTS["gap_reasons"].names() if name != "name"]]


def look_wider(
    ground: Ground,
    parcels: tuple[Parcels, ...],
    gaps: tuple[Geometries, ...],
    cameras: pd.DataFrame,
    rules: Rules,
    seen: Scene | None = None,
) -> list[Held]:
    """What each of the nested sets of views holds, the smallest (online cameras') first.

    `gaps` are each chain's unseen public ground by finest unit, `seen` what the first set holds (None: looked at here).
    """
    online = cameras[is_online(cameras)]
    cut, offline = cut_masks(online), cut_masks(cameras[(cameras["status"] == "offline").to_numpy(dtype=bool)])
    around = view_parameters(online, rules, rules.px_per_m, "nominal").loc[cut.index]
    circle = camera_views(cut, around.assign(azimuth_deg=0.0, sweep_deg=FULL_DEG, near_m=0.0), rules)
    now = camera_views(cut, view_parameters(cut, rules, rules.px_per_m, "nominal"), rules)
    wide = camera_views(cut, view_parameters(cut, rules, _FEWEST_PX_PER_M, "nominal"), rules)
    off = camera_views(offline, view_parameters(offline, rules, rules.px_per_m, "nominal"), rules)
    no_now, no_wide, no_off = _none_of(now), _none_of(wide), _none_of(off)
    # A camera's circle stands where its view did; beside it another row for its view with too few pixels.
    first, *more = (
        _put_together(parts)
        for parts in ((now, no_wide, no_off), (now, no_wide, off), (circle, no_wide, off), (circle, wide, off))
    )
    # What online cameras see is no gap: their views have no part in its square metres.
    on_gaps = [_put_together((no_now, no_wide, off)), *more[1:]]
    xy = np.concatenate([camera_xy(cut), camera_xy(cut), camera_xy(offline)])
    boxes = np.concatenate([widest_bounds([now, circle]), wide.boxes, off.boxes])

    def look_at_demand() -> list[Scene]:
        out = look_out(ground, parcels, xy, boxes, rules, areas=False)
        return [seen or look(out, first, rules), *(look(out, views, rules) for views in more)]

    scenes, by_chain = together(
        look_at_demand,
        lambda: [_gaps_held(chain.geometries, own, boxes, on_gaps) for chain, own in zip(parcels, gaps, strict=True)],
        is_small=len(cameras) < FEW,
    )
    gap_m2 = [[np.zeros(len(own)) for own in gaps], *zip(*by_chain, strict=True)]
    return [_to_held(scene, tuple(m2)) for scene, m2 in zip(scenes, gap_m2, strict=True)]


def _gaps_held(units: Geometries, gaps: Geometries, boxes: Floats, sets: Sequence[Views]) -> list[Floats]:
    """Square metres of each unit's gap that each of `sets`, whose views never leave `boxes` (n, 4), holds."""
    near = near_views(units, boxes)

    def hold(begin: int, end: int) -> list[Floats]:
        edges = to_edges(gaps[begin:end])
        first, last = near.starts[begin], near.starts[end]
        rows = Rows(near.starts[begin : end + 1] - first, near.values[first:last])
        return [see_polygons(edges, rows, views) for views in sets]

    # In parts: edges on their way take several times the room of the gaps.
    parts = together(*(partial(hold, *span) for span in spans(len(gaps), PARTS)), is_small=len(boxes) < FEW)
    return [np.concatenate(m2) for m2 in zip(*parts, strict=True)]


def enter_reasons(
    tally: Tally,
    parcels: Parcels,
    number: int,
    ground: Ground,
    gaps: Geometries,
    held: list[Held],
    doubted: "pd.Series[str] | None" = None,
) -> None:
    """Enter each figure of each reason as `figure@reason`, for the chain `parcels`, which is the `number`-th of `held`.

    `doubted` are codes of finest units where the register is in doubt.
    """
    codes = pd.Index([] if doubted is None else doubted.unique(), dtype=object)
    in_doubt = np.asarray(parcels.codes.isin(codes), dtype=bool)
    n = len(parcels.codes)
    length = np.bincount(parcels.road_unit, weights=shapely.length(parcels.roads), minlength=n).astype(float)
    for figure, whole, sets in (
        ("road_m", length, [one.road_m[number] for one in held]),
        ("gap_m2", shapely.area(gaps), [one.gap_m2[number] for one in held]),
    ):
        for reason, part in zip(REASONS, split(whole, sets, in_doubt), strict=True):
            tally.add_units(f"{figure}@{reason}", part)
    for figure, name in (("n_places", "places"), ("n_incidents", "incidents"), ("residents", "residents")):
        items: Items | None = getattr(ground, name)
        seen = [getattr(one, name) for one in held]
        if items is None or any(one is None for one in seen):
            for reason in REASONS:
                tally.add_units(f"{figure}@{reason}", np.zeros(n))
            continue
        weight = (
            np.where(shapely.is_missing(items.geometries), 0.0, items.weight) if name == "residents" else items.weight
        )
        doubtful = np.asarray(items.levels[parcels.chain[0]].isin(codes).to_numpy(), dtype=bool)
        where = tally.locate(items.levels)
        for reason, part in zip(REASONS, split(weight, [one * weight for one in seen], doubtful), strict=True):
            tally.add_items(f"{figure}@{reason}", where, part)


def split(whole: Floats, held: list[Floats], in_doubt: Bools) -> list[Floats]:
    """The seven parts of `whole` less what the first of four sets holds, each (n,), in the order of `GAP_REASONS`.

    `held` are four arrays (n,), in the order of the sets; where a later one holds less (by rounding, or where chords
    differ) it counts as holding as much. The last part takes the rest.

    >>> parts = split(np.array([9.0]), [np.array([float(n)]) for n in (1, 3, 6, 5)], np.array([True]))
    >>> dict(zip(REASONS, [float(part[0]) for part in parts], strict=True))
    {'offline': 2.0, 'building': 0.0, 'terrain': 0.0, 'direction': 3.0, 'pixels': 0.0, 'doubt': 3.0, 'none': 0.0}
    """
    nested = np.maximum.accumulate(np.minimum(np.stack(held), whole), axis=0)
    offline, direction, pixels = np.diff(nested, axis=0)
    nothing = np.zeros(len(whole))
    rest = np.maximum(whole - nested[0] - (offline + direction + pixels), 0.0)
    return [
        offline,
        nothing,
        nothing,
        direction,
        pixels,
        np.where(in_doubt, rest, 0.0),
        np.where(in_doubt, 0.0, rest),
    ]


def _rows(sums: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Seven rows per row of `gaps`, all of one level."""
    of = sums.loc[gaps["code"]]
    columns = {
        figure: np.where(gaps[[whole]].notna(), of[[f"{figure}@{reason}" for reason in REASONS]], np.nan)
        for figure, whole in WHOLES.items()
    }
    table = pd.DataFrame({name: gaps[name].repeat(len(REASONS)) for name in ("level", "code")})
    table = table.assign(reason=np.tile(np.array(REASONS, dtype=object), len(gaps)))
    table = table.assign(**{figure: values.ravel() for figure, values in columns.items()})
    for figure in ("n_places", "n_incidents"):
        table[figure] = table[figure].round().astype("Int64")
    return table


def _shapes_of(gaps: Any, parcels: Parcels) -> Geometries:
    """Each finest unit's gap, empty where it has none."""
    own = gaps[gaps["level"] == parcels.chain[0]].set_index("code")["geometry"].reindex(parcels.codes)
    shapes = np.asarray(own.to_numpy(), dtype=object)
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    return shapes


def _to_held(scene: Scene, gap_m2: tuple[Floats, ...]) -> Held:
    road_m = tuple(one.road_seen_m for one in scene.parcels)
    return Held(road_m, gap_m2, scene.places, scene.incidents, scene.residents)


def _put_together(parts: Sequence[Views]) -> Views:
    rows, boxes = np.concatenate([one.rows for one in parts]), np.concatenate([one.boxes for one in parts])
    return Views(rows, boxes, parts[0].chord_deg)


def _none_of(views: Views) -> Views:
    """As many views, all empty."""
    return Views(np.zeros_like(views.rows), np.full_like(views.boxes, NOWHERE), views.chord_deg)
