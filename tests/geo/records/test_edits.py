"""The register's log and what holds of a row: laws over any series of edits and undos.

Undoing every edit gives the digests of the beginning (so the snapshot's id, too); a new import loses no edit.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from geo.errors import BadInput, BadQuery, NotFound, Outdated
from geo.records import Records, Wanted
from tests.geo.records.samples import cameras, import_cameras, refused, replace_source

AZIMUTHS = (None, 0.0, 90.0, 359.5)
UIDS = st.sampled_from(["police:1", "police:2"])
STATUSES = ("online", "offline", "planned", "retired")


def values(records: Records, uid: str = "police:1") -> dict[str, Any]:
    return records.register_row("cameras", uid).values


def edit(records: Records, new: dict[str, Any], uid: str = "police:1", version: str | None = None) -> int:
    return records.edit_rows("cameras", [Wanted(uid, new, "seen", version)], "ed")[0]


def test_frame_and_digest_follow_an_edit_and_come_back_with_its_undo(records: Records) -> None:
    import_cameras(records, cameras())
    before, digest = records.frame("cameras"), records.digests()
    made = edit(records, {"azimuth_deg": 45.0, "status": "offline", "h_px": 2560, "filed": True, "lon": 109.75})
    after = records.frame("cameras")
    changed = ["azimuth_deg", "status", "h_px", "filed", "lon"]
    assert after.loc[0, changed].tolist() == [45, "offline", 2560, True, 109.75]
    assert after.drop(index=0).equals(before.drop(index=0))
    assert records.digests() != digest
    records.undo_edit(made, "no", "ed")
    assert records.frame("cameras").equals(before)
    assert records.digests() == digest


def test_an_edit_that_says_what_the_source_says_changes_no_digest(records: Records) -> None:
    import_cameras(records, cameras())
    digest = records.digests()
    edit(records, {"status": "offline"})
    edit(records, {"status": "online"})
    assert records.digests() == digest


def test_an_edited_row_has_the_digest_of_a_source_that_says_so(records: Records, tmp_path: Path) -> None:
    import_cameras(records, cameras())
    edit(records, {"name": "桥"})
    edit(records, {"name": "桥"}, "police:2")
    edit(records, {"name": "桥"}, "police:3")
    with Records.open(tmp_path / "other") as other:
        import_cameras(other, cameras(name="桥"))
        assert other.digests() == records.digests()


def test_a_new_import_keeps_edits_and_an_edit_whose_row_is_gone_says_so(records: Records) -> None:
    import_cameras(records, cameras())
    edit(records, {"status": "offline"})
    import_cameras(records, cameras(name="新"))
    assert (values(records)["status"], values(records)["name"]) == ("offline", "新")
    import_cameras(records, cameras(("2", "3")))
    assert [one.is_gone for one in records.edits()[1]] == [True]
    with pytest.raises(NotFound):
        records.register_row("cameras", "police:1")
    import_cameras(records, cameras())
    assert values(records)["status"] == "offline"


def test_the_latest_edit_that_holds_stands_whatever_is_undone_first(records: Records) -> None:
    import_cameras(records, cameras())
    first, second = edit(records, {"azimuth_deg": 10.0}), edit(records, {"azimuth_deg": 20.0})
    undo = records.undo_edit(first, "no", "ed")
    assert values(records)["azimuth_deg"] == 20.0
    assert records.edit(undo).changes == {}
    records.undo_edit(second, "no", "ed")
    assert values(records)["azimuth_deg"] is None
    again = records.undo_edit(undo, "yes after all", "ed")
    assert values(records)["azimuth_deg"] == 10.0
    assert records.edit(again).changes == {"azimuth_deg": (None, 10.0)}
    assert records.edit(first).undone_by is None


def test_versions_change_with_edits_and_not_with_feeds(records: Records) -> None:
    import_cameras(records, cameras())
    version = records.register_row("cameras", "police:1").version
    edit(records, {"status": "offline"}, version=version)
    with pytest.raises(Outdated):
        edit(records, {"status": "retired"}, version=version)
    with pytest.raises(BadQuery):
        edit(records, {"status": "offline"})


def test_all_or_none_of_the_rows_of_one_call_change(records: Records) -> None:
    import_cameras(records, cameras())
    both = [Wanted("police:1", {"status": "offline"}, "a"), Wanted("police:9", {"status": "offline"}, "a")]
    with pytest.raises(NotFound):
        records.edit_rows("cameras", both, "ed")
    assert values(records)["status"] == "online"
    assert records.edits()[0] == records.live_change() == 0


def test_a_place_that_is_a_point_moves_and_an_area_does_not(records: Records) -> None:
    shapes = [shapely.Point(109.7, 28.3), shapely.box(109.7, 28.3, 109.8, 28.4)]
    frame = gpd.GeoDataFrame({"source_id": ["p", "a"], "name": ["校", None], "line": [1, 2]}, geometry=shapes, crs=4326)
    with records.importing("import", "town", "0" * 64) as tx:
        replace_source(tx, "places", "poi", "p.geojson", frame, refused(), 2, "EPSG:4326")
    digest = records.digests()
    (moved,) = records.edit_rows("places", [Wanted("poi:p", {"lon": 109.71}, "nearer the gate")], "ed")
    found = records.frame("places").set_index("uid")["geometry"]
    assert (found["poi:p"].x, found["poi:p"].y, found["poi:a"]) == (109.71, 28.3, shapes[1])
    with pytest.raises(BadQuery, match="area"):
        records.edit_rows("places", [Wanted("poi:a", {"lon": 109.7}, "no")], "ed")
    records.edit_rows("places", [Wanted("poi:a", {"kind": "market"}, "was empty")], "ed")
    for made in (moved, moved + 1):
        records.undo_edit(made, "no", "ed")
    assert records.digests() == digest


def test_rows_added_by_hand_are_a_source_of_their_own(records: Records) -> None:
    import_cameras(records, cameras())
    uid, _ = records.add_row("cameras", "n", {"lon": 109.7, "lat": 28.3, "status": "online"}, "new", "ed")
    edit(records, {"status": "offline"}, uid)
    counted = records.sources().set_index("source").loc["register"]
    assert (counted["n_read"], counted["n_kept"], counted["n_refused"]) == (1, 1, 0)
    with pytest.raises(BadQuery):
        records.add_row("cameras", "n", {"lon": 1.0, "lat": 2.0}, "twice", "ed")
    records.undo_edit(1, "not built", "ed")
    assert records.frame("cameras")["source_id"].tolist() == ["1", "2", "3"]
    # Added anew, it starts without the edits of the row that is gone.
    records.add_row("cameras", "n", {"lon": 109.7, "lat": 28.3, "status": "planned"}, "planned", "ed")
    assert values(records, uid)["status"] == "planned"
    import_cameras(records, cameras())
    assert len(records.frame("cameras")) == 4


def test_a_row_that_was_added_comes_with_its_edit(records: Records) -> None:
    uid, edit_id = records.add_row("cameras", "n", {"lon": 109.7, "lat": 28.3, "status": "online"}, "new", "ed")
    found = records.edit(edit_id)
    assert (found.uid, found.kind) == (uid, "add") == ("register:n", "add")


def test_a_page_of_the_log_knows_what_later_pages_undo(records: Records) -> None:
    import_cameras(records, cameras())
    made = [edit(records, {"status": "offline"}, uid) for uid in ("police:1", "police:2")]
    undo = records.undo_edit(made[0], "no", "ed")
    _, page = records.edits(limit=2, offset=1)
    assert [(one.id, one.uid, one.undone_by) for one in page] == [
        (made[1], "police:2", None),
        (made[0], "police:1", undo),
    ]


def test_an_import_cannot_replace_the_register(records: Records) -> None:
    records.add_row("cameras", "n", {"lon": 109.7, "lat": 28.3, "status": "online"}, "new", "ed")
    with pytest.raises(BadInput, match="another name"):
        import_cameras(records, cameras(), source="register")
    assert records.frame("cameras")["uid"].tolist() == ["register:n"]


class Edits(RuleBasedStateMachine):
    """Any series of edits and undos against a plain model: of the edits that hold, the latest by column."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.records = Records.open(Path(self.folder.name))
        import_cameras(self.records, cameras(("1", "2")))
        self.plain = {uid: values(self.records, uid) for uid in ("police:1", "police:2")}
        self.digests = self.records.digests()
        self.log: list[tuple[str, dict[str, Any], int | None]] = []

    @rule(
        uid=st.sampled_from(["police:1", "police:2"]),
        azimuth=st.sampled_from(AZIMUTHS),
        status=st.sampled_from(STATUSES),
    )
    def change(self, uid: str, azimuth: float | None, status: str) -> None:
        new = {"azimuth_deg": azimuth, "status": status}
        now = values(self.records, uid)
        told = {name: value for name, value in new.items() if now[name] != value}
        if told:
            assert edit(self.records, new, uid) == len(self.log) + 1
            self.log.append((uid, told, None))

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        open_ones = [number for number in range(1, len(self.log) + 1) if number not in self.undone()]
        if open_ones:
            number = data.draw(st.sampled_from(open_ones))
            self.records.undo_edit(number, "no", "ed")
            self.log.append((self.log[number - 1][0], {}, number))

    def undone(self) -> set[int]:
        gone: set[int] = set()
        for number in range(len(self.log), 0, -1):
            undoes = self.log[number - 1][2]
            if undoes is not None and number not in gone:
                gone.add(undoes)
        return gone

    @invariant()
    def rows_are_what_the_model_says(self) -> None:
        if not hasattr(self, "log"):
            return
        wanted, gone = {uid: dict(row) for uid, row in self.plain.items()}, self.undone()
        for number, (uid, told, _) in enumerate(self.log, start=1):
            if number not in gone:
                wanted[uid] |= told
        assert {uid: values(self.records, uid) for uid in wanted} == wanted
        assert (self.records.digests() == self.digests) == (wanted == self.plain)
        assert self.records.live_change() == len(self.log)

    def teardown(self) -> None:
        if hasattr(self, "records"):
            self.records.close()
            self.folder.cleanup()


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
