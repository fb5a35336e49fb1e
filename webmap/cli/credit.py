"""The source line and the map review number (审图号) of a home: asked for once, at its first import."""

import sys
from pathlib import Path
from typing import TextIO

from geo.errors import Words
from geo.intake import read_mapping
from geo.records import Records
from webmap.cli.say import say

_MAX_CHARS = 200
_SOURCE = Words(
    "Source of the boundaries, as the map should name it (Enter leaves it empty): ",
    "地图上注明的边界数据来源（回车留空）：",
)
_NUMBER = Words("Map review number, 审图号 (Enter leaves it empty): ", "审图号（回车留空）：")
_HOW = Words(
    "the map names no source and no review number (审图号); "
    "the mapping can: attribution_zh, attribution_en, map_review_number",
    "地图未注明来源和审图号；可在映射文件中设置 attribution_zh、attribution_en、map_review_number",
)


def ask_credit(home: Path, mapping_path: Path, lang: str, answers: TextIO | None = None) -> dict[str, str]:
    """Job arguments `source_line` and `review_number` from the person at the terminal `answers` (stdin).

    Nothing is asked ({}) of a home that holds data, of a demo, or where the mapping names a source or a number, or has
    no levels; where `answers` is no terminal, one line says how to set them.
    """
    answers = answers or sys.stdin
    mapping = read_mapping(mapping_path)
    if (
        not mapping.levels
        or mapping.demo
        or mapping.attribution_zh
        or mapping.attribution_en
        or mapping.map_review_number
    ):
        return {}
    with Records.open(home) as records:
        if records.home() is not None:
            return {}
    if not answers.isatty():
        say(_HOW, lang, sys.stderr)
        return {}
    source, number = _ask(_SOURCE, lang, answers), _ask(_NUMBER, lang, answers)
    return {"source_line": source, "review_number": number.removeprefix("审图号").lstrip("：: ")}


def _ask(question: Words, lang: str, answers: TextIO) -> str:
    """One line that was typed, without what cannot be printed."""
    sys.stderr.write(question.text(lang))
    sys.stderr.flush()
    return "".join(character for character in answers.readline() if character.isprintable()).strip()[:_MAX_CHARS]
