"""The command line over the built-in sample: every command once, and how it says no."""

import csv
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pypdfium2
import pytest

from geo.errors import BadQuery
from geo.records import Records
from tests.tiny_city import write_tiny_city
from webmap.cli import fill, look, main
from webmap.settings import Settings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "home"
    assert main(["demo", "--size", "small", "--home", str(folder), "--lang", "en"]) == 0
    return folder


def test_check_shows_ledger_and_counts_refusals(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--home", str(home), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "swapped_axes" in out
    assert "109.5" not in out
    assert main(["check", "--home", str(home), "--lang", "zh", "--role", "editor"]) == 0
    assert "坐标为 0, 0" in capsys.readouterr().out


def test_check_fails_where_the_ledger_does_not_balance(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = dict.fromkeys(["level", "code", "name", "layer"], "") | {
        "rows_read": 3,
        "assigned": 1,
        "outside": 1,
        "refused": 0,
    }
    ledger = pd.DataFrame([{**row, "balanced": False}])
    monkeypatch.setattr(look, "open_current", lambda _home: SimpleNamespace(frame=lambda _name: ledger))
    assert main(["check", "--home", str(home)]) == 1


def test_table_to_stdout_and_file(home: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["table", "coverage", "--level", "county", "--home", str(home), "--lang", "zh"]) == 0
    said = capfdbinary.readouterr()
    assert said.err.decode() == "演示数据 · 边界为虚构\n"
    lines = said.out.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("level,code,name,")
    assert [line.split(",")[1] for line in lines[1:]] == ["4331T1"]
    out = tmp_path / "units.csv"
    assert main(["table", "units", "--within", "4331T1", "--home", str(home), "--out", str(out)]) == 0
    assert (tmp_path / "units.columns.csv").is_file()


def test_exports_above_leader_are_audited(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--home", str(home), "--level", "county", "--format", "gpkg", "--out", str(tmp_path / "rates.gpkg")]
    assert main(["table", "rates", *arguments, "--role", "leader"]) == 1
    assert main(["table", "hotspots", *arguments, "--role", "planner"]) == 0
    capsys.readouterr()
    assert main(["audit", "--home", str(home)]) == 0
    out = capsys.readouterr().out
    assert "cli table hotspots" in out
    assert "role=planner" in out
    assert "cli table rates" not in out


def test_a_desk_is_printed(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.pdf"
    arguments = ["--home", str(home), "--lang", "en", "--out", str(out)]
    assert main(["print", "safeguards", *arguments, "--query", "level=village&sort=x", "--role", "planner"]) == 0
    assert "wrote" in capsys.readouterr().out
    text = pypdfium2.PdfDocument(out.read_bytes())[0].get_textpage().get_text_range()
    assert "Demo data, invented borders" in text
    with Records.open(home) as records:
        assert records.audit(1)["route"].tolist() == ["cli print safeguards"]
    assert main(["print", "gaps", *arguments]) == 1
    assert "role" in capsys.readouterr().err


def test_errors_are_one_line_in_words(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    Records.open(empty).close()
    cases = {
        ("table", "units", "--level", "nope", "--home", str(home)): "没有层级 'nope'",
        ("table", "refusals", "--home", str(home)): "analyst",
        ("table", "units", "--home", str(tmp_path / "none")): "快照",
        ("audit", "--home", str(tmp_path / "none")): "没有数据",
        ("snapshots", "--home", str(tmp_path / "none")): "没有数据",
        ("build", "--home", str(tmp_path / "none")): "没有数据",
        ("build", "--home", str(empty)): "尚未导入单位",
        ("import", str(tmp_path / "no.toml"), "--home", str(home)): "不是文件",
        ("build", "--as-of", "soon", "--home", str(home)): "不是时间",
        ("table", "units", "--format", "xlsx", "--home", str(home)): "--out",
        ("restore", str(tmp_path / "no.tar"), "--home", str(tmp_path / "r")): "no.tar",
    }
    for arguments, words in cases.items():
        capsys.readouterr()
        assert main([*arguments, "--lang", "zh"]) == 1
        said = capsys.readouterr().err
        assert words in said
        assert said.count("\n") == 1
        assert "Traceback" not in said
    assert not (tmp_path / "none").exists()


def test_wrong_usage_is_argparses_own(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        [],
        ["nope"],
        ["table", "nope"],
        ["audit", "--limit", "-1"],
        ["check", "--role", "leader"],
        ["key", "add", "a"],
    ):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert "Traceback" not in capsys.readouterr().err


def test_check_tells_what_was_noted_of_the_sources(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Records.open(home) as records:
        noted = records.notes()
    assert len(noted) > 0
    for lang, column in (("en", "note"), ("zh", "note_zh")):
        assert main(["check", "--home", str(home), "--lang", lang]) == 0
        out = capsys.readouterr().out
        assert all(note in out for note in noted[column])


def test_refused_rows_as_a_table(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "refusals.csv"
    arguments = ["table", "refusals", "--home", str(home), "--role", "editor", "--out", str(out)]
    assert main([*arguments, "--lang", "en"]) == 0
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0])[:3] == ["level", "code", "name"]
    assert {row["level"] for row in rows} == {"source"}
    assert "coordinates are 0, 0" in {row["explained"] for row in rows}
    assert main([*arguments, "--lang", "zh"]) == 0
    assert "坐标为 0, 0" in out.read_text("utf-8-sig")


def test_what_leaves_or_changes_a_home_is_audited(home: Path, tmp_path: Path) -> None:
    assert main(["backup", str(tmp_path / "b.tar"), "--home", str(home)]) == 0
    assert main(["restore", str(tmp_path / "b.tar"), "--home", str(tmp_path / "other")]) == 0
    with Records.open(tmp_path / "other") as records:
        assert records.audit(2)["route"].tolist() == ["cli restore", "cli backup"]


def test_imports_are_listed_and_rolled_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--home", str(tmp_path / "home"), "--lang", "en"]
    city = write_tiny_city(tmp_path / "sources")
    one = tmp_path / "sources" / "police.toml"
    one.write_text(city.read_text("utf-8")[city.read_text("utf-8").index("[[table]]") :], "utf-8")
    one.write_text(one.read_text("utf-8")[: one.read_text("utf-8").index('[[table]]\ntable = "roads"')], "utf-8")
    assert main(["import", str(one), *here]) == 1
    assert "there are no units yet; import boundaries first" in capsys.readouterr().err
    assert main(["import", str(city), *here]) == 0
    with Records.open(tmp_path / "home") as records:
        before = records.digests()
    cameras = tmp_path / "sources" / "cameras.csv"
    cameras.write_text("".join(cameras.read_text("utf-8").splitlines(keepends=True)[:-3]), "utf-8")
    assert main(["import", str(one), *here]) == 0
    capsys.readouterr()
    assert main(["imports", *here]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in listed[1:]] == [["2", "import", "police"], ["1", "import", "tiny"]]
    assert all(line.endswith("*") for line in listed[1:])
    assert main(["rollback", "2", *here]) == 0
    assert "back to before import 2: 2 rows added, 0 changed, 0 removed" in capsys.readouterr().out
    with Records.open(tmp_path / "home") as records:
        assert records.digests() == before
        assert records.audit(1)["route"].tolist() == ["cli rollback"]
    assert main(["rollback", "2", *here]) == 0
    said = capsys.readouterr()
    assert "undone with it: 3" in said.err
    assert "nothing has changed" in said.out
    assert main(["rollback", "9", *here]) == 1
    assert "no import 9" in capsys.readouterr().err


def test_refusals_for_their_owner(home: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["refusals", "--table", "cameras", "--reason", "null_island", "--home", str(home)]) == 0
    rows = list(csv.DictReader(capfdbinary.readouterr().out.decode("utf-8-sig").splitlines()))
    assert {row["explained_zh"] for row in rows} == {"坐标为 0, 0"}
    assert rows[0]["explained"] == "coordinates are 0, 0"
    out = tmp_path / "refusals.xlsx"
    assert main(["refusals", "--format", "xlsx", "--home", str(home)]) == 1
    assert main(["refusals", "--format", "xlsx", "--out", str(out), "--home", str(home), "--lang", "en"]) == 0
    assert out.read_bytes().startswith(b"PK")


def test_assign_names_units(home: Path, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_bytes("名,lon,lat\n甲,109.64,28.19\n乙,100,28.3\n丙,,28\n".encode("gb18030"))
    out = tmp_path / "out.csv"
    arguments = ["--x", "lon", "--y", "lat", "--crs", "EPSG:4326", "--out", str(out), "--home", str(home)]
    assert main(["assign", str(points), *arguments]) == 0
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["名"] for row in rows] == ["甲", "乙", "丙"]
    assert [row["assign_status"] for row in rows] == ["assigned", "outside", "refused"]
    assert rows[0]["assigned_prefecture"] == "433100"
    assert rows[0]["assigned_grid"].startswith(rows[0]["assigned_village"])


def test_backup_comes_back(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, other = tmp_path / "b.tar", tmp_path / "other"
    assert main(["backup", str(file), "--home", str(home)]) == 0
    assert main(["restore", str(file), "--home", str(other)]) == 0
    capsys.readouterr()
    assert main(["snapshots", "--home", str(other)]) == 0
    assert "*" in capsys.readouterr().out


def test_keys_and_who_may_serve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wide = Settings(home=tmp_path, host="0.0.0.0")
    fill.check_may_serve(Settings(home=tmp_path))
    with pytest.raises(BadQuery, match="key add"):
        fill.check_may_serve(wide)
    assert main(["key", "add", "ann", "--role", "planner", "--home", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("gs_")
    fill.check_may_serve(wide)
    assert main(["key", "list", "--home", str(tmp_path)]) == 0
    assert "ann" in capsys.readouterr().out
    assert main(["key", "revoke", "ann", "--home", str(tmp_path)]) == 0
    with pytest.raises(BadQuery):
        fill.check_may_serve(wide)


def test_serve_prints_its_address_and_ends_its_worker(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "webmap", "serve", "--home", str(tmp_path), "--port", str(port), "--lang", "en"]
    service = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert service.stdout is not None
    try:
        assert "gridscope demo" in service.stdout.readline()
        assert service.stdout.readline() == f"gridscope serves at http://127.0.0.1:{port}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            assert answer.status == 200
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=120) == 0
    finally:
        service.kill()
        service.stdout.close()


def test_environment_chooses_the_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["audit", "--home", os.devnull]) == 1
    assert "没有数据" in capsys.readouterr().err
