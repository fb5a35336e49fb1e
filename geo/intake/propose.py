"""A first mapping for a file that nobody has described: which table it fills, which column is which, and why.

Nothing here is done silently: each choice carries a confidence and a reason in words; a swap of axes is only said, and
a shifted datum is proposed only where the file names it or known cameras and places show it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.errors import Words
from geo.intake.codes import compass_deg, is_gb28181_camera, is_ruined_id
from geo.intake.mapping import RESERVED
from geo.intake.readers.peek import Peek
from geo.intake.values import to_float
from geo.intake.vocabulary import COLUMNS, DATUMS, PERSONAL, TABLES, VALUES, X_NAMES, Y_NAMES
from geo.schema import KINDS, SOURCES, Column

Texts = tuple[str | None, ...]

#: Below this a match is not proposed.
LEAST = 0.5
#: Targets that cells alone can make likely, whatever their column is called.
_TOLD_BY_CELLS = ("source_id", "azimuth_deg")
#: Tables in which a plain file of points may be proposed; shaped ones need shapes.
_BY_SHAPE = {
    "Point": ("cameras", "incidents", "places", "service_points", "residents"),
    "LineString": ("roads",),
    "Polygon": ("buildings", "places", "restricted_areas"),
}
_TIME = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[T\s]+\d{1,2}[:时]\d{2}.*)?|\d{1,2}/\d{1,2}/\d{4}.*|\d{14}")
_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}/\d{1,2}/\d{4}")
_CLOCK = re.compile(r"\d{1,2}[:时]\d{2}([:分]\d{2}秒?|分)?")


@dataclass(frozen=True)
class Reason:
    """Why source column `column` is proposed for a target; `confidence` is 0..1."""

    column: str
    confidence: float
    words: Words


@dataclass(frozen=True)
class Proposal:
    """One `[[table]]` of a mapping, as far as the file tells.

    `table` holds the mapping's keys (table, source, file, x, y, crs, columns, constants, values, ...); `reasons` are by
    target column, x and y among them, "reported_at:time" for a time of day in a column of its own; `tables` the tables
    it may be, the likeliest first; `personal` the columns about persons, which are never stored; `faults` what a person
    should look at.
    """

    table: dict[str, Any]
    reasons: dict[str, Reason]
    tables: tuple[str, ...]
    personal: tuple[str, ...]
    faults: tuple[Words, ...] = ()


def propose(seen: Peek, file: str, *, table: str = "") -> Proposal:
    """The mapping that `seen`, the first look at `file`, suggests; for `table` where the user has said which it is.

    >>> cells = {"国标编码": "34020000001320000101", "经度": "109.7", "纬度": "28.3", "朝向": "东北"}
    >>> columns = tuple((name, (cell,)) for name, cell in cells.items())
    >>> found = propose(Peek("csv", "gb18030", ",", 1, (), columns, 1), "天网点位.csv")
    >>> found.table["table"], found.table["x"], found.table["columns"]
    ('cameras', '经度', {'source_id': '国标编码', 'azimuth_deg': '朝向'})
    >>> found.reasons["azimuth_deg"].words.zh
    '列名“朝向”即方位角；值为方向词'
    """
    cells = {name: tuple(cell.strip() for cell in texts if cell and cell.strip()) for name, texts in seen.columns}
    plain_names, of_persons = {name: plain(name) for name in cells}, [plain(word) for word in PERSONAL]
    personal = tuple(name for name, own in plain_names.items() if any(word in own for word in of_persons))
    open_names = {name: own for name, own in plain_names.items() if name not in personal}
    axes = {} if seen.geometry is not None else _find_axes(open_names)
    for reason in axes.values():
        del open_names[reason.column]
    possible = _possible(seen)
    found = {name: _match(name, open_names, cells) for name in possible}
    ranked = tuple(sorted(possible, key=lambda name: -_weight(name, found[name], file)))
    chosen = table if table in SOURCES else ranked[0]
    reasons = found[chosen] if chosen in found else _match(chosen, open_names, cells)
    columns: dict[str, Any] = {target: reason.column for target, reason in reasons.items()}
    made: dict[str, Any] = {"table": chosen, "source": source_name(file, chosen), "file": file}
    made |= {axis: reason.column for axis, reason in axes.items()}
    made |= {"columns": columns, "constants": {}, "values": _values(chosen, columns, cells)}
    if seen.encoding:
        made["encoding"] = seen.encoding
    if seen.header_line and seen.header_line > 1:
        made["header_line"] = seen.header_line
    if columns.get("azimuth_deg") and plain(columns["azimuth_deg"]) in ("directiontype", "监控方位类型"):
        made["directions"] = "gb28181"
    faults = tuple(_id_faults(columns.get("source_id"), cells))
    clocks = _find_clocks(chosen, columns, [name for name in open_names if name not in columns.values()], cells)
    for target, reason in clocks.items():
        columns[target] = {"date": columns[target], "time": reason.column}
    told = {f"{target}:time": reason for target, reason in clocks.items()}
    return Proposal(made, axes | reasons | told, ranked, personal, faults)


def stated_datum(seen: Peek, file: str, axes: Sequence[str] = ()) -> tuple[str, Words] | None:
    """The datum that a name states, with the reason: one of `axes`, else any column's, else the file's; None if none.

    >>> stated_datum(Peek("csv", "", ",", 1, (), (("经度_gcj02", ()),), 0), "a.csv")[0]
    'gcj02'
    """
    for name in (*axes, *(name for name, _ in seen.columns), file):
        for datum, words in DATUMS.items():
            if any(word in name.lower() for word in words):
                return datum, Words(f"{name!r} names it", f"“{name}”中写明")
    return None


def source_name(file: str, table: str) -> str:
    """A source's name out of `file`: its Latin part, else the table's name and a mark of the file's own.

    >>> source_name("City Cameras (2026).csv", "cameras"), source_name("天网点位.csv", "cameras")
    ('city-cameras-2026', 'cameras-7ad17c')
    """
    stem = file.rpartition(".")[0]
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:48]
    if len(re.sub(r"[^a-z]", "", slug)) >= 3 and slug not in RESERVED:
        return slug
    return f"{table.replace('_', '-')}-{hashlib.sha256(stem.encode()).hexdigest()[:6]}"


def plain(name: str) -> str:
    """`name` without case, blanks, brackets with what is in them, and punctuation.

    >>> plain("方位角（度）"), plain("Camera_ID "), plain("经度\\u3000(WGS84)")
    ('方位角', 'cameraid', '经度')
    """
    text = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\W_]+", "", re.sub(r"[(\[【].*?[)\]】]", "", text)) or re.sub(r"[\W_]+", "", text)


def _possible(seen: Peek) -> tuple[str, ...]:
    if seen.geometry is None:
        return _BY_SHAPE["Point"]
    kinds = {shape.geom_type.removeprefix("Multi") for shape in seen.geometry if shape is not None}
    return next((tables for kind, tables in _BY_SHAPE.items() if kind in kinds), _BY_SHAPE["Point"])


def _weight(table: str, reasons: Mapping[str, Reason], file: str) -> float:
    """How much speaks for `table`: its columns found (its own more than those of every table), and the file's name."""
    shared = ("source_id", "name", "kind", "unit_code")
    columns = sum(reason.confidence * (0.2 if target in shared else 1.0) for target, reason in reasons.items())
    own = sum(0.8 for target in ("source_id", "name") if target in reasons and reasons[target].confidence >= 1)
    return columns + own + 3.0 * any(word in file.lower() for word in TABLES.get(table, ()))


def _find_axes(names: Mapping[str, str]) -> dict[str, Reason]:
    """The columns of x and y among `names`, which has the plain name of each."""
    found: dict[str, Reason] = {}
    for axis, known, en, zh in (("x", X_NAMES, "longitude", "经度"), ("y", Y_NAMES, "latitude", "纬度")):
        words = {plain(word) for word in known}
        scores = {name: _likeness(own, words) for name, own in names.items()}
        best = max(scores, key=scores.__getitem__, default="")
        score = scores[best] if best else 0.0
        if score >= LEAST:
            found[axis] = Reason(best, score, Words(f"{best!r} is a name for the {en}", f"列名“{best}”即{zh}"))
    return found if len(found) == 2 and found["x"].column != found["y"].column else {}


def _match(table: str, names: Mapping[str, str], cells: Mapping[str, tuple[str, ...]]) -> dict[str, Reason]:
    """The best column for each target of `table`: the surest pairs first, each column and each target once.

    `names` has the plain name of each column.
    """
    targets = [column for column in SOURCES[table].columns if column.name not in ("lon", "lat")]
    pairs = []
    for place, column in enumerate(targets):
        own = {plain(word) for word in (column.title.zh, column.title.en, column.name)}
        own |= {plain(word) for word in COLUMNS.get(f"{table}.{column.name}", ())}
        wide = {plain(word) for word in COLUMNS.get(column.name, ())}
        for name, plain_name in names.items():
            score = max(_likeness(plain_name, own), 0.9 * _likeness(plain_name, wide))
            if not score and column.name not in _TOLD_BY_CELLS:
                continue
            reason = _reason(table, column, name, score, cells[name])
            if reason.confidence >= LEAST:
                pairs.append((reason, place, column.name))
    found: dict[str, Reason] = {}
    used: set[str] = set()
    for reason, _, target in sorted(pairs, key=lambda pair: (-pair[0].confidence, pair[1])):
        if target not in found and reason.column not in used:
            found[target] = reason
            used.add(reason.column)
    return {column.name: found[column.name] for column in targets if column.name in found}


def _find_clocks(
    table: str, columns: Mapping[str, str], free: Sequence[str], cells: Mapping[str, tuple[str, ...]]
) -> dict[str, Reason]:
    """The first free column with times of day, for the first time whose own column holds only days."""
    clock = next((name for name in free if cells[name] and all(_CLOCK.fullmatch(cell) for cell in cells[name])), None)
    times = [column.name for column in SOURCES[table].columns if column.dtype == "time" and column.name in columns]
    for target in times:
        days = cells[columns[target]]
        if clock is not None and days and all(_DAY.fullmatch(cell) for cell in days):
            words = Words(f"{clock!r} holds times of day", f"“{clock}”的值为时刻")
            return {target: Reason(clock, 0.9, words)}
    return {}


def _reason(table: str, column: Column, name: str, score: float, cells: tuple[str, ...]) -> Reason:
    """Column `name`, whose name is like `column`'s by `score`, judged by its cells, too."""
    en, zh = f"{name!r} is a name for it" if score else "", f"列名“{name}”即{column.title.zh}" if score else ""
    fit, fit_en, fit_zh = _fit(table, column, cells)
    if fit <= -1:
        return Reason(name, 0.0, Words("", ""))
    score = min(1.0, score + fit) if score else max(0.0, fit)
    said = [part for part in (en, fit_en) if part], [part for part in (zh, fit_zh) if part]
    return Reason(name, round(score, 2), Words("; ".join(said[0]), "；".join(said[1])))


def _likeness(name: str, words: set[str]) -> float:
    """1 where `name` is one of `words`, less where it holds or begins one of at least two characters."""
    if name in words:
        return 1.0
    held = [len(word) / len(name) for word in words if len(word) >= 2 and word in name and not word.isascii()]
    held += [len(word) / len(name) for word in words if len(word) >= 4 and word.isascii() and word in name]
    return 0.3 + 0.6 * max(held) if held else 0.0


def _fit(table: str, column: Column, cells: tuple[str, ...]) -> tuple[float, str, str]:
    """What the cells say of a match: what they add to it (-1: they cannot be this), in words."""
    if not cells:
        return 0.0, "", ""
    array = np.array(cells, dtype=object)
    if column.name == "source_id":
        if table == "cameras" and is_gb28181_camera(array).mean() > 0.5:
            return 0.9, "its values are GB/T 28181 ids", "值为国标（GB/T 28181）编码"
        return (0.0, "", "") if len(set(cells)) >= 0.9 * len(cells) else (-0.2, "", "")
    if column.name == "azimuth_deg":
        if np.mean([compass_deg(cell) is not None for cell in cells]) > 0.5:
            return 0.6, "its values are compass words", "值为方向词"
    elif column.dtype in ("time", "date"):
        share = np.mean([bool(_TIME.fullmatch(cell)) for cell in cells])
        if share < 0.5:
            return (-1.0, "", "") if not any(char.isdigit() for char in "".join(cells)) else (-0.2, "", "")
        return 0.1, "its values are times", "值为时间"
    elif f"{table}.{column.name}" in VALUES:
        known = _known_values(f"{table}.{column.name}")
        if np.mean([plain(cell) in known for cell in cells]) > 0.5:
            return 0.35, "its values are known", "值为已知取值"
        return 0.0, "", ""
    if column.dtype in ("float", "int"):
        _, bad = to_float(array)
        return (-1.0, "", "") if bad.mean() > 0.5 and column.name != "azimuth_deg" else (0.0, "", "")
    return 0.0, "", ""


def _known_values(key: str) -> dict[str, str]:
    known = {plain(word): value for value, words in VALUES[key].items() for word in words if word != "*"}
    return known | {plain(value): value for value in KINDS.get(key, ())}


def _values(table: str, columns: Mapping[str, str], cells: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """What the texts of a column with fixed values mean, by target; texts that are such values need no entry."""
    made = {}
    for target, name in columns.items():
        key = f"{table}.{target}"
        if key in VALUES:
            known = _known_values(key)
            texts = {cell: known[plain(cell)] for cell in dict.fromkeys(cells[name]) if plain(cell) in known}
            texts = {text: value for text, value in texts.items() if text != value}
            if "*" in VALUES[key].get("other", ()):
                texts["*"] = "other"
            if texts:
                made[target] = texts
    return made


def _id_faults(name: str | None, cells: Mapping[str, tuple[str, ...]]) -> list[Words]:
    ids = np.array(cells[name], dtype=object) if name else np.zeros(0, dtype=object)
    ruined = [text for text, is_ruined in zip(ids, is_ruined_id(ids), strict=True) if is_ruined]
    if not ruined:
        return []
    return [
        Words(
            f"{name!r} holds numbers such as {ruined[0]}: a spreadsheet has ruined the ids; export the column as text",
            f"“{name}”含 {ruined[0]} 之类的数值：编号已被电子表格损坏，请将该列按文本重新导出",
        )
    ]
