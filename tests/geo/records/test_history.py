"""Rolling back: the state before an import comes back whole, in any order of imports, and the keep is bounded."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from geo.errors import BadInput, Busy, NotAvailable, NotFound
from geo.records import Counts, Records
from geo.records.by_hand import count_more
from geo.records.tables import KEPT_REFUSALS, KEPT_ROWS, REFUSALS, SOURCE_FILES, SOURCE_TABLES
from tests.geo.records.samples import HOME, cameras, import_cameras, import_units, refused, replace_source, units

#: Which import brought a row, and from which line of the file read last, a roll back does not bring back.
NOT_CONTENT = {"import_id", "line"}


def state(records: Records) -> Any:
    """All that is stored of the sources, and what a build makes of it."""
    with records.reading() as connection:
        rows = {
            table.name: sorted(
                repr({name: value for name, value in row._mapping.items() if name not in NOT_CONTENT})
                for row in connection.execute(select(table))
            )
            for table in (*SOURCE_TABLES.values(), SOURCE_FILES)
        }
        lost = [column for column in REFUSALS.c if column.name != "id"]
        rows["refusals"] = sorted(repr(tuple(row)) for row in connection.execute(select(*lost)))
    return rows, records.home(), records.digests()


def n_kept(records: Records) -> int:
    with records.reading() as connection:
        tables = (*KEPT_ROWS.values(), KEPT_REFUSALS)
        return sum(len(connection.execute(select(table)).all()) for table in tables)


def test_a_first_import_keeps_nothing_and_can_be_rolled_back(records: Records) -> None:
    import_cameras(records, cameras(), n_refused=2)
    assert n_kept(records) == 0
    done = records.roll_back(1)
    assert (done.kind, done.outcome, done.counts) == ("rollback", "changed", {"cameras": Counts(removed=3)})
    assert records.frame("cameras").empty
    assert records.refusals().empty
    assert records.digests() == {}
    assert not records.has("cameras")


def test_an_import_is_undone_and_the_undoing_is_undone(records: Records) -> None:
    import_units(records)
    import_cameras(records, cameras(["1", "2", "3"]), n_refused=1)
    first, version = state(records), records.boundary_version()
    changed = cameras(["1", "2", "4"])
    changed.loc[1, "status"] = "offline"
    import_cameras(records, changed, n_refused=3)
    second = state(records)
    back = records.roll_back(3, who="ann")
    assert back.counts == {"cameras": Counts(added=1, changed=1, removed=1, unchanged=1)}
    assert state(records) == first
    assert records.boundary_version() == version
    records.roll_back(back.id)
    assert state(records) == second
    listed = records.imports().set_index("id")
    assert listed["kind"].tolist() == ["rollback", "rollback", "import", "import", "import"]
    assert listed["who"][4] == "ann"
    assert listed["rolled_back"].tolist()[:2] == [4, 3]
    assert listed["can_roll_back"].all()
    assert json.loads(listed["undone_with"][3]) == [4, 5]
    assert json.loads(listed["undone_with"][1]) == []


def test_units_and_home_go_back_together(records: Records) -> None:
    import_units(records)
    before, version = state(records), records.boundary_version()
    moved = units()
    moved.loc[0, "geometry"] = shapely.box(100, 0, 200, 101)
    renamed = HOME.__class__(**{**vars(HOME), "title_zh": "新名", "boundary_crs": "EPSG:32650"})
    with records.importing("import", "town", "1" * 64) as tx:
        replace_source(tx, "units", "renamed", "grids.gpkg", moved, refused(), 3, "EPSG:32650")
        tx.set_home(renamed)
    assert records.boundary_version() != version
    records.set_home(HOME)
    with records.importing("import", "town", "2" * 64) as tx:
        replace_source(tx, "units", "third", "grids.gpkg", units().iloc[:2], refused(), 2, "EPSG:32649")
        tx.set_home(renamed)
    records.roll_back(2)
    assert state(records) == before
    assert records.boundary_version() == version
    records.roll_back(1)
    assert records.home() is None
    assert records.frame("units").empty


def test_what_later_imports_did_to_the_same_sources_is_undone_too_and_no_other(records: Records) -> None:
    import_cameras(records, cameras(["1"]), source="police")
    before = records.frame("cameras")
    import_cameras(records, cameras(["1", "2"]), source="police")
    import_cameras(records, cameras(["9"]), source="village")
    import_cameras(records, cameras(["1", "2", "3"]), source="police")
    assert records.check_roll_back(2) == [4]
    records.roll_back(2)
    assert records.frame("cameras")["uid"].tolist() == ["police:1", "village:9"]
    pd.testing.assert_frame_equal(records.frame("cameras").iloc[:1], before)


def test_a_source_that_a_mapping_dropped_comes_back(records: Records) -> None:
    import_cameras(records, cameras(["1"]), source="old-name", n_refused=1)
    before = state(records)
    with records.importing("import", "town", "1" * 64) as tx:
        replace_source(tx, "cameras", "new-name", "cameras.csv", cameras(["1"]), refused(), 1, "EPSG:4326")
        tx.drop_unnamed()
    records.roll_back(2)
    assert state(records) == before


def test_what_cannot_be_rolled_back(records: Records) -> None:
    import_cameras(records, cameras())
    import_cameras(records, cameras())
    with pytest.raises(NotFound, match="no import 9"):
        records.roll_back(9)
    with pytest.raises(NotAvailable, match="it changed nothing"):
        records.roll_back(2)
    assert records.imports()["can_roll_back"].tolist() == [False, True]


def test_rolling_back_twice_changes_nothing_more(records: Records) -> None:
    import_cameras(records, cameras(["1"]))
    import_cameras(records, cameras(["2"]))
    records.roll_back(2)
    before = state(records)
    assert records.roll_back(2).outcome == "unchanged"
    assert state(records) == before


def test_what_a_feed_holds_under_the_same_name_is_not_touched(records: Records) -> None:
    import_cameras(records, cameras(["1"]), source="gate")
    records.roll_back(1)
    with records.writing() as connection:
        count_more(connection, "cameras", "gate", 0)
    with pytest.raises(BadInput, match="gate"):
        records.roll_back(2)
    assert len(records.imports()) == 2


def test_a_job_imports_once_whoever_runs_it(records: Records) -> None:
    with records.importing("import", "town", "", who="ann", job_id=7) as tx:
        replace_source(tx, "cameras", "police", "c.csv", cameras(), refused(), 3, "EPSG:4326")
    assert records.import_of_job(7) == tx.done()
    assert records.import_of_job(8) is None
    with pytest.raises(Busy, match="job 7 is done already"), records.importing("import", "town", "", job_id=7) as tx:
        replace_source(tx, "cameras", "police", "c.csv", cameras(["9"]), refused(), 1, "EPSG:4326")
    assert records.frame("cameras")["source_id"].tolist() == ["1", "2", "3"]
    back = records.roll_back(1, job_id=9)
    assert records.roll_back(1, job_id=9) == back
    assert len(records.imports()) == 2


def test_the_keep_is_bounded_by_number_and_by_age(records: Records) -> None:
    now = datetime.now(UTC)
    for n in range(6):
        import_cameras(records, cameras([str(n)]), n_refused=n)
    import_cameras(records, cameras(["a"]), source="village")
    assert records.drop_old_history(30, 3, now) == 3
    assert records.imports()["can_roll_back"].tolist() == [True, True, True, True, False, False, False]
    with pytest.raises(NotAvailable, match="no longer kept"):
        records.roll_back(3)
    with records.reading() as connection:
        kept = KEPT_ROWS["cameras"].c.source_id
        assert connection.execute(select(kept).order_by(kept)).scalars().all() == ["2", "3", "4"]
    records.roll_back(4)
    assert records.frame("cameras")["source_id"].tolist() == ["2", "a"]
    assert len(records.refusals()) == 2
    assert records.drop_old_history(30, 3, now + timedelta(days=31)) == 5
    assert n_kept(records) == 0
    assert not records.imports()["can_roll_back"].any()


def test_kept_rows_leave_the_file_when_they_are_dropped(records: Records) -> None:
    """secure_delete: what was dropped cannot be read from the file's free pages."""
    import_cameras(records, cameras(["1"], name="很旧的路口名"))
    import_cameras(records, cameras(["1"], name="新名"))
    records.drop_old_history(0, 0, datetime.now(UTC) + timedelta(days=1))
    with records.reading() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    records.close()
    stored = b"".join(file.read_bytes() for file in records.folder.glob("records.sqlite*"))
    assert "新名".encode() in stored
    assert "很旧的路口名".encode() not in stored


def test_kept_refusals_lose_their_content_in_time_as_well(records: Records) -> None:
    import_cameras(records, cameras(), n_refused=1)
    import_cameras(records, cameras(), n_refused=0)
    assert records.drop_old_refusals(30, datetime.now(UTC) + timedelta(days=31)) == 1
    records.roll_back(2)
    assert records.refusals()[["line", "reason", "fields", "explained"]].values.tolist() == [
        [90, "bad_number", None, ""]
    ]


IMPORTS = st.lists(
    st.tuples(
        st.sampled_from(["police", "village"]),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["online", "offline"]), max_size=4),
        st.integers(0, 2),
    )
    | st.integers(1, 8),
    min_size=2,
    max_size=10,
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=IMPORTS)
def test_any_sequence_of_imports_and_roll_backs(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    """A step is an import (source, status by id, refused rows) or the number of the import to go back before.

    What each source was before every import is noted beside, and must be what a roll back brings.
    """
    with Records.open(tmp_path_factory.mktemp("steps")) as records:
        before: list[dict[str, Any]] = []
        touched: list[set[str]] = []
        now: dict[str, Any] = {}
        for step in steps:
            if isinstance(step, int):
                changed = touched[step - 1] if step <= len(touched) else set()
                if not changed:
                    with pytest.raises((NotFound, NotAvailable)):
                        records.roll_back(step)
                    continue
                wanted = {**now, **{source: before[step - 1].get(source) for source in changed}}
                records.roll_back(step)
            else:
                source, statuses, n_refused = step
                frame = cameras(sorted(statuses))
                frame["status"] = pd.Series([statuses[key] for key in sorted(statuses)], dtype=object)
                import_cameras(records, frame, source=source, n_refused=n_refused)
                wanted = {**now, source: (statuses, n_refused)}
            before.append(now)
            touched.append({source for source in wanted if wanted[source] != now.get(source)})
            now = wanted
            frame, told = records.frame("cameras"), records.sources().set_index("source")
            for source in ("police", "village"):
                mine = frame[frame["uid"].str.startswith(f"{source}:")]
                held = dict(zip(mine["source_id"], mine["status"], strict=True))
                if now.get(source) is None:
                    assert source not in told.index
                    assert held == {}
                else:
                    assert (held, int(told["n_refused"][source])) == now[source]
