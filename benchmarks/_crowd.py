"""Clients of benchmarks/web.py in a process of their own: `python _crowd.py ADDRESS SECONDS N_USERS` prints JSON.

Each user holds one connection, as a browser that keeps it alive, and asks one thing after the other.
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harness import tile_x, tile_y

#: A user moves the map this often, by half a screen: so many new tiles.
PAN_EVERY_S = 1.5
TILES_PER_PAN = 6


class Connection:
    """One kept-alive connection; `get` returns (status, bytes, seconds)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self.reader, self.writer, self.host = reader, writer, host

    async def get(self, path: str) -> tuple[int, int, float]:
        start = time.perf_counter()
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        if length:
            await self.reader.readexactly(length)
        return int(head.split(b" ", 2)[1]), len(head) + length, time.perf_counter() - start


@asynccontextmanager
async def connected(host: str) -> AsyncIterator[Connection]:
    name, port = host.split(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    try:
        yield Connection(reader, writer, host)
    finally:
        writer.close()


async def pan(host: str, until_s: float, boot: dict, seed: int) -> list[tuple[int, float]]:
    """One user who wanders over the prefecture, now far, now near."""
    rng = random.Random(seed)
    minx, miny, maxx, maxy = boot["bounds"]
    found = []
    async with connected(host) as client:
        await asyncio.sleep(rng.random() * PAN_EVERY_S)
        zoom, x, y = 9, rng.uniform(minx, maxx), rng.uniform(miny, maxy)
        while time.perf_counter() < until_s:
            begun = time.perf_counter()
            if rng.random() < 0.1:
                zoom, x, y = rng.randint(8, 15), rng.uniform(minx, maxx), rng.uniform(miny, maxy)
            x, y = x + rng.uniform(-1, 1) * 180 / 2**zoom, y + rng.uniform(-1, 1) * 180 / 2**zoom
            column, row = tile_x(x, zoom), tile_y(y, zoom)
            level = "township" if zoom < 9 else "grid"
            layers = [f"units-{level}", "roads"] + (["cameras"] if zoom >= 11 else ["streams"])
            for number in range(TILES_PER_PAN):
                layer = layers[number % len(layers)]
                status, _, spent_s = await client.get(
                    f"/tiles/{layer}/{zoom}/{column + number // 3}/{row}.mvt?v={boot['v']}"
                )
                found.append((status, spent_s))
            status, _, spent_s = await client.get(f"/api/changes?since={boot['change']}")
            found.append((status, spent_s))
            await asyncio.sleep(max(0.0, PAN_EVERY_S - (time.perf_counter() - begun)))
    return found


async def hammer(host: str, until_s: float, paths: list[str]) -> int:
    """Ask for `paths` over and over; the number of answers."""
    n = 0
    async with connected(host) as client:
        while time.perf_counter() < until_s:
            status, _, _ = await client.get(paths[n % len(paths)])
            assert status == 200, status
            n += 1
    return n


async def main(host: str, seconds: float, n_users: int, boot: dict) -> dict:
    until_s = time.perf_counter() + seconds
    if boot.get("paths"):
        counts = await asyncio.gather(*(hammer(host, until_s, boot["paths"]) for _ in range(n_users)))
        return {"per_second": sum(counts) / seconds}
    users = await asyncio.gather(*(pan(host, until_s, boot, seed) for seed in range(n_users)))
    answers = [answer for user in users for answer in user]
    spent = [spent_s for _, spent_s in answers]
    return {
        "n": len(answers),
        "errors": sum(status >= 400 for status, _ in answers),
        "p50_s": statistics.median(spent),
        "p99_s": statistics.quantiles(spent, n=100)[-1],
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps(asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), asked))))
