"""Rows of incidents as files, against pandas and geopandas writing the same cells as their manuals show; printed pages;
the one-file briefing for each role, its time and size against their goals.

CPU time, as several processes share a machine. Before they are timed, both files of a format are read back: same rows,
same ids. A page is printed cold, by a process that has read neither snapshot nor typeface, and again.
"""

import io
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from harness import parse_flags, prepare_home, print_load, print_ratio

from geo.crs import WGS84
from geo.desk import Desk
from geo.schema import RESULTS
from geo.schema.column import READING_ROLES
from geo.snapshot.export import FORMATS, Sheet, make_sheet
from webmap.i18n import load_messages
from webmap.maps.standalone import write_map
from webmap.paper import DESKS, Asked, print_page

#: Seconds for 200,000 rows: XLSX, and any other format.
XLSX_GOAL_S, GOAL_S = 30.0, 5.0
#: Seconds for a printed page.
PAGE_GOAL_S = 5.0
FULL_ROWS = 200_000
#: The whole map in one file, from a home that nobody has asked before.
BRIEFING_GOAL_S, BRIEFING_GOAL_MB = 20.0, 6.0
NAME = "incidents"


def main() -> None:
    flags = parse_flags(__doc__)
    print_load()
    home = prepare_home("small" if flags.quick else "full")
    time_briefings(home)
    desk = Desk(home)
    frame = desk.table(NAME, "analyst", limit=4_000 if flags.quick else None)
    sheet = make_sheet(frame, RESULTS[NAME].columns, NAME, desk.snapshot())
    print(f"{len(frame):,} rows of {len(sheet.columns)} columns")
    for fmt, peer in PEERS.items():
        with TemporaryDirectory() as folder:
            theirs = time_cpu(lambda peer=peer, folder=folder: peer(sheet, Path(folder)))
            ours = time_cpu(lambda fmt=fmt: FORMATS[fmt].write(sheet))
            check_equal(fmt, FORMATS[fmt].write(sheet), Path(folder), sheet)
        print_ratio(f"{fmt} of {len(frame):,} rows", ours, f"{theirs:.3g}s", theirs / ours, RATIOS[fmt], "s")
        limit = (XLSX_GOAL_S if fmt == "xlsx" else GOAL_S) * max(len(frame) / FULL_ROWS, 0.1)
        print_ratio(f"{fmt} of {len(frame):,} rows, CPU time", ours, "goal", ours, limit, "s", at_least=False)
    print_pages(home)


def print_pages(home: Path) -> None:
    """The page of each desk, in a process of its own."""
    for name in DESKS:
        with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
            seconds = fresh.submit(time_page, home, name).result()
        for state, taken in zip(("cold", "warm"), seconds, strict=True):
            print_ratio(f"A4 page of {name}, {state}, CPU time", taken, "goal", taken, PAGE_GOAL_S, "s", at_least=False)


def time_page(home: Path, name: str) -> list[float]:
    """CPU seconds of the first print of a desk's page and of the second."""
    desk, messages = Desk(home), load_messages()
    look: dict[str, Any] = {"role": "analyst", "lang": "zh", "printed_on": date(2026, 11, 27)}
    return [time_cpu(lambda: print_page(desk, messages, name, Asked(), **look)) for _ in range(2)]


def time_briefings(home: Path) -> None:
    """Print what the briefing takes for each role that reads."""
    with TemporaryDirectory() as folder:
        for role in READING_ROLES:
            file = Path(folder, f"{role}.html")
            seconds = time_cpu(lambda role=role, file=file: write_map(Desk(home), file, role))
            n_mb = file.stat().st_size / 1e6
            print_ratio(
                f"briefing for {role}, CPU time", seconds, "goal", seconds, BRIEFING_GOAL_S, "s", at_least=False
            )
            print_ratio(f"briefing for {role}, size", n_mb, "goal", n_mb, BRIEFING_GOAL_MB, "MB", at_least=False)


def time_cpu(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def to_csv(sheet: Sheet, folder: Path) -> None:
    sheet.cells().to_csv(folder / "peer.csv", index=False)


def to_xlsx(sheet: Sheet, folder: Path) -> None:
    sheet.cells().to_excel(folder / "peer.xlsx", index=False)


def to_geojson(sheet: Sheet, folder: Path) -> None:
    (folder / "peer.geojson").write_text(_features(sheet).to_json(drop_id=True), encoding="utf-8")


def to_gpkg(sheet: Sheet, folder: Path) -> None:
    _features(sheet).to_file(folder / "peer.gpkg", driver="GPKG")


def to_shp(sheet: Sheet, folder: Path) -> None:
    short = {name: name[:7] + f"_{n}" for n, name in enumerate(sheet.cells().columns)}
    _features(sheet).rename(columns=short).to_file(folder / "peer.shp")


def _features(sheet: Sheet) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(sheet.cells(), geometry=sheet.frame["geometry"].to_numpy(), crs=WGS84)


PEERS: dict[str, Callable[[Sheet, Path], None]] = {
    "csv": to_csv,
    "xlsx": to_xlsx,
    "geojson": to_geojson,
    "gpkg": to_gpkg,
    "shp": to_shp,
}
#: How much less CPU time ours should take; a CSV and a shapefile at most as much as the peer.
RATIOS = {"csv": 1.0, "xlsx": 4.0, "geojson": 2.0, "gpkg": 2.0, "shp": 1.0}


def check_equal(fmt: str, ours: bytes, folder: Path, sheet: Sheet) -> None:
    """The ids of both files, in their order, are those of the table."""
    ids = sheet.cells()["source_id"].tolist()
    if fmt == "csv":
        found = [pd.read_csv(one, dtype=str)["source_id"].tolist() for one in (io.BytesIO(ours), folder / "peer.csv")]
    elif fmt == "xlsx":
        found = [
            pd.read_excel(one, dtype=str)["source_id"].tolist() for one in (io.BytesIO(ours), folder / "peer.xlsx")
        ]
    elif fmt == "geojson":
        texts = (ours.decode(), (folder / "peer.geojson").read_text(encoding="utf-8"))
        found = [
            [row["properties"]["source_id"] for row in pd.read_json(io.StringIO(text), typ="series")["features"]]
            for text in texts
        ]
    else:
        file = folder / ("ours.gpkg" if fmt == "gpkg" else "ours.shp.zip")
        file.write_bytes(ours)
        peer = folder / f"peer.{fmt}"
        found = [_ids(f"/vsizip/{file}" if fmt == "shp" else str(file), NAME), _ids(str(peer), peer.stem)]
    assert found == [ids, ids], f"{fmt}: not the same rows"


def _ids(source: str, layer: str) -> list[str]:
    names = list(pyogrio.read_info(source, layer=layer)["fields"])
    name = next(one for one in names if one.startswith("source_"))
    return [str(one) for one in pyogrio.read_dataframe(source, layer=layer, columns=[name], read_geometry=False)[name]]


if __name__ == "__main__":
    main()
