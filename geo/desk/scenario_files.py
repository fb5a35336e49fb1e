"""A scenario as a file: a row per camera that changes, and a row per unit with its measures today and afterwards."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import shapely

from geo.desk.values import to_instant
from geo.desk.whatif import Proposal
from geo.errors import BadQuery, Words
from geo.records import Scenario
from geo.schema import KEY_COLUMNS, RESULTS, SOURCES, Column
from geo.schema.column import col
from geo.schema.scenarios import FIRST, GAINS, TOLD
from geo.snapshot.export import FORMATS, Sheet, make_sheet, to_workbook
from geo.snapshot.store import Snapshot

SCENARIO_FORMATS = ("csv", "xlsx", "geojson")
SCENARIO_TABLES = ("cameras", "units", "columns")


def scenario_file(
    scenario: Scenario,
    proposal: Proposal,
    answer: Mapping[str, Any],
    before: Mapping[str, Any],
    snapshot: Snapshot,
    fmt: str,
    table: str,
) -> tuple[bytes, int]:
    """The scenario in format `fmt`, and its number of rows; a workbook holds both tables, other formats that asked for.

    `answer` is what-if's of `proposal`, `before` the values of cameras as they are, by uid; the table "columns" is what
    the columns of both mean. Errors: `BadQuery` for a format or table that there is not.
    """
    if fmt not in SCENARIO_FORMATS or (fmt == "geojson" and table != "cameras"):
        known = ", ".join(SCENARIO_FORMATS)
        raise BadQuery(Words(f"no format {fmt!r} of this; formats are {known}", f"没有格式 {fmt!r}；可用：{known}"))
    facts = {
        "scenario": f"{scenario.plan.name} ({scenario.id}, version {scenario.version})",
        "author": scenario.author,
        "changed": to_instant(scenario.changed_at),
        "made_against": f"{scenario.plan.snapshot} (#{scenario.plan.snapshot_number})",
        "px_per_m": f"{answer['at']:g}",
    }
    cameras = make_sheet(*_cameras(scenario, proposal, answer, before), "cameras", snapshot, facts)
    units = make_sheet(*_units(answer), "units", snapshot, facts)
    if fmt == "xlsx":
        return to_workbook([cameras, units]), len(cameras.frame)
    if table == "columns":
        about = pd.concat([cameras.reference(), units.reference()]).drop_duplicates()
        return b"\xef\xbb\xbf" + about.to_csv(index=False, lineterminator="\r\n").encode(), len(about)
    sheet: Sheet = units if table == "units" else cameras
    return FORMATS[fmt].write(sheet), len(sheet.frame)


def _cameras(
    scenario: Scenario, proposal: Proposal, answer: Mapping[str, Any], before: Mapping[str, Any]
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """A row per edit: what the camera is today and in the scenario, and what that alone gains."""
    on = [number for number, edit in enumerate(scenario.plan.edits, 1) if edit["on"]]
    told = {edit.name: (edit, gains) for edit, gains in zip(proposal.edits, answer["edits"], strict=True)}
    rows: list[dict[str, Any]] = []
    for number, edit in enumerate(scenario.plan.edits, 1):
        uid = edit.get("uid")
        # Added ones are called by their place among those that are on.
        name = uid or f"+{on.index(number) + 1 if number in on else 0}"
        planned, gained = told[name] if number in on and name in told else (None, {})
        today = before.get(uid, {}) if uid else {}
        gone = uid is not None and uid not in before
        then = (planned.values if planned else {**today, **(edit.get("values") or {})}) or {}
        what = "added" if uid is None else "removed" if edit.get("remove") else "changed"
        row = {"number": number, "uid": uid, "change": "gone" if gone else what if number in on else "off"}
        row |= {f"{column}_today": today.get(column) for column in TOLD}
        row |= {f"{column}_scenario": None if edit.get("remove") else then.get(column) for column in TOLD}
        row |= {"view_range_m": gained.get("range_m"), "seen_2plus_share": gained.get("seen_2plus_share")}
        row |= {f"gain_{name}": gained.get(name) for name in ("road_m", "facade_m", "places")}
        place = today if edit.get("remove") else then
        row["geometry"] = shapely.Point(place["lon"], place["lat"]) if "lon" in place else shapely.Point()
        rows.append(row)
    columns = (*FIRST, *_twice(SOURCES["cameras"].column(name) for name in TOLD), *GAINS)
    frame = pd.DataFrame(rows, columns=[*(column.name for column in columns), "geometry"])
    return _typed(frame, columns), columns


def _units(answer: Mapping[str, Any]) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """A row per unit that changes: each measure today, in the scenario, and the change; what is hidden is left out."""
    names = list((answer["units"] or [{"values": {}}])[0]["values"])
    names = [name for name in names if not any(name in unit["hidden"] for unit in answer["units"])]
    rows = []
    for unit in answer["units"]:
        row = {name: unit[name] for name in ("level", "code", "name")}
        for name in names:
            was, then = unit["was"][name], unit["values"][name]
            row |= {f"{name}_today": was, f"{name}_scenario": then}
            row[f"{name}_change"] = None if was is None or then is None else then - was
        rows.append(row)
    measures = [RESULTS["coverage"].column(name) for name in names]
    columns = (*KEY_COLUMNS, *_twice(measures, with_change=True))
    return _typed(pd.DataFrame(rows, columns=[column.name for column in columns]), columns), columns


def _twice(columns: Any, *, with_change: bool = False) -> list[Column]:
    """Each of `columns` as it is today and in the scenario, and perhaps by how much it changes."""
    ends = [("today", "today", "当前"), ("scenario", "scenario", "方案")]
    ends += [("change", "change", "变化")] if with_change else []
    return [
        col(
            f"{one.name}_{end}",
            one.dtype,
            one.unit,
            (f"{one.title.en}, {en}", f"{one.title.zh}（{zh}）"),
            (one.meaning.en, one.meaning.zh),
        )
        for one in columns
        for end, en, zh in ends
    ]


def _typed(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """`frame` with numbers as numbers; what is missing is missing."""
    kinds: dict[str, Any] = {"float": "Float64", "int": "Int64", "bool": "boolean"}
    return frame.assign(**{c.name: frame[c.name].astype(kinds.get(c.dtype, "object")) for c in columns})
