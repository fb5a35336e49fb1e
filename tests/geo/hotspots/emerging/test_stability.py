"""Labels that many incidents carry stand; those on an edge do not; the seed decides."""

import numpy as np

from geo.hotspots.emerging.find import find_emerging
from geo.hotspots.emerging.stability import share_stable
from tests.geo.hotspots.cubes import flat_cube, in_a_row, named


def test_strong_labels_stand_and_weak_ones_fall():
    counts = flat_cube(15, 120, 4.0, 31)
    counts[:, 20:25] = 30
    counts[14, 60:63] += 4
    near, exposure = in_a_row(120), np.ones(120)
    found = find_emerging(counts, exposure, near, named(15))
    share = share_stable(found.label, counts, exposure, near, seed=1)
    quiet = (found.label == "none") & (np.abs(np.arange(120) - 22) > 10) & (np.abs(np.arange(120) - 61) > 10)
    assert share[quiet].mean() > 0.97
    wrong = np.full(120, "historical_cold", dtype=object)
    assert share_stable(wrong, counts, exposure, near, n_reruns=5, seed=1).max() == 0.0


def test_shares_are_counted_run_by_run():
    """Five re-runs made by hand from the seeds that the docstring names."""
    counts = flat_cube(11, 60, 2.0, 32)
    counts[:, 30:33] += 5
    near, exposure = in_a_row(60), np.ones(60)
    label = find_emerging(counts, exposure, near, named(11)).label
    same = np.zeros(60)
    for run in range(5):
        kept = np.random.default_rng([7, run]).binomial(counts, 0.95)
        same += find_emerging(kept, exposure, near, named(11)).label == label
    assert share_stable(label, counts, exposure, near, n_reruns=5, seed=7).tolist() == (same / 5).tolist()


def test_units_without_a_label_have_no_share():
    counts = flat_cube(11, 20, 2.0, 33)
    exposure = np.ones(20)
    exposure[4] = 0.0
    label = find_emerging(counts, exposure, in_a_row(20), named(11)).label
    share = share_stable(label, counts, exposure, in_a_row(20), n_reruns=3)
    assert np.isnan(share).tolist() == [unit == 4 for unit in range(20)]
