"""The typeface: whole, licensed, and with every character that pages and common names need."""

import hashlib
import json

import pytest

from webmap.i18n import load_messages
from webmap.paper.breaking import break_lines
from webmap.paper.typeface import BOLD, FONTS, REGULAR, load_face, to_runs


def test_every_font_is_listed_with_its_hash_and_the_licence_lies_beside() -> None:
    manifest = json.loads((FONTS / "manifest.json").read_text(encoding="utf-8"))
    listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.xz")}
    assert manifest["licence"] == "OFL-1.1"
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 5_000_000


def test_both_weights_have_what_every_page_says() -> None:
    said = {character for words in load_messages().values() for text in words.both().values() for character in text}
    for name in (REGULAR, BOLD):
        assert {character for character in said if ord(character) not in load_face(name).advances} == set()


def test_the_regular_weight_has_the_characters_of_gbk() -> None:
    """The 20,902 hanzi of GBK are U+4E00 to U+9FA5 (GB 13000.1-93)."""
    assert not set(range(0x4E00, 0x9FA6)) - load_face(REGULAR).advances.keys()


@pytest.mark.parametrize("digit", "0123456789")
def test_figures_are_equally_wide(digit: str) -> None:
    for name in (REGULAR, BOLD):
        assert load_face(name).advances[ord(digit)] == load_face(name).advances[ord("0")]


def test_what_no_weight_has_is_set_as_its_code() -> None:
    # U+9FA5 is not in GB 2312, so the bold weight lacks it; U+2A6A5 is in neither.
    assert to_runs("州龥𪚥", bold=True) == [(BOLD, "州"), (REGULAR, "龥[U+2A6A5]")]


def test_no_line_begins_with_a_closing_mark() -> None:
    text = "加强热点：12 个月里 11 个月显著，逐月上升（p = 0.004）。" * 3
    for width in range(6, 30):
        lines = break_lines(text, width, len)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines if line[0] in "，。：）" or line[-1] == "（"]
