"""Somebody's own CSV against the tiny city: every row comes back, in order, with its units or a reason."""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.errors import BadInput, BadQuery
from geo.snapshot import assign, assign_parquet
from geo.snapshot.assign import assign_csv
from geo.snapshot.store import Snapshot
from tests.tiny_city import X0, Y0, lonlat

LON, LAT = lonlat(250, 250)
ADDED = ["assigned_grid", "assigned_town", "assigned_prefecture", "assign_status", "assign_reason"]


def assigned(snapshot: Snapshot, folder: Path, text: str | bytes, crs: str = "EPSG:4326") -> list[list[str]]:
    (folder / "in.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    assign_csv(snapshot, folder / "in.csv", "x", "y", crs, folder / "out.csv")
    assert (folder / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_each_row_gets_its_units_or_a_reason(tiny: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"{LON},{LAT},a", ",28,b", "x,28,c", "100,28,d", "1000,28,e", f"{LON},{LAT}", f'{LON},{LAT},"f\ng"']
    text = "x,y,note\n" + "\n".join(rows) + "\n"
    found = assigned(tiny, tmp_path, text)
    assert found[0] == ["x", "y", "note", *ADDED]
    assert [row[2:] for row in found[1:]] == [
        ["a", "A-1", "A", "P", "assigned", ""],
        ["b", "", "", "", "refused", "missing_coordinate"],
        ["c", "", "", "", "refused", "bad_number"],
        ["d", "", "", "", "outside", ""],
        ["e", "", "", "", "refused", "not_degrees"],
        ["", "", "", "", "refused", "bad_row"],
        ["f\ng", "A-1", "A", "P", "assigned", ""],
    ]
    monkeypatch.setattr(assign, "_CHUNK_ROWS", 2)
    assert assigned(tiny, tmp_path, text) == found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(tiny: Snapshot, tmp_path: Path, encoding: str) -> None:
    found = assigned(tiny, tmp_path, f"名称,x,y\n乾州古城,{LON},{LAT}\n".encode(encoding))
    assert found[0][0] == "名称"
    assert found[1][0] == "乾州古城"
    assert found[1][3] == "A-1"


def test_another_crs(tiny: Snapshot, tmp_path: Path) -> None:
    text = f"x,y\n{X0 + 1750},{Y0 + 750}\n{X0 + 5000},{Y0}\n"
    assert [row[2:6] for row in assigned(tiny, tmp_path, text, "EPSG:32649")[1:]] == [
        ["B-4", "B", "P", "assigned"],
        ["", "", "", "outside"],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"x,z\n1,2\n", "no column 'y'; columns are x, z"),
        (b"x,y,x\n1,2,3\n", "several columns called 'x'"),
        (b"x,y,assigned_grid\n1,2,3\n", "assigned_grid already"),
        (b"x,y\n1,\xff\xff\xff\n", "not text"),
        (b"x,y\n1," + b"2" * 200_000 + b"\n", "not a CSV file"),
    ],
)
def test_no_such_table_leaves_the_earlier_file(tiny: Snapshot, tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "out.csv").write_text("\ufeffbefore", "utf-8")
    with pytest.raises((BadInput, BadQuery), match=said):
        assigned(tiny, tmp_path, text)
    assert (tmp_path / "out.csv").read_text("utf-8-sig") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_the_limits_of_other_readers_stay(tiny: Snapshot, tmp_path: Path) -> None:
    before = csv.field_size_limit()
    assigned(tiny, tmp_path, "x,y\n1,2\n")
    assert csv.field_size_limit() == before


def test_parquet_in_and_out_answers_as_csv_does_batch_by_batch(
    tiny: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(4)
    points = [lonlat(x, y) for x, y in rng.uniform(-200, 2_000, (300, 2))]
    x, y = [float(p[0]) for p in points], [float(p[1]) for p in points]
    rows = [(None, 28.0), (float("nan"), 28.0), (1000.0, 28.0), (LON, LAT), *zip(x, y, strict=True)]
    table = pa.table({"x": [r[0] for r in rows], "y": [r[1] for r in rows], "note": [str(n) for n in range(len(rows))]})
    pq.write_table(table, tmp_path / "in.parquet")
    monkeypatch.setattr(assign_parquet, "_BATCH_ROWS", 70)
    counts = assign_parquet.assign_parquet(
        tiny, tmp_path / "in.parquet", "x", "y", "EPSG:4326", tmp_path / "out.parquet"
    )
    found = pq.read_table(tmp_path / "out.parquet").to_pandas()
    text = "x,y,note\n" + "".join(f"{'' if a is None else a},{b},{n}\n" for n, (a, b) in enumerate(rows))
    as_csv = assigned(tiny, tmp_path, text)
    assert list(found.columns) == as_csv[0]
    assert found[ADDED].astype(object).fillna("").to_numpy().tolist() == [row[3:] for row in as_csv[1:]]
    assert found["note"].tolist() == [row[2] for row in as_csv[1:]]
    assert counts == found["assign_status"].value_counts().to_dict()
    assert counts["assigned"] > 50


def test_parquet_that_cannot_be_followed_is_named(tiny: Snapshot, tmp_path: Path) -> None:
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    source.write_bytes(b"not a table")
    with pytest.raises(BadInput, match="no Parquet table"):
        assign_parquet.assign_parquet(tiny, source, "x", "y", "EPSG:4326", out)
    pq.write_table(pa.table({"x": ["1"], "y": [1.0]}), source)
    with pytest.raises(BadQuery, match=r"'x' of in\.parquet holds string"):
        assign_parquet.assign_parquet(tiny, source, "x", "y", "EPSG:4326", out)
    with pytest.raises(BadQuery, match="no column 'z'"):
        assign_parquet.assign_parquet(tiny, source, "x", "z", "EPSG:4326", out)
    assert not list(tmp_path.glob("*out*"))
