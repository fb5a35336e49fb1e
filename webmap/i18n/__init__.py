"""The message catalogue (glossary.csv, extra.csv, intake.csv) and the choice of language and theme."""

import csv
from functools import cache
from pathlib import Path

from geo.errors import Words

LANGS = ("zh", "en")
THEMES = ("auto", "light", "dark")
Messages = dict[str, Words]


@cache
def load_messages(folder: Path = Path(__file__).parent) -> Messages:
    """All messages by key; a later file's key replaces an earlier one's.

    >>> load_messages()["desk.coverage"].text("zh")
    '覆盖'
    """
    messages: Messages = {}
    for name in ("glossary.csv", "extra.csv", "intake.csv"):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            messages.update({row["key"]: Words(row["en"], row["zh"]) for row in csv.DictReader(file)})
    return messages


def translate(messages: Messages, key: str, lang: str, **values: object) -> str:
    """The message `key` in `lang` with `{name}` filled from `values`; a key without a message stands for itself."""
    words = messages.get(key)
    text = words.text(lang) if words else key
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def choose_lang(asked: str | None, cookie: str | None, accepted: str) -> str:
    """The language: asked for, kept in a cookie, accepted by the browser (RFC 9110 weights), else Chinese.

    >>> choose_lang(None, None, "de, en-GB;q=0.8, zh;q=0.5"), choose_lang("zh", "en", ""), choose_lang(None, None, "de")
    ('en', 'zh', 'zh')
    """
    for choice in (asked, cookie):
        if choice in LANGS:
            return str(choice)
    ranked = []
    for place, item in enumerate(accepted.split(",")[:20]):
        tag, _, weight = item.strip().partition(";q=")
        lang = tag.split("-")[0].lower()
        if lang in LANGS:
            ranked.append((-_weight(weight), place, lang))
    return min(ranked)[2] if ranked and min(ranked)[0] < 0 else "zh"


def choose_theme(asked: str | None, cookie: str | None) -> str:
    """The theme: asked for, kept in a cookie, else what the system says ("auto")."""
    return next((choice for choice in (asked, cookie) if choice in THEMES), "auto") or "auto"


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text else 1.0
    except ValueError:
        return 0.0
