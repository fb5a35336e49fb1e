"""A disk without room (BAD_INPUTS row 38): jobs fail in words, nothing is half-published, later all goes on.

The disk is a file system of 96 MB in memory, in a mount namespace of its own (skipped where neither root nor user
namespaces may mount one), or one on which no file may grow.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import DiskFull
from geo.jobs import run_build, run_import, space
from geo.jobs.queue import queue_import
from geo.records import Records
from tests.geo.jobs.test_imports import CAMERAS, ledger, send
from tests.tiny_city import write_tiny_city

APART = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def may_mount() -> bool:
    """Whether a file system can be mounted in a namespace of its own."""
    if shutil.which("unshare") is None:
        return False
    probe = [*APART, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The tiny city, published; an import with its build waits."""
    made = tmp_path / "home"
    run_import(made, write_tiny_city(tmp_path / "sources"), tmp_path / "sources")
    run_build(made)
    with Records.open(made) as records:
        rows = [(str(n), 20 + 0.48 * n, "在用" if n % 9 else "?") for n in range(2_000)]
        queue_import(made, records, send(made, 1, ledger(*rows)), CAMERAS, "ann")
    return made


@pytest.mark.slow
@pytest.mark.parametrize("how", ["tmpfs", "limit"])
def test_a_full_disk_at_every_level(home: Path, how: str) -> None:
    if how == "tmpfs" and not may_mount():
        pytest.skip("a small file system cannot be mounted here: it needs root or user namespaces")
    command = [*(APART if how == "tmpfs" else []), sys.executable, "-m", "tests.geo.jobs.full_disk", str(home), how]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    attempts = [json.loads(line) for line in told]
    with Records.open(home) as records:
        before = [dict_of(records.digests()), len(records.imports()), len(records.refusals())]
    after = attempts[-1]["free"]
    print(f"{how}:", ", ".join(f"{found['level']:,} B free: {found['full']['state']}" for found in attempts))
    for found in attempts:
        full, free = found["full"], found["free"]
        assert full["content"] in (before, after["content"]), "half an import"
        assert full["snapshot"] in (attempts[0]["full"]["snapshot"], after["snapshot"])
        assert (free["content"], free["snapshot"]) == (after["content"], after["snapshot"])
        assert set(found["states"]) <= {"done", "failed"}
        if full["state"] == "failed":
            assert full["words"][0].startswith("the disk"), full["words"]
            assert "磁盘" in full["words"][1]
    assert attempts[0]["full"]["state"] != "done"
    assert attempts[-1]["full"]["state"] == "done"


def dict_of(digests: dict[str, tuple[int, str]]) -> dict[str, list[object]]:
    return {table: list(digest) for table, digest in digests.items()}


def test_free_space_is_looked_at_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "RESERVE_BYTES", 10**18)
    with pytest.raises(DiskFull, match=r"MB free and some .* MB are needed; nothing was changed"):
        run_build(home)
