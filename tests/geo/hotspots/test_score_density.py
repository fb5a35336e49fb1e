"""The record of the density map against a count of the points that fall in the area it colours."""

import numpy as np
import pytest
from shapely import box

from geo.hotspots import kde
from geo.hotspots.score_density import score_density
from geo.rules import Rules

GROUND = kde.lay_ground([box(0, 0, 6000, 4000)], "gaussian", 400.0)


def two_places(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and month 0..3 of incidents about two corners, and a few anywhere."""
    rng = np.random.default_rng(seed)
    of = rng.integers(0, 3, n)
    x_m = np.select([of == 0, of == 1], [rng.normal(1500, 200, n), rng.normal(4500, 150, n)], rng.uniform(0, 6000, n))
    y_m = np.select([of == 0, of == 1], [rng.normal(1000, 200, n), rng.normal(3000, 150, n)], rng.uniform(0, 4000, n))
    return np.clip(x_m, 1, 5999), np.clip(y_m, 1, 3999), rng.integers(0, 4, n)


def test_hits_are_the_points_in_the_coloured_cells():
    """Three months' density worked out point by point, without FFT; coloured are cells of some sixth of the highest."""
    x_m, y_m, month = two_places(1)
    cells, _, mass = GROUND
    (record,) = score_density(x_m, y_m, month, 4, GROUND, "gaussian", 400.0, Rules(score_origins=1))
    centre_x = cells.x_m + (np.arange(cells.shape[1]) + 0.5) * cells.cell_m
    centre_y = cells.y_m + (np.arange(cells.shape[0]) + 0.5) * cells.cell_m
    before = month < 3
    snapped_x, snapped_y = (np.floor(at[before] / cells.cell_m) * cells.cell_m + cells.cell_m / 2 for at in (x_m, y_m))
    squares = (centre_x[None, :, None] - snapped_x) ** 2 + (centre_y[:, None, None] - snapped_y) ** 2
    near = squares <= 1600.0**2
    density = (np.exp(-squares / 2 / 400.0**2) * near).sum(axis=2) / (2 * np.pi * 0.4**2) / mass
    coloured = density >= kde.find_breaks(float(density.max()))[0]
    column, row = (x_m // cells.cell_m).astype(int), (y_m // cells.cell_m).astype(int)
    hits = coloured[row, column] & (month == 3)
    assert 30 < hits.sum() < (month == 3).sum()
    assert record.own.n_hit == pytest.approx(hits.sum(), abs=1)
    assert record.own.n_later == (month == 3).sum()
    assert record.own.area_share == pytest.approx(coloured.mean(), rel=0.02)
    assert record.own.pai == pytest.approx(record.own.hit_share / record.own.area_share)
    assert np.isnan(record.own.n_flagged)


def test_baselines_take_the_busiest_cells_of_as_much_area():
    x_m, y_m, month = two_places(2)
    cells = GROUND[0]
    (record,) = score_density(x_m, y_m, month, 4, GROUND, "gaussian", 400.0, Rules(score_origins=1))
    assert record.counts.area_share == pytest.approx(record.own.area_share)
    n_cells = record.own.area_share * GROUND[1].sum()
    for baseline, before in (("counts", month < 3), ("last_month", month == 2)):
        count = cells.count(x_m[before], y_m[before]).ravel()
        later = cells.count(x_m[month == 3], y_m[month == 3]).ravel()
        # Cells of equal counts are taken by the same share: worked out count by count.
        hit, left = 0.0, n_cells
        for level in sorted(set(count), reverse=True):
            at = count == level
            share = min(1.0, left / at.sum())
            hit, left = hit + share * later[at].sum(), left - share * at.sum()
        assert getattr(record, baseline).n_hit == pytest.approx(hit)


def test_incidents_without_a_month_or_a_place_do_not_count():
    x_m, y_m, month = two_places(3)
    usual = score_density(x_m, y_m, month, 4, GROUND, "gaussian", 400.0, Rules())
    more = np.r_[x_m, np.nan, 1500.0, -900.0], np.r_[y_m, np.nan, 1000.0, 100.0], np.r_[month, 1, -1, 1]
    assert len(usual) == 3
    again = score_density(*more, 4, GROUND, "gaussian", 400.0, Rules())
    assert [record.own.pai for record in again] == [record.own.pai for record in usual]
    assert [record.counts.n_later for record in again] == [record.counts.n_later for record in usual]


def test_no_incidents_colour_nothing():
    none = np.zeros(0)
    (record,) = score_density(none, none, none.astype(int), 2, GROUND, "gaussian", 400.0, Rules())
    assert (record.own.n_later, record.own.area_share) == (0, 0.0)
    assert score_density(none, none, none.astype(int), 1, GROUND, "gaussian", 400.0, Rules()) == []
