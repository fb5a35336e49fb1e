"""Masks and longest focal lengths at the door: files, rows of people, headers that are proposed."""

from pathlib import Path

import pytest

from geo.intake.vocabulary import COLUMNS
from tests.geo.intake.small_city import CAMERAS, clean


def test_masks_are_taken_in_their_plain_form_or_refused_with_a_reason(tmp_path: Path) -> None:
    rows = ["a,109.705,28.305,３５０－10＠5-20；90-120,96", "b,109.705,28.305,north,", "c,109.705,28.305,,0"]
    (tmp_path / "cameras.csv").write_text("id,x,y,m,f\n" + "\n".join(rows) + "\n", encoding="utf-8")
    table = clean(tmp_path, CAMERAS + 'masks = "m"\nfocal_max_mm = "f"\n')[1]
    assert table.frame[["source_id", "masks", "focal_max_mm"]].values.tolist() == [["a", "350-10@5-20;90-120", 96.0]]
    refused = table.refused.set_index("line")
    assert refused["reason"].to_dict() == {3: "bad_masks", 4: "out_of_range"}
    assert "is no list of 1 to 4 masks such as 350-10@5-20" in refused.loc[3, "explained_en"]
    assert "不是 1 至 4 个遮挡的列表" in refused.loc[3, "explained_zh"]


@pytest.mark.parametrize(
    ("header", "column"),
    [("遮挡区域", "masks"), ("隐私遮挡", "masks"), ("privacy_mask", "masks"), ("最大焦距", "focal_max_mm")],
)
def test_headers_of_registers_are_known(header: str, column: str) -> None:
    assert [name for name, words in COLUMNS.items() if header in words] == [column]
