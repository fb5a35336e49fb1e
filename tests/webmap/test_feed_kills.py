"""A thousand rows a second for a minute with readers on, and the service killed (-9) in the middle (BAD_INPUTS 41, 44).

Every acknowledged row is in the records exactly once; what was under way at the kill is sent again under its key.
"""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from geo.jobs import run_build, run_import
from geo.records import Records
from tests.tiny_city import lonlat, write_tiny_city

SECONDS, REQUESTS_PER_S, ROWS = 60, 10, 100
KILLED_AT_S = (20.0, 35.0)
LON, LAT = lonlat(750, 400)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


class Service:
    """The service on one port, started again after each kill."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "webmap", "serve", "--home", str(self.home), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, path: str, key: str, body: bytes | None = None, **headers: str) -> bytes | None:
        """The answer; None where there is none, or where the sender is to come again."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        given = {"Authorization": f"Bearer {key}", "X-Gridscope": "1", "Content-Type": "application/json", **headers}
        for name, value in given.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in (429, 503):
                raise
            return None
        except OSError:
            return None


@pytest.mark.slow
def test_acknowledged_rows_are_found_once_after_kills(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_import(home, write_tiny_city(tmp_path / "sources"), tmp_path / "sources")
    run_build(home)
    with Records.open(home) as records:
        feeder, reader = records.add_key("gate", "feeder"), records.add_key("reader", "analyst")
    service, stop, lock = Service(home), threading.Event(), threading.Lock()
    while service.ask("/healthz", reader) is None:
        time.sleep(0.1)
    acknowledged: set[str] = set()
    n_again = n_read = 0
    begun_s = time.monotonic()

    def send(number: int) -> None:
        nonlocal n_again
        time.sleep(max(0.0, begun_s + number / REQUESTS_PER_S - time.monotonic()))
        ids = [f"{number}-{row}" for row in range(ROWS)]
        row = {"lon": LON, "lat": LAT, "reported_at": "2026-01-05T10:00:00Z", "category": "noise"}
        body = json.dumps({"rows": [{**row, "source_id": one} for one in ids]}).encode()
        while (answer := service.ask("/api/feed/incidents", feeder, body, **{"Idempotency-Key": str(number)})) is None:
            with lock:
                n_again += 1
            time.sleep(0.2)
        assert json.loads(answer)["refused"] == []
        with lock:
            acknowledged.update(ids)

    def read() -> None:
        nonlocal n_read
        while not stop.wait(0.1):
            for path in (f"/api/identify?lon={LON:.6f}&lat={LAT:.6f}", "/api/changes?since=0", "/api/cameras"):
                found = service.ask(path, reader)
                with lock:
                    n_read += found is not None

    def kill() -> None:
        for at_s in KILLED_AT_S:
            stop.wait(max(0.0, begun_s + at_s - time.monotonic()))
            service.kill()
            service.start()

    others = [threading.Thread(target=work) for work in (read, read, kill)]
    for thread in others:
        thread.start()
    try:
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(send, range(SECONDS * REQUESTS_PER_S)))
    finally:
        stop.set()
        for thread in others:
            thread.join()
        service.kill()
    spent_s = time.monotonic() - begun_s
    with Records.open(home) as records:
        frame = records.frame("incidents")
        source = records.sources().set_index(["table", "source"]).loc[("incidents", "gate")]
    stored = frame.loc[frame["uid"].str.startswith("gate:"), "source_id"].tolist()
    print(
        f"{len(acknowledged):,} rows acknowledged in {spent_s:.0f} s, {len(KILLED_AT_S)} kills, sent again {n_again} "
        f"times, {n_read} reads; lost {len(acknowledged - set(stored))}, double {len(stored) - len(set(stored))}"
    )
    assert len(acknowledged) == SECONDS * REQUESTS_PER_S * ROWS
    assert set(stored) == acknowledged
    assert len(stored) == len(acknowledged)
    assert source[["n_read", "n_kept", "n_refused"]].tolist() == [len(stored), len(stored), 0]
