"""What the build works out from incidents by month: emerging hot spots, and how each map of hotspots did on them."""

from datetime import date
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.hotspots.cube import Cube, Wanted, count_cube
from geo.hotspots.emerging.steps import find_whole_steps
from geo.hotspots.emerging.table import measure_emerging
from geo.hotspots.events import Events
from geo.hotspots.kde import Kernel, lay_ground
from geo.hotspots.measures import exposure_of, neighbours_by
from geo.hotspots.score import Record
from geo.hotspots.score_density import score_density
from geo.hotspots.score_table import score_units, table_of_scores
from geo.schema import RESULTS
from geo.snapshot.world import World

_EPOCH = date(1970, 1, 1)


def month_frames(world: World, events: Events, units: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """The tables `emerging` and `scores` of every level.

    `units` has level, code, area_m2 and residents in the order of `world.units`. Months are whole ones from the first
    event to the last one, or to the moment of the build where that is earlier; stray early dates do not count.
    """
    residents = units["residents"] if "residents" in world.sources else None
    exposure, area_km2 = exposure_of(units, residents), units["area_m2"] / 1e6
    days = find_whole_steps(events, world.as_of.astimezone(ZoneInfo(world.home.timezone)).date(), "month")
    density = _score_density(world, events, days)
    found: dict[str, list[pd.DataFrame]] = {"emerging": [], "scores": []}
    for level in world.home.levels:
        rows = np.flatnonzero((world.units["level"] == level.name).to_numpy())
        codes = world.units["code"].iloc[rows].reset_index(drop=True)
        near = neighbours_by(world.rules, world.units_m.geometry.to_numpy()[rows])
        months = _months(world, events, level.name, codes, days)
        of_level = exposure.to_numpy(dtype=float)[rows], area_km2.to_numpy(dtype=float)[rows]
        emerging = measure_emerging(months, of_level[0], near, world.rules)
        records = score_units(months.counts, *of_level, near, world.rules) | {"density": density}
        scores = table_of_scores(records, months.steps[len(months.steps) - len(density) :])
        found["emerging"].append(emerging.assign(level=level.name, code=codes))
        found["scores"].append(scores.assign(level=level.name, code="", name=""))
    return {
        name: pd.concat(parts, ignore_index=True)[[c for c in RESULTS[name].names() if c in parts[0].columns]]
        for name, parts in found.items()
    }


def _score_density(world: World, events: Events, days: tuple[date, date] | None) -> list[Record]:
    """The records of the density map that pages show first, the same at every level."""
    if days is None:
        return []
    tops = [chain[-1] for chain in world.home.chains()]
    outline = world.units_m.geometry.to_numpy()[world.units["level"].isin(tops).to_numpy()]
    kernel: Kernel = "gaussian"
    bandwidth_m = world.rules.kde_bandwidth_m
    ground = lay_ground(list(outline), kernel, bandwidth_m)
    first, last = ((day - _EPOCH).days for day in days)
    inside = (events.day >= first) & (events.day <= last)
    month = np.where(inside, events.day, first).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    month = np.where(inside, month - month.min(), -1)
    n_months = (days[1].year - days[0].year) * 12 + days[1].month - days[0].month + 1
    return score_density(events.x_m, events.y_m, month, n_months, ground, kernel, bandwidth_m, world.rules)


def _months(world: World, events: Events, level: str, codes: pd.Series, days: tuple[date, date] | None) -> Cube:
    """Incidents per whole month and unit of `level`."""
    if days is None:
        return Cube(np.zeros((0, len(codes)), dtype=np.int32), ())
    above = next(one.above for one in world.joined if level in one.chain)
    unit_of = pd.Index(codes).get_indexer(above[level]).astype(np.int32)
    return count_cube(events, above.columns[0], unit_of, len(codes), "month", Wanted(days=days))
