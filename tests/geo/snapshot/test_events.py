"""Event columns on disk: what was written is what is opened, mapped and checked; a build writes them."""

import numpy as np
import pandas as pd
import pytest

from geo.errors import BrokenSnapshot
from geo.hotspots.cube import Wanted
from geo.hotspots.events import Events, to_events
from geo.snapshot.counts import count_events
from geo.snapshot.events import open_events, write_events
from geo.snapshot.store import open_snapshot


def some(n: int) -> Events:
    at = pd.Series(pd.date_range("2024-01-01", periods=n, freq="h", tz="UTC")).astype("datetime64[us, UTC]")
    rows = pd.DataFrame({"reported_at": at, "category": "noise", "channel": None, "outcome": None, "reopened": None})
    return to_events(rows, {"grid": np.arange(n, dtype=np.int32)}, np.arange(n), np.arange(n), "Asia/Shanghai")


@pytest.mark.parametrize("n", [0, 1, 100])
def test_what_was_written_is_opened(tmp_path, n):
    written = some(n)
    write_events(tmp_path, written)
    opened = open_events(tmp_path)
    for name in ("day", "minute", "category", "channel", "outcome", "reopened", "x_m", "y_m"):
        assert getattr(opened, name).dtype == getattr(written, name).dtype, name
        assert getattr(opened, name).tolist() == getattr(written, name).tolist(), name
    assert opened.units["grid"].tolist() == list(range(n))
    assert opened.words == written.words


def test_columns_are_mapped_and_cannot_be_written(tmp_path):
    write_events(tmp_path, some(3))
    opened = open_events(tmp_path)
    assert isinstance(opened.day, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        opened.day[0] = 1


def test_a_build_writes_one_row_per_assigned_incident_in_order_of_time(tiny):
    """Tiny city: 54 incidents at 10 in the morning of January days; grids in code order are A-1 .. A-4, B-1 .. B-4."""
    events = tiny.events()
    assert np.bincount(events.units["grid"]).tolist() == [2, 6, 9, 0, 7, 0, 0, 30]
    assert list(events.units) == ["grid"]
    assert set(events.minute.tolist()) == {600}
    assert (np.diff(events.day) >= 0).all()
    assert events.words == {"category": ("dispute", "noise"), "channel": (), "outcome": ("mediated",)}
    assert np.isfinite(events.x_m).all()


def test_a_level_above_is_rolled_up_by_its_parents(tiny):
    assert count_events(tiny, "town").counts.tolist() == [[17, 37]]
    noisy = count_events(tiny, "prefecture", "month", Wanted(categories=("noise",)))
    assert (noisy.steps, noisy.counts.tolist()) == (("2026-01",), [[1 + 3 + 4 + 3 + 15]])


def test_an_altered_column_is_noticed(tiny, tmp_path):
    copy = tmp_path / tiny.id
    copy.mkdir()
    for file in tiny.path.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    data = (copy / "events-minute.npy").read_bytes()
    (copy / "events-minute.npy").write_bytes(data[:-1] + b"\x00")
    with pytest.raises(BrokenSnapshot, match=r"events-minute\.npy .* altered"):
        open_snapshot(copy).events()
