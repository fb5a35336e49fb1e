"""Batches checked and stored together, against the same batches one by one: company changes no row's fate.

The oracle is the path of a single batch, which tests/webmap/test_feed.py holds against answers written by hand.
"""

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.desk.around import Around
from geo.desk.batches import Sent, check_batches
from geo.desk.feed import Feed
from geo.errors import BadQuery, Busy
from geo.records import FeedBatch, Records, Wanted
from tests.tiny_city import lonlat

LON, LAT = lonlat(250, 250)
INCIDENT = {"lon": LON, "lat": LAT, "reported_at": "2026-01-05T10:00:00+08:00", "category": "noise"}
#: What a batch leaves in the records, but for moments of storing, row numbers, and how changes were counted.
LEFT = {
    "incidents": "*",
    "feed_rows": "*",
    "feed_status": "*",
    "feed_keys": "feed, key, digest, answer",
    "refusals": '"table", source, file, line, reason, explained_en, explained_zh, fields',
    "sources": '"table", source, file, crs, mapping, n_read, n_kept, n_refused',
    "live": '"table", uid',
}

ODD = st.sampled_from(
    [
        {"lon": LAT, "lat": LON},
        {"lon": 0, "lat": 0},
        {"lon": None, "lat": None},
        {"lon": str(LON), "lat": f"{LAT:.3f}".replace(".", ",")},
        {"lon": "109,700", "lat": "28,300"},
        {"lon": True},
        {"unit_code": "A-2", "lon": None, "lat": None},
        {"unit_code": "nowhere"},
        {"category": ["noise"]},
        {"category": "x" * 20_000},
        {"category": "caf\u0065\u0301 \ud800"},
        {"category": ""},
        {"colour": "red"},
        {"outcome": "Resolved", "reopened": "是", "channel": "wechat"},
        {"outcome": "lost"},
        {"reopened": "perhaps"},
        {"reported_at": "2026-01-05 24:00"},
        {"reported_at": "now"},
        {"reported_at": "5.1.2026"},
        {"reported_at": "9999-01-01"},
        {"due_at": "2030-01-01", "closed_at": "2026-01-06 08:30:00.25"},
        {"at": "soon"},
        {"at": "2199-01-01"},
        {"at": 7},
    ]
)
IDS = st.sampled_from(["1", "2", "3", "4", "\u00c51", "A\u030a1", "1.2E+19", " 3 ", "", None, 5, 6.0])
ATS = st.sampled_from([{}, {}, {"at": None}, {"at": "2026-01-05T12:00:00Z"}, {"at": "2026-01-06 12:00:00"}])
INCIDENTS = st.builds(
    lambda given, row_id, at, odd, word: {**INCIDENT, "category": word, **given, **row_id, **at, **odd},
    st.just({}),
    IDS.map(lambda row_id: {"source_id": row_id}) | IDS.map(lambda row_id: {"source_id": row_id}) | st.just({}),
    ATS,
    st.just({}) | st.just({}) | ODD,
    st.sampled_from(["noise", "theft"]),
)
STATUSES = st.fixed_dictionaries(
    {"uid": st.sampled_from(["cameras:c1", "cameras:c2", "cameras:c4", "cameras:x", None])},
    optional={
        "status": st.sampled_from(["online", "offline", "OFFLINE", "retired", None]),
        "at": st.sampled_from(
            ["2026-01-05T12:00:00Z", "2026-01-06 12:00:00", "2026-01-07", "soon", "2199-01-01", None]
        ),
        "source": st.just("cameras"),
        "source_id": st.just("c1"),
        "colour": st.just("red"),
    },
)
KEYS = st.sampled_from([("", ""), ("", ""), ("k1", "d1"), ("k1", "d2"), ("k2", "d1")])
FEEDS = st.sampled_from(["gate", "gate", "hotline", "incidents"])
SENT = st.builds(
    lambda feed, rows, key: Sent(feed, "incidents", rows, *key),
    FEEDS,
    st.lists(INCIDENTS, min_size=1, max_size=8),
    KEYS,
) | st.builds(
    lambda feed, rows, key: Sent(feed, "statuses", rows, *key), FEEDS, st.lists(STATUSES, min_size=1, max_size=5), KEYS
)


@pytest.fixture
def records(filled: Path, tmp_path: Path) -> Iterator[Records]:
    with Records.open(Path(shutil.copytree(filled, tmp_path / "home"))) as opened:
        yield opened


def take(home: Path, parts: Sequence[Sequence[Sent]]) -> tuple[list[Any], dict[str, list[Any]]]:
    """The answers to the batches of `parts`, each part taken together, and what is in the records then."""
    answers: list[Any] = []
    with Records.open(home) as records:
        around = Around(records)
        for part in parts:
            for one in records.take_batches(check_batches(part, around.now())):
                answers.append(str(one) if isinstance(one, BadQuery) else one)
    with closing(connect(home / "records.sqlite")) as connection:
        left = {name: connection.execute(f'SELECT {what} FROM "{name}"').fetchall() for name, what in LEFT.items()}
    return answers, {name: rows if name == "refusals" else sorted(rows, key=repr) for name, rows in left.items()}


@given(sent=st.lists(SENT, min_size=2, max_size=6), data=st.data())
@settings(max_examples=25, deadline=None)
def test_batches_taken_together_are_those_taken_one_by_one(filled: Path, sent: list[Sent], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=2)))
    together = [sent[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    with TemporaryDirectory() as folder:
        one, other = (Path(shutil.copytree(filled, Path(folder) / name)) for name in ("one", "other"))
        answers, left = take(one, [[batch] for batch in sent])
        assert (answers, left) == take(other, together)


@given(rows=st.lists(INCIDENTS, min_size=2, max_size=12), data=st.data())
@settings(max_examples=60, deadline=None)
def test_plain_rows_are_judged_the_same_however_they_are_split(
    filled: Path, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    """A row by itself is refused for what it is refused among others, where its line and decimal commas say nothing."""
    plain = [row for row in rows if "source_id" in row and "," not in f"{row['lon']}{row['lat']}"]
    cut = data.draw(st.integers(0, len(plain)))
    parts = [Sent("gate", "incidents", part) for part in (plain[:cut], plain[cut:]) if part]
    with Records.open(filled) as records:
        around = Around(records).now()
        told = [dict(one.refused[["line", "reason"]].to_numpy().tolist()) for one in check_batches(parts, around)]
        alone = [
            check_batches([Sent("gate", "incidents", [row])], around)[0].refused["reason"].tolist() for row in plain
        ]
    reasons = [
        [said[line]] if line in said else []
        for said, part in zip(told, parts, strict=True)
        for line in range(len(part.rows))
    ]
    assert reasons == alone


def together(feed: Feed, batches: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What became of batches (by idempotency key) whose senders all waited for the same turn."""
    outcomes: dict[str, Any] = {}

    def send(key: str) -> None:
        try:
            outcomes[key] = feed.take_incidents("gate", batches[key], key, "d")
        except Exception as error:
            outcomes[key] = error

    senders = [threading.Thread(target=send, args=(key,)) for key in batches]
    with feed._turn:
        for sender in senders:
            sender.start()
        end_s = time.monotonic() + 60
        while len(feed._waiting) < len(senders):
            assert time.monotonic() < end_s
            time.sleep(0.001)
    for sender in senders:
        sender.join()
    return outcomes


def test_a_batch_whose_check_fails_leaves_the_others_whole(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(sent: Sequence[Sent], around: Any) -> list[FeedBatch]:
        if any(one.key == "bad" for one in sent):
            raise ValueError("no such thing")
        return check_batches(sent, around)

    monkeypatch.setattr("geo.desk.feed.check_batches", check)
    batches = {key: [{**INCIDENT, "source_id": key}] for key in ("a", "bad", "b")}
    outcomes = together(Feed(records, Around(records)), batches)
    assert (outcomes["a"]["n_new"], outcomes["b"]["n_new"], str(outcomes["bad"])) == (1, 1, "no such thing")
    assert {uid for uid in records.frame("incidents")["uid"] if uid.startswith("gate:")} == {"gate:a", "gate:b"}


def test_a_batch_that_cannot_be_stored_leaves_the_others_whole(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault comes after the rows of all were put: nothing of that try may stay."""
    store = records.take_batches

    def fail(batches: Sequence[FeedBatch]) -> Any:
        if any(batch.key == "bad" for batch in batches):
            with records.writing() as connection:
                connection.exec_driver_sql("DELETE FROM incidents")
                raise ValueError("no such thing")
        return store(batches)

    monkeypatch.setattr(records, "take_batches", fail)
    batches = {key: [{**INCIDENT, "source_id": key}] for key in ("a", "bad", "b")}
    before = len(records.frame("incidents"))
    outcomes = together(Feed(records, Around(records)), batches)
    assert (outcomes["a"]["n_new"], outcomes["b"]["n_new"], str(outcomes["bad"])) == (1, 1, "no such thing")
    assert len(records.frame("incidents")) == before + 2


def test_where_nobody_can_write_all_are_told_so_at_once(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    n_tries = 0

    def busy(batches: Sequence[FeedBatch]) -> Any:
        nonlocal n_tries
        n_tries += 1
        raise Busy

    monkeypatch.setattr(records, "take_batches", busy)
    outcomes = together(Feed(records, Around(records)), {key: [{**INCIDENT, "source_id": key}] for key in "abc"})
    assert n_tries == 1
    assert [type(one) for one in outcomes.values()] == [Busy] * 3


def test_a_source_id_that_nobody_gives_is_the_line_of_its_own_batch(records: Records) -> None:
    now = datetime.now(UTC).isoformat()
    parts = [[INCIDENT, {**INCIDENT, "at": now}], [INCIDENT], [{**INCIDENT, "source_id": "7"}, INCIDENT]]
    found = check_batches([Sent("gate", "incidents", rows) for rows in parts], Around(records).now())
    assert [batch.incidents and batch.incidents.uids for batch in found] == [
        ["gate:0", "gate:1"],
        ["gate:0"],
        ["gate:7"],
    ]
    assert [batch.refused["reason"].tolist() for batch in found] == [[], [], ["missing_field"]]


def test_the_later_of_an_edit_and_a_feed_says_the_status(records: Records) -> None:
    """Both are kept in microseconds: what was so in 2026-01 is older than an edit of today."""
    uid = "cameras:c1"
    records.edit_rows("cameras", [Wanted(uid, {"status": "offline"}, "seen broken")], "ed")
    feed = Feed(records, Around(records))
    feed.take_statuses("gate", [{"uid": uid, "status": "online", "at": "2026-01-05T12:00:00Z"}])
    assert records.register_row("cameras", uid).values["status"] == "offline"
    feed.take_statuses("gate", [{"uid": uid, "status": "online", "at": datetime.now(UTC).isoformat()}])
    assert records.register_row("cameras", uid).values["status"] == "online"
