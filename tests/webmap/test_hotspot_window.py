"""The months that the hotspots desk slides through, and its brackets, run by Node.js: worked out on paper."""

from typing import Any

import pytest

from tests.webmap.test_crossfilter import NODE, run_js

pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js on this machine")

MONTHS = [f"{2024 + (10 + n) // 12}-{(10 + n) % 12 + 1:02d}" for n in range(24)]
CALL = """
const room = await import(`${SRC}/hotspots/${data.file}.js`);
console.log(JSON.stringify(data.calls.map(([name, ...given]) => room[name](...given))));
"""


def call(file: str, *calls: list[Any]) -> list[Any]:
    found: list[Any] = run_js(CALL, {"file": file, "calls": list(calls)})
    return found


def test_a_window_is_a_year_or_the_months_chosen() -> None:
    year, quarter = "2025-11-01/2026-10-31", "2026-02-01/2026-04-30"
    found = call(
        "window",
        ["windowOf", None, MONTHS],
        ["windowOf", year, MONTHS],
        ["windowOf", "2026-02-02/2026-04-30", MONTHS],
        ["windowOf", "2020-01-01/2020-12-31", MONTHS],
        ["windowOf", None, []],
        ["widthOf", None, MONTHS],
        ["widthOf", quarter, MONTHS],
        ["widthOf", None, MONTHS[:12]],
        ["lastMonths", 3, MONTHS],
        ["lastMonths", 25, MONTHS],
    )
    assert MONTHS[0] == "2024-11"
    assert MONTHS[-1] == "2026-10"
    assert found == [[0, 23], [12, 23], [16, 17], None, None, 12, 3, 6, "2026-08-01/2026-10-31", None]


def test_it_moves_month_by_month_and_stops_at_either_end() -> None:
    first, second, last = "2024-11-01/2025-10-31", "2024-12-01/2025-11-30", "2025-11-01/2026-10-31"
    found = call(
        "window",
        ["moved", 1, first, MONTHS],
        ["moved", -1, first, MONTHS],
        ["moved", 1, last, MONTHS],
        ["moved", -1, None, MONTHS],
        ["moved", 1, "2026-01-01/2026-02-28", MONTHS],
        ["playFrom", None, MONTHS],
        ["playFrom", last, MONTHS],
        ["playFrom", first, MONTHS],
        ["endingAt", 3, last, MONTHS],
        ["endingAt", 12, None, MONTHS],
    )
    assert found == [
        second,
        None,
        None,
        "2025-10-01/2026-09-30",
        "2026-02-01/2026-03-31",
        first,
        first,
        second,
        None,
        second,
    ]


def test_brackets_that_share_a_row_stand_side_by_side() -> None:
    lanes, alone = call("parts", ["lanesOf", [[0, 1], [1, 3], [2, 3], [4, 5]]], ["lanesOf", []])
    assert lanes == [0, 1, 0, 0]
    assert alone == []
