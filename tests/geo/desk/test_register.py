"""The register without HTTP: what a dry run of a file accepts is what the real one takes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.desk.around import Around
from geo.desk.feed import Feed
from geo.desk.register import Register
from geo.errors import BadQuery
from geo.records import Records
from tests.geo.records.samples import replace_source
from tests.tiny_city import lonlat

NONE = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
LON, LAT = lonlat(250, 250)


@pytest.fixture
def records(filled: Path, tmp_path: Path) -> Iterator[Records]:
    """The tiny city with two key places: `a`, an area, and `p`, a point."""
    shutil.copytree(filled, tmp_path / "home")
    area, point = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001), shapely.Point(LON, LAT)
    frame = gpd.GeoDataFrame({"source_id": ["a", "p"], "line": [1, 2]}, geometry=[area, point], crs=4326)
    with Records.open(tmp_path / "home") as opened:
        with opened.importing("import", "places", "0" * 64) as tx:
            replace_source(tx, "places", "poi", "p.geojson", frame, NONE, 2, "EPSG:4326")
        yield opened


def test_an_area_that_a_file_moves_is_refused_alone_in_a_dry_run_and_in_earnest(records: Records) -> None:
    register = Register(records, Around(records))
    body = f"uid,lon,kind,reason\npoi:a,{LON + 0.001},,moved\npoi:p,{LON + 0.001},,moved\npoi:a,,market,x\n".encode()
    told = register.change_by_file("places", body, "ed", dry_run=True)
    assert [row["accepted"] for row in told["rows"]] == [False, True, False]
    assert told["rows"][0]["fault"] == {
        "en": "poi:a is an area and cannot be moved",
        "zh": "poi:a 是面状部位，不能移动",
    }
    assert records.edits()[0] == 0
    done = register.change_by_file("places", body, "ed", dry_run=False)
    assert done == told | {"dry_run": False}
    assert [edit.uid for edit in records.edits()[1]] == ["poi:p"]
    with pytest.raises(BadQuery, match="is an area and cannot be moved"):
        register.change("places", "poi:a", {"lat": LAT}, "moved", None, "ed")


def test_one_incident_bears_the_uid_under_which_it_is_stored(records: Records) -> None:
    feed = Feed(records, Around(records))
    row = {"source_id": " 7 ", "lon": LON, "lat": LAT, "reported_at": "2026-01-05T08:00:00+08:00"}
    uid = feed.add_incident(None, row)["uid"]
    assert uid == "register:7"
    assert uid in set(records.frame("incidents")["uid"])


def test_masks_are_set_in_their_plain_form_or_refused(records: Records) -> None:
    register = Register(records, Around(records))
    changed = register.change("cameras", "cameras:c1", {"masks": "350－10；90-120@5-20"}, "privacy", None, "ed")
    assert changed["values"]["masks"] == "350-10;90-120@5-20"
    with pytest.raises(BadQuery, match="is no list of 1 to 4 masks") as refused:
        register.change("cameras", "cameras:c1", {"masks": "10-10"}, "privacy", None, "ed")
    assert "遮挡" in refused.value.text("zh")
    assert register.change("cameras", "cameras:c1", {"masks": None}, "none", None, "ed")["values"]["masks"] is None
