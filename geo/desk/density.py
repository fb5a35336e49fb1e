"""The density of incidents as a coloured picture with its legend, and as a raster of its values."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import numpy as np
import pyproj
from numpy.typing import NDArray
from PIL import Image
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from geo import crs
from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.desk.units import home_bounds
from geo.errors import BadQuery, NotAvailable, Words
from geo.hotspots import kde
from geo.hotspots.cube import EVERY, Wanted, find_wanted
from geo.schema import Role
from geo.snapshot import queries
from geo.snapshot.protect import needs_protection

#: From the first class up; below the first break nothing is drawn.
COLOURS = ("#FDE3BF", "#F9CF94", "#F5BC6E", "#E79B44", "#D97B1B", "#8F3A06")
MIN_WIDTH_PX, WIDTH_PX, MAX_WIDTH_PX = 64, 1024, 2048
MIN_BANDWIDTH_M, MAX_BANDWIDTH_M = 100.0, 5000.0
#: A density per resident is blank where fewer than these live within one bandwidth.
MIN_RESIDENTS = 100
#: Residents all at the very rim of a kernel weigh next to nothing.
_LEAST_PER_KM2 = 1.0

Per = Literal["km2", "residents"]
UNITS: dict[Per, str] = {"km2": "incidents per km2", "residents": "incidents per 1,000 residents"}


@dataclass(frozen=True)
class DensityQuery:
    """Which density: its kernel, its bandwidth in metres (None: that of the rules), by km2 or by residents, of what.

    The bandwidth "rule" is `kde.rule_bandwidth_m` of the incidents asked for, on 10 m and within 100 m to 5 km; that of
    the rules where there are too few incidents to tell.
    """

    kernel: kde.Kernel = "gaussian"
    bandwidth_m: float | Literal["rule"] | None = None
    per: Per = "km2"
    wanted: Wanted = EVERY


@dataclass(frozen=True)
class Raster:
    """Density of `n` incidents on `cells`, and the cells where it `is_shown`: float32 and bool of the cells' shape."""

    values: NDArray[np.float32]
    is_shown: NDArray[np.bool_]
    cells: kde.Cells
    bandwidth_m: float
    n: int


@dataclass(frozen=True)
class Picture:
    """A PNG and what its legend says."""

    png: bytes
    breaks: tuple[float, ...]
    bandwidth_m: float
    n: int


def density_picture(held: Held, role: Role, width_px: int, asked: DensityQuery) -> dict[str, Any]:
    """The picture over the whole home, blank outside it; below analyst also where few incidents are in reach.

    Below analyst `n` is told of all incidents only: between two filters it could be of few.
    """
    if not MIN_WIDTH_PX <= width_px <= MAX_WIDTH_PX:
        raise BadQuery(
            Words(
                f"a picture is {MIN_WIDTH_PX} to {MAX_WIDTH_PX} px wide, not {width_px}",
                f"图像宽度为 {MIN_WIDTH_PX} 到 {MAX_WIDTH_PX} 像素，不能是 {width_px}",
            )
        )
    _check(held, asked)
    snapshot = held.snapshot
    is_blanked = needs_protection(role)

    def draw() -> Picture:
        raster = _find_raster(held, asked, is_blanked=is_blanked)
        metric = pyproj.CRS(crs.parse_crs(snapshot.metric_crs))
        values = kde.warp(raster.values, raster.is_shown, raster.cells, metric, home_bounds(held), width_px)
        breaks = _breaks_of(values)
        return Picture(to_png(values, breaks), breaks, raster.bandwidth_m, raster.n)

    picture: Picture = held.pictures.get((width_px, is_blanked, asked), draw)
    is_few = 0 < picture.n < snapshot.rules.min_count
    return {
        "png": picture.png,
        "bounds": list(home_bounds(held)),
        "breaks": list(picture.breaks),
        "colors": list(COLOURS[: len(picture.breaks)]),
        "unit": UNITS[asked.per],
        "kernel": asked.kernel,
        "bandwidth_m": picture.bandwidth_m,
        "n": None if is_blanked and (asked.wanted != EVERY or is_few) else picture.n,
        "blank_below": snapshot.rules.min_count if is_blanked else None,
        "min_residents": MIN_RESIDENTS if asked.per == "residents" else None,
        "snapshot": snapshot.id,
    }


def density_geotiff(held: Held, role: Role, asked: DensityQuery) -> bytes:
    """The density as a GeoTIFF in the metric CRS, float32, NaN where blank; its tags say what it is.

    Below analyst each cell has the lower end of its class only: with exact values of two filters the incidents that
    make the difference could be had.
    """
    _check(held, asked)
    snapshot = held.snapshot
    is_blanked = needs_protection(role)
    raster = _find_raster(held, asked, is_blanked=is_blanked)
    values = np.where(raster.is_shown, raster.values, np.float32(np.nan))
    if is_blanked:
        breaks = np.array([0.0, *_breaks_of(values)], dtype=np.float32)
        values = np.where(raster.is_shown, breaks[np.searchsorted(breaks[1:], values, side="right")], values)
    tags = {
        "unit": UNITS[asked.per],
        "kernel": asked.kernel,
        "bandwidth_m": f"{raster.bandwidth_m:g}",
        "snapshot": snapshot.id,
        "as_of": snapshot.as_of.isoformat(),
        "credit": snapshot.home.credit().en,
        "credit_zh": snapshot.home.credit().zh,
    }
    return to_geotiff(values, raster.cells, snapshot.metric_crs, tags)


def to_png(values: NDArray[np.float32], breaks: tuple[float, ...]) -> bytes:
    """A paletted PNG of `values` (height, width): one full colour per class, clear below the first break and at NaN."""
    classes = np.searchsorted(np.asarray(breaks, dtype=np.float64), np.nan_to_num(values, nan=-1.0), side="right")
    picture = Image.fromarray(classes.astype(np.uint8))
    picture.putpalette(bytes.fromhex("".join(["000000", *(colour[1:] for colour in COLOURS)])))
    out = BytesIO()
    picture.save(out, "PNG", transparency=0, optimize=False)
    return out.getvalue()


def to_geotiff(values: NDArray[np.float32], cells: kde.Cells, metric_crs: str, tags: dict[str, str]) -> bytes:
    """A GeoTIFF of one band, north up: `values` of the `cells`' shape, NaN is no data; `tags` by name."""
    north = Affine(cells.cell_m, 0.0, cells.x_m, 0.0, -cells.cell_m, cells.y_m + cells.shape[0] * cells.cell_m)
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            height=cells.shape[0],
            width=cells.shape[1],
            count=1,
            dtype="float32",
            crs=metric_crs,
            transform=north,
            nodata=np.nan,
            compress="deflate",
            predictor=3,
            tiled=True,
        ) as file:
            file.write(values[::-1].astype(np.float32), 1)
            file.update_tags(**tags)
        return bytes(memory.read())


def _check(held: Held, asked: DensityQuery) -> None:
    for table in ("incidents", *(("residents",) if asked.per == "residents" else ())):
        if not held.snapshot.has(table):
            raise NotAvailable(not_loaded(table))
    width_m = asked.bandwidth_m
    if isinstance(width_m, float) and not MIN_BANDWIDTH_M <= width_m <= MAX_BANDWIDTH_M:
        raise BadQuery(Words("a bandwidth is 100 to 5,000 m or rule", "带宽为 100 至 5000 米，或 rule"))


def _breaks_of(values: NDArray[np.float32]) -> tuple[float, ...]:
    finite = values[np.isfinite(values)]
    return kde.find_breaks(float(finite.max()) if finite.size else 0.0)


def _find_raster(held: Held, asked: DensityQuery, *, is_blanked: bool) -> Raster:
    snapshot, events = held.snapshot, held.snapshot.events()
    rows = find_wanted(events, asked.wanted) & np.isfinite(events.x_m)
    x_m, y_m = events.x_m[rows], events.y_m[rows]
    bandwidth_m = _bandwidth_m(asked, x_m, y_m, snapshot.rules.kde_bandwidth_m, snapshot.rules.min_count)
    cells, inside, mass = held.masses.get((asked.kernel, bandwidth_m), lambda: _mass(held, asked.kernel, bandwidth_m))
    smooth = cells.cell_m, asked.kernel, bandwidth_m, mass
    counts = cells.count(x_m, y_m)
    values = kde.find_density(counts, *smooth)
    is_shown = inside
    if is_blanked:
        is_shown = is_shown & (kde.count_within(counts, cells.cell_m, bandwidth_m) >= snapshot.rules.min_count)
    if asked.per == "residents":
        people = cells.count(*_residents(held)) * inside
        per_km2 = kde.find_density(people, *smooth)
        live = kde.count_within(people, cells.cell_m, bandwidth_m)
        is_shown = is_shown & (live >= MIN_RESIDENTS) & (per_km2 > _LEAST_PER_KM2)
        values = np.divide(1000 * values, per_km2, out=np.zeros_like(values), where=is_shown)
    return Raster(values, is_shown, cells, bandwidth_m, len(x_m))


def _bandwidth_m(
    asked: DensityQuery, x_m: NDArray[np.float64], y_m: NDArray[np.float64], default_m: float, min_count: int
) -> float:
    if asked.bandwidth_m != "rule":
        return asked.bandwidth_m or default_m
    found = kde.rule_bandwidth_m(x_m, y_m, asked.kernel) if len(x_m) >= min_count else None
    return default_m if found is None else float(np.clip(round(found, -1), MIN_BANDWIDTH_M, MAX_BANDWIDTH_M))


def _mass(
    held: Held, kernel: kde.Kernel, bandwidth_m: float
) -> tuple[kde.Cells, NDArray[np.bool_], NDArray[np.float32]]:
    """The cells over the home's outline, which of them lie inside it, and the share of the kernel that does."""
    snapshot = held.snapshot
    tops = [chain[-1] for chain in snapshot.home.chains()]
    drawn = np.concatenate([np.asarray(queries.units_of(snapshot, top).geometry, dtype=object) for top in tops])
    outline = crs.transform_geometry(drawn, snapshot.home.boundary_crs, snapshot.metric_crs)
    return kde.lay_ground(list(outline), kernel, bandwidth_m)


def _residents(held: Held) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """x, y (metres) and number of the residents with a place."""

    def make() -> tuple[NDArray[np.float64], ...]:
        frame = held.snapshot.frame("residents")
        lon, lat, people = (frame[name].to_numpy(dtype=float) for name in ("lon", "lat", "residents"))
        placed = np.isfinite(lon) & np.isfinite(lat) & np.isfinite(people)
        return (*crs.transform_xy(lon[placed], lat[placed], crs.WGS84, held.snapshot.metric_crs), people[placed])

    found: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] = held.kept.get("people", make)
    return found
