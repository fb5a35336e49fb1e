"""Rows as real sources hold them: one fault each, which the door must refuse for its own reason, or just read.

Kinds follow what is known to go wrong: ruined ids, swapped and missing coordinates, unreadable times, broken shapes.
Rows that look sound and stand in the wrong place are `geo.demo.misplaced`.
"""

from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

#: A cell that formulas, scripts or terminals would take for something else; kept as text and never run.
HOSTILE = ('=HYPERLINK("http://example.invalid","x")', "</script><img src=x onerror=alert(1)>")


@dataclass
class Dirt:
    """What was put in: refused rows as (table, source, id, reason), rows outside all units, odd rows to be read."""

    refused: list[dict[str, str]] = field(default_factory=list)
    outside: list[dict[str, str]] = field(default_factory=list)
    odd: list[dict[str, str]] = field(default_factory=list)

    def __add__(self, other: "Dirt") -> "Dirt":
        """This and then the other."""
        return Dirt(self.refused + other.refused, self.outside + other.outside, self.odd + other.odd)

    def add(self, table: str, source: str, row_id: str, reason: str) -> None:
        """Note a row that must be refused for `reason`."""
        self.refused.append({"table": table, "source": source, "id": row_id, "reason": reason})


def spoil_cameras(frame: pd.DataFrame, source: str, dirt: Dirt) -> pd.DataFrame:
    """The register with odd cells in sound rows and ruined rows at its end."""
    frame = frame.copy()
    odd = (
        ("方位角", "-10"), ("方位角", "370"), ("方位角", "NNE"), ("方位角", "北"), ("安装高度(米)", "４．５"),
        ("安装高度(米)", "4,5"), ("设备名称", HOSTILE[0]), ("设备名称", HOSTILE[1]), ("状态", ""),
        ("设备名称", "东街路口\n二号杆"),
    )  # fmt: skip
    for at, (column, text) in enumerate(odd, 30):
        frame.loc[at, [column, "类型"]] = text, "固定枪机"
        dirt.odd.append({"source": source, "id": str(frame.loc[at, "设备编码"]), "column": column, "text": text})
    frame.loc[45, ["经度", "纬度"]] = frame.loc[46, ["经度", "纬度"]].to_numpy()
    dirt.odd.append(
        {"source": source, "id": str(frame.loc[45, "设备编码"]), "column": "经度", "text": "as the next row"}
    )
    sound = _records(frame.iloc[10:25])
    faults: tuple[tuple[str, dict[str, str]], ...] = (
        ("swapped_axes", {"经度": sound[0]["纬度"], "纬度": sound[0]["经度"]}),
        ("missing_coordinate", {"经度": "", "纬度": ""}),
        ("missing_coordinate", {"经度": ""}),
        ("null_island", {"经度": "0", "纬度": "0"}),
        ("bad_number", {"经度": "nan"}),
        ("duplicate_id", {"设备编码": sound[5]["设备编码"]}),
        ("ruined_id", {"设备编码": "4.3312E+19"}),
        ("bad_direction", {"方位角": "朝大门"}),
        ("unknown_value", {"状态": "待查"}),
        ("outside_extent", {"经度": "119.7"}),
        ("out_of_range", {"水平视场角": "0"}),
        ("missing_field", {"设备编码": ""}),
        ("not_degrees", {"经度": "381300.5", "纬度": "3174300.2"}),
        ("too_long", {"设备名称": "长" * 100_001}),
        ("bad_masks", {"隐私遮挡": "大门左侧"}),
    )
    rows = []
    for row, (reason, fault) in zip(sound, faults, strict=True):
        own = {**row, "设备编码": f"{row['设备编码'][:14]}9{row['设备编码'][15:]}", **fault}
        rows.append(own)
        dirt.add("cameras", source, own["设备编码"], reason)
    return pd.concat([frame, pd.DataFrame(rows)], ignore_index=True)


def spoil_incidents(frame: pd.DataFrame, source: str, dirt: Dirt) -> pd.DataFrame:
    """The ledger with ruined rows and one far outside at its end, and a midnight written as 24:00."""
    frame = frame.copy()
    frame.loc[20, "上报时间"] = f"{str(frame.loc[20, '上报时间'])[:10]} 24:00:00"
    for column in ("受理时间", "立案时间", "解决时间", "办结时间"):
        frame.loc[20, column] = ""
    dirt.odd.append({"source": source, "id": str(frame.loc[20, "事件编号"]), "column": "上报时间", "text": "24:00"})
    sound = _records(frame.iloc[200:310:10])
    faults: tuple[tuple[str, dict[str, str]], ...] = (
        ("bad_time", {"上报时间": "2026年13月5日"}),
        ("bad_time", {"上报时间": "1/2"}),
        ("future_time", {"上报时间": "9999-12-31 08:00:00"}),
        ("missing_field", {"上报时间": ""}),
        ("not_located", {"经度": "", "纬度": "", "网格编码": ""}),
        ("unknown_unit_code", {"经度": "", "纬度": "", "网格编码": "433199999999999"}),
        ("swapped_axes", {"经度": sound[6]["纬度"], "纬度": sound[6]["经度"]}),
        ("unknown_value", {"结果": "待查"}),
        ("duplicate_id", {"事件编号": sound[8]["事件编号"]}),
        ("outside_extent", {"经度": "121.5"}),
        ("", {"经度": "110.590000", "纬度": "27.650000"}),
    )
    rows = []
    for number, (row, (reason, fault)) in enumerate(zip(sound, faults, strict=True), 1):
        own = {**row, "事件编号": f"XX{source}{number:04d}", **fault}
        rows.append(own)
        if reason:
            dirt.add("incidents", source, own["事件编号"], reason)
        else:
            dirt.outside.append({"table": "incidents", "source": source, "id": own["事件编号"]})
    return pd.concat([frame, pd.DataFrame(rows)], ignore_index=True)


def spoil_buildings(frame: gpd.GeoDataFrame, dirt: Dirt) -> gpd.GeoDataFrame:
    """Footprints with a bowtie, a sliver, a line, lost shapes, one without end, a collection, one in 3D."""
    x, y = shapely.get_coordinates(shapely.centroid(frame.geometry.iloc[40]))[0]
    box = shapely.box(x, y, x + 1e-4, y + 1e-4)
    faults: tuple[tuple[str, dict[str, object]], ...] = (
        ("bad_geometry", {"geometry": shapely.Polygon([(x, y), (x + 1e-4, y + 1e-4), (x + 1e-4, y), (x, y + 1e-4)])}),
        ("sliver", {"geometry": shapely.box(x, y, x + 1e-9, y + 1e-7)}),
        ("wrong_geometry", {"geometry": shapely.LineString([(x, y), (x + 1e-4, y)])}),
        ("missing_geometry", {"geometry": None}),
        ("bad_geometry", {"geometry": shapely.Polygon([(x, y), (np.inf, y), (x, y + 1e-4)])}),
        ("unknown_value", {"use": "工厂"}),
        ("duplicate_id", {"id": frame["id"].iloc[40]}),
        ("missing_geometry", {"geometry": shapely.Polygon()}),
        ("wrong_geometry", {"geometry": shapely.GeometryCollection([box])}),
        ("", {"geometry": shapely.force_3d(box, 12.0)}),
    )
    rows = []
    for number, (reason, fault) in enumerate(faults, 1):
        row = {"id": f"BX{number:04d}", "use": "other", "levels": 1.0, "height_m": 3.0, "geometry": box, **fault}
        rows.append(row)
        if reason:
            dirt.add("buildings", "building-footprints", str(row["id"]), reason)
        else:
            dirt.odd.append({"source": "building-footprints", "id": str(row["id"]), "column": "geometry", "text": "3D"})
    extra = gpd.GeoDataFrame(rows, geometry="geometry", crs=frame.crs)
    return gpd.GeoDataFrame(pd.concat([frame, extra[frame.columns]], ignore_index=True), crs=frame.crs)


def spoil_roads(frame: gpd.GeoDataFrame, dirt: Dirt) -> gpd.GeoDataFrame:
    """Roads with a point and a line of no length."""
    x, y = shapely.get_coordinates(frame.geometry.iloc[0])[0]
    shapes = [shapely.Point(x, y), shapely.LineString([(x, y), (x + 1e-9, y)])]
    extra = gpd.GeoDataFrame({"id": ["RX0001", "RX0002"], "kind": ["lane", "lane"]}, geometry=shapes, crs=frame.crs)
    for row_id, reason in zip(extra["id"], ("wrong_geometry", "sliver"), strict=True):
        dirt.add("roads", "road-network", row_id, reason)
    return gpd.GeoDataFrame(pd.concat([frame, extra], ignore_index=True), crs=frame.crs)


def spoil_places(frame: gpd.GeoDataFrame, dirt: Dirt) -> gpd.GeoDataFrame:
    """Places with a hostile name and a line."""
    frame = frame.copy()
    frame.loc[5, "name"] = HOSTILE[1]
    dirt.odd.append({"source": "key-places", "id": str(frame.loc[5, "id"]), "column": "name", "text": HOSTILE[1]})
    x, y = shapely.get_coordinates(frame.geometry.iloc[0])[0]
    line = shapely.LineString([(x, y), (x + 1e-4, y)])
    extra = gpd.GeoDataFrame({"id": ["PX0001"], "kind": ["school"], "name": [""]}, geometry=[line], crs=frame.crs)
    dirt.add("places", "key-places", "PX0001", "wrong_geometry")
    return gpd.GeoDataFrame(pd.concat([frame, extra], ignore_index=True), crs=frame.crs)


def spoil_residents(frame: pd.DataFrame, dirt: Dirt) -> pd.DataFrame:
    """Counts that are no number, negative, missing, double, or nowhere."""
    row = _records(frame.iloc[50:51])[0]
    faults: tuple[tuple[str, dict[str, object]], ...] = (
        ("bad_number", {"residents": "约40"}),
        ("out_of_range", {"residents": "-3"}),
        ("missing_field", {"residents": ""}),
        ("duplicate_id", {"id": row["id"]}),
        ("not_located", {"lon": "", "lat": ""}),
    )
    rows = [{**row, "id": f"HX{number:04d}", **fault} for number, (_, fault) in enumerate(faults, 1)]
    for made, (reason, _) in zip(rows, faults, strict=True):
        dirt.add("residents", "residents-per-building", str(made["id"]), reason)
    return pd.concat([frame.astype(object), pd.DataFrame(rows, dtype=object)], ignore_index=True)


def add_broken_row(path: Path, table: str, source: str, dirt: Dirt) -> None:
    """Ends a CSV file with a row that was cut off after its second field."""
    with path.open("a", encoding="utf-8") as file:
        file.write("HX0099,12\n")
    dirt.add(table, source, "HX0099", "bad_row")


def _records(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(name): str(cell) for name, cell in row.items()} for row in frame.to_dict("records")]
