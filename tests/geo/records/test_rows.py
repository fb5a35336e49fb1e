import hashlib

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.records.rows import sum_hashes, to_frame, to_rows
from geo.schema import SOURCES


def hashes(**values: object) -> bytes:
    return to_rows(SOURCES["cameras"], "police", pd.DataFrame({"source_id": ["7"], **values})).hashes[0]


def test_the_hash_is_sha256_of_the_documented_json() -> None:
    time = pd.to_datetime(["2024-01-02T03:04:05+08:00"])
    row = pd.DataFrame({"source_id": ["7"], "lon": [109.5], "reported_at": time, "reopened": [True], "line": [3]})
    text = (
        '{"source":"hotline","source_id":"7","source_id":"7","lon":109.5,'
        '"reported_at":"2024-01-01T19:04:05.000000Z","reopened":true}'
    )
    assert to_rows(SOURCES["incidents"], "hotline", row).hashes == [hashlib.sha256(text.encode()).digest()]


def test_geometry_enters_the_hash_as_little_endian_wkb_in_two_dimensions() -> None:
    line = shapely.LineString([(0, 0, 5), (1, 1, 5)])
    rows = to_rows(SOURCES["roads"], "osm", gpd.GeoDataFrame({"source_id": ["7"]}, geometry=[line]))
    flat = shapely.LineString([(0, 0), (1, 1)])
    text = f'{{"source":"osm","source_id":"7","source_id":"7","geometry":"{flat.wkb_hex.lower()}"}}'
    assert rows.hashes == [hashlib.sha256(text.encode()).digest()]


def test_what_the_hash_does_not_see() -> None:
    assert hashes(line=[1]) == hashes(line=[2])
    assert hashes(name=["e\u0301"]) == hashes(name=["é"])
    assert hashes(lon=[-0.0]) == hashes(lon=[0.0])
    assert hashes(name=[None]) == hashes()


def test_what_the_hash_sees() -> None:
    different = [hashes(), hashes(name=[""]), hashes(name=["x"]), hashes(owner=["x"]), hashes(lon=[0.1 + 0.2])]
    different += [hashes(lon=[0.3]), hashes(name=['x","owner":"y']), hashes(name=["x"], owner=["y"])]
    assert len(set(different)) == len(different)


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_infinity=False)), max_size=5)
)
def test_rows_and_back(pairs: list[tuple[str, float]]) -> None:
    table = SOURCES["buildings"]
    frame = gpd.GeoDataFrame(
        {
            "source_id": pd.Series([str(i) for i in range(len(pairs))], dtype=object),
            "use": pd.Series([text for text, _ in pairs], dtype=object),
            "height_m": pd.Series([value for _, value in pairs], dtype="float64"),
        },
        geometry=[shapely.box(0, 0, 1, 1)] * len(pairs),
        crs="EPSG:4326",
    )
    rows = to_rows(table, "osm", frame)
    cells = dict(zip(rows.columns, rows.cells, strict=True))
    names = [*table.names(), "uid", "geom"]
    stored = list(zip(*(cells[name] or [None] * len(pairs) for name in names), strict=True))
    back = to_frame(table, stored, "EPSG:4326")
    again = to_rows(table, "osm", back)
    assert again.hashes == rows.hashes
    assert sum_hashes(again.hashes[::-1]) == sum_hashes(rows.hashes)


def test_the_uids_of_rows_are_their_first_column() -> None:
    rows = to_rows(SOURCES["cameras"], "police", pd.DataFrame({"source_id": ["7", "8"]}))
    assert rows.uids == ["police:7", "police:8"] == [values[rows.columns.index("uid")] for values in rows.values]
