"""Coverage per unit: how much of each unit's demand the online cameras see, at every pixel density (DOMAIN 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage.columns import SomeCameras
from geo.coverage.exposure import Exposure, expose
from geo.coverage.fov import ESTIMATES, FULL_DEG, Estimate
from geo.coverage.ground import Bools, Demand, Floats, Ground, Parcels, cut_parcels, prepare_ground
from geo.coverage.layers import TRACE
from geo.coverage.looks import Looks, Progress, look_at_all, look_potential
from geo.coverage.scene import Scene
from geo.coverage.shares import share_columns
from geo.coverage.tally import Tally
from geo.errors import Words
from geo.rules import Rules
from geo.schema import HomeInfo

__all__ = ["Demand", "is_complete", "is_online", "measure_coverage"]


@dataclass(frozen=True)
class LaidOut:
    """Demand and each chain's parcels made ready, for one set of cameras, and what was seen of them by density.

    `exposure` is what the online ones see of homes and restricted areas (None: not looked at yet).
    """

    ground: Ground
    parcels: tuple[Parcels, ...]
    scenes: Looks = field(default_factory=dict)
    exposure: Exposure | None = None


def silent(share: float, doing: Words) -> None:
    """Progress that nobody watches."""


def is_online(cameras: pd.DataFrame) -> Bools:
    """Whether each camera is online; one whose source says nothing of its status is.

    >>> is_online(pd.DataFrame({"status": ["online", "offline", None]})).tolist()
    [True, False, True]
    """
    return np.asarray((cameras["status"].isna() | (cameras["status"] == "online")).to_numpy(), dtype=bool)


def is_complete(cameras: pd.DataFrame) -> Bools:
    """Whether azimuth, lens, height, pixels and filing of each camera are all recorded.

    A camera that covers the full circle (a sweep of 360) needs no azimuth; a lens is its angle, or focal length and
    sensor width. A filing recorded as "no" is recorded.

    >>> row = {"azimuth_deg": None, "sweep_deg": 360.0, "hfov_deg": 80.0, "focal_mm": None,
    ...        "sensor_width_mm": None, "height_m": 4.0, "h_px": 1920, "filed": False}
    >>> is_complete(pd.DataFrame([row, row | {"sweep_deg": None}])).tolist()
    [True, False]
    """
    has = cameras.notna()
    round_about = pd.to_numeric(cameras["sweep_deg"]).fillna(0.0) >= FULL_DEG
    lens = has["hfov_deg"] | (has["focal_mm"] & has["sensor_width_mm"])
    complete = (has["azimuth_deg"] | round_about) & lens & has["height_m"] & has["h_px"] & has["filed"]
    return np.asarray(complete.to_numpy(), dtype=bool)


def measure_coverage(
    units: Any,
    home: HomeInfo,
    cameras: pd.DataFrame,
    demand: Demand,
    incident_levels: pd.DataFrame | None,
    rules: Rules,
    progress: Progress = silent,
    laid_out: LaidOut | None = None,
) -> pd.DataFrame:
    """The coverage table without `name`: one row per unit of every level and density of `rules.levels_px_per_m()`.

    `units` is a GeoDataFrame (level, code, parent_code, polygons in a metric CRS); `cameras` has the columns of
    the cameras table, `x_m`, `y_m` in that CRS and one column per level with the assigned code; `incident_levels`
    has the same level columns, row by row as `demand.incidents_xy` (None: assigned here). `laid_out` is what `lay_out`
    makes of `demand` (None: made here).

    Ground counts as seen where an online camera sees it; online and offline ones count as installed; planned ones only
    as planned. `x`, `x_low`, `x_high` are the middle, worst and best case of missing attributes, low <= x <= high
    in every row. Additive figures are computed at the finest level of each chain and summed by parent, so parent =
    sum of children exactly, the area too; shares are formed afterwards and are NaN where there is nothing to share
    or no table.

    An incident located by its unit's code only counts as not seen. Residents without a point count as residents,
    but the share near seen public ground is of those with one. A dwelling or key place counts in the unit that
    holds a point inside it, with all of its outline or ground. Raises `CrsMismatch`, `BadPartition`.

    >>> import geopandas
    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("all", "全部", "All"),))
    >>> square = geopandas.GeoDataFrame({"level": ["all"], "code": ["a"], "parent_code": [None]},
    ...                                 geometry=[shapely.box(0, 0, 100, 100)], crs="EPSG:32649")
    >>> from geo.schema import SOURCES
    >>> row = dict.fromkeys(SOURCES["cameras"].names())
    >>> row |= {"kind": "fixed", "status": "online", "sweep_deg": 360, "range_m": 10, "x_m": 50, "y_m": 50, "all": "a"}
    >>> coverage = measure_coverage(square, home, pd.DataFrame([row]), Demand(), None, Rules())
    >>> coverage.loc[0, "area_seen_share"].round(4).item()  # pi / 100, less 0.02 % for chords
    0.0314
    """
    demand.check_crs(units)
    laid_out = laid_out or lay_out(units, home, demand, incident_levels, rules)
    densities = rules.levels_px_per_m()
    online = cameras[is_online(cameras)]
    sums = sum_coverage(units, home, cameras, online, laid_out, rules, densities, progress)
    progress(1.0, Words("coverage measured", "覆盖计算完成"))
    parts = []
    for level in home.levels:
        missing = _missing(laid_out.ground, level.name)
        shared = pd.concat([share_columns(sums[level.name], level.name, px, missing) for px in densities])
        parts.append(shared.sort_values(["code", "px_per_m"], kind="stable"))
    return pd.concat(parts, ignore_index=True)


def sum_coverage(
    units: Any,
    home: HomeInfo,
    counted: pd.DataFrame,
    online: SomeCameras,
    laid_out: LaidOut,
    rules: Rules,
    densities: Sequence[float],
    progress: Progress = silent,
) -> dict[str, pd.DataFrame]:
    """The additive figures of `measure_coverage` at `densities`, per level a frame indexed by code.

    `counted` are the cameras to be counted, `online` those that look. Figures that depend on the density end in "@" and
    its number. A level of two chains is summed along the first of them.
    """
    ground, parcels = laid_out.ground, laid_out.parcels
    exposure = laid_out.exposure or expose(ground, online, rules)
    looks, buffers = look_at_all(online, ground, parcels, rules, densities, progress)
    potential = look_potential(online, ground, parcels, looks, rules, densities)
    laid_out.scenes.update({(rules.px_per_m, estimate): looks[rules.px_per_m, estimate] for estimate in ESTIMATES})
    found: dict[str, pd.DataFrame] = {}
    for number, chain in enumerate(parcels):
        tally = Tally(units, chain.chain)
        _enter_cameras(tally, counted)
        _enter_stock(tally, chain, ground, buffers[number])
        _enter_looks(tally, ground, looks, number, densities)
        enter_facades(tally, ground, exposure, rules.facade_px_per_m, "facade_m", "n_dwellings")
        _enter_potential(tally, ground, looks, potential, number)
        found = {**tally.sums(), **found}
    return found


def lay_out(units: Any, home: HomeInfo, demand: Demand, incident_levels: pd.DataFrame | None, rules: Rules) -> LaidOut:
    """`demand` and each chain's parcels made ready; `measure_coverage` and `find_gaps` may share them."""
    demand.check_crs(units)
    ground = prepare_ground(units, home, demand, incident_levels)
    return LaidOut(ground, cut_chains(units, home, ground, rules))


def cut_chains(units: Any, home: HomeInfo, ground: Ground, rules: Rules) -> tuple[Parcels, ...]:
    """The parcels of each chain of `home`."""
    return tuple(cut_parcels(units, home, chain, ground, rules) for chain in home.chains())


def _enter_cameras(tally: Tally, cameras: pd.DataFrame) -> None:
    online = is_online(cameras)
    offline = (cameras["status"] == "offline").to_numpy(dtype=bool)
    planned = (cameras["status"] == "planned").to_numpy(dtype=bool)
    key = (cameras["programme"] == "key").to_numpy(dtype=bool)
    where = tally.locate(cameras)
    for name, rows in (
        ("n_cameras", online | offline),
        ("n_online", online),
        ("n_offline", offline),
        ("n_planned", planned),
        ("n_key", (online | offline) & key),
        ("n_key_online", online & key),
        ("n_other", (online | offline) & ~key),
        ("n_other_online", online & ~key),
        ("n_complete", (online | offline) & is_complete(cameras)),
    ):
        tally.add_items(name, where, rows.astype(np.float64))


def _enter_stock(tally: Tally, parcels: Parcels, ground: Ground, buffer_m2: Floats) -> None:
    """What is there to be seen, whoever looks."""
    n = len(parcels.codes)
    tally.add_units("area_m2", shapely.area(parcels.geometries))
    tally.add_units("buffer_m2", buffer_m2)
    tally.add_units("public_m2", shapely.area(parcels.public))
    tally.add_units("road_m", np.bincount(parcels.road_unit, shapely.length(parcels.roads), minlength=n).astype(float))
    for name, items in (
        ("n_places", ground.places),
        ("n_incidents", ground.incidents),
        ("residents", ground.residents),
    ):
        tally.add_layer(name, items, None if items is None else items.weight)
    homes = ground.residents
    located = None if homes is None else np.where(_located(homes.geometries), homes.weight, 0.0)
    tally.add_layer("residents_located", homes, located)


def _enter_looks(tally: Tally, ground: Ground, looks: Looks, number: int, densities: Sequence[float]) -> None:
    """What is seen. Worst and best cases are held to their side of the middle, unit by unit, item by item."""
    items = {"places": ground.places, "incidents": ground.incidents, "residents": ground.residents}
    names = {"places": "places_seen", "incidents": "incidents_seen", "residents": "residents_near"}
    for px in densities:
        middle = looks[px, "nominal"].parcels[number]
        one, two, three = middle.public_m2
        tally.add_units(f"area_2plus_m2@{px:g}", middle.area_2plus_m2)
        tally.add_units(f"area_3plus_m2@{px:g}", middle.area_3plus_m2)
        tally.add_units(f"public_1_m2@{px:g}", np.maximum(one - two, 0.0))
        tally.add_units(f"public_2_m2@{px:g}", np.maximum(two - three, 0.0))
        for estimate in ESTIMATES:
            end = f"_{estimate}@{px:g}"
            scene, nominal = looks[px, estimate], looks[px, "nominal"]
            mine = scene.parcels[number]
            tally.add_units(f"area_seen_m2{end}", hold(mine.area_seen_m2, middle.area_seen_m2, estimate))
            tally.add_units(f"road_seen_m{end}", hold(mine.road_seen_m, middle.road_seen_m, estimate))
            tally.add_units(f"public_3plus_m2{end}", hold(mine.public_m2[2], middle.public_m2[2], estimate))
            for name, layer in items.items():
                seen, usual = getattr(scene, name), getattr(nominal, name)
                if layer is None or seen is None:
                    tally.add_layer(names[name] + end, None, None)
                else:
                    held = hold(seen.astype(float), usual.astype(float), estimate)
                    tally.add_layer(names[name] + end, layer, held * layer.weight)


def _enter_potential(tally: Tally, ground: Ground, looks: Looks, potential: dict[float, Scene], number: int) -> None:
    """What would be seen if domes and PTZ had turned everywhere, held to be no less than what is."""
    for px, turned in potential.items():
        now, end = looks[px, "nominal"], f"@{px:g}"
        roads = turned.parcels[number].road_seen_m, now.parcels[number].road_seen_m
        tally.add_units(f"road_potential_m{end}", np.maximum(*roads))
        seen = None if turned.places is None or now.places is None else turned.places | now.places
        tally.add_layer(f"places_potential{end}", ground.places, seen)


def enter_facades(
    tally: Tally, ground: Ground, exposure: Exposure, px_per_m: float, metres_name: str, count_name: str
) -> None:
    """Metres of facade in view at one density, by estimate ("NAME_nominal", ...), and dwellings with any in view."""
    if exposure.facade_m is None:
        for name in (*(f"{metres_name}_{estimate}" for estimate in ESTIMATES), count_name):
            tally.add_layer(name, None, None)
        return
    middle = exposure.facade_m[px_per_m, "nominal"]
    tally.add_layer(count_name, ground.dwellings, middle > TRACE)
    for estimate in ESTIMATES:
        metres = hold(exposure.facade_m[px_per_m, estimate], middle, estimate)
        tally.add_layer(f"{metres_name}_{estimate}", ground.dwellings, metres)


def hold(values: Floats, middle: Floats, estimate: Estimate) -> Floats:
    """Worst and best cases held to their side of the middle, item by item.

    >>> hold(np.array([1.0, 3.0]), np.array([2.0, 2.0]), "low").tolist()
    [1.0, 2.0]
    """
    if estimate == "low":
        return np.minimum(values, middle)
    return np.maximum(values, middle)


def _located(points: Any) -> Bools:
    return np.asarray(~(shapely.is_missing(points) | shapely.is_empty(points)), dtype=bool)


def _missing(ground: Ground, level: str) -> set[str]:
    missing = {
        name for name in ("places", "roads", "incidents", "residents", "dwellings") if getattr(ground, name) is None
    }
    if not ground.has_public:
        missing.add("public")
    if ground.roads is None and ground.places is None:
        missing.add("near")
    homes = ground.residents
    if homes is not None and len(homes.levels) and not homes.levels[level].notna().any():
        missing.add("residents")
    return missing
