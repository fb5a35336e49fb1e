"""The intake desk as a new user meets it: a GBK file with swapped columns from upload to map, and its way back;
faults of the boundaries repaired on consent."""

from pathlib import Path
from typing import Any

import pytest

from geo.records import Records
from tests.browser.conftest import SOUTH, STEP, WEST, Service, settled_box, until

#: Three cameras in the town, one of them twice, one a hundred kilometres off; people in a column of their own.
ROWS = [
    ("34010000001320000001", "北门", SOUTH + STEP / 2, WEST + STEP / 2, "枪机", "东北", "张三"),
    ("34010000001320000002", "南门", SOUTH + STEP * 1.5, WEST + STEP * 1.5, "球机", "南", "李四"),
    ("34010000001320000002", "南门二", SOUTH + STEP * 2.5, WEST + STEP * 2.5, "球机", "南", "王五"),
    ("34010000001320000003", "远处", SOUTH + STEP / 2, WEST + 1, "半球", "西", "赵六"),
]


def write_register(file: Path, rows: list[tuple[Any, ...]]) -> Path:
    """As many an office sends it: GB18030, and the column headed longitude holds the latitude."""
    lines = ["国标编码,点位名称,经度,纬度,设备类型,监控方位,联系人", *(",".join(map(str, row)) for row in rows)]
    file.write_bytes("\r\n".join(lines).encode("gb18030"))
    return file


def send(page: Any, file: Path) -> None:
    page.set_input_files("#in-file", str(file))
    page.wait_for_selector(".in-columns")


def chosen(page: Any, column: str) -> str:
    return str(page.eval_on_selector(f'[data-focus="column-{column}"]', "node => node.value"))


def uids(home: Path) -> set[str]:
    with Records.open(home) as records:
        return {uid for uid in records.frame("cameras")["uid"] if uid.startswith("skynet:")}


@pytest.mark.slow
def test_a_gbk_file_with_swapped_columns_from_upload_to_map_and_back(
    desk: Any, editors: tuple[Service, str, Path], tmp_path: Path
) -> None:
    home = editors[2]
    send(desk, write_register(tmp_path / "台账.csv", ROWS))
    proposed = ["source_id", "azimuth_deg", ""]
    until(desk, lambda: [chosen(desk, name) for name in ("国标编码", "监控方位", "联系人")] == proposed)
    assert "不导入" in desk.inner_text("tr:has(> th[title=联系人])")
    assert "互换 x 与 y" in desk.inner_text(".in-warning:has([data-focus=swap])")
    assert desk.is_disabled("[data-focus=start]")

    desk.click("[data-focus=swap]")
    until(desk, "!document.querySelector('[data-focus=swap]')")
    until(desk, lambda: chosen(desk, "纬度") == "x")
    desk.click("[data-datum=gcj02]")
    until(desk, "document.querySelectorAll('#in-legend .is-ring').length === 1")
    desk.click("[data-datum=wgs84]")
    until(desk, "document.querySelectorAll('#in-legend .is-ring').length === 0")
    until(desk, "document.querySelector('#in-legend').innerText.includes('3 个在边界内')")
    desk.fill("[data-focus=source]", "skynet")
    desk.press("[data-focus=source]", "Tab")

    desk.click("[data-focus=start]")
    desk.wait_for_selector(".in-outcome", timeout=60_000)
    until(desk, "document.querySelector('.in-outcome').innerText.includes('2 行未导入')")
    assert uids(home) == {"skynet:34010000001320000001", "skynet:34010000001320000002"}
    desk.wait_for_selector("a[href^='/coverage']:has-text('查看地图')", timeout=60_000)

    desk.click("[data-focus=refusals]")
    desk.wait_for_selector(".in-pairs")
    sentences = (
        "2 行未导入：编号重复 1 行、坐标超出边界 1 行。",
        "2 行未导入：坐标超出边界 1 行、编号重复 1 行。",
    )
    until(desk, lambda: desk.inner_text(".in-sentence") in sentences)
    assert "张三" not in desk.content()
    desk.select_option("[data-focus=filter-reason]", "duplicate_id")
    until(desk, "document.querySelectorAll('.in-table tbody tr').length === 1")
    assert desk.inner_text(".in-table tbody tr td:nth-child(2)") == "4"
    with desk.expect_download() as download:
        desk.click("[data-fmt=csv]")
    assert "34010000001320000002" in Path(download.value.path()).read_text(encoding="utf-8-sig")

    desk.click("[data-tab=import]")
    put_right = [ROWS[0], ROWS[1], ("34010000001320000004", *ROWS[2][1:]), (*ROWS[3][:3], WEST + STEP, *ROWS[3][4:])]
    send(desk, write_register(tmp_path / "台账.csv", put_right))
    # The source is known by now: columns, datum and name are as they were.
    desk.wait_for_selector("[data-focus=anew]")
    until(desk, lambda: chosen(desk, "纬度") == "x")
    until(desk, "document.querySelector('[data-datum=wgs84]').classList.contains('is-on')")
    until(desk, "document.querySelector('[data-focus=source]').value === 'skynet'")
    desk.click("[data-focus=start]")
    desk.wait_for_selector(".in-outcome", timeout=60_000)
    until(desk, "document.querySelector('.in-outcome').innerText.includes('没有未导入的行')")
    assert len(uids(home)) == 4

    desk.click("[data-tab=history]")
    desk.wait_for_selector(".in-table tbody tr")
    until(desk, "document.querySelector('.in-table tbody tr').innerText.includes('wang')")
    desk.click(".in-table tbody tr:first-child [data-focus^=back-]")
    assert "摄像机" in desk.inner_text(".in-confirm")
    desk.click("[data-focus=agree]")
    until(desk, "document.querySelector('.in-table tbody tr').innerText.includes('撤回 #')", 60)
    assert len(uids(home)) == 2


def test_a_day_and_a_time_of_day_come_from_two_columns(
    desk: Any, editors: tuple[Service, str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "events.csv"
    lines = ["event_id,发生时间,时刻,lon,lat", f"1,2025-03-01,13:30:00,{WEST + STEP / 2},{SOUTH + STEP / 2}"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    send(desk, file)
    assert chosen(desk, "发生时间") == "reported_at"
    assert chosen(desk, "时刻") == "reported_at:time"
    desk.click("[data-datum=wgs84]")
    until(desk, "!document.querySelector('[data-focus=start]').disabled")
    desk.click("[data-focus=start]")
    desk.wait_for_selector(".in-outcome", timeout=60_000)
    with Records.open(editors[2]) as records:
        incidents = records.frame("incidents").set_index("uid")
    assert incidents.loc["events:1", "reported_at"].isoformat() == "2025-03-01T05:30:00+00:00"


def test_boundaries_are_repaired_on_consent(desk: Any, editors: tuple[Service, str, Path]) -> None:
    desk.click("[data-tab=boundaries]")
    desk.wait_for_selector(".in-fault")
    until(desk, "document.querySelector('.in-sentence').innerText === '已检查 38 个单位。问题：重叠 1 处、空隙 1 处。'")
    assert desk.is_disabled("[data-focus=repair]")
    desk.click("[data-focus=all]")
    desk.click("[data-focus=repair]")
    said = desk.inner_text(".in-confirm")
    assert "从 W01 切去" in said
    assert "并入 E44" in said
    desk.click("[data-focus=agree]")
    until(desk, "document.querySelector('.in-sentence').innerText.includes('没有重叠')", 60)
    with Records.open(editors[2]) as records:
        assert records.imports(1).iloc[0]["kind"] == "repair"
    until(
        desk,
        "[...document.querySelectorAll('.in-job')].filter((job) => job.classList.contains('is-done')).length === 2",
        60,
    )


def test_a_camera_is_turned_and_moved_live_and_put_back(desk: Any, editors: tuple[Service, str, Path]) -> None:
    service, _, home = editors
    desk.click("[data-tab=register]")
    desk.click("[data-uid='cameras:W00']")
    desk.wait_for_selector(".in-pin.is-body")
    assert desk.is_disabled("[data-focus=save]")
    until(desk, "document.documentElement.dataset.ready === 'map'")
    pin = settled_box(desk, ".in-pin.is-body")
    x, y = pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x + 20, y - 20, steps=5)
    desk.mouse.up()
    until(desk, "document.querySelector('[data-focus=edit-lon]').value !== '109.505'")
    desk.fill("[data-focus=edit-azimuth_deg]", "135")
    desk.press("[data-focus=edit-azimuth_deg]", "Tab")
    desk.select_option("[data-focus=edit-status]", "offline")
    desk.fill("[data-focus=reason]", "现场核实")
    desk.click("[data-focus=save]")
    desk.wait_for_selector(".in-log")
    until(desk, "document.querySelector('.in-log .in-changes')?.innerText.includes('在线 离线')")
    # Live at once: the list and the coverage desk's own answer say so, before any build.
    until(desk, "document.querySelector(\"tr:has([data-uid='cameras:W00']) .in-live\") !== null")
    told = desk.evaluate("fetch('/api/cameras/cameras:W00').then((answer) => answer.json())")
    assert (told["values"]["status"], told["values"]["azimuth_deg"]) == ("offline", 135.0)
    assert told["values"]["lon"] > WEST + STEP / 2

    desk.click(".in-log [data-focus^=undo-]")
    desk.click("[data-focus=agree]")
    until(desk, "document.querySelectorAll('.in-log > li').length === 2")
    with Records.open(home) as records:
        row = records.frame("cameras").set_index("uid").loc["cameras:W00"]
    assert row["status"] != "offline"
    assert row["lon"] == pytest.approx(WEST + STEP / 2)
    assert service.url in desk.url


def test_a_file_of_changes_is_tried_before_it_is_taken(
    desk: Any, editors: tuple[Service, str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "changes.csv"
    file.write_text("uid,reason,status\ncameras:W00,核实,offline\ncameras:none,核实,offline\n", encoding="utf-8")
    desk.click("[data-tab=register]")
    desk.click("[data-focus=changes]")
    desk.set_input_files("#in-changes", str(file))
    desk.wait_for_selector("[data-focus=take]")
    assert "1 行可修改，1 行不可" in desk.inner_text(".in-tried")
    assert "状态 在线 离线" in desk.inner_text(".in-tried .in-changes")
    with Records.open(editors[2]) as records:
        assert "offline" not in set(records.frame("cameras")["status"])
    desk.click("[data-focus=take]")
    until(desk, "document.querySelector(\"tr:has([data-uid='cameras:W00'])\")?.innerText.includes('离线')")


def test_the_desk_speaks_english_in_the_dark_and_keeps_its_address(
    desk: Any, editors: tuple[Service, str, Path]
) -> None:
    service = editors[0]
    desk.goto(f"{service.url}/intake?tab=history&lang=en&theme=dark&colour=red")
    desk.wait_for_selector(".in-table")
    until(desk, "document.documentElement.dataset.theme === 'dark'")
    until(desk, "document.querySelector('.gs-banners').innerText.includes('colour')")
    text = desk.inner_text("#gs-app")
    assert "intake." not in text
    assert not [char for char in desk.inner_text(".in-tabs") if "\u4e00" <= char <= "\u9fff"]
    desk.click("[data-tab=refusals]")
    desk.wait_for_selector(".in-filters")
    until(desk, "window.location.search.includes('tab=refusals')")
    desk.go_back()
    desk.wait_for_selector("[data-tab=history][aria-current=page]")
    desk.keyboard.press("d")
    until(desk, "document.documentElement.dataset.theme === 'light'")


def test_without_a_key_the_desk_shows_and_changes_nothing(browser: Any, editors: tuple[Service, str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{editors[0].url}/intake?tab=boundaries&lang=zh")
    page.wait_for_selector(".in-fault")
    until(page, "document.querySelector('.gs-banners').innerText.includes('使用维护员密钥登录')")
    page.click("[data-focus=all]")
    assert page.is_disabled("[data-focus=repair]")
    page.close()


def test_only_editors_are_led_there(browser: Any, planner: Service) -> None:
    page = browser.new_page()
    page.goto(f"{planner.url}/coverage?lang=zh")
    page.wait_for_selector("#gs-right h2")
    assert page.inner_text("#gs-tabs").split() == ["覆盖", "盲区", "隐私与合规", "热点"]
    assert page.goto(f"{planner.url}/intake").status == 403
    page.close()
