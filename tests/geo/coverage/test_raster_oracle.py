"""The engine against a raster that knows nothing of it: cells judged by the formulas of DOMAIN 3, written anew here.

*Stated error.* A cell counts for certain where all of it is in view (or on public ground), as far as the distance of
its centre from every edge tells, and possibly where any of it may be. Only cells that are neither are split in four,
from 2 m down to 1/16 m. So the truth lies between the sum of the certain and that of the possible cells, whatever the
scene: along an edge of length L they differ by at most L times the diagonal of a cell, 9 cm. What the engine draws as
chords (2 degrees of a view's arcs, 5.625 of the round ends of a widened road) lies between the arc and the arc times
the cosine of half its step: an arc's edge is a ring as wide as that.
"""

from dataclasses import dataclass
from math import atan, cos, degrees, inf, pi, radians, sqrt, tan
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.alone import measure_alone
from geo.coverage.ground import Demand, cut_parcels, prepare_ground
from geo.coverage.measures import measure_coverage
from geo.rules import Rules
from geo.schema import SOURCES, HomeInfo, Level

CRS = "EPSG:32649"
EAST, NORTH = 500_000.0, 3_100_000.0
GRID_M, PX_PER_M, HALF_ROAD_M = 40.0, 25.0, 4.0
CELL_M, FINEST_M = 2.0, 1 / 16
#: Smallest and largest of what may be missing.
HFOV, H_PX, HEIGHT, TILT, ASPECT = (60.0, 100.0), (1280.0, 2560.0), (3.0, 6.0), (10.0, 30.0), 9 / 16
ESTIMATES = ("low", "nominal", "high")
HOME = HomeInfo("H", "H", "UTC", CRS, (Level("grid", "网格", "Grid"),))


class OneDensity(Rules):
    """Rules whose coverage table has the default pixel density only."""

    def levels_px_per_m(self) -> tuple[float, ...]:
        return (self.px_per_m,)


RULES = OneDensity(px_per_m=PX_PER_M, road_half_width_m=HALF_ROAD_M)
maybe = st.none()
camera = st.fixed_dictionaries(
    {
        "x": st.floats(0, 2 * GRID_M),
        "y": st.floats(0, 2 * GRID_M),
        "kind": st.sampled_from(["fixed", "ptz"]),
        "azimuth_deg": maybe | st.floats(0, 359.9),
        "azimuth_doubt_deg": maybe | st.floats(0, 30),
        "hfov_deg": maybe | st.floats(30, 170),
        "sweep_deg": maybe | st.sampled_from([90.0, 200.0, 360.0]),
        "h_px": maybe | st.sampled_from([704, 1280, 1920]),
        "height_m": maybe | st.floats(2.5, 8),
        "tilt_deg": maybe | st.floats(5, 60),
        "range_m": maybe | st.floats(5, 50),
    }
)
inside = st.tuples(st.floats(0, 2 * GRID_M), st.floats(0, 2 * GRID_M))
road = st.tuples(inside, inside).filter(lambda ends: np.hypot(*np.subtract(*ends)) > 1)
square = st.tuples(st.floats(0, 60), st.floats(0, 60), st.floats(3, 20), st.floats(3, 20))


@dataclass(frozen=True)
class View:
    """One camera's view: ground at `near` to `reach` metres from (x, y), within `sweep` / 2 degrees of `azimuth`."""

    x: float
    y: float
    azimuth: float
    sweep: float
    near: float
    reach: float


def view_of(row: dict[str, Any], estimate: str) -> View:
    """DOMAIN 3, one camera at a time. low: smallest lens, largest near edge, shortest range; high the reverse."""

    def given(name: str, span: tuple[float, float]) -> tuple[float, float, float]:
        """Smallest, middle, largest."""
        low, high = span if row[name] is None else (row[name], row[name])
        return low, (low + high) / 2, high

    which = ESTIMATES.index(estimate)
    lens, pixels = given("hfov_deg", HFOV), given("h_px", H_PX)
    height, tilt = given("height_m", HEIGHT), given("tilt_deg", TILT)

    def upright(hfov: float) -> float:
        return min(hfov * ASPECT, 180.0) if hfov >= 150 else degrees(2 * atan(tan(radians(hfov / 2)) * ASPECT))

    def reach_at(n: float, hfov: float) -> float:
        width = radians(hfov) if hfov >= 150 else 2 * tan(radians(hfov / 2))
        return n / (PX_PER_M * width)

    # In the worst case (0) the near edge, of the lowest ray, is the farthest: high up, little tilt, a narrow lens; the
    # far edge, of the highest ray, the nearest: low down, much tilt, a narrow lens. In the best case (2) the reverse.
    worst = 2 - which
    lowest = min(tilt[which] + upright(lens[which]) / 2, 89.9)
    near = height[worst] / tan(radians(lowest)) if lowest > 0 else inf
    highest = tilt[worst] - upright(lens[which]) / 2
    far = height[which] / tan(radians(highest)) if highest > 0 else inf
    reach = reach_at(pixels[which], lens[worst])
    if row["range_m"] is not None:
        reach = row["range_m"]
        if row["height_m"] is None or row["tilt_deg"] is None:
            near, far = 0.0, inf
    angle = row["sweep_deg"] or lens[which]
    azimuth = row["azimuth_deg"]
    doubt = 180.0 if azimuth is None else row["azimuth_doubt_deg"] or 0.0
    if angle < 360:
        angle = (angle - 2 * doubt, 0.0 if azimuth is None else angle, angle + 2 * doubt)[which]
    return View(row["x"], row["y"], azimuth or 0.0, min(max(angle, 0.0), 360.0), near, min(reach, far))


def in_view(view: View, x: np.ndarray, y: np.ndarray, reach_of_cell: float) -> tuple[np.ndarray, np.ndarray]:
    """Which cells around (x, y), no corner farther than `reach_of_cell`, are in view for certain, and possibly."""
    if view.sweep == 0 or view.near >= view.reach:
        nothing = np.zeros(len(x), dtype=bool)
        return nothing, nothing
    away = np.hypot(x - view.x, y - view.y)
    # Chords of at most 2 degrees.
    within = cos(radians(1))
    certain = (away - reach_of_cell >= view.near) & (away + reach_of_cell <= view.reach * within)
    possible = (away + reach_of_cell >= view.near * within) & (away - reach_of_cell <= view.reach)
    if view.sweep < 360:
        bearing = np.degrees(np.arctan2(x - view.x, y - view.y))
        aside = np.abs((bearing - view.azimuth + 180) % 360 - 180) - view.sweep / 2
        to_edge = np.where(np.abs(aside) < 90, away * np.sin(np.radians(np.minimum(np.abs(aside), 90))), away)
        certain &= (aside < 0) & (to_edge >= reach_of_cell)
        possible &= (aside <= 0) | (to_edge <= reach_of_cell)
    return certain, possible


def on_public(roads: Any, squares: Any, x: np.ndarray, y: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """The same for public ground: within 4 m of a road, or in a square."""
    certain, possible = np.zeros(len(x), dtype=bool), np.zeros(len(x), dtype=bool)
    for (ax, ay), (bx, by) in roads:
        dx, dy = bx - ax, by - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        away = np.hypot(x - ax - t * dx, y - ay - t * dy)
        certain |= away + reach <= HALF_ROAD_M * cos(radians(5.625 / 2))
        possible |= away - reach <= HALF_ROAD_M
    for west, south, width, depth in squares:
        inner = np.minimum.reduce([x - west, west + width - x, y - south, south + depth - y])
        certain |= inner >= reach
        possible |= inner >= -reach
    return certain, possible


def measure_cells(views: list[View], roads: Any, squares: Any) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Square metres for certain and possibly: per grid seen by 1+, 2+, 3+, and of public ground; per camera what it
    sees, what it alone sees, of public ground, and what two others see, too."""
    side = np.arange(CELL_M / 2, 2 * GRID_M, CELL_M)
    x, y = (values.ravel() for values in np.meshgrid(side, side))
    cell, sums = CELL_M, ({}, {})
    while True:
        reach = cell / sqrt(2)
        held = [in_view(view, x, y, reach) for view in views]
        sure, may_be = (np.array([one[i] for one in held]) for i in range(2))
        public = on_public(roads, squares, x, y, reach)
        told = [figures_of(sure, may_be, public[0]), figures_of(may_be, sure, public[1])]
        open_ = np.any([(told[0][name] != told[1][name]).reshape(-1, len(x)).any(axis=0) for name in told[0]], axis=0)
        if cell <= FINEST_M:
            open_[:] = False
        grid = (x >= GRID_M).astype(int) + 2 * (y >= GRID_M)
        for of, flags in zip(sums, told, strict=True):
            for name, cells in flags.items():
                area = cells[:, ~open_] * cell**2
                found = np.array([np.bincount(grid[~open_], weights=row, minlength=4) for row in area])
                of[name] = of.get(name, 0.0) + (found if name.startswith("grid") else found.sum(axis=1))
        if not open_.any():
            return sums
        cell /= 2
        ways = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)]) * cell / 2
        x, y = ((values[open_][:, None] + ways[:, axis]).ravel() for axis, values in enumerate((x, y)))


def figures_of(mine: np.ndarray, others: np.ndarray, public: np.ndarray) -> dict[str, np.ndarray]:
    """Flags per figure (rows) and cell. For a certain figure `mine` are the certain views and `others`, which must not
    hold a cell that one sees alone, the possible ones; for a possible figure the other way round."""
    count, rivals = mine.sum(axis=0), others.sum(axis=0)
    alone = mine & (rivals - others == 0)
    return {
        "grid_seen": np.array([count >= k for k in (1, 2, 3)]),
        "grid_public": np.array([public & (count >= k) for k in (0, 1, 2, 3)]),
        "view": mine,
        "alone": alone,
        "alone_public": alone & public,
        "shared": mine & (count - mine >= 2),
    }


def frame(shapes: list[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    moved = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy + np.array([EAST, NORTH]))
    return gpd.GeoDataFrame(columns, geometry=moved, crs=CRS)


def units() -> gpd.GeoDataFrame:
    boxes = [shapely.box(x, y, x + GRID_M, y + GRID_M) for y in (0, GRID_M) for x in (0, GRID_M)]
    return frame(boxes, level=["grid"] * 4, code=["a", "b", "c", "d"], parent_code=[None] * 4)


def to_cameras(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(index=range(len(rows)), columns=list(SOURCES["cameras"].names()), dtype=object)
    for name in rows[0]:
        table[name] = [row[name] for row in rows]
    return table.assign(status="online", x_m=EAST + table["x"], y_m=NORTH + table["y"], grid="a")


def lies_between(found: Any, bounds: list[np.ndarray]) -> None:
    """Rounding aside; of shares the numbers are worked back."""
    assert (found >= bounds[0] - 1e-5).all(), (found, bounds)
    assert (found <= bounds[1] + 1e-5).all(), (found, bounds)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(camera, min_size=1, max_size=8), st.lists(road, min_size=1, max_size=3), st.lists(square, max_size=2))
def test_the_engine_lies_within_the_rasters_bounds(rows, roads, squares):
    cameras = to_cameras(rows)
    places = frame([shapely.box(x, y, x + w, y + d) for x, y, w, d in squares], kind=["square"] * len(squares))
    demand = Demand(places=places, roads=frame([shapely.LineString(ends) for ends in roads]))
    table = measure_coverage(units(), HOME, cameras, demand, None, RULES)
    table = table.sort_values("code").fillna(0.0)
    public_m2 = table["public_m2"].to_numpy()
    depths = {"area_seen_m2": 0, "area_2plus_m2": 1, "area_3plus_m2": 2}
    for estimate in ESTIMATES:
        bounds = measure_cells([view_of(row, estimate) for row in rows], roads, squares)
        end = "" if estimate == "nominal" else f"_{estimate}"
        for name, k in depths.items():
            if name + end in table:
                lies_between(table[name + end].to_numpy(), [one["grid_seen"][k] for one in bounds])
        three = table[f"public_3plus_share{end}"].to_numpy()
        lies_between(three * public_m2, [one["grid_public"][3] for one in bounds])
        if estimate == "nominal":
            two = three + table["public_2_share"].to_numpy()
            seen = two + table["public_1_share"].to_numpy()
            for k, share in enumerate((1.0, seen, two)):
                lies_between(share * public_m2, [one["grid_public"][k] for one in bounds])
            ground = prepare_ground(units(), HOME, demand, None)
            found = measure_alone(cameras, ground, cut_parcels(units(), HOME, ("grid",), ground, RULES), RULES)
            for column, name in (
                ("view_m2", "view"),
                ("alone_m2", "alone"),
                ("alone_public_m2", "alone_public"),
                ("shared_3plus_m2", "shared"),
            ):
                lies_between(found[column].to_numpy(), [one[name] for one in bounds])


def test_the_raster_itself_by_paper():
    """A circle of 10 m over the corner of the four grids, and half of one to the east of it within its bounds: a
    quarter of pi 100 each, twice a quarter seen by both; cells leave 9 cm of the edges open, chords 1.5 mm."""
    whole, half = View(40, 40, 0, 360, 0, 10), View(40, 40, 90, 180, 0, 10)
    low, high = measure_cells([whole, half], [], [])
    for k, expected in ((0, [pi * 25] * 4), (1, [0, pi * 25] * 2), (2, [0] * 4)):
        assert (low["grid_seen"][k] <= np.array(expected) + 1e-9).all()
        assert (high["grid_seen"][k] >= np.array(expected) - 1e-9).all()
        assert (high["grid_seen"][k] - low["grid_seen"][k] <= 0.2 * (5 * pi + 20)).all()
    assert low["alone"][0] <= pi * 50 <= high["alone"][0]
    assert low["alone"][1] == 0
