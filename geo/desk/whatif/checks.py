"""Before one builds: facade that comes into view and the masks that take it out, restricted areas, filing."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage.columns import to_columns
from geo.coverage.layers import TRACE
from geo.coverage.mask_advice import suggest_masks
from geo.coverage.masks import cut_masks
from geo.coverage.quick.engine import Edit
from geo.desk.whatif.dragging import Dragged, Feature
from geo.desk.whatif.engines import Engines
from geo.desk.whatif.proposal import Proposal, ProposedEdit


def tell_checks(ready: Engines, dragged: Dragged, proposal: Proposal, at: float) -> list[dict[str, Any]]:
    """Per edit, in order: what it brings into view by itself, restricted areas in its view at `at`, its filing."""
    told = []
    for edit, known, outcome in zip(proposal.edits, dragged.edits, dragged.alone, strict=True):
        share = outcome.seen_twice_share
        told.append(
            {
                "facade_m": round(outcome.gains.total("facade_m"), 2) + 0.0,
                "n_dwellings": round(outcome.gains.total("n_dwellings")),
                "restricted": _restricted_in(ready, ready.quick.view_of(known, at)),
                "seen_2plus_share": None if share is None else round(share, 5),
                "filed": _filing(ready.cameras, edit),
            }
        )
    return told


def mask_features(
    ready: Engines, dragged: Dragged, placed: pd.DataFrame, proposal: Proposal, at: float
) -> list[Feature]:
    """Masks for the cameras that bring facade into view, with what each takes out and what it costs.

    `placed` are the cameras of `proposal` in metres, by name. The figures are those of the edit with the mask against
    those without it, by itself.
    """
    found: list[Feature] = []
    for number, (edit, outcome) in enumerate(zip(proposal.edits, dragged.alone, strict=True)):
        if edit.values is None or shapely.length(outcome.drawing.facade_new) <= TRACE:
            continue
        ground = outcome.ground
        assert ground is not None
        camera = placed.loc[[edit.name]]
        advice = suggest_masks(ground, camera, ready.quick.rules)
        for text, shape in zip(advice["mask"], advice["geometry"], strict=True):
            masked = cut_masks(camera.assign(masks=text))
            same = Edit(f"{edit.key} {text}", dragged.edits[number].gone, to_columns(masked))
            (less,) = ready.quick.alone([same], at, people=False)
            out = {
                name: round(outcome.gains.total(figure) - less.gains.total(figure), 2) + 0.0
                for name, figure in (("facade_m", "facade_m"), ("road_m", "road_seen_m"))
            }
            found.append((shape, {"kind": "mask", "edit": number, "mask": text, **out}))
    return found


def _restricted_in(ready: Engines, view: Any) -> list[dict[str, Any]]:
    """Restricted areas that a view meets, by kind and rule: how many, and how much of them, in square metres."""
    areas = ready.restricted
    if areas is None or shapely.is_empty(view):
        return []
    rows = np.sort(areas.sindex.query(view, predicate="intersects"))
    m2 = shapely.area(shapely.intersection(areas.geometry.to_numpy()[rows], view))
    met = pd.DataFrame(areas.iloc[rows][["kind", "rule"]]).assign(m2=m2)[m2 > TRACE]
    by_kind = met.groupby(["kind", "rule"], dropna=False)["m2"].agg(["size", "sum"]).reset_index()
    return [
        {"kind": _text(row.kind), "rule": _text(row.rule), "n": int(row.n), "m2": round(float(row.m2), 1)}
        for row in by_kind.rename(columns={"size": "n", "sum": "m2"}).itertuples()
    ]


def _text(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def _filing(cameras: pd.DataFrame, edit: ProposedEdit) -> str:
    """Whether the camera is filed as the record has it; "new" for an added one."""
    if edit.uid is None:
        return "new"
    filed: Any = cameras.at[edit.uid, "filed"] if edit.uid in cameras.index else (edit.values or {}).get("filed")
    return "unknown" if filed is None or pd.isna(filed) else "yes" if filed else "no"
