"""The print button asks the service for the page of what is shown."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import Open, Service, until

pytestmark = pytest.mark.browser

CATCH = "window.opened = []; window.open = (address) => { window.opened.push(address); return null; }; null"


def test_button_and_key_open_the_printed_page_of_this_very_view(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area&est=low")
    page.evaluate(CATCH)
    page.click('[data-focus="head-print"]')
    page.keyboard.press("p")
    until(page, "window.opened.length === 2")
    first, second = page.evaluate("window.opened")
    assert first == second
    assert urlsplit(first).path == "/print/coverage.pdf"
    query = parse_qs(urlsplit(first).query)
    assert (query["measure"], query["est"], query["lang"]) == (["area"], ["low"], ["en"])
    answer = page.request.get(planner.url + first, timeout=120_000)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-1.")
