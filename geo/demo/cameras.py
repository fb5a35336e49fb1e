"""The demo's camera registers, as two bodies would export them: Chinese headers, gaps, ruined and doubled rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.demo.boundaries import share_out
from geo.demo.fabric import Fabric
from geo.demo.land import to_lonlat
from geo.demo.lines import beside, walk
from geo.demo.settle import Settled
from geo.intake.datum import wgs84_to_gcj02

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

N_KEY = 15_000
N_VILLAGE = 59_000
N_DOUBLED = 240
N_WRONG_CODE = 90
_WINDS = np.array(["北", "东北", "东", "东南", "南", "西南", "西", "西北"], dtype=object)
#: Of a PTZ, the longest focal length over the shortest; one camera in so many has a privacy mask.
_ZOOM = 20
_MASKED_OF = 500
_START = np.datetime64("2018-03-01")


@dataclass(frozen=True)
class Register:
    """Two registers, every cell text; all cameras' places (n, 2; m) and reach; what was planted in them."""

    key: pd.DataFrame
    village: pd.DataFrame
    xy: Floats
    doubled: list[dict[str, str]]
    wrong_code: list[str]


def make_register(settled: Settled, fabric: Fabric, seed: int) -> Register:
    """One row per camera; key places in WGS84, villages in GCJ-02; some cameras stand in both."""
    rng = np.random.default_rng([seed, 3])
    scope = settled.scope
    lines = settled.roads.geometry[settled.roads["settled"]].to_numpy()
    key_xy, key_azimuth = _at_places(lines, fabric, scope.n(N_KEY), rng)
    xy, angle, _ = walk(lines, np.full(len(lines), 24.0), rng)
    n_doubled = scope.n(N_DOUBLED)
    picked = _per_village(settled, xy, scope.n(N_VILLAGE) - n_doubled, rng)
    xy, azimuth = _kerb(xy[picked], angle[picked], rng)
    twin = np.sort(rng.choice(len(key_xy), n_doubled, replace=False))
    xy = np.vstack([xy, key_xy[twin] + rng.normal(0, 4, (n_doubled, 2))])
    azimuth = np.concatenate([azimuth, key_azimuth[twin] + rng.normal(0, 5, n_doubled)])
    all_xy = np.vstack([key_xy, xy])
    grid = scope.grid_at(all_xy)
    wrong = np.sort(rng.choice(len(all_xy), scope.n(N_WRONG_CODE), replace=False))
    ids = _gb28181_ids(settled, grid, len(key_xy), wrong)
    names = _names(settled, grid, len(key_xy))
    frames = [
        _attributes(ids[part], names[part], xy_part, azimuth_part, key=key, rng=rng)
        for part, xy_part, azimuth_part, key in (
            (slice(0, len(key_xy)), key_xy, key_azimuth, True),
            (slice(len(key_xy), None), xy, azimuth, False),
        )
    ]
    doubled = [
        {"key": str(a), "village": str(b)} for a, b in zip(ids[twin], ids[len(all_xy) - n_doubled :], strict=True)
    ]
    return Register(frames[0], frames[1], all_xy, doubled, [str(i) for i in ids[wrong]])


def _at_places(lines: NDArray[np.object_], fabric: Fabric, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Places' cameras stand on the streets within 60 m of them, further off where that is not enough."""
    places = fabric.places.geometry.to_numpy()
    lines = lines[_within(160.0, shapely.STRtree(lines), places)]
    xy, angle, _ = walk(lines, np.full(len(lines), 11.0), rng)
    points = shapely.STRtree(np.asarray(shapely.points(xy)))
    found: list[Ints] = []
    for reach_m in (45.0, 90.0, 160.0):
        free = _within(reach_m, points, places)
        free[[place for picked in found for place in picked]] = False
        near = np.flatnonzero(free)
        missing = n - sum(map(len, found))
        found.append(np.sort(rng.choice(near, min(missing, len(near)), replace=False)).astype(np.int64))
    picked = np.concatenate(found)
    return _kerb(xy[picked], angle[picked], rng)


def _within(reach_m: float, tree: shapely.STRtree, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Bool[n]: which of the tree's shapes are within `reach_m` of one of `shapes`."""
    near = np.zeros(len(tree), bool)
    near[tree.query(shapes, predicate="dwithin", distance=reach_m)[1]] = True
    return near


def _per_village(settled: Settled, xy: Floats, n: int, rng: np.random.Generator) -> Ints:
    """Positions of `n` points: every village its number, some villages several times as many as others."""
    grid = settled.scope.grid_at(xy)
    village = np.where(grid >= 0, settled.scope.village_of_grid()[grid], -1)
    n_villages = len(settled.scope.units["village"])
    there = np.bincount(village[village >= 0], minlength=n_villages)
    wanted = share_out(n, np.where(there > 0, np.sqrt(there) * rng.gamma(9, 1 / 9, n_villages), 0.0), least=2)
    key = rng.uniform(0, 1, len(xy))
    order = np.lexsort((key, village))
    starts = np.searchsorted(village[order], village[order])
    rank = np.arange(len(order)) - starts
    first = order[(rank < wanted[village[order]]) & (village[order] >= 0)]
    rest = np.setdiff1d(np.flatnonzero(village >= 0), first)
    more = rng.choice(rest, n - len(first), replace=False)
    return np.sort(np.concatenate([first, more]))


def _kerb(xy: Floats, angle: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """On a pole at the kerb, looking one way or the other along the street; azimuth in degrees from north."""
    along = angle + np.pi * rng.integers(0, 2, len(angle))
    return beside(xy, angle, rng.choice([-3.6, 3.6], len(xy))), np.mod(90 - np.degrees(along), 360)


def _gb28181_ids(settled: Settled, grid: Ints, n_key: int, wrong: Ints) -> Texts:
    """Twenty digits each; the Zone, which has no GB/T 2260 code, uses Jishou's. `wrong` ones name another county."""
    codes = settled.scope.units["grid"]["code"].str.slice(0, 6).to_numpy()[grid]
    codes = np.where(codes == "4331T1", "433101", codes)
    codes[wrong] = np.where(codes[wrong] == "433127", "433130", "433127")
    sector = np.where(np.arange(len(grid)) < n_key, "00", "01")
    out = np.empty(len(grid), dtype=object)
    out[:] = [f"{code}00{s}1320{k:06d}" for k, (code, s) in enumerate(zip(codes, sector, strict=True), 1)]
    return out


def _names(settled: Settled, grid: Ints, n_key: int) -> Texts:
    villages = settled.scope.units["village"]["name"].to_numpy()[settled.scope.village_of_grid()[grid]]
    out = np.empty(len(grid), dtype=object)
    out[:] = [f"{name}{'重点' if k <= n_key else '路口'}{k:05d}" for k, name in enumerate(villages, 1)]
    return out


def _attributes(
    ids: Texts, names: Texts, xy: Floats, azimuth: Floats, *, key: bool, rng: np.random.Generator
) -> pd.DataFrame:
    n = len(ids)
    lon, lat = to_lonlat(*xy.T) if key else wgs84_to_gcj02(*to_lonlat(*xy.T))
    kind = rng.choice(["固定枪机", "半球", "云台球机"], n, p=[0.72, 0.08, 0.20] if key else [0.82, 0.08, 0.10])
    up = 0.981 if key else 0.952
    drawn = rng.uniform(0, 1, n)
    status = np.where(drawn < up, "在线", np.where(drawn < up + 0.93 * (1 - up), "离线", "停用")).astype(object)
    status[rng.choice(n, max(n // 300, 1), replace=False)] = "规划"
    wide = rng.choice([2.8, 4.0, 6.0, 8.0], n, p=[0.3, 0.4, 0.2, 0.1])
    sensor = rng.choice([4.8, 5.6], n)
    hfov = np.degrees(2 * np.arctan(sensor / (2 * wide)))
    by_lens = rng.uniform(0, 1, n) < 0.45
    px = rng.choice([1280, 1920, 2560, 3840], n, p=[0.0, 0.55, 0.3, 0.15] if key else [0.06, 0.68, 0.22, 0.04])
    rough = (kind == "固定枪机") & (rng.uniform(0, 1, n) < 0.22)
    degrees = np.mod(np.round(azimuth + rng.normal(0, 6, n)), 360).astype(int)
    gap = 0.6 if key else 1.0
    register = pd.DataFrame(
        {
            "设备编码": ids,
            "设备名称": names,
            "经度": fixed(lon, 7),
            "纬度": fixed(lat, 7),
            "类型": kind,
            "状态": status,
            "安装方式": rng.choice(["立杆", "墙装", "屋顶", "不详"], n, p=[0.66, 0.24, 0.04, 0.06]),
            "安装高度(米)": _with_gaps(fixed(rng.normal(4.6, 0.8, n).clip(2.6, 9), 1), 0.10 * gap, rng),
            "方位角": _with_gaps(
                np.where(rough, _WINDS[np.round(degrees / 45).astype(int) % 8], degrees.astype(str)),
                0.11 * gap,
                rng,
                kind == "半球",
            ),
            "水平视场角": np.where(by_lens, "", _with_gaps(fixed(hfov, 1), 0.12 * gap, rng)),
            "俯角": _with_gaps(fixed(rng.normal(17, 5, n).clip(4, 38), 0), 0.14 * gap, rng),
            "焦距(毫米)": np.where(by_lens, fixed(wide, 1), ""),
            "靶面宽度(毫米)": np.where(by_lens, fixed(sensor, 1), ""),
            "最大焦距(毫米)": np.where(kind == "云台球机", fixed(_ZOOM * wide, 0), ""),
            "水平像素": _with_gaps(px.astype(str), 0.07 * gap, rng),
            "垂直像素": _with_gaps((px * 9 // 16).astype(str), 0.07 * gap, rng),
            "安装日期": (_START + rng.integers(0, 3000, n)).astype(str),
            "管理单位": "县级综治中心" if key else "村（社区）网格工作站",
            "是否备案": rng.choice(["是", "否", ""], n, p=[0.90, 0.05, 0.05] if key else [0.80, 0.10, 0.10]),
            "提示标识": rng.choice(["有", "无", ""], n, p=[0.68, 0.12, 0.20]),
            "保存天数": rng.choice(["30", "60", "90", ""], n, p=[0.72, 0.12, 0.08, 0.08]),
            "隐私遮挡": _masks(degrees),
        }
    ).astype(object)
    return register.assign(**_filings(register))


def _filings(register: pd.DataFrame) -> dict[str, Texts]:
    """Number and day of the filing of each camera that is filed: within five weeks of its installation."""
    filed = (register["是否备案"] == "是").to_numpy()
    days = register["安装日期"].to_numpy(dtype="datetime64[D]") + 5 + np.arange(len(register)) % 30
    told = zip(register["设备编码"].str.slice(0, 6), days.astype(str), register["设备编码"].str.slice(-6), strict=True)
    numbers = np.array([f"{county}-{day[:4]}-{k}" for county, day, k in told], dtype=object)
    return {"备案编号": np.where(filed, numbers, ""), "备案日期": np.where(filed, days.astype(str).astype(object), "")}


def _masks(degrees: Ints) -> Texts:
    """One camera in `_MASKED_OF` has a mask of 15 degrees in the right half of its view, from 8 m on."""
    out = np.full(len(degrees), "", dtype=object)
    masked = np.arange(_MASKED_OF // 2, len(degrees), _MASKED_OF)
    out[masked] = [f"{(d + 5) % 360}-{(d + 20) % 360}@8-60" for d in degrees[masked].tolist()]
    return out


def fixed(values: Floats, digits: int) -> Texts:
    """Numbers as text with so many digits after the point.

    >>> fixed(np.array([1.0, 2.345]), 2).tolist()
    ['1.00', '2.35']
    """
    form = f"%.{digits}f"
    out = np.empty(len(values), dtype=object)
    out[:] = [form % value for value in values.tolist()]
    return out


def _with_gaps(
    texts: NDArray[np.object_] | NDArray[np.str_],
    share: float,
    rng: np.random.Generator,
    also: NDArray[np.bool_] | None = None,
) -> Texts:
    """`texts` with a `share` of them empty, and those where `also` holds."""
    out = np.array(texts, dtype=object)
    out[rng.uniform(0, 1, len(out)) < share] = ""
    if also is not None:
        out[also] = ""
    return out
