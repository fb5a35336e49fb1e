"""Files that were taken from the inbox are people's data: they go in time, and what became of them stays written."""

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geo.errors import Words
from geo.jobs.put_away import DONE, REFUSED, drop_old_files, put_away
from geo.jobs.run import tidy
from geo.records import Records
from geo.rules import Rules


@pytest.mark.parametrize("where", [DONE, REFUSED])
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.txt.txt"])
def test_an_old_file_goes_and_its_note_stays(tmp_path: Path, where: str, name: str) -> None:
    file = tmp_path / "inbox" / name
    file.parent.mkdir()
    file.write_text("id\n1\n")
    put_away(tmp_path / "inbox", file, where, "police", name, Words("because", "因为"))
    now = datetime.now(UTC)
    assert drop_old_files(tmp_path, 30, now + timedelta(days=29)) == 0
    assert drop_old_files(tmp_path, 30, now + timedelta(days=31)) == 1
    assert drop_old_files(tmp_path, 30, now + timedelta(days=99)) == 0
    (note,) = (tmp_path / "inbox" / where / "police").iterdir()
    assert note.name.endswith(f"Z-{name}.txt")
    assert note.read_text(encoding="utf-8") == "因为\nbecause\n"


@pytest.mark.parametrize("step", ["write", "replace"])
def test_a_file_that_stays_where_it_is_has_no_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def write_half(note: Path, *_: object, **__: object) -> None:
        note.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def replace(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    file = tmp_path / "inbox" / "a.csv"
    file.parent.mkdir()
    file.touch()
    monkeypatch.setattr(*((Path, "write_text", write_half) if step == "write" else (os, "replace", replace)))
    with pytest.raises(OSError, match="No space" if step == "write" else "not permitted"):
        put_away(tmp_path / "inbox", file, DONE, "police", "a.csv", Words("because", "因为"))
    assert file.exists()
    assert list((tmp_path / "inbox" / DONE / "police").iterdir()) == []


def test_what_people_put_there_themselves_stays(tmp_path: Path) -> None:
    file = tmp_path / "inbox" / DONE / "police" / "old.csv"
    file.parent.mkdir(parents=True)
    file.touch()
    with Records.open(tmp_path) as records:
        tidy(tmp_path, records, Rules(refused_days=0), datetime.now(UTC) + timedelta(days=1))
    assert file.exists()
