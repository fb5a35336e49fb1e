"""The tables that a mapping fills. A source column that no mapping names is never stored (DOMAIN 4a).

There is no column for a person's name, number, plate, face or free text, and there must never be one.
"""

from geo.errors import Words
from geo.schema.column import Column, Table, col

#: Values that a `kind`-like column may hold; others are refused with the list in the reason.
KINDS: dict[str, tuple[str, ...]] = {
    "cameras.kind": ("fixed", "dome", "ptz"),
    "cameras.status": ("online", "offline", "planned", "retired"),
    "cameras.mount": ("pole", "wall", "roof", "unknown"),
    "cameras.programme": ("key", "village", "other"),
    "incidents.channel": ("grid_staff", "hotline_12345", "wechat", "visit", "other"),
    "incidents.outcome": ("open", "mediated", "resolved", "escalated", "rejected"),
    "buildings.use": ("dwelling", "other"),
}

_ID = col("source_id", "text", "", ("Source id", "来源编号"), ("The row's id in its source", "来源中的编号"), required=True)


def _time(name: str, en: str, zh: str, *, required: bool = False) -> Column:
    return col(name, "time", "UTC", (en, zh), (f"{en}, kept as UTC", f"{zh}，以 UTC 保存"), required=required)


_LON = col("lon", "float", "deg", ("Longitude", "经度"), ("WGS84 longitude of the point", "WGS84 经度"))
_LAT = col("lat", "float", "deg", ("Latitude", "纬度"), ("WGS84 latitude of the point", "WGS84 纬度"))
_NAME = col("name", "text", "", ("Name", "名称"), ("Name as the source gives it", "来源给出的名称"))
_UNIT_CODE = col("unit_code", "text", "", ("Unit code", "单位编码"), ("Code of a unit of the home", "本库单位的编码"))

SOURCES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "units",
            Words("Units", "单位"),
            (
                col("level", "text", "", ("Level", "层级"), ("Name of the unit's level", "单位所属层级"), required=True),
                col("code", "text", "", ("Code", "编码"), ("Text code, unique within its level", "文本编码，层级内唯一"), required=True),
                col("name", "text", "", ("Name", "名称"), ("Name in the local language", "名称"), required=True),
                col("name_en", "text", "", ("English name", "英文名"), ("Name in English or pinyin", "英文名或拼音")),
                col("parent_code", "text", "", ("Parent", "上级"), ("Code of the unit one level up", "上一级单位编码")),
            ),
            geometry="polygon",
        ),
        Table(
            "cameras",
            Words("Cameras", "摄像机"),
            (
                _ID,
                _NAME,
                _LON,
                _LAT,
                col("kind", "text", "", ("Kind", "类型"), ("fixed, dome or ptz", "固定、半球或云台")),
                col("programme", "text", "", ("Programme", "项目"), ("key public place, village or other", "重点公共区域、乡村或其他")),
                col("status", "text", "", ("Status", "状态"), ("online, offline, planned or retired; online where the source says nothing", "在线、离线、规划或停用")),
                col("mount", "text", "", ("Mount", "安装方式"), ("pole, wall, roof or unknown", "立杆、墙装、屋顶或未知")),
                col("height_m", "float", "m", ("Mount height", "安装高度"), ("Height above ground", "离地高度")),
                col("azimuth_deg", "float", "deg", ("Azimuth", "方位角"), ("Direction of view clockwise from north; empty means unknown", "视向，自北顺时针；空为未知")),
                col("azimuth_doubt_deg", "float", "deg", ("Azimuth doubt", "方位角误差"), ("The azimuth is known to plus or minus this", "方位角的正负误差")),
                col("hfov_deg", "float", "deg", ("Horizontal angle of view", "水平视场角"), ("Opening angle of the lens", "镜头水平视场角")),
                col("sweep_deg", "float", "deg", ("Angle covered", "覆盖角度"), ("Angle covered where it is not the lens: 360 for a panorama; empty for domes and PTZ that turn", "与镜头视场角不同时所覆盖的角度：全景为 360；可转动的半球与云台留空")),
                col("tilt_deg", "float", "deg", ("Tilt", "俯角"), ("Angle below the horizontal", "水平线以下角度")),
                col("focal_mm", "float", "mm", ("Focal length", "焦距"), ("Focal length of the lens", "镜头焦距")),
                col("focal_max_mm", "float", "mm", ("Longest focal length", "最大焦距"), ("Longest focal length of a zoom lens; facades in view are judged at it", "变焦镜头的最大焦距；可见住宅立面按此判断")),
                col("sensor_width_mm", "float", "mm", ("Sensor width", "靶面宽度"), ("Width of the image sensor", "传感器宽度")),
                col("h_px", "int", "px", ("Pixels across", "水平像素"), ("Horizontal pixels of the picture", "水平像素数")),
                col("v_px", "int", "px", ("Pixels down", "垂直像素"), ("Vertical pixels of the picture", "垂直像素数")),
                col("range_m", "float", "m", ("Given range", "给定距离"), ("Range stated by the source; replaces the formula", "来源给定的有效距离，代替公式")),
                col("indoor", "bool", "", ("Indoor", "室内"), ("Whether the camera stands indoors", "是否在室内")),
                col("installed_on", "date", "", ("Installed on", "安装日期"), ("Day of installation", "安装日期")),
                col("owner", "text", "", ("Owner", "所属"), ("Body that runs the camera, never a person", "管理单位，不含个人")),
                col("filed", "bool", "", ("Filed", "已备案"), ("Registered with the authority; empty means not recorded", "是否备案；空为未登记")),
                col("filing_no", "text", "", ("Filing number", "备案编号"), ("Number under which the authority has filed the camera", "主管部门备案的编号")),
                col("filed_on", "date", "", ("Filed on", "备案日期"), ("Day of the filing", "备案日期")),
                col("sign", "bool", "", ("Sign", "提示标识"), ("A sign tells people of the camera; empty means not recorded", "是否有提示标识；空为未登记")),
                col("retention_days", "float", "days", ("Retention", "保存期限"), ("Days that pictures are kept", "图像保存天数")),
                col("masks", "text", "", ("Privacy masks", "隐私遮挡"), ("Masks set in the camera, at most 4, by semicolons: AZ1-AZ2 or AZ1-AZ2@D1-D2, azimuths clockwise, metres along the ground (0 to infinity where not given); cut out of the view", "摄像机内设置的隐私遮挡，最多 4 个，以分号分隔：AZ1-AZ2 或 AZ1-AZ2@D1-D2，方位角顺时针，距离为地面米数（未给出则不限）；从视场中扣除")),
            ),
            geometry="point",
        ),
        Table(
            "incidents",
            Words("Incidents", "事件"),
            (
                _ID,
                _LON,
                _LAT,
                _UNIT_CODE,
                _time("reported_at", "Reported", "上报时间", required=True),
                _time("accepted_at", "Accepted", "受理时间"),
                _time("filed_at", "Filed", "立案时间"),
                _time("due_at", "Due", "应办结时间"),
                _time("resolved_at", "Resolved", "解决时间"),
                _time("closed_at", "Closed", "办结时间"),
                col("category", "text", "", ("Category", "类别"), ("Kind of incident", "事件类别")),
                col("channel", "text", "", ("Channel", "渠道"), ("How it was reported", "上报渠道")),
                col("outcome", "text", "", ("Outcome", "结果"), ("open, mediated, resolved, escalated or rejected", "未结、调解成功、办结、上报或不予受理")),
                col("handling_unit", "text", "", ("Handled by", "办理单位"), ("Body that handles it, never a person", "办理单位，不含个人")),
                col("closing_level", "text", "", ("Closed at level", "办结层级"), ("Level that closed it", "在哪一级办结")),
                col("reopened", "bool", "", ("Reopened", "重新打开"), ("Whether it was opened again", "是否重新打开")),
            ),
            geometry="point",
        ),
        Table(
            "places",
            Words("Key places", "重点部位"),
            (_ID, _NAME, col("kind", "text", "", ("Kind", "类型"), ("school, market, station, hospital, square, ...", "学校、市场、车站、医院、广场等"))),
            geometry="point_or_polygon",
        ),
        Table(
            "roads",
            Words("Roads", "道路"),
            (_ID, _NAME, col("kind", "text", "", ("Kind", "类型"), ("main, street, lane, ...", "干道、街道、小路等"))),
            geometry="line",
        ),
        Table(
            "buildings",
            Words("Buildings", "建筑"),
            (
                _ID,
                col("use", "text", "", ("Use", "用途"), ("dwelling or other", "住宅或其他")),
                col("height_m", "float", "m", ("Height", "高度"), ("Height of the building", "建筑高度")),
                col("levels", "float", "count", ("Storeys", "层数"), ("Number of storeys", "层数")),
            ),
            geometry="polygon",
        ),
        Table(
            "residents",
            Words("Residents", "居民"),
            (
                _ID,
                _UNIT_CODE,
                _LON,
                _LAT,
                col("residents", "float", "people", ("Residents", "居民数"), ("People living in the unit or at the point; counts only", "居住人数，仅为数量"), required=True, people=True),
            ),
            geometry="point",
        ),
        Table(
            "service_points",
            Words("Service points", "服务点"),
            (
                _ID,
                _NAME,
                _UNIT_CODE,
                _LON,
                _LAT,
                col("kind", "text", "", ("Kind", "类型"), ("centre, workstation, ...", "中心、工作站等")),
                col("staff", "float", "count", ("Staff", "人员数"), ("Number of staff; counts only", "人员数量")),
            ),
            geometry="point",
        ),
        Table(
            "restricted_areas",
            Words("Restricted and sensitive areas", "禁止与敏感部位"),
            (
                _ID,
                col("kind", "text", "", ("Kind", "类型"), ("What the area is", "部位类型")),
                col("rule", "text", "", ("Rule", "规则"), ("prohibited, consent, sensitive or private", "禁止、须同意、敏感或私人")),
            ),
            geometry="polygon",
        ),
        Table("elevation", Words("Elevation", "高程"), (), geometry="raster"),
    )
}
