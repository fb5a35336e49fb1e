"""The units that a home has already: what a mapping without levels is held against."""

from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd

from geo.crs import lonlat_bounds, metric_crs
from geo.errors import NotAvailable, Words
from geo.intake.points import Bounds, Extent
from geo.intake.tables import Surroundings
from geo.rules import Rules


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
    return Standing(frozenset(units["code"]), lonlat_bounds(units.geometry, units.crs), timezone)


def surroundings(
    standing: Standing, rules: Rules, now: datetime, *, extent: Bounds | None = None, timezone: str = ""
) -> Surroundings:
    """What rows are held against at `now` (aware): `extent` and `timezone` where they are stated, else `standing`'s.

    >>> from datetime import UTC
    >>> town = Standing(frozenset({"a"}), (109.0, 28.0, 110.0, 29.0), "Asia/Shanghai")
    >>> around = surroundings(town, Rules(), datetime(2024, 6, 1, tzinfo=UTC))
    >>> around.extent.bounds, around.metric.to_epsg(), around.timezone
    ((109.0, 28.0, 110.0, 29.0), 32649, 'Asia/Shanghai')
    """
    return Surroundings(
        Extent(extent or standing.bounds, rules.extent_margin_share),
        metric_crs(standing.bounds),
        standing.codes,
        timezone or standing.timezone,
        now,
        rules,
    )
