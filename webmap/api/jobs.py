"""Jobs asked for over the web: the service only writes a job row, a worker process does the work."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response

from geo.records import Job
from webmap.caching import answer
from webmap.house import house, need_role, need_writer
from webmap.query import NUMBER, one_of, read_fields, read_query, whole

KINDS = ("build",)


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/jobs")(jobs)
    api.post("/jobs")(add_job)
    api.get(f"/jobs/<{NUMBER}:id>")(job)
    api.post(f"/jobs/<{NUMBER}:id>/cancel")(cancel)


def jobs() -> Response:
    """The latest jobs with their progress; editors only."""
    query = read_query(limit=whole(1, default=20, cap=200))
    need_role("editor")
    return answer(lambda: {"jobs": [to_dict(found) for found in house().records.jobs(query["limit"])]}, kept=False)


def job(id: int) -> Response:
    """One job, and the import or roll back that it has made; editors only."""
    read_query()
    need_role("editor")
    return answer(lambda: _with_import(id), kept=False)


def add_job() -> Response:
    """Queue a build, or name the one that waits already; needs a key that may write."""
    who = need_writer("editor", "feeder")
    read_query()
    kind = one_of(KINDS).read("kind", read_fields({"kind": str})["kind"])
    job_id = house().records.add_job(kind, {"as_of": None}, who.name, once=True)
    house().records.write_audit(who.name, "/api/jobs", filter=f"kind={kind}")
    return make_response({"id": job_id}, 202)


def cancel(id: int) -> Response:
    """Cancel a job: at once where it waits, soon where it runs; one that has ended stays as it is."""
    who = need_writer("editor")
    read_query()
    read_fields({})
    found = house().records.cancel_job(id, who.name)
    house().records.write_audit(who.name, "/api/jobs/cancel", filter=f"job={id}")
    return answer(lambda: to_dict(found), kept=False)


def to_dict(job: Job) -> dict[str, Any]:
    """A job as JSON-ready data; `eta_s` is None where nothing can be said yet."""
    return {
        "id": job.id,
        "kind": job.kind,
        "who": job.who,
        "state": job.state,
        "share": job.share,
        "words": job.words.both(),
        "eta_s": None if job.eta_s is None else round(job.eta_s, 1),
        "cancelled_by": job.cancelled_by,
        "added_at": _iso(job.added_at),
        "started_at": _iso(job.started_at),
        "finished_at": _iso(job.finished_at),
    }


def _with_import(id: int) -> dict[str, Any]:
    records = house().records
    made = records.import_of_job(id)
    return {**to_dict(records.job(id)), "import": made.id if made else None}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
