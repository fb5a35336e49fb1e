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


def drawn(lang: str, *steps: tuple[float, float]) -> list[str]:
    """The time left after each step (seconds gone, share done), as a terminal shows it."""
    out, now_s = Terminal(), [0.0]
    progress = Progress(lang, out, clock=lambda: now_s[0])
    for number, (gone_s, share) in enumerate(steps):
        now_s[0] = gone_s
        progress(share, Words(f"#{number}", f"#{number}"))
    lines = out.getvalue().split("\r")[1:]
    progress.close()
    assert "\n" not in out.getvalue()
    assert out.getvalue().endswith("\r")
    return [line.split("% ")[1].split(" #")[0] for line in lines]


def test_terminal_shows_time_left() -> None:
    assert drawn("en", (0, 0.0), (10, 0.25)) == ["-:-- left", "0:30 left"]
    assert drawn("zh", (0, 0.0), (100, 0.4)) == ["还剩 -:--", "还剩 2:30"]


def test_no_time_left_is_told_of_a_beginning() -> None:
    assert drawn("en", (2.9, 0.5), (3.0, 0.5)) == ["-:-- left", "0:03 left"]
    assert drawn("en", (60, 0.049), (60, 0.05)) == ["-:-- left", "19:00 left"]


def test_time_left_is_smoothed() -> None:
    # 10 s for a quarter: the end is at 40 s. 12 s for half says 24 s, followed by 1 - exp(-2 / 5) = 0.3297: 34.7 s.
    # With nothing done until 22 s, 44 s, followed by 1 - exp(-2) = 0.8647: 42.7 s.
    assert drawn("en", (10, 0.25), (12, 0.5), (22, 0.5)) == ["0:30 left", "0:23 left", "0:21 left"]
    assert drawn("en", (10, 0.25), (50, 1.0)) == ["0:30 left", "0:00 left"]


def test_part_of_the_whole() -> None:
    out = io.StringIO()
    progress = Progress("en", out, clock=lambda: 0.0)
    progress.span(0.5, 1.0)(0.5, HALF)
    assert out.getvalue() == " 75% half\n"


def test_table_has_no_control_characters() -> None:
    assert "\x1b" not in plain_table(["name"], [["\x1b[31mred\nline"]])
