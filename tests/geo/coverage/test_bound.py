"""The proven bound of a view, against views tried by the thousand and measured by GEOS."""

import numpy as np
import pytest
import shapely

from geo.coverage.bound import most_in_view_m


def sector(x: float, y: float, azimuth_deg: float, reach_m: float, sweep_deg: float) -> shapely.Polygon:
    arc = np.radians(azimuth_deg + np.linspace(-sweep_deg / 2, sweep_deg / 2, 60))
    return shapely.Polygon([(x, y), *zip(x + reach_m * np.sin(arc), y + reach_m * np.cos(arc), strict=True)])


@pytest.mark.parametrize("seed", range(2))
def test_no_view_that_is_tried_holds_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = rng.uniform(0, 300, (30, 2))
    segments = np.hstack([starts, starts + rng.normal(0, 40, (30, 2))])
    reach_m, sweep_deg = rng.uniform(30, 100), rng.uniform(20, 150)
    bound_m = most_in_view_m(segments, reach_m, sweep_deg)
    lines = shapely.union_all(shapely.linestrings(segments.reshape(-1, 2, 2)))
    places = rng.uniform(-reach_m, 300 + reach_m, (500, 2))
    azimuths = rng.uniform(0, 360, len(places))
    views = [sector(x, y, azimuth, reach_m, sweep_deg) for (x, y), azimuth in zip(places, azimuths, strict=True)]
    tried_m = shapely.length(shapely.intersection(views, lines)).max()
    assert tried_m <= bound_m < shapely.length(lines)


def test_two_streets_that_cross_within_reach() -> None:
    """From the corner of two streets, back to the rim: 60 degrees hold 50 m of one, and less than 50 m of both."""
    cross = np.array([[-60.0, 0, 60, 0], [0, -60, 0, 60]])
    assert most_in_view_m(cross[:1], 50, 60) == pytest.approx(50, rel=0.051)
    # The circle round a sector of 90 degrees has the radius 50 / sqrt 2; a corner at its apex sees 50 m both ways.
    assert 100 <= most_in_view_m(cross, 50, 90.01) <= 100 * 1.4


def test_nothing_is_bounded_by_nothing() -> None:
    assert most_in_view_m(np.zeros((0, 4)), 50, 60) == 0
