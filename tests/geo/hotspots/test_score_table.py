"""Rows of the table scores against their months, and the words that go with them."""

import numpy as np
import pytest

from geo.hotspots.analysis import Analysis, analyse
from geo.hotspots.cube import Cube
from geo.hotspots.score import score_flags
from geo.hotspots.score_table import METHODS, find_hot, measure_scores
from geo.rules import Rules
from geo.schema import RESULTS
from tests.geo.hotspots.cubes import flat_cube, in_a_row, named

N = 120
NEAR = in_a_row(N, 2)


def hot_street(seed: int, n_months: int = 16) -> np.ndarray:
    counts = flat_cube(n_months, N, 8.0, seed)
    counts[:, 40:46] = np.random.default_rng(seed).poisson(30, (n_months, 6))
    return counts


def test_hot_units_are_those_of_the_map():
    rng = np.random.default_rng(51)
    for seed in range(6):
        exposure = rng.lognormal(0, 1, N)
        exposure[::17] = 0.0
        near = NEAR.copy().tolil()
        near[:, 5], near[5, :] = 0, 0
        count = rng.poisson(np.where(np.arange(N) // 6 == seed + 3, 4.0, 1.0) * 900 * exposure / exposure.sum())
        found = analyse(count.astype(float), exposure, near.tocsr(), Analysis(n_permutations=9))["found"]
        hot = find_hot(count.astype(float), exposure, near.tocsr(), 0.1)
        assert hot.tolist() == found.isin(["hot99", "hot95", "hot90"]).tolist()
        assert hot.any()


def test_each_month_is_scored_by_the_map_before_it():
    counts, area = hot_street(52), np.random.default_rng(53).uniform(0.5, 2, N)
    rules = Rules(score_origins=4, score_window_months=5)
    table = measure_scores(Cube(counts, named(16)), np.ones(N), area, NEAR, rules)
    assert (*table.columns,) == tuple(
        name for name in RESULTS["scores"].names() if name not in ("level", "code", "name")
    )
    assert table["period"].unique().tolist() == ["all", "s12", "s13", "s14", "s15"]
    assert table["method"].tolist() == list(METHODS) * 5
    before = counts[8:13].sum(axis=0).astype(float)
    flags = find_hot(before, np.ones(N), NEAR, 0.1).astype(float)
    wanted = score_flags(flags, before, counts[13].astype(float), area)
    row = table[(table["period"] == "s13") & (table["method"] == "gi_star")].iloc[0]
    assert (row["n_flagged"], row["n_later"], row["n_hit"]) == (wanted.n_flagged, wanted.n_later, wanted.n_hit)
    assert [row[name] for name in ("area_share", "hit_share", "pai", "pei", "rri")] == pytest.approx(
        [wanted.area_share, wanted.hit_share, wanted.pai, wanted.pei, wanted.rri]
    )


def test_the_first_rows_are_means_of_the_months():
    table = measure_scores(Cube(hot_street(54), named(16)), np.ones(N), np.ones(N), NEAR, Rules())
    for method in METHODS:
        own = table[table["method"] == method]
        mean, single = own[own["period"] == "all"].iloc[0], own[own["period"] != "all"]
        assert mean["n_origins"] == len(single) == 6
        for name in ("n_flagged", "area_share", "hit_share", "pai", "pei", "rri"):
            assert mean[name] == pytest.approx(single[name].mean()), name
        assert (mean["n_later"], mean["n_hit"]) == (single["n_later"].sum(), pytest.approx(single["n_hit"].sum()))


def test_words_tell_who_wins():
    """One unit of ten takes nearly all incidents, by turns in a small and in a large area."""
    for area, word in ((np.where(np.arange(N) // 6 == 7, 1.0, 9.0), "beats"), (np.ones(N), "does not beat")):
        counts = hot_street(55)
        counts[:, 90:96] = 70 * (word != "beats")
        exposure = np.where((np.arange(N) >= 90) & (np.arange(N) < 96), 30.0, 1.0)
        table = measure_scores(Cube(counts, named(16)), exposure, area, NEAR, Rules()).iloc[:3].set_index("method")
        gi, plain = table.loc["gi_star"], table.loc["counts"]
        assert bool(gi["beats_counts"]) == (gi["pai"] > plain["pai"] + 1e-9)
        told = f"{'beats' if gi['beats_counts'] else 'does not beat'} plain counts: PAI {gi['pai']:.2f} against"
        assert gi["verdict_en"].startswith(told)
        assert gi["verdict_zh"].startswith("优于按件数排" if gi["beats_counts"] else "不优于按件数排")
        assert plain[["beats_counts"]].isna().all()


def test_no_flags_no_later_incidents_and_no_months_are_said():
    flat = np.full((8, N), 7)
    table = measure_scores(Cube(flat, named(8)), np.ones(N), np.ones(N), NEAR, Rules())
    assert set(table["verdict_en"]) == {"no score: no unit was flagged"}
    assert table[["hit_share", "pai", "pei", "rri"]].isna().all(axis=None)
    assert table["n_origins"].tolist() == [0] * len(table)
    empty = hot_street(56)
    empty[-6:] = 0
    table = measure_scores(Cube(empty, named(16)), np.ones(N), np.ones(N), NEAR, Rules())
    assert set(table["verdict_zh"]) == {"无评分：其后没有事件"}
    for n_months in (0, 1):
        table = measure_scores(Cube(flat[:n_months], named(n_months)), np.ones(N), np.ones(N), NEAR, Rules())
        assert table["verdict_en"].tolist() == ["no score: there are no two whole months"] * 3


def test_no_exposure_flags_nothing():
    assert not find_hot(np.ones(4), np.zeros(4), in_a_row(4), 0.1).any()
