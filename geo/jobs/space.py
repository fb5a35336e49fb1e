"""Room on the disk: asked for before a job writes, and said in words where it runs out."""

import errno
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import DiskFull, Words

#: So much stays free beside what a job is expected to write: logs, heartbeats and people's own work need room, too.
RESERVE_BYTES = 64_000_000
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def check_space(home: Path, files: Iterable[Path]) -> None:
    """Raises `DiskFull` where the disk of `home` has not room for twice what `files` hold, and the reserve.

    Rows are stored once, and stand a second time in SQLite's log until it is written back.

    >>> check_space(Path("."), [])
    """
    needed = 2 * sum(file.stat().st_size for file in files) + RESERVE_BYTES
    free = shutil.disk_usage(home).free
    if free < needed:
        there, wanted = f"{free / 1e6:,.0f} MB", f"{needed / 1e6:,.0f} MB"
        raise DiskFull(
            Words(
                f"the disk has {there} free and some {wanted} are needed; nothing was changed",
                f"磁盘剩余 {there}，约需 {wanted}；未作任何改动",
            )
        )


@contextmanager
def full_disk_in_words() -> Iterator[None]:
    """Turns the operating system's "no space left" into `DiskFull`.

    >>> with full_disk_in_words():
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    geo.errors.DiskFull: the disk that holds the data is full or cannot be written; nothing was changed. Free some ...
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull from error
