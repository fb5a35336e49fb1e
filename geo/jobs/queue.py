"""Jobs that people ask for, checked at the door: what cannot be done is said at once, not by a failed job."""

from pathlib import Path
from typing import Any

from geo.errors import BadQuery, NotAvailable, Words
from geo.jobs.mappings import single_mapping
from geo.jobs.uploads import find_upload
from geo.records import Records


def queue_import(
    home: Path, records: Records, upload: str, table: dict[str, Any], who: str, *, build: bool = True
) -> tuple[int, str]:
    """Queues the import of the file sent as `upload` as the one source that `table` (a `[[table]]`) describes.

    Its `file` may be left out: it is the upload's name. With `build`, a build is queued after it. Returns the job and
    the name of the source. Errors: `NotFound` (upload), `BadMapping`, `NotAvailable` before units are there, `BadQuery`
    where the source has rows of another table.
    """
    name = find_upload(home, upload).name
    if table.get("file", name) != name:
        raise BadQuery(Words(f"the upload is called {name}", f"上传文件名为 {name}"))
    table = {**table, "file": name}
    source = single_mapping(table).table[0]
    if not records.has("units"):
        raise NotAvailable(Words("there are no units yet; import boundaries first", "尚无单位；请先导入边界"))
    known = records.sources()
    others = known[(known["source"] == source.source) & (known["table"] != source.table)]["table"].tolist()
    if others:
        raise BadQuery(
            Words(
                f"the source {source.source!r} brings {others[0]}; give this one another name",
                f"来源 {source.source!r} 已用于表 {others[0]}，请换一个名称",
            )
        )
    return records.add_job("import", {"upload": upload, "table": table, "build": build}, who), source.source


def queue_roll_back(records: Records, import_id: int, who: str, *, build: bool = True) -> int:
    """Queues the roll back of import `import_id`; returns the job. Errors: those of `Records.roll_back`.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
    ...     queue_roll_back(records, 7, "ann")
    Traceback (most recent call last):
    geo.errors.NotFound: no import 7
    """
    records.check_roll_back(import_id)
    return records.add_job("rollback", {"import": import_id, "build": build}, who)
