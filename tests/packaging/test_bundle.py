"""The archive of `make bundle` installs and works with no package index, no network and no checkout in sight."""

import csv
import os
import platform
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNREACHABLE = ("No matching distribution", "Could not find a version", "ConnectionError", "Max retries", "SSLError")

pytestmark = pytest.mark.slow


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked archive in a folder outside the checkout."""
    if not (ROOT / ".venv/bin/python").exists():
        pytest.skip("no .venv in the checkout; `make bundle` makes one")
    built = run(["sh", ".ci/bundle"], ROOT, **os.environ)
    if built.returncode and any(word in built.stderr for word in UNREACHABLE):
        pytest.skip("the package index cannot be reached: " + built.stderr.strip().splitlines()[-1])
    assert built.returncode == 0, built.stderr
    folder = tmp_path_factory.mktemp("elsewhere")
    with tarfile.open(ROOT / built.stdout.splitlines()[-1]) as archive:
        archive.extractall(folder, filter="data")
    [unpacked] = folder.iterdir()
    return unpacked


@pytest.fixture(scope="module")
def offline(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of its own: an index that is an empty folder, a proxy where nobody listens, no pip settings."""
    empty = tmp_path_factory.mktemp("index")
    return {
        "PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin",
        "HOME": str(tmp_path_factory.mktemp("user")),
        "LANG": "C.UTF-8",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": empty.as_uri(),
        "PIP_NO_INDEX": "1",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


def test_another_python_is_told_so(bundle: Path, offline: dict[str, str]) -> None:
    mine = f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}"
    assert (bundle / "platform").read_text().strip() == mine
    (bundle / "platform").write_text("3.99 abacus\n")
    said = run(["./install.sh"], bundle, **offline)
    (bundle / "platform").write_text(mine + "\n")
    assert said.returncode == 1
    assert "This bundle is for Python 3.99 abacus" in said.stderr
    assert not (bundle / ".venv").exists()


def test_it_installs_and_shows_the_demo(bundle: Path, offline: dict[str, str], tmp_path: Path) -> None:
    installed = run(["./install.sh"], bundle, **offline)
    assert installed.returncode == 0, installed.stderr
    program = str(bundle / ".venv/bin/gridscope")
    where = run([str(bundle / ".venv/bin/python"), "-c", "import geo; print(geo.__file__)"], tmp_path, **offline)
    assert where.stdout.startswith(str(bundle / ".venv"))
    made = run([program, "demo", "--size", "small", "--home", "home"], tmp_path, **offline)
    assert made.returncode == 0, made.stderr
    level = ["table", "coverage", "--home", "home", "--level", "county", "--out", "coverage.csv"]
    assert run([program, *level], tmp_path, **offline).returncode == 0
    with (tmp_path / "coverage.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    assert all(row["level"] == "county" and float(row["area_m2"]) > 0 for row in rows)
    drawn = run([program, "map", "--home", "home", "--out", "map.html"], tmp_path, **offline)
    assert drawn.returncode == 0, drawn.stderr
    assert "gridscope.start(" in (tmp_path / "map.html").read_text("utf-8")
