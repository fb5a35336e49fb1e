"""kill -9 at random moments: what was acknowledged is there once, what was not is there wholly or not at all."""

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.records import Records
from tests.geo.records.samples import replace_source

N_ROUNDS = 15
N_ROWS = 400

WRITER = f"""
import sys
from pathlib import Path
import pandas as pd
from geo.records import Part, Records

home, first = Path(sys.argv[1]), int(sys.argv[2])
none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
records = Records.open(home)
print("open", flush=True)
for n in range(first, first + 100_000):
    ids = [str(i) for i in range({N_ROWS})]
    frame = pd.DataFrame({{"source_id": ids, "name": [str(n)] * {N_ROWS}, "lon": 1.0, "lat": 2.0, "line": 1}})
    with records.importing("import", "town", str(n)) as tx:
        tx.replace_in_parts("cameras", "police", "c.csv", [Part(frame, none, {N_ROWS})], "EPSG:4326")
    records.write_audit("writer", str(n))
    print(n, flush=True)
"""


@pytest.mark.slow
def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20260101)
    acknowledged: list[int] = []
    possible: set[int] = set()
    for n_round in range(N_ROUNDS):
        first = n_round * 1_000_000
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(first)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        time.sleep(chance.uniform(0.05, 1.0))
        writer.kill()
        told = [line for line in writer.stdout.read().split(b"\n")[:-1] if line]
        writer.wait()
        writer.stdout.close()
        acknowledged += [int(line) for line in told]
        possible = {*(acknowledged[-1:] if told else possible), first + len(told)}
        with Records.open(tmp_path) as records:
            frame = records.frame("cameras")
            stored = set(frame["name"])
            audited = [int(n) for n in records.audit(1_000_000)["route"]]
        assert len(stored) <= 1
        assert {int(n) for n in stored} <= possible
        assert stored or not acknowledged
        assert len(frame) in ((0,) if not stored else (N_ROWS,))
        assert len(audited) == len(set(audited))
        assert set(acknowledged) <= set(audited)
    assert len(acknowledged) > N_ROUNDS


@pytest.mark.slow
def test_two_hundred_thousand_rows_in_seconds(tmp_path: Path) -> None:
    n = 200_000
    times = pd.Series(pd.date_range("2020-01-01", periods=n, freq="min", tz="UTC").as_unit("us"))
    frame = pd.DataFrame(
        {
            "source_id": pd.Series([str(i) for i in range(n)], dtype=object),
            "lon": np.linspace(109, 110, n),
            "lat": np.linspace(28, 29, n),
            "reported_at": times,
            "closed_at": times,
            "category": pd.Series(["纠纷"] * n, dtype=object),
            "line": np.arange(n),
        }
    )
    none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
    with Records.open(tmp_path) as records:
        begun = time.perf_counter()
        with records.importing("import", "town", "") as tx:
            replace_source(tx, "incidents", "hotline", "i.csv", frame, none, n, "EPSG:4326")
        written_s = time.perf_counter() - begun
        begun = time.perf_counter()
        back = records.frame("incidents")
        read_s = time.perf_counter() - begun
    assert len(back) == n
    print(f"written in {written_s:.1f} s, read in {read_s:.1f} s")
    assert written_s < 20
    assert read_s < 10
