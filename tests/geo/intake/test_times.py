"""Times that pandas would read and a mapping does not mean."""

import numpy as np
import pytest

from geo.intake.times import to_utc


@pytest.mark.parametrize("form", ["", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%z"])
@pytest.mark.parametrize("word", ["now", "today"])
def test_now_and_today_are_no_times_whatever_the_format(word: str, form: str) -> None:
    text = "2024-01-05 13:30:00+0000" if "%z" in form else "2024-01-05 13:30:00"
    found = to_utc(np.array([word, text, None], dtype=object), "UTC", form)
    assert found.bad.tolist()[:2] == [True, False]
    assert found.utc.isna().tolist() == [True, False, True]
    assert found.utc[1].isoformat() == "2024-01-05T13:30:00+00:00"
