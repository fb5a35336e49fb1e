"""The command line: parse, call one or two functions of `geo`, print."""

import logging
import signal
import sys
from collections.abc import Sequence

from geo.errors import GridscopeError, Words
from webmap.cli.parser import make_parser
from webmap.cli.say import find_lang

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run `gridscope argv`; returns the exit code: 0, 1 with one line on stderr, 2 for a line that cannot be parsed."""
    args = make_parser().parse_args(argv)
    args.lang = find_lang(args.lang)
    # What a job warns of is what the one line below says; a fault of ours (an error with its trace) still shows.
    logging.getLogger("geo").setLevel(logging.ERROR)
    try:
        return int(args.run(args) or 0)
    except GridscopeError as error:
        return _stop(error.text(args.lang))
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return _stop(Words(f"cannot read or write {what}", f"无法读写 {what}").text(args.lang))
    except KeyboardInterrupt:
        _stop(Words("stopped", "已停止").text(args.lang))
        return 128 + signal.SIGINT


def _stop(line: str) -> int:
    sys.stderr.write("gridscope: " + " ".join(line.split()) + "\n")
    return 1
