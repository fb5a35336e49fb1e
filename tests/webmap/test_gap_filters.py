"""The gaps desk's filters and comparison against pandas: the same modules that the bundle holds, run by Node.js."""

import numpy as np
import pandas as pd
import pytest

from tests.webmap.test_crossfilter import NODE, run_js

pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js on this machine")

N_GAPS, MONTHS = 30, [f"2025-{month:02d}" for month in range(1, 13)]
REASONS = ["offline", "building", "terrain", "direction", "pixels", "doubt", "none"]

SCRIPT = """
globalThis.window = { matchMedia: () => ({ matches: false }), location: { search: "", hash: "" } };
const { GapRows } = await import(`${SRC}/gaps/rows.js`);
const { GapFilters } = await import(`${SRC}/gaps/filters.js`);
const { GapIncidents } = await import(`${SRC}/gaps/incidents.js`);
const { gapFigure } = await import(`${SRC}/gaps/figures.js`);
const rows = new GapRows(data.answer, data.answer.columns.road_unseen_m.map((_, i) => i), gapFigure("roads"));
const filters = new GapFilters(rows, (row) => `gap ${rows.numbers[row]}`);
const incidents = new GapIncidents(data.incidents);
filters.bind(incidents);
const state = { get: (key) => data.state[key] ?? null };
rows.choose(data.state.reason ?? null);
filters.apply(state, { filter: null, classOf: () => 0, onOthers: () => {} });
const kept = rows.numbers.filter((_, row) => filters.keeps(row));
const list = ({ under, kept }) => [[...under], [...kept]];
const found = { kept, counts: filters.counts && [...filters.counts], months: list(incidents.by("months", "month", 12)),
  hours: list(incidents.by("hours", "hour", 168)), category: list(incidents.by("category", "category", 3)) };
process.stdout.write(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def incidents() -> pd.DataFrame:
    random = np.random.default_rng(9)
    n = 900
    return pd.DataFrame(
        {
            "unit": np.sort(random.integers(0, N_GAPS, n)),
            "month": random.integers(0, 12, n),
            "hour": random.integers(-1, 168, n),
            "category": random.integers(-1, 3, n),
            "channel": -1,
        }
    )


@pytest.fixture(scope="module")
def parts() -> pd.DataFrame:
    random = np.random.default_rng(3)
    return pd.DataFrame(random.exponential(40, (N_GAPS, 7)).round(1), columns=REASONS)


def ask(incidents: pd.DataFrame, parts: pd.DataFrame, **state: object) -> dict[str, list[list[float]]]:
    columns = {
        "road_unseen_m": parts.sum(axis=1).tolist(),
        "n_incidents_unseen": incidents.groupby("unit").size().tolist(),
    }
    answer = {"columns": columns, "reasons": {name: parts[name].tolist() for name in REASONS}, "hidden": {}}
    words = {"category": ["a", "b", "c"], "channel": []}
    told = {"months": MONTHS, "words": words, "columns": {name: incidents[name].tolist() for name in incidents}}
    found: dict[str, list[list[float]]] = run_js(SCRIPT, {"answer": answer, "incidents": told, "state": state})
    return found


def test_each_filter_shows_its_distribution_under_all_the_others(incidents: pd.DataFrame, parts: pd.DataFrame) -> None:
    """May to August, Mondays to Fridays from 8 to 17 h, category b, unseen road of 60 m and more for three reasons."""
    state = {
        "period": "2025-05-01/2025-08-31",
        "hours": "1-5@8-17",
        "cat": ["b"],
        "reason": ["none", "offline", "pixels"],
        "length": [60, None],
    }
    found = ask(incidents, parts, **state)
    chosen = parts[["none", "offline", "pixels"]].sum(axis=1)
    gap = incidents["unit"].map(chosen >= 60)
    month = incidents["month"].between(4, 7)
    hour = (incidents["hour"] >= 0) & (incidents["hour"] // 24 < 5) & (incidents["hour"] % 24).between(8, 17)
    word = incidents["category"] == 1
    kept = incidents[gap & month & hour & word]
    assert found["kept"] == sorted(kept["unit"].unique().tolist())
    counts = incidents[month & hour & word].groupby("unit").size().reindex(range(N_GAPS), fill_value=0)
    assert found["counts"] == counts.tolist()

    def bins(rows: pd.DataFrame, name: str, n: int) -> list[int]:
        return rows[name].value_counts().reindex(range(n), fill_value=0).tolist()

    assert found["months"] == [bins(incidents[gap & hour & word], "month", 12), bins(kept, "month", 12)]
    assert found["hours"] == [bins(incidents[gap & month & word], "hour", 168), bins(kept, "hour", 168)]
    assert found["category"] == [bins(incidents[gap & month & hour], "category", 3), bins(kept, "category", 3)]


def test_headings_filter_by_spans_and_names(incidents: pd.DataFrame, parts: pd.DataFrame) -> None:
    n = incidents.groupby("unit").size()
    found = ask(incidents, parts, where={"incidents": [28, 33], "name": "GAP 2"})
    wanted = [unit for unit in range(N_GAPS) if 28 <= n[unit] < 33 and str(unit).startswith("2")]
    assert found["kept"] == wanted
    assert wanted
    assert found["counts"] is None
    largest = parts.idxmax(axis=1)
    assert (
        ask(incidents, parts, where={"largest": ["none", "doubt"]})["kept"]
        == largest.index[largest.isin(["none", "doubt"])].tolist()
    )


COMPARED = """
const { classOf, stepOf, WITHIN } = await import(`${SRC}/gaps/compare/classes.js`);
const { left, right } = data;
const step = stepOf(left.value.map((a, i) => right.value[i] - a), "roads");
process.stdout.write(JSON.stringify({ step, classes: left.value.map((_, i) => classOf({ left, right }, i, step)) }));
"""


def test_differences_fall_into_seven_classes_round_zero_or_within_the_interval() -> None:
    """Of the changes 0, 30, -40, -1, 90, -5, none and -19 m one is 80 m and more: 20 m, the least step, will do."""
    right = {
        "value": [100, 130, 60, 100, 190, 100, None, 81],
        "low": [95, 130, 60, 100, 180, 90, None, 81],
        "high": [105, 130, 60, 100, 200, 110, None, 81],
    }
    left = {
        "value": [100, 100, 100, 101, 100, 105, 1, 100],
        "low": [90, 100, 100, 101, 100, 100, 1, 100],
        "high": [110, 100, 100, 101, 100, 110, 1, 100],
    }
    found = run_js(COMPARED, {"left": left, "right": right})
    assert found["step"] == 20
    assert found["classes"][6] is None
    assert found["classes"][0] == found["classes"][5] == "within"
    assert found["classes"][1:5] == [4, 1, 3, 6]
