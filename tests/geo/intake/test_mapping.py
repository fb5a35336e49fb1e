from pathlib import Path

import pytest

from geo.errors import BadMapping
from geo.intake import home_info, read_mapping
from tests.geo.intake.small_city import CAMERAS, HEAD, INCIDENTS, LEVEL


def _read(folder: Path, text: str, name: str = "My City.toml"):  # type: ignore[no-untyped-def]
    (folder / name).write_text(text, encoding="utf-8")
    return read_mapping(folder / name)


def test_name_and_digest(tmp_path: Path) -> None:
    mapping = _read(tmp_path, HEAD + LEVEL + CAMERAS)
    assert mapping.name == "my-city"
    again = _read(tmp_path, "# remark\n" + HEAD + LEVEL + CAMERAS, "b.toml")
    assert again.digest == mapping.digest
    assert len(mapping.digest) == 64
    assert _read(tmp_path, HEAD + LEVEL, "c.toml").digest != mapping.digest


def test_every_fault_is_said(tmp_path: Path) -> None:
    bad = CAMERAS.replace('crs = "EPSG:4326"', 'crs = "EPSG:1"\nencoding = "utf-7"\ntimezone = "Mars"')
    bad += 'lon = "x"\nplate = "p"\nkind = "k"\n[table.constants]\nkind = "dome"\n'
    text = HEAD + LEVEL + 'parent = "town"\n' + bad + bad.replace("cameras", "persons", 1)
    with pytest.raises(BadMapping) as caught:
        _read(tmp_path, text)
    said = str(caught.value)
    for part in (
        "no coordinate reference system",
        "encoding 'utf-7'",
        "'Mars'",
        "has no column 'plate'",
        "named by x and y",
        "both a column and a constant",
        "'cams' is used 2 times",
        "no table 'persons'",
        "no level listed after it",
    ):
        assert part in said
    assert "没有表" in caught.value.text("zh")


def test_unknown_keys_and_missing_columns(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match=r"table\.1\.colour is not a known key"):
        _read(tmp_path, HEAD + LEVEL + CAMERAS.replace("crs =", "colour = 1\ncrs ="))
    with pytest.raises(BadMapping, match="reported_at must be mapped"):
        _read(tmp_path, HEAD + LEVEL + INCIDENTS.replace('reported_at = "t"\n', ""))
    with pytest.raises(BadMapping, match="not a TOML file"):
        _read(tmp_path, "[[")
    with pytest.raises(BadMapping, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "extent",
    [
        "[]",
        '"a,b"',
        "[1, 2, 3]",
        "[1, 2, 3, 4, 5]",
        "[nan, 2, 3, 4]",
        "[0, 0, inf, 1]",
        "[2, 0, 1, 1]",
        "[0, 91, 1, 92]",
    ],
)
def test_row_29_an_extent_that_is_no_box(tmp_path: Path, extent: str) -> None:
    with pytest.raises(BadMapping, match="extent"):
        _read(tmp_path, f"extent = {extent}\n" + HEAD + LEVEL)


def test_home_with_total(tmp_path: Path) -> None:
    mapping = _read(tmp_path, HEAD + LEVEL)
    assert [level.name for level in home_info(mapping, "EPSG:4326").levels] == ["grid"]
    home = home_info(mapping, "EPSG:4326", total=True)
    assert home.chains() == (("grid", "all"),)
    assert home.level("all").title_zh == "全部"
