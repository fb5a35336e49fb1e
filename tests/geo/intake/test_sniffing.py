"""Files as offices send them: title lines on top, any encoding, commas and wide digits; BAD_INPUTS rows 12 to 14."""

from pathlib import Path

import openpyxl
import pytest

from geo.errors import BadInput
from geo.intake.readers.heading import find_delimiter, find_header
from tests.geo.intake.small_city import CAMERAS, cameras, clean, reasons

CHINESE = CAMERAS.replace('x = "x"', 'x = "经度"').replace('y = "y"', 'y = "纬度"').replace('"id"', '"设备编号"')
TITLES = "乾州街道视频监控台账,,\n填报单位：综治中心,,填报日期：2024-03-01\n,,\n"
ROWS = "设备编号,经度,纬度\n34020000001320000101,１０９．７０５,28.305\n1.2E+19,109.705,28.305\nc,0,0\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_rows_12_to_14_a_gbk_file_with_title_lines(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "cameras.csv").write_bytes((TITLES + ROWS).encode(encoding))
    table = clean(tmp_path, CHINESE)[1]
    assert reasons(table) == [(6, "ruined_id"), (7, "null_island")]
    assert (table.frame.source_id.tolist(), table.frame.lon.tolist()) == (["34020000001320000101"], [109.705])
    assert table.frame.line.tolist() == [5]
    assert any("the header is line 4" in note.en for note in table.notes)


def test_a_stated_header_line_is_taken(tmp_path: Path) -> None:
    (tmp_path / "cameras.csv").write_text("id,x,y\nid,x,y\na,109.705,28.305\n")
    found = clean(tmp_path, CAMERAS)[1]
    assert (found.n_read, reasons(found)) == (2, [(2, "bad_number")])
    stated = clean(tmp_path, CAMERAS.replace('crs = "', 'header_line = 2\ncrs = "'))[1]
    assert (stated.n_read, reasons(stated)) == (1, [])
    with pytest.raises(BadInput, match="no column 'id'"):
        clean(tmp_path, CAMERAS.replace('crs = "', 'header_line = 3\ncrs = "'))


def test_a_column_that_is_missing_is_named_with_those_of_the_header(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no column 'x'.*columns are 'id', 'lon', 'lat'"):
        cameras(tmp_path, "台账,,\nid,lon,lat\na,109.705,28.305\n")


def test_a_workbook_with_merged_title_and_numbers_for_ids(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["乾州街道视频监控台账"])
    sheet.merge_cells("A1:C1")
    sheet.append([None, None, "2024-03-01"])
    sheet.append(["设备编号", "经度", "纬度"])
    # A spreadsheet keeps 15 digits of a number: a longer id is no longer what it was, unless it is text.
    for number in (34020000001320001, 34020000001320000000, 3.402e19, 7.0, "34020000001320000101"):
        sheet.append([number, "109.705", 28.305])
    book.save(tmp_path / "cameras.xlsx")
    table = clean(tmp_path, CHINESE.replace(".csv", ".xlsx"))[1]
    assert reasons(table) == [(4, "ruined_id"), (5, "ruined_id"), (6, "ruined_id")]
    assert table.frame.source_id.tolist() == ["7", "34020000001320000101"]
    assert any("the header is row 3" in note.en for note in table.notes)


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (["id,x,y\n", "a,1,2\n"], ","),
        (["sep=;\n", "id;x;y\n", "a;1,5;2,5\n", "b;1,5;2\n"], ";"),
        (["标题\n", "id\tx\ty\n", "a\t1,5\t2,5\n"], "\t"),
        (["id|x\n", "a|b;c\n"], "|"),
        (['"a;b;c",x\n', '"a;b",y\n', "c,z\n"], ","),
        (["only\n", "one\n"], ","),
    ],
)
def test_delimiters(lines: list[str], mark: str) -> None:
    assert find_delimiter(lines) == mark


def test_headers() -> None:
    assert find_header([["", ""], ["a", "b"]]) == 1
    assert find_header([["", ""]]) is None
    assert find_header([["单位：甲", "", "日期：2024"], ["id", "x", "y"], ["1", "2", "3"]]) == 1
    assert find_header([["1", "2"], ["3", "4"]]) == 0
    assert find_header([["id", "id"], ["id", "x"]], ["x"]) == 1
