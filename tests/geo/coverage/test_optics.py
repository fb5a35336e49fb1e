"""Check values of DOMAIN section 3."""

import pytest

from geo.coverage.optics import far_edge_m, hfov_from_focal_deg, near_edge_m, range_m, vfov_deg


@pytest.mark.parametrize(
    ("h_px", "hfov", "px_per_m", "metres"),
    [
        (1920, 90, 25, 38.40),
        (1920, 90, 62.5, 15.36),
        (1920, 90, 125, 7.68),
        (1920, 90, 250, 3.84),
        (1920, 60, 25, 66.51),
        (3840, 90, 25, 76.80),
        (1920, 360, 25, 12.22),
    ],
)
def test_range(h_px, hfov, px_per_m, metres):
    assert range_m(h_px, hfov, px_per_m).item() == pytest.approx(metres, abs=0.005)


def test_lens_and_edges():
    assert hfov_from_focal_deg(4.8, 2.8).item() == pytest.approx(81.20, abs=0.005)
    assert near_edge_m(5, 20, 50).item() == pytest.approx(5.00, abs=0.005)
    vfov = vfov_deg(85, 1080 / 1920)
    assert vfov.item() == pytest.approx(54.54, abs=0.005)
    assert near_edge_m(5, 40, vfov).item() == pytest.approx(2.09, abs=0.005)
    assert far_edge_m(5, 40, vfov).item() == pytest.approx(22.13, abs=0.005)


def test_rays_that_do_not_go_down_never_meet_the_ground():
    assert far_edge_m(5, 20, 40).item() == float("inf")
    assert near_edge_m(5, -30, 20).item() == float("inf")
    assert near_edge_m(5, 80, 40).item() > 0
    assert vfov_deg(360, 1.0).item() == 180.0
