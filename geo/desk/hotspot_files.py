"""What the hotspots desk shows of the incidents that its filters keep, as files: classes, labels, the incidents."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from geo.desk.emerging import CubeQuestion, find_emerging_units
from geo.desk.held import Held
from geo.desk.hotspots import Question, analyse_hotspots
from geo.desk.values import to_series
from geo.hotspots.cube import EVERY, Wanted, describe_wanted, find_wanted
from geo.hotspots.emerging.steps import CubeStep
from geo.schema import RESULTS, Column, Role
from geo.schema.results import ANALYSIS_COLUMNS, CUBE_COLUMNS, KEY_COLUMNS
from geo.snapshot import export, queries
from geo.snapshot.events import order_of
from geo.snapshot.points import lie_in

Of = Literal["classes", "labels", "incidents"]


@dataclass(frozen=True)
class ShownHotspots:
    """What is asked: `of` the units of `level` within a unit, or the incidents there; `step` is that of labels."""

    of: Of
    level: str
    within: str | None = None
    step: CubeStep = "month"
    wanted: Wanted = EVERY


def to_file(
    held: Held, fmt: str, role: Role, asked: ShownHotspots, tell: export.Tell = export.silent
) -> tuple[bytes, int]:
    """The rows as a file of format `fmt` and how many they are; filter and method stand beside the definitions.

    Units come with their outline, incidents with their place (EPSG:4326). Errors: `Forbidden` below analyst, `BadQuery`
    for a format there is none of, and those of `analyse_hotspots` and `find_emerging_units`.
    """
    queries.columns_of("incidents", role)
    facts = {"within": asked.within or "", "filter": "; ".join(map("=".join, describe_wanted(asked.wanted).items()))}
    columns: tuple[Column, ...]
    if asked.of == "incidents":
        rows, columns = _incidents(held, role, asked), RESULTS["incidents"].columns
    else:
        rows, columns, method = _units(held, role, asked)
        facts |= {"step": asked.step} if asked.of == "labels" else {}
        facts |= {f"method_{name}": str(value) for name, value in method.items()}
    body = export.to_bytes(rows, f"hotspots_{asked.of}", fmt, held.snapshot, columns, facts, tell)
    return body, len(rows)


def _incidents(held: Held, role: Role, asked: ShownHotspots) -> pd.DataFrame:
    snapshot = held.snapshot
    rows = queries.table(snapshot, "incidents", level=asked.level, within=asked.within, role=role)
    frame = snapshot.frame("incidents")
    kept = np.zeros(len(frame), dtype=bool)
    kept[order_of(frame, snapshot.home)[find_wanted(snapshot.events(), asked.wanted)]] = True
    place = queries.find_unit(snapshot, asked.within) if asked.within else None
    return rows[kept[lie_in(frame, asked.level, place)]].reset_index(drop=True)


def _units(held: Held, role: Role, asked: ShownHotspots) -> tuple[pd.DataFrame, tuple[Column, ...], dict[str, Any]]:
    where: dict[str, Any] = {"level": asked.level, "within": asked.within, "wanted": asked.wanted}
    if asked.of == "labels":
        told, known = find_emerging_units(held, role, CubeQuestion(**where, step=asked.step)), CUBE_COLUMNS
    else:
        told, known = analyse_hotspots(held, role, Question(**where)), ANALYSIS_COLUMNS
    columns = tuple(column for column in known if column.name in told["units"] and column.name != "code")
    units = queries.table(held.snapshot, "units", level=asked.level, within=asked.within, role=role)
    rows = units[["level", "code", "name", "geometry"]].set_index("code", drop=False)
    found = pd.DataFrame({column.name: to_series(told["units"][column.name], column) for column in columns})
    found.index = pd.Index(told["units"]["code"])
    return rows.join(found).reset_index(drop=True), (*KEY_COLUMNS, *columns), told["method"]
