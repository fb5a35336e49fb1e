import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import BadInput, BadQuery, NotAvailable, NotBalanced
from geo.records import Counts, Records
from tests.geo.records.samples import HOME, cameras, import_cameras, import_units, refused, replace_source, units


def test_counts_of_a_second_import(records: Records) -> None:
    import_cameras(records, cameras(["1", "2", "3"]))
    second = cameras(["1", "2", "4"])
    second.loc[1, "status"] = "offline"
    tx = import_cameras(records, second)
    assert tx.counts == {"cameras": Counts(added=1, changed=1, removed=1, unchanged=1)}
    frame = records.frame("cameras")
    assert frame["uid"].tolist() == ["police:1", "police:2", "police:4"]
    assert frame["status"].tolist() == ["online", "offline", "online"]


def test_the_same_content_again_changes_nothing(records: Records) -> None:
    first = import_cameras(records, cameras(), n_refused=2)
    before = records.digests(), records.refusals()
    again = import_cameras(records, cameras().iloc[::-1].reset_index(drop=True), n_refused=2)
    assert (first.outcome, again.outcome) == ("changed", "unchanged")
    assert records.digests() == before[0]
    pd.testing.assert_frame_equal(records.refusals(), before[1])
    imports = records.imports()
    assert imports["outcome"].tolist() == ["unchanged", "changed"]
    assert json.loads(imports["counts"][0]) == {"cameras": {"added": 0, "changed": 0, "removed": 0, "unchanged": 3}}


def test_lines_follow_the_file_without_a_change(records: Records) -> None:
    import_cameras(records, cameras())
    tx = import_cameras(records, cameras().assign(line=[12, 13, 14]))
    assert tx.outcome == "unchanged"
    with records.reading() as connection:
        assert connection.exec_driver_sql("SELECT line FROM cameras ORDER BY uid").scalars().all() == [12, 13, 14]


def test_only_more_refusals_is_a_change(records: Records) -> None:
    import_cameras(records, cameras())
    assert import_cameras(records, cameras(), n_refused=1).outcome == "changed"
    assert records.sources()[["n_read", "n_kept", "n_refused"]].values.tolist() == [[4, 3, 1]]


def test_an_error_applies_nothing(records: Records) -> None:
    import_cameras(records, cameras())

    def fail() -> None:
        with records.importing("import", "town", "1" * 64) as tx:
            replace_source(tx, "cameras", "police", "cameras.csv", cameras(["9"]), refused(), 1, "EPSG:4326")
            tx.set_home(HOME)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert records.frame("cameras")["source_id"].tolist() == ["1", "2", "3"]
    assert records.home() is None
    assert len(records.imports()) == 1


def test_reading_and_writing_go_on_while_files_are_staged(records: Records) -> None:
    with records.importing("import", "town", "1" * 64) as tx:
        replace_source(tx, "cameras", "police", "cameras.csv", cameras(), refused(), 3, "EPSG:4326")
        records.write_audit("duty", "/exports")
        assert records.frame("cameras").empty
    assert len(records.frame("cameras")) == 3
    assert len(records.audit()) == 1


def test_sources_are_apart(records: Records) -> None:
    import_cameras(records, cameras(["1"]), source="police")
    import_cameras(records, cameras(["1"]), source="village")
    import_cameras(records, cameras([]), source="village")
    assert records.frame("cameras")["uid"].tolist() == ["police:1"]
    assert records.has("cameras")
    assert not records.has("roads")


def test_a_source_that_the_mapping_drops_goes(records: Records) -> None:
    import_cameras(records, cameras(["1"]), source="old-name", n_refused=1)
    import_cameras(records, cameras(["1"]), source="other-city", mapping="elsewhere")
    with records.importing("import", "town", "1" * 64) as tx:
        replace_source(tx, "cameras", "new-name", "cameras.csv", cameras(["1"]), refused(), 1, "EPSG:4326")
        tx.drop_unnamed()
    assert tx.counts["cameras"] == Counts(added=1, removed=1)
    assert records.frame("cameras")["uid"].tolist() == ["new-name:1", "other-city:1"]
    assert records.refusals().empty


def test_units_are_replaced_whole_and_named_by_level(records: Records) -> None:
    import_units(records)
    frame = records.frame("units")
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame[["level", "code"]].values.tolist() == [["grid", "a"], ["grid", "b"], ["town", "t"]]
    assert frame["uid"].tolist() == ["levels:grid/a", "levels:grid/b", "levels:town/t"]
    assert frame.crs == "EPSG:32649"
    with records.importing("import", "town", "1" * 64) as tx:
        counts = replace_source(tx, "units", "renamed", "g.gpkg", units().iloc[:1], refused(), 1, "EPSG:32649")
    assert counts == tx.counts["units"] == Counts(added=1, removed=3)
    assert records.sources()["source"].tolist() == ["renamed"]


def test_the_boundary_version_is_known_before_the_import_ends(records: Records) -> None:
    with pytest.raises(NotAvailable):
        records.boundary_version()
    with records.importing("import", "town", "1" * 64) as tx:
        replace_source(tx, "units", "levels", "grids.gpkg", units(), refused(), 3, "EPSG:32649")
        tx.set_home(HOME)
        coming = tx.boundary_version()
    assert coming == records.boundary_version()
    assert len(coming) == 16
    import_cameras(records, cameras())
    assert records.boundary_version() == coming
    moved = units()
    moved.loc[0, "geometry"] = shapely.box(100, 0, 200, 101)
    with records.importing("import", "town", "1" * 64) as tx:
        replace_source(tx, "units", "levels", "grids.gpkg", moved, refused(), 3, "EPSG:32649")
    assert records.boundary_version() != coming


def test_rows_must_add_up(records: Records) -> None:
    with pytest.raises(NotBalanced, match="5 rows read, 3 kept, 1 refused"), records.importing("import", "t", "") as tx:
        replace_source(tx, "cameras", "police", "cameras.csv", cameras(), refused(1), 5, "EPSG:4326")


@pytest.mark.parametrize("source", ["", "a:b", "../x", "a b"])
def test_bad_source_names(records: Records, source: str) -> None:
    with pytest.raises(BadInput, match="bad source name"), records.importing("import", "t", "") as tx:
        replace_source(tx, "cameras", source, "cameras.csv", cameras(), refused(), 3, "EPSG:4326")


def test_double_and_empty_ids_and_unknown_tables(records: Records) -> None:
    for ids, said in ((["1", "1"], "'1' comes twice"), (["1", ""], "has no id"), (["1", None], "has no id")):
        with pytest.raises(BadInput, match=said):
            import_cameras(records, cameras(ids))  # type: ignore[arg-type]
    with pytest.raises(BadQuery, match="no source table"), records.importing("import", "t", "") as tx:
        replace_source(tx, "sqlite_master", "a", "f", cameras(), refused(), 3, "EPSG:4326")


def test_frames_come_back_as_they_went_in(records: Records) -> None:
    n = 4
    incidents = pd.DataFrame(
        {
            "source_id": pd.Series(["1", "2", "3", "4"], dtype=object),
            "lon": [109.7388, np.nan, -0.0, 1 / 3],
            "lat": [28.3112, np.nan, 0.0, 5e-324],
            "reported_at": pd.to_datetime(
                ["2024-02-29T23:59:59.123456Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T00:00:00Z", None],
                format="ISO8601",
            ).as_unit("us"),
            "category": pd.Series(['quo"te\\', "纠纷", None, "\u0000\n"], dtype=object),
            "reopened": pd.array([True, False, None, True], dtype="boolean"),
            "line": range(n),
        }
    )
    with records.importing("import", "t", "") as tx:
        replace_source(tx, "incidents", "hotline", "i.csv", incidents, refused(), n, "EPSG:4326")
    frame = records.frame("incidents")
    for name in incidents.columns.drop("line"):
        pd.testing.assert_series_equal(frame[name], incidents[name])
    assert str(frame["closed_at"].dtype) == "datetime64[us, UTC]"
    assert frame["category"].dtype == object
    assert frame["unit_code"].tolist() == [None] * n


def test_an_elevation_is_one_row_named_by_its_content(records: Records) -> None:
    for content in ("a" * 64, "b" * 64):
        with records.importing("import", "t", "") as tx:
            row = pd.DataFrame({"source_id": [content], "line": [1]})
            replace_source(tx, "elevation", "srtm", "dem.tif", row, refused(), 1, "EPSG:4326")
    assert records.frame("elevation")["uid"].tolist() == ["srtm:" + "b" * 64]
