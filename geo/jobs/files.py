"""Files made in the background: each stands under its job's number for a day, for who may still see what is in it."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo.desk import Desk
from geo.desk.files import make_file
from geo.errors import Busy, Forbidden, NotFound, Words
from geo.jobs.run import Progress
from geo.records import Job, Records
from geo.schema import Role
from geo.schema.column import may_see
from geo.snapshot.export import file_name

FILES = "files"
KEPT_S = 86_400.0
#: Files that one person may be waiting for.
MAX_WAITING = 4
_BUSY = Words(
    f"{MAX_WAITING} files of yours are being made; wait for one of them, or cancel it",
    f"已有 {MAX_WAITING} 个文件正在生成，可等待其中之一完成或取消",
)


def queue_file(
    records: Records, kind: str, asked: Mapping[str, Any], role: Role, who: str, *, name: str, suffix: str, audit: str
) -> int:
    """Queues a file of `kind` (see `geo.desk.files`) as `role` may see it; returns the job.

    `name` and `suffix` are those of `file_name`; `audit` is what the audit row says was asked. Errors: `Busy`.
    """
    waiting = [job for job in records.open_jobs() if job.kind == "file" and job.who == who]
    if len(waiting) >= MAX_WAITING:
        raise Busy(_BUSY)
    args = {"file": kind, "asked": dict(asked), "role": role, "name": name, "suffix": suffix, "audit": audit}
    return records.add_job("file", args, who)


def make_queued(home: Path, job: Job, progress: Progress) -> Words:
    """Makes the file of a job and leaves an audit row; returns how many rows it has."""
    words, args = Words("writing the file", "正在写入文件"), job.args
    progress(0.0, Words("reading the snapshot", "正在读取快照"))
    desk = Desk(home)
    body, n_rows = make_file(desk, args["file"], args["role"], args["asked"], lambda share: progress(share, words))
    progress(0.99, words)
    folder = home / FILES / str(job.id)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / file_name(desk.snapshot(), args["name"], args["suffix"])
    partial = folder / ".partial"
    partial.write_bytes(body)
    os.replace(partial, file)
    with Records.open(home) as records:
        asked = args["asked"]
        records.write_audit(
            job.who, f"/exports/{args['name']}.{args['suffix']}", asked.get("within") or "", args["audit"], n_rows
        )
    return Words(f"{n_rows:,} rows", f"{n_rows:,} 行")


def find_file(home: Path, job: Job, role: Role, now_s: float) -> Path:
    """The file that a job made, if `role` (what the reader has now) may see what it was made for.

    Errors: `Forbidden`; `NotFound` where it is not made, or was more than a day before `now_s` (seconds since 1970).
    """
    if not may_see(role, job.args["role"]):
        wanted = job.args["role"]
        raise Forbidden(Words(f"this file was made for the role {wanted}", f"该文件为角色 {wanted} 生成"))
    files = [file for file in (home / FILES / str(job.id)).glob("*") if file.name != ".partial"]
    if job.state != "done" or not files or now_s - files[0].stat().st_mtime > KEPT_S:
        raise NotFound(
            Words("this file is not here (any more); files are kept for a day", "文件不存在；生成的文件保留一天")
        )
    return files[0]


def drop_made_files(home: Path, now_s: float) -> int:
    """Removes what was made more than a day before `now_s` (seconds since 1970); returns how many files.

    >>> drop_made_files(Path("nowhere"), 0.0)
    0
    """
    old = [folder for folder in (home / FILES).glob("*") if now_s - folder.stat().st_mtime > KEPT_S]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
