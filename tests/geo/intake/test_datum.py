import numpy as np
import pytest

from geo.intake.datum import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, to_wgs84, wgs84_to_gcj02

#: DOMAIN section 2: (lat, lon) WGS84 -> (lat, lon) GCJ-02.
VECTORS = [
    ((28.3112, 109.7388), (28.307809587011203, 109.74353220667638)),
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
]


@pytest.mark.parametrize(("wgs", "gcj"), VECTORS)
def test_published_vectors(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    lon, lat = wgs84_to_gcj02([wgs[1]], [wgs[0]])
    assert (lat[0], lon[0]) == pytest.approx(gcj, abs=1e-12)


def test_round_trips_within_a_millimetre_over_china() -> None:
    lon, lat = (grid.ravel() for grid in np.meshgrid(np.linspace(74, 134, 61), np.linspace(5, 53, 49)))
    gcj = wgs84_to_gcj02(lon, lat)
    for there, back in ((gcj, gcj02_to_wgs84(*gcj)), (gcj02_to_bd09(*gcj), to_wgs84("bd09", *gcj02_to_bd09(*gcj)))):
        assert np.abs(there[0] - lon).max() > 0.003
        np.testing.assert_allclose(back[0], lon, atol=1e-8)
        np.testing.assert_allclose(back[1], lat, atol=1e-8)
    np.testing.assert_allclose(bd09_to_gcj02(*gcj02_to_bd09(*gcj))[0], gcj[0], atol=1e-9)


def test_outside_china_nothing_moves() -> None:
    lon, lat = wgs84_to_gcj02([-76.6, np.nan], [39.3, np.nan])
    np.testing.assert_array_equal(lon, [-76.6, np.nan])
    np.testing.assert_array_equal(lat, [39.3, np.nan])
