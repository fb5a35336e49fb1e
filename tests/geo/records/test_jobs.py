import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo.errors import Busy, NotFound, Words
from geo.records import Records, jobs

SAID = Words("reading cameras", "读取摄像机")


def test_a_job_from_queue_to_done(records: Records) -> None:
    job_id = records.add_job("import", {"mapping": "州.toml"}, "duty")
    queued = records.job(job_id)
    assert (queued.state, queued.args, queued.who, queued.share) == ("queued", {"mapping": "州.toml"}, "duty", 0.0)
    leased = records.lease_job("w1", 30)
    assert leased is not None
    assert (leased.id, leased.state, leased.attempts) == (job_id, "running", 1)
    records.beat_job(job_id, "w1", 0.4, SAID)
    assert (records.job(job_id).share, records.job(job_id).words) == (0.4, SAID)
    records.finish_job(job_id, "w1", Words("done", "完成"))
    done = records.job(job_id)
    assert (done.state, done.share, done.words.zh, done.eta_s) == ("done", 1.0, "完成", None)
    assert [job.state for job in records.jobs()] == ["done"]
    assert records.lease_job("w1", 30) is None


def test_seconds_to_go_follow_from_the_time_passed(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = records.add_job("build", {}, "duty")
    monkeypatch.setattr(jobs, "now_us", lambda: 1_000_000_000)
    records.lease_job("w1", 30)
    monkeypatch.setattr(jobs, "now_us", lambda: 1_010_000_000)
    records.beat_job(job_id, "w1", 0.25, SAID)
    assert records.job(job_id).eta_s == 30.0  # 10 s for a quarter leaves 30 s
    records.beat_job(job_id, "w1", 0.01, SAID)
    assert records.job(job_id).eta_s is None


def test_one_after_another_in_order(records: Records) -> None:
    first, second = records.add_job("import", {}, "duty"), records.add_job("build", {}, "duty")
    leased = records.lease_job("w1", 30)
    assert leased is not None
    assert leased.id == first
    assert records.lease_job("w2", 30) is None
    records.fail_job(first, "w1", Words("no", "不"))
    leased = records.lease_job("w2", 30)
    assert leased is not None
    assert leased.id == second


def test_two_workers_never_get_the_same_job(records: Records) -> None:
    n = 20
    for _ in range(n):
        records.add_job("build", {}, "duty")

    def work(worker: str) -> list[int]:
        ran = []
        while any(job.state == "queued" for job in records.jobs()) or records.n_running_jobs():
            job = records.lease_job(worker, 30)
            if job is not None:
                ran.append(job.id)
                records.finish_job(job.id, worker, SAID)
        return ran

    with ThreadPoolExecutor(3) as pool:
        ran = [job_id for part in pool.map(work, ["w1", "w2", "w3"]) for job_id in part]
    assert sorted(ran) == list(range(1, n + 1))


def test_a_lease_that_ran_out_is_leased_again_and_the_first_worker_is_told(records: Records) -> None:
    job_id = records.add_job("build", {}, "duty")
    records.lease_job("dead", 0.01)
    time.sleep(0.02)
    again = records.lease_job("w2", 30)
    assert again is not None
    assert (again.id, again.attempts, again.worker) == (job_id, 2, "w2")
    for late in (
        lambda: records.beat_job(job_id, "dead", 0.9, SAID),
        lambda: records.finish_job(job_id, "dead", SAID),
        lambda: records.fail_job(job_id, "dead", SAID),
        lambda: records.release_job(job_id, "dead"),
    ):
        with pytest.raises(Busy, match="no longer held"):
            late()
    assert records.job(job_id).worker == "w2"


def test_a_heartbeat_keeps_the_lease(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = records.add_job("build", {}, "duty")
    records.lease_job("w1", 30)
    begun_us = jobs.now_us()
    for minute in (1 / 3, 2 / 3, 1):
        monkeypatch.setattr(jobs, "now_us", lambda at=begun_us + int(minute * 60_000_000): at)
        records.beat_job(job_id, "w1")
        assert records.lease_job("w2", 30) is None


def test_a_job_that_takes_its_workers_down_is_given_up(records: Records) -> None:
    job_id = records.add_job("build", {}, "duty")
    for _ in range(jobs.MAX_ATTEMPTS):
        assert records.lease_job("w", 0.001) is not None
        time.sleep(0.002)
    assert records.lease_job("w", 30) is None
    assert records.job(job_id).state == "failed"
    assert "3 times" in records.job(job_id).words.en


def test_a_released_job_waits_again_and_keeps_its_attempts(records: Records) -> None:
    job_id = records.add_job("build", {}, "duty")
    records.lease_job("w1", 30)
    records.release_job(job_id, "w1")
    assert (records.job(job_id).state, records.job(job_id).attempts) == ("queued", 0)


def test_an_unknown_job(records: Records) -> None:
    with pytest.raises(NotFound, match="no job 7"):
        records.job(7)


def test_a_waiting_job_is_cancelled_at_once(records: Records) -> None:
    job_id = records.add_job("import", {}, "duty")
    cancelled = records.cancel_job(job_id, "ann")
    assert (cancelled.state, cancelled.cancelled_by) == ("cancelled", "ann")
    assert cancelled.words == Words("cancelled by ann; nothing was changed", "已由 ann 取消，未作任何改动")
    assert records.lease_job("w1", 30) is None
    assert records.cancel_job(job_id, "bob") == cancelled
    with pytest.raises(NotFound):
        records.cancel_job(99, "ann")


def test_a_running_job_is_told_and_then_cancelled(records: Records) -> None:
    job_id = records.add_job("import", {}, "duty")
    records.lease_job("w1", 30)
    assert records.beat_job(job_id, "w1", 0.1, SAID)
    assert records.cancel_job(job_id, "ann").state == "running"
    assert not records.beat_job(job_id, "w1", 0.2, SAID)
    records.cancel_held_job(job_id, "w1")
    assert records.job(job_id).state == "cancelled"
    with pytest.raises(Busy):
        records.finish_job(job_id, "w1", SAID)


def test_a_cancelled_job_whose_worker_died_or_stopped_is_not_run_again(records: Records) -> None:
    died, stopped = records.add_job("import", {}, "duty"), records.add_job("import", {}, "duty")
    records.lease_job("w1", 0.001)
    records.cancel_job(died, "ann")
    time.sleep(0.002)
    leased = records.lease_job("w2", 30)
    assert leased is not None
    assert leased.id == stopped
    assert records.job(died).state == "cancelled"
    records.cancel_job(stopped, "ann")
    records.release_job(stopped, "w2")
    assert records.job(stopped).state == "cancelled"


def test_a_job_that_is_done_stays_done(records: Records) -> None:
    job_id = records.add_job("import", {}, "duty")
    records.lease_job("w1", 30)
    records.cancel_job(job_id, "ann")
    records.finish_job(job_id, "w1", SAID)
    assert records.cancel_job(job_id, "ann").state == "done"


def test_a_job_that_waits_already_is_not_added_again(records: Records) -> None:
    first = records.add_job("build", {"as_of": None}, "ann", once=True)
    assert records.add_job("build", {"as_of": None}, "bob", once=True) == first
    assert records.add_job("build", {"as_of": "2024-01-01T00:00:00+00:00"}, "bob", once=True) != first
    records.lease_job("w1", 30)
    assert records.add_job("build", {"as_of": None}, "bob", once=True) > first, "the running one may have read before"


def test_a_clock_that_is_put_back_holds_up_no_job(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """BAD_INPUTS row 43: an hour back. A dead worker's lease would else hold for that hour; a live one renews it."""
    job_id, hour_us = records.add_job("build", {}, "duty"), 3_600_000_000
    now = 10 * hour_us
    monkeypatch.setattr(jobs, "now_us", lambda: now)
    records.lease_job("w1", 30)
    now -= hour_us
    assert records.n_running_jobs() == 0
    assert records.beat_job(job_id, "w1", 0.5, SAID)
    assert records.job(job_id).eta_s is None
    assert records.lease_job("w2", 30) is None
    now -= hour_us
    again = records.lease_job("w2", 30)
    assert again is not None
    assert (again.id, again.worker) == (job_id, "w2")
    with pytest.raises(Busy):
        records.beat_job(job_id, "w1")
