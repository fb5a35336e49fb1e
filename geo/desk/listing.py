"""Rows of cameras, key places and incidents, page by page: those in a unit, those in a box."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import crs
from geo.desk.held import Held
from geo.desk.live import LiveTable
from geo.desk.values import to_list
from geo.errors import BadQuery, Words
from geo.partition.hierarchy import assign_levels
from geo.schema import SOURCES
from geo.snapshot import queries
from geo.snapshot.world import points_of

Box = tuple[float, float, float, float]


def list_rows(
    held: Held,
    table: str,
    live: LiveTable | None,
    *,
    bbox: Box | None,
    level: str | None,
    within: str | None,
    limit: int,
    offset: int,
) -> dict[str, Any]:
    """A page of `table` in the snapshot's order, `live` rows last: {total, limit, offset, rows}.

    Each row has uid, the schema's columns, lon and lat (of an area: of a point on it), `unit` and `live`. `unit` is the
    code at `level`, by default the finest; `within` is the code of a unit. A box whose minx is above its maxx crosses
    the antimeridian.
    """
    home = held.snapshot.home
    level = home.level(level).name if level else home.levels[0].name
    frame = held.snapshot.frame(table) if live is None else live.frame
    lon, lat = points_of(frame)
    keep = np.ones(len(frame), dtype=bool)
    if live is not None:
        keep[live.replaced] = False
    units = _Units(held, frame, lon, lat)
    if bbox is not None:
        keep &= _in_box(lon, lat, bbox)
    if within is not None:
        place, code = queries.find_unit(held.snapshot, within)
        keep &= units.of(place, np.arange(len(frame))) == code
    found = np.flatnonzero(keep)
    page = found[offset : offset + limit]
    n_built = len(frame) if live is None else live.n_built
    some = frame.iloc[page].assign(lon=lon[page], lat=lat[page])
    columns = _columns(table, some, units.of(level, page))
    columns["live"] = (page >= n_built).tolist()
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return {"total": len(found), "limit": limit, "offset": offset, "rows": rows}


class _Units:
    """The unit of each row at any level: as the snapshot says, else looked up by place."""

    def __init__(self, held: Held, frame: pd.DataFrame, lon: NDArray[Any], lat: NDArray[Any]) -> None:
        self._held, self._frame, self._lonlat = held, frame, (lon, lat)

    def of(self, level: str, rows: NDArray[np.int64]) -> NDArray[np.object_]:
        """Codes of the rows at `level`, None where a row is in no unit."""
        home, name = self._held.snapshot.home, f"assigned_{level}"
        if name in self._frame.columns:
            return np.asarray(self._frame[name].iloc[rows], dtype=object)
        lon, lat = (side[rows] for side in self._lonlat)
        x, y = crs.transform_xy(lon, lat, crs.WGS84, home.boundary_crs)
        return np.asarray(assign_levels(x, y, self._held.snapshot.joined(), home)[level], dtype=object)


def _in_box(lon: NDArray[np.float64], lat: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    minx, miny, maxx, maxy = box
    if not (miny <= maxy and np.isfinite(box).all()):
        raise BadQuery(Words("the box ends before it begins", "范围的终点小于起点"))
    east, west = lon >= minx, lon <= maxx
    return np.asarray((east & west if minx <= maxx else east | west) & (lat >= miny) & (lat <= maxy), dtype=bool)


def _columns(table: str, frame: pd.DataFrame, units: NDArray[np.object_]) -> dict[str, list[Any]]:
    """JSON cells by column."""
    declared = {column.name: column for column in SOURCES[table].columns}
    declared |= {name: SOURCES["cameras"].column(name) for name in ("lon", "lat") if name not in declared}
    named = frame.rename(columns={"camera_name": "name"})
    uids: list[Any] = named["uid"].tolist()
    codes = [code if isinstance(code, str) else None for code in units]
    return {"uid": uids, **{name: to_list(named[name], column) for name, column in declared.items()}, "unit": codes}
