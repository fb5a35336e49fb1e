"""The demo's camera register, as a county would export it: Chinese headers, gaps and a few ruined rows."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.demo.fabric import Fabric, centrality, walk
from geo.demo.land import to_lonlat
from geo.demo.settle import Settled

Floats = NDArray[np.float64]

N_KEY = 420
N_VILLAGE = 1_080
_WINDS = np.array(["北", "东北", "东", "东南", "南", "西南", "西", "西北"])
_SECTORS = {"key": "00", "village": "01"}
_START = np.datetime64("2018-03-01")


def make_register(settled: Settled, fabric: Fabric, seed: int) -> pd.DataFrame:
    """One row per camera, every cell the text that stands in the file; header in Chinese, a few dirty rows last."""
    rng = np.random.default_rng([seed, 3])
    key, village = _at_places(settled, fabric, rng), _along_streets(settled, rng)
    xy = np.vstack([key[0], village[0]])
    azimuth = np.concatenate([key[1], village[1]])
    programme = np.repeat(["key", "village"], [len(key[0]), len(village[0])])
    n = len(xy)
    lon, lat = to_lonlat(*xy.T)
    kind = rng.choice(["固定枪机", "半球", "云台球机"], n, p=[0.78, 0.09, 0.13])
    up = np.where(programme == "key", 0.981, 0.947)
    drawn = rng.uniform(0, 1, n)
    status = np.where(drawn < up, "在线", np.where(drawn < up + 0.95 * (1 - up), "离线", "停用"))
    status[rng.choice(n, 25, replace=False)] = "规划"
    wide = rng.choice([2.8, 4.0, 6.0, 8.0], n, p=[0.3, 0.4, 0.2, 0.1])
    sensor = rng.choice([4.8, 5.6], n)
    hfov = np.degrees(2 * np.arctan(sensor / (2 * wide)))
    by_lens = rng.uniform(0, 1, n) < 0.45
    px = rng.choice([1920, 2560, 3840], n, p=[0.62, 0.28, 0.10])
    rough = (kind == "固定枪机") & (rng.uniform(0, 1, n) < 0.22)
    degrees = np.mod(np.round(azimuth + rng.normal(0, 6, n)), 360).astype(int)
    winds = _WINDS[np.round(degrees / 45).astype(int) % 8]
    ids = _gb28181_ids(settled, xy, programme)
    frame = pd.DataFrame(
        {
            "设备编码": ids,
            "设备名称": _names(settled, xy, programme),
            "经度": _text(lon, "{:.7f}"),
            "纬度": _text(lat, "{:.7f}"),
            "类型": kind,
            "项目": np.where(programme == "key", "重点公共区域", "乡村"),
            "状态": status,
            "安装方式": rng.choice(["立杆", "墙装", "屋顶", "不详"], n, p=[0.66, 0.24, 0.04, 0.06]),
            "安装高度(米)": _with_gaps(_text(np.round(rng.normal(4.6, 0.8, n).clip(2.6, 9), 1), "{:.1f}"), 0.08, rng),
            "方位角": _with_gaps(np.where(rough, winds, degrees.astype(str)), 0.09, rng, kind == "半球"),
            "水平视场角": np.where(by_lens, "", _with_gaps(_text(hfov, "{:.1f}"), 0.10, rng)),
            "俯角": _with_gaps(_text(np.round(rng.normal(17, 5, n).clip(4, 38)), "{:.0f}"), 0.12, rng),
            "焦距(毫米)": np.where(by_lens, _text(wide, "{:.1f}"), ""),
            "靶面宽度(毫米)": np.where(by_lens, _text(sensor, "{:.1f}"), ""),
            "水平像素": _with_gaps(px.astype(str), 0.06, rng),
            "垂直像素": _with_gaps((px * 9 // 16).astype(str), 0.06, rng),
            "安装日期": (_START + rng.integers(0, 3000, n)).astype(str),
            "管理单位": np.where(programme == "key", "县级综治中心", "村（社区）网格工作站"),
            "是否备案": rng.choice(["是", "否", ""], n, p=[0.83, 0.09, 0.08]),
            "提示标识": rng.choice(["有", "无", ""], n, p=[0.68, 0.12, 0.20]),
            "保存天数": rng.choice(["30", "60", "90", ""], n, p=[0.72, 0.12, 0.08, 0.08]),
        }
    )
    return pd.concat([frame, _dirty(frame)], ignore_index=True)


def _along_streets(settled: Settled, rng: np.random.Generator) -> tuple[Floats, Floats]:
    lines = settled.roads.geometry[settled.roads["settled"]].to_numpy()
    xy, angle, _ = walk(lines, np.full(len(lines), 70.0), rng)
    weight = 0.15 + centrality(xy)
    picked = np.sort(rng.choice(len(xy), N_VILLAGE, replace=False, p=weight / weight.sum()))
    return _beside(xy[picked], angle[picked], rng)


def _at_places(settled: Settled, fabric: Fabric, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Several per key place, on the streets within 120 m of it."""
    lines = settled.roads.geometry[settled.roads["settled"]].to_numpy()
    xy, angle, _ = walk(lines, np.full(len(lines), 22.0), rng)
    tree = shapely.STRtree(fabric.places.geometry.to_numpy())
    near = np.unique(tree.query(shapely.points(xy), predicate="dwithin", distance=60.0)[0])
    picked = np.sort(rng.choice(near, min(N_KEY, len(near)), replace=False))
    return _beside(xy[picked], angle[picked], rng)


def _beside(xy: Floats, angle: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """On a pole at the kerb, looking one way or the other along the street; azimuth in degrees from north."""
    along = angle + np.pi * rng.integers(0, 2, len(angle))
    off = rng.choice([-3.6, 3.6], len(xy))
    moved = xy + np.column_stack([-np.sin(angle), np.cos(angle)]) * off[:, None]
    return moved, np.mod(90 - np.degrees(along), 360)


def _unit_of(frame: gpd.GeoDataFrame, xy: Floats) -> NDArray[np.int64]:
    point, unit = shapely.STRtree(frame.geometry.to_numpy()).query(shapely.points(xy), predicate="intersects")
    found = np.zeros(len(xy), np.int64)
    found[point[::-1]] = unit[::-1]
    return found


def _gb28181_ids(settled: Settled, xy: Floats, programme: NDArray[np.str_]) -> list[str]:
    counties = settled.units["county"]
    codes = counties["code"].to_numpy()[_unit_of(counties, xy)]
    return [
        f"{county}00{_SECTORS[str(kind)]}1320{number:06d}"
        for number, (county, kind) in enumerate(zip(codes, programme, strict=True), 1)
    ]


def _names(settled: Settled, xy: Floats, programme: NDArray[np.str_]) -> list[str]:
    villages = settled.units["village"]
    names = villages["name"].to_numpy()[_unit_of(villages, xy)]
    return [
        f"{name}{'重点' if kind == 'key' else '路口'}{number:04d}"
        for number, (name, kind) in enumerate(zip(names, programme, strict=True), 1)
    ]


def _text(values: Floats, form: str) -> NDArray[np.object_]:
    return np.array([form.format(value) for value in values], dtype=object)


def _with_gaps(
    texts: NDArray[np.object_] | NDArray[np.str_],
    share: float,
    rng: np.random.Generator,
    also: NDArray[np.bool_] | None = None,
) -> NDArray[np.object_]:
    """`texts` with a `share` of them empty, and those where `also` holds."""
    out = np.array(texts, dtype=object)
    out[rng.uniform(0, 1, len(out)) < share] = ""
    if also is not None:
        out[also] = ""
    return out


def _dirty(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that the door must refuse, one fault each: what real registers hold."""
    sound = frame.iloc[10:18].to_dict("records")
    swapped = {"经度": sound[0]["纬度"], "纬度": sound[0]["经度"]}
    faults = (
        swapped,
        {"经度": "", "纬度": ""},
        {"经度": "0", "纬度": "0"},
        {"设备编码": sound[3]["设备编码"]},
        {"设备编码": "4.3992E+19"},
        {"方位角": "朝大门"},
        {"状态": "待查"},
        {"经度": "119.7"},
    )
    rows = [
        {**row, "设备编码": f"{row['设备编码'][:14]}9{row['设备编码'][15:]}", **fault}
        for row, fault in zip(sound, faults, strict=True)
    ]
    return pd.DataFrame(rows)
