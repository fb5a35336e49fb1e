"""Mapping files: which file fills which table, column by column, in TOML. All faults are gathered and said at once."""

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from geo.crs import parse_crs
from geo.errors import BadInput, BadMapping, Words
from geo.schema import SOURCES, HomeInfo, Level
from geo.schema.home import TOTAL

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5", "cp1252", "latin-1")
_UNSAFE_NAME = re.compile(r"[\x00-\x1f:!*?\"<>|\\]|^[/~]|(^|/)\.\.(/|$)|^vsi", re.IGNORECASE)
#: Names of sources that are not a mapping's to give: the levels', and the register's.
RESERVED = ("units", "register")

Datum = Literal["wgs84", "gcj02", "bd09"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TimeColumns(_Strict):
    """A time from one column, or from a date and a time column, in an optional strptime format."""

    column: str = ""
    date: str = ""
    time: str = ""
    format: str = ""

    def sources(self) -> tuple[str, ...]:
        """The source columns it reads."""
        return tuple(name for name in (self.column, self.date, self.time) if name)


class LevelSource(_Strict):
    """One level of units and the file it comes from."""

    name: str
    title_zh: str
    title_en: str
    file: str
    code_column: str
    name_column: str
    name_en_column: str = ""
    parent: str | None = None
    parent_column: str = ""
    crs: str = ""
    datum: Datum = "wgs84"
    layer: str = ""
    encoding: str = ""
    header_line: int = Field(default=0, ge=0, le=1000)
    repair: bool = False


class TableSource(_Strict):
    """One source of one table."""

    table: str
    source: str
    file: str
    layer: str = ""
    encoding: str = ""
    header_line: int = Field(default=0, ge=0, le=1000)
    crs: str = ""
    datum: Datum = "wgs84"
    timezone: str = ""
    duplicates: Literal["reject", "newest"] = "reject"
    directions: Literal["degrees", "gb28181"] = "degrees"
    repair: bool = False
    x: str = ""
    y: str = ""
    columns: dict[str, str | TimeColumns] = Field(default_factory=dict)
    constants: dict[str, str | int | float | bool] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)

    def wanted(self) -> tuple[str, ...]:
        """Every source column that is read, each once; no other column leaves the file."""
        names = [self.x, self.y]
        for column in self.columns.values():
            names.extend(column.sources() if isinstance(column, TimeColumns) else (column,))
        return tuple(dict.fromkeys(name for name in names if name))


class Mapping(_Strict):
    """A whole mapping file. One without levels brings sources to the units that a home has already."""

    title_zh: str = ""
    title_en: str = ""
    timezone: str = ""
    attribution_zh: str = ""
    attribution_en: str = ""
    map_review_number: str = ""
    demo: bool = False
    accept_overlaps: bool = False
    extent: tuple[float, float, float, float] | None = None
    levels: tuple[LevelSource, ...] = ()
    table: tuple[TableSource, ...] = ()
    _name: str = PrivateAttr(default="mapping")

    @property
    def name(self) -> str:
        """A slug of the file's stem."""
        return self._name

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the content, whatever its layout or the order of its keys."""
        text = json.dumps(self.model_dump(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def files(self) -> tuple[str, ...]:
        """Names of all files, each once, those of levels first."""
        return tuple(dict.fromkeys([*(level.file for level in self.levels), *(table.file for table in self.table)]))

    def home_levels(self) -> tuple[Level, ...]:
        """The levels as the mapping lists them, finest first, without the total."""
        return tuple(Level(level.name, level.title_zh, level.title_en, level.parent) for level in self.levels)


def read_mapping(path: Path) -> Mapping:
    """The mapping in the TOML file `path`; `BadMapping` with every fault where it cannot be followed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "My City.toml"
    ...     _ = file.write_text('title_zh = "城"')
    ...     read_mapping(file)
    Traceback (most recent call last):
    ...
    geo.errors.BadMapping: My City.toml: title_en is missing; My City.toml: there is neither [[levels]] nor [[table]]
    """
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadMapping(Words(f"{path.name} cannot be read: {error.strerror}", f"无法读取 {path.name}")) from error
    except ValueError as error:
        raise BadMapping(
            Words(f"{path.name} is not a TOML file: {error}", f"{path.name} 不是 TOML 文件：{error}")
        ) from error
    name = re.sub(r"[^a-z0-9_-]+", "-", path.stem.lower()).strip("-_") or "mapping"
    return parse_mapping(raw, path.name, name=name)


def parse_mapping(raw: dict[str, Any], file: str, *, name: str = "mapping") -> Mapping:
    """The mapping that `raw` holds, as TOML or JSON gives it; `BadMapping` says every fault of `file`.

    >>> table = {"table": "cameras", "source": "police", "file": "c.csv", "columns": {"source_id": "id"}}
    >>> parse_mapping({"table": [table]}, "c.toml", name="mappings/police").levels
    ()
    """
    try:
        mapping = Mapping.model_validate(raw)
    except ValidationError as error:
        raise BadMapping(*(_in_words(file, dict(fault)) for fault in error.errors())) from None
    faults = [Words(f"{file}: {fault.en}", f"{file}：{fault.zh}") for fault in _iter_faults(mapping)]
    if faults:
        raise BadMapping(*faults)
    mapping._name = name
    return mapping


def home_info(mapping: Mapping, boundary_crs: str, *, total: bool = False) -> HomeInfo:
    """The home's description; with `total` the level `all` is appended as the parent of the first chain's top."""
    home = HomeInfo(
        mapping.title_zh,
        mapping.title_en,
        mapping.timezone or next((table.timezone for table in mapping.table if table.timezone), "UTC"),
        boundary_crs,
        mapping.home_levels(),
        mapping.attribution_zh,
        mapping.attribution_en,
        mapping.map_review_number,
        mapping.demo,
    )
    if not total:
        return home
    top = home.chains()[0][-1]
    levels = tuple(
        Level(level.name, level.title_zh, level.title_en, TOTAL if level.name == top else level.parent)
        for level in home.levels
    )
    return HomeInfo(**{**vars(home), "levels": (*levels, Level(TOTAL, "全部", "All"))})


def _in_words(file: str, fault: dict[str, Any]) -> Words:
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in fault["loc"])
    kind = fault["type"]
    if kind == "missing":
        return Words(f"{file}: {where} is missing", f"{file}：缺少 {where}")
    if kind == "extra_forbidden":
        return Words(f"{file}: {where} is not a known key", f"{file}：未知的键 {where}")
    return Words(f"{file}: {where}: {fault['msg']}", f"{file}：{where} 的值无效：{str(fault['input'])[:80]}")


def _iter_faults(mapping: Mapping) -> Iterator[Words]:
    if mapping.levels or not mapping.table:
        for name in ("title_zh", "title_en"):
            if not getattr(mapping, name):
                yield Words(f"{name} is missing", f"缺少 {name}")
    if not mapping.levels and not mapping.table:
        yield Words("there is neither [[levels]] nor [[table]]", "既没有 [[levels]] 也没有 [[table]]")
    yield from _timezone_faults("", mapping.timezone)
    box = mapping.extent
    if box is not None and not (-180 <= box[0] < box[2] <= 180 and -90 <= box[1] < box[3] <= 90):
        yield Words(
            "extent must be [minx, miny, maxx, maxy] in degrees", "extent 须为 [minx, miny, maxx, maxy]，单位为度"
        )
    names = [level.name for level in mapping.levels]
    for position, level in enumerate(mapping.levels):
        yield from _level_faults(level, names[position + 1 :])
    for name, n in Counter([*names, *(table.source for table in mapping.table)]).items():
        if n > 1:
            yield Words(f"the name {name!r} is used {n} times", f"名称 {name!r} 用了 {n} 次")
    for table in mapping.table:
        yield from _table_faults(table, mapping.timezone, has_home=not mapping.levels)


def _level_faults(level: LevelSource, coarser: list[str]) -> Iterator[Words]:
    where = f"level {level.name!r}"
    if not SLUG.fullmatch(level.name) or level.name == TOTAL:
        yield Words(
            f"{where}: a name is lower-case letters, digits, - and _, and not 'all'",
            f"层级 {level.name!r}：名称只用小写字母、数字、- 和 _，且不能是 all",
        )
    if level.parent is not None and level.parent not in coarser:
        yield Words(
            f"{where}: its parent {level.parent!r} is no level listed after it",
            f"层级 {level.name!r}：上级 {level.parent!r} 未列在其后",
        )
    if level.parent_column and level.parent is None:
        yield Words(f"{where}: parent_column without parent", f"层级 {level.name!r}：有 parent_column 而无 parent")
    yield from _file_faults(where, level.file, level.crs, level.encoding)


def _file_faults(where: str, file: str, crs: str, encoding: str) -> Iterator[Words]:
    if not file or _UNSAFE_NAME.search(file):
        yield Words(
            f"{where}: {file!r} must be the plain name of a file inside the data folder",
            f"{where}：{file!r} 须为数据文件夹内的文件名",
        )
    if encoding and encoding.lower() not in ENCODINGS:
        yield Words(
            f"{where}: encoding {encoding!r} is none of {', '.join(ENCODINGS)}", f"{where}：不支持的编码 {encoding!r}"
        )
    if crs:
        try:
            parse_crs(crs)
        except BadInput as error:
            yield from (Words(f"{where}: {fault.en}", f"{where}：{fault.zh}") for fault in error.faults)


def _timezone_faults(where: str, timezone: str) -> Iterator[Words]:
    if not timezone:
        return
    try:
        ZoneInfo(timezone)
    except (ValueError, OSError, KeyError):
        yield Words(
            f"{where}timezone {timezone!r} is no IANA time zone such as Asia/Shanghai",
            f"{where}timezone {timezone!r} 不是 IANA 时区（如 Asia/Shanghai）",
        )


def _table_faults(table: TableSource, home_timezone: str, *, has_home: bool) -> Iterator[Words]:
    where = f"table {table.source!r}"
    if not SLUG.fullmatch(table.source) or table.source in RESERVED:
        yield Words(
            f"{where}: a source is lower-case letters, digits, - and _, and not {', '.join(RESERVED)}",
            f"{where}：来源名只用小写字母、数字、- 和 _，且不能是 {', '.join(RESERVED)}",
        )
    yield from _file_faults(where, table.file, table.crs, table.encoding)
    yield from _timezone_faults(f"{where}: ", table.timezone)
    if bool(table.x) != bool(table.y):
        yield Words(f"{where}: x and y come together", f"{where}：x 与 y 须同时给出")
    if table.table not in SOURCES or table.table == "units":
        known = ", ".join(name for name in SOURCES if name != "units")
        yield Words(
            f"{where}: no table {table.table!r}; tables are {known}", f"{where}：没有表 {table.table!r}；可用：{known}"
        )
        return
    yield from _column_faults(where, table, knows_timezone=has_home or bool(table.timezone or home_timezone))


def _column_faults(where: str, table: TableSource, *, knows_timezone: bool) -> Iterator[Words]:
    schema = {column.name: column for column in SOURCES[table.table].columns}
    for name in sorted({*table.columns, *table.constants, *table.values}):
        if name not in schema:
            yield Words(
                f"{where}: {table.table} has no column {name!r}; columns are {', '.join(schema)}",
                f"{where}：表 {table.table} 没有列 {name!r}；可用：{', '.join(schema)}",
            )
        elif name in ("lon", "lat"):
            yield Words(
                f"{where}: coordinates are named by x and y, not in columns", f"{where}：坐标请用 x 与 y 指定，不列入列"
            )
    for name in sorted(set(table.columns) & set(table.constants)):
        yield Words(
            f"{where}: {name!r} is both a column and a constant", f"{where}：{name!r} 既是列又是常量，只能取其一"
        )
    for name, column in table.columns.items():
        is_time = name in schema and schema[name].dtype == "time"
        if isinstance(column, TimeColumns) and not (is_time and bool(column.column) != bool(column.date)):
            yield Words(
                f"{where}: {name} takes {{column = ...}} or {{date = ..., time = ...}}, and only for times",
                f"{where}：{name} 须写作 {{column = ...}} 或 {{date = ..., time = ...}}，且仅用于时间",
            )
        if column == "":
            yield Words(f"{where}: {name} names no source column", f"{where}：{name} 未指定来源列")
    mapped = {*table.columns, *table.constants}
    for name, declared in schema.items():
        if declared.required and name not in mapped and name != "source_id":
            yield Words(f"{where}: {name} must be mapped", f"{where}：必须映射 {name}")
    has_times = any(name in mapped for name, declared in schema.items() if declared.dtype == "time")
    if has_times and not knows_timezone:
        yield Words(
            f'{where}: has times, so add timezone = "Asia/Shanghai" (or its own) to it or to the top',
            f'{where}：含时间，请在该表或文件顶部加 timezone = "Asia/Shanghai"（或相应时区）',
        )
