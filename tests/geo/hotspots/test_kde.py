import numpy as np
import pyproj
import pytest

from geo.crs import transform_xy
from geo.hotspots.kde import gaussian_density, kde_raster

UTM = pyproj.CRS("EPSG:32649")
BOUNDS = (109.5, 28.1, 109.9, 28.5)


def test_mass_is_the_number_of_points_and_peak_is_the_formula():
    density, near, _, cell_m = gaussian_density(np.array([0.0, 30_000.0]), np.array([0.0, 0.0]), 500.0)
    assert density.sum() * cell_m**2 / 1e6 == pytest.approx(2.0, abs=1e-6)
    assert density.max() == pytest.approx(1e6 / (2 * np.pi * 500.0**2), rel=0.01)
    assert near.max() == 1


def test_the_peak_lies_on_the_point_after_the_warp():
    lon, lat = 109.7388, 28.3112
    x, y = transform_xy([lon], [lat], "EPSG:4326", UTM)
    kde = kde_raster(x, y, BOUNDS, UTM, 1000.0, 800)
    row, column = np.unravel_index(kde.values.argmax(), kde.values.shape)
    merc_x, merc_y = transform_xy(
        np.array([BOUNDS[0], BOUNDS[2], lon]), np.array([BOUNDS[1], BOUNDS[3], lat]), "EPSG:4326", "EPSG:3857"
    )
    want_column = (merc_x[2] - merc_x[0]) / (merc_x[1] - merc_x[0]) * 800
    want_row = (merc_y[1] - merc_y[2]) / (merc_y[1] - merc_y[0]) * kde.values.shape[0]
    assert abs(column + 0.5 - want_column) < 2
    assert abs(row + 0.5 - want_row) < 2


def test_few_points_are_blank_where_counts_are_protected():
    x, y = transform_xy([109.6, 109.8, 109.8, 109.8, 109.8, 109.8], [28.3] * 6, "EPSG:4326", UTM)
    kde = kde_raster(x, y, BOUNDS, UTM, 1000.0, 400, min_count=5)
    half = kde.values.shape[1] // 2
    assert np.isnan(kde.values[:, :half]).all()
    assert np.nanmax(kde.values[:, half:]) > 0.5


def test_no_incidents_is_zero_everywhere():
    kde = kde_raster(np.array([]), np.array([]), BOUNDS, UTM, 1000.0, 64)
    assert kde.n == 0
    assert not kde.values.any()
