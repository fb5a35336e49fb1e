"""A feed of 1,000 incidents a second (10 requests of 100 rows) into a running service whose map is being read.

Each request leaves at its own moment, whether or not the one before was answered; its time runs from that moment to the
acknowledgement. At the end every acknowledged row must be in the records once. Goal: p99 under 100 ms.
"""

import json
import shutil
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

from harness import PREPARED, parse_flags, print_load, print_ratio, serve, tile_x, tile_y

from geo.desk import Desk
from geo.records import Records

PORT = 8771
REQUESTS_PER_S, ROWS = 10, 100
N_READERS = 2
GOAL_MS = 100.0
WARM_S, QUICK_WARM_S = 30.0, 12.0


def main() -> None:
    flags = parse_flags(__doc__)
    seconds = 20 if flags.quick else 600
    print_load()
    home = prepare()
    with Records.open(home) as records:
        feeder, reader = records.add_key("feed-bench", "feeder"), records.add_key("reader", "analyst")
    boot = Desk(home).describe("analyst")
    service = serve(home, PORT)
    stop = threading.Event()
    n_read = [0] * N_READERS
    readers = [
        threading.Thread(target=read_map, args=(boot, reader, number, n_read, stop)) for number in range(N_READERS)
    ]
    try:
        send(feeder, boot["bounds"], -1)
        for thread in readers:
            thread.start()
        # The service draws what a map shows first, once, as it does after every start.
        time.sleep(QUICK_WARM_S if flags.quick else WARM_S)
        n_warm, begun = sum(n_read), time.perf_counter()
        spent_ms, acknowledged, n_again = feed(feeder, boot["bounds"], seconds)
        reads_per_s = (sum(n_read) - n_warm) / (time.perf_counter() - begun)
    finally:
        stop.set()
        for thread in readers:
            if thread.is_alive():
                thread.join()
        service.terminate()
        service.wait()
    with Records.open(home) as records:
        ids = records.frame("incidents")
    stored = ids.loc[ids["uid"].str.startswith("feed-bench:"), "source_id"].tolist()
    n_lost, n_double = len(acknowledged - set(stored)), len(stored) - len(set(stored))
    p50_ms, p99_ms = statistics.median(spent_ms), statistics.quantiles(spent_ms, n=100)[98]
    print(
        f"{len(acknowledged):,} rows acknowledged in {seconds} s, {n_lost} lost, {n_double} double; "
        f"told to come again {n_again} times; {reads_per_s:.0f} map answers a second beside it"
    )
    print(f"acknowledged: p50 {p50_ms:.1f} ms, p99 {p99_ms:.1f} ms, longest {max(spent_ms):.1f} ms")
    print_ratio("feed-ack-p99", p99_ms, "limit:100ms", p99_ms / GOAL_MS, 1.0, "ms", at_least=False)
    print_ratio("feed-lost", float(n_lost + n_double), "limit:0", float(n_lost + n_double), 0.0, "rows", at_least=False)
    shutil.rmtree(home)


def prepare() -> Path:
    """A fresh home of the smallest demo."""
    home = PREPARED / "feed"
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "webmap", "demo", "--size", "small", "--home", str(home)], check=True)
    return home


def feed(key: str, bounds: list[float], seconds: int) -> tuple[list[float], set[str], int]:
    """Milliseconds of each request, the ids that were acknowledged, and how often a sender was told to come again."""
    spent_ms: list[float] = []
    acknowledged: set[str] = set()
    n_again = 0
    lock = threading.Lock()
    begun = time.perf_counter() + 0.5

    def one(number: int) -> None:
        nonlocal n_again
        due = begun + number / REQUESTS_PER_S
        time.sleep(max(0.0, due - time.perf_counter()))
        while (ids := send(key, bounds, number)) is None:
            with lock:
                n_again += 1
            time.sleep(0.2)
        with lock:
            spent_ms.append((time.perf_counter() - due) * 1e3)
            acknowledged.update(ids)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, range(seconds * REQUESTS_PER_S)))
    return spent_ms, acknowledged, n_again


def send(key: str, bounds: list[float], number: int) -> list[str] | None:
    """The ids of a request's rows once they are acknowledged; None where the service is too busy."""
    chance = Random(number)
    minx, miny, maxx, maxy = bounds
    rows = [
        {
            "source_id": f"{number}-{row}",
            "lon": chance.uniform(minx, maxx),
            "lat": chance.uniform(miny, maxy),
            "reported_at": "2026-01-05T10:00:00Z",
            "category": "noise",
            "channel": "visit",
        }
        for row in range(ROWS)
    ]
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/api/feed/incidents", json.dumps({"rows": rows}).encode())
    for name, value in (("Authorization", f"Bearer {key}"), ("X-Gridscope", "1"), ("Idempotency-Key", str(number))):
        request.add_header(name, value)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer:
            refused = {one["row"] for one in json.load(answer)["refused"]}
    except urllib.error.HTTPError as error:
        if error.code != 429:
            raise
        return None
    return [row["source_id"] for place, row in enumerate(rows) if place not in refused]


def read_map(boot: dict[str, Any], key: str, number: int, n_read: list[int], stop: threading.Event) -> None:
    """What a person who pans and clicks asks: tiles, points, a unit table, whether anything changed; ten a second."""
    chance = Random(number)
    minx, miny, maxx, maxy = boot["bounds"]
    level = boot["levels"][0]["name"]
    while not stop.wait(0.1):
        lon, lat = chance.uniform(minx, maxx), chance.uniform(miny, maxy)
        z = chance.choice((12, 13, 14))
        x, y = tile_x(lon, z), tile_y(lat, z)
        path = chance.choice(
            (
                f"/tiles/units-{level}/{z}/{x}/{y}.mvt",
                f"/tiles/cameras/{z}/{x}/{y}.mvt",
                f"/tiles/sectors/{z}/{x}/{y}.mvt",
                f"/api/identify?lon={lon:.6f}&lat={lat:.6f}",
                f"/api/metrics/coverage?level={level}",
                "/api/changes?since=0",
            )
        )
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request) as answer:
            answer.read()
        n_read[number] += 1


if __name__ == "__main__":
    main()
