from pathlib import Path

import pytest

from webmap.pace import Pace


def test_the_first_answer_of_a_snapshot_is_expected_to_take_as_long_as_the_first_before(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "pace.json")
    for seconds in (20.0, 1.0):
        pace.note("/api/headline", seconds, "a")
    assert pace.expected("/api/headline", "a") == pytest.approx(20.0 + 0.3 * (1.0 - 20.0))  # later ones count 0.3
    assert pace.expected("/api/headline", "b") == 20.0
    again = Pace(tmp_path / "pace.json")
    assert (again.expected("/api/headline", "a"), again.expected("/api/kde", "a")) == (20.0, None)


def test_a_first_answer_that_was_warmed_up_hardly_shortens_what_is_expected(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "pace.json")
    pace.note("/api/headline", 20.0, "a")
    pace.note("/api/headline", 0.1, "b")
    assert pace.expected("/api/headline", "c") == 16.0  # four fifths


def test_short_ones_leave_no_file(tmp_path: Path) -> None:
    Pace(tmp_path / "pace.json").note("/api/units", 0.2, "a")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "[]", '{"/api/kde": null}', "\x00"])
def test_a_spoilt_file_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pace.json").write_text(text, encoding="utf-8")
    assert Pace(tmp_path / "pace.json").expected("/api/kde", "a") is None


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "gone" / "pace.json")
    pace.note("/api/kde", 5.0, "a")
    assert pace.expected("/api/kde", "a") == 5.0
