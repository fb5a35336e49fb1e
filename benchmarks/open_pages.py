"""Pages left open: tiles with 50 pages asking for changes every 1.5 s, against the same tiles with nobody else there.

Each page keeps one connection, as a browser does; rounds with and without them take turns. No tile is asked for twice,
so that each is encoded anew.
"""

import http.client
import json
import multiprocessing
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from harness import parse_flags, prepare_home, print_load, print_ratio, serve, tile_x, tile_y

PORT = 8767
N_PAGES = 50
POLL_S = 1.5
ZOOM = 13
#: A tile may take this much longer beside the open pages.
GOAL = 1.25


def main() -> None:
    flags = parse_flags(__doc__)
    rounds, n_tiles = (2, 40) if flags.quick else (6, 150)
    print_load()
    service = serve(prepare_home("small" if flags.quick else "full"), PORT)
    try:
        boot = json.loads(ask(http.client.HTTPConnection("127.0.0.1", PORT), "/api/home"))
        tiles = iter(shuffled_tiles(boot))
        alone, beside = [], []
        for _ in range(rounds):
            alone += time_tiles(list(islice(tiles, n_tiles)))
            with open_pages(boot["snapshot"]["number"]):
                beside += time_tiles(list(islice(tiles, n_tiles)))
    finally:
        service.kill()
    slow = {name: statistics.quantiles(times, n=20)[-1] for name, times in (("alone", alone), ("beside", beside))}
    for name, times in (("alone", alone), ("beside", beside)):
        print(f"tile {name}: median {statistics.median(times):.1f} ms, p95 {slow[name]:.1f} ms, {len(times)} tiles")
    ratio = slow["beside"] / slow["alone"]
    print_ratio(f"tile beside {N_PAGES} open pages, p95", slow["beside"], "alone", ratio, GOAL, "ms", at_least=False)


@contextmanager
def open_pages(snapshot: int) -> Iterator[None]:
    """50 pages that ask for changes, in a process of their own."""
    pages = multiprocessing.get_context("spawn").Process(target=poll, args=(snapshot,), daemon=True)
    pages.start()
    time.sleep(2 * POLL_S)
    yield
    pages.kill()
    pages.join()


def poll(snapshot: int) -> None:
    """Ask as 50 pages do, their first questions spread over the time between two."""

    def page(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        time.sleep(POLL_S * number / N_PAGES)
        change = 0
        while True:
            told = ask(connection, f"/api/changes?since={change}&snapshot={snapshot}")
            change = json.loads(told)["change"] if told else change
            time.sleep(POLL_S)

    pages = [threading.Thread(target=page, args=(number,)) for number in range(N_PAGES)]
    for one in pages:
        one.start()


def shuffled_tiles(boot: dict) -> list[str]:
    """Addresses of the tiles of the finest units over the home, in an order that is the same each time."""
    minx, miny, maxx, maxy = boot["bounds"]
    xs = range(int(tile_x(minx, ZOOM)), int(tile_x(maxx, ZOOM)) + 1)
    ys = range(int(tile_y(maxy, ZOOM)), int(tile_y(miny, ZOOM)) + 1)
    found = [f"/tiles/units-{boot['levels'][0]['name']}/{ZOOM}/{x}/{y}.mvt" for y in ys for x in xs]
    random.Random(1).shuffle(found)
    return found


def time_tiles(addresses: list[str]) -> list[float]:
    """Milliseconds of each tile."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    times = []
    for address in addresses:
        start = time.perf_counter()
        ask(connection, address)
        times.append((time.perf_counter() - start) * 1000)
    connection.close()
    return times


def ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return connection.getresponse().read()


if __name__ == "__main__":
    main()
