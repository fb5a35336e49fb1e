"""Files that people sent: each lies alone in a folder of the home that is named by its id."""

import re
from pathlib import Path

from geo.errors import NotFound, Words

UPLOADS = "uploads"
_ID = re.compile(r"[0-9a-f]{32}")


def find_upload(home: Path, id: str) -> Path:
    """The file of the upload `id` (32 hex digits). Errors: `NotFound`.

    >>> find_upload(Path("var"), "../records.sqlite")
    Traceback (most recent call last):
    geo.errors.NotFound: no upload '../records.sqlite'
    """
    folder = home / UPLOADS / id
    files = list(folder.iterdir()) if _ID.fullmatch(id) and folder.is_dir() else []
    if len(files) != 1 or not files[0].is_file():
        raise NotFound(Words(f"no upload {id!r}", f"没有上传文件 {id!r}"))
    return files[0]
