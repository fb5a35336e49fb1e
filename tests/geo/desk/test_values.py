from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from geo.desk.values import to_instant, to_list
from geo.hotspots.kde import find_breaks
from geo.schema import RESULTS
from geo.schema.column import col


@pytest.mark.parametrize(
    ("dtype", "cells", "expected"),
    [
        ("int", pd.array([1, None, 3], "Int64"), [1, None, 3]),
        ("int", np.array([1.0, np.nan, 3.0]), [1, None, 3]),
        ("float", [0.123456, np.inf, None], [0.1235, None, None]),
        ("bool", pd.array([True, None, False], "boolean"), [True, None, False]),
        ("text", ["a", None, np.nan], ["a", None, None]),
        ("time", pd.to_datetime(["2026-01-02T03:04:05Z", None]), ["2026-01-02T03:04:05Z", None]),
    ],
)
def test_cells_become_json_values(dtype: str, cells: object, expected: list[object]) -> None:
    assert to_list(cells, col("x", dtype, "", ("x", "x"), ("x", "x"))) == expected


def test_square_metres_have_one_decimal() -> None:
    assert to_list([1234.5678], RESULTS["coverage"].column("area_m2")) == [1234.6]


def test_an_instant_is_utc() -> None:
    assert to_instant(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("highest", [0.013, 0.999, 1.0, 6.0, 7.3, 88.0, 12345.0])
def test_the_highest_value_is_in_the_last_class(highest: float) -> None:
    breaks = find_breaks(highest)
    assert len(breaks) == 6
    assert breaks[-1] <= highest < 2 * breaks[-1]
    assert all(float(f"{value:.2g}") == value for value in breaks)
