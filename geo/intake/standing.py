"""The units that a home has already: what a mapping without levels is held against."""

from dataclasses import dataclass

import geopandas as gpd

from geo.crs import WGS84, transform_geometry
from geo.errors import NotAvailable, Words
from geo.intake.points import Bounds


@dataclass(frozen=True)
class Standing:
    """Codes of all units, their WGS84 bounds in degrees, and the home's time zone.

    The bounds stand in for `extent` where a mapping states none, the time zone where neither it nor a table does.
    """

    codes: frozenset[str]
    bounds: Bounds
    timezone: str


def standing_units(units: gpd.GeoDataFrame, timezone: str) -> Standing:
    """The `units` of a home (columns code and geometry, in their own CRS). Errors: `NotAvailable` where there are none.

    >>> from shapely import box
    >>> units = gpd.GeoDataFrame({"code": ["a"]}, geometry=[box(109, 28, 110, 29)], crs="EPSG:4326")
    >>> standing_units(units, "Asia/Shanghai").bounds
    (109.0, 28.0, 110.0, 29.0)
    """
    if units.empty:
        raise NotAvailable(
            Words(
                "the mapping names no levels and there are no units yet; import boundaries first",
                "映射中没有层级，且尚无单位；请先导入边界",
            )
        )
    minx, miny, maxx, maxy = transform_geometry(units.geometry, units.crs, WGS84).total_bounds
    return Standing(frozenset(units["code"]), (float(minx), float(miny), float(maxx), float(maxy)), timezone)
