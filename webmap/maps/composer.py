"""The map in a notebook: the page of the service as a folium figure, from a home or from plain frames."""

import tempfile
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd

from geo.desk import Desk
from geo.errors import BadQuery, Words
from geo.jobs.frames import build_from_frames
from geo.schema.column import Role
from webmap.maps.standalone import render_map

HEIGHT_PX = 640


class MapFigure(folium.Figure):
    """A whole map with its data in it: shown by a notebook, written by `.save("map.html")`, opened from a disk."""

    def __init__(self, html: str) -> None:
        super().__init__(height=f"{HEIGHT_PX}px")
        self._html = html

    def render(self, **_: Any) -> str:
        """The page."""
        return self._html


def coverage_map(
    home: Path | str | Desk | None = None, *, role: Role = "leader", lang: str = "zh", **frames: gpd.GeoDataFrame
) -> MapFigure:
    """Which public ground the cameras see: of a home (its folder, or a desk over it), or of plain frames.

    Frames are named as their tables: `units` (polygons with `code` and `name`), `cameras`, `roads`, `places`,
    `buildings`, `incidents`, `residents`; columns as the README lists them. They are measured by the build
    in a folder that is removed afterwards. The figure shows what `role` may see, which is printed on it above leader.
    Errors: `BadQuery` unless a home or `units` is given, those of `build_from_frames`, `NoSnapshot`.

        from webmap.maps import coverage_map
        coverage_map("var")
        coverage_map(units=grids, cameras=cameras, roads=roads, role="planner").save("map.html")
    """
    return _figure("coverage", home, frames, role, lang)


def hotspots_map(
    home: Path | str | Desk | None = None, *, role: Role = "leader", lang: str = "zh", **frames: gpd.GeoDataFrame
) -> MapFigure:
    """Where incidents concentrate; takes what `coverage_map` takes, `incidents` among the frames."""
    return _figure("hotspots", home, frames, role, lang)


def _figure(
    page: str, home: Path | str | Desk | None, frames: dict[str, gpd.GeoDataFrame], role: Role, lang: str
) -> MapFigure:
    if (home is None) != ("units" in frames) or (home is not None and frames):
        raise BadQuery(
            Words("give either a home or units=... and further frames", "须给出数据目录，或 units=… 及其他数据框")
        )
    if home is not None:
        desk = home if isinstance(home, Desk) else Desk(Path(home))
        return MapFigure(render_map(desk, role=role, lang=lang, page=page))
    tables = {name: frame for name, frame in frames.items() if name != "units"}
    with tempfile.TemporaryDirectory(prefix="gridscope-") as folder:
        build_from_frames(Path(folder), frames["units"], tables)
        return MapFigure(render_map(Desk(Path(folder)), role=role, lang=lang, page=page))
