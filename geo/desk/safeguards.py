"""Cameras by what counts against them: rows for the safeguards desk.

Lower is better throughout. Rows are the installed cameras (online, offline) of the snapshot that stand in a unit.
Dwellings are counted, never listed; below planner a camera has neither name, id nor place, and a count of dwellings
from 1 to `Rules.min_count` - 1 is hidden: together with a unit it would tell of a door.
"""

from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.desk.cameras import sectors_of
from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.desk.values import to_instant, to_list
from geo.errors import NotAvailable
from geo.rules import Rules
from geo.schema import RESULTS, Role
from geo.schema.column import may_see
from geo.schema.results import SEEN_3PLUS
from geo.snapshot import queries

Bools = NDArray[np.bool_]
#: What a register may say against a camera; "unknown": filing, sign or retention is not recorded.
STATUSES = ("not_filed", "no_sign", "past_retention", "unknown")

#: What of the rows is asked for: everything, all but most names, or names and places only.
Part = Literal["all", "figures", "names"]
#: So many of the worst rows have their names with the figures.
N_NAMED = 2000

_OF_CAMERAS = RESULTS["cameras"]


def camera_rows(held: Held) -> pd.DataFrame:
    """The installed cameras in units, worst first: the columns of the cameras table and `seen_3plus_share`, `overlaps`,
    `n_overlaps`, `spare`, `kinds` (a dict kind -> spots per row), a flag per `STATUSES`, and `duty`, by which they are
    ranked (8 not filed, 4 no sign, 2 past retention, 1 unknown, added up). Worst: most facade, in tenths of a metre.

    `spare`: online, and no road, public ground or key place that the home knows of is seen by it alone.
    `NotAvailable` without cameras.
    """
    snapshot = held.snapshot
    if not snapshot.has("cameras"):
        raise NotAvailable(not_loaded("cameras"))

    def make() -> pd.DataFrame:
        whole = snapshot.frame("cameras")
        finest = [f"assigned_{chain[0]}" for chain in snapshot.home.chains()]
        stands = whole[finest].notna().any(axis=1) & whole["status"].isin(["online", "offline"])
        some = pd.DataFrame(whole[stands.to_numpy(dtype=bool)].drop(columns="geometry")).reset_index(drop=True)
        view_m2 = some["view_m2"].to_numpy(dtype=float)
        kinds = _kinds_in_view(held, some)
        shared = np.divide(some["shared_3plus_m2"].to_numpy(dtype=float), np.where(view_m2 > 0, view_m2, np.nan))
        rows = some.assign(
            seen_3plus_share=shared, kinds=pd.Series(kinds, dtype=object), overlaps=[_told(one) for one in kinds]
        )
        rows = rows.assign(n_overlaps=[sum(one.values()) for one in kinds], **duties(rows, snapshot.rules))
        duty = rows[list(STATUSES)].to_numpy() @ np.array([8, 4, 2, 1])
        worst = np.argsort(-np.round(rows["facade_62_m"].to_numpy(dtype=float), 1), kind="stable")
        return rows.assign(spare=_is_spare(rows), duty=duty).iloc[worst].reset_index(drop=True)

    found: pd.DataFrame = held.kept.get("safeguard rows", make)
    return found


def duties(cameras: pd.DataFrame, rules: Rules) -> dict[str, Bools]:
    """Per status whether the register says it of each camera; what it does not say is unknown, never in order.

    >>> register = pd.DataFrame({"filed": [False, None], "sign": [True, True], "retention_days": [91.0, 30.0]})
    >>> {name: flags.tolist() for name, flags in duties(register, Rules()).items() if flags.any()}
    {'not_filed': [True, False], 'past_retention': [True, False], 'unknown': [False, True]}
    """
    filed, sign = (cameras[name].astype("boolean") for name in ("filed", "sign"))
    days = pd.to_numeric(cameras["retention_days"]).to_numpy(dtype=np.float64, na_value=np.nan)
    found = (
        (~filed).fillna(False).to_numpy(dtype=bool),
        (~sign).fillna(False).to_numpy(dtype=bool),
        days > rules.max_retention_days,
        filed.isna().to_numpy() | sign.isna().to_numpy() | np.isnan(days),
    )
    return dict(zip(STATUSES, found, strict=True))


def list_cameras(held: Held, role: Role, level: str | None, within: str | None, part: Part = "all") -> dict[str, Any]:
    """Rows of `camera_rows` as columns, worst first: what the desk filters, ranks and draws without asking again.

    Names, ids and places (planner up) are two thirds of it: with part "figures" they come for the first `N_NAMED` rows,
    with "names" they come alone, for all.

    `unit` is the unit number at `level` (default the finest), -1 where it stands in none; `status`, `programme` and
    `owner` are numbers into `words`, -1 where not recorded; `overlaps` has row, kind, n_spots. `hidden` as elsewhere.
    """
    snapshot = held.snapshot
    queries.result_table("safeguards", role)
    level = snapshot.home.level(level).name if level else snapshot.home.levels[0].name
    rows = rows_in(held, camera_rows(held), within)
    about = {
        "level": level,
        "within": within,
        "snapshot": snapshot.id,
        "as_of": to_instant(snapshot.as_of),
        "n_rows": len(rows),
    }
    is_named = may_see(role, "planner")
    if part == "names":
        return about | {"columns": _names_of(rows) if is_named else {}}
    codes = pd.Index(queries.units_of(snapshot, level)["code"])
    words = {name: sorted(rows[name].dropna().unique().tolist()) for name in ("status", "programme", "owner")}
    columns: dict[str, list[Any]] = {
        "unit": codes.get_indexer(rows[f"assigned_{level}"]).tolist(),
        **{name: pd.Index(listed).get_indexer(rows[name]).tolist() for name, listed in words.items()},
        **{
            name: _tenths(rows[name]) for name in ("facade_62_m", "facade_62_m_low", "facade_62_m_high", "alone_road_m")
        },
        "seen_3plus_share": to_list(rows["seen_3plus_share"].round(3), SEEN_3PLUS),
        **{name: to_list(rows[name], _OF_CAMERAS.column(name)) for name in ("filed", "sign", "retention_days")},
        "spare": rows["spare"].astype(int).tolist(),
    }
    dwellings = to_list(rows["n_dwellings_62"], _OF_CAMERAS.column("n_dwellings_62"))
    hidden: list[int] = []
    if is_named:
        columns |= _names_of(rows if part == "all" else rows.head(N_NAMED))
    else:
        hidden = [row for row, n in enumerate(dwellings) if n is not None and 0 < n < snapshot.rules.min_count]
        for row in hidden:
            dwellings[row] = None
    pairs = [(row, kind, n) for row, kinds in enumerate(rows["kinds"]) for kind, n in kinds.items()]
    return about | {
        "words": words,
        "columns": columns | {"n_dwellings_62": dwellings},
        "overlaps": {name: [pair[k] for pair in pairs] for k, name in enumerate(("row", "kind", "n_spots"))},
        "has": {"facade": snapshot.has("buildings"), "restricted": snapshot.has("restricted_areas")},
        "hidden": {"n_dwellings_62": hidden} if hidden else {},
    }


def rows_in(held: Held, rows: pd.DataFrame, within: str | None) -> pd.DataFrame:
    """The rows of `camera_rows` that stand in the unit `within` (None: all)."""
    if within is None:
        return rows
    place, code = queries.find_unit(held.snapshot, within)
    return rows[(rows[f"assigned_{place}"] == code).to_numpy(dtype=bool)]


def _names_of(rows: pd.DataFrame) -> dict[str, list[Any]]:
    names = {name: to_list(rows[name], _OF_CAMERAS.column(name)) for name in ("camera_name", "lon", "lat")}
    return names | {"uid": rows["uid"].tolist()}


def _is_spare(rows: pd.DataFrame) -> Bools:
    """Online cameras whose switching off loses nothing; where the home knows of nothing to lose, none is."""
    lost = rows[["alone_places", "alone_road_m", "alone_public_m2"]].astype(float)
    known = lost.columns[lost.notna().any()]
    online = (rows["status"] == "online").to_numpy(dtype=bool)
    return np.asarray(online & (lost[known] == 0).all(axis=1).to_numpy() & (len(known) > 0), dtype=bool)


def _kinds_in_view(held: Held, cameras: pd.DataFrame) -> list[dict[str, int]]:
    """Per camera the prohibited and sensitive spots (no private ground) in its view at the default density, by kind."""
    found: list[dict[str, int]] = [{} for _ in range(len(cameras))]
    if not held.snapshot.has("restricted_areas"):
        return found
    areas = held.snapshot.frame("restricted_areas")
    areas = areas[(areas["rule"] != "private").to_numpy(dtype=bool)]
    some = np.flatnonzero(cameras["restricted_m2"].to_numpy(dtype=float, na_value=0.0) > 0)
    views = sectors_of(held, cameras.iloc[some], held.snapshot.rules.px_per_m)
    geometries = np.asarray(areas.geometry, dtype=object)
    tree = shapely.STRtree(crs.transform_geometry(geometries, crs.WGS84, held.snapshot.metric_crs))
    view, area = tree.query(views, predicate="intersects")
    kinds = areas["kind"].astype(object).where(areas["kind"].notna(), "").tolist()
    for camera, spot in zip(some[view].tolist(), area.tolist(), strict=True):
        found[camera][kinds[spot]] = found[camera].get(kinds[spot], 0) + 1
    return found


def _told(kinds: dict[str, int]) -> str:
    return "; ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))


def _tenths(metres: pd.Series) -> list[float | None]:
    """Metres to a tenth, None where not known."""
    rounded = np.round(metres.to_numpy(dtype=np.float64, na_value=np.nan), 1)
    return [value if np.isfinite(value) else None for value in rounded.tolist()]
