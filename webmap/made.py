"""Files made in the background belong to who asked for them."""

from geo.errors import NotFound, Words
from geo.records import Job
from webmap.house import actor, house, need_role


def own_file(id: int) -> Job:
    """The job of a file that the asking person ordered; `NotFound` for any other."""
    need_role("leader")
    job = house().records.job(id)
    if job.kind != "file" or job.who != actor().name:
        raise NotFound(Words(f"no file {id}", f"没有文件 {id}"))
    return job
