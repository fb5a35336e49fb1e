"""A CSV file of incidents into the records: parsing, checking and durable insert apart, then the whole way.

The whole way is `run_import` as a worker runs it, in a process of its own with the second process that reads ahead;
memory is that of both together, shared pages counted once. Peers, for the same rows: pandas.read_csv, and a bare insert
into the same table of a SQLite file (WAL, synchronous=FULL, executemany, one transaction). --quick takes 300,000 rows.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from harness import PREPARED, interleave, parse_flags, print_load, print_ratio
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from geo.intake import iter_clean, read_mapping
from geo.intake.clean import CleanTable
from geo.intake.readers import Request, iter_source
from geo.jobs import run_import
from geo.records import Part, Records
from geo.records.rows import iter_rows
from geo.records.tables import SOURCE_TABLES
from geo.rules import Rules
from geo.schema import SOURCES

N_FULL, N_QUICK = 10_000_000, 300_000
#: Rows that are held at once for the parts measured apart, and for the peers.
N_APART = 300_000
GOAL_ROWS_PER_S = 50_000
LIMIT_MB = 1_000
_TABLE = SOURCE_TABLES["incidents"]
WEST, SOUTH, SIDE = 109.0, 28.0, 1.0
MAPPING = """
title_zh = "测试"
title_en = "Benchmark"
timezone = "Asia/Shanghai"
[[levels]]
name = "grid"
title_zh = "网格"
title_en = "Grid"
file = "grids.geojson"
code_column = "code"
name_column = "code"
[[table]]
table = "incidents"
source = "incidents"
file = "incidents.csv"
crs = "EPSG:4326"
x = "经度"
y = "纬度"
[table.columns]
source_id = "事件编号"
reported_at = "上报时间"
closed_at = "办结时间"
category = "类别"
channel = "渠道"
handling_unit = "办理单位"
reopened = "是否重开"
[table.values.channel]
"网格员" = "grid_staff"
"12345热线" = "hotline_12345"
"微信" = "wechat"
"""


def main() -> None:
    flags = parse_flags(__doc__)
    n = N_QUICK if flags.quick else N_FULL
    print_load()
    measure_parts(prepare(N_APART))
    measure_import(prepare(n), n)


def measure_parts(folder: Path) -> None:
    """Each part alone, one after the other in this process, against its peer."""
    request = Request(folder / "incidents.csv", read_mapping(folder / "mapping.toml").table[0].wanted(), Rules())
    wanted = list(request.wanted)
    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: [part.n_read for part in iter_source(request)],
        "pandas": lambda: pd.read_csv(request.path, dtype=str, keep_default_na=False, usecols=wanted),
    }
    parse_s, pandas_s = interleave(runs, 5).values()
    start = time.perf_counter()
    tables = [clean for clean in clean_tables(folder) if clean.table == "incidents"]
    check_s = time.perf_counter() - start - parse_s
    n = sum(clean.n_read for clean in tables)
    insert_s = insert(folder / "home", tables)
    bare_s = insert_bare(folder / "bare.sqlite", [row for clean in tables for row in plain_rows(clean.frame)])
    parse, check, durable = n / parse_s, n / check_s, n / insert_s
    print(f"parsing {parse:,.0f} rows/s, checking {check:,.0f} rows/s, durable insert {durable:,.0f} rows/s")
    print_ratio("intake parsing", parse, f"pandas.read_csv:{n / pandas_s:.4g}/s", pandas_s / parse_s, 1.0, "/s")
    print_ratio("intake durable insert", durable, f"bare SQLite:{n / bare_s:.4g}/s", bare_s / insert_s, 0.5, "/s")


def measure_import(folder: Path, n: int) -> None:
    """The whole way, as a job goes it."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    with subprocess.Popen([sys.executable, __file__, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        peak_mb = watch(process)
        assert process.stdout is not None
        told = json.loads(process.stdout.read())
    shutil.rmtree(home)
    rate = n / told["wall_s"]
    kept, refused = told["n_kept"], told["n_refused"]
    print(f"import of {n:,} rows: {told['wall_s']:.1f} s, {kept:,} kept, {refused:,} refused, {peak_mb:.0f} MB")
    print_ratio("intake end to end", rate, f"limit:{GOAL_ROWS_PER_S}/s", rate / GOAL_ROWS_PER_S, 1.0, "/s")
    print_ratio("intake memory", peak_mb, f"limit:{LIMIT_MB}MB", peak_mb / LIMIT_MB, 1.0, "MB", at_least=False)


def import_once(folder: Path) -> None:
    """The import, in a process that does nothing else; its figures go to the output as JSON."""
    start = time.perf_counter()
    run_import(folder / "home", folder / "mapping.toml", folder)
    wall_s = time.perf_counter() - start
    with Records.open(folder / "home") as records:
        told = records.sources().set_index("table").loc["incidents"]
    sys.stdout.write(json.dumps({"wall_s": wall_s, "n_kept": int(told.n_kept), "n_refused": int(told.n_refused)}))


def clean_tables(folder: Path) -> Iterator[CleanTable]:
    return iter_clean(read_mapping(folder / "mapping.toml"), folder, Rules())


def insert(home: Path, tables: list[CleanTable]) -> float:
    """Seconds in which the records take `tables`, durably."""
    shutil.rmtree(home, ignore_errors=True)
    with Records.open(home) as records:
        start = time.perf_counter()
        with records.importing("import", "bench", "0" * 64) as tx:
            parts = (Part(clean.frame, clean.refused, clean.n_read) for clean in tables)
            tx.replace_in_parts("incidents", "incidents", "incidents.csv", parts, "EPSG:4326")
        taken_s = time.perf_counter() - start
    shutil.rmtree(home)
    return taken_s


def plain_rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows as they come to stand in the table, one value for each of its columns."""
    for rows in iter_rows(SOURCES["incidents"], "incidents", frame):
        cells = dict(zip(rows.columns, rows.cells, strict=True))
        m = len(rows.hashes)
        cells |= {"import_id": [1] * m, "row_hash": rows.hashes}
        yield from zip(*(cells[column.name] or [None] * m for column in _TABLE.c), strict=True)


def insert_bare(file: Path, values: list[tuple[Any, ...]]) -> float:
    """Seconds of a bare insert of the same rows into the same table."""
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        for create in (CreateTable(_TABLE), *map(CreateIndex, _TABLE.indexes)):
            connection.execute(str(create.compile(dialect=sqlite.dialect())))
        marks = ", ".join("?" * len(_TABLE.c))
        start = time.perf_counter()
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO incidents VALUES ({marks})", values)
        connection.execute("COMMIT")
        taken_s = time.perf_counter() - start
    file.unlink()
    return taken_s


def watch(process: "subprocess.Popen[str]") -> float:
    """Waits for the end of `process`; the most memory (MB) that it and its children had together."""
    most, done = 0, threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(0.05):
            most = max(most, sum(map(proportional_bytes, family(process.pid))))

    watcher = threading.Thread(target=look)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return most / 1e6


def family(pid: int) -> list[int]:
    """`pid` and all that came of it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in family(int(child)))]


def proportional_bytes(pid: int) -> int:
    """Memory of a process; a page that several share counts for each in part."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:")), 0)


def prepare(n: int) -> Path:
    """A folder with mapping, grids and `n` incidents; one in a thousand is refused."""
    folder = PREPARED / f"intake-{n}"
    if (folder / "mapping.toml").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    step = SIDE / 20
    corners = [(WEST + i * step, SOUTH + j * step) for i in range(20) for j in range(20)]
    features = [
        {"type": "Feature", "properties": {"code": f"g{k:03d}"}, "geometry": shapely.box(x, y, x + step, y + step)}
        for k, (x, y) in enumerate(corners)
    ]
    document = {"type": "FeatureCollection", "features": features}
    (folder / "grids.geojson").write_text(json.dumps(document, default=shapely.geometry.mapping), encoding="utf-8")
    rng = np.random.default_rng(5)
    with (folder / "incidents.csv").open("w", encoding="utf-8") as file:
        file.write("事件编号,上报时间,办结时间,经度,纬度,类别,渠道,办理单位,是否重开,备注\n")
        for start in range(0, n, 100_000):
            file.write(incidents(start, min(start + 100_000, n), rng))
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return folder


def incidents(start: int, stop: int, rng: np.random.Generator) -> str:
    """Lines of the file from row `start` to `stop`."""
    m = stop - start
    lon, lat = WEST + SIDE * rng.random(m), SOUTH + SIDE * rng.random(m)
    lon[rng.random(m) < 0.001] = 0.0
    reported = np.datetime64("2021-01-01T00:00:00") + rng.integers(0, 150_000_000, m)
    closed = reported + rng.integers(3_600, 1_000_000, m)
    moments = [np.datetime_as_string(times, unit="s").astype(object) for times in (reported, closed)]
    words = [
        np.array(known, dtype=object)[rng.integers(0, len(known), m)]
        for known in (
            ["邻里纠纷", "占道经营", "设施损坏", "消防隐患", "环境卫生", "其他"],
            ["网格员", "12345热线", "微信"],
            [f"第{k}综合服务中心" for k in range(120)],
            ["是", "否", "否", "否"],
        )
    ]
    columns = [*moments, lon.round(6).astype(str), lat.round(6).astype(str), *words]
    rows = zip(range(start, stop), *columns, strict=True)
    line = "SJ{:010d},{},{},{},{},{},{},{},{},已回访\n"
    return "".join(line.format(*row).replace("T", " ") for row in rows)


if __name__ == "__main__":
    if len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        import_once(Path(sys.argv[1]))
    else:
        main()
