"""From mapped text to typed columns, as the schema declares them; every cell that cannot be read refuses its row."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.intake.codes import compass_deg, direction_type_deg, is_ruined_id
from geo.intake.mapping import TableSource, TimeColumns
from geo.intake.notes import Counted, Note
from geo.intake.quality import Refusals
from geo.intake.readers.source import Source, cell_text
from geo.intake.times import Times, join_date_time, to_days, to_utc
from geo.intake.values import HasCommas, clean_text, map_values, to_bool, to_float, to_masks
from geo.rules import Rules
from geo.schema import KINDS, SOURCES, Column

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

#: Closed ranges of numbers by column; angles of view start above 0.
RANGES: dict[str, tuple[float, float]] = {
    "height_m": (0.0, 2_000.0),
    "azimuth_doubt_deg": (0.0, 180.0),
    "hfov_deg": (0.001, 360.0),
    "sweep_deg": (0.001, 360.0),
    "tilt_deg": (-90.0, 90.0),
    "focal_mm": (0.01, 10_000.0),
    "focal_max_mm": (0.01, 10_000.0),
    "sensor_width_mm": (0.01, 1_000.0),
    "h_px": (1.0, 1_000_000.0),
    "v_px": (1.0, 1_000_000.0),
    "range_m": (0.0, 100_000.0),
    "retention_days": (0.0, 36_500.0),
    "levels": (0.0, 500.0),
    "residents": (0.0, 1e9),
    "staff": (0.0, 1e7),
}

#: Columns that are worked out together, or though no source column is named for them.
_MADE = frozenset({"source_id", "azimuth_deg", "azimuth_doubt_deg"})
#: Columns that are looked at though nothing is given for them.
_ASKED_FOR = frozenset({"unit_code", "status"})
#: Times that may lie in the future.
_FORWARD = frozenset({"due_at"})


def mapped_texts(table: TableSource, source: Source) -> dict[str, Texts]:
    """Original text by schema column (and "x", "y"): what a refused row keeps."""
    fields: dict[str, Texts] = {}
    for name, column in table.columns.items():
        if not isinstance(column, TimeColumns):
            fields[name] = source.columns[column]
        elif column.date and column.time:
            fields[name] = join_date_time(source.columns[column.date], source.columns[column.time])
        else:
            fields[name] = source.columns[column.column or column.date]
    if table.x:
        fields |= {"x": source.columns[table.x], "y": source.columns[table.y]}
    return fields


def typed_columns(
    table: TableSource,
    fields: dict[str, Texts],
    refusals: Refusals,
    rules: Rules,
    timezone: str,
    now: datetime,
    has_commas: HasCommas | None = None,
    *,
    whole: bool = True,
) -> tuple[dict[str, "pd.Series[Any]"], list[Note]]:
    """Every column of the table's schema but lon and lat, typed, missing ones empty; and what there is to note.

    Without `whole` columns that stand empty because nothing is given for them are left out.

    `has_commas` is asked about a column of numbers where that is needed (see `geo.intake.values.to_float`).
    """
    n = len(refusals.lines)
    series: dict[str, pd.Series[Any]] = {}
    notes: list[Note] = []
    for column in SOURCES[table.table].columns:
        if column.name in ("lon", "lat"):
            continue
        if not (column.required or column.name in _MADE or _is_given(table, column.name)):
            if whole or column.name in _ASKED_FOR:
                series[column.name] = _empty(column, n)
            continue
        texts = cells(table, fields, column.name, n)
        if column.name == "source_id":
            if column.name not in table.columns:
                texts[:] = [str(line) for line in refusals.lines]
            refusals.refuse(is_ruined_id(texts), "ruined_id", column.name)
        if column.required:
            refusals.refuse(np.array([text is None for text in texts], dtype=bool), "missing_field", column.name)
        if column.dtype == "time":
            times = to_utc(texts, table.timezone or timezone, _format(table, column.name))
            judge_times(column.name, times, refusals, rules, now)
            notes.extend(_time_notes(column.name, times))
            series[column.name] = pd.Series(times.utc)
        elif column.name == "azimuth_deg":
            azimuths, told = _azimuths(table, fields, texts, refusals, has_commas)
            series |= azimuths
            notes.extend(told)
        elif column.name not in series:
            series[column.name] = _typed(table.table, column, texts, refusals, has_commas)
    _fill_doubt(series)
    if table.table == "cameras":
        notes.extend(_fill_status(series))
    return series, notes


def cells(table: TableSource, fields: dict[str, Texts], name: str, n: int) -> Texts:
    """The texts of schema column `name` as they are read: mapped field or constant, replaced words, cleaned."""
    texts: Texts = np.full(n, None, dtype=object)
    if name in fields:
        texts = fields[name]
    elif name in table.constants:
        texts[:] = cell_text(table.constants[name])
    if name in table.values:
        texts = map_values(texts, table.values[name])
    return clean_text(texts)


def _is_given(table: TableSource, name: str) -> bool:
    return name in table.columns or name in table.constants or name in table.values


def _empty(column: Column, n: int) -> "pd.Series[Any]":
    if column.dtype == "time":
        return pd.Series(pd.NaT, index=range(n), dtype="datetime64[us, UTC]")
    if column.dtype in ("float", "int"):
        return pd.Series(np.full(n, np.nan)).astype("Int64" if column.dtype == "int" else "float64")
    return pd.Series(np.full(n, None, dtype=object), dtype="boolean" if column.dtype == "bool" else object)


def _typed(
    table: str, column: Column, texts: Texts, refusals: Refusals, has_commas: HasCommas | None
) -> "pd.Series[Any]":
    if column.dtype in ("float", "int"):
        values = _numbers(column, texts, refusals, has_commas)
        return pd.Series(values).astype("Int64") if column.dtype == "int" else pd.Series(values, dtype="float64")
    if column.dtype == "bool":
        answers, bad = to_bool(texts)
        refusals.refuse(bad, "unknown_value", column.name)
        return pd.Series(answers, dtype="boolean")
    if column.dtype == "date":
        days, bad = to_days(texts)
        refusals.refuse(bad, "bad_time", column.name)
        return pd.Series(days, dtype=object)
    if column.name == "masks":
        texts, bad = to_masks(texts)
        refusals.refuse(bad, "bad_masks", column.name)
    known = KINDS.get(f"{table}.{column.name}")
    if known is not None:
        words = {text: text.lower() for text in set(texts) - {None}}
        strange = {text for text, word in words.items() if word not in known}
        if strange:
            refusals.refuse(np.array([text in strange for text in texts], dtype=bool), "unknown_value", column.name)
        texts = np.array([words.get(text) for text in texts], dtype=object)
    return pd.Series(texts, dtype=object)


def _numbers(column: Column, texts: Texts, refusals: Refusals, has_commas: HasCommas | None) -> Floats:
    values, bad = to_float(texts, has_commas and partial(has_commas, column.name))
    if column.dtype == "int":
        bad |= np.isfinite(values) & (values != np.floor(values))
    refusals.refuse(bad, "bad_number", column.name)
    low, high = RANGES.get(column.name, (-np.inf, np.inf))
    outside = (values < low) | (values > high)
    refusals.refuse(outside, "out_of_range", column.name)
    values[bad | outside] = np.nan
    return values


def _azimuths(
    table: TableSource,
    fields: dict[str, Texts],
    texts: Texts,
    refusals: Refusals,
    has_commas: HasCommas | None,
) -> tuple[dict[str, "pd.Series[Any]"], list[Note]]:
    n = len(texts)
    as_code = table.directions == "gb28181"
    azimuth, bad = np.full(n, np.nan), np.ones(n, dtype=bool)
    if not as_code:
        azimuth, bad = to_float(texts, has_commas and partial(has_commas, "azimuth_deg"))
    n_turned = int(((azimuth < 0.0) | (azimuth > 360.0)).sum())
    azimuth = np.mod(azimuth, 360.0)
    doubt = np.full(n, np.nan)
    words = {text: direction_type_deg(text) if as_code else compass_deg(text) for text in set(texts[bad]) - {None}}
    for i in np.flatnonzero(bad):
        found = words.get(texts[i])
        if found is not None:
            azimuth[i], doubt[i] = found
        bad[i] = found is None and texts[i] is not None
    refusals.refuse(bad, "bad_direction", "azimuth_deg")
    column = SOURCES["cameras"].column("azimuth_doubt_deg")
    given = _numbers(column, cells(table, fields, column.name, n), refusals, has_commas)
    notes: list[Note] = [
        Counted(
            "{n} azimuths outside 0 to 360 degrees were turned by whole circles",
            "{n} 个方位角超出 0 至 360 度，已按整圈折算",
            n_turned,
        ),
        Counted(
            "{n} azimuths are compass words, known to half the step of their rose only",
            "{n} 个方位角为方位词，只精确到方位间隔的一半",
            int(np.isfinite(doubt).sum()),
        ),
    ]
    return {
        "azimuth_deg": pd.Series(azimuth, dtype="float64"),
        "azimuth_doubt_deg": pd.Series(np.where(np.isnan(given), doubt, given), dtype="float64"),
    }, notes


def _fill_doubt(series: dict[str, "pd.Series[Any]"]) -> None:
    if "azimuth_deg" in series:
        known = series["azimuth_deg"].notna()
        series["azimuth_doubt_deg"] = series["azimuth_doubt_deg"].where(known, np.nan)


def _fill_status(series: dict[str, "pd.Series[Any]"]) -> list[Note]:
    silent = series["status"].isna()
    series["status"] = series["status"].mask(silent, "online").astype(object)
    n = int(silent.sum())
    return [Counted("{n} cameras without a status count as online", "{n} 台未写状态的摄像机按在线计", n)]


def _format(table: TableSource, name: str) -> str:
    column = table.columns.get(name)
    return column.format if isinstance(column, TimeColumns) else ""


def judge_times(name: str, times: Times, refusals: Refusals, rules: Rules, now: datetime) -> None:
    """Refuse rows whose time of column `name` cannot be read, never was, or lies ahead where it must not."""
    refusals.refuse(times.bad, "bad_time", name)
    refusals.refuse(times.nonexistent, "nonexistent_time", name)
    if name not in _FORWARD:
        latest = (now + timedelta(minutes=rules.future_minutes)).astimezone(UTC).replace(tzinfo=None)
        refusals.refuse(times.utc.to_numpy(dtype="datetime64[us]") > np.datetime64(latest), "future_time", name)


def _time_notes(name: str, times: Times) -> list[Note]:
    return [
        Counted(
            f"{{n}} times of {name} fall into the hour that clocks repeat in autumn; the first passage was taken",
            f"{name} 有 {{n}} 个时间落在秋季重复的一小时内，取第一次",
            int(times.repeated.sum()),
        )
    ]
