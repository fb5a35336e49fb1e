"""A change of each cross-filter of the gaps desk on the full demo: what the page works until all of it shows that.

CPU time of the page's main thread (Chromium's thread ticks), so that what else the machine does counts little.
"""

import shutil
import statistics
from typing import Any

from harness import parse_flags, prepare_home, print_load, print_ratio, serve
from playwright.sync_api import Page, sync_playwright
from web import CHROMIUM_FLAGS, READY

PORT = 8767
LIMIT_MS = 400.0
#: All is drawn by then; what the page does in that time while nobody touches it is taken off.
REST_MS = 1000
#: What is focused, and the keys that go to and fro.
FILTERS = {
    "months": ('[data-focus="months-low"]', ("PageUp", "Home")),
    "hours": ('[data-focus="cells"]', ("Shift+ArrowRight", "Delete")),
    "channel": ("#gs-channel .gs-bar", ("Enter", "Enter")),
    "category": ("#gs-category .gs-bar", ("Enter", "Enter")),
    "length": ('[data-focus="length-low"]', ("PageUp", "Home")),
    "reasons": ('[data-focus="reason-none"]', ("Enter", "Enter")),
}


#: Towns drawn and 5,200 gaps listed; all 5,382 grids drawn; two maps.
PAGES = [("towns", ""), ("grids", "&level=grid"), ("both", "&cmp=side@at:62.5")]


def main() -> None:
    flags = parse_flags(__doc__)
    print_load()
    service = serve(prepare_home("full"), PORT, role="analyst")
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_FLAGS))
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            for name, query in PAGES[: 1 if flags.quick else None]:
                tell_page(page, name, query, 2 if flags.quick else 6)
            browser.close()
    finally:
        service.terminate()
        service.wait()


def tell_page(page: Page, name: str, query: str, rounds: int) -> None:
    """Each filter changed `rounds` times on one page: the median of what a change costs."""
    page.goto(f"http://127.0.0.1:{PORT}/gaps?lang=en{query}")
    page.wait_for_selector("#gs-months", timeout=120_000)
    page.wait_for_selector(READY, state="attached")
    page.wait_for_timeout(5 * REST_MS)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    idle_ms = statistics.median(spent_ms(page, session, None) for _ in range(3))
    for filter_name, (node, keys) in FILTERS.items():
        page.locator(node).first.focus()
        found = [spent_ms(page, session, keys[k % 2]) - idle_ms for k in range(rounds)]
        change_ms = statistics.median(found)
        title = f"gaps-{name}-{filter_name}"
        print_ratio(title, change_ms, f"limit:{LIMIT_MS:g}ms", change_ms / LIMIT_MS, 1.0, "ms", at_least=False)


def spent_ms(page: Page, session: Any, key: str | None) -> float:
    """Milliseconds of the main thread from pressing `key` until the page has rested."""
    before = task_s(session)
    if key is not None:
        page.keyboard.press(key)
    page.wait_for_timeout(REST_MS)
    return 1000 * (task_s(session) - before)


def task_s(session: Any) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


if __name__ == "__main__":
    main()
