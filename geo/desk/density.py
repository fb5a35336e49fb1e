"""The density of incidents as a coloured picture with its legend."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray
from PIL import Image

from geo import crs
from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.desk.units import home_bounds
from geo.errors import BadQuery, NotAvailable, Words
from geo.hotspots.kde import Kde, kde_raster
from geo.schema import Role
from geo.snapshot.protect import needs_protection

#: From the first class up; below the first break nothing is drawn.
COLOURS = ("#FDE3BF", "#F9CF94", "#F5BC6E", "#E79B44", "#D97B1B", "#8F3A06")
MIN_WIDTH_PX, WIDTH_PX, MAX_WIDTH_PX = 64, 1024, 2048
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True)
class Picture:
    """A PNG and what its legend says."""

    png: bytes
    bounds: tuple[float, float, float, float]
    breaks: tuple[float, ...]
    n: int


def density_picture(held: Held, role: Role, width_px: int) -> dict[str, Any]:
    """The picture over the whole home; below analyst pixels with few incidents in reach are blank."""
    if not MIN_WIDTH_PX <= width_px <= MAX_WIDTH_PX:
        raise BadQuery(
            Words(
                f"a picture is {MIN_WIDTH_PX} to {MAX_WIDTH_PX} px wide, not {width_px}",
                f"图像宽度为 {MIN_WIDTH_PX} 到 {MAX_WIDTH_PX} 像素，不能是 {width_px}",
            )
        )
    snapshot = held.snapshot
    if not snapshot.has("incidents"):
        raise NotAvailable(not_loaded("incidents"))
    is_blanked = needs_protection(role)
    picture: Picture = held.pictures.get((width_px, is_blanked), lambda: _draw(held, width_px, is_blanked))
    return {
        "png": picture.png,
        "bounds": list(picture.bounds),
        "breaks": list(picture.breaks),
        "colors": list(COLOURS[: len(picture.breaks)]),
        "unit": "incidents per km2",
        "bandwidth_m": snapshot.rules.kde_bandwidth_m,
        "n": None if is_blanked and 0 < picture.n < snapshot.rules.min_count else picture.n,
        "blank_below": snapshot.rules.min_count if is_blanked else None,
        "snapshot": snapshot.id,
    }


def find_breaks(highest: float, n_classes: int = 6) -> tuple[float, ...]:
    """Lower ends of `n_classes` equal classes on round numbers, the last of which `highest` reaches; () where it is 0.

    >>> find_breaks(7.3)
    (1.2, 2.4, 3.6, 4.8, 6.0, 7.2)
    >>> find_breaks(0.0)
    ()
    """
    if not np.isfinite(highest) or highest <= 0:
        return ()
    widest = highest / n_classes
    power = 10.0 ** np.floor(np.log10(widest))
    step = max((nice * power for nice in _NICE if nice * power <= widest), default=power)
    return tuple(float(f"{step * (i + 1):.6g}") for i in range(n_classes))


def to_png(values: NDArray[np.float32], breaks: tuple[float, ...]) -> bytes:
    """A paletted PNG of `values` (height, width): one full colour per class, clear below the first break and at NaN."""
    classes = np.searchsorted(np.asarray(breaks, dtype=np.float64), np.nan_to_num(values, nan=-1.0), side="right")
    picture = Image.fromarray(classes.astype(np.uint8))
    picture.putpalette(bytes.fromhex("".join(["000000", *(colour[1:] for colour in COLOURS)])))
    out = BytesIO()
    picture.save(out, "PNG", transparency=0, optimize=False)
    return out.getvalue()


def _draw(held: Held, width_px: int, is_blanked: bool) -> Picture:
    snapshot = held.snapshot
    incidents = snapshot.frame("incidents")
    lon, lat = incidents["lon"].to_numpy(dtype=float), incidents["lat"].to_numpy(dtype=float)
    placed = np.isfinite(lon) & np.isfinite(lat)
    x_m, y_m = crs.transform_xy(lon[placed], lat[placed], crs.WGS84, snapshot.metric_crs)
    kde: Kde = kde_raster(
        x_m,
        y_m,
        home_bounds(held),
        pyproj.CRS(crs.parse_crs(snapshot.metric_crs)),
        snapshot.rules.kde_bandwidth_m,
        width_px,
        snapshot.rules.min_count if is_blanked else None,
    )
    finite = kde.values[np.isfinite(kde.values)]
    breaks = find_breaks(float(finite.max()) if finite.size else 0.0)
    return Picture(to_png(kde.values, breaks), kde.bounds, breaks, kde.n)
