"""Twenty-four months of the demo's incidents: where people live, when they are up, and what is planted among them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.demo.cameras import fixed
from geo.demo.fabric import Fabric
from geo.demo.land import to_lonlat
from geo.demo.planted import Cluster, plant_blind, plant_hotspots
from geo.demo.settle import Settled
from geo.intake.datum import gcj02_to_bd09, wgs84_to_gcj02

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Times = NDArray[np.datetime64]
Texts = NDArray[np.object_]

N_INCIDENTS = 200_000
N_LINKED = 3_000
N_NEAR_REPEATS = 1_500
N_WRONG_CODE = 400
#: Civil time in Asia/Shanghai: first day, and the end of the last one.
FIRST = np.datetime64("2024-11-01T00:00:00")
LAST = np.datetime64("2026-10-31T23:59:59")

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
#: Channel, its share, its file, the datum its coordinates are in.
CHANNELS = (
    ("网格员上报", 0.52, "ledger", "wgs84"),
    ("12345热线", 0.24, "hotline", "bd09"),
    ("微信", 0.15, "wechat", "gcj02"),
    ("来访", 0.09, "ledger", "wgs84"),
)
_HOURS = np.array([1, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 5, 6, 6, 5, 4, 4, 5, 5.5, 5.5, 5, 4.5, 4.5, 4.5, 4, 3, 2])
_NIGHTLY = np.array([5, 4, 3, 2, 1, 0.6, 0.8, 1, 1.5, 2, 2, 2.5, 3, 2.5, 2, 2, 2.5, 3, 5, 7, 9, 10, 9, 7])


@dataclass(frozen=True)
class Ledgers:
    """Rows by file (`ledger`, `hotline`, `wechat`), every cell text; and the truth about what is planted in them."""

    files: dict[str, pd.DataFrame]
    hotspots: tuple[Cluster, ...]
    blind: tuple[Cluster, ...]
    linked: list[dict[str, str]]
    near_repeats: list[dict[str, str]]
    wrong_code: list[str]


@dataclass(frozen=True)
class _Events:
    xy: Floats
    when: Times
    category: Ints
    pair: Ints
    linked: NDArray[np.bool_]


def make_incidents(settled: Settled, fabric: Fabric, cameras: Floats, seed: int) -> Ledgers:
    """One row per report; a report that follows another (`linked`, near repeat) is one of the total, too."""
    rng = np.random.default_rng([seed, 4])
    scope = settled.scope
    hotspots = plant_hotspots(scope, fabric, rng)
    blind = plant_blind(settled.hamlets, cameras, rng, scope.share)
    followers = (scope.n(N_LINKED), scope.n(N_NEAR_REPEATS))
    events = _events(fabric, (*hotspots, *blind), scope.n(N_INCIDENTS), followers, rng)
    channel = _channels(events, rng)
    grid = scope.grid_at(events.xy)
    frame = _handled(settled, events, channel, grid, rng)
    codes = np.append(scope.units["grid"]["code"].to_numpy(), "")
    frame["网格编码"] = codes[grid]
    in_ledger = np.flatnonzero(np.isin(channel, [0, 3]) & (grid >= 0))
    wrong = np.sort(rng.choice(in_ledger, scope.n(N_WRONG_CODE), replace=False))
    frame.loc[wrong, "网格编码"] = codes[(grid[wrong] + len(codes) // 2) % (len(codes) - 1)]
    files = {}
    for file, datum in dict.fromkeys((file, datum) for _, _, file, datum in CHANNELS):
        own = np.isin(channel, [k for k, row in enumerate(CHANNELS) if row[2] == file])
        lon, lat = _shifted(datum, *to_lonlat(*events.xy[own].T))
        files[file] = frame[own].assign(经度=fixed(lon, 6), 纬度=fixed(lat, 6)).reset_index(drop=True)
    ids = frame["事件编号"].to_numpy()
    pairs = [
        [
            {"first": str(ids[events.pair[k]]), "second": str(ids[k])}
            for k in np.flatnonzero((events.pair >= 0) & wanted)
        ]
        for wanted in (events.linked, ~events.linked)
    ]
    return Ledgers(files, hotspots, blind, pairs[0], pairs[1], [str(i) for i in ids[wrong]])


def _events(
    fabric: Fabric, clusters: tuple[Cluster, ...], n: int, followers: tuple[int, int], rng: np.random.Generator
) -> _Events:
    """Plain, planted and following reports in order of time; `pair` is the position of the report followed (-1)."""
    n_linked, n_near = followers
    n_plain = n - sum(cluster.n for cluster in clusters) - n_linked - n_near
    homes = fabric.buildings[fabric.buildings["residents"] > 0]
    weight = homes["residents"].to_numpy(float) ** 0.85
    corner = shapely.get_coordinates(shapely.centroid(homes.geometry.to_numpy()))
    at = rng.choice(len(homes), n_plain, p=weight / weight.sum())
    xy, category = [corner[at] + rng.normal(0, 14, (n_plain, 2))], [_some_categories(n_plain, rng)]
    when = [_moments(rng, FIRST, LAST, category[0])]
    months = np.arange(FIRST.astype("datetime64[M]"), LAST.astype("datetime64[M]") + 1)
    for cluster in clusters:
        xy.append(rng.normal((cluster.east_m, cluster.north_m), cluster.spread_m, (cluster.n, 2)))
        category.append(np.full(cluster.n, cluster.category))
        for month, k in zip(months, cluster.per_month, strict=True):
            first, last = month.astype("datetime64[s]"), (month + 1).astype("datetime64[s]") - 1
            when.append(_moments(rng, first, last, np.full(k, cluster.category)))
    xy_all, when_all, category_all = np.vstack(xy), np.concatenate(when), np.concatenate(category)
    led, is_linked, moved, later = _followers(when_all, n_linked, n_near, rng)
    n_before = len(when_all)
    xy_all = np.vstack([xy_all, xy_all[led] + moved])
    when_all = np.concatenate([when_all, when_all[led] + _seconds(later)])
    category_all = np.concatenate([category_all, category_all[led]])
    pair = np.concatenate([np.full(n_before, -1), led])
    linked = np.concatenate([np.zeros(n_before, bool), is_linked])
    order = np.argsort(when_all, kind="stable")
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    pair = np.where(pair[order] >= 0, place[pair[order]], -1)
    return _Events(xy_all[order], when_all[order], category_all[order].astype(np.int64), pair, linked[order])


def _followers(
    when: Times, n_linked: int, n_near: int, rng: np.random.Generator
) -> tuple[Ints, NDArray[np.bool_], Floats, Floats]:
    """Which reports another follows, whether it is the same case, how far (m) and how long (s) after."""
    led = rng.choice(np.flatnonzero(when < LAST - np.timedelta64(9, "D")), n_linked + n_near, replace=False)
    is_linked = np.arange(len(led)) < n_linked
    turn, away = rng.uniform(0, 2 * np.pi, len(led)), rng.uniform(20, 180, len(led))
    moved = np.where(
        is_linked[:, None],
        rng.normal(0, 30, (len(led), 2)),
        away[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]),
    )
    later = np.where(is_linked, rng.uniform(0, 6 * 3600, len(led)), rng.uniform(0.5 * 86_400, 7 * 86_400, len(led)))
    return np.asarray(led, np.int64), is_linked, moved, later


def _some_categories(n: int, rng: np.random.Generator) -> Ints:
    return rng.choice(len(CATEGORIES), n, p=[weight for _, weight, _ in CATEGORIES])


def _moments(rng: np.random.Generator, first: np.datetime64, last: np.datetime64, category: Ints) -> Times:
    """Civil times between two days, busier on workdays and in summer, by hour of day; noise is of the evening."""
    n = len(category)
    days = np.arange(first.astype("datetime64[D]"), last.astype("datetime64[D]") + 1)
    weekday = (days.astype(int) + 3) % 7
    season = 1 + 0.18 * np.sin(2 * np.pi * (days.astype(int) % 365 - 100) / 365)
    weight = np.where(weekday < 5, 1.0, 0.75) * season
    day = rng.choice(days, n, p=weight / weight.sum())
    hour = np.where(
        category == 4, rng.choice(24, n, p=_NIGHTLY / _NIGHTLY.sum()), rng.choice(24, n, p=_HOURS / _HOURS.sum())
    )
    seconds = hour * 3600 + rng.integers(0, 3600, n)
    return np.asarray(day.astype("datetime64[s]") + seconds.astype("timedelta64[s]"))


def _channels(events: _Events, rng: np.random.Generator) -> Ints:
    """A channel per report; a linked one comes through another channel than the report it follows."""
    share = np.array([share for _, share, _, _ in CHANNELS])
    channel = rng.choice(len(CHANNELS), len(events.when), p=share)
    follow = np.flatnonzero(events.linked)
    channel[follow] = (channel[events.pair[follow]] + rng.integers(1, len(CHANNELS), len(follow))) % len(CHANNELS)
    return np.asarray(channel, np.int64)


def _shifted(datum: str, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    if datum == "wgs84":
        return lon, lat
    lon, lat = wgs84_to_gcj02(lon, lat)
    return gcj02_to_bd09(lon, lat) if datum == "bd09" else (lon, lat)


def _handled(settled: Settled, events: _Events, channel: Ints, grid: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """What became of each report: accepted, filed, due, closed (some late, some still open), and by whom."""
    when, category = events.when, events.category
    n, hour = len(when), 3600.0
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
    settled_as = np.where(
        category < 4,
        rng.choice(["调解成功", "已解决", "上报"], n, p=[0.86, 0.09, 0.05]),
        rng.choice(["已解决", "上报"], n, p=[0.96, 0.04]),
    )
    outcome = np.where(is_open, "未结", np.where(rejected, "不予受理", settled_as))
    level = np.where(
        is_open, "", np.where(outcome == "上报", "县级", rng.choice(["网格", "村级", "乡镇"], n, p=[0.3, 0.4, 0.3]))
    )
    return pd.DataFrame(
        {
            "事件编号": _numbers(when),
            "上报时间": _civil(when),
            "受理时间": _civil(np.where(accepted > LAST, _NAT, accepted)),
            "立案时间": _civil(np.where(filed > LAST, _NAT, filed)),
            "应办结时间": _civil(due),
            "解决时间": _civil(resolved),
            "办结时间": _civil(closed),
            "类别": np.array([name for name, _, _ in CATEGORIES], dtype=object)[category],
            "渠道": np.array([name for name, *_ in CHANNELS], dtype=object)[channel],
            "结果": outcome.astype(object),
            "办理单位": _handling_units(settled, grid),
            "办结层级": level.astype(object),
            "重新打开": np.where(~is_open & (rng.uniform(0, 1, n) < 0.02), "是", "否").astype(object),
        }
    )


_NAT = np.datetime64("NaT", "s")


def _handling_units(settled: Settled, grid: Ints) -> Texts:
    """The centre of the township each report lies in."""
    scope = settled.scope
    town = scope.town_of_village()[scope.village_of_grid()[grid]]
    return np.asarray((scope.units["township"]["name"] + "综治中心").to_numpy(object)[town], dtype=object)


def _numbers(when: Times) -> Texts:
    days = np.char.replace(np.datetime_as_string(when, unit="D"), "-", "")
    out = np.empty(len(when), dtype=object)
    out[:] = [f"XX{day}{number:06d}" for number, day in enumerate(days.tolist(), 1)]
    return out


def _seconds(values: Floats) -> NDArray[np.timedelta64]:
    return np.round(values).astype("timedelta64[s]")


def _civil(moments: Times) -> Texts:
    texts = np.datetime_as_string(moments.astype("datetime64[s]"))
    texts.view("U1").reshape(len(texts), -1)[:, len("2024-11-01")] = " "
    return np.where(np.isnat(moments), "", texts).astype(object)
