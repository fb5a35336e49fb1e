"""A home with incidents of fourteen months, so that months, handling and parts can be compared."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.desk import Desk
from geo.jobs.run import run_build, run_import
from tests.tiny_city import lonlat, write_tiny_city

_GRIDS = [f"{town}-{n}" for town in "AB" for n in range(1, 5)]
_MIDDLES = {"1": (250, 250), "2": (750, 250), "3": (250, 750), "4": (750, 750)}


@dataclass(frozen=True)
class Handled:
    """The desk of the tiny city with incidents of its own: `rows` have day, grid, town, words, days waited, closed."""

    desk: Desk
    rows: pd.DataFrame
    home: Path


def _rows() -> pd.DataFrame:
    """1 September 2024 to 31 October 2025: more in B than in A, most in B-4; every fifth is never closed."""
    random = np.random.default_rng(11)
    days = np.repeat(pd.date_range("2024-09-01", "2025-10-31").to_numpy(), 9)
    n = len(days)
    frame = pd.DataFrame(
        {"day": days, "grid": random.choice(_GRIDS, n, p=[0.04, 0.05, 0.06, 0.05, 0.1, 0.1, 0.2, 0.4])}
    )
    return frame.assign(
        town=frame["grid"].str[0],
        category=random.choice(["noise", "theft"], n),
        channel=random.choice(["visit", "wechat"], n, p=[0.3, 0.7]),
        waited=random.integers(1, 7, n),
        closed=np.arange(n) % 5 > 0,
        outcome=random.choice(["mediated", "resolved"], n),
    )


@pytest.fixture(scope="session")
def handled(tmp_path_factory: pytest.TempPathFactory) -> Handled:
    folder: Path = tmp_path_factory.mktemp("handled")
    mapping = write_tiny_city(folder / "sources")
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace('category = "category"', 'category = "category"\nchannel = "channel"'), "utf-8")
    rows = _rows()
    at = rows["day"] + pd.Timedelta(hours=10)
    spot = {
        (town, n): lonlat(x + right, y) for town, right in (("A", 0), ("B", 1000)) for n, (x, y) in _MIDDLES.items()
    }
    where = [spot[grid[0], grid[2]] for grid in rows["grid"]]
    written = pd.DataFrame(
        {
            "id": [f"i{n}" for n in range(len(rows))],
            "reported": at.dt.strftime("%Y-%m-%d %H:%M:%S"),
            "due": (at + pd.Timedelta(days=3)).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "closed": (at + pd.to_timedelta(rows["waited"], unit="D"))
            .dt.strftime("%Y-%m-%d %H:%M:%S")
            .where(rows["closed"], ""),
            "category": rows["category"],
            "channel": rows["channel"],
            "outcome": rows["outcome"].where(rows["closed"], "open"),
            "lon": [lon for lon, _ in where],
            "lat": [lat for _, lat in where],
        }
    )
    written.to_csv(folder / "sources" / "incidents.csv", index=False)
    run_import(folder / "home", mapping, folder / "sources")
    run_build(folder / "home")
    return Handled(Desk(folder / "home"), rows, folder / "home")
