"""Levels of units: who is whose parent, sums upwards, and the codes of a point at each level."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import BadPartition, BadQuery, Words
from geo.partition.index import OUTSIDE, PartitionIndex
from geo.schema import HomeInfo


def parents_of(units: pd.DataFrame, level: str) -> "pd.Series[str]":
    """`parent_code` of the units of `level`, indexed by code in code order (missing where a unit has none).

    >>> units = pd.DataFrame({"level": ["grid", "town"], "code": ["g", "t"], "parent_code": ["t", None]})
    >>> parents_of(units, "grid").to_dict()
    {'g': 't'}
    """
    own = units[units["level"] == level]
    return pd.Series(own["parent_code"].to_numpy(dtype=object), index=own["code"].to_numpy(dtype=object)).sort_index()


def ancestors(units: pd.DataFrame, home: HomeInfo, *, finest: str | None = None) -> pd.DataFrame:
    """The chain of codes above each finest unit.

    `units` has the columns level, code, parent_code. The chain is the one that begins at level `finest` (default:
    the home's first). Returns a frame indexed by the finest codes, in code order, with one text column per level of the
    chain, itself first. Raises `BadPartition` where a unit's parent is not among the units one level up,
    `BadQuery` where no chain begins at `finest`.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("grid", "格", "Grid", "town"), Level("town", "镇", "T")))
    >>> rows = [("grid", "g1", "t"), ("grid", "g2", "t"), ("town", "t", None)]
    >>> units = pd.DataFrame(rows, columns=["level", "code", "parent_code"])
    >>> ancestors(units, home).loc["g2"].to_dict()
    {'grid': 'g2', 'town': 't'}
    """
    chain = chain_from(home, finest)
    codes = parents_of(units, chain[0]).index
    columns = {chain[0]: codes.to_numpy(dtype=object)}
    for child, level in pairwise(chain):
        above = parents_of(units, child).reindex(columns[child]).to_numpy(dtype=object)
        known = set(units.loc[units["level"] == level, "code"])
        lost = sorted({str(c) for c, p in zip(columns[child], above, strict=True) if p not in known})
        if lost:
            named = ", ".join(lost[:10])
            raise BadPartition(
                Words(
                    f"{len(lost)} units of level {child} whose parent is no unit of level {level}: {named}",
                    f"层级 {child} 有 {len(lost)} 个单位的上级不在层级 {level} 中：{named}",
                )
            )
        columns[level] = above
    return pd.DataFrame(columns, index=pd.Index(codes, name="code"), dtype=object)


def chain_from(home: HomeInfo, finest: str | None) -> tuple[str, ...]:
    """The nested chain that begins at level `finest` (default: the first); `BadQuery` where none does.

    >>> from geo.schema import Level
    >>> chain_from(HomeInfo("H", "H", "UTC", "EPSG:4326", (Level("district", "区", "District"),)), None)
    ('district',)
    """
    for chain in home.chains():
        if finest is None or chain[0] == finest:
            return chain
    raise BadQuery(Words(f"no chain of levels begins at {finest!r}", f"没有以 {finest!r} 开始的层级链"))


@dataclass(frozen=True)
class Joined:
    """A nested chain ready to be joined: the index of its finest level, and the codes above each of its units."""

    chain: tuple[str, ...]
    index: PartitionIndex
    above: pd.DataFrame

    def locate(self, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The row of `above` of each point's finest unit, -1 outside all of them or without finite coordinates."""
        xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        placed = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
        position = np.full(len(xs), OUTSIDE, dtype=np.int32)
        position[placed] = self.index.assign(xs[placed], ys[placed])
        return position


def index_levels(units: Any, home: HomeInfo) -> tuple[Joined, ...]:
    """The joined chains of the home, in the order of their levels.

    `units` is a GeoDataFrame with level, code, parent_code and polygons. Positions in an index follow the codes of its
    level. Raises `BadPartition` as `ancestors` and `PartitionIndex.build` do.
    """
    joined = []
    for chain in home.chains():
        above = ancestors(units, home, finest=chain[0])
        finest = units[units["level"] == chain[0]].set_index("code").loc[above.index]
        joined.append(Joined(chain, PartitionIndex.build(finest.geometry.to_numpy(), list(above.index)), above))
    return tuple(joined)


def assign_levels(x: npt.ArrayLike, y: npt.ArrayLike, joined: Sequence[Joined], home: HomeInfo) -> pd.DataFrame:
    """The unit of each point at every level of the home.

    `x`, `y` are n coordinates in the CRS of the units of `joined`. A row without finite coordinates has no place and so
    no unit: whoever reads rows refuses those that should have one. Returns a frame with a RangeIndex of n rows and one
    text column per level, None where the row is in no unit. Each chain is joined once, at its finest level (ties:
    lowest code), and goes up by `parent_code`. A level that ends two chains is taken from the first of them.

    >>> import geopandas
    >>> from shapely import box
    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("grid", "格", "Grid", "town"), Level("town", "镇", "T")))
    >>> frame = {"level": ["grid", "grid", "town"], "code": ["g1", "g2", "t"], "parent_code": ["t", "t", None]}
    >>> units = geopandas.GeoDataFrame(frame, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 0, 2, 1)])
    >>> assign_levels([0.5, 1.0, 3.0], [0.5, 0.5, 0.5], index_levels(units, home), home).to_numpy().tolist()
    [['g1', 't'], ['g1', 't'], [None, None]]
    """
    found: dict[str, npt.NDArray[np.object_]] = {}
    for one in joined:
        position = one.locate(x, y)
        for level in one.chain:
            if level not in found:
                codes = np.append(one.above[level].to_numpy(dtype=object), [None])
                found[level] = codes[position]
    names = [level.name for level in home.levels]
    return pd.DataFrame({name: found[name] for name in names}, index=pd.RangeIndex(np.size(x)), dtype=object)
