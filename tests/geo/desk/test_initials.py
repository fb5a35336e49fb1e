"""Initials of names whose pinyin is on any map of the prefecture."""

import pytest

from geo.desk.initials import find_initials, initials_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("吉首市", "jss"),  # Jishou Shi
        ("凤凰县", "fhx"),  # Fenghuang Xian
        ("花垣县", "hyx"),  # Huayuan Xian
        ("保靖县", "bjx"),  # Baojing Xian
        ("古丈县", "gzx"),  # Guzhang Xian
        ("永顺县", "ysx"),  # Yongshun Xian
        ("龙山县", "lsx"),  # Longshan Xian
        ("湘西土家族苗族自治州", "xxtjzmzzzz"),
        ("A区 3号", "aq3h"),
        ("Old Town", ""),
        ("", ""),
        ("（）", ""),
    ],
)
def test_initials_are_those_of_the_pinyin(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_every_common_character_has_a_letter_and_no_rare_one() -> None:
    common = bytes.fromhex("b0a1d7f9").decode("gb2312") + "啊做"
    assert "?" not in initials_of(common)
    assert initials_of("酃") == "?"  # Ling, in level 2


def test_a_rare_character_matches_any_letter() -> None:
    assert find_initials("lxx", initials_of("泸溪县")) == 0
    assert initials_of("泸溪县", "Luxi County") == "lxx"
    assert find_initials("lxxx", "lxx") == -1
