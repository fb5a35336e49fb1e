"""The tables that come out: what `gridscope table NAME` prints and every page reads.

Each starts with `level, code, name`. A measure `x` with an interval stands as `x, x_low, x_high`:
ground seen for the middle, the worst and the best of the missing camera attributes (DOMAIN 3), or a
Wilson 95 % interval for a share of cases (DOMAIN 4). An empty cell means "not available", never 0.
"""

from dataclasses import replace

from geo.errors import Words
from geo.schema.column import Column, Dtype, Role, Table, col
from geo.schema.sources import SOURCES

#: Distances of which the shares of incidents with a camera within are given, metres.
CAMERA_WITHIN_M = (50, 100, 200)
#: Those of which the shares with a service point within are given, metres, by what is counted.
SERVICE_WITHIN_M: dict[str, tuple[int, ...]] = {"places": (1000,), "residents": (500, 1000)}

KEY_COLUMNS: tuple[Column, ...] = (
    col("level", "text", "", ("Level", "层级"), ("Name of the level", "层级名称")),
    col("code", "text", "", ("Code", "编码"), ("Code of the unit", "单位编码")),
    col("name", "text", "", ("Name", "名称"), ("Name of the unit", "单位名称")),
)


def _with_interval(
    name: str,
    dtype: Dtype,
    unit: str,
    title: tuple[str, str],
    meaning: tuple[str, str],
    from_count: str = "",
    *,
    people: bool = False,
) -> tuple[Column, Column, Column]:
    en, zh = title
    return (
        col(name, dtype, unit, title, meaning, from_count=from_count, people=people),
        col(f"{name}_low", dtype, unit, (f"{en}, low", f"{zh}（低）"), (f"Low end of: {meaning[0]}", f"低端：{meaning[1]}"), from_count=from_count, people=people),
        col(f"{name}_high", dtype, unit, (f"{en}, high", f"{zh}（高）"), (f"High end of: {meaning[0]}", f"高端：{meaning[1]}"), from_count=from_count, people=people),
    )


def _from_source(table: str, *, without: tuple[str, ...] = ("unit_code", "name"), sees: Role = "planner") -> tuple[Column, ...]:
    return tuple(
        Column(c.name, c.dtype, c.unit, c.title, c.meaning, sees=sees) for c in SOURCES[table].columns if c.name not in without
    )


def _camera_within(metres: int) -> Column:
    title = (f"Camera within {metres} m", f"{metres} 米内有摄像机")
    meaning = (f"Incidents at most {metres} m from an online camera, wherever it looks / incidents with a place", f"距在线摄像机不超过 {metres} 米的事件 / 有位置的事件，不论其朝向")
    return col(f"camera_within_{metres}m_share", "float", "share", title, meaning)


_N_INCIDENTS = col("n_incidents", "int", "count", ("Incidents", "事件数"), ("Incidents assigned to the unit", "归入该单位的事件数"), people=True)

_UNCUT = "views are not yet cut by buildings, so this is an upper figure; lower is better"
_UNCUT_ZH = "视场尚未被建筑截断，故为上限，越低越好"


def _facade_words(px: str) -> tuple[tuple[str, str], tuple[str, str]]:
    title = (f"Facade in view, {px} px/m", f"可见住宅立面（{px} px/m）")
    meaning = (f"Metres of dwelling outline within a view of {px} px/m or more, a zoom lens at its longest, masks cut out; {_UNCUT}", f"处于 {px} px/m 以上视场内的住宅外墙长度，变焦镜头取最大焦距，扣除隐私遮挡；{_UNCUT_ZH}")
    return title, meaning


def _dwelling_words(px: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (f"Dwellings in view, {px} px/m", f"可见住宅数（{px} px/m）"), (f"Dwellings with outline in such a view of {px} px/m or more; counted, never listed", f"{px} px/m 以上可见外墙的住宅数，只计数不列出")


_PRIVATE = (("Private ground in view", "可见私人区域"), (f"Square metres of dwelling footprints and of private areas in view at the default pixel density, each by itself where they overlap; {_UNCUT}", f"默认像素密度下可见的住宅占地与私人区域面积，重叠处各自计算；{_UNCUT_ZH}"))
_RESTRICTED = (("Restricted areas in view", "可见禁止与敏感部位"), (f"Square metres of prohibited, consent and sensitive areas in view at the default pixel density, each by itself where they overlap; {_UNCUT}", f"默认像素密度下可见的禁止、须同意与敏感部位面积，重叠处各自计算；{_UNCUT_ZH}"))
_EXPOSED: tuple[Column, ...] = (
    *(replace(column, sees="planner") for column in _with_interval("facade_62_m", "float", "m", *_facade_words("62.5"))),
    col("n_dwellings_62", "int", "count", *_dwelling_words("62.5"), sees="planner"),
    col("facade_125_m", "float", "m", *_facade_words("125"), sees="planner"),
    col("n_dwellings_125", "int", "count", *_dwelling_words("125"), sees="planner"),
    col("private_m2", "float", "m2", *_PRIVATE, sees="planner"),
    col("restricted_m2", "float", "m2", *_RESTRICTED, sees="planner"),
)
#: What the safeguards desk adds to rows of cameras and of units.
SEEN_3PLUS = col("seen_3plus_share", "float", "share", ("View seen by 3+", "视场内三台以上可见"), ("Of the ground in its view, the part that two or more other online cameras see, too; lower is better", "其视场地面中另有两台及以上在线摄像机也看到的比例，越低越好"))
OVERLAPS = col("overlaps", "text", "", ("Overlaps", "敏感部位重叠"), ("Prohibited and sensitive spots that its view meets at the default pixel density: kind and number", "默认像素密度下视场涉及的禁止与敏感部位：类别与处数"))
N_OVERLAPS = col("n_overlaps", "int", "count", ("Overlaps, number", "重叠处数"), ("Prohibited and sensitive spots that its view meets; lower is better", "视场涉及的禁止与敏感部位处数，越低越好"))
FACADE_EACH = col("facade_each_m", "float", "m", ("Facade per camera", "每台可见立面"), ("Facade in view at 62.5 px/m / cameras of the unit; lower is better", "62.5 px/m 以上可见住宅立面 / 单位内摄像机数，越低越好"))
#: What a camera alone sees, at the default pixel density with the middle of what is missing; online cameras only.
_ALONE: tuple[Column, ...] = (
    col("view_m2", "float", "m2", ("View", "视场面积"), ("Ground of the units in the camera's view at the default pixel density; online cameras only, as all that follows", "默认像素密度下该摄像机视场内的单位地面；仅在线摄像机，以下各列同"), sees="planner"),
    col("alone_m2", "float", "m2", ("Ground seen by it alone", "唯一可见地面"), ("Ground in its view that no other online camera sees: lost if it fails; missing, with the columns of ground after it, where more than 100 others look there", "只有该机看到、其他在线摄像机都看不到的地面，该机故障即失去；有 100 台以上其他摄像机看向此处时，本列与其后的面积列为空"), sees="planner"),
    col("alone_public_m2", "float", "m2", ("Public ground seen by it alone", "唯一可见公共区域"), ("Public ground in its view that no other online camera sees", "只有该机看到的公共区域"), sees="planner"),
    col("alone_road_m", "float", "m", ("Road seen by it alone", "唯一可见道路"), ("Metres of road in its view that no other online camera sees", "只有该机看到的道路长度"), sees="planner"),
    col("alone_places", "int", "count", ("Key places seen by it alone", "唯一可见重点部位"), ("Key places that would no longer count as seen without it: points that no other camera sees, areas of whose ground the others see less than half", "失去该机即不再算可见的重点部位：其他摄像机看不到的点，或其他摄像机看到不足一半场地的面"), sees="planner"),
    col("shared_3plus_m2", "float", "m2", ("View shared by 3+", "三台以上共见"), ("Ground in its view that two or more other online cameras see, too", "其视场内另有两台及以上在线摄像机也看到的地面"), sees="planner"),
    col("critical_rank", "int", "", ("Critical, rank", "关键名次"), ("1 = its failure loses most, by key places, then road length, then public ground seen by it alone; only cameras that lose any", "1 = 故障损失最大：依次按唯一可见的重点部位、道路、公共区域；只列有损失的摄像机"), sees="planner"),
    col("spare_rank", "int", "", ("Spare, rank", "冗余名次"), ("1 = adds least, of cameras whose view three or more share: by key places, then road length, then public ground seen by it alone, then the larger share of its view that is shared", "1 = 增益最小：在有三台以上共见地面的摄像机中，依次按唯一可见的重点部位、道路、公共区域从少到多，再按共见部分占视场的比例从大到小"), sees="planner"),
)
_RESIDENTS_LOCATED = col("residents_located", "float", "people", ("Residents with a place", "有位置的居民"), ("People known by the point where they live, not by their unit only", "按居住点（而非仅按单位）登记的人数"), sees="analyst", people=True)


def _served_within(what: str, metres: int) -> Column:
    en, zh = {"places": ("Key places", "重点部位"), "residents": ("Residents", "居民")}[what]
    title = (f"{en}: service point within {metres} m", f"{zh}：{metres} 米内有服务点")
    meaning = (f"{en} at most {metres} m, in a straight line, from a service point / {en.lower()} with a place", f"直线距离服务点不超过 {metres} 米的{zh} / 有位置的{zh}")
    return col(f"{what}_service_{metres}m_share", "float", "share", title, meaning, from_count="residents_located" if what == "residents" else "")


#: Of emerging hot spots asked for (`GET /api/emerging`): the table `emerging` with steps of any length for its months.
CUBE_COLUMNS: tuple[Column, ...] = (
    col("code", "text", "", ("Code", "编码"), ("Code of the unit", "单位编码")),
    col("label", "text", "", ("Label", "类别"), ("As in the table emerging, by the steps asked for; no_result: see warning", "同新兴热点表，按所选时段；no_result：见提示")),
    col("n_hot", "int", "count", ("Hot steps", "热点时段数"), ("Steps in which z of Gi* on the space-time cube is above 0 with Benjamini-Hochberg q <= 0.05 over all units and steps", "时空立方体 Gi* 的 z 大于 0 且全部单位与时段的 Benjamini-Hochberg q ≤ 0.05 的时段数")),
    col("n_cold", "int", "count", ("Cold steps", "冷点时段数"), ("Steps in which z is below 0 likewise", "z 小于 0 且同样显著的时段数")),
    col("first_hot", "text", "", ("First hot step", "首个热点时段"), ("First step in which it was hot", "首次为热点的时段")),
    col("last_hot", "text", "", ("Last hot step", "最近热点时段"), ("Last step in which it was hot", "最近一次为热点的时段")),
    col("mk_z", "float", "", ("Trend z", "趋势 z 值"), ("Mann-Kendall z of the unit's z by steps, ties corrected, with continuity correction", "各时段 z 值的 Mann-Kendall z，经结校正与连续性校正"), sees="analyst"),
    col("mk_p", "float", "", ("Trend p", "趋势 p 值"), ("Two-sided p of the trend; up to 0.05 it is one", "趋势的双侧 p 值，不大于 0.05 即为有趋势"), sees="analyst"),
    col("stability_share", "float", "share", ("Stability", "稳定性"), ("Share of the re-runs with the same label, in each of which every incident stays with probability 0.95; empty without re-runs", "类别相同的重算比例，每次重算每起事件以 0.95 的概率保留；未重算则为空")),
    col("because_en", "text", "", ("Because", "判断依据（英文）"), ("The label in a sentence made from the numbers", "由数字生成的英文说明")),
    col("because_zh", "text", "", ("Because, in Chinese", "判断依据"), ("The same sentence in Chinese", "由数字生成的说明")),
    col("warning", "text", "", ("Warning", "提示"), ("few_steps: fewer than 10 steps; or why there is no result, as in the table emerging", "few_steps：不足 10 个时段；或无结果的原因，同新兴热点表")),
)

#: Whose scores stand in a row of the table scores: the method's own, and those of two baselines that flag as much area.
#: Beginning of the columns' names and of their titles, and what follows the words of their meanings.
_SCORED_BESIDE: tuple[tuple[str, Words, Words], ...] = (
    ("", Words("", ""), Words("", "")),
    ("counts_", Words("Plain counts: ", "按件数排："), Words("; of as much area, the units of most incidents per km2 over up to 12 months before, the last unit in part", "；面积相同，按此前至多 12 个月每平方公里事件数从高到低取单位，最后一个取部分")),
    ("last_month_", Words("Last month: ", "按上月件数："), Words("; of as much area, the same by the month before alone", "；面积相同，只按上一月的件数取单位")),
)


def _hits_beside() -> tuple[Column, ...]:
    """The baselines' hits."""
    return tuple(
        col(f"{start}n_hit", "float", "count", (f"{title.en}hits", f"{title.zh}命中数"), (f"Hits{more.en}", f"命中数{more.zh}"), sees="analyst")
        for start, title, more in _SCORED_BESIDE[1:]
    )


def _score_columns(beside: tuple[str, Words, Words]) -> tuple[Column, ...]:
    """The four scores of a method or a baseline."""
    start, title, more = beside
    return tuple(
        col(f"{start}{name}", "float", unit, (f"{title.en}{en}", f"{title.zh}{zh}"), (f"{said}{more.en}", f"{said_zh}{more.zh}"))
        for name, unit, en, zh, said, said_zh in (
            ("hit_share", "share", "hit rate" if start else "Hit rate", "命中率", "Hits / later incidents", "命中数 / 其后事件数"),
            ("pai", "", "PAI", "PAI（预测准确指数）", "Hit rate / share of the area flagged; 1 is chance (Chainey et al. 2008)", "命中率 / 标记面积占比；1 为随机水平（Chainey 等 2008）"),
            ("pei", "", "PEI*", "PEI*（预测效率指数）", "Hits / the most that as much area could have had, the last unit in part", "命中数 / 同等面积可能的最大命中数，最后一个单位取部分"),
            ("rri", "", "RRI", "RRI（再捕获指数）", "Recapture rate index: (hits / incidents before in what is flagged) / (later incidents / incidents before); 1 keeps its share (Levine 2008)", "再捕获指数：（命中数 / 标记区域此前的事件数）/（其后事件数 / 此前事件数）；1 为占比不变（Levine 2008）"),
        )
    )


#: Why ground or demand is unseen, the first that holds (DOMAIN 3): code, words. The seven parts sum to the whole.
GAP_REASONS: dict[str, Words] = {
    "offline": Words("in view of an offline camera", "仅离线摄像机可见"),
    "building": Words("blocked by a building (0 until views are cut)", "被建筑遮挡（视场截断前为 0）"),
    "terrain": Words("blocked by terrain (0 until views are cut)", "被地形遮挡（视场截断前为 0）"),
    "direction": Words("near an online camera, which looks elsewhere", "在线摄像机朝向不对"),
    "pixels": Words("in an online camera's view, too few pixels", "在视场内但像素不足"),
    "doubt": Words("the register of cameras is in doubt here", "摄像机登记存疑"),
    "none": Words("no camera near", "附近没有摄像机"),
}

#: Of an analysis asked for (`GET /api/hotspots`): what stands there for each unit.
ANALYSIS_COLUMNS: tuple[Column, ...] = (
    col("code", "text", "", ("Code", "编码"), ("Code of the unit", "单位编码")),
    col("n_incidents", "int", "count", ("Incidents", "事件数"), ("Incidents assigned to the unit that the filter keeps", "归入该单位且符合筛选条件的事件数"), people=True),
    col("exposure", "float", "", ("Exposure", "暴露量"), ("Residents where the home has them, else area in km2", "有居民数时用居民数，否则用面积（平方公里）")),
    col("expected", "float", "count", ("Expected", "期望数"), ("Incidents of the filter x exposure / exposure of all units", "筛选后的事件总数 × 暴露量 / 全部单位暴露量"), from_count="n_incidents"),
    col("value", "float", "", ("Value tested", "检验值"), ("excess: 2 (sqrt(count + 3/8) - sqrt(expected + 3/8)); count: incidents; rate: incidents / exposure; eb: empirical Bayes rate w r + (1 - w) m, w = A / (A + m / exposure) (Marshall 1991, global)", "excess：2 (√(件数 + 3/8) − √(期望 + 3/8))；count：件数；rate：件数 / 暴露量；eb：经验贝叶斯率 w r + (1 − w) m，w = A / (A + m / 暴露量)（Marshall 1991，全局）"), from_count="n_incidents"),
    col("n_neighbours", "int", "count", ("Neighbours", "邻居数"), ("Neighbouring units, itself not counted", "相邻单位数，不含自身")),
    col("score", "float", "", ("Score", "统计量"), ("gi: z of Getis-Ord Gi*, self included (Ord and Getis 1995); moran: local Moran's I (Anselin 1995)", "gi：Getis-Ord Gi* 的 z 值，含自身；moran：局部莫兰指数（Anselin 1995）"), sees="analyst"),
    col("p", "float", "", ("p-value", "p 值"), ("Two-sided, as the method says", "双侧，来源见方法说明"), sees="analyst"),
    col("p_perm", "float", "", ("p-value, permutation", "p 值（置换）"), ("Two-sided, conditional permutation: min(1, 2 (1 + min(n_ge, n_le)) / (R + 1)); of excess and count", "双侧，条件置换：min(1, 2 (1 + min(n_ge, n_le)) / (R + 1))；仅 excess 与 count"), sees="analyst"),
    col("q", "float", "", ("q-value", "q 值"), ("Of p: Benjamini-Hochberg over all units of the level that have one", "p 值经同层全部单位的 Benjamini-Hochberg 校正"), sees="analyst"),
    col("class", "text", "", ("Class", "类别"), ("By q, gi: hot99, hot95, hot90, none, cold90, cold95, cold99; moran: HH, LL, HL, LH, none; island: no neighbours; no_result: nothing to be tested", "按 q 值；gi：hot99、hot95、hot90、none、cold90、cold95、cold99；moran：HH、LL、HL、LH、none；island：无邻居；no_result：无结果")),
)

RESULTS: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "units",
            Words("Units", "单位"),
            (
                *KEY_COLUMNS,
                col("name_en", "text", "", ("English name", "英文名"), ("Name in English or pinyin", "英文名或拼音")),
                col("parent_code", "text", "", ("Parent", "上级"), ("Code of the unit one level up", "上一级单位编码")),
                col("area_m2", "float", "m2", ("Area", "面积"), ("Area in the metric CRS of the home", "以本库米制坐标系计算的面积")),
                col("lon", "float", "deg", ("Longitude", "经度"), ("WGS84 longitude of a point inside the unit", "单位内一点的经度")),
                col("lat", "float", "deg", ("Latitude", "纬度"), ("WGS84 latitude of a point inside the unit", "单位内一点的纬度")),
                col("n_children", "int", "count", ("Units below", "下级单位"), ("Units one level down", "下一级单位数")),
                col("n_cameras", "int", "count", ("Cameras", "摄像机数"), ("Cameras assigned to the unit, whatever their status", "归入该单位的摄像机数，不论状态")),
                _N_INCIDENTS,
                col("residents", "float", "people", ("Residents", "居民数"), ("People living in the unit", "居住人数"), people=True),
                col("staff", "float", "count", ("Staff", "人员数"), ("Staff at the unit's service points", "服务点人员数")),
                col("n_incidents_located", "int", "count", ("Incidents with a distance", "有距离的事件"), ("Incidents with a place, where any camera is online", "有位置的事件（有在线摄像机时）"), sees="analyst", people=True),
                col("nearest_camera_median_m", "float", "m", ("Nearest camera, median", "最近摄像机（中位数）"), ("Median distance from the unit's incidents to the nearest online camera, wherever it looks", "单位内事件到最近在线摄像机距离的中位数，不论其朝向"), from_count="n_incidents_located"),
                col("nearest_camera_p90_m", "float", "m", ("Nearest camera, 90 %", "最近摄像机（90%）"), ("Distance within which nine in ten of the unit's incidents have an online camera", "九成事件在此距离内有在线摄像机"), from_count="n_incidents_located"),
                *(_camera_within(metres) for metres in CAMERA_WITHIN_M),
                col("places_service_median_m", "float", "m", ("Key places to a service point, median", "重点部位到服务点（中位数）"), ("Distance within which half of the unit's key places have a service point; of an area, from a point on it", "半数重点部位在此距离内有服务点；面状部位从其上一点量起")),
                col("places_service_p90_m", "float", "m", ("Key places to a service point, 90 %", "重点部位到服务点（90%）"), ("Distance within which nine in ten of the unit's key places have a service point", "九成重点部位在此距离内有服务点")),
                *(_served_within("places", metres) for metres in SERVICE_WITHIN_M["places"]),
                _RESIDENTS_LOCATED,
                col("residents_service_median_m", "float", "m", ("Residents to a service point, median", "居民到服务点（中位数）"), ("Distance within which half of the residents with a place have a service point", "半数有位置的居民在此距离内有服务点"), from_count="residents_located"),
                col("residents_service_p90_m", "float", "m", ("Residents to a service point, 90 %", "居民到服务点（90%）"), ("Distance within which nine in ten residents with a place have a service point", "九成有位置的居民在此距离内有服务点"), from_count="residents_located"),
                *(_served_within("residents", metres) for metres in SERVICE_WITHIN_M["residents"]),
            ),
            geometry="polygon",
            row_of="unit",
        ),
        Table(
            "cameras",
            Words("Cameras", "摄像机"),
            (
                *KEY_COLUMNS,
                col("camera_name", "text", "", ("Camera name", "摄像机名称"), ("Name as the source gives it", "来源给出的名称"), sees="planner"),
                *_from_source("cameras"),
                col("near_m", "float", "m", ("Near edge", "近端"), ("Distance at which the view begins on the ground", "视场在地面的起点"), sees="planner"),
                col("reach_m", "float", "m", ("Range", "有效距离"), ("Distance at which the view ends at the asked pixel density", "在所选像素密度下的有效距离"), sees="planner"),
                *_EXPOSED,
                *_ALONE,
            ),
            geometry="point",
            sees="planner",
            row_of="point",
            needs="cameras",
        ),
        Table(
            "incidents",
            Words("Incidents", "事件"),
            (
                *KEY_COLUMNS,
                *_from_source("incidents", without=("unit_code",), sees="analyst"),
                col("seen", "bool", "", ("Seen", "可见"), ("At a point that an online camera sees at the default pixel density", "所在点在默认像素密度下可见"), sees="analyst"),
                col("nearest_camera_m", "float", "m", ("Nearest camera", "最近摄像机"), ("Distance to the nearest online camera, wherever it looks", "到最近在线摄像机的距离，不论其朝向"), sees="analyst"),
            ),
            geometry="point",
            sees="analyst",
            row_of="point",
            needs="incidents",
        ),
        Table(
            "coverage",
            Words("Coverage", "覆盖"),
            (
                *KEY_COLUMNS,
                col("px_per_m", "float", "px/m", ("Pixel density", "像素密度"), ("Pixel density on the target at which ground counts as seen", "达到该像素密度才算看到")),
                col("n_cameras", "int", "count", ("Cameras", "摄像机数"), ("Cameras installed: online and offline", "已安装：在线与离线")),
                col("n_online", "int", "count", ("Online", "在线"), ("Cameras online", "在线摄像机")),
                col("n_offline", "int", "count", ("Offline", "离线"), ("Cameras offline", "离线摄像机")),
                col("n_planned", "int", "count", ("Planned", "规划"), ("Cameras planned, counted in nothing else", "规划中的摄像机，不计入其他")),
                col("online_share", "float", "share", ("Online rate", "在线率"), ("Online / (online + offline)", "在线 /（在线 + 离线）")),
                col("n_key", "int", "count", ("Key-place cameras", "重点公共区域摄像机"), ("Cameras installed of the programme for key public places", "重点公共区域项目已安装的摄像机")),
                col("online_key_share", "float", "share", ("Online rate, key places", "在线率（重点公共区域）"), ("Online / (online + offline) of the programme for key public places; the target is 98 %", "重点公共区域项目：在线 /（在线 + 离线），目标 98%")),
                col("online_other_share", "float", "share", ("Online rate, others", "在线率（其他）"), ("Online / (online + offline) of all other programmes; the target is 95 %", "其他项目：在线 /（在线 + 离线），目标 95%")),
                col("complete_share", "float", "share", ("Record completeness", "建档完整率"), ("Installed cameras with azimuth, lens, height, pixels, filing all recorded", "方位角、镜头、高度、像素、备案均有登记的比例")),
                col("area_m2", "float", "m2", ("Area", "面积"), ("Area of the unit", "单位面积")),
                *_with_interval("area_seen_m2", "float", "m2", ("Area seen", "看到的面积"), ("Ground in view of at least one online camera", "至少一台在线摄像机看到的地面")),
                *_with_interval("area_seen_share", "float", "share", ("Area seen", "面积覆盖率"), ("Area seen / area; about 1 % of any large area, never the headline", "看到的面积 / 面积；大范围内约 1%，不作标题")),
                col("area_2plus_m2", "float", "m2", ("Ground seen by 2+", "两台以上可见地面"), ("Ground in view of two or more online cameras", "两台及以上在线摄像机看到的地面")),
                col("area_3plus_m2", "float", "m2", ("Ground seen by 3+", "三台以上可见地面"), ("Ground in view of three or more online cameras; lower is better", "三台及以上在线摄像机看到的地面，越低越好")),
                col("buffer_m2", "float", "m2", ("Buffer circles", "缓冲圆面积"), ("Ground within 50 m (the usual buffer) of an online camera, wherever it looks", "距在线摄像机 50 米（常用缓冲）以内的地面，不论其朝向")),
                col("inflation", "float", "ratio", ("Buffer inflation factor", "缓冲区夸大倍数"), ("Area of the usual buffer circles / area seen", "常用缓冲圆面积 / 实际看到的面积")),
                col("n_places", "int", "count", ("Key places", "重点部位"), ("Key places in the unit", "单位内重点部位")),
                *_with_interval("places_seen_share", "float", "share", ("Key places seen", "重点部位覆盖率"), ("Key places whose point, or at least half of whose ground, is seen", "入口点或至少一半场地可见的重点部位比例")),
                col("places_potential_share", "float", "share", ("Key places seen, potential", "重点部位覆盖率（潜在）"), ("Key places that would be seen if every dome and PTZ had turned everywhere / key places", "假设半球与云台转遍各方向时可见的重点部位比例")),
                col("road_m", "float", "m", ("Road length", "道路里程"), ("Length of road in the unit", "单位内道路长度")),
                *_with_interval("road_seen_share", "float", "share", ("Road length seen", "道路里程覆盖率"), ("Road length in view / road length", "可见道路长度 / 道路长度")),
                col("road_potential_share", "float", "share", ("Road length seen, potential", "道路里程覆盖率（潜在）"), ("Road length that would be in view if every dome and PTZ had turned everywhere / road length", "假设半球与云台转遍各方向时可见的道路长度 / 道路长度")),
                _N_INCIDENTS,
                *_with_interval("incidents_seen_share", "float", "share", ("Incidents seen", "事件覆盖率"), ("Incidents at points in view / incidents", "可见点上的事件 / 事件"), "n_incidents"),
                col("residents", "float", "people", ("Residents", "居民数"), ("People living in the unit", "居住人数"), people=True),
                _RESIDENTS_LOCATED,
                *_with_interval("residents_near_share", "float", "share", ("Residents near seen public ground", "居民周边公共区域"), ("Residents with seen road, square or key place within 30 m of home / residents with a place; homes in view never count", "住处 30 米内有可见道路、广场或重点部位的居民 / 有位置的居民；住宅是否可见不计"), "residents_located"),
                col("public_m2", "float", "m2", ("Public ground", "公共区域"), ("Roads (half width 4 m), squares and key places drawn as areas", "道路（半宽 4 米）、广场与面状重点部位")),
                col("public_1_share", "float", "share", ("Seen by 1", "1 台可见"), ("Public ground seen by exactly one camera / public ground", "恰由一台看到的公共区域比例")),
                col("public_2_share", "float", "share", ("Seen by 2", "2 台可见"), ("Public ground seen by exactly two cameras / public ground", "恰由两台看到的公共区域比例")),
                *_with_interval("public_3plus_share", "float", "share", ("Seen by 3+", "三台以上可见"), ("Public ground seen by three or more cameras / public ground; lower is better", "三台及以上看到的公共区域比例，越低越好")),
                *_with_interval("facade_m", "float", "m", ("Facade in view", "可见住宅立面"), _facade_words("62.5")[1]),
                col("n_dwellings", "int", "count", ("Dwellings in view", "可见住宅数"), ("Dwellings with outline in view at 62.5 px/m or more; counted, never listed", "62.5 px/m 以上可见外墙的住宅数，只计数不列出")),
            ),
            geometry="polygon",
            row_of="unit",
            needs="cameras",
        ),
        Table(
            "gaps",
            Words("Gaps", "盲区"),
            (
                *KEY_COLUMNS,
                col("rank", "int", "", ("Rank", "名次"), ("By unseen key places, then unseen road length, then unseen incidents", "按看不到的重点部位、道路、事件排序")),
                *_with_interval("n_places_unseen", "int", "count", ("Key places unseen", "看不到的重点部位"), ("Key places not seen", "未被看到的重点部位")),
                *_with_interval("road_unseen_m", "float", "m", ("Unseen road length", "看不到的道路"), ("Metres of road that no online camera sees", "没有在线摄像机看到的道路长度")),
                *_with_interval("n_incidents_unseen", "int", "count", ("Incidents unseen", "看不到的事件"), ("Incidents at points not seen", "不可见点上的事件"), people=True),
                *_with_interval("residents_not_near", "float", "people", ("Residents without seen public ground nearby", "周边无可见公共区域的居民"), ("Residents with no seen road, square or key place within 30 m of home", "住处 30 米内无可见公共区域的居民"), people=True),
                col("gap_m2", "float", "m2", ("Unseen public ground", "看不到的公共区域"), ("Public ground not seen, pieces of 25 m2 and more", "未被看到的公共区域，25 平方米以上的片")),
            ),
            geometry="polygon",
            sees="planner",
            row_of="unit",
            needs="cameras",
        ),
        Table(
            "safeguards",
            Words("Safeguards", "隐私与合规"),
            (
                *KEY_COLUMNS,
                col("n_cameras", "int", "count", ("Cameras", "摄像机数"), ("Cameras installed: online and offline", "已安装：在线与离线")),
                *_with_interval("facade_62_m", "float", "m", *_facade_words("62.5")),
                col("n_dwellings_62", "int", "count", *_dwelling_words("62.5")),
                *_with_interval("facade_125_m", "float", "m", *_facade_words("125")),
                col("n_dwellings_125", "int", "count", *_dwelling_words("125")),
                *_with_interval("private_m2", "float", "m2", *_PRIVATE),
                *_with_interval("restricted_m2", "float", "m2", *_RESTRICTED),
                col("n_not_filed", "int", "count", ("Not filed", "未备案"), ("Installed cameras recorded as not filed with the authority; lower is better", "登记为未备案的已安装摄像机，越低越好")),
                col("n_filed_unknown", "int", "count", ("Filing not recorded", "备案情况未登记"), ("Installed cameras of which filing is not recorded; lower is better", "未登记备案情况的已安装摄像机，越低越好")),
                col("n_without_sign", "int", "count", ("Without a sign", "无提示标识"), ("Installed cameras recorded as without a sign; lower is better", "登记为无提示标识的已安装摄像机，越低越好")),
                col("n_sign_unknown", "int", "count", ("Sign not recorded", "提示标识未登记"), ("Installed cameras of which a sign is not recorded; lower is better", "未登记提示标识的已安装摄像机，越低越好")),
                col("n_past_retention", "int", "count", ("Kept too long", "超期保存"), ("Installed cameras whose pictures are kept for more days than the rules allow (90); lower is better", "图像保存天数超过规则上限（90 天）的已安装摄像机，越低越好")),
            ),
            geometry="polygon",
            row_of="unit",
            needs="cameras",
        ),
        Table(
            "masks",
            Words("Suggested masks", "建议遮挡"),
            (
                *KEY_COLUMNS,
                col("uid", "text", "", ("Camera", "摄像机"), ("Source and id of the camera", "摄像机的来源与编号"), sees="planner"),
                col("mask", "text", "", ("Suggested mask", "建议遮挡"), ("What to set as the camera's privacy masks: those it has and the pieces that hold the dwelling facade in view at 62.5 px/m, at most 4", "建议设置的隐私遮挡：已有遮挡，以及包含 62.5 px/m 以上可见住宅立面的区域，最多 4 个"), sees="planner"),
                col("mask_m2", "float", "m2", ("Ground behind the mask", "遮挡面积"), ("Square metres of the mask up to the end of the view at 62.5 px/m", "遮挡至 62.5 px/m 视场远端的面积"), sees="planner"),
                col("n_dwellings", "int", "count", ("Dwellings in view", "可见住宅数"), _dwelling_words("62.5")[1], sees="planner"),
            ),
            geometry="polygon",
            sees="planner",
            row_of="point",
            needs="cameras",
        ),
        Table(
            "gap_reasons",
            Words("Reasons of gaps", "盲区原因"),
            (
                *KEY_COLUMNS,
                col("reason", "text", "", ("Reason", "原因"), ("The first that holds: " + "; ".join(f"{code}: {words.en}" for code, words in GAP_REASONS.items()), "按序第一个成立的：" + "；".join(f"{code}：{words.zh}" for code, words in GAP_REASONS.items()))),
                col("n_places", "int", "count", ("Key places", "重点部位"), ("Key places not seen, for this reason; the seven sum to the unit's row of gaps", "因此看不到的重点部位；七项之和等于盲区表")),
                col("road_m", "float", "m", ("Road length", "道路里程"), ("Metres of road not seen, for this reason", "因此看不到的道路长度")),
                col("n_incidents", "int", "count", ("Incidents", "事件数"), ("Incidents at points not seen, for this reason", "因此看不到的点上的事件"), people=True),
                col("residents", "float", "people", ("Residents", "居民数"), ("Residents without seen public ground nearby, for this reason", "因此周边无可见公共区域的居民"), people=True),
                col("gap_m2", "float", "m2", ("Unseen public ground", "看不到的公共区域"), ("Unseen public ground (pieces of 25 m2 and more), for this reason", "因此看不到的公共区域（25 平方米以上的片）")),
            ),
            sees="planner",
            row_of="reason",
            needs="cameras",
        ),
        Table(
            "hotspots",
            Words("Hotspots", "热点"),
            (
                *KEY_COLUMNS,
                _N_INCIDENTS,
                col("exposure", "float", "", ("Exposure", "暴露量"), ("Residents where the home has them, else area in km2", "有居民数时用居民数，否则用面积（平方公里）")),
                col("expected", "float", "count", ("Expected", "期望数"), ("Incidents expected from exposure alone", "仅按暴露量期望的事件数")),
                col("excess", "float", "", ("Excess", "超出"), ("2 (sqrt(count + 3/8) - sqrt(expected + 3/8))", "2 (√(件数 + 3/8) − √(期望 + 3/8))"), from_count="n_incidents"),
                col("n_neighbours", "int", "count", ("Neighbours", "邻居数"), ("Neighbouring units, itself not counted", "相邻单位数，不含自身")),
                col("z", "float", "", ("Gi* z", "Gi* z 值"), ("Getis-Ord Gi* of the excess, self included (Ord and Getis 1995)", "超出值的 Getis-Ord Gi*，含自身"), sees="analyst"),
                col("p", "float", "", ("p-value", "p 值"), ("Two-sided, of the sum of the excess over the unit and its neighbours: Pearson type III distribution with the mean, variance and skewness that this sum has where exposure alone decides (Poisson counts); the variance is as many times larger as the excess varies more over the map", "双侧；单位及其邻居的超出值之和的 p 值：按仅由暴露量决定（泊松计数）时该和的均值、方差与偏度取 Pearson III 型分布；全图超出值的变异更大时，方差按相应倍数放大"), sees="analyst"),
                col("q", "float", "", ("q-value", "q 值"), ("Of p: Benjamini-Hochberg over all units of the level that have neighbours", "p 值经同层全部有邻居单位的 Benjamini-Hochberg 校正"), sees="analyst"),
                col("hotspot", "text", "", ("Class", "类别"), ("Of Gi* by q: hot99, hot95, hot90, none, cold90, cold95, cold99 after FDR; island where there are no neighbours; empty: no result", "按 q 值的 Gi* 类别（FDR 后）；无邻居为 island；空：无结果")),
                col("moran", "float", "", ("Local Moran's I", "局部莫兰指数"), ("z_i x mean of the neighbours' z / mean of z squared, z the excess less its mean (Anselin 1995)", "z_i × 邻居 z 的均值 / z² 的均值，z 为超出值减其均值（Anselin 1995）"), sees="analyst"),
                col("p_perm", "float", "", ("p-value, permutation", "p 值（置换）"), ("Two-sided, conditional permutation of the excess (Anselin 1995), the same for Gi* and local Moran's I: min(1, 2 (1 + min(n_ge, n_le)) / (R + 1)), R = 99,999, seed in the rules; empty where a unit has no neighbours or all others for neighbours", "双侧，超出值的条件置换（Anselin 1995），Gi* 与局部莫兰指数相同：min(1, 2 (1 + min(n_ge, n_le)) / (R + 1))，R = 99,999，种子见规则；无邻居或其余单位全为邻居时为空"), sees="analyst"),
                col("q_perm", "float", "", ("q-value, permutation", "q 值（置换）"), ("Of p_perm: Benjamini-Hochberg over all units of the level that have one", "p_perm 经同层全部单位的 Benjamini-Hochberg 校正"), sees="analyst"),
                col("moran_class", "text", "", ("Moran class", "莫兰类别"), ("HH, LL (high among high, low among low), HL, LH (outliers: high among low, low among high) where q_perm <= 0.05, else none; island where there are no neighbours; empty: no result", "q_perm ≤ 0.05 时：HH、LL（高-高、低-低聚集），HL、LH（离群：高在低中、低在高中），否则 none；无邻居为 island；空：无结果")),
            ),
            geometry="polygon",
            row_of="unit",
            needs="incidents",
        ),
        Table(
            "emerging",
            Words("Emerging hot spots", "新兴热点"),
            (
                *KEY_COLUMNS,
                col("label", "text", "", ("Label", "类别"), ("By whole months, the first that holds: new (hot in the last month only), consecutive (an unbroken run at the end), intensifying, diminishing, persistent (hot in 90 % of months and the last; trend of z up, down, none), oscillating (hot in the last, cold before), sporadic (hot in the last, on and off), historical (hot in 90 %, not in the last), each with _hot or _cold behind it; none; empty: no result", "按完整月份，取第一个成立的：new 新增（仅最近一月为热点）、consecutive 连续（末段连续）、intensifying 加强、diminishing 逐渐减少、persistent 持续（九成以上月份且含最近一月为热点；z 呈上升、下降、无趋势）、oscillating 振荡（最近一月为热点，此前曾为冷点）、sporadic 分散（最近一月为热点，断续出现）、historical 历史（九成以上月份为热点，但最近一月不是），后缀 _hot 热、_cold 冷；none 无模式；空：无结果")),
                col("n_hot", "int", "count", ("Hot months", "热点月数"), ("Months in which the unit with its neighbours, in this and the previous month, had significantly more incidents than expected from exposure (z of Gi* on the space-time cube above 0, Benjamini-Hochberg q <= 0.05 over all units and months)", "本单位及其邻居在当月与上月的事件显著多于按暴露量期望的月数（时空立方体 Gi* 的 z 大于 0，全部单位与月份的 Benjamini-Hochberg q ≤ 0.05）")),
                col("n_cold", "int", "count", ("Cold months", "冷点月数"), ("Months with significantly fewer", "显著偏少的月数")),
                col("n_steps", "int", "count", ("Months", "月数"), ("Whole months of records: those of which nine tenths of the days are covered", "有记录的完整月份数：至少覆盖九成天数的月份")),
                col("first_hot", "text", "", ("First hot month", "首个热点月"), ("First month in which it was hot", "首次为热点的月份")),
                col("last_hot", "text", "", ("Last hot month", "最近热点月"), ("Last month in which it was hot", "最近一次为热点的月份")),
                col("mk_z", "float", "", ("Trend z", "趋势 z 值"), ("Mann-Kendall z of the unit's z by months, ties corrected, with continuity correction", "各月 z 值的 Mann-Kendall z，经结校正与连续性校正"), sees="analyst"),
                col("mk_p", "float", "", ("Trend p", "趋势 p 值"), ("Two-sided p of the trend; up to 0.05 it is one", "趋势的双侧 p 值，不大于 0.05 即为有趋势"), sees="analyst"),
                col("stability_share", "float", "share", ("Stability", "稳定性"), ("Share of 99 re-runs with the same label, in each of which every incident stays with probability 0.95", "99 次重算中类别相同的比例，每次重算每起事件以 0.95 的概率保留")),
                col("because_en", "text", "", ("Because", "判断依据（英文）"), ("The label in a sentence made from the numbers", "由数字生成的英文说明")),
                col("because_zh", "text", "", ("Because, in Chinese", "判断依据"), ("The same sentence in Chinese", "由数字生成的说明")),
                col("warning", "text", "", ("Warning", "提示"), ("few_steps: fewer than 10 months; or why there is no result: no_steps, no_incidents, no_exposure, one_unit, no_neighbours, no_variation, whole_cube (its neighbourhood is all there is)", "few_steps：不足 10 个月；或无结果的原因：no_steps 无完整月份、no_incidents 无事件、no_exposure 无暴露量、one_unit 仅一个单位、no_neighbours 无邻居、no_variation 数值无差异、whole_cube 邻域即为全部")),
            ),
            geometry="polygon",
            row_of="unit",
            needs="incidents",
        ),
        Table(
            "scores",
            Words("Scores of the hotspot map", "热点图评分"),
            (
                *KEY_COLUMNS,
                col("method", "text", "", ("Method", "方法"), ("Whose map of the months before is scored, by what it flags: gi_star (units hot by Gi*, of up to 12 months), moran (units high among high by local Moran's I, of as many), emerging (units hot at the last step of the space-time cube of all months before), density (the area that the density map colours, of up to 12 months, on cells of its raster; the same at every level)", "对此前各月的哪一种地图评分，以其标记的区域为准：gi_star（至多 12 个月的 Gi* 热点单位）、moran（同样月份的局部莫兰指数高-高单位）、emerging（此前全部月份的时空立方体中最后一步为热点的单位）、density（至多 12 个月的密度图着色的区域，按其栅格单元计；各层级相同）")),
                col("period", "text", "", ("Month", "月份"), ("The month that is scored; all: the mean of the last 6 that have a score", "被评分的月份；all：最近 6 个月中有评分者的平均")),
                col("n_origins", "int", "count", ("Months scored", "评分月数"), ("Months with a score: where something was flagged and an incident came", "有评分的月数：有标记区域且其后有事件")),
                col("n_flagged", "float", "count", ("Units flagged", "标记单位数"), ("Units flagged; of density none, as it flags area", "标记的单位数；密度图按区域标记，故为空")),
                col("area_share", "float", "share", ("Area flagged", "标记面积"), ("Area flagged / area; the two baselines flag as much", "标记面积 / 总面积；两种基准标记同样面积")),
                col("n_later", "int", "count", ("Later incidents", "其后事件数"), ("Incidents of the months scored; of density those with a place", "评分月份的事件数；密度图只计有位置的"), sees="analyst"),
                col("n_hit", "float", "count", ("Hits", "命中数"), ("Of these, those in what was flagged; in a unit flagged in part, that part", "其中落在标记区域内的；部分标记的单位按比例计"), sees="analyst"),
                *_hits_beside(),
                *(column for beside in _SCORED_BESIDE for column in _score_columns(beside)),
                col("beats_counts", "bool", "", ("Beats plain counts", "优于按件数排"), ("Whether its PAI is above that of plain counts", "PAI 是否高于按件数排")),
                col("verdict_en", "text", "", ("In words", "评语（英文）"), ("The comparison in a sentence", "英文评语")),
                col("verdict_zh", "text", "", ("In words, in Chinese", "评语"), ("The same in Chinese", "评语")),
            ),
            row_of="method",
            needs="incidents",
        ),
        Table(
            "rates",
            Words("Rates", "办理"),
            (
                *KEY_COLUMNS,
                col("n_received", "int", "count", ("Received", "接报"), ("Incidents reported", "上报的事件"), people=True),
                col("n_filed", "int", "count", ("Filed", "立案"), ("Of the received, those filed", "其中立案的"), people=True),
                col("n_due", "int", "count", ("Due", "应办结"), ("Incidents due not after the data's date", "在数据日期前应办结的"), people=True),
                col("n_closed", "int", "count", ("Closed", "办结"), ("Of the due, closed by the data's date", "其中已办结的"), people=True),
                *_with_interval("close_share", "float", "share", ("Close rate", "办结率"), ("Closed / due, Wilson 95 %", "办结 / 应办结，Wilson 95%"), "n_due"),
                col("n_on_time", "int", "count", ("On time", "按期"), ("Of the due, closed not after the due time", "其中按期办结的"), people=True),
                *_with_interval("on_time_share", "float", "share", ("On-time rate", "按期办结率"), ("Closed in time / due, Wilson 95 %", "按期办结 / 应办结，Wilson 95%"), "n_due"),
                col("n_accepted", "int", "count", ("Accepted", "受理"), ("Incidents accepted", "受理的事件"), people=True),
                col("n_mediated", "int", "count", ("Mediated", "调解成功"), ("Of the accepted, closed by agreement", "其中调解成功的"), people=True),
                *_with_interval("mediation_share", "float", "share", ("Mediation success", "调解成功率"), ("Mediated / accepted, Wilson 95 %", "调解成功 / 受理，Wilson 95%"), "n_accepted"),
                col("n_solved", "int", "count", ("Solved", "化解"), ("Of the accepted, mediated or resolved otherwise", "其中调解成功或以其他方式解决的"), people=True),
                *_with_interval("solve_share", "float", "share", ("Solve rate", "化解率"), ("Solved / accepted, Wilson 95 %; closed cases may be unsolved (rejected, escalated)", "化解 / 受理，Wilson 95%；办结不等于化解（可能被驳回或升级）"), "n_accepted"),
            ),
            row_of="unit",
            needs="incidents",
        ),
        Table(
            "refusals",
            Words("Refused rows", "未导入的行"),
            (
                *KEY_COLUMNS,
                col("table", "text", "", ("Table", "表"), ("Table the row was meant for", "该行所属的表"), sees="editor"),
                col("source", "text", "", ("Source", "来源"), ("Name of the source in the mapping", "映射中的来源名"), sees="editor"),
                col("file", "text", "", ("File", "文件"), ("File name", "文件名"), sees="editor"),
                col("line", "int", "", ("Line", "行号"), ("Line in the file (header is line 1), or feature number from 1", "文件中的行号（表头为第 1 行）或要素序号"), sees="editor"),
                col("reason", "text", "", ("Reason", "原因"), ("Short name of the reason", "原因代码"), sees="editor"),
                col("explained", "text", "", ("In words", "说明"), ("The reason in words", "原因说明"), sees="editor"),
                col("fields", "text", "", ("Fields", "字段"), ("Original text of the mapped fields, as JSON", "映射字段的原文（JSON）"), sees="editor"),
            ),
            sees="editor",
        ),
        Table(
            "ledger",
            Words("Ledger", "账目"),
            (
                *KEY_COLUMNS,
                col("layer", "text", "", ("Layer", "图层"), ("Table that was joined", "参与归属的表")),
                col("rows_read", "int", "count", ("Rows read", "读入行数"), ("Rows in the sources", "来源中的行数")),
                col("assigned", "int", "count", ("Assigned", "已归入"), ("Rows assigned to exactly one unit", "恰归入一个单位的行数")),
                col("outside", "int", "count", ("Outside", "界外"), ("Rows outside every unit", "不在任何单位内的行数")),
                col("refused", "int", "count", ("Refused", "未导入"), ("Rows refused, each with a reason", "未导入的行数，各有原因")),
                col("balanced", "bool", "", ("Balanced", "平衡"), ("Read = assigned + outside + refused, and parents equal the sum of their children", "读入 = 归入 + 界外 + 未导入，且上级等于下级之和")),
            ),
        ),
    )
}
