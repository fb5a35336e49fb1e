from datetime import UTC, datetime, timedelta

from geo.records import FeedBatch, Records, Status
from tests.geo.records.samples import HOME, cameras, import_cameras, import_units, refused


def test_old_refusals_lose_their_fields_but_not_their_count_and_reason(records: Records) -> None:
    import_cameras(records, cameras(), n_refused=2)
    now = datetime.now(UTC)
    assert records.drop_old_refusals(30, now + timedelta(days=29)) == 0
    assert records.refusals()["fields"].tolist() == ['{"lon": "x"}'] * 2
    assert records.drop_old_refusals(30, now + timedelta(days=31)) == 2
    kept = records.refusals()
    assert kept["fields"].tolist() == [None, None]
    # The words quote the row, so they go with it.
    assert kept[["line", "reason", "explained", "explained_zh"]].values.tolist() == [
        [90, "bad_number", "", ""],
        [91, "bad_number", "", ""],
    ]
    assert records.find_refusals().reasons == (("bad_number", 2),)
    assert records.sources()["n_refused"].tolist() == [2]


def test_dropped_fields_do_not_come_back_with_the_same_file(records: Records) -> None:
    import_cameras(records, cameras(), n_refused=1)
    records.drop_old_refusals(0, datetime.now(UTC) + timedelta(days=1))
    assert import_cameras(records, cameras(), n_refused=1).outcome == "unchanged"
    assert records.refusals()["fields"].tolist() == [None]


def test_digests_name_what_was_imported(records: Records) -> None:
    import_units(records)
    import_cameras(records, cameras([]))
    digests = records.digests()
    assert list(digests) == ["cameras", "units"]
    assert digests["cameras"] == (0, "0" * 64)
    assert digests["units"][0] == 3
    assert records.home() == HOME


def test_sources_say_when(records: Records) -> None:
    import_cameras(records, cameras())
    sources = records.sources()
    assert sources[["table", "source", "file", "crs"]].values.tolist() == [
        ["cameras", "police", "cameras.csv", "EPSG:4326"]
    ]
    assert abs(sources["imported_at"][0] - datetime.now(UTC)) < timedelta(minutes=1)


def test_answers_to_feeds_go_after_an_hour_though_no_batch_comes(records: Records) -> None:
    """An answer quotes the rows that it refuses."""
    none = refused()
    strange = FeedBatch("gate", 1, none, statuses=[Status("no:1", "offline", 5, 0)], key="k", digest="d")
    records.take_batches([strange])
    now = datetime.now(UTC)
    assert records.drop_old_answers(now + timedelta(minutes=59)) == 0
    assert records.drop_old_answers(now + timedelta(minutes=61)) == 1
