"""The pages' arithmetic of month ends and gaps, run by Node.js: every expectation is worked out on paper."""

from typing import Any

import pytest

from tests.webmap.test_crossfilter import NODE, run_js

pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js on this machine")

MONTHS = """
const { pointOf, changeOf, axisOf, ticksOf } = await import(`${SRC}/timeline/months.js`);
const points = data.records.map((record) => pointOf(record, "x"));
console.log(JSON.stringify({ points, near: changeOf(points[0], points[1]), far: changeOf(points[0], points[2]),
  none: changeOf(points[0], points[3]), axis: axisOf(points), ticks: [1, 2, 5, 24].map((n) => ticksOf(n)) }));
"""


def month(value: float | None, low: float | None, high: float | None, hidden: bool = False) -> dict[str, Any]:
    values = {"x": value, "x_low": low, "x_high": high}
    return {"month": "2026-01", "values": values, "hidden": ["x"] if hidden else []}


def test_points_and_changes_of_months() -> None:
    records = [month(0.5, 0.45, 0.6), month(0.62, 0.58, 0.7), month(0.75, 0.71, 0.8), month(0.1, 0, 0.2, hidden=True)]
    found = run_js(MONTHS, {"records": [*records, month(None, None, None)]})
    assert [point["state"] for point in found["points"]] == ["value"] * 3 + ["hidden", "missing"]
    assert "value" not in found["points"][3]
    assert round(found["near"]["points"], 6) == 12
    assert found["near"]["isWithin"]  # 60 % is above 58 %
    assert round(found["far"]["points"], 6) == 25
    assert not found["far"]["isWithin"]
    assert found["none"] is None
    assert found["axis"] == [40, 80]
    assert found["ticks"] == [[0], [0, 1], [0, 1, 2, 3, 4], [0, 5, 11, 17, 23]]


GAPS = """
const { GapRows, gapClass, binEdges } = await import(`${SRC}/gaps/rows.js`);
const rows = new GapRows(data.answer, [0, 1, 2, 3], { column: "road_unseen_m" });
const whole = [...rows.values];
rows.choose(["none", "offline"]);
const largest = rows.numbers.map((i) => rows.largestOf(i));
const classes = [249, 250, 999, 1000].map((m) => gapClass(m, [250, 500, 1000]));
const edges = [binEdges([250]).slice(0, 3), binEdges([1]).slice(0, 3)];
console.log(JSON.stringify({ numbers: rows.numbers, whole, part: rows.values, largest, classes, edges }));
"""


def test_gaps_by_chosen_reasons() -> None:
    """Unit 1 has no gap; unit 2 hides what it has."""
    parts = {name: [0, None, None, 0] for name in ("building", "terrain", "pixels", "doubt")}
    parts |= {"offline": [10, None, None, 0], "direction": [60, None, None, 5], "none": [30, None, None, 0]}
    columns = {"rank": [1, None, 2, 3], "road_unseen_m": [100, None, None, 5]}
    found = run_js(GAPS, {"answer": {"columns": columns, "reasons": parts, "hidden": {"road_unseen_m": [2]}}})
    assert found["numbers"] == [0, 2, 3]
    assert found["whole"] == [100, None, 5]
    assert found["part"] == [40, None, 0]
    assert found["largest"] == ["direction", None, "direction"]
    assert found["classes"] == [-1, 0, 1, 2]
    assert found["edges"] == [[0, 125, 250], [0, 1, 2]]
