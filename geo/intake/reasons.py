"""Why a row was refused: one short code per reason, with the sentence that editors read.

`{column}` and `{value}` stand for the mapped column and its original text.

>>> explain("bad_number", "height_m", "tall").en
"height_m is not a number: 'tall'"
"""

from geo.errors import Words

REASONS: dict[str, Words] = {
    "bad_row": Words("the row has {value} fields, not as many as the header", "该行有 {value} 个字段，与表头不符"),
    "missing_field": Words("{column} is empty but needed", "{column} 为空，但必须填写"),
    "missing_coordinate": Words("no coordinates", "没有坐标"),
    "not_located": Words("neither coordinates nor a unit code", "既无坐标也无单位编码"),
    "bad_number": Words("{column} is not a number: '{value}'", "{column} 不是数字：“{value}”"),
    "out_of_range": Words("{column} is out of its range: '{value}'", "{column} 超出取值范围：“{value}”"),
    "not_degrees": Words(
        "{value} are no degrees of longitude and latitude; are they metres?", "{value} 不是经纬度，是否为米？"
    ),
    "null_island": Words("coordinates are 0, 0", "坐标为 0, 0"),
    "outside_extent": Words("{value} lies far outside the home's extent", "{value} 远在本库范围之外"),
    "swapped_axes": Words("{value} would lie in the home with x and y swapped", "{value} 互换 x 与 y 后才在本库范围内"),
    "duplicate_id": Words("{column} '{value}' was there already", "{column} “{value}” 重复"),
    "ruined_id": Words(
        "{column} '{value}' is an id that a spreadsheet turned into a number; export it as text",
        "{column} “{value}” 是被电子表格改成数字的编号，请按文本导出",
    ),
    "bad_time": Words("{column} is not a time that can be read: '{value}'", "{column} 不是可读的时间：“{value}”"),
    "nonexistent_time": Words(
        "{column} '{value}' does not exist: clocks were put forward over it", "{column} “{value}” 在夏令时切换中不存在"
    ),
    "future_time": Words("{column} '{value}' lies in the future", "{column} “{value}” 在未来"),
    "unknown_value": Words(
        "{column} '{value}' is not one of the known values", "{column} “{value}” 不在允许的取值之内"
    ),
    "bad_direction": Words(
        "{column} '{value}' is neither degrees nor a compass word", "{column} “{value}” 既不是角度也不是方位词"
    ),
    "bad_masks": Words(
        "{column} '{value}' is no list of 1 to 4 masks such as 350-10@5-20;90-120",
        "{column} “{value}” 不是 1 至 4 个遮挡的列表（如 350-10@5-20;90-120）",
    ),
    "unknown_unit_code": Words("no unit has the code '{value}'", "没有编码为“{value}”的单位"),
    "missing_geometry": Words("the feature has no geometry", "要素没有几何"),
    "wrong_geometry": Words("a {value} is not what this table holds", "该表不接受 {value}"),
    "bad_geometry": Words("the geometry is broken: {value}", "几何有误：{value}"),
    "antimeridian": Words("the geometry spans more than 180 degrees; split it", "几何跨度超过 180 度，请先拆分"),
    "sliver": Words("the geometry is smaller than the limit: {value}", "几何小于下限：{value}"),
    "unknown_column": Words("{column} is no column of this table", "该表没有列 {column}"),
    "not_plain": Words("{column} is neither text, number, yes nor no", "{column} 不是文本、数字或是否值"),
    "too_long": Words("{column} is longer than the limit on one cell", "{column} 超过单元格长度上限"),
}


def explain(code: str, column: str = "", value: str = "") -> Words:
    """The sentence of reason `code` with its column and original text filled in (text cut at 200 characters)."""
    words = REASONS[code]
    en, zh = (text.replace("{column}", column).replace("{value}", value[:200]) for text in (words.en, words.zh))
    return Words(en, zh)


def summarise(code: str) -> Words:
    """The sentence of reason `code` for any row: no column named, no value quoted; an unknown code is its own words.

    >>> summarise("bad_number").en
    "a field is not a number: '…'"
    """
    if code not in REASONS:
        return Words(code, code)
    words = REASONS[code]
    en = words.en.replace("{column}", "a field").replace("{value}", "…")
    return Words(en, words.zh.replace("{column}", "某字段").replace("{value}", "…"))
