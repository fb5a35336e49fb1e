"""The columns of a scenario's files: what of a camera is told, and what an edit of it gains."""

from geo.schema.column import col

#: Columns of cameras that are told as they are today and as they are in the scenario.
TOLD = (
    *("lon", "lat", "kind", "status", "azimuth_deg", "hfov_deg", "sweep_deg", "tilt_deg", "height_m"),
    *("focal_mm", "h_px", "v_px", "range_m", "masks", "filed"),
)
GAINS = (
    col(
        "view_range_m",
        "float",
        "m",
        ("Range", "有效距离"),
        ("How far the camera then sees at the pixel density asked for", "方案中该机在所选像素密度下的有效距离"),
    ),
    col(
        "gain_road_m",
        "float",
        "m",
        ("Road gained", "新增可见道路"),
        (
            "Road newly in view less road no longer in view, by this edit alone against today",
            "仅此一项与当前相比，新增可见道路减去失去的道路",
        ),
    ),
    col(
        "gain_facade_m",
        "float",
        "m",
        ("Facade gained", "新增可见立面"),
        (
            "Dwelling facade that comes into view less what is lost, by this edit alone; lower is better",
            "仅此一项新增的可见住宅立面减去失去的立面，越低越好",
        ),
    ),
    col(
        "gain_places",
        "int",
        "count",
        ("Key places gained", "新增可见重点部位"),
        ("Key places newly seen less those no longer seen, by this edit alone", "仅此一项新增可见的重点部位减去失去的"),
    ),
    col(
        "seen_2plus_share",
        "float",
        "share",
        ("Seen by 2+ already", "已有两台以上可见"),
        (
            "Of the ground newly in view, the share that two or more cameras see already",
            "新进入视场的地面中，已有两台及以上摄像机可见的比例",
        ),
    ),
)
_CHANGE = col(
    "change",
    "text",
    "",
    ("Change", "变更"),
    (
        "added, changed, removed; off: not counted; gone: the camera is no longer there",
        "added 新增，changed 变更，removed 拆除；off 未计入；gone 摄像机已不存在",
    ),
)
FIRST = (
    col("number", "int", "", ("Number", "序号"), ("Place of the edit in the scenario", "在方案中的序号")),
    col(
        "uid",
        "text",
        "",
        ("Camera", "摄像机"),
        ("source:source_id, empty for an added camera", "来源:编号，新增摄像机为空"),
    ),
    _CHANGE,
)
