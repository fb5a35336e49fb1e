import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import BadInput, BadMapping, NotAvailable, NotBalanced, NotFound, Words
from geo.jobs import drawing, rasters, run, run_build, run_import, run_roll_back
from geo.records import Counts, Records
from geo.rules import Rules
from tests.geo.jobs.conftest import HOME, NONE, Rooms, cameras, units


def state(home: Path) -> object:
    with Records.open(home) as records:
        return records.digests(), records.home(), sorted(path.name for path in (home / "boundaries").glob("*"))


def test_an_import_fills_records_and_draws_the_boundaries(rooms: Rooms, mapping_file: Path, tmp_path: Path) -> None:
    home, told = tmp_path / "home", list[tuple[float, Words]]()
    done = run_import(home, mapping_file, tmp_path, lambda share, words: told.append((share, words)))
    assert done.outcome == "changed"
    assert done.counts == {"units": Counts(added=1), "cameras": Counts(added=2)}
    with Records.open(home) as records:
        assert records.home() == HOME
        assert (home / "boundaries" / records.boundary_version()).is_dir()
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 0.87


def test_the_same_again_is_a_no_op(rooms: Rooms, mapping_file: Path, tmp_path: Path) -> None:
    run_import(tmp_path / "home", mapping_file, tmp_path)
    before = state(tmp_path / "home")
    assert run_import(tmp_path / "home", mapping_file, tmp_path).outcome == "unchanged"
    assert state(tmp_path / "home") == before


@pytest.mark.parametrize("step", ["iter_clean", "build_pyramid", "replace_in_parts"])
def test_a_failed_import_leaves_everything_as_it_was(
    step: str, rooms: Rooms, mapping_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    run_import(home, mapping_file, tmp_path)
    before = state(home)
    rooms.clean = [units("b"), cameras("3")]

    def fail(*_: object, **__: object) -> None:
        raise BadInput(Words("no", "不"))

    if step == "replace_in_parts":
        rooms.clean.append(replace(cameras("9"), source="village", n_read=7))
    else:
        monkeypatch.setattr(drawing if step == "build_pyramid" else run, step, fail)
    with pytest.raises((BadInput, NotBalanced)):
        run_import(home, mapping_file, tmp_path)
    assert state(home) == before


def test_boundaries_drawn_for_a_failed_import_go_again(
    rooms: Rooms, mapping_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pyramid is drawn beside the other sources, so it can be there before one of them fails."""
    home, drawn = tmp_path / "home", threading.Event()
    real = drawing.build_pyramid

    def build(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        drawn.set()

    monkeypatch.setattr(drawing, "build_pyramid", build)
    rooms.clean.append(replace(cameras("9"), source="village", n_read=7))
    rooms.before_last = drawn.wait
    with pytest.raises(NotBalanced):
        run_import(home, mapping_file, tmp_path)
    assert drawn.is_set()
    assert list((home / "boundaries").iterdir()) == []


def test_a_source_no_longer_named_goes(rooms: Rooms, mapping_file: Path, tmp_path: Path) -> None:
    run_import(tmp_path / "home", mapping_file, tmp_path)
    rooms.clean = [units()]
    assert run_import(tmp_path / "home", mapping_file, tmp_path).counts["cameras"] == Counts(removed=2)


def test_an_elevation_raster_follows_the_records(rooms: Rooms, mapping_file: Path, tmp_path: Path) -> None:
    home, dem = tmp_path / "home", tmp_path / "dem.tif"
    current = home / "rasters" / "elevation.tif"
    clean = replace(
        cameras(), table="elevation", source="srtm", frame=pd.DataFrame(), refused=NONE, n_read=1, raster=dem
    )
    rooms.clean.append(clean)
    for content in (b"old heights", b"new heights"):
        dem.write_bytes(content)
        run_import(home, mapping_file, tmp_path)
        assert current.read_bytes() == content
    current.unlink()
    run_build(home)
    assert current.read_bytes() == b"new heights"
    rooms.clean.pop()
    run_import(home, mapping_file, tmp_path)
    assert not current.exists()
    with Records.open(home) as records:
        kept = {file.stem for file in (home / "rasters").iterdir()}
        assert len(kept) == 2
        assert kept == records.kept_rasters()
        run.tidy(home, records, Rules(rollback_imports=0))
    assert list((home / "rasters").iterdir()) == []


def test_a_roll_back_brings_the_elevation_raster_back_or_refuses(
    rooms: Rooms, mapping_file: Path, tmp_path: Path
) -> None:
    home, dem = tmp_path / "home", tmp_path / "dem.tif"
    folder, current = home / "rasters", home / "rasters" / "elevation.tif"
    elevation = replace(cameras(), table="elevation", source="srtm", frame=pd.DataFrame(), n_read=1, raster=dem)
    rooms.clean.append(elevation)
    for content in (b"old heights", b"new heights"):
        dem.write_bytes(content)
        run_import(home, mapping_file, tmp_path)
    assert run_roll_back(home, 2).counts == {"elevation": Counts(added=1, removed=1)}
    assert current.read_bytes() == b"old heights"
    with Records.open(home) as records:
        (lost,) = records.kept_rasters(before=3)
        before = records.digests()
    (folder / f"{lost}.tif").unlink()
    with pytest.raises(NotFound, match="import it again"):
        run_roll_back(home, 3)
    assert current.read_bytes() == b"old heights"
    with Records.open(home) as records:
        assert records.digests() == before


def test_a_raster_of_a_restored_home_is_kept_as_well(tmp_path: Path) -> None:
    """A backup holds only elevation.tif, not the file under its content's name that a roll back looks for."""
    for name in ("old", "new"):
        (tmp_path / f"{name}.tif").write_bytes(name.encode())
    old, new = (rasters.keep(tmp_path, tmp_path / f"{name}.tif") for name in ("old", "new"))
    rasters.settle(tmp_path, old, {new})
    (tmp_path / "rasters" / f"{old}.tif").unlink()
    rasters.settle(tmp_path, new, {old})
    rasters.settle(tmp_path, old, {new})
    assert (tmp_path / "rasters" / "elevation.tif").read_bytes() == b"old"


def test_a_build_publishes_once_it_is_whole(rooms: Rooms, mapping_file: Path, tmp_path: Path) -> None:
    home, as_of = tmp_path / "home", datetime(2024, 1, 1, tzinfo=UTC)
    with pytest.raises(NotAvailable, match="no units are loaded"):
        run_build(home)
    run_import(home, mapping_file, tmp_path)
    run_build(home, as_of)
    assert (rooms.as_of, len(rooms.published)) == ([as_of], 1)

    def fail() -> None:
        raise NotBalanced(Words("lost a row", "丢了一行"))

    rooms.pause = fail
    with pytest.raises(NotBalanced):
        run_build(home)
    assert len(rooms.published) == 1


def test_a_missing_mapping(tmp_path: Path) -> None:
    with pytest.raises(BadMapping):
        run_import(tmp_path / "home", tmp_path / "none.toml", tmp_path)
