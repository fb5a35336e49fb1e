"""Twenty-four months of the demo's incidents: where people live, when they are up, and three planted hotspots."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.demo.fabric import Fabric
from geo.demo.land import to_lonlat
from geo.demo.names import TOWNS

Floats = NDArray[np.float64]

N_INCIDENTS = 8_000
#: Civil time in Asia/Shanghai: first day, and the end of the last one.
FIRST = np.datetime64("2024-11-23T00:00:00")
LAST = np.datetime64("2026-11-22T23:59:59")

#: Category and, of it: weight, days until due.
CATEGORIES = (
    ("邻里纠纷", 0.17, 15),
    ("婚姻家庭纠纷", 0.12, 15),
    ("山林土地纠纷", 0.10, 30),
    ("消费纠纷", 0.09, 7),
    ("噪声扰民", 0.15, 3),
    ("占道经营", 0.14, 3),
    ("环境卫生", 0.13, 5),
    ("公共设施损坏", 0.10, 7),
)
CHANNELS = (("网格员上报", 0.52), ("12345热线", 0.24), ("微信", 0.15), ("来访", 0.09))
_HOURS = np.array([1, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 5, 6, 6, 5, 4, 4, 5, 5.5, 5.5, 5, 4.5, 4.5, 4.5, 4, 3, 2])


@dataclass(frozen=True)
class Hotspot:
    """Extra incidents of one category around a spot (demo metres) between two days."""

    east_m: float
    north_m: float
    spread_m: float
    category: int
    first: str
    last: str
    n: int


def planted(fabric: Fabric) -> tuple[Hotspot, ...]:
    """Street trading at the capital's market throughout, noise of late in one seat, a summer of land disputes."""
    market = _market_of(fabric, TOWNS[0].east_m, TOWNS[0].north_m)
    seat = next(town for town in TOWNS if town.name.zh == "河口镇")
    rural = next(town for town in TOWNS if town.name.zh == "枫木镇")
    return (
        Hotspot(*market, 75.0, 5, "2024-11-23", "2026-11-22", 420),
        Hotspot(seat.east_m + 60, seat.north_m - 40, 90.0, 4, "2026-06-20", "2026-11-22", 260),
        Hotspot(rural.east_m, rural.north_m, 120.0, 2, "2025-05-25", "2025-09-10", 150),
    )


def make_incidents(fabric: Fabric, seed: int) -> pd.DataFrame:
    """One row per incident in order of report, every cell text, civil times; header in Chinese, a few dirty rows."""
    rng = np.random.default_rng([seed, 4])
    spots = planted(fabric)
    n_plain = N_INCIDENTS - sum(spot.n for spot in spots)
    homes = fabric.buildings[fabric.buildings["residents"] > 0]
    weight = homes["residents"].to_numpy(float) ** 0.85
    at = rng.choice(len(homes), n_plain, p=weight / weight.sum())
    centre = homes.geometry.centroid
    xy = np.column_stack([centre.x.to_numpy(), centre.y.to_numpy()])[at] + rng.normal(0, 14, (n_plain, 2))
    when = _moments(rng, FIRST, LAST, n_plain)
    category = rng.choice(len(CATEGORIES), n_plain, p=[weight for _, weight, _ in CATEGORIES])
    for spot in spots:
        xy = np.vstack([xy, rng.normal((spot.east_m, spot.north_m), spot.spread_m, (spot.n, 2))])
        when = np.concatenate([when, _moments(rng, np.datetime64(spot.first), np.datetime64(spot.last), spot.n)])
        category = np.append(category, np.full(spot.n, spot.category))
    order = np.argsort(when, kind="stable")
    frame = _handled(xy[order], when[order], category[order], rng)
    return pd.concat([frame, _dirty(frame)], ignore_index=True)


def _market_of(fabric: Fabric, east_m: float, north_m: float) -> tuple[float, float]:
    markets = fabric.places[fabric.places["kind"] == "market"].geometry.centroid
    nearest = markets.iloc[int(np.argmin(np.hypot(markets.x - east_m, markets.y - north_m)))]
    return float(nearest.x), float(nearest.y)


def _moments(rng: np.random.Generator, first: np.datetime64, last: np.datetime64, n: int) -> NDArray[np.datetime64]:
    """Civil times between two days, busier on workdays and in summer, by hour of day."""
    days = np.arange(first.astype("datetime64[D]"), last.astype("datetime64[D]") + 1)
    weekday = (days.astype(int) + 3) % 7
    season = 1 + 0.18 * np.sin(2 * np.pi * (days.astype(int) % 365 - 100) / 365)
    weight = np.where(weekday < 5, 1.0, 0.75) * season
    day = rng.choice(days, n, p=weight / weight.sum())
    hour = rng.choice(24, n, p=_HOURS / _HOURS.sum())
    seconds = hour * 3600 + rng.integers(0, 3600, n)
    return np.asarray(day.astype("datetime64[s]") + seconds.astype("timedelta64[s]"))


def _handled(
    xy: Floats, when: NDArray[np.datetime64], category: NDArray[np.int64], rng: np.random.Generator
) -> pd.DataFrame:
    """What became of each report: accepted, filed, due, closed (some late, some still open), and by whom."""
    n = len(when)
    hour = 3600.0
    channel = rng.choice(len(CHANNELS), n, p=[share for _, share in CHANNELS])
    accepted = when + _seconds(rng.gamma(1.2, 1.6 * hour, n))
    rejected = rng.uniform(0, 1, n) < 0.025
    filed = np.where((rng.uniform(0, 1, n) < 0.955) & ~rejected, accepted + _seconds(rng.gamma(1.5, 3 * hour, n)), _NAT)
    limit_s = np.array([days for _, _, days in CATEGORIES])[category] * 86_400.0
    due = when + _seconds(limit_s)
    late = rng.uniform(0, 1, n) < 0.19
    taken_s = np.where(late, limit_s * rng.uniform(1.05, 3.5, n), limit_s * rng.beta(2.0, 2.6, n))
    closed = np.maximum(when + _seconds(taken_s), accepted + _seconds(np.full(n, 0.4 * hour)))
    is_open = (closed > LAST) | (rng.uniform(0, 1, n) < 0.04)
    closed = np.where(is_open, _NAT, closed)
    resolved = np.where(is_open | rejected, _NAT, closed - _seconds(rng.uniform(0, 0.3, n) * hour))
    disputes = category < 4
    settled = np.where(
        disputes,
        rng.choice(["调解成功", "已解决", "上报"], n, p=[0.86, 0.09, 0.05]),
        rng.choice(["已解决", "上报"], n, p=[0.96, 0.04]),
    )
    outcome = np.where(is_open, "未结", np.where(rejected, "不予受理", settled))
    level = np.where(
        is_open, "", np.where(outcome == "上报", "县级", rng.choice(["网格", "村级", "乡镇"], n, p=[0.3, 0.4, 0.3]))
    )
    nearest = np.argmin(
        [np.hypot(xy[:, 0] - town.east_m, xy[:, 1] - town.north_m) / town.core_m**0.3 for town in TOWNS], axis=0
    )
    lon, lat = to_lonlat(*xy.T)
    return pd.DataFrame(
        {
            "事件编号": [f"LY{str(moment)[:10].replace('-', '')}{number:05d}" for number, moment in enumerate(when, 1)],
            "上报时间": _civil(when),
            "受理时间": _civil(np.where(accepted > LAST, _NAT, accepted)),
            "立案时间": _civil(np.where(filed > LAST, _NAT, filed)),
            "应办结时间": _civil(due),
            "解决时间": _civil(resolved),
            "办结时间": _civil(closed),
            "类别": np.array([name for name, _, _ in CATEGORIES])[category],
            "渠道": np.array([name for name, _ in CHANNELS])[channel],
            "结果": outcome,
            "办理单位": np.array([f"{town.name.zh}综治中心" for town in TOWNS])[nearest],
            "办结层级": level,
            "重新打开": np.where(~is_open & (rng.uniform(0, 1, n) < 0.02), "是", "否"),
            "经度": [f"{value:.6f}" for value in lon],
            "纬度": [f"{value:.6f}" for value in lat],
        }
    )


_NAT = np.datetime64("NaT", "s")


def _seconds(values: Floats) -> NDArray[np.timedelta64]:
    return np.round(values).astype("timedelta64[s]")


def _civil(moments: NDArray[np.datetime64]) -> list[str]:
    texts = np.datetime_as_string(moments.astype("datetime64[s]"))
    return ["" if text == "NaT" else str(text).replace("T", " ") for text in texts]


def _dirty(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that the door must refuse or leave outside, one fault each."""
    sound = frame.iloc[[200, 900, 1700, 2500, 3300, 4100, 5000, 6000]].to_dict("records")
    swapped = {"经度": sound[4]["纬度"], "纬度": sound[4]["经度"]}
    faults = (
        {"上报时间": "2026年13月5日"},
        {"上报时间": "9999-12-31 08:00:00"},
        {"上报时间": ""},
        {"经度": "", "纬度": ""},
        swapped,
        {"渠道": "传真"},
        {"事件编号": sound[6]["事件编号"]},
        {"经度": "109.951", "纬度": "28.4550"},
    )
    rows = [
        {**row, "事件编号": f"LYX{number:04d}", **fault}
        for number, (row, fault) in enumerate(zip(sound, faults, strict=True), 1)
    ]
    return pd.DataFrame(rows)
