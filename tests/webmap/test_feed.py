"""Feeds over HTTP, on the tiny city (BAD_INPUTS rows 43 and 44).

Whatever order rows come in, and however often, the newest stands once; what cannot be used comes back by position.
"""

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.desk import Desk
from geo.desk import feed as feed_room
from geo.desk.around import Around
from geo.desk.feed import Feed
from geo.errors import Overloaded
from geo.jobs import run_build
from geo.records import FeedBatch, Records, Wanted, restore
from geo.snapshot.store import open_current
from tests.tiny_city import lonlat
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app

LON, LAT = lonlat(250, 250)
INCIDENT = {"lon": LON, "lat": LAT, "reported_at": "2026-01-05T10:00:00+08:00", "category": "noise"}


@pytest.fixture(scope="module")
def kept_up(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that goes on from one example of hypothesis to the next."""
    return Path(shutil.copytree(filled, tmp_path_factory.mktemp("feed") / "home"))


@pytest.fixture
def records(filled: Path, tmp_path: Path) -> Iterator[Records]:
    with Records.open(filled) as first:
        first.backup(tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "home")
    with Records.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def app(records: Records) -> Flask:
    app = create_app(Settings(home=records.folder), records=records, desk=Desk(records.folder))
    app.test_client_class = HomeClient
    return app


@pytest.fixture
def feeder(app: Flask, records: Records) -> HomeClient:
    return client_of(app, records, "hotline")


def client_of(app: Flask, records: Records, name: str) -> HomeClient:
    client = app.test_client()
    assert isinstance(client, HomeClient)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {records.add_key(name, 'feeder')}"
    client.environ_base["HTTP_X_GRIDSCOPE"] = "1"
    return client


def incidents(records: Records, source: str = "hotline") -> dict[str, dict[str, Any]]:
    frame = records.frame("incidents")
    mine = frame[frame["uid"].str.startswith(f"{source}:")]
    return {row["source_id"]: row for row in mine.to_dict("records")}


def send(client: HomeClient, rows: list[dict[str, Any]], what: str = "incidents", **headers: str) -> dict[str, Any]:
    answer = client.post(f"/api/feed/{what}", json={"rows": rows}, headers=headers)
    assert answer.status_code == 200, answer.json
    told: dict[str, Any] = answer.json
    assert told["n_rows"] == sum(told[f"n_{kind}"] for kind in ("new", "changed", "unchanged", "older")) + len(
        told["refused"]
    )
    return told


def test_rows_are_stored_and_counted_by_the_next_build(records: Records, feeder: HomeClient) -> None:
    told = send(feeder, [{**INCIDENT, "source_id": str(number)} for number in range(7)])
    assert told | {"refused": None} == {
        "n_rows": 7,
        "n_new": 7,
        "n_changed": 0,
        "n_unchanged": 0,
        "n_older": 0,
        "refused": None,
    }
    run_build(records.folder)
    units = open_current(records.folder).frame("units").set_index(["level", "code"])
    # The sources have 2 in A-1, and the ledger balances, or there were no snapshot.
    assert units.loc[("grid", "A-1"), "n_incidents"] == 2 + 7


def test_a_row_sent_again_is_there_once_and_the_newest_stands(records: Records, feeder: HomeClient) -> None:
    old = {**INCIDENT, "source_id": "7", "outcome": "open", "at": "2026-01-05T12:00:00Z"}
    new = {**old, "outcome": "resolved", "at": "2026-01-06T12:00:00Z"}
    assert send(feeder, [new])["n_new"] == 1
    assert send(feeder, [old])["n_older"] == 1
    assert send(feeder, [new, new])["n_unchanged"] == 1
    assert send(feeder, [new, old, new])["n_older"] == 2
    assert [row["outcome"] for row in incidents(records).values()] == ["resolved"]
    assert send(feeder, [{**new, "outcome": "escalated", "at": None}])["n_changed"] == 1


@given(order=st.permutations(list(range(5))), cut=st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_any_order_of_statuses_ends_the_same(kept_up: Path, order: list[int], cut: int) -> None:
    """Statuses 0 to 4, an hour apart, the last one "offline": in whatever order and batches they come."""
    with Records.open(kept_up) as records:
        feed = Feed(records, Around(records))
        uid = "cameras:c4"
        base = datetime.now(UTC) - timedelta(days=1)
        at = [(base + timedelta(hours=number)).isoformat() for number in range(5)]
        rows = [{"uid": uid, "status": ("offline", "online")[n % 2], "at": at[n]} for n in range(5)]
        for part in (order[:cut], order[cut:]):
            feed.take_statuses("gate", [rows[number] for number in part])
        assert records.register_row("cameras", uid).values["status"] == "offline"


def test_statuses_are_live_at_once_and_an_editor_has_the_last_word(records: Records, feeder: HomeClient) -> None:
    run_build(records.folder)
    desk, uid = Desk(records.folder), "cameras:c1"
    now = datetime.now(UTC)
    row = {"source": "cameras", "source_id": "c1", "status": "offline", "at": (now - timedelta(hours=2)).isoformat()}
    assert send(feeder, [row], "camera-status")["n_new"] == 1
    assert (desk.camera(uid, "planner")["status"], desk.camera(uid, "planner")["live"]) == ("offline", True)
    change = desk.live_change()
    assert send(feeder, [{**row, "at": (now - timedelta(hours=1)).isoformat()}], "camera-status")["n_unchanged"] == 1
    # What is no news redraws no map.
    assert desk.live_change() == change
    records.edit_rows("cameras", [Wanted(uid, {"status": "retired"}, "taken down")], "ed")
    send(feeder, [{**row, "status": "online", "at": datetime.now(UTC).isoformat()}], "camera-status")
    assert desk.camera(uid, "planner")["status"] == "retired"


def test_refused_rows_come_back_by_position_and_are_kept(records: Records, feeder: HomeClient) -> None:
    """BAD_INPUTS 43: a future time, the year 9999, 24:00; 14: an id ruined by a spreadsheet; 6, 7, 8: places."""
    soon = datetime.now(UTC) + timedelta(minutes=4)
    rows = [
        {**INCIDENT, "source_id": "ok"},
        {**INCIDENT, "source_id": "late", "reported_at": (soon + timedelta(minutes=2)).isoformat()},
        {**INCIDENT, "source_id": "soon", "reported_at": soon.isoformat()},
        {**INCIDENT, "source_id": "9999", "reported_at": "9999-12-31T00:00:00Z"},
        {**INCIDENT, "source_id": "midnight", "reported_at": "2026-01-05 24:00"},
        {**INCIDENT, "source_id": "1.2E+19"},
        {**INCIDENT, "source_id": "swapped", "lon": LAT, "lat": LON},
        {**INCIDENT, "source_id": "null", "lon": 0, "lat": 0},
        {**INCIDENT, "source_id": "colour", "colour": "red"},
        {**INCIDENT, "source_id": "list", "category": ["noise"]},
        {**INCIDENT, "source_id": "nowhere", "lon": None, "lat": None},
        {**INCIDENT, "source_id": None},
        {**INCIDENT, "source_id": "at", "at": (soon + timedelta(minutes=2)).isoformat()},
    ]
    told = send(feeder, rows)
    assert set(incidents(records)) == {"ok", "soon", "midnight"}
    assert [(one["row"], one["reason"]) for one in told["refused"]] == [
        (1, "future_time"),
        (3, "future_time"),
        (5, "ruined_id"),
        (6, "swapped_axes"),
        (7, "null_island"),
        (8, "unknown_column"),
        (9, "not_plain"),
        (10, "not_located"),
        (11, "missing_field"),
        (12, "future_time"),
    ]
    assert all(one["en"] and one["zh"] for one in told["refused"])
    kept = records.refusals()
    assert (kept["source"] == "hotline").sum() == 10
    source = records.sources().set_index(["table", "source"]).loc[("incidents", "hotline")]
    assert source[["n_read", "n_kept", "n_refused"]].tolist() == [13, 3, 10]
    run_build(records.folder)


def test_a_status_of_an_unknown_camera_or_of_no_kind_is_refused(records: Records, feeder: HomeClient) -> None:
    good = {"uid": "cameras:c1", "status": "offline", "at": "2026-01-05T00:00:00Z"}
    bad = ({"uid": "cameras:x"}, {"status": "retired"}, {"at": None}, {"uid": ""})
    told = send(feeder, [good, *({**good, **one} for one in bad)], "camera-status")
    reasons = [(one["row"], one["reason"]) for one in told["refused"]]
    assert reasons == [(1, "unknown_camera"), (2, "unknown_value"), (3, "missing_field"), (4, "missing_field")]
    run_build(records.folder)


def test_a_key_names_a_batch_for_an_hour(records: Records, feeder: HomeClient) -> None:
    rows = [{**INCIDENT, "source_id": "1"}]
    first = send(feeder, rows, **{"Idempotency-Key": "a-1"})
    assert send(feeder, rows, **{"Idempotency-Key": "a-1"}) == first
    assert send(feeder, rows, **{"Idempotency-Key": "a-2"})["n_unchanged"] == 1
    other = feeder.post("/api/feed/incidents", json={"rows": [INCIDENT]}, headers={"Idempotency-Key": "a-1"})
    assert other.status_code == 400
    assert "other rows" in other.json["error"]["en"]
    long = feeder.post("/api/feed/incidents", json={"rows": rows}, headers={"Idempotency-Key": "x" * 201})
    assert long.status_code == 400


@pytest.mark.parametrize("rows", [[], [{}] * 1001, [1], "x", None])
def test_what_is_no_batch_is_400(feeder: HomeClient, rows: object) -> None:
    assert feeder.post("/api/feed/incidents", json={"rows": rows}).status_code == 400


def test_a_body_above_the_limit_is_413(feeder: HomeClient) -> None:
    rows = [{**INCIDENT, "source_id": str(number), "category": "x" * 3000} for number in range(1000)]
    assert feeder.post("/api/feed/incidents", json={"rows": rows}).status_code == 413


def test_a_feed_cannot_pass_for_a_source(app: Flask, records: Records) -> None:
    rows = [{**INCIDENT, "source_id": "1"}]
    answer = client_of(app, records, "incidents").post("/api/feed/incidents", json={"rows": rows})
    assert answer.status_code == 400
    for name in ("register", "Duty desk"):
        assert client_of(app, records, name).post("/api/feed/incidents", json={"rows": rows}).status_code == 403


def test_one_incident_is_added_by_an_editor_or_a_feeder(app: Flask, records: Records, feeder: HomeClient) -> None:
    body = {"values": {**INCIDENT, "source_id": "1"}}
    assert feeder.post("/api/incidents", json=body).json == {"uid": "hotline:1"}
    editor = app.test_client()
    headers = {"Authorization": f"Bearer {records.add_key('ed', 'editor')}", "X-Gridscope": "1"}
    made = editor.post("/api/incidents", json=body, headers=headers)
    assert (made.status_code, made.json) == (201, {"uid": "register:1"})
    far = {"values": {**body["values"], "lon": 10.0}}
    assert editor.post("/api/incidents", json=far, headers=headers).status_code == 400
    # What a mistyped field is, pydantic says; in both languages, too.
    wrong = editor.post("/api/incidents", json={"values": {**INCIDENT, "source_id": 5}}, headers=headers)
    assert wrong.status_code == 400
    assert "values.source_id" in wrong.json["error"]["zh"]


def test_senders_who_wait_share_commits_and_those_too_many_come_again(records: Records, monkeypatch: Any) -> None:
    """With the store held up, four may wait and the fifth is told to come again; then all four are stored at once."""
    feed = Feed(records, Around(records), max_waiting=4)
    held, begun, calls = threading.Event(), threading.Event(), []
    take = records.take_batches

    def slow(batches: list[FeedBatch]) -> Any:
        calls.append(len(batches))
        begun.set()
        held.wait(20)
        return take(batches)

    monkeypatch.setattr(records, "take_batches", slow)
    senders = [
        threading.Thread(target=feed.take_incidents, args=("gate", [{**INCIDENT, "source_id": str(number)}]))
        for number in range(4)
    ]
    for sender in senders:
        sender.start()
    begun.wait(60)
    end_s = time.monotonic() + 60
    while len(feed._waiting) < 3:
        assert time.monotonic() < end_s
        time.sleep(0.001)
    with pytest.raises(Overloaded):
        feed.take_incidents("gate", [{**INCIDENT, "source_id": "5"}])
    held.set()
    for sender in senders:
        sender.join()
    assert calls == [1, 3]
    assert set(incidents(records, "gate")) == {"0", "1", "2", "3"}


class Turn:
    """A turn that says how many have asked for it."""

    def __init__(self) -> None:
        self.lock, self.n_asked = threading.Lock(), 0

    def acquire(self, timeout: float) -> bool:
        self.n_asked += 1
        return self.lock.acquire(timeout=timeout)

    def release(self) -> None:
        self.lock.release()


def test_who_gives_up_takes_no_other_senders_place(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two send the same; while somebody else has the turn, the one with less patience gives up, and only that one."""
    feed, turn, told = Feed(records, Around(records)), Turn(), list[dict[str, Any]]()
    monkeypatch.setattr(feed, "_turn", turn)
    rows = [{**INCIDENT, "source_id": "1"}]
    patient = threading.Thread(target=lambda: told.append(feed.take_incidents("gate", rows)))
    monkeypatch.setattr(feed_room, "PATIENCE_S", 60.0)
    with turn.lock:
        patient.start()
        end_s = time.monotonic() + 60
        while not turn.n_asked:
            assert time.monotonic() < end_s
            time.sleep(0.001)
        (theirs,) = feed._waiting
        monkeypatch.setattr(feed_room, "PATIENCE_S", 0.01)
        with pytest.raises(Overloaded):
            feed.take_incidents("gate", rows)
        assert len(feed._waiting) == 1
        assert feed._waiting[0] is theirs
    patient.join()
    assert [answer["n_new"] for answer in told] == [1]


def test_a_burst_loses_and_doubles_nothing(records: Records) -> None:
    """BAD_INPUTS 44: doubles, late and out of order from many threads at once; a sender repeats until it is heard."""
    feed, chance = Feed(records, Around(records), max_waiting=2), Random(20260101)
    rows = [
        {**INCIDENT, "source_id": str(number), "at": f"2026-01-{day:02d}T00:00:00Z", "category": f"day {day}"}
        for number in range(60)
        for day in (6, 7, 8)
    ]
    chance.shuffle(rows)
    batches = [rows[start : start + 15] for start in range(0, len(rows), 15)] * 2
    n_told_to_wait = 0

    def run(mine: list[list[dict[str, Any]]]) -> None:
        nonlocal n_told_to_wait
        for batch in mine:
            while True:
                try:
                    feed.take_incidents("gate", batch)
                    break
                except Overloaded:
                    n_told_to_wait += 1

    threads = [threading.Thread(target=run, args=(batches[number::6],)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"told to wait {n_told_to_wait} times")
    found = incidents(records, "gate")
    assert len(found) == 60
    assert {row["category"] for row in found.values()} == {"day 8"}
    source = records.sources().set_index(["table", "source"]).loc[("incidents", "gate")]
    assert source[["n_read", "n_kept", "n_refused"]].tolist() == [60, 60, 0]
