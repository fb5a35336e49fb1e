"""What columns and values are called in the files of governance centres, in Chinese and English.

The schema's own titles count as well. Names are compared without case, blanks, brackets and punctuation.
"""

#: Other names of a target column; `table.column` where one table has names of its own.
COLUMNS: dict[str, tuple[str, ...]] = {
    "source_id": ("编号", "编码", "序号", "id", "code", "no", "number", "objectid", "osm_id", "fid", "uid", "标识"),
    "cameras.source_id": (
        *("国标编码", "国标编号", "国标id", "设备编码", "设备编号", "设备id", "摄像机编号", "摄像机编码", "摄像头编号"),
        *("监控点编号", "点位编号", "通道编码", "通道编号", "camera_id", "device_id", "deviceid", "gbid", "channel_id"),
    ),
    "incidents.source_id": (
        *("事件编号", "事件编码", "案件编号", "工单编号", "工单号", "案件号", "受理编号", "incident_id", "event_id"),
        *("case_id", "case_number", "ticket_id", "complaint_number"),
    ),
    "places.source_id": ("部位编号", "部位编码", "场所编号", "place_id", "poi_id"),
    "roads.source_id": ("道路编号", "道路编码", "路段编号", "road_id", "way_id"),
    "buildings.source_id": ("建筑编号", "楼栋编号", "楼栋编码", "building_id"),
    "service_points.source_id": ("服务点编号", "站点编号", "中心编号"),
    "name": ("名称", "名字", "name", "title"),
    "cameras.name": (
        *("摄像机名称", "摄像头名称", "设备名称", "监控点名称", "点位名称", "通道名称", "cameraname", "camera_name"),
        *("device_name", "安装位置", "点位"),
    ),
    "places.name": ("部位名称", "场所名称", "单位名称", "place_name"),
    "roads.name": ("道路名称", "路名", "road_name", "street"),
    "service_points.name": ("站点名称", "服务点名称", "中心名称"),
    "unit_code": ("网格编码", "网格编号", "网格代码", "网格id", "grid_code", "grid_id", "单元编码", "社区编码"),
    "cameras.kind": (
        *("类型", "摄像机类型", "设备类型", "云台类型", "camera_type", "cameratype", "ptztype", "kind", "type"),
        *("监控类型", "设备形态"),
    ),
    "programme": ("项目", "项目类型", "建设项目", "programme", "program"),
    "status": ("状态", "设备状态", "在线状态", "运行状态", "在线情况", "status", "state", "online"),
    "mount": ("安装方式", "架设方式", "立杆方式", "mount", "mounting"),
    "cameras.height_m": ("安装高度", "架设高度", "高度", "杆高", "离地高度", "mount_height", "height"),
    "azimuth_deg": (
        *("方位角", "朝向", "方向", "监控方位", "监控方向", "视向", "摄像机朝向", "镜头朝向", "azimuth", "direction"),
        *("bearing", "heading", "orientation", "camera_direction", "方位"),
    ),
    "hfov_deg": ("视场角", "水平视场角", "视角", "hfov", "fov", "field_of_view", "camera_angle"),
    "sweep_deg": ("覆盖角度", "转动范围", "sweep", "pan_range"),
    "tilt_deg": ("俯角", "俯仰角", "倾角", "tilt", "pitch"),
    "focal_mm": ("焦距", "镜头焦距", "focal", "focal_length"),
    "focal_max_mm": ("最大焦距", "长焦端焦距", "最长焦距", "focal_max", "max_focal_length", "longest_focal_length"),
    "sensor_width_mm": ("靶面宽度", "传感器宽度", "sensor_width"),
    "h_px": ("水平像素", "横向像素", "水平分辨率", "width_px", "h_px", "resolution_x", "horizontal_pixels"),
    "v_px": ("垂直像素", "纵向像素", "垂直分辨率", "height_px", "v_px", "resolution_y", "vertical_pixels"),
    "range_m": ("监控距离", "有效距离", "可视距离", "探测距离", "range", "distance"),
    "indoor": ("室内", "是否室内", "室内外", "indoor"),
    "installed_on": ("安装日期", "安装时间", "建设时间", "建成时间", "install_date", "installed", "installation_date"),
    "owner": ("所属单位", "管理单位", "建设单位", "权属单位", "维护单位", "产权单位", "owner", "operator", "agency"),
    "filed": ("是否备案", "备案", "已备案", "备案情况", "filed", "registered"),
    "filing_no": ("备案编号", "备案号", "备案证号", "filing_no", "filing_number", "registration_no"),
    "filed_on": ("备案日期", "备案时间", "filed_on", "filing_date", "registration_date"),
    "sign": ("提示标识", "是否有标识", "警示牌", "sign", "signage"),
    "retention_days": ("保存天数", "存储天数", "录像保存天数", "存储时长", "保存期限", "retention", "retention_days"),
    "masks": ("遮挡区域", "隐私遮挡", "隐私遮挡区域", "隐私遮蔽", "privacy_mask", "privacy_masks", "mask", "masks"),
    "reported_at": (
        *("上报时间", "发生时间", "事件时间", "报案时间", "报警时间", "采集时间", "创建时间", "登记时间", "发现时间"),
        *(
            "reported",
            "reported_at",
            "report_time",
            "occurred",
            "created",
            "created_date",
            "crimedate",
            "incident_date",
        ),
        *("date", "datetime", "timestamp", "time"),
    ),
    "accepted_at": ("受理时间", "接收时间", "accepted", "accepted_at"),
    "filed_at": ("立案时间", "filed_at"),
    "due_at": ("应办结时间", "截止时间", "办理期限", "到期时间", "due", "due_at", "due_date", "deadline"),
    "resolved_at": ("解决时间", "处置时间", "处理时间", "resolved", "resolved_at"),
    "closed_at": ("办结时间", "结案时间", "完成时间", "closed", "closed_at", "closed_date"),
    "category": (
        *("类别", "事件类别", "事件类型", "案件类别", "案件类型", "事件分类", "问题类型", "类型", "大类", "category"),
        *("type", "description", "crimecode", "incident_type", "complaint_type"),
    ),
    "channel": ("渠道", "来源", "事件来源", "上报渠道", "信息来源", "channel", "source"),
    "outcome": ("结果", "办理结果", "处理结果", "办理状态", "处置结果", "调解结果", "outcome", "result"),
    "handling_unit": (
        "办理单位",
        "处置单位",
        "处置部门",
        "承办单位",
        "责任单位",
        "办理部门",
        "handling_unit",
        "department",
    ),
    "closing_level": ("办结层级", "closing_level"),
    "reopened": ("重新打开", "是否返工", "是否重办", "reopened"),
    "places.kind": ("类型", "部位类型", "场所类型", "类别", "kind", "type", "amenity", "category"),
    "roads.kind": ("类型", "道路等级", "道路类型", "等级", "highway", "kind", "type", "road_type", "class", "fclass"),
    "use": ("用途", "建筑用途", "房屋用途", "building", "use", "landuse"),
    "buildings.height_m": ("高度", "建筑高度", "楼高", "height", "building_height"),
    "levels": ("层数", "楼层", "楼层数", "地上层数", "levels", "floors", "storeys", "num_floors"),
    "residents": ("居民数", "人口", "人口数", "常住人口", "居住人数", "户籍人口", "population", "residents", "pop"),
    "service_points.kind": ("类型", "服务点类型", "kind", "type"),
    "staff": ("人员数", "工作人员数", "人数", "staff"),
    "restricted_areas.kind": ("类型", "部位类型", "区域类型", "kind", "type"),
    "rule": ("规则", "管控规则", "rule"),
}

X_NAMES = (
    *(
        "经度",
        "东经",
        "lon",
        "lng",
        "long",
        "longitude",
        "x",
        "x坐标",
        "坐标x",
        "横坐标",
        "经度坐标",
        "point_x",
        "xcoord",
    ),
    *("gpsx", "coordx", "jd", "lon_wgs84", "lng_wgs84", "easting"),
)
Y_NAMES = (
    *("纬度", "北纬", "lat", "latitude", "y", "y坐标", "坐标y", "纵坐标", "纬度坐标", "point_y", "ycoord"),
    *("gpsy", "coordy", "wd", "lat_wgs84", "northing"),
)

#: What a file or a column is called where its datum is shifted, or is not.
DATUMS: dict[str, tuple[str, ...]] = {
    "gcj02": ("gcj02", "gcj", "火星", "高德", "amap", "腾讯", "tencent", "微信"),
    "bd09": ("bd09", "bd-09", "百度", "baidu"),
    "wgs84": ("wgs84", "wgs", "gps", "cgcs2000", "国家2000", "天地图", "2000坐标"),
}

#: What a file's name says about the table it fills.
TABLES: dict[str, tuple[str, ...]] = {
    "cameras": ("摄像", "监控", "点位", "视频", "探头", "天网", "雪亮", "camera", "cctv", "device"),
    "incidents": (
        "事件",
        "案件",
        "工单",
        "警情",
        "矛盾",
        "纠纷",
        "投诉",
        "incident",
        "event",
        "case",
        "crime",
        "complaint",
    ),
    "places": (
        "重点部位",
        "重点场所",
        "场所",
        "学校",
        "医院",
        "place",
        "poi",
        "point_of_interest",
        "points_of_interest",
    ),
    "roads": ("道路", "路网", "街道中心线", "road", "street", "highway"),
    "buildings": ("建筑", "楼栋", "房屋", "building", "footprint"),
    "residents": ("居民", "人口", "常住", "resident", "population"),
    "service_points": ("服务点", "工作站", "综治中心", "service"),
    "restricted_areas": ("禁止", "敏感", "限制", "restricted", "sensitive"),
}

#: What values are called, by table.column and value of the schema.
VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "cameras.kind": {
        "fixed": ("枪机", "固定枪机", "固定", "筒机", "枪型", "bullet", "fixed", "固定枪型摄像机", "遥控枪机"),
        "dome": ("半球", "半球机", "全景", "鱼眼", "dome", "半球型摄像机", "panorama"),
        "ptz": ("球机", "云台", "云台球机", "快球", "球型", "ptz", "panning", "球型摄像机"),
    },
    "cameras.status": {
        "online": ("在线", "正常", "启用", "运行", "on", "online", "ok", "active", "1", "true"),
        "offline": ("离线", "故障", "异常", "不在线", "断线", "off", "offline", "0", "false"),
        "planned": ("规划", "拟建", "在建", "待建", "planned", "proposed"),
        "retired": ("停用", "报废", "拆除", "注销", "retired", "removed", "inactive"),
    },
    "cameras.mount": {
        "pole": ("立杆", "杆装", "监控杆", "pole", "street_lamp"),
        "wall": ("墙装", "壁装", "墙壁", "wall"),
        "roof": ("屋顶", "楼顶", "吊装", "roof", "ceiling"),
        "unknown": ("不详", "未知", "其他", "unknown"),
    },
    "cameras.programme": {
        "key": ("重点", "重点公共区域", "一类点", "一类", "key"),
        "village": ("乡村", "农村", "村", "village"),
        "other": ("其他", "社会", "other"),
    },
    "incidents.channel": {
        "grid_staff": ("网格员上报", "网格员", "网格", "巡查", "grid_staff"),
        "hotline_12345": ("12345热线", "12345", "热线", "电话", "hotline"),
        "wechat": ("微信", "小程序", "公众号", "wechat"),
        "visit": ("来访", "走访", "上门", "窗口", "visit"),
        "other": ("其他", "other"),
    },
    "incidents.outcome": {
        "open": ("未结", "办理中", "处理中", "在办", "待办", "open"),
        "mediated": ("调解成功", "调解", "已调解", "mediated"),
        "resolved": ("已解决", "办结", "已办结", "结案", "解决", "resolved", "closed"),
        "escalated": ("上报", "已上报", "升级", "转办", "escalated"),
        "rejected": ("不予受理", "不受理", "退回", "驳回", "rejected"),
    },
    "buildings.use": {
        "dwelling": (
            *("住宅", "居住", "民房", "宅", "residential", "house", "apartments", "detached", "terrace", "dwelling"),
        ),
        "other": ("其他", "商业", "办公", "工业", "公共", "commercial", "retail", "industrial", "office", "other", "*"),
    },
}

#: Columns about persons: never proposed, never stored unless someone maps them on purpose (and there is no column to).
PERSONAL = (
    *(
        "姓名",
        "身份证",
        "证件号",
        "电话",
        "手机",
        "联系方式",
        "联系人",
        "车牌",
        "当事人",
        "报案人",
        "住址",
        "性别",
        "年龄",
    ),
    *("民族", "微信号", "人脸", "person", "phone", "mobile", "id_card", "plate", "email", "birth", "address_home"),
)
