"""What-if at the desk: what units would gain and lose if cameras were added, moved, turned, changed or taken away.

The answer is about the snapshot: its figures, and what they would be. Nobody below analyst learns from it of people or
cases: what cameras change of their counts and shares is left out, for a narrow view dragged over the map would tell of
each door. Rounding or hiding small changes would not do: two edits that differ by a door tell the difference.
"""

from typing import Any

import pandas as pd

from geo import crs
from geo.desk.held import Held, Kept
from geo.desk.measures import not_loaded
from geo.desk.values import to_instant
from geo.desk.whatif.checks import mask_features, tell_checks
from geo.desk.whatif.dragging import drag, tell_edits, tell_shapes, tell_totals, tell_units
from geo.desk.whatif.engines import Engines, make_engines
from geo.desk.whatif.measures import measure_change
from geo.desk.whatif.proposal import Proposal
from geo.errors import NotAvailable
from geo.partition.hierarchy import assign_levels
from geo.schema import Role
from geo.schema.column import may_see
from geo.snapshot import queries


def warm_up(held: Held, engines: Kept, role: Role) -> None:
    """Make ready what `what_if` keeps of the snapshot, for a role that may ask it."""
    if may_see(role, "planner") and held.snapshot.has("cameras"):
        engines.get(held.snapshot.id, lambda: make_engines(held))


def what_if(
    held: Held,
    engines: Kept,
    proposal: Proposal,
    role: Role,
    at: float | None,
    *,
    all_densities: bool = False,
    is_quick: bool = False,
) -> dict[str, Any]:
    """What each edit of `proposal` does, the units that change where cameras stand as it says, and what to draw.

    In full also all measures of those units at `at` and, where wanted, all other densities of the rules, what counts
    against the cameras, gaps, and what to look at before building. `engines` keeps what is made ready by snapshot.
    Errors: `NotAvailable` without cameras, `BadQuery`.
    """
    snapshot = held.snapshot
    queries.columns_of("cameras", role)
    if not snapshot.has("cameras"):
        raise NotAvailable(not_loaded("cameras"))
    at = queries.check_density(snapshot, at)
    ready: Engines = engines.get(snapshot.id, lambda: make_engines(held))
    after = place_cameras(held, proposal.cameras)
    changed = ready.cameras.loc[[uid for uid in proposal.uids if uid in ready.cameras.index]]
    dragged = drag(ready.quick, ready.cameras, after, proposal, at, role)
    told = {
        "snapshot": snapshot.id,
        "as_of": to_instant(snapshot.as_of),
        "at": at,
        "detail": "quick" if is_quick else "full",
        "edits": tell_edits(ready.cameras, proposal, dragged),
        "together": tell_totals(dragged.together),
        "units": tell_units(held, dragged, (changed, after), at, role),
    }
    if is_quick:
        return {**told, "shapes": tell_shapes(held, ready.quick, dragged, at)}
    masks = mask_features(ready, dragged, after, proposal, at)
    densities = snapshot.rules.levels_px_per_m() if all_densities else (at,)
    return {
        **told,
        "shapes": tell_shapes(held, ready.quick, dragged, at, masks),
        **measure_change(held, ready.full, changed, after, densities, role),
        "checks": tell_checks(ready, dragged, proposal, at),
    }


def place_cameras(held: Held, cameras: pd.DataFrame) -> pd.DataFrame:
    """`cameras` by uid, in metres and with their units."""
    snapshot, lon, lat = held.snapshot, cameras["lon"].to_numpy(float), cameras["lat"].to_numpy(float)
    x_m, y_m = crs.transform_xy(lon, lat, crs.WGS84, snapshot.metric_crs)
    x, y = crs.transform_xy(lon, lat, crs.WGS84, snapshot.home.boundary_crs)
    levels = assign_levels(x, y, snapshot.joined(), snapshot.home)
    codes = {str(name): cells.to_numpy() for name, cells in levels.items()}
    return cameras.assign(x_m=x_m, y_m=y_m, **codes)
