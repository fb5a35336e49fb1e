"""How the command line speaks: language, progress, plain tables."""

import getpass
import math
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TextIO

from geo.errors import Words

_BAR = 24
_STEP_S = 0.1
#: No time left is told before this share is done and these seconds have gone; an estimate then follows what it is
#: corrected by within about these seconds.
_TOLD_FROM_SHARE, _TOLD_FROM_S, _FOLLOWS_S = 0.05, 3.0, 5.0


def find_lang(asked: str | None) -> str:
    """ "zh" or "en": what was asked for, else what the environment's locale says."""
    if asked:
        return asked
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"


def os_user() -> str:
    """The operating system's name of who runs this, for the audit log."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def say(words: Words | str, lang: str, out: TextIO | None = None) -> None:
    """One line on stdout (or `out`)."""
    (out or sys.stdout).write((words if isinstance(words, str) else words.text(lang)) + "\n")


class Progress:
    """Called with (share, words): a bar with the time left on a terminal, else one line per new sentence.

    `first` and `last` (0..1) are the part of the whole that the next calls fill. The time left is that gone so far x
    (1 - share) / share, smoothed; until something can be said of it, it reads "-:--".
    """

    def __init__(self, lang: str, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._lang, self._out, self._clock = lang, out or sys.stderr, clock
        self._is_tty = self._out.isatty()
        self._started_s, self._drawn_s = clock(), float("-inf")
        self._ends_s: float | None = None
        self._said, self._width = "", 0
        self.first, self.last = 0.0, 1.0

    def span(self, first: float, last: float) -> "Progress":
        """This progress, with the next calls filling the part from `first` to `last`."""
        self.first, self.last = first, last
        return self

    def __call__(self, share: float, words: Words) -> None:
        """Show that `share` of the current part is done, and what is being done."""
        whole = self.first + (self.last - self.first) * min(max(share, 0.0), 1.0)
        text = words.text(self._lang)
        now_s = self._clock()
        if not self._is_tty:
            if text != self._said:
                self._out.write(f"{whole:4.0%} {text}\n")
                self._out.flush()
        elif text != self._said or now_s - self._drawn_s >= _STEP_S:
            filled = round(_BAR * whole)
            line = f"{'█' * filled}{'░' * (_BAR - filled)} {whole:4.0%} {self._left(whole, now_s)} {text}"
            self._draw(line)
            self._drawn_s = now_s
        self._said = text

    def close(self) -> None:
        """Clear the bar."""
        if self._is_tty and self._width:
            self._draw("")
            self._out.write("\r")
            self._out.flush()

    def _left(self, whole: float, now_s: float) -> str:
        gone_s = now_s - self._started_s
        shown = "-:--"
        if whole >= _TOLD_FROM_SHARE and gone_s >= _TOLD_FROM_S:
            ends_s = self._started_s + gone_s / whole
            if self._ends_s is not None:
                ends_s = self._ends_s + (ends_s - self._ends_s) * -math.expm1((self._drawn_s - now_s) / _FOLLOWS_S)
            self._ends_s = ends_s
            left_s = max(round(ends_s - now_s), 0)
            shown = f"{left_s // 60}:{left_s % 60:02d}"
        return Words(f"{shown} left", f"还剩 {shown}").text(self._lang)

    def _draw(self, line: str) -> None:
        width = text_width(line)
        self._out.write("\r" + line + " " * max(0, self._width - width))
        self._out.flush()
        self._width = width


def text_width(text: str) -> int:
    """Columns that `text` takes on a terminal: two for a wide character.

    >>> text_width("网格 1")
    6
    """
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def plain_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns set under each other, two spaces apart; empty cells for what is missing.

    >>> print(plain_table(["code", "n"], [["a", 12], ["网格", None]]))
    code  n
    a     12
    网格
    """
    lines = [[str(name) for name in header], *([_cell(value) for value in row] for row in rows)]
    widths = [max(text_width(line[i]) for line in lines) for i in range(len(header))]
    padded = [
        "  ".join(cell + " " * (width - text_width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join(padded)


def _cell(value: object) -> str:
    missing = value is None or str(value) in {"nan", "NaT", "<NA>"}
    text = value.isoformat(" ", "seconds") if isinstance(value, datetime) and not missing else str(value)
    return "" if missing else "".join(c if c.isprintable() else " " for c in text)
