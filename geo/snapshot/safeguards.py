"""Safeguards as frames of a snapshot: per unit, per camera, and the masks suggested."""

import geopandas as gpd
import pandas as pd

from geo.coverage.exposure import Exposure, expose, expose_each, facades_of_each
from geo.coverage.ground import Ground
from geo.coverage.mask_advice import suggest_masks
from geo.coverage.measures import is_online
from geo.coverage.safeguards import is_installed, measure_safeguards
from geo.coverage.threads import together
from geo.crs import WGS84, transform_geometry
from geo.snapshot.world import World, rows_with_units


def safeguard_frames(world: World, cameras: pd.DataFrame, ground: Ground) -> tuple[Exposure, dict[str, pd.DataFrame]]:
    """What online `cameras` (as `in_metres` gives them) see together, and the tables `safeguards`, `masks`, `cameras`.

    Masks carry one column `assigned_<level>` per level with the unit of their camera; geometry is in EPSG:4326.
    """
    rules, installed = world.rules, cameras[is_installed(cameras)].reset_index()
    facades = facades_of_each(ground, installed, rules, rules.facade_px_per_m)
    exposure, each, masks = together(
        lambda: expose(ground, cameras[is_online(cameras)], rules),
        lambda: expose_each(ground, installed, rules, facades),
        lambda: suggest_masks(ground, installed, rules, facades),
    )
    found = measure_safeguards(world.units_m, world.home, cameras, ground, rules, exposure)
    rows = rows_with_units(world, "cameras").rename(columns={"name": "camera_name"})
    rows = rows.join(each.set_axis(installed["index"].astype(rows.index.dtype)))
    return exposure, {"safeguards": found, "masks": _mask_frame(world, installed, masks), "cameras": rows}


def _mask_frame(world: World, installed: pd.DataFrame, masks: pd.DataFrame) -> gpd.GeoDataFrame:
    codes = [level.name for level in world.home.levels]
    theirs = installed.loc[masks.index, ["uid", *codes]].rename(columns={code: f"assigned_{code}" for code in codes})
    rows = pd.concat([theirs, masks.drop(columns="geometry")], axis=1).reset_index(drop=True)
    shapes = transform_geometry(masks["geometry"].to_numpy(dtype=object), world.crs, WGS84)
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=WGS84)
