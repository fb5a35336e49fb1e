"""BAD_INPUTS row 25 for the page as text (in a browser: tests/browser)."""

import gzip
import json
import re
import statistics
import time

import pytest

from geo.errors import NoSnapshot, Words
from tests.webmap.fake_desk import HOSTILE, FakeDesk, HomeClient, Open

HTML = {"Accept": "text/html,*/*;q=0.8"}


def boot_of(html: str) -> dict[str, object]:
    found = re.search(r"gridscope\.start\(map_gridscope, (\{.*\})\);", html)
    assert found
    boot: dict[str, object] = json.loads(found.group(1))
    return boot


def test_root_leads_to_the_coverage_desk_with_its_query(client: HomeClient) -> None:
    assert client.get("/?place=a&z=12").location == "/coverage?place=a&z=12"


@pytest.mark.parametrize("desk_name", ["coverage", "safeguards", "hotspots"])
def test_page_ends_in_start_with_the_boot_facts(client: HomeClient, desk_name: str) -> None:
    boot = boot_of(client.get(f"/{desk_name}").text)
    assert (boot["desk"], boot["role"]) == (desk_name, "analyst")
    assert boot["messages"]["desk.coverage"] == {"en": "Coverage", "zh": "覆盖"}  # type: ignore[index]
    assert {"palette", "urls", "scales", "levels", "snapshot", "lang", "theme", "may"} <= set(boot)


def test_hostile_title_cannot_become_a_tag(client: HomeClient) -> None:
    html = client.get("/coverage?lang=en").text
    assert "<img src=x" not in html
    assert "\u2028" not in html.split("gridscope.start")[1]
    assert boot_of(html)["title_en"] == "Sample" + HOSTILE
    assert html.count("</script>") == html.count("<script")


def test_every_script_and_style_carries_the_answers_nonce_and_nothing_else_does(client: HomeClient) -> None:
    answer = client.get("/coverage")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce
    tags = re.findall(r"<(?:script|style)\b[^>]*>", answer.text)
    assert len(tags) >= 4
    assert all(f'nonce="{nonce.group(1)}"' in tag for tag in tags)
    assert answer.text.count(nonce.group(1)) == len(tags)
    assert nonce.group(1) not in client.get("/coverage").text


def test_page_names_no_other_origin_and_no_inline_handler(client: HomeClient) -> None:
    html = client.get("/coverage").text
    links = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert links
    assert all(link.startswith(("/static/", "#", "/coverage", "/hotspots", "data:,")) for link in links)
    assert not re.search(r"<[^>]+\son\w+=", html.split("gridscope.start")[0])
    assert not any(word in html for word in ("jquery", "bootstrap", "awesome", "cdn."))


def test_linked_files_are_ours_and_kept_for_ever(client: HomeClient) -> None:
    for link in re.findall(r'(?:src|href)="(/static/[^"]*)"', client.get("/coverage").text):
        answer = client.get(link)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert client.get(link, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["src/app.js", "../settings.py", "%2e%2e/settings.py", "nope.js", "/etc/passwd", ""])
def test_no_other_file_is_served(client: HomeClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_unknown_page_parameters_are_the_pages_own_business(client: HomeClient) -> None:
    assert client.get("/coverage?colour=red&z=nonsense").status_code == 200


def test_language_and_theme_come_from_query_cookie_browser(client: HomeClient) -> None:
    assert '<html lang="zh-CN" data-theme="auto">' in client.get("/coverage").text
    assert '<html lang="en"' in client.get("/coverage", headers={"Accept-Language": "en-GB"}).text
    answer = client.get("/coverage?lang=en&theme=dark")
    assert '<html lang="en" data-theme="dark">' in answer.text
    assert '<html lang="en" data-theme="dark">' in client.get("/coverage").text
    assert '<html lang="en" data-theme="dark">' in client.get("/coverage?lang=xx&theme=neon").text


def test_page_and_its_files_stay_under_200_kb_compressed(client: HomeClient) -> None:
    answer = client.get("/coverage", headers={"Accept-Encoding": "gzip"})
    total = len(answer.data)
    for link in re.findall(r'(?:src|href)="(/static/[^"]*)"', gzip.decompress(answer.data).decode()):
        total += len(client.get(link, headers={"Accept-Encoding": "gzip"}).data)
    assert total < 200_000


def test_a_page_is_composed_once_and_answered_in_under_20_ms(client: HomeClient, desk: FakeDesk) -> None:
    client.get("/coverage")
    spans_s = []
    for _ in range(9):
        started_s = time.perf_counter()
        client.get("/coverage")
        spans_s.append(time.perf_counter() - started_s)
    assert desk.calls.count("describe") == 1
    assert statistics.median(spans_s) < 0.02


def test_pages_of_two_roles_are_two(open_client: Open) -> None:
    for role, seen in (("leader", (False, False, False)), ("analyst", (True, True, False)), ("editor", (True,) * 3)):
        may = boot_of(open_client(role=role).get("/coverage").text)["may"]
        assert may == dict(zip(("export", "points", "intake"), seen, strict=True))


def test_without_a_snapshot_the_page_offers_an_import_and_the_demo(
    client: HomeClient, open_client: Open, desk: FakeDesk
) -> None:
    def none() -> None:
        raise NoSnapshot(Words("no snapshot yet", "还没有快照"))

    desk.snapshot = none  # type: ignore[method-assign,assignment]
    page = client.get("/coverage?lang=en", headers=HTML)
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert re.findall("<summary>(.+?)</summary>", page.text) == ["Import a file", "Use the demo"]
    assert "<code>gridscope import MAPPING.toml</code>" in page.text
    assert "<summary>导入文件</summary>" in open_client(role="editor").get("/intake?lang=zh", headers=HTML).text
    assert client.get("/api/home").json["error"]["en"] == "no snapshot yet"


def test_errors_are_pages_for_people_and_json_for_programs(client: HomeClient) -> None:
    page = client.get("/nope/<script>", headers=HTML)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<script>" not in page.text
    assert client.get("/nope").mimetype == "application/json"
    assert client.post("/coverage", headers={"X-Gridscope": "1"}).status_code == 405
