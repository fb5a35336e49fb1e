"""Kernel density against sums over the points by the kernels' formulas, and against integrals of scipy."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from geo.crs import transform_xy
from geo.hotspots import kde
from geo.hotspots.kde import (
    KERNELS,
    Cells,
    cells_over,
    count_within,
    find_density,
    find_inside,
    find_mass,
    rule_bandwidth_m,
    warp,
)

UTM = pyproj.CRS("EPSG:32649")
BOUNDS = (109.5, 28.1, 109.9, 28.5)


def by_formula(kernel: str, d: np.ndarray, h: float) -> np.ndarray:
    """The kernel per m2 at distance `d`."""
    if kernel == "gaussian":
        return np.exp(-(d**2) / (2 * h**2)) / (2 * np.pi * h**2) * (d <= 4 * h)
    return 3 / (np.pi * h**2) * np.maximum(1 - (d / h) ** 2, 0) ** 2


def centres(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.indices(cells.shape)
    return cells.x_m + (columns + 0.5) * cells.cell_m, cells.y_m + (rows + 0.5) * cells.cell_m


def distances(cells: Cells, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    at_x, at_y = centres(cells)
    return np.hypot(at_x[..., None] - x, at_y[..., None] - y)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("strip", [40, 448])
def test_density_is_the_sum_of_kernels_over_the_share_inside(kernel, strip, monkeypatch):
    """Points stand at centres of cells, so nothing is lost by counting them there; the outline is a slanted one."""
    monkeypatch.setattr(kde, "_STRIP_ROWS", strip)
    rng = np.random.default_rng(3)
    cells, h = Cells(1000.0, 2000.0, 50.0, (90, 70)), 400.0
    outline = shapely.Polygon([(1200, 2100), (4400, 2300), (4000, 6300), (1100, 5000)])
    at_x, at_y = centres(cells)
    inside = shapely.contains_xy(outline, at_x, at_y)
    assert (find_inside([outline], cells) == inside).all()
    some = rng.choice(np.flatnonzero(inside.ravel()), 60)
    x, y = at_x.ravel()[some], at_y.ravel()[some]
    mass = find_mass(inside, kernel, h, cells.cell_m)
    density = find_density(cells.count(x, y), cells.cell_m, kernel, h, mass)
    all_x, all_y = at_x[inside], at_y[inside]
    wanted_mass = np.array(
        [by_formula(kernel, np.hypot(all_x - a, all_y - b), h).sum() for a, b in zip(x, y, strict=True)]
    )
    assert mass.ravel()[some] == pytest.approx(wanted_mass * cells.cell_m**2, rel=2e-3)
    wanted = by_formula(kernel, distances(cells, x, y), h).sum(axis=-1) * 1e6
    raw = find_density(cells.count(x, y), cells.cell_m, kernel, h, np.ones(cells.shape, dtype=np.float32))
    assert raw == pytest.approx(wanted, rel=2e-3, abs=2e-3 * wanted.max())
    assert density[inside] == pytest.approx(raw[inside] / mass[inside], rel=1e-5)


@pytest.mark.parametrize("kernel", KERNELS)
def test_even_ground_is_even_to_its_very_edge(kernel):
    """One incident in each cell of 100 m is 100 per km2 everywhere, at the corner as in the middle."""
    inside = np.zeros((60, 60), dtype=bool)
    inside[5:55, 10:50] = True
    mass = find_mass(inside, kernel, 500.0, 100.0)
    density = find_density(inside.astype(float), 100.0, kernel, 500.0, mass)
    assert density[inside] == pytest.approx(100.0, rel=1e-4)
    assert 0.2 < mass[5, 10] < 0.4


def test_the_kernels_smooth_alike_at_their_reference_bandwidths():
    """AMISE asks for h proportional to (R(K) / mu2(K)^2)^(1/6) in two dimensions; both integrals by scipy."""

    def both(kernel: str, reach: float) -> float:
        def of(r: float) -> float:
            return float(by_formula(kernel, np.array(r), 1.0))

        roughness = integrate.quad(lambda r: of(r) ** 2 * 2 * np.pi * r, 0, reach)[0]
        variance = integrate.quad(lambda r: of(r) * r**2 / 2 * 2 * np.pi * r, 0, reach)[0]
        return (roughness / variance**2) ** (1 / 6)

    x = np.random.default_rng(1).normal(0, 900, 500)
    gaussian, quartic = (rule_bandwidth_m(x, -x, kernel) for kernel in KERNELS)
    assert quartic / gaussian == pytest.approx(both("quartic", 1.0) / both("gaussian", 4.0), rel=2e-3)


def test_the_rule_is_scipys_for_a_normal_cloud_and_robust_against_far_points():
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 2000, (2, 4000))
    scott = stats.gaussian_kde(np.stack([x, y]))
    assert rule_bandwidth_m(x, y, "gaussian") == pytest.approx(2000 * scott.scotts_factor(), rel=0.03)
    far = np.append(x, [4e6] * 40), np.append(y, [4e6] * 40)
    assert rule_bandwidth_m(*far, "gaussian") == pytest.approx(rule_bandwidth_m(x, y, "gaussian"), rel=0.05)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_there_is_no_rule_where_nothing_spreads(n):
    assert rule_bandwidth_m(np.full(n, 7.0), np.full(n, 9.0), "gaussian") is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1200), st.floats(0, 900)), max_size=30), st.sampled_from([50.0, 130.0, 400.0]))
def test_what_lies_within_is_counted_from_centre_to_centre(points, radius):
    cells = cells_over((0.0, 0.0, 1200.0, 900.0), 50.0)
    x, y = (np.array([point[axis] for point in points]) for axis in (0, 1))
    counts = cells.count(x, y)
    at_x, at_y = centres(cells)
    full = counts.ravel() > 0
    near = distances(cells, at_x.ravel()[full], at_y.ravel()[full]) <= radius + 1e-6
    assert count_within(counts, 50.0, radius) == pytest.approx((near * counts.ravel()[full]).sum(axis=-1))


def test_the_peak_lies_on_the_point_after_the_warp():
    lon, lat = 109.7388, 28.3112
    x, y = transform_xy([lon], [lat], "EPSG:4326", UTM)
    cells = cells_over((x[0] - 30_000, y[0] - 30_000, x[0] + 30_000, y[0] + 30_000), 125.0)
    ones = np.ones(cells.shape, dtype=np.float32)
    density = find_density(cells.count(x, y), 125.0, "gaussian", 1000.0, ones)
    picture = warp(density, ones > 0, cells, UTM, BOUNDS, 800)
    row, column = np.unravel_index(np.nanargmax(picture), picture.shape)
    merc_x, merc_y = transform_xy(
        np.array([BOUNDS[0], BOUNDS[2], lon]), np.array([BOUNDS[1], BOUNDS[3], lat]), "EPSG:4326", "EPSG:3857"
    )
    want_column = (merc_x[2] - merc_x[0]) / (merc_x[1] - merc_x[0]) * 800
    want_row = (merc_y[1] - merc_y[2]) / (merc_y[1] - merc_y[0]) * picture.shape[0]
    assert abs(column + 0.5 - want_column) < 2
    assert abs(row + 0.5 - want_row) < 2
    assert np.nanmax(picture) == pytest.approx(1e6 / (2 * np.pi * 1000.0**2), rel=0.01)


def test_pixels_of_a_plane_are_that_plane_and_those_beyond_or_not_shown_are_blank():
    """Values that rise by 1 a metre eastwards are, at a pixel, its easting: within the lattice's error of 1 m."""
    cells = cells_over((360_000.0, 3_100_000.0, 380_000.0, 3_160_000.0), 100.0)
    values = (centres(cells)[0] - 360_000).astype(np.float32)
    is_shown = np.ones(cells.shape, dtype=bool)
    is_shown[: cells.shape[0] // 2] = False
    picture = warp(values, is_shown, cells, UTM, BOUNDS, 300)
    lon = BOUNDS[0] + (np.arange(300) + 0.5) / 300 * (BOUNDS[2] - BOUNDS[0])
    merc_y = transform_xy([0.0] * 2, BOUNDS[1::2], "EPSG:4326", "EPSG:3857")[1]
    rows = np.arange(picture.shape[0]) + 0.5
    lat = transform_xy(rows * 0, merc_y[1] + rows / len(rows) * (merc_y[0] - merc_y[1]), "EPSG:3857", "EPSG:4326")[1]
    x, y = transform_xy(*(axis.ravel() for axis in np.meshgrid(lon, lat)), "EPSG:4326", UTM)
    wanted = np.where((x < 360_100) | (x > 379_900) | (y < 3_130_100), np.nan, x - 360_000)
    both = np.isfinite(wanted)
    assert both.sum() > 5_000
    assert picture.ravel()[both] == pytest.approx(wanted[both], abs=1.5)
    assert np.isnan(picture.ravel()[(x < 359_900) | (x > 380_100) | (y < 3_129_900)]).all()
