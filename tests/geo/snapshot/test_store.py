"""Snapshots on disk; those that are damaged, incomplete or of a later format (BAD_INPUTS row 39)."""

import json
import shutil
from datetime import UTC, datetime

import pandas as pd
import pytest

from geo.errors import BrokenSnapshot, NoSnapshot
from geo.rules import Rules
from geo.schema import HomeInfo, Level
from geo.snapshot.publishing import publish, write_snapshot
from geo.snapshot.store import list_snapshots, open_current, open_snapshot

HOME = HomeInfo("州", "P", "UTC", "EPSG:4326", (Level("grid", "格", "Grid"),))


def facts(name):
    moment = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    return {
        "id": name,
        "as_of": moment,
        "boundary_version": "b",
        "metric_crs": "EPSG:32649",
        "home": HOME.to_json(),
        "rules": Rules().to_json(),
        "tables": ("units",),
    }


def write(home, name, value=1):
    return write_snapshot(home, facts(name), {"units": pd.DataFrame({"n": [value]})})


def test_nothing_is_current_until_published(tmp_path):
    write(tmp_path, "aa00")
    with pytest.raises(NoSnapshot, match="no snapshot yet"):
        open_current(tmp_path)


def test_numbers_run_on_and_three_generations_stay(tmp_path):
    for name in ("a1", "a2", "a3", "a4"):
        publish(tmp_path, write(tmp_path, name))
    listed = list_snapshots(tmp_path)
    assert listed["id"].tolist() == ["a4", "a3", "a2"]
    assert listed["number"].tolist() == [4, 3, 2]
    assert listed["current"].tolist() == [True, False, False]


def test_an_altered_file_is_noticed(tmp_path):
    publish(tmp_path, write(tmp_path, "a1"))
    file = tmp_path / "snapshots" / "a1" / "units.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(BrokenSnapshot, match="altered"):
        open_current(tmp_path).frame("units")


def test_a_missing_part_falls_back_one_generation(tmp_path):
    publish(tmp_path, write(tmp_path, "a1", 1))
    publish(tmp_path, write(tmp_path, "a2", 2))
    (tmp_path / "snapshots" / "a2" / "units.parquet").unlink()
    assert open_current(tmp_path).frame("units")["n"].tolist() == [1]
    shutil.rmtree(tmp_path / "snapshots" / "a1")
    with pytest.raises(BrokenSnapshot, match="lacks units"):
        open_current(tmp_path)


def test_a_later_format_is_refused_in_words(tmp_path):
    found = write(tmp_path, "a1")
    manifest = json.loads((found.path / "manifest.json").read_text())
    (found.path / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(BrokenSnapshot, match="later gridscope"):
        open_snapshot(found.path)


def test_an_earlier_format_asks_for_a_build_which_goes_on_counting(tmp_path):
    publish(tmp_path, write(tmp_path, "a1"))
    found = write(tmp_path, "a2")
    publish(tmp_path, found)
    for name in ("a1", "a2"):
        manifest = tmp_path / "snapshots" / name / "manifest.json"
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 1}))
    with pytest.raises(BrokenSnapshot, match="a2 was written by an earlier gridscope; run `gridscope build`"):
        open_current(tmp_path)
    assert write(tmp_path, "a3").number == 3


def test_what_a_killed_build_left_is_replaced(tmp_path):
    left = tmp_path / "snapshots" / ".building-a1"
    left.mkdir(parents=True)
    (left / "units.parquet").write_bytes(b"half")
    assert write(tmp_path, "a1", 7).frame("units")["n"].tolist() == [7]
    assert not left.exists()


def test_a_manifest_of_before_live_changes_were_noted_is_read(tmp_path):
    publish(tmp_path, write(tmp_path, "a1"))
    file = tmp_path / "snapshots" / "a1" / "manifest.json"
    raw = json.loads(file.read_text("utf-8"))
    assert raw.pop("live_change") == -1
    file.write_text(json.dumps(raw), "utf-8")
    assert open_current(tmp_path).manifest.live_change == -1
