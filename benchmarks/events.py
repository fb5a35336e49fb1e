"""Incidents filtered and counted per unit and month: our cube against DuckDB and pandas over the same columns.

The columns lie on disk as a snapshot writes them and are opened mapped. Every engine must first give the same counts.
"""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from harness import interleave, parse_flags, print_load, print_ratio

from geo.hotspots.cube import Step, Wanted, count_cube
from geo.hotspots.events import Events
from geo.snapshot.events import open_events, write_events

N_UNITS = 5_382
CATEGORIES = tuple(f"category {letter}" for letter in "abcdefghijkl")
CHANNELS = ("grid_staff", "hotline_12345", "visit", "wechat")
OUTCOMES = ("escalated", "mediated", "open", "rejected", "resolved")
FIRST = (date(2021, 1, 1) - date(1970, 1, 1)).days
N_DAYS = 5 * 365 + 1
PERIOD = (date(2022, 3, 1), date(2025, 2, 28))

ASKED: dict[str, Wanted] = {
    "all rows": Wanted(),
    "working hours, 3 categories": Wanted(
        hours=tuple(range(8, 18)), weekdays=(1, 2, 3, 4, 5), categories=CATEGORIES[:3]
    ),
    "everything filtered": Wanted(
        days=PERIOD,
        hours=tuple(range(6, 22)),
        weekdays=(1, 2, 3, 4, 5),
        categories=CATEGORIES[:6],
        channels=CHANNELS[:2],
        outcomes=OUTCOMES[1:3],
        reopened=False,
    ),
}


def main() -> None:
    flags = parse_flags(__doc__)
    rounds = 5 if flags.quick else 9
    with tempfile.TemporaryDirectory() as folder:
        write_events(Path(folder), synthetic(10_000_000))
        events = open_events(Path(folder))
        frame = as_frame(events)
        pq.write_table(pa.Table.from_pandas(frame), Path(folder) / "events.parquet")
        print_load()
        print(f"{len(events):,} rows, {N_UNITS:,} units, month steps unless said otherwise")
        slowest = 0.0
        for name, wanted in ASKED.items():
            runs = {"ours": lambda wanted=wanted: ours(events, wanted, "month")}
            peers = duckdb_runs(frame, Path(folder) / "events.parquet", wanted)
            if not flags.quick:
                peers["pandas"] = lambda wanted=wanted: pandas_counts(frame, wanted)
            check_equal(runs["ours"](), peers)
            seconds = interleave(runs | peers, rounds if not flags.quick else 3)
            slowest = max(slowest, seconds["ours"])
            for peer, spent in seconds.items():
                print(f"{name}: {peer} {spent * 1e3:.1f} ms")
            for peer in peers:
                print_ratio(f"cube: {name}", seconds["ours"] * 1e3, peer, seconds[peer] / seconds["ours"], 1.0, "ms")
        steps: tuple[Step, ...] = ("all", "week", "day", "weekday_hour")
        for step in steps:
            spent = interleave({step: lambda step=step: ours(events, Wanted(), step)}, rounds)[step]
            print(f"all rows by {step}: ours {spent * 1e3:.1f} ms")
        print_ratio("cube: slowest filter by month", slowest * 1e3, "50 ms", slowest * 1e3, 50.0, "ms", at_least=False)
        coarse = (np.arange(N_UNITS) // 47).astype(np.int32)
        rolled = interleave({"r": lambda: count_cube(events, "grid", coarse, 115, "month")}, rounds)["r"]
        print(f"all rows by month, rolled up to 115 parents: ours {rolled * 1e3:.1f} ms")


def synthetic(n: int) -> Events:
    """n incidents of five years: busy and quiet units, days and hours."""
    rng = np.random.default_rng(4)
    busy = rng.pareto(1.5, N_UNITS) + 0.1
    unit = rng.choice(N_UNITS, n, p=busy / busy.sum()).astype(np.int32)
    unit[rng.random(n) < 0.01] = -1
    day = np.sort(FIRST + rng.integers(0, N_DAYS, n)).astype(np.int32)
    return Events(
        units={"grid": unit},
        day=day,
        minute=np.clip(rng.normal(14 * 60, 5 * 60, n), 0, 1439).astype(np.int16),
        category=rng.integers(0, len(CATEGORIES), n).astype(np.uint8),
        channel=rng.integers(0, len(CHANNELS), n).astype(np.uint8),
        outcome=rng.integers(0, len(OUTCOMES), n).astype(np.uint8),
        reopened=(rng.random(n) < 0.1).astype(np.uint8),
        x_m=rng.uniform(0, 1e5, n),
        y_m=rng.uniform(0, 1e5, n),
        words={"category": CATEGORIES, "channel": CHANNELS, "outcome": OUTCOMES},
    )


def as_frame(events: Events) -> pd.DataFrame:
    """The same columns for the peers, with the month and the weekday worked out beforehand in their favour."""
    day = np.asarray(events.day)
    names = ("minute", "category", "channel", "outcome", "reopened")
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return pd.DataFrame(
        {
            "unit": np.asarray(events.units["grid"]),
            "day": day,
            "month": (month - month[0]).astype(np.int16),
            "weekday": ((day + 3) % 7 + 1).astype(np.uint8),
            **{name: np.asarray(getattr(events, name)) for name in names},
        }
    )


def ours(events: Events, wanted: Wanted, step: Step) -> np.ndarray:
    return count_cube(events, "grid", np.arange(N_UNITS, dtype=np.int32), N_UNITS, step, wanted).counts


def codes(words: tuple[str, ...], asked: tuple[str, ...]) -> list[int]:
    return [words.index(word) for word in asked]


def duckdb_runs(frame: pd.DataFrame, file: Path, wanted: Wanted) -> dict[str, Callable[[], np.ndarray]]:
    link = duckdb.connect()
    table = pa.Table.from_pandas(frame)
    link.register("arrow_rows", table)
    conditions = ["unit >= 0"]
    if wanted.days:
        first, last = ((day - date(1970, 1, 1)).days for day in wanted.days)
        conditions.append(f"day BETWEEN {first} AND {last}")
    if wanted.hours:
        conditions.append(f"minute BETWEEN {wanted.hours[0] * 60} AND {wanted.hours[-1] * 60 + 59}")
    if wanted.weekdays:
        conditions.append(f"weekday <= {wanted.weekdays[-1]}")
    for name, words, asked in lists(wanted):
        if asked is not None:
            conditions.append(f"{name} IN ({', '.join(map(str, codes(words, asked)))})")
    if wanted.reopened is not None:
        conditions.append(f"reopened = {int(wanted.reopened)}")

    def run(source: str) -> np.ndarray:
        ask = f"SELECT month, unit, count(*) AS n FROM {source} WHERE {' AND '.join(conditions)} GROUP BY month, unit"
        found = link.execute(ask).fetchnumpy()
        return to_matrix(found["month"], found["unit"], found["n"], wanted)

    return {"duckdb arrow": lambda: run("arrow_rows"), "duckdb parquet": lambda: run(f"'{file}'")}


def lists(wanted: Wanted) -> list[tuple[str, tuple[str, ...], tuple[str, ...] | None]]:
    return [
        ("category", CATEGORIES, wanted.categories),
        ("channel", CHANNELS, wanted.channels),
        ("outcome", OUTCOMES, wanted.outcomes),
    ]


def pandas_counts(frame: pd.DataFrame, wanted: Wanted) -> np.ndarray:
    keep = (frame["unit"] >= 0).to_numpy(copy=True)
    if wanted.days:
        first, last = ((day - date(1970, 1, 1)).days for day in wanted.days)
        keep &= frame["day"].between(first, last).to_numpy()
    if wanted.hours:
        keep &= frame["minute"].between(wanted.hours[0] * 60, wanted.hours[-1] * 60 + 59).to_numpy()
    if wanted.weekdays:
        keep &= (frame["weekday"] <= wanted.weekdays[-1]).to_numpy()
    for name, words, asked in lists(wanted):
        if asked is not None:
            keep &= frame[name].isin(codes(words, asked)).to_numpy()
    if wanted.reopened is not None:
        keep &= (frame["reopened"] == int(wanted.reopened)).to_numpy()
    found = frame.loc[keep, ["month", "unit"]].groupby(["month", "unit"]).size()
    month, unit = (found.index.get_level_values(level).to_numpy() for level in (0, 1))
    return to_matrix(month, unit, found.to_numpy(), wanted)


def to_matrix(month: np.ndarray, unit: np.ndarray, n: np.ndarray, wanted: Wanted) -> np.ndarray:
    first, last = (np.datetime64(day, "M").astype(int) for day in wanted.days or (date(2021, 1, 1), date(2025, 12, 31)))
    start = first - np.datetime64("2021-01", "M").astype(int)
    counts = np.zeros((last - first + 1, N_UNITS), dtype=np.int64)
    counts[month.astype(int) - start, unit] = n
    return counts


def check_equal(counts: np.ndarray, peers: dict[str, Callable[[], np.ndarray]]) -> None:
    for name, run in peers.items():
        if not np.array_equal(counts, run()):
            raise SystemExit(f"{name} differs from ours")


if __name__ == "__main__":
    main()
