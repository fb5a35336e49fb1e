"""Files that are made in the background: how far they are, and a way to give them up."""

import time
from typing import Any

from flask import Blueprint, Response

from geo.jobs.files import find_file
from geo.records import Job
from webmap.api.jobs import to_dict
from webmap.caching import answer
from webmap.house import actor, house
from webmap.made import own_file
from webmap.query import NUMBER, read_fields, read_query


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get(f"/files/<{NUMBER}:id>")(made_file)
    api.post(f"/files/<{NUMBER}:id>/cancel")(cancel_file)


def made_file(id: int) -> Response:
    """A file being made: the job, and once it is done its name, size and address. Only for who asked for it."""
    read_query()
    job = own_file(id)
    return answer(lambda: {**to_dict(job), "file": _told(job)}, kept=False)


def cancel_file(id: int) -> Response:
    """Give up a file: at once where it waits, soon where it is being made."""
    read_query()
    read_fields({})
    own_file(id)
    return answer(lambda: to_dict(house().records.cancel_job(id, actor().name)), kept=False)


def _told(job: Job) -> dict[str, Any] | None:
    if job.state != "done":
        return None
    made = find_file(house().settings.home, job, actor().role, time.time())
    return {"name": made.name, "n_bytes": made.stat().st_size, "href": f"/exports/made/{job.id}"}
