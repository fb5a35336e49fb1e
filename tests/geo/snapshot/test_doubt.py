"""Where refused cameras may stand: the tiny city's swapped one, and rows written by hand."""

import shutil
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from geo.intake.datum import gcj02_to_bd09, wgs84_to_gcj02
from geo.partition.hierarchy import index_levels
from geo.records import Records
from geo.rules import Rules
from geo.snapshot.build import build_snapshot
from geo.snapshot.doubt import find_doubted, read_refused
from geo.snapshot.store import Snapshot
from tests.tiny_city import lonlat

AFTER = datetime(2100, 1, 1, tzinfo=UTC)


def doubted(tiny: Snapshot, x: float, y: float, crs: str = "EPSG:4326") -> set[str]:
    """Finest units in doubt for one refused camera written at (x, y)."""
    units = tiny.frame("units").to_crs(tiny.home.boundary_crs)
    refused = pd.DataFrame({"x": [x], "y": [y], "crs": [crs]})
    return set(find_doubted(refused, index_levels(units, tiny.home), tiny.home)["grid"].dropna())


def test_the_swapped_camera_of_the_tiny_city_is_read(tiny_home):
    """It is written at (100, 100) of A-1, latitude first; the camera outside all units was not refused."""
    with Records.open(tiny_home) as records:
        refused = read_refused(records)
    lon, lat = lonlat(100, 100)
    assert refused.to_numpy().tolist() == [[pytest.approx(lat), pytest.approx(lon), "EPSG:4326"]]


def test_a_place_is_tried_as_written_swapped_back_and_with_datums_undone(tiny):
    # GCJ-02 moves points here by some 460 m east and 380 m south, BD-09 by over a kilometre.
    lon, lat = lonlat(1900, 900)
    assert "B-4" in doubted(tiny, lon, lat) == doubted(tiny, lat, lon)
    gcj = [float(v[0]) for v in wgs84_to_gcj02([lon], [lat])]
    bd = [float(v[0]) for v in gcj02_to_bd09([gcj[0]], [gcj[1]])]
    for x, y in (gcj, bd):
        assert "B-4" in doubted(tiny, x, y)
        assert "B-4" in doubted(tiny, y, x)
    assert doubted(tiny, 600_100.0, 3_130_100.0, "EPSG:32649") == {"A-1"}
    assert doubted(tiny, 0.0, 0.0) == doubted(tiny, lon + 20, lat) == doubted(tiny, 600_100.0, 3_130_100.0) == set()


def test_a_row_whose_content_was_deleted_puts_nothing_in_doubt_any_more(tiny, tiny_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(tiny_home, home, ignore=shutil.ignore_patterns("snapshots"))
    with Records.open(home) as records:
        before = build_snapshot(records, home, Rules())
        assert before.id == tiny.id
        assert records.drop_old_refusals(0, AFTER) > 0
        after = build_snapshot(records, home, Rules())
    assert after.id != before.id
    for snapshot, reason in ((before, "doubt"), (after, "none")):
        found = snapshot.frame("gap_reasons").set_index(["code", "reason"])["road_m"]
        assert found["A-1", reason] == pytest.approx(400, abs=0.1)


def test_a_single_row_handed_in_says_lon_and_lat(tiny_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(tiny_home, home, ignore=shutil.ignore_patterns("snapshots"))
    with Records.open(home) as records:
        for fields in ('{"lon": "5", "lat": "6"}', '{"lon": "5"}', '{"x": "wide", "y": "7"}', '{"name": "x"}'):
            with records.writing() as connection:
                row = ("cameras", "cameras", "f", 1, "outside_extent", "", "", fields, 0)
                connection.exec_driver_sql(
                    'INSERT INTO refusals ("table", source, file, line, reason, explained_en, explained_zh, fields, '
                    "refused_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    row,
                )
        refused = read_refused(records)
    assert refused[refused["x"] == 5].to_numpy().tolist() == [[5.0, 6.0, "EPSG:4326"]]
    assert len(refused) == 2
    assert np.isfinite(refused[["x", "y"]].to_numpy(dtype=float)).all()
