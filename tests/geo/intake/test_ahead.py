"""Large tables come from a second process; nothing else about them differs."""

from pathlib import Path

import pandas as pd
import pytest

from geo.errors import BadInput
from geo.intake import ahead, iter_clean, read_mapping
from geo.intake.ahead import second_process
from geo.rules import Rules
from tests.geo.intake.small_city import CAMERAS, HEAD, INCIDENTS, LEVEL, NOW, clean, write_units

ROWS = "id,x,y\na,109.705,28.305\nb,0,0\n"
REPORTS = "id,x,y,t\n1,109.705,28.305,2024-01-05 13:30:00\n2,109.715,28.305,1/2\n"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    write_units(tmp_path)
    (tmp_path / "cameras.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "incidents.csv").write_text(REPORTS, encoding="utf-8")
    return tmp_path


def test_a_second_process_gives_the_same_tables(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = clean(city, CAMERAS, INCIDENTS)
    monkeypatch.setattr(ahead, "WORTH_BYTES", 0)
    there = clean(city, CAMERAS, INCIDENTS)
    assert [table.source for table in there] == ["units", "cams", "inc"]
    for one, other in zip(here, there, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one.frame), pd.DataFrame(other.frame))
        pd.testing.assert_frame_equal(one.refused, other.refused)
        assert (one.n_read, one.notes, one.crs) == (other.n_read, other.notes, other.crs)


def test_an_error_there_is_raised_here(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTH_BYTES", 0)
    (city / "incidents.csv").write_text("id,x,y\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"incidents.csv has no column 't'") as raised:
        clean(city, CAMERAS, INCIDENTS)
    assert "缺少列" in raised.value.text("zh")


def test_the_process_ends_with_who_asked(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTH_BYTES", 0)
    with second_process([city / "cameras.csv"]) as process:
        assert process is not None
        assert process.poll() is None
    assert process.poll() is not None
    (city / "city.toml").write_text(HEAD + LEVEL + CAMERAS, encoding="utf-8")
    tables = iter_clean(read_mapping(city / "city.toml"), city, Rules(), now=NOW)
    next(tables)
    tables.close()


def test_a_process_whose_reader_is_gone_ends_quietly(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTH_BYTES", 0)
    with second_process([city / "cameras.csv"]) as process:
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=300) == 0
