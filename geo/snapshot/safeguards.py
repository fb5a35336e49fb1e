"""Safeguards as frames of a snapshot: per unit, per camera, and the masks suggested."""

from typing import Any

import geopandas as gpd
import pandas as pd

from geo.coverage.exposure import expose_each
from geo.coverage.mask_advice import suggest_masks
from geo.coverage.measures import LaidOut
from geo.coverage.safeguards import is_installed, measure_safeguards
from geo.crs import WGS84, transform_geometry
from geo.snapshot.world import World


def safeguard_frames(world: World, cameras: pd.DataFrame, laid_out: LaidOut) -> dict[str, pd.DataFrame]:
    """The tables `safeguards` and `masks` of `cameras` (as `in_metres` gives them).

    Masks carry one column `assigned_<level>` per level with the unit of their camera; geometry is in EPSG:4326.
    """
    found = measure_safeguards(world.units_m, world.home, cameras, laid_out.ground, world.rules, laid_out.exposure)
    installed = cameras[is_installed(cameras)].reset_index(drop=True)
    masks = suggest_masks(laid_out.ground, installed, world.rules)
    codes = [level.name for level in world.home.levels]
    theirs = installed.loc[masks.index, ["uid", *codes]].rename(columns={code: f"assigned_{code}" for code in codes})
    rows = pd.concat([theirs, masks.drop(columns="geometry")], axis=1).reset_index(drop=True)
    shapes = transform_geometry(masks["geometry"].to_numpy(dtype=object), world.crs, WGS84)
    return {"safeguards": found, "masks": gpd.GeoDataFrame(rows, geometry=shapes, crs=WGS84)}


def with_exposure(rows: Any, world: World, cameras: pd.DataFrame, laid_out: LaidOut) -> Any:
    """The camera `rows` of a snapshot, in the order of `cameras`, with what each installed one by itself sees."""
    each = expose_each(laid_out.ground, cameras[is_installed(cameras)], world.rules)
    return rows.join(each.set_axis(each.index.astype(rows.index.dtype)))
