"""Rows of the table scores against their months, and the words that go with them."""

import numpy as np
import pytest

from geo.hotspots.analysis import Analysis, analyse
from geo.hotspots.emerging.find import find_emerging
from geo.hotspots.score import Record, Score, fill_area, score_flags
from geo.hotspots.score_table import BASELINES, MEASURES, METHODS, find_hot, score_units, table_of_scores
from geo.rules import Rules
from geo.schema import RESULTS
from tests.geo.hotspots.cubes import flat_cube, in_a_row, named

N = 120
NEAR = in_a_row(N, 2)
AREA = np.random.default_rng(53).uniform(0.5, 2, N)


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


@pytest.mark.parametrize("method", ["gi_star", "moran", "emerging"])
def test_each_month_is_scored_by_the_map_before_it(method):
    """Month 13 of 16, with windows of five months: what the public functions of each map flag, and the baselines."""
    counts, rules = hot_street(52), Rules(score_origins=4, score_window_months=5)
    before, later = counts[8:13].sum(axis=0).astype(float), counts[13].astype(float)
    if method == "gi_star":
        flags = analyse(before, np.ones(N), NEAR, Analysis(n_permutations=9))["found"].str.startswith("hot")
    elif method == "moran":
        flags = analyse(before, np.ones(N), NEAR, Analysis(statistic="moran", seed=1))["found"] == "HH"
    else:
        flags = find_emerging(counts[:13], np.ones(N), NEAR, named(13)).signs[-1] == 1
    flags = np.asarray(flags, dtype=float)
    assert flags[41:45].all()
    assert flags.sum() < 20
    records = score_units(counts, np.ones(N), AREA, NEAR, rules)
    assert list(records) == ["gi_star", "moran", "emerging"]
    record = records[method][1]
    assert record.own == score_flags(flags, before, later, AREA)
    for baseline, count in (("counts", before), ("last_month", counts[12].astype(float))):
        taken = fill_area(count / AREA, AREA, flags @ AREA)
        assert getattr(record, baseline) == score_flags(taken, before, later, AREA)


def test_rows_are_means_of_the_months_and_then_the_months():
    records = score_units(hot_street(54), np.ones(N), AREA, NEAR, Rules())
    table = table_of_scores(records, named(16)[10:])
    assert (*table.columns,) == tuple(
        name for name in RESULTS["scores"].names() if name not in ("level", "code", "name")
    )
    assert table["period"].unique().tolist() == ["all", *named(16)[10:]]
    assert table["method"].tolist() == list(METHODS[:3]) * 7
    starts = ("", *(f"{name}_" for name in BASELINES))
    for method, its in records.items():
        own = table[table["method"] == method]
        mean, single = own[own["period"] == "all"].iloc[0], own[own["period"] != "all"]
        assert mean["n_origins"] == len(single) == 6
        for name in ("n_flagged", "area_share", *(f"{start}{measure}" for start in starts for measure in MEASURES)):
            assert mean[name] == pytest.approx(single[name].mean()), name
        for name in ("n_later", *(f"{start}n_hit" for start in starts)):
            assert mean[name] == pytest.approx(single[name].sum()), name
        assert single["counts_pai"].tolist() == [record.counts.pai for record in its]
        assert single["last_month_rri"].tolist() == [record.last_month.rri for record in its]


def scored(pai: float) -> Score:
    return Score(3.0, 0.1, 100, 10 * pai, pai / 10, pai, 0.5, 1.0)


def test_words_tell_who_wins():
    """A mean of 3 against 2 wins though the second month alone does not; equal scores do not."""
    won = [Record(scored(own), scored(plain), scored(9)) for own, plain in ((5, 2), (1, 2))]
    even = [Record(scored(2), scored(2), scored(1))]
    table = table_of_scores({"gi_star": won}, ("2026-01", "2026-02"))
    assert table["beats_counts"].tolist() == [True, True, False]
    assert table["verdict_en"][0] == "beats plain counts: PAI 3.00 against 2.00 (mean of 2 months)"
    assert table["verdict_zh"].tolist()[::2] == [
        "优于按件数排：PAI 3.00 对 2.00（2 个月平均）",
        "不优于按件数排：PAI 1.00 对 2.00",
    ]
    assert table_of_scores({"moran": even}, ("2026-01",))["beats_counts"].tolist() == [False, False]


def test_no_flags_no_later_incidents_and_no_months_are_said():
    def table_of(counts: np.ndarray) -> tuple:
        records = score_units(counts, np.ones(N), np.ones(N), NEAR, Rules())
        return records, table_of_scores(records, named(len(counts))[len(counts) - len(records["moran"]) :])

    flat = np.full((8, N), 7)
    table = table_of(flat)[1]
    assert set(table["verdict_en"]) == {"no score: nothing was flagged"}
    assert table[["hit_share", "pai", "counts_pei", "last_month_rri"]].isna().all(axis=None)
    assert table["beats_counts"].isna().all()
    assert table["n_origins"].tolist() == [0] * len(table)
    empty = hot_street(56)
    empty[-6:] = 0
    assert "无评分：其后没有事件" in set(table_of(empty)[1]["verdict_zh"])
    for n_months in (0, 1):
        records, table = table_of(flat[:n_months])
        assert records == {"gi_star": [], "moran": [], "emerging": []}
        assert table["verdict_en"].tolist() == ["no score: there are no two whole months"] * 3


def test_no_exposure_flags_nothing():
    assert not find_hot(np.ones(4), np.zeros(4), in_a_row(4), 0.1).any()
