import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.crs import check_same_crs, metric_crs, parse_crs, same_crs, to_authority, transform_geometry, transform_xy
from geo.errors import BadInput, CrsMismatch


def test_lon_comes_first_whatever_the_authority_says() -> None:
    x, y = transform_xy([109.7388], [28.3112], "EPSG:4326", "EPSG:32649")
    assert 370_000 < x[0] < 380_000
    assert 3_130_000 < y[0] < 3_135_000
    lon, lat = transform_xy(x, y, "EPSG:32649", "EPSG:4490")
    assert lon[0] == pytest.approx(109.7388, abs=1e-7)
    assert lat[0] == pytest.approx(28.3112, abs=1e-7)


def test_names_of_wgs84() -> None:
    for name in ("OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "epsg:4326", "WGS84", "EPSG:4326"):
        assert to_authority(parse_crs(name)) == "EPSG:4326"
    assert to_authority(pyproj.CRS(pyproj.CRS("EPSG:4326").to_wkt("WKT1_ESRI"))) == "EPSG:4326"
    assert to_authority(pyproj.CRS(pyproj.CRS("EPSG:32649").to_wkt("WKT1_ESRI"))) == "EPSG:32649"


def test_metric_crs_by_hemisphere_and_edge() -> None:
    assert metric_crs((-76.71, 39.19, -76.52, 39.38)).to_epsg() == 32618
    assert metric_crs((-51.3, -30.1, -51.1, -30.0)).to_epsg() == 32722
    assert metric_crs((180, 0, 180, 1)).to_epsg() == 32660
    with pytest.raises(BadInput):
        metric_crs((372_000, 3_131_000, 373_000, 3_132_000))


def test_unknown_crs_says_what_to_write() -> None:
    with pytest.raises(BadInput, match="such as EPSG:4326"):
        parse_crs("EPSG:999999999")


def test_mismatch_names_both() -> None:
    assert same_crs("EPSG:4490", "EPSG:4326")
    with pytest.raises(CrsMismatch, match="units is in EPSG:4326 but cameras is in EPSG:3857"):
        check_same_crs("units", "EPSG:4326", "cameras", "EPSG:3857")


def test_geometry_keeps_its_kind_and_is_not_changed() -> None:
    series = gpd.GeoSeries([shapely.box(109, 28, 110, 29), None], index=[5, 7], crs="EPSG:4326")
    moved = transform_geometry(series, "EPSG:4326", "EPSG:32649")
    assert moved.index.tolist() == [5, 7]
    assert moved.crs == "EPSG:32649"
    assert series[5].bounds == (109.0, 28.0, 110.0, 29.0)
    array = transform_geometry(np.array([shapely.Point(111, 0), None], dtype=object), "EPSG:4326", "EPSG:32649")
    assert array[0].x == pytest.approx(500_000)
    assert array[1] is None
