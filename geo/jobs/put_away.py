"""Where a file of the watched folder lies once it was taken: its name, the note beside it, and how long it stays.

INBOX/done/SOURCE and INBOX/refused/SOURCE hold files as MOMENT-NAME, each with a note MOMENT-NAME.txt.
"""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geo.errors import Words

#: The watched folder within a home, and its own folders.
INBOX = "inbox"
RUNNING, DONE, REFUSED = "running", "done", "refused"

#: A name has 255 bytes at most; a source of 63, the number of a job or a moment, and .txt stand beside it.
_MAX_NAME_BYTES = 160
_MOMENT = "%Y%m%dT%H%M%S%fZ"
_PUT_AWAY = re.compile(r"(\d{8}T\d{12}Z)-.+", re.DOTALL)


def put_away(inbox: Path, file: Path, where: str, source: str, name: str, *words: Words) -> None:
    """Puts a file where people look for it, `DONE` or `REFUSED`, with a note of what became of it.

    Errors: `OSError` where that fails; the file then lies where it lay, and there is no note.
    """
    folder = inbox / where / source
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{datetime.now(UTC).strftime(_MOMENT)}-{fitting(name)}"
    note = "\n".join([*(one.zh for one in words), *(one.en for one in words), ""])
    try:
        _note_of(kept).write_text(note, encoding="utf-8")
        os.replace(file, kept)
    except OSError:
        with suppress(OSError):
            _note_of(kept).unlink()
        raise


def drop_old_files(home: Path, days: float, now: datetime) -> int:
    """Deletes the files that were put away more than `days` before `now`; their notes stay. Returns how many.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     drop_old_files(Path(folder), 30, datetime.now(UTC))
    0
    """
    limit = (now - timedelta(days=days)).astimezone(UTC).strftime(_MOMENT)
    n = 0
    for where in (DONE, REFUSED):
        for file in (home / INBOX / where).glob("*/*"):
            put = _PUT_AWAY.fullmatch(file.name)
            is_note = file.suffix == ".txt" and not _note_of(file).exists()
            if put is not None and put[1] < limit and not is_note:
                with suppress(OSError):
                    file.unlink()
                    n += 1
    return n


def fitting(name: str) -> str:
    """The end of a file's `name`, so short that what is put before and behind it fits, too.

    >>> fitting("a.csv"), len(fitting("长" * 80 + ".csv").encode())
    ('a.csv', 160)
    """
    whole = os.fsencode(name)
    return name if len(whole) <= _MAX_NAME_BYTES else whole[-_MAX_NAME_BYTES:].decode(errors="ignore")


def _note_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.txt")
