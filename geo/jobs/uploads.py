"""Files that people send, kept in HOME/uploads/<id>/<name> until they have been imported.

Those older than a day that no open job waits for go at the next tidying (`geo.jobs.run.tidy`).

The name is never a path: only its last part is taken, in plain characters, with a suffix that a reader knows.
"""

import re
import shutil
import unicodedata
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from geo.errors import BadInput, DiskFull, NotFound, TooLarge, Words
from geo.intake.readers import READERS
from geo.jobs.space import full_disk_in_words
from geo.snapshot.publishing import flush

UPLOADS = "uploads"
KEPT_S = 86_400
#: So much of the disk stays free beside an upload: records and snapshots need room, too.
FREE_BYTES = 256_000_000
MAX_NAME_CHARS = 100

_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Upload:
    """One file that was sent."""

    id: str
    name: str
    n_bytes: int


def keep_upload(
    home: Path, name: str, chunks: Iterable[bytes], *, limit_bytes: int, stated_bytes: int | None = None
) -> Upload:
    """Writes `chunks` to `home`/uploads under a new id.

    `stated_bytes` is what the sender says the file has. Errors: `BadInput` (no usable name, an empty file), `TooLarge`
    (stated, or as soon as more than `limit_bytes` have come), `DiskFull`; whatever fails leaves nothing behind.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     sent = keep_upload(Path(folder), "../cameras.csv", [b"id\\n", b"1\\n"], limit_bytes=100)
    ...     sent.name, sent.n_bytes, find_upload(Path(folder), sent.id).read_text()
    ('cameras.csv', 5, 'id\\n1\\n')
    """
    name = safe_name(name)
    uploads = home / UPLOADS
    uploads.mkdir(parents=True, exist_ok=True)
    if stated_bytes is not None and stated_bytes > limit_bytes:
        raise _too_large(name, limit_bytes)
    if shutil.disk_usage(uploads).free < (stated_bytes or 0) + FREE_BYTES:
        raise DiskFull(
            Words(
                f"the disk has no room for {name}; nothing was stored. Free some space and send it again",
                f"磁盘空间不足，无法保存 {name}；未存入任何内容。请清理空间后重新上传",
            )
        )
    folder = uploads / uuid4().hex
    folder.mkdir()
    try:
        n_bytes = _write(folder / name, chunks, limit_bytes)
    except BaseException:
        drop_upload(home, folder.name)
        raise
    return Upload(folder.name, name, n_bytes)


def find_upload(home: Path, id: str) -> Path:
    """The file that was kept under `id`. Errors: `NotFound`.

    >>> find_upload(Path("nowhere"), "../records.sqlite")
    Traceback (most recent call last):
    geo.errors.NotFound: this upload is no longer here; send the file again
    """
    folder = home / UPLOADS / id
    files = [file for file in folder.glob("*") if file.is_file()] if _ID.fullmatch(id) else []
    if len(files) != 1:
        raise NotFound(Words("this upload is no longer here; send the file again", "上传的文件已不在，请重新上传"))
    return files[0]


def drop_upload(home: Path, id: str) -> None:
    """Removes what was kept under `id`, if it is still there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     sent = keep_upload(Path(folder), "cameras.csv", [b"id\\n"], limit_bytes=100)
    ...     drop_upload(Path(folder), sent.id)
    ...     list(Path(folder, UPLOADS).iterdir())
    []
    """
    if _ID.fullmatch(id):
        shutil.rmtree(home / UPLOADS / id, ignore_errors=True)


def drop_old_uploads(home: Path, now_s: float, spared: Collection[str] = ()) -> int:
    """Removes what was sent more than a day before `now_s` (seconds since 1970), all but the ids `spared`.

    Returns how many uploads.
    """
    n = 0
    for folder in (home / UPLOADS).glob("*"):
        if _ID.fullmatch(folder.name) and folder.name not in spared:
            with suppress(FileNotFoundError):  # another process has just removed it
                if now_s - folder.stat().st_mtime > KEPT_S:
                    drop_upload(home, folder.name)
                    n += 1
    return n


def safe_name(name: str) -> str:
    """The last part of `name` in letters, digits, CJK, ".", "_" and "-"; `BadInput` where no reader knows its suffix.

    >>> safe_name("C:\\\\Users\\\\me\\\\摄像机 台账(2026).CSV"), safe_name("/etc/passwd/../x.zip")
    ('摄像机_台账_2026.csv', 'x.zip')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem, dot, suffix = last.rpartition(".")
    suffix = f"{dot}{suffix}".lower()
    if suffix not in READERS:
        known = " ".join(READERS)
        raise BadInput(
            Words(
                f"{last[:80]!r}: files are taken with the endings {known}", f"{last[:80]!r}：可接收的文件后缀为 {known}"
            )
        )
    plain = _UNSAFE.sub("_", stem).strip("._-")[: MAX_NAME_CHARS - len(suffix)]
    return (plain or "file") + suffix


def _write(file: Path, chunks: Iterable[bytes], limit_bytes: int) -> int:
    n_bytes = 0
    with full_disk_in_words(), file.open("xb") as out:
        for chunk in chunks:
            n_bytes += len(chunk)
            if n_bytes > limit_bytes:
                raise _too_large(file.name, limit_bytes)
            out.write(chunk)
        out.flush()
        flush(file)
    if not n_bytes:
        raise BadInput(Words(f"{file.name} is empty", f"{file.name} 是空文件"))
    return n_bytes


def _too_large(name: str, limit_bytes: int) -> TooLarge:
    limit = f"{limit_bytes / 1e6:,.0f} MB"
    return TooLarge(Words(f"{name} is larger than {limit}", f"{name} 超过 {limit}"))
