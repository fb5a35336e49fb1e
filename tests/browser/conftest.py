"""A real service over a small home, and Chromium to look at it."""

import inspect
import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WEST, SOUTH, STEP = 109.5, 28.3, 0.01

MAPPING = """
title_zh = "小城"
title_en = "Small town"
timezone = "Asia/Shanghai"
attribution_zh = "手绘"
attribution_en = "drawn by hand"
[[levels]]
name = "grid"
title_zh = "网格"
title_en = "Grid"
file = "grids.geojson"
code_column = "code"
name_column = "name"
parent = "town"
parent_column = "town"
[[levels]]
name = "town"
title_zh = "镇"
title_en = "Town"
file = "towns.geojson"
code_column = "code"
name_column = "name"
[[table]]
table = "cameras"
source = "cameras"
file = "cameras.csv"
crs = "EPSG:4326"
x = "x"
y = "y"
[table.columns]
source_id = "id"
name = "name"
range_m = "range"
[table.constants]
sweep_deg = 360
kind = "dome"
[[table]]
table = "incidents"
source = "incidents"
file = "incidents.csv"
crs = "EPSG:4326"
x = "x"
y = "y"
[table.columns]
source_id = "id"
reported_at = "at"
category = "kind"
"""


def write_town(folder: Path) -> Path:
    """Six by six grids of 0.01 degrees in two towns; a camera in every third grid; most incidents in the west."""
    folder.mkdir(parents=True, exist_ok=True)
    grids, cameras, incidents = [], ["id,name,x,y,range"], ["id,x,y,at,kind"]
    for row in range(6):
        for column in range(6):
            x, y = WEST + column * STEP, SOUTH + row * STEP
            town = "W" if column < 3 else "E"
            code = f"{town}{row}{column}"
            grids.append(_feature(_box(x, y, STEP, STEP), {"code": code, "name": f"格{row}{column}", "town": town}))
            if (row + column) % 3 == 0:
                cameras.append(f"{code},摄像机{code},{x + STEP / 2},{y + STEP / 2},200")
            for n in range(20 if town == "W" else 1):
                at = f"2025-{n % 12 + 1:02d}-05 10:00:00,{'noise' if n % 2 else 'theft'}"
                incidents.append(f"{code}-{n},{x + STEP * (n + 1) / 22},{y + STEP / 2},{at}")
    towns = [
        _feature(_box(WEST, SOUTH, 3 * STEP, 6 * STEP), {"code": "W", "name": "西镇"}),
        _feature(_box(WEST + 3 * STEP, SOUTH, 3 * STEP, 6 * STEP), {"code": "E", "name": "东镇"}),
    ]
    for name, features in (("grids", grids), ("towns", towns)):
        text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        (folder / f"{name}.geojson").write_text(text, encoding="utf-8")
    (folder / "cameras.csv").write_text("\n".join(cameras) + "\n", encoding="utf-8")
    (folder / "incidents.csv").write_text("\n".join(incidents) + "\n", encoding="utf-8")
    mapping = folder / "town.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    return mapping


def _feature(ring: list[list[float]], properties: dict[str, str]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _box(x: float, y: float, width: float, height: float) -> list[list[float]]:
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return [[round(a, 6), round(b, 6)] for a, b in corners]


@dataclass(frozen=True)
class Service:
    """Where a running service answers."""

    url: str


@contextmanager
def serving(home: Path, role: str) -> Iterator[Service]:
    """The app on a free port of loopback, until the block ends."""
    from werkzeug.serving import make_server  # noqa: PLC0415

    from webmap import Settings, create_app  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0), backlog=128) as held:
        port = held.getsockname()[1]
        settings = Settings(home=home, role=role, port=port, log_level="ERROR")  # type: ignore[arg-type]
        server = make_server("127.0.0.1", port, create_app(settings), threaded=True, fd=held.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Service(f"http://127.0.0.1:{port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


@pytest.fixture(scope="session")
def road_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the small town with a road; nobody changes it."""
    from tests.browser.road_town import publish_road_town  # noqa: PLC0415

    return publish_road_town(tmp_path_factory.mktemp("roads"))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from geo.jobs.run import run_build, run_import  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("town")
    mapping = write_town(folder / "data")
    run_import(folder / "home", mapping, folder / "data")
    run_build(folder / "home")
    (folder / "home" / "labels.csv").write_text("column,word,zh,en\ncategory,noise,噪声扰民,Noise nuisance\n", "utf-8")
    return folder / "home"


@pytest.fixture(scope="session")
def planner(home: Path) -> Iterator[Service]:
    with serving(home, "planner") as service:
        yield service


@pytest.fixture(scope="session")
def leader(home: Path) -> Iterator[Service]:
    with serving(home, "leader") as service:
        yield service


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine; install it to run the browser tests")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


def until(page: Any, condition: str | Callable[[], object], wait_s: float = 30.0) -> None:
    """Wait until `condition`, an expression of the page's or a question of ours, holds.

    Playwright's own wait is stopped by our script policy. What is asked while the page is being left is asked again.
    """
    from playwright.sync_api import Error  # noqa: PLC0415

    def holds() -> object:
        try:
            return page.evaluate(condition) if isinstance(condition, str) else condition()
        except Error as fault:
            if "context was destroyed" in str(fault):
                return False
            raise

    end = time.monotonic() + wait_s
    while not holds():
        if time.monotonic() > end:
            said = condition if isinstance(condition, str) else inspect.getsource(condition).strip()
            raise AssertionError(f"still not so after {wait_s} s: {said}")
        page.wait_for_timeout(50)


def at_rest(page: Any, *layers: str) -> None:
    """Wait until the units are drawn and nothing is asked for any more; tiles of `layers` have come, too."""
    came = "performance.getEntriesByType('resource').some((one) => one.name.includes('/tiles/{}/'))"
    busy = "document.querySelector('#gs-map').getAttribute('aria-busy')"
    drawn = ["document.documentElement.dataset.ready === 'map'", f"{busy} === 'false'"]
    until(page, " && ".join([*drawn, *(came.format(layer) for layer in layers)]))


def settled_box(page: Any, selector: str) -> dict[str, float]:
    """The bounding box of an element once it has stopped moving."""
    boxes: list[dict[str, float]] = []

    def stands() -> bool:
        boxes.append(page.locator(selector).first.bounding_box())
        return len(boxes) > 2 and boxes[-1] == boxes[-2] == boxes[-3]

    until(page, stands)
    return boxes[-1]


Open = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Opens an address and waits for the card; a script error or a request off the origin fails the test."""
    pages, faults = [], []

    def make(service: Service, path: str, *, width: int = 1366, height: int = 768) -> Any:
        page = browser.new_page(viewport={"width": width, "height": height})
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: "Content Security Policy" in line.text and faults.append(line.text))
        page.on(
            "request",
            lambda request: request.url.startswith((service.url, "data:", "blob:")) or faults.append(request.url),
        )
        page.goto(service.url + path)
        page.wait_for_selector("#gs-right h2")
        return page

    yield make
    for page in pages:
        page.close()
    assert faults == []


@pytest.fixture(scope="session")
def faulty_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the small town with two faults in its borders, built; to be copied."""
    from geo.jobs.run import run_build, run_import  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("faulty")
    home, mapping = folder / "home", write_town(folder / "data")
    file = folder / "data" / "grids.geojson"
    grids = json.loads(file.read_text(encoding="utf-8"))
    shapes = {grid["properties"]["code"]: grid["geometry"]["coordinates"][0] for grid in grids["features"]}
    for corner in (1, 2):
        shapes["W00"][corner][0] += 0.00005  # 5 m into W01
        shapes["E44"][corner][0] -= 0.00005  # 5 m short of E45
    file.write_text(json.dumps(grids), encoding="utf-8")
    run_import(home, mapping, folder / "data")
    run_build(home)
    return home


@pytest.fixture
def editors(faulty_town: Path, tmp_path: Path) -> Iterator[tuple[Service, str, Path]]:
    """A service over a copy of the faulty town, a worker beside it, and an editor's key."""
    from geo.jobs.work import run_worker  # noqa: PLC0415
    from geo.records import Records  # noqa: PLC0415

    home = tmp_path / "home"
    shutil.copytree(faulty_town, home)
    with Records.open(home) as records:
        key = records.add_key("wang", "editor")
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(home,), kwargs={"stop": stop})
    worker.start()
    with serving(home, "editor") as service:
        yield service, key, home
    stop.set()
    worker.join()


@pytest.fixture
def desk(browser: Any, editors: tuple[Service, str, Path]) -> Iterator[Any]:
    """The intake desk, logged in; a script error, a policy fault or a request off the origin fails the test."""
    service, key, _ = editors
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: "Content Security Policy" in line.text and faults.append(line.text))
    page.on("request", lambda one: one.url.startswith((service.url, "data:", "blob:")) or faults.append(one.url))
    page.goto(f"{service.url}/login?next=/intake")
    page.fill("#key", key)
    page.click("button[type=submit]")
    page.wait_for_selector(".in-drop")
    yield page
    context.close()
    assert faults == []
