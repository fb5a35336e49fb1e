"""The tiny city's answers, worked out in `tests/tiny_city.py`."""

import math
import shutil

import pandas as pd
import pytest

from geo.errors import NotAvailable
from geo.jobs.run import run_build
from geo.records import Records, Wanted
from geo.rules import Rules
from geo.snapshot.build import _nearest_camera_m, build_snapshot
from geo.snapshot.counts import months as months_of
from geo.snapshot.store import current_id

CIRCLE_M2 = math.pi * 50**2


def unit(frame, code, **where):
    rows = frame[frame["code"] == code]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_units_count_what_lies_in_them(tiny):
    units = tiny.frame("units")
    assert units["level"].tolist() == ["grid"] * 8 + ["town"] * 2 + ["prefecture"]
    assert unit(units, "A-1")["n_cameras"] == 3
    assert unit(units, "P")["n_cameras"] == 4
    assert unit(units, "B")["n_incidents"] == 37
    assert unit(units, "P")["n_children"] == 2
    assert unit(units, "A-3")["area_m2"] == pytest.approx(250_000, rel=2e-6)


def test_coverage_of_the_hand_drawn_city(tiny):
    coverage = tiny.frame("coverage")
    a1 = unit(coverage, "A-1", px_per_m=25.0)
    assert (a1["n_cameras"], a1["n_online"], a1["n_offline"]) == (3, 2, 1)
    assert a1["area_seen_m2"] == pytest.approx(CIRCLE_M2, rel=5e-4)
    assert a1["road_seen_share"] == pytest.approx(0.2, abs=1e-4)
    assert a1["public_2_share"] == pytest.approx(100 * 8 / (500 * 8), rel=0.02)
    assert a1["incidents_seen_share"] == 1
    town = unit(coverage, "A", px_per_m=25.0)
    assert town["road_m"] == pytest.approx(1000, abs=0.01)
    assert town["road_seen_share"] == pytest.approx(0.1, abs=1e-4)
    assert town["incidents_seen_share"] == pytest.approx(2 / 17)
    whole = unit(coverage, "P", px_per_m=25.0)
    assert whole["area_seen_m2"] == pytest.approx(2 * CIRCLE_M2, rel=5e-4)


def test_what_each_camera_alone_sees(tiny):
    """c1 and c2 stand on one spot: neither is missed. c4, alone in B-4, sees no road. c3 is off; far is outside."""
    cameras = tiny.frame("cameras").set_index("source_id")
    assert cameras.loc[["c1", "c2", "c4", "far"], "view_m2"].tolist() == pytest.approx([CIRCLE_M2] * 3 + [0], rel=5e-4)
    assert cameras.loc[["c1", "c2", "c4"], "alone_m2"].tolist() == pytest.approx([0, 0, CIRCLE_M2], rel=5e-4)
    assert cameras.loc[["c1", "c2", "c4"], "alone_road_m"].tolist() == [0, 0, 0]
    assert cameras["critical_rank"].isna().all()
    assert cameras.loc["c3", ["view_m2", "alone_m2", "spare_rank"]].isna().all()


def test_the_ledger_balances_and_says_where_rows_went(tiny):
    ledger = tiny.frame("ledger")
    cameras = ledger[(ledger["layer"] == "cameras") & (ledger["level"] == "grid") & (ledger["code"] == "")].iloc[0]
    assert (cameras["rows_read"], cameras["assigned"], cameras["outside"], cameras["refused"]) == (6, 4, 1, 1)
    incidents = ledger[(ledger["layer"] == "incidents") & (ledger["level"] == "town") & (ledger["code"] == "")].iloc[0]
    assert (incidents["rows_read"], incidents["assigned"], incidents["outside"], incidents["refused"]) == (55, 54, 0, 1)
    assert ledger["balanced"].all()


def test_rates_and_months(tiny):
    rates = unit(tiny.frame("rates"), "P")
    assert (rates["n_received"], rates["n_due"], rates["n_on_time"], rates["n_mediated"]) == (
        54,
        rates["n_due"],
        rates["n_due"],
        54,
    )
    months, _ = months_of(tiny, "grid", "analyst")
    assert months.columns.tolist() == ["2026-01"]
    assert months["2026-01"].tolist() == [2, 6, 9, 0, 7, 0, 0, 30]


def test_distances_to_the_nearest_online_camera(tiny):
    """B-4: 30 incidents 0, 1, ... 29 m east of c4. A-1: on c1 (c3 there is offline) and 1 m east of it."""
    incidents = tiny.frame("incidents").set_index("source_id")["nearest_camera_m"]
    assert incidents["B-4/29"] == pytest.approx(29, abs=0.01)
    assert incidents["A-2/0"] == pytest.approx(math.hypot(500, 150), abs=0.01)
    units = tiny.frame("units")
    b4 = unit(units, "B-4")
    assert (b4["n_incidents_located"], b4["camera_within_50m_share"]) == (30, 1)
    assert b4["nearest_camera_median_m"] == pytest.approx(14.5, abs=0.01)
    assert b4["nearest_camera_p90_m"] == pytest.approx(26.1, abs=0.01)
    assert unit(units, "A")["camera_within_200m_share"] == pytest.approx(2 / 17)
    assert unit(units, "A-4")["n_incidents_located"] == 0
    assert math.isnan(unit(units, "A-4")["nearest_camera_median_m"])


def test_without_an_online_camera_or_a_place_there_is_no_distance():
    incidents = pd.DataFrame({"x_m": [0.0, math.nan], "y_m": [0.0, math.nan]})
    camera = pd.DataFrame({"x_m": [3.0], "y_m": [4.0], "status": ["online"]})
    assert _nearest_camera_m(camera, incidents).tolist() == pytest.approx([5.0, math.nan], nan_ok=True)
    for cameras in (None, camera.assign(status="offline"), camera.iloc[:0]):
        assert pd.isna(_nearest_camera_m(cameras, incidents)).all()
    assert len(_nearest_camera_m(camera, incidents.iloc[:0])) == len(_nearest_camera_m(camera, None)) == 0


def test_as_of_is_the_latest_time_in_the_records(tiny):
    assert tiny.as_of.isoformat() == "2026-01-21T02:00:00+00:00"


def test_the_same_records_give_the_same_snapshot(tiny, tiny_home):
    assert run_build(tiny_home).id == tiny.id == current_id(tiny_home)


def test_what_is_written_while_a_build_reads_is_left_to_the_next(tiny, tiny_home, tmp_path, monkeypatch):
    home = tmp_path / "home"
    shutil.copytree(tiny_home, home, ignore=shutil.ignore_patterns("snapshots"))
    read, written = Records.frame, []

    def write_between(records, table):
        if not written:
            with Records.open(home) as other, other.writing() as connection:
                written.append(connection.exec_driver_sql("UPDATE cameras SET row_hash = zeroblob(32)").rowcount)
        return read(records, table)

    monkeypatch.setattr(Records, "frame", write_between)
    with Records.open(home) as records:
        built = build_snapshot(records, home, Rules())
        assert (built.id, len(built.frame("cameras"))) == (tiny.id, written[0])
        assert build_snapshot(records, home, Rules()).id != tiny.id


def test_other_rules_give_another_id(tiny, tiny_home):
    with Records.open(tiny_home) as records:
        other = build_snapshot(records, tiny_home, Rules(px_per_m=62.5))
    assert other.id != tiny.id
    assert current_id(tiny_home) == tiny.id


def test_an_empty_home_cannot_be_built(tmp_path):
    with pytest.raises(NotAvailable, match="no units"):
        run_build(tmp_path)


def test_a_finished_snapshot_that_knows_of_later_changes_is_built_again(filled, tmp_path):
    """As after a restore: the records are older than a snapshot of the same content."""
    home, older = tmp_path / "home", filled / "records.sqlite"
    shutil.copytree(filled, home)
    with Records.open(home) as records:
        (edit,) = records.edit_rows("cameras", [Wanted("cameras:c1", {"status": "offline"}, "seen")], "ed")
        records.undo_edit(edit, "no", "ed")
        later = build_snapshot(records, home, Rules())
        assert later.manifest.live_change == 2
        again = build_snapshot(records, home, Rules())
        assert again.built_at == later.built_at
    for file in home.glob("records.sqlite*"):
        file.unlink()
    shutil.copyfile(older, home / "records.sqlite")
    with Records.open(home) as records:
        built = build_snapshot(records, home, Rules())
    assert (built.id, built.manifest.live_change) == (later.id, 0)
