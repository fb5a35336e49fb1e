"""Source line and map review number: asked for once, at the first import, where a person sits."""

import io
from pathlib import Path

import pytest

from geo.records import Records
from geo.schema import HomeInfo
from geo.snapshot.store import open_current
from tests.tiny_city import write_tiny_city
from webmap.cli import main


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """The tiny city, naming no source."""
    file = write_tiny_city(tmp_path / "data")
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("attribution_")), "utf-8")
    return file


def run_import(mapping: Path, home: Path, monkeypatch: pytest.MonkeyPatch, answers: io.StringIO) -> HomeInfo:
    monkeypatch.setattr("sys.stdin", answers)
    assert main(["import", str(mapping), "--home", str(home), "--lang", "zh"]) == 0
    with Records.open(home) as records:
        info = records.home()
    assert info is not None
    return info


def test_a_person_is_asked_once_and_the_home_remembers(
    mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    info = run_import(mapping, home, monkeypatch, Terminal("测绘院\x07\n审图号：湘S(2026)001号\n"))
    assert (info.attribution_zh, info.map_review_number) == ("测绘院", "湘S(2026)001号")
    assert "审图号（回车留空）" in capsys.readouterr().err
    assert run_import(mapping, home, monkeypatch, Terminal("不再问\n不再问\n")) == info
    assert "审图号" not in capsys.readouterr().err
    assert main(["build", "--home", str(home)]) == 0
    assert open_current(home).home.credit().zh == "测绘院 · 审图号：湘S(2026)001号"
    assert open_current(home).home.credit().en == "测绘院 · map review no. 湘S(2026)001号"


def test_enter_leaves_both_empty(mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = run_import(mapping, tmp_path / "home", monkeypatch, Terminal("\n\n"))
    assert (info.attribution_zh, info.attribution_en, info.map_review_number) == ("", "", "")


def test_no_terminal_is_told_how(
    mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    info = run_import(mapping, tmp_path / "home", monkeypatch, io.StringIO("not read\nnot read\n"))
    assert (info.attribution_zh, info.map_review_number) == ("", "")
    assert "map_review_number" in capsys.readouterr().err


def test_what_the_mapping_states_is_not_asked_and_wins(
    mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    run_import(mapping, home, monkeypatch, Terminal("口头\n001\n"))
    mapping.write_text('attribution_zh = "文件"\n' + mapping.read_text("utf-8"), "utf-8")
    info = run_import(mapping, home, monkeypatch, Terminal("no\nno\n"))
    assert (info.attribution_zh, info.attribution_en, info.map_review_number) == ("文件", "", "001")
