"""Rows that look sound and stand in the wrong place: single ones in another datum, a source with its axes swapped.

No door can tell a single shifted row by itself; `truth.toml` names them for whoever looks for them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.demo.cameras import fixed
from geo.demo.scope import Scope
from geo.intake.datum import gcj02_to_bd09, wgs84_to_gcj02

#: The incident file whose column headed longitude holds the latitude; its mapping says so.
SWAPPED_FILE = "wechat"
_N_OF_EACH = 10
_FIRST_ROW = 50
_LAST_ODD_ROW = 20


@dataclass(frozen=True)
class OnBorder:
    """A report exactly on a border: its id, its place, and the codes of the grids that meet there, lowest first."""

    id: str
    lon: float
    lat: float
    codes: tuple[str, ...]


def shift_rows(frame: pd.DataFrame, id_column: str, spared: set[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """A WGS84 table with ten rows moved to GCJ-02 and ten to BD-09, none of `spared`; the datum of each by its id."""
    ids = frame[id_column].to_numpy()
    rows = np.flatnonzero(~frame[id_column].isin(spared).to_numpy())
    rows = rows[rows >= _FIRST_ROW][: 2 * _N_OF_EACH]
    frame, datum = frame.copy(), np.repeat(["gcj02", "bd09"], _N_OF_EACH)[: len(rows)]
    lon, lat = wgs84_to_gcj02(*frame.iloc[rows][["经度", "纬度"]].to_numpy().astype(float).T)
    baidu = gcj02_to_bd09(lon, lat)
    n_digits = len(str(frame["经度"].iloc[0]).partition(".")[2])
    for column, amap, bd09 in (("经度", lon, baidu[0]), ("纬度", lat, baidu[1])):
        frame.loc[frame.index[rows], column] = fixed(np.where(datum == "bd09", bd09, amap), n_digits)
    return frame, dict(zip(ids[rows].tolist(), datum.tolist(), strict=True))


def put_on_borders(
    frame: pd.DataFrame, scope: Scope, spared: set[str], n: int = 3
) -> tuple[pd.DataFrame, list[OnBorder]]:
    """A WGS84 ledger with `n` of its rows, none of `spared`, exactly on corners where two grids or more meet."""
    grids = scope.frames["grid"].geometry.to_numpy()
    codes = scope.frames["grid"]["code"].to_numpy()
    xy = shapely.get_coordinates(grids[: 2 * n])
    corner, at = shapely.STRtree(grids).query(shapely.points(xy), predicate="intersects")
    shared = np.flatnonzero(np.bincount(corner, minlength=len(xy)) > 1)
    rows = np.flatnonzero(~frame["事件编号"].isin(spared).to_numpy())
    frame, found = frame.copy(), list[OnBorder]()
    for row, k in zip(rows[rows > _LAST_ODD_ROW][:n], shared[:: len(shared) // n], strict=False):
        lon, lat = xy[k].tolist()
        frame.loc[row, ["经度", "纬度"]] = f"{lon:.7f}", f"{lat:.7f}"
        found.append(OnBorder(str(frame.loc[row, "事件编号"]), lon, lat, tuple(sorted(codes[at[corner == k]]))))
    return frame, found


def swap_axes(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its two coordinate columns headed the wrong way round.

    >>> swap_axes(pd.DataFrame({"经度": ["109"], "纬度": ["28"]})).to_dict("list")
    {'纬度': ['109'], '经度': ['28']}
    """
    return frame.rename(columns={"经度": "纬度", "纬度": "经度"})
