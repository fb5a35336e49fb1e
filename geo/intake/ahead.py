"""Large tables are read and cleaned in a second process, one part ahead of whoever stores them.

The second process speaks to nobody but the process that started it: its work comes in on its input, a part of a
table or what was raised goes out on its output. It waits there until that is taken, so that one lies ready and no more;
once nobody is left to take it, the process ends.
"""

import gc
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from geo.intake.mapping import TableSource
from geo.intake.tables import Cleaned, Surroundings, clean_source

Process = subprocess.Popen[bytes]

#: Files of less than this are cleaned before a second process would have started.
WORTH_BYTES = 30_000_000


@contextmanager
def second_process(files: Iterable[Path]) -> Iterator[Process | None]:
    """A process for `clean_ahead` where `files` are large enough to be worth it, else None; it ends with the `with`.

    >>> with second_process([]) as process:
    ...     process is None
    True
    """
    if sum(file.stat().st_size for file in files) < WORTH_BYTES:
        yield None
        return
    command = [sys.executable, "-c", "from geo.intake.ahead import serve; serve()"]
    # A session of its own: an interrupt from the keyboard is for the process that knows how to end.
    with subprocess.Popen(command, stdin=-1, stdout=-1, start_new_session=True) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.kill()


def clean_ahead(
    process: Process | None, tables: Sequence[TableSource], data_dir: Path, around: Surroundings
) -> Iterator[Cleaned]:
    """What `clean_source` gives for each of `tables`, in order, part by part; worked out by `process`, if there is one.

    Errors: those of `clean_source`; `EOFError` where the process was killed.
    """
    if process is None:
        for table in tables:
            yield from clean_source(table, data_dir, around)
        return
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump((tables, data_dir, around), process.stdin)
    process.stdin.flush()
    n_left = len(tables)
    while n_left:
        made = pickle.load(process.stdout)  # noqa: S301 - from our own process
        if isinstance(made, BaseException):
            raise made
        n_left -= made.is_last
        yield made


def serve() -> None:
    """The second process: takes its work from its input, puts tables, or what was raised, on its output."""
    work, done = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    # Millions of cells come and go here, and no circle of references is among them.
    gc.disable()
    with suppress(EOFError, BrokenPipeError):
        tables, data_dir, around = pickle.load(work)  # noqa: S301 - from our own process
        _clean_all(tables, data_dir, around, done)


def _clean_all(tables: Sequence[TableSource], data_dir: Path, around: Surroundings, done: IO[bytes]) -> None:
    for table in tables:
        try:
            for part in clean_source(table, data_dir, around):
                _send(part, done)
        except Exception as error:
            _send(error, done)
            return


def _send(made: object, done: IO[bytes]) -> None:
    pickle.dump(made, done, protocol=pickle.HIGHEST_PROTOCOL)
    done.flush()
