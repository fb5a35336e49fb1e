"""The display pyramid: the units of every level, simplified per zoom without opening borders.

Built once per boundary version. Each zoom is a set of plain arrays that the encoder reads from the page cache.
Display geometry only: no area, gap or share is ever worked out from it.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.errors import BrokenSnapshot, Words
from geo.schema import HomeInfo
from geo.tiles.address import DISPLAY_PX, display_px_m
from geo.tiles.shapes import Shapes, open_shapes, to_shapes, write_shapes

FORMAT = 1
WEB_MERCATOR = "EPSG:3857"
#: From this zoom on borders are drawn as the source gives them: half a display pixel is 0.6 m at zoom 16.
FULL_ZOOM = 17
#: Visvalingam-Whyatt removes corners whose triangle is smaller than the square of this.
TOLERANCE_PX = 0.5
#: A zoom that would lose less than this share of its corners is drawn as the one above it.
_WORTH_A_ZOOM = 0.05

Progress = Callable[[float, Words], None]


def _silent(share: float, words: Words) -> None:
    """No progress is wanted."""


@dataclass(frozen=True)
class Pyramid:
    """The opened pyramid of one boundary version; arrays are memory-mapped and read-only."""

    folder: Path
    zooms: dict[str, dict[int, Shapes]]  # level -> stored zoom -> shapes, by unit number

    def shapes(self, level: str, zoom: int) -> Shapes:
        """The units of `level` as drawn at tile zoom `zoom`."""
        stored = self.zooms[level]
        return stored[min((z for z in stored if z >= zoom), default=max(stored))]

    def levels(self) -> tuple[str, ...]:
        """Level names, finest first."""
        return tuple(self.zooms)


def build_pyramid(units: gpd.GeoDataFrame, home: HomeInfo, folder: Path, progress: Progress = _silent) -> None:
    """Write the pyramid of `units` (columns level, code, geometry in the boundary CRS) into `folder`, replacing it.

    Within a level units are numbered by code, from 0: that number is the feature id in tiles. A coverage with
    overlaps or slivers is simplified all the same (its borders there are drawn as they are, not mended).

    >>> import tempfile
    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:4326", (Level("zone", "区", "Zone"),))
    >>> units = gpd.GeoDataFrame(
    ...     {"level": ["zone"] * 2, "code": ["b", "a"]},
    ...     geometry=[shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)],
    ...     crs=4326,
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     build_pyramid(units, home, Path(folder) / "v1")
    ...     open_pyramid(Path(folder) / "v1").shapes("zone", 3).bounds[0].round().tolist()
    [0.0, 111319.0]
    """
    building = folder.with_name(f".{folder.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    manifest: dict[str, Any] = {"format": FORMAT, "levels": []}
    for i, level in enumerate(home.levels):
        progress(i / len(home.levels), Words(f"drawing {level.title_en}", f"生成图形：{level.title_zh}"))
        rows = units[units["level"] == level.name].sort_values("code", kind="stable")
        geometries = crs.transform_geometry(np.asarray(rows.geometry, dtype=object), home.boundary_crs, WEB_MERCATOR)
        zooms = _write_level(np.asarray(geometries, dtype=object), building, f"level{i}")
        manifest["levels"].append({"name": level.name, "stem": f"level{i}", "zooms": zooms, "n_units": len(rows)})
    (building / "pyramid.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    building.replace(folder)
    progress(1.0, Words("drawing done", "图形生成完毕"))


def open_pyramid(folder: Path) -> Pyramid:
    """The pyramid that `build_pyramid` wrote; `BrokenSnapshot` where it is missing or of another format."""
    try:
        manifest = json.loads((folder / "pyramid.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ValueError(manifest["format"])
        zooms = {
            level["name"]: {zoom: open_shapes(folder, f"{level['stem']}_z{zoom}") for zoom in level["zooms"]}
            for level in manifest["levels"]
        }
    except (OSError, ValueError, KeyError) as error:
        raise BrokenSnapshot(
            Words(
                f"the display geometry {folder.name} is missing or broken; import the boundaries again",
                f"边界图形 {folder.name} 缺失或损坏，须重新导入边界",
            )
        ) from error
    return Pyramid(folder, zooms)


def simplify(geometries: NDArray[Any], tolerance_m: float) -> NDArray[Any]:
    """Polygons simplified together, so that shared borders stay shared (Visvalingam-Whyatt on the coverage).

    Nothing vanishes: a polygon that would, keeps its shape.

    >>> pair = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> simplify(pair, 1e-3)[0].area
    1.0
    """
    try:
        simpler = shapely.coverage_simplify(geometries, tolerance_m)
    except shapely.GEOSException:
        return geometries
    lost = shapely.is_empty(simpler) | shapely.is_missing(simpler)
    return np.where(lost, geometries, simpler)


def _write_level(geometries: NDArray[Any], folder: Path, stem: str) -> list[int]:
    """Write the zooms of one level, finest first; a zoom that changes nothing shares the one above it."""
    geometries = _polygons_only(geometries)
    stored = [FULL_ZOOM]
    write_shapes(to_shapes(geometries), folder, f"{stem}_z{FULL_ZOOM}")
    if shapely.is_empty(geometries).all():
        return stored
    minx, miny, maxx, maxy = shapely.total_bounds(geometries)
    extent_m = max(maxx - minx, maxy - miny)
    n_written = int(shapely.get_num_coordinates(geometries).sum())
    for zoom in range(FULL_ZOOM - 1, -1, -1):
        px_m = display_px_m(zoom)
        if extent_m < DISPLAY_PX / 8 * px_m:
            break
        if _share_of_small_corners(geometries, TOLERANCE_PX * px_m) < _WORTH_A_ZOOM:
            continue
        geometries = simplify(geometries, TOLERANCE_PX * px_m)
        n_coordinates = int(shapely.get_num_coordinates(geometries).sum())
        if n_coordinates > (1 - _WORTH_A_ZOOM) * n_written:
            continue
        stored.append(zoom)
        n_written = n_coordinates
        write_shapes(to_shapes(geometries), folder, f"{stem}_z{zoom}")
    return stored


def _share_of_small_corners(geometries: NDArray[Any], tolerance_m: float) -> float:
    """Share of the corners that simplification may remove first: their triangle is smaller than the tolerance."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(geometries), return_index=True)
    to, on = xy[1:-1] - xy[:-2], xy[2:] - xy[1:-1]
    area_m2 = np.abs(to[:, 0] * on[:, 1] - to[:, 1] * on[:, 0]) / 2
    return float(((area_m2 < tolerance_m**2) & (ring[:-2] == ring[2:])).sum() / max(len(xy), 1))


def _polygons_only(geometries: NDArray[Any]) -> NDArray[Any]:
    """The polygons of each geometry: what a coverage may hold; None becomes empty."""
    kinds = shapely.get_type_id(geometries)
    polygonal = np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    out = geometries.copy()
    for i in np.flatnonzero(~polygonal):
        parts = shapely.get_parts(shapely.get_parts(np.array([geometries[i]], dtype=object)))
        areal = parts[shapely.get_dimensions(parts) == 2]
        out[i] = shapely.multipolygons(areal) if len(areal) else shapely.MultiPolygon()
    return out
