"""Progress on a terminal and in a log, and tables with wide characters."""

import io

from geo.errors import Words
from webmap.cli.say import Progress, plain_table

HALF = Words("half", "一半")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_log_gets_one_line_per_step() -> None:
    out = io.StringIO()
    progress = Progress("zh", out, clock=lambda: 0.0)
    progress(0.5, HALF)
    progress(0.6, HALF)
    progress(1.0, Words("done", "完成"))
    assert out.getvalue() == " 50% 一半\n100% 完成\n"


def test_terminal_shows_time_left() -> None:
    out, now_s = Terminal(), [0.0]
    progress = Progress("en", out, clock=lambda: now_s[0])
    progress(0.0, HALF)
    now_s[0] = 10.0
    progress(0.25, Words("next", "下一步"))
    assert "-:-- half" in out.getvalue()
    assert " 25% 0:30 next" in out.getvalue()
    assert "\n" not in out.getvalue()
    progress.close()
    assert out.getvalue().endswith("\r")


def test_part_of_the_whole() -> None:
    out = io.StringIO()
    progress = Progress("en", out, clock=lambda: 0.0)
    progress.span(0.5, 1.0)(0.5, HALF)
    assert out.getvalue() == " 75% half\n"


def test_table_has_no_control_characters() -> None:
    assert "\x1b" not in plain_table(["name"], [["\x1b[31mred\nline"]])
