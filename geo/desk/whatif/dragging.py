"""What-if at the desk while a camera is dragged: each edit by itself, units' headlines, and what to draw.

All of it is nominal, at one density (facades at the rules'). Roles below analyst learn nothing of people or cases: what
cameras change of their counts is not even worked out for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage.columns import to_columns
from geo.coverage.fov import view_parameters
from geo.coverage.masks import cut_masks
from geo.coverage.measures import is_online
from geo.coverage.quick.engine import Edit, Outcome, Quick
from geo.coverage.quick.sums import FIGURES
from geo.desk.features import to_features
from geo.desk.held import Held
from geo.desk.whatif.headlines import headlines_of
from geo.desk.whatif.proposal import Proposal
from geo.schema import Role
from geo.snapshot.protect import needs_protection

Unit = tuple[str, str]
Feature = tuple[Any, dict[str, Any]]

#: Changes below are rounding.
_NOTHING = 1e-6
_DRAWN = ("newly_seen", "no_longer_seen", "facade_new", "facade_gone", "facade_now")


@dataclass(frozen=True)
class Dragged:
    """Edits as the engine takes them, and what they do: each alone and all together."""

    edits: list[Edit]
    range_m: list[float | None]
    alone: list[Outcome]
    together: list[Outcome]


def drag(
    quick: Quick, cameras: pd.DataFrame, placed: pd.DataFrame, proposal: Proposal, at: float, role: Role
) -> Dragged:
    """What `proposal` does at density `at`, `placed` being its cameras in metres; `cameras` are the snapshot's."""
    edits = to_edits(cameras, placed, proposal)
    people = not needs_protection(role)
    together = quick.together(edits, at, people=people)
    return Dragged(edits, _ranges(quick, placed, proposal, at), quick.alone(edits, at, people=people), together)


def to_edits(cameras: pd.DataFrame, placed: pd.DataFrame, proposal: Proposal) -> list[Edit]:
    """The edits of `proposal` for the engine: what goes, and the online cameras that come."""
    cut = cut_masks(placed[is_online(placed)])
    columns, names = to_columns(cut), cut.index.to_numpy(dtype=object)
    return [
        Edit(
            edit.key, edit.uid if edit.uid in cameras.index else None, columns.take(np.flatnonzero(names == edit.name))
        )
        for edit in proposal.edits
    ]


def tell_edits(cameras: pd.DataFrame, proposal: Proposal, dragged: Dragged) -> list[dict[str, Any]]:
    """Each edit by itself, JSON-ready, in order."""
    told = []
    for edit, range_m, outcome in zip(proposal.edits, dragged.range_m, dragged.alone, strict=True):
        share = outcome.seen_twice_share
        told.append(
            {
                "label": _label(cameras, edit.uid),
                "range_m": None if range_m is None else round(range_m, 1),
                **tell_totals([outcome]),
                "seen_2plus_share": None if share is None else round(share, 5),
            }
        )
    return told


def tell_totals(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Road, facade and key places that outcomes gain or lose."""
    road_m, facade_m, places = (
        sum(outcome.gains.total(name) for outcome in outcomes) for name in ("road_seen_m", "facade_m", "places_seen")
    )
    return {"road_m": _metres(road_m), "facade_m": _metres(facade_m), "places": round(places)}


def tell_units(
    held: Held, dragged: Dragged, changed: Sequence[pd.DataFrame], at: float, role: Role
) -> list[dict[str, Any]]:
    """Headlines of the units that gain or lose, or hold one of the cameras `changed`; finest level first, by code."""
    gains: dict[Unit, Any] = {}
    for outcome in dragged.together:
        for unit, gained in outcome.gains.of.items():
            gains[unit] = gains.get(unit, np.zeros(len(FIGURES))) + gained
    units: list[Unit] = []
    for level in held.snapshot.home.levels:
        codes = {
            code for (name, code), gained in gains.items() if name == level.name and (np.abs(gained) > _NOTHING).any()
        }
        codes |= {code for some in changed for code in some[level.name].tolist() if isinstance(code, str)}
        units += [(level.name, code) for code in sorted(codes)]
    return headlines_of(held, at, role).tell(held, gains, units)


def tell_shapes(held: Held, quick: Quick, dragged: Dragged, at: float, more: Sequence[Feature] = ()) -> dict[str, Any]:
    """What changes, the views of the cameras as they would be, and `more`, as GeoJSON."""
    found: list[Feature] = []
    for kind in _DRAWN:
        parts = shapely.get_parts([getattr(outcome.drawing, kind) for outcome in dragged.together])
        if len(parts):
            join = shapely.multilinestrings if kind.startswith("facade") else shapely.multipolygons
            found.append((join(parts), {"kind": kind}))
    for number, edit in enumerate(dragged.edits):
        view = quick.view_of(edit, at)
        if not shapely.is_empty(view):
            found.append((view, {"kind": "view", "edit": number}))
    found += more
    return to_features([shape for shape, _ in found], [said for _, said in found], held.snapshot.metric_crs)


def _ranges(quick: Quick, placed: pd.DataFrame, proposal: Proposal, at: float) -> list[float | None]:
    """How far each camera then sees at `at`; None where it is off or away."""
    online = placed[is_online(placed)]
    reach_m = view_parameters(to_columns(online), quick.rules, at, "nominal")["reach_m"].tolist()
    reach = dict(zip(online.index, reach_m, strict=True))
    return [reach.get(edit.name) for edit in proposal.edits]


def _label(cameras: pd.DataFrame, uid: str | None) -> str | None:
    if uid is None or uid not in cameras.index:
        return uid
    name = cameras.at[uid, "name"]
    return name if isinstance(name, str) else uid


def _metres(value: float) -> float:
    return round(value, 2) + 0.0
