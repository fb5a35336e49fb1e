import os
import time
from pathlib import Path

import numpy as np
import pytest

from geo.errors import BadInput, Words
from geo.intake import iter_clean, read_mapping
from geo.rules import Rules
from geo.schema import SOURCES
from tests.geo.intake.small_city import CAMERAS, NOW, cameras, clean, incidents, reasons

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("GRIDSCOPE_TEST_DATA", ROOT.parent / "shared" / "data"))


def test_line_numbers_count_breaks_inside_fields(tmp_path: Path) -> None:
    text = 'id,x,y,n\r\na,109.705,28.305,"two\r\nlines"\r\n\r\nb,0,0,z\r\nc,1\r\nd,109.705,28.305,ok\r\n'
    table = cameras(tmp_path, text, 'name = "n"\n')
    assert reasons(table) == [(5, "null_island"), (6, "bad_row")]
    assert table.frame.line.tolist() == [2, 7]


def test_columns_and_types(tmp_path: Path) -> None:
    extra = 'status = "s"\nh_px = "p"\nfiled = "f"\ninstalled_on = "d"\n[table.constants]\nsweep_deg = 360\n'
    extra += '[table.values.status]\n"在线" = "online"\n"*" = "offline"\n'
    text = "id,x,y,s,p,f,d\na,109.705,28.305,在线,1920,是,2024/1/5\nb,109.705,28.304,坏,1.5,,\nc,109.705,28.303,,,否,\n"
    table = cameras(tmp_path, text, extra)
    assert list(table.frame.columns) == [*SOURCES["cameras"].names(), "line"]
    assert reasons(table) == [(3, "bad_number")]
    assert table.frame.status.tolist() == ["online", "online"]
    assert any("1 cameras without a status" in note.en for note in table.notes)
    assert table.frame.filed.tolist() == [True, False]
    assert table.frame.installed_on.tolist() == ["2024-01-05", None]
    assert table.frame.sweep_deg.tolist() == [360.0, 360.0]
    kinds = {name: str(table.frame[name].dtype) for name in ("name", "lon", "h_px", "filed", "installed_on")}
    assert kinds == {"name": "object", "lon": "float64", "h_px": "Int64", "filed": "boolean", "installed_on": "object"}


def test_rows_by_unit_code(tmp_path: Path) -> None:
    text = "id,x,y,t,u\na,,,2024-01-01,w\nb,,,2024-01-01,zz\nc,,,2024-01-01,\nd,109.705,28.305,2024-01-01,\n"
    table = incidents(tmp_path, text, 'unit_code = "u"\n')
    assert reasons(table) == [(3, "unknown_unit_code"), (4, "not_located")]
    assert table.frame.source_id.tolist() == ["a", "d"]
    assert np.isnan(table.frame.lon[0])


def test_unknown_values_and_ranges(tmp_path: Path) -> None:
    text = "id,x,y,k,t\na,109.705,28.305,Dome,95\nb,109.705,28.305,drone,5\n"
    table = cameras(tmp_path, text, 'kind = "k"\ntilt_deg = "t"\n')
    assert reasons(table) == [(2, "out_of_range"), (3, "unknown_value")]


def test_missing_files_and_columns_are_said_together(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cameras.csv is not in .*other.csv is not in"):
        clean(tmp_path, CAMERAS, CAMERAS.replace("cams", "more").replace("cameras.csv", "other.csv"))
    with pytest.raises(BadInput, match=r"no column 'x'.*no column 'y'"):
        cameras(tmp_path, "id,lon,lat\n")


def test_a_big_table_is_read_in_seconds(tmp_path: Path) -> None:
    row = "{},109.705,28.305,2024-01-{:02d} {:02d}:{:02d}:{:02d}"
    rows = [row.format(i, i % 28 + 1, i % 24, i % 60, i % 59) for i in range(200_000)]
    start = time.process_time()
    table = incidents(tmp_path, "id,x,y,t\n" + "\n".join(rows))
    assert len(table.frame) == 200_000
    assert time.process_time() - start < 5


def test_baltimore() -> None:
    data = DATA / "baltimore"
    if not data.is_dir():
        pytest.skip(f"no test data at {data}")
    steps: list[tuple[float, Words]] = []
    mapping = read_mapping(ROOT / "tests" / "cities" / "baltimore.toml")
    units, cams, inc = iter_clean(mapping, data, Rules(), lambda share, words: steps.append((share, words)), now=NOW)
    assert units.frame.level.value_counts().to_dict() == {
        "neighborhood": 278,
        "police_district": 9,
        "council_district": 14,
        "all": 1,
    }
    assert any("85.6 m2" in note.en for note in units.notes)
    assert (cams.n_read, len(cams.frame)) == (614, 614)
    assert any(note.en.startswith("24 cameras") for note in cams.notes)
    assert reasons(inc) == [(6388, "bad_time"), (6503, "bad_time"), (6793, "bad_time"), (6905, "bad_time")]
    assert (inc.n_read, len(inc.frame)) == (7309, 7305)
    assert inc.frame.reported_at[0].isoformat() == "2018-12-31T18:30:00+00:00"
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
