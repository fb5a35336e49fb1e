"""Planted histories are named; whatever cannot be judged is named, too, and never NaN."""

import itertools

import numpy as np
import pytest
from scipy import sparse

from geo.errors import BadQuery
from geo.hotspots.emerging.because import tell_because
from geo.hotspots.emerging.find import NO_RESULT, Emerging, find_emerging
from geo.hotspots.emerging.mann_kendall import mann_kendall
from geo.hotspots.emerging.patterns import LABELS, label_patterns
from tests.geo.hotspots.cubes import flat_cube, in_a_row, named

N_STEPS, N_UNITS = 20, 240


NEAR = in_a_row(N_UNITS, 3)
STEPS = named(N_STEPS)
STREET = 9


def planted_cube() -> np.ndarray:
    """Poisson counts of mean 5; in seven streets of nine units more in some steps, in an eighth next to none."""
    counts = flat_cube(N_STEPS, N_UNITS, 5.0, 21)
    rng = np.random.default_rng(22)
    step = np.arange(N_STEPS)
    histories = {
        20: 5 + 55.0 * (step == 19),
        50: 5 + 14.0 * (step >= 15),
        80: np.full(N_STEPS, 19.0),
        110: 5 + 14.0 * np.isin(step, [2, 3, 8, 9, 18, 19]),
        140: 5 + 14.0 * (step < 18),
        170: 10 + 2.0 * step,
        200: 5 - 4.5 * (step >= 17),
    }
    for start, mean in histories.items():
        counts[:, start : start + STREET] = rng.poisson(np.repeat(mean[:, None], STREET, axis=1))
    return counts


@pytest.mark.parametrize("reference", ["expected", "permutation"])
def test_planted_histories_get_their_names(reference):
    counts = planted_cube()
    found = find_emerging(counts, np.ones(N_UNITS), NEAR, STEPS, reference=reference, seed=1)
    starts = (20, 50, 80, 110, 140, 170, 200)
    assert [found.label[start + STREET // 2] for start in starts] == [
        "new_hot",
        "consecutive_hot",
        "persistent_hot",
        "sporadic_hot",
        "historical_hot",
        "intensifying_hot",
        "consecutive_cold",
    ]
    planted = np.zeros(N_UNITS, dtype=bool)
    for start in starts:
        planted[start - 3 : start + STREET + 3] = True
    assert (found.label[~planted] == "none").mean() > 0.95
    assert set(found.label) <= set(LABELS)
    assert (found.reason == "").all()


def test_labels_follow_from_the_signs_and_the_trend_that_are_given_back():
    found = find_emerging(planted_cube(), np.ones(N_UNITS), NEAR, STEPS)
    trend = mann_kendall(found.z)
    assert found.trend.p.tolist() == trend.p.tolist()
    assert found.label.tolist() == label_patterns(found.signs, trend.direction(0.05)).tolist()


def test_a_busy_month_is_hot_in_most_places_unless_each_step_stands_alone():
    counts = flat_cube(20, 100, 6.0, 23)
    counts[7] *= 4
    everywhere, alone = (
        find_emerging(counts, np.ones(100), in_a_row(100, 3), named(20), window=window) for window in ("cube", "step")
    )
    assert (everywhere.signs[7] == 1).mean() > 0.7
    assert (alone.signs == 0).mean() > 0.99


def test_exposure_not_size_decides():
    """A unit with ten times the residents and ten times the cases is as expected."""
    exposure = np.where(np.arange(80) % 8 == 3, 1000.0, 100.0)
    counts = np.random.default_rng(24).poisson(exposure / 25, (14, 80))
    found = find_emerging(counts, exposure, in_a_row(80, 3), named(14))
    assert set(found.label) == {"none"}


def test_units_without_exposure_take_no_part():
    counts, exposure = planted_cube(), np.ones(N_UNITS)
    exposure[[0, 7]] = 0.0, np.nan
    found = find_emerging(counts, exposure, NEAR, STEPS, seed=2)
    assert (found.label[[0, 7]].tolist(), found.reason[[0, 7]].tolist()) == (["", ""], ["no_exposure"] * 2)
    counts[:, [0, 7]] = 900
    other = find_emerging(counts, exposure, NEAR, STEPS, seed=2)
    kept = np.delete(np.arange(N_UNITS), [0, 7])
    assert other.z[:, kept].tolist() == found.z[:, kept].tolist()
    assert other.label.tolist() == found.label.tolist()


def reasons(counts: np.ndarray, exposure: list[float], neighbours: sparse.csr_array) -> list[str]:
    found = find_emerging(counts, np.array(exposure), neighbours, named(len(counts)))
    told = tell_because(found)
    for unit, reason in enumerate(found.reason):
        assert (found.label[unit] == "") == (reason != "")
        assert reason == "" or NO_RESULT[reason].en in told[unit].en
        assert "nan" not in told[unit].en.lower()
    assert not found.signs[:, found.label == ""].any()
    return found.reason.tolist()


def test_no_result_is_named():
    zeros = np.zeros((12, 4), dtype=np.int64)
    some = flat_cube(12, 4, 3.0, 25)
    assert reasons(zeros, [1, 1, 1, 1], in_a_row(4)) == ["no_incidents"] * 4
    assert reasons(zeros[:0], [1, 1, 1, 1], in_a_row(4)) == ["no_steps"] * 4
    assert reasons(some[:, :1], [1], sparse.csr_array((1, 1))) == ["one_unit"]
    assert reasons(some, [0, 0, 5, 0], in_a_row(4)) == ["no_exposure", "no_exposure", "one_unit", "no_exposure"]
    assert reasons(some, [1, 1, 1, 1], sparse.csr_array((4, 4))) == ["no_neighbours"] * 4
    assert reasons(some, [1, 1, 0, 1], in_a_row(4)) == ["", "", "no_exposure", "no_neighbours"]
    assert reasons(np.full((12, 4), 3), [1, 1, 1, 1], in_a_row(4)) == ["no_variation"] * 4
    assert reasons(np.array([[3, 5], [2, 9]]), [1, 1], in_a_row(2)) == ["whole_cube"] * 2
    assert reasons(zeros[:, :0], [], sparse.csr_array((0, 0))) == []


def test_bad_input_is_refused():
    good = flat_cube(12, 4, 3.0, 26)
    for counts, exposure, near, steps in (
        (good - 9, np.ones(4), in_a_row(4), 12),
        (np.where(good == good[0, 0], np.nan, good), np.ones(4), in_a_row(4), 12),
        (good, -np.ones(4), in_a_row(4), 12),
        (good, np.ones(5), in_a_row(4), 12),
        (good, np.ones(4), in_a_row(5), 12),
        (good, np.ones(4), in_a_row(4), 11),
    ):
        with pytest.raises(BadQuery):
            find_emerging(counts, exposure, near, named(steps))


@pytest.mark.parametrize("n_incidents", [600, 9_000])
def test_null_worlds_rarely_show_anything(n_incidents):
    """400 worlds of multinomial incidents, exposure as weights, very unequal units, a third or five incidents a bin."""
    rng = np.random.default_rng(27)
    exposure = rng.lognormal(0, 1.5, 150)
    weights, near = np.tile(exposure / exposure.sum() / 12, 12), in_a_row(150, 3)
    n_shown = 0
    for _ in range(400):
        counts = rng.multinomial(n_incidents, weights).reshape(12, 150)
        n_shown += bool(find_emerging(counts, exposure, near, named(12)).signs.any())
    print(f"{n_incidents} incidents: {n_shown} of 400 worlds show a hot or cold bin")
    assert n_shown < 40


def test_every_label_has_its_sentence():
    """All histories of four steps: the sentence counts as the signs do and says whether the last step is in."""
    signs = np.array(list(itertools.product((-1, 0, 1), repeat=4)), dtype=np.int8).T
    trend = mann_kendall(signs.astype(float))
    label = label_patterns(signs, trend.direction(0.05))
    steps = ("2026-01", "2026-02", "2026-03", "2026-04")
    found = Emerging(label, np.full(81, "", dtype=object), signs, signs.astype(float), trend, steps)
    for unit, words in enumerate(tell_because(found)):
        n_hot, n_cold = int((signs[:, unit] == 1).sum()), int((signs[:, unit] == -1).sum())
        assert (f"hot in {n_hot}" in words.en) == (n_hot > 0)
        assert (f"cold in {n_cold}" in words.en) == (n_cold > 0)
        assert (f"{n_hot} 个月为热点" in words.zh) == (n_hot > 0)
        assert (f"{n_cold} 个月为冷点" in words.zh) == (n_cold > 0)
        is_last = signs[-1, unit] != 0
        assert ("last in" in words.en) == (not is_last and n_hot + n_cold > 0)
        assert ("最近一月" in words.zh) == is_last
