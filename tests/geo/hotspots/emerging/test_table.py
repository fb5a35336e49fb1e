"""Rows follow from the labels; nothing is NaN that a page shows."""

import numpy as np
from scipy import sparse

from geo.hotspots.cube import Cube
from geo.hotspots.emerging.find import find_emerging
from geo.hotspots.emerging.stability import share_stable
from geo.hotspots.emerging.table import measure_emerging
from geo.rules import Rules
from geo.schema import RESULTS
from tests.geo.hotspots.cubes import flat_cube, in_a_row

RULES = Rules(stability_reruns=7, hotspot_seed=3)


def months(counts: np.ndarray) -> Cube:
    return Cube(counts, tuple(f"{2025 + month // 12}-{month % 12 + 1:02d}" for month in range(len(counts))))


def test_columns_are_those_declared_and_say_what_the_labels_say():
    counts = flat_cube(14, 90, 6.0, 41)
    counts[4:13, 30:36] = np.random.default_rng(42).poisson(30, (9, 6))
    exposure = np.ones(90)
    exposure[70] = 0.0
    near = in_a_row(90, 2)
    table = measure_emerging(months(counts), exposure, near, RULES)
    assert (*table.columns,) == tuple(
        name for name in RESULTS["emerging"].names() if name not in ("level", "code", "name")
    )
    found = find_emerging(counts, exposure, near, months(counts).steps)
    assert table["label"].tolist() == found.label.tolist()
    assert table["n_hot"][33] == (found.signs[:, 33] > 0).sum() >= 8
    assert (table["first_hot"][33], table["last_hot"][33]) == ("2025-05", months(counts).steps[table_last(found, 33)])
    share = share_stable(found.label, counts, exposure, near, n_reruns=7, seed=3)
    assert table["stability_share"].fillna(-1).tolist() == np.nan_to_num(share, nan=-1).tolist()
    lost = table.loc[70]
    assert (lost["label"], lost["warning"]) == ("", "no_exposure")
    assert table.loc[[70], ["n_hot", "n_cold", "mk_z", "mk_p", "stability_share", "first_hot"]].isna().all(axis=None)
    shown = table.drop(index=70)
    assert shown[["n_hot", "n_cold", "n_steps", "mk_z", "mk_p", "stability_share"]].notna().all(axis=None)
    assert (shown["warning"] == "").all()
    assert not table["because_en"].str.contains("nan").any()


def table_last(found, unit: int) -> int:
    return int(np.flatnonzero(found.signs[:, unit] > 0)[-1])


def test_fewer_than_ten_months_are_warned_of():
    counts = flat_cube(9, 30, 6.0, 43)
    table = measure_emerging(months(counts), np.ones(30), in_a_row(30), RULES)
    assert set(table["warning"]) == {"few_steps"}
    assert table["because_zh"].str.endswith("不足 10 个月，谨慎解读").all()
    assert set(measure_emerging(months(flat_cube(10, 30, 6.0, 43)), np.ones(30), in_a_row(30), RULES)["warning"]) == {
        ""
    }


def test_no_months_and_no_units():
    table = measure_emerging(months(np.zeros((0, 4), dtype=int)), np.ones(4), in_a_row(4), RULES)
    assert (set(table["label"]), set(table["warning"])) == ({""}, {"no_steps"})
    assert len(measure_emerging(months(np.zeros((0, 0), dtype=int)), np.ones(0), sparse.csr_array((0, 0)), RULES)) == 0
