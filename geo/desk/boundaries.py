"""What is wrong with the boundaries that the records hold, ready for a page: shapes in WGS84, words, steps."""

import json
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import WGS84, transform_geometry
from geo.errors import NotAvailable, Words
from geo.partition.faults import KINDS, Fault, find_faults
from geo.partition.metres import Metres
from geo.partition.repair import Step, find_steps
from geo.records import Records
from geo.rules import Rules
from geo.schema.home import TOTAL

#: So many faults are listed, the largest of each kind first; the counts are of all.
MAX_LISTED = 1_000
_DECIMALS = 7


def describe_boundaries(records: Records, rules: Rules) -> dict[str, Any]:
    """{version, n_units, counts, faults, n_left_out}: `faults` is a GeoJSON FeatureCollection.

    `counts` are n and m2 by kind. A feature's properties are id, kind, made_of, level, codes, area_m2, words and either
    `step` (action, code, area_m2, words) or `why` there is none. Errors: `NotAvailable` where no units are loaded.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
    ...     describe_boundaries(records, Rules())
    Traceback (most recent call last):
    geo.errors.NotAvailable: no units are loaded
    """
    home = records.home()
    if home is None or not records.has("units"):
        raise NotAvailable(Words("no units are loaded", "尚未导入单位"))
    version = records.boundary_version()
    units: gpd.GeoDataFrame = records.frame("units")
    metres = Metres(units)
    faults = find_faults(units, home, metres)
    steps, without = find_steps(faults, units, rules, metres)
    listed = faults if len(faults) <= MAX_LISTED else _largest(faults)
    return {
        "version": version,
        "n_units": int((units["level"] != TOTAL).sum()),
        "counts": _counts(faults),
        "faults": {
            "type": "FeatureCollection",
            "features": _features(listed, {step.id: step for step in steps}, without, home.boundary_crs),
        },
        "n_left_out": len(faults) - len(listed),
    }


def _largest(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    each = MAX_LISTED // len(KINDS)
    kept: list[Fault] = []
    for kind in KINDS:
        kept.extend(sorted((fault for fault in faults if fault.kind == kind), key=lambda fault: -fault.area_m2)[:each])
    return tuple(kept)


def _counts(faults: Sequence[Fault]) -> dict[str, dict[str, float]]:
    areas = {kind: [fault.area_m2 for fault in faults if fault.kind == kind] for kind in KINDS}
    return {kind: {"n": len(found), "m2": round(sum(found), 2)} for kind, found in areas.items() if found}


def _features(
    faults: Sequence[Fault], steps: dict[str, Step], without: dict[str, Words], crs: str
) -> list[dict[str, Any]]:
    shapes = transform_geometry(np.array([fault.shape for fault in faults], dtype=object), crs, WGS84)
    texts = shapely.to_geojson(shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS)))
    return [
        {"type": "Feature", "geometry": json.loads(text), "properties": _properties(fault, steps, without)}
        for fault, text in zip(faults, texts, strict=True)
    ]


def _properties(fault: Fault, steps: dict[str, Step], without: dict[str, Words]) -> dict[str, Any]:
    step = steps.get(fault.id)
    told = {
        "id": fault.id,
        "kind": fault.kind,
        "made_of": fault.made_of,
        "level": fault.level,
        "codes": list(fault.codes),
        "area_m2": round(fault.area_m2, 2),
        "words": fault.words.both(),
    }
    if step is None:
        return told | {"step": None, "why": without[fault.id].both()}
    said = {"action": step.action, "code": step.code, "area_m2": round(step.area_m2, 2), "words": step.words.both()}
    return told | {"step": said, "why": None}
