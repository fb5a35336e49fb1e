"""Month-end values in files, over the small home (tests/geo/desk/small_home.py: its numbers are written there)."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import NotFound
from geo.snapshot.history import FOLDER, keep_month, kept_columns, list_months, month_of, read_month
from tests.geo.desk import small_home


def test_a_month_is_read_back_as_it_was(tmp_path: Path) -> None:
    snapshot = small_home.publish_home(tmp_path)
    assert keep_month(tmp_path, snapshot) == tmp_path / FOLDER / "2026-02.parquet"
    found = read_month(tmp_path, "2026-02")
    assert (found.month, found.number, found.px_per_m) == ("2026-02", snapshot.number, 25.0)
    assert found.as_of == datetime(2026, 2, 28, tzinfo=UTC)
    zones = found.level("zone")
    assert list(zones.index) == small_home.CODES
    assert zones["places_seen_share"].tolist() == [0.5, 0.25, 0.75, 0.0]
    assert found.level("all")["facade_m"].tolist() == [15.0]
    # 3 incidents are a small count, and 8 covers it; both shares are hidden, those of places never are.
    assert zones["incidents_seen_share_hidden"].tolist()[:2] == [True, True]
    assert not zones["places_seen_share_hidden"].any()
    assert set(kept_columns()) < set(found.frame.columns)


def test_the_last_publication_of_a_month_stays(tmp_path: Path) -> None:
    early = small_home.publish_home(tmp_path, "a" * 16, as_of=datetime(2026, 1, 31, 15, 59, tzinfo=UTC))
    later = small_home.publish_home(tmp_path, "b" * 16, as_of=datetime(2026, 1, 31, 16, 0, tzinfo=UTC))
    assert (month_of(early), month_of(later)) == ("2026-01", "2026-02")  # midnight in Shanghai
    again = small_home.publish_home(tmp_path, "c" * 16, as_of=datetime(2026, 2, 20, tzinfo=UTC))
    for snapshot in (early, later, again):
        keep_month(tmp_path, snapshot)
    assert list_months(tmp_path) == ["2026-01", "2026-02"]
    assert read_month(tmp_path, "2026-02").number == again.number
    assert not list((tmp_path / FOLDER).glob(".*"))


def test_a_home_without_cameras_keeps_nothing(tmp_path: Path) -> None:
    bare = small_home.publish_home(tmp_path, without=("cameras", "coverage", "gaps", "gap_reasons"))
    assert keep_month(tmp_path, bare) is None
    assert list_months(tmp_path) == []


def test_months_that_are_not_there_or_not_ours(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for name in ("2026-01", "2026-02"):
        file = tmp_path / FOLDER / f"{name}.parquet"
        pd.DataFrame({"code": ["a"]}).to_parquet(file) if name == "2026-01" else file.write_bytes(b"torn")
    for month in ("2025-12", "2026-01", "2026-02", "../CURRENT"):
        with pytest.raises(NotFound):
            read_month(tmp_path, month)
