from pathlib import Path

import pytest

from geo.demo.incidents import CATEGORIES
from geo.demo.labels import labels_text
from geo.errors import BadInput, Words
from geo.records.labels import FILE, read_labels


def write(home: Path, text: str) -> Path:
    (home / FILE).write_text(text, encoding="utf-8")
    return home


def test_no_file_names_nothing(tmp_path: Path) -> None:
    assert read_labels(tmp_path) == {}


def test_a_name_that_is_left_out_is_the_word(tmp_path: Path) -> None:
    home = write(tmp_path, "\ufeffword,column,en,zh\n占道,category,,占道经营\nvisit,channel,Walk-in,\n")
    assert read_labels(home) == {
        "incident.category.占道": Words("占道", "占道经营"),
        "incident.channel.visit": Words("Walk-in", "visit"),
    }


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    home = write(tmp_path, "column,word,zh,en\nseen,1,是,yes\ncategory,,空,empty\ncategory,噪声,噪声,Noise\n")
    with pytest.raises(BadInput, match=r"row 1: no column 'seen'.*; .*row 2") as raised:
        read_labels(home)
    assert len(raised.value.faults) == 2


@pytest.mark.parametrize("content", [b"word,zh\n", b"\xff\xfe", b""])
def test_what_is_no_such_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BadInput, match=r"labels\.csv"):
        read_labels(tmp_path)


def test_the_demo_names_each_of_its_categories_in_english(tmp_path: Path) -> None:
    found = read_labels(write(tmp_path, labels_text()))
    assert list(found) == [f"incident.category.{word}" for word, _, _ in CATEGORIES]
    assert all(words.en.isascii() and not words.zh.isascii() for words in found.values())
