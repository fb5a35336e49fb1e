"""The map page on the full demo: ours against plain folium's in the same browser, then tiles, a crowd, memory, start.

Folium's page holds the same three things (choropleth of the finest units, cluster of all cameras, heat of all
incidents), written as its manual shows; its assets come from npm once and lie beside it. Without npm it is left out.
"""

import gzip
import json
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import _folium_page
from harness import parse_flags, prepare_home, print_load, print_ratio, tile_x, tile_y
from playwright.sync_api import Browser, Page, sync_playwright

from geo.snapshot.store import Snapshot, open_current

CHROMIUM_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PORT = 8765
SITE = f"127.0.0.1:{PORT}"
READY = "html[data-ready='map']"
#: All finest units at once: more than the page draws unasked.
ALL_UNITS = "/coverage?level=grid&lang=en"
FOLIUM_READY = (
    "document.querySelectorAll('.marker-cluster').length > 0 && document.querySelectorAll('canvas').length > 1"
)
PAN_S = 3
PAN = """(seconds) => new Promise((done) => {
    const map = Object.entries(window).find(([name]) => name.startsWith('map_'))[1];
    const start = performance.now();
    let n = 0;
    const step = () => {
        const spent = performance.now() - start;
        if (spent > seconds * 1000) return done(n / spent * 1000);
        n += 1;
        map.panBy([Math.cos(spent / 700) * 4, Math.sin(spent / 700) * 4], { animate: false });
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
})"""
#: From the click on the next step of the track until the tile in the middle has its new colours.
RESTYLE = """() => new Promise((done, fail) => {
    const side = (canvas) => canvas.getBoundingClientRect();
    const [x, y] = [650, 420];
    const tile = [...document.querySelectorAll('.leaflet-tile-pane canvas')].find((canvas) => {
        const box = side(canvas);
        return canvas.width > 300 && box.left <= x && box.right > x && box.top <= y && box.bottom > y;
    });
    const context = tile.getContext('2d');
    const look = () => context.getImageData(0, 0, tile.width, tile.height).data.reduce((sum, part) => sum + part, 0);
    const before = look();
    const track = document.querySelector('.gs-track');
    const key = track.getAttribute('aria-valuenow') === '1' ? 'ArrowRight' : 'ArrowLeft';
    const start = performance.now();
    track.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    const watch = () => {
        const now = performance.now();
        if (look() !== before) return done(now - start);
        if (now - start > 5000) return fail(new Error('no change'));
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
})"""


def main() -> None:
    flags = parse_flags(__doc__)
    print_load()
    home = prepare_home("full")
    snapshot = open_current(home)
    folium_s = compose_folium(snapshot)
    time_imports(1 if flags.quick else 4)
    with started(home) as (service, first_answer_s):
        limit("cold-start", first_answer_s, 6.0, "s")
        compose_s = statistics.median(timed("/coverage") for _ in range(5))
        wait_until_idle(service.pid, 20 if flags.quick else 90)
        boot = ask("/api/home")
        tell_tiles(boot, 60 if flags.quick else 400)
        tell_page(folium_s, compose_s, 2 if flags.quick else 5)
        tell_crowd(boot, 10 if flags.quick else 60)
        memory_mb, peak_mb = (memory(service.pid, name) / 1e6 for name in ("VmRSS", "VmHWM"))
        own_mb, file_mb = (memory(service.pid, name) / 1e6 for name in ("RssAnon", "RssFile"))
        print(f"memory of the web process: {memory_mb:.0f} MB now, {peak_mb:.0f} MB at most")
        print(f"of which {own_mb:.0f} MB its own, {file_mb:.0f} MB pages of files, taken back when needed")
        limit("memory", memory_mb, 1000.0, "MB")


def limit(name: str, value: float, most: float, unit: str) -> None:
    print_ratio(name, value, f"limit:{most:g}{unit}", value / most, 1.0, unit, at_least=False)


def compose_folium(snapshot: Snapshot) -> float | None:
    try:
        return _folium_page.compose(snapshot)
    except (OSError, subprocess.CalledProcessError) as why:
        shutil.rmtree(_folium_page.FOLDER, ignore_errors=True)
        print(f"SKIP folium: its assets need npm and its registry ({type(why).__name__})")
        return None


def time_imports(rounds: int) -> None:
    """Seconds of a fresh `import webmap`, median of `rounds` processes."""
    code = "import time; start = time.perf_counter(); import webmap; print(time.perf_counter() - start)"
    spent = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(rounds)]
    limit("import-webmap", statistics.median(spent), 4.0, "s")


@contextmanager
def started(home: Path) -> Iterator[tuple["subprocess.Popen[bytes]", float]]:
    """The service over `home` in a process of its own, and the seconds until it gave its first page."""
    command = [sys.executable, "-m", "webmap", "serve", "--home", str(home), "--port", str(PORT)]
    start = time.perf_counter()
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            with suppress(OSError):
                fetch("/coverage")
                break
            if service.poll() is not None or time.perf_counter() - start > 300:
                raise SystemExit("the service did not start")
            time.sleep(0.02)
        yield service, time.perf_counter() - start
    finally:
        service.terminate()
        service.wait()


def wait_until_idle(pid: int, most_s: float) -> None:
    """Wait until the process has worked its figures out ahead: less than a twentieth of a core for two seconds."""
    start = time.perf_counter()
    used_s = cpu_s(pid)
    while time.perf_counter() - start < most_s:
        time.sleep(2)
        used_s, before_s = cpu_s(pid), used_s
        if used_s - before_s < 0.1:
            break
    print(f"warm after {time.perf_counter() - start:.0f} s more")


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory(pid: int, name: str) -> int:
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith(name))
    return int(line.split()[1]) * 1024


def fetch(path: str) -> bytes:
    request = urllib.request.Request(f"http://{SITE}{path}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())


def ask(path: str) -> Any:
    body = fetch(path)
    return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def timed(path: str) -> float:
    start = time.perf_counter()
    fetch(path)
    return time.perf_counter() - start


def tell_tiles(boot: dict[str, Any], n_tiles: int) -> None:
    """Each layer's tiles of zooms 8 to 15 over HTTP, each for the first time; then some again, by eight at once."""
    version = f"{boot['snapshot']['id']}.{boot['role']}"
    worst_s, largest, full = 0.0, 0, []
    for layer in boot["layers"]:
        spent = []
        for path in some(tile_paths(layer, boot["bounds"]), n_tiles):
            start = time.perf_counter()
            body = fetch(f"{path}?v={version}")
            spent.append(time.perf_counter() - start)
            largest = max(largest, len(body))
            if body and layer != "relief":
                full.append(f"{path}?v={version}")
        p95_s = statistics.quantiles(spent, n=20)[-1]
        print(f"tiles of {layer}: {len(spent)}, p95 {p95_s * 1000:.1f} ms")
        worst_s = max(worst_s, p95_s)
    limit("tile-p95-uncached", worst_s * 1000, 20.0, "ms")
    limit("tile-largest", largest / 1000, 200.0, "kB")
    per_second = run_crowd({"paths": some(full, 100)}, 5, 8)["per_second"]
    print_ratio("tiles-per-s-cached", per_second, "limit:1000/s", per_second / 1000, 1.0, "/s")


def tile_paths(layer: str, bounds: list[float]) -> list[str]:
    minx, miny, maxx, maxy = bounds
    ending = "png" if layer == "relief" else "mvt"
    places = {
        (zoom, tile_x(minx + (maxx - minx) * i / 19, zoom), tile_y(miny + (maxy - miny) * j / 19, zoom))
        for zoom in range(8, 16)
        for i in range(20)
        for j in range(20)
    }
    return [f"/tiles/{layer}/{zoom}/{x}/{y}.{ending}" for zoom, x, y in sorted(places)]


def some(items: list[str], n: int) -> list[str]:
    """At most `n` of `items`, evenly."""
    return items[:: max(1, len(items) // n)][:n]


def run_crowd(told: dict[str, Any], seconds: float, n_users: int) -> dict[str, Any]:
    """The clients' process, so that their work is not ours."""
    command = [sys.executable, str(Path(__file__).with_name("_crowd.py")), SITE, str(seconds), str(n_users)]
    found: dict[str, Any] = json.loads(subprocess.check_output(command, input=json.dumps(told).encode()))
    return found


def tell_crowd(boot: dict[str, Any], seconds: float) -> None:
    told = {
        "bounds": boot["bounds"],
        "v": f"{boot['snapshot']['id']}.{boot['role']}",
        "change": ask("/api/changes?since=999999999")["change"],
    }
    found = run_crowd(told, seconds, 50)
    print(f"50 users for {seconds:g} s: {found['n']} answers, median {found['p50_s'] * 1000:.1f} ms")
    limit("crowd-p99", found["p99_s"] * 1000, 300.0, "ms")
    print_ratio("crowd-errors", found["errors"], "limit:0", found["errors"], 0.0, "", at_least=False)


def tell_page(folium_s: float | None, compose_s: float, rounds: int) -> None:
    with sync_playwright() as driver, _folium_page.served() as plain:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_FLAGS))
        open_ours(browser)
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(open_ours(browser))
            if folium_s is not None and len(theirs) < max(1, rounds // 2):
                theirs.append(open_folium(browser, plain))
        interactive_s, wire = (statistics.median(values) for values in zip(*ours, strict=True))
        limit("page-interactive", interactive_s, 1.0, "s")
        limit("page-wire", wire / 1e6, 1.0, "MB")
        if folium_s is not None:
            their_s, their_wire = (statistics.median(values) for values in zip(*theirs, strict=True))
            print_ratio("page-interactive-ratio", interactive_s, "folium", their_s / interactive_s, 5.0, "s")
            print_ratio("page-wire-ratio", wire / 1e6, "folium", their_wire / wire, 1.0, "MB")
            print_ratio("page-compose", compose_s, "folium", folium_s / compose_s, 1.0, "s")
        tell_motion(browser)
        browser.close()


def open_ours(browser: Browser, path: str = "/coverage") -> tuple[float, float]:
    """Seconds from navigation to a map that answers, in a fresh context; bytes sent until then."""
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        received = count_bytes(page)
        start = time.perf_counter()
        page.goto(f"http://{SITE}{path}", wait_until="commit")
        page.wait_for_selector(READY, state="attached")
        return time.perf_counter() - start, received()


def open_folium(browser: Browser, address: str) -> tuple[float, float]:
    """The same for folium's page: its canvas and its clusters are there, and painted."""
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        received = count_bytes(page)
        start = time.perf_counter()
        page.goto(address, wait_until="commit", timeout=120_000)
        page.wait_for_function(FOLIUM_READY, timeout=120_000)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return time.perf_counter() - start, received()


def count_bytes(page: Page) -> Any:
    """A function that tells the bytes received so far, as sent."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return lambda: sum(sizes)


def tell_motion(browser: Browser) -> None:
    """Panning and restyling with every finest unit in view, painted without a graphics card."""
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        page.goto(f"http://{SITE}{ALL_UNITS}")
        page.wait_for_selector(READY, state="attached")
        page.wait_for_timeout(1500)
        fps = page.evaluate(PAN, PAN_S)
        print_ratio("pan-fps", fps, "limit:55/s", fps / 55, 1.0, "/s")
        page.wait_for_timeout(1000)
        restyle_ms = statistics.median(page.evaluate(RESTYLE) for _ in range(4) if page.wait_for_timeout(800) is None)
        limit("restyle", restyle_ms, 150.0, "ms")


if __name__ == "__main__":
    main()
