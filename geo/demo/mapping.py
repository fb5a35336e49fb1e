"""The demo's mapping file, as text: also a worked example of one."""

MAPPING = """# Demo of gridscope: every border, name and row is invented. Written by `gridscope demo`.
title_zh = "{title_zh}"
title_en = "{title_en}"
timezone = "Asia/Shanghai"
attribution_zh = "{attribution_zh}"
attribution_en = "{attribution_en}"
demo = true
extent = [109.0, 27.6, 110.6, 29.8]

[[levels]]
name = "grid"
title_zh = "网格"
title_en = "Grid"
file = "grid.parquet"
code_column = "code"
name_column = "name"
name_en_column = "name_en"
parent = "village"
parent_column = "parent_code"

[[levels]]
name = "village"
title_zh = "村（社区）"
title_en = "Village"
file = "village.parquet"
code_column = "code"
name_column = "name"
name_en_column = "name_en"
parent = "township"
parent_column = "parent_code"

[[levels]]
name = "township"
title_zh = "乡镇（街道）"
title_en = "Township"
file = "township.parquet"
code_column = "code"
name_column = "name"
name_en_column = "name_en"
parent = "county"
parent_column = "parent_code"

[[levels]]
name = "county"
title_zh = "县（市）"
title_en = "County"
file = "county.parquet"
code_column = "code"
name_column = "name"
name_en_column = "name_en"
parent = "prefecture"
parent_column = "parent_code"

[[levels]]
name = "prefecture"
title_zh = "州"
title_en = "Prefecture"
file = "prefecture.parquet"
code_column = "code"
name_column = "name"
name_en_column = "name_en"

{cameras}
{incidents}
[[table]]
table = "places"
source = "key-places"
file = "places.geojson"
crs = "EPSG:4326"
columns = { source_id = "id", name = "name", kind = "kind" }

[[table]]
table = "roads"
source = "road-network"
file = "roads.parquet"
columns = { source_id = "id", kind = "kind" }

[[table]]
table = "buildings"
source = "building-footprints"
file = "buildings.parquet"
columns = { source_id = "id", use = "use", height_m = "height_m", levels = "levels" }

[[table]]
table = "residents"
source = "residents-per-building"
file = "residents.csv"
crs = "EPSG:4326"
x = "lon"
y = "lat"
columns = { source_id = "id", residents = "residents" }

[[table]]
table = "service_points"
source = "centres"
file = "service_points.csv"
crs = "EPSG:4326"
x = "lon"
y = "lat"
columns = { source_id = "unit_code", name = "name", unit_code = "unit_code", kind = "kind" }

[[table]]
table = "service_points"
source = "grid-staff"
file = "grid_staff.csv"
columns = { source_id = "id", unit_code = "unit_code", kind = "kind", staff = "staff" }

[[table]]
table = "restricted_areas"
source = "restricted-areas"
file = "restricted_areas.geojson"
crs = "EPSG:4326"
columns = { source_id = "id", kind = "kind", rule = "rule" }

[[table]]
table = "elevation"
source = "terrain"
file = "elevation.tif"
"""

_CAMERAS = """[[table]]
table = "cameras"
source = "{source}"
file = "{file}"
{more}
crs = "EPSG:4326"
x = "经度"
y = "纬度"
constants = { programme = "{programme}" }
[table.columns]
source_id = "设备编码"
name = "设备名称"
kind = "类型"
status = "状态"
mount = "安装方式"
height_m = "安装高度(米)"
azimuth_deg = "方位角"
hfov_deg = "水平视场角"
tilt_deg = "俯角"
focal_mm = "焦距(毫米)"
focal_max_mm = "最大焦距(毫米)"
sensor_width_mm = "靶面宽度(毫米)"
h_px = "水平像素"
v_px = "垂直像素"
installed_on = "安装日期"
owner = "管理单位"
filed = "是否备案"
filing_no = "备案编号"
filed_on = "备案日期"
sign = "提示标识"
retention_days = "保存天数"
masks = "隐私遮挡"
[table.values.kind]
"固定枪机" = "fixed"
"半球" = "dome"
"云台球机" = "ptz"
[table.values.status]
"在线" = "online"
"离线" = "offline"
"规划" = "planned"
"停用" = "retired"
[table.values.mount]
"立杆" = "pole"
"墙装" = "wall"
"屋顶" = "roof"
"不详" = "unknown"
"""

_INCIDENTS = """[[table]]
table = "incidents"
source = "incident-{file}"
file = "incidents_{file}.csv"
crs = "EPSG:4326"
datum = "{datum}"
x = "{x}"
y = "{y}"
[table.columns]
source_id = "事件编号"
unit_code = "网格编码"
reported_at = "上报时间"
accepted_at = "受理时间"
filed_at = "立案时间"
due_at = "应办结时间"
resolved_at = "解决时间"
closed_at = "办结时间"
category = "类别"
channel = "渠道"
outcome = "结果"
handling_unit = "办理单位"
closing_level = "办结层级"
reopened = "重新打开"
[table.values.channel]
"网格员上报" = "grid_staff"
"12345热线" = "hotline_12345"
"微信" = "wechat"
"来访" = "visit"
[table.values.outcome]
"未结" = "open"
"调解成功" = "mediated"
"已解决" = "resolved"
"上报" = "escalated"
"不予受理" = "rejected"
"""


def mapping_text(titles: dict[str, str], datums: dict[str, str], swapped: str) -> str:
    """The mapping with its titles filled in, and a table per incident file of `datums` (file: datum).

    In the file called `swapped` the column headed longitude holds the latitude.
    """
    cameras = [
        _fill(_CAMERAS, source="key-cameras", file="cameras_key.csv", programme="key", more='encoding = "gb18030"'),
        _fill(
            _CAMERAS, source="village-cameras", file="cameras_village.csv", programme="village", more='datum = "gcj02"'
        ),
    ]
    axes = {False: {"x": "经度", "y": "纬度"}, True: {"x": "纬度", "y": "经度"}}
    incidents = [_fill(_INCIDENTS, file=file, datum=datum, **axes[file == swapped]) for file, datum in datums.items()]
    return _fill(MAPPING, **titles, cameras="\n".join(cameras), incidents="\n".join(incidents))


def _fill(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
