"""What the safeguards desk shows, as a file: its rows, filtered, in order and with columns as on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.desk.held import Held
from geo.desk.safeguards import STATUSES, camera_rows, rows_in
from geo.desk.shown_rows import Span, between, check_columns, lay_out, span_words
from geo.errors import BadQuery, Words
from geo.schema import RESULTS, Column, Role
from geo.schema.column import may_see
from geo.schema.results import FACADE_EACH, N_OVERLAPS, OVERLAPS, SEEN_3PLUS
from geo.snapshot import export, queries

Bools = NDArray[np.bool_]
#: What the rows of the desk's table stand for.
Of = Literal["cameras", "units"]

_UNIT_3PLUS = RESULTS["coverage"].column("public_3plus_share")
_CAMERAS = RESULTS["cameras"]
#: Digits to which the page has metres, and what else it ranks by.
_METRES_DIGITS = 1
_DIGITS = {"seen_3plus_share": 3, "public_3plus_share": 5}
#: Counts of units by status.
_COUNTED = {
    "not_filed": ["n_not_filed"],
    "no_sign": ["n_without_sign"],
    "past_retention": ["n_past_retention"],
    "unknown": ["n_filed_unknown", "n_sign_unknown"],
}
#: Columns of rows of cameras in the file, in order.
CAMERA_COLUMNS: tuple[Column, ...] = (
    *(_CAMERAS.column(name) for name in ("level", "code", "name", "camera_name", "source_id", "status")),
    *(_CAMERAS.column(f"facade_62_m{end}") for end in ("", "_low", "_high")),
    *(_CAMERAS.column(name) for name in ("n_dwellings_62", "alone_road_m")),
    SEEN_3PLUS,
    OVERLAPS,
    N_OVERLAPS,
    *(_CAMERAS.column(name) for name in ("filed", "filing_no", "filed_on", "sign", "retention_days")),
    *(_CAMERAS.column(name) for name in ("programme", "owner")),
)
#: Columns of rows of units in the file, in order.
UNIT_COLUMNS: tuple[Column, ...] = (
    *RESULTS["safeguards"].columns[: 3 + 1],
    FACADE_EACH,
    *RESULTS["safeguards"].columns[3 + 1 :],
    _UNIT_3PLUS,
)


@dataclass(frozen=True)
class Wanted:
    """Which rows: `facade_m` (from, to) keeps from <= facade < to, None: no end; words keep those with any of them."""

    facade_m: Span = (None, None)
    statuses: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    spare: bool = False


@dataclass(frozen=True)
class Shown:
    """Rows as the page shows them: of a level (and within a unit), by column `sort`, with these columns."""

    level: str | None = None
    within: str | None = None
    sort: str | None = None
    ascending: bool = False
    columns: tuple[str, ...] = ()


def choose_rows(rows: pd.DataFrame, wanted: Wanted) -> Bools:
    """Which rows of `camera_rows` are wanted; "" among words is what the register does not say."""
    keep = between(rows["facade_62_m"], wanted.facade_m, _METRES_DIGITS)
    if wanted.statuses:
        keep &= rows[_known_statuses(wanted)].any(axis=1).to_numpy()
    if wanted.overlaps:
        keep &= np.array([not kinds.keys().isdisjoint(wanted.overlaps) for kinds in rows["kinds"]], dtype=bool)
    for column, words in (("programme", wanted.programmes), ("owner", wanted.owners)):
        if words:
            keep &= rows[column].astype(object).where(rows[column].notna(), "").isin(words).to_numpy(dtype=bool)
    if wanted.spare:
        keep &= rows["spare"].to_numpy(dtype=bool)
    return keep


def shown_cameras(held: Held, wanted: Wanted, shown: Shown) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """The rows that the page shows, as it shows them, with point geometry (EPSG:4326), and their columns."""
    snapshot = held.snapshot
    level = snapshot.home.level(shown.level).name if shown.level else snapshot.home.levels[0].name
    rows = rows_in(held, camera_rows(held), shown.within)
    rows = rows[choose_rows(rows, wanted)]
    names = queries.units_of(snapshot, level).set_index("code")["name"]
    code = rows[f"assigned_{level}"]
    points = pd.Series(np.asarray(shapely.points(rows["lon"], rows["lat"])), index=rows.index, dtype=object)
    rows = rows.assign(level=level, code=code, name=code.map(names), geometry=points)
    return _laid_out(rows, CAMERA_COLUMNS, shown, "facade_62_m")


def told_cameras(held: Held, role: Role, wanted: Wanted, shown: Shown) -> pd.DataFrame:
    """The rows of `shown_cameras` as far as `role` sees a camera.

    Below planner it has no name, id, filing number or place, and a small count of dwellings is hidden:
    `attrs["hidden"]` maps that column to its rows. Errors: those of `shown_cameras`.
    """
    queries.result_table("safeguards", role)
    rows, _ = shown_cameras(held, wanted, shown)
    if may_see(role, _CAMERAS.sees):
        return rows
    n = rows["n_dwellings_62"]
    small = ((n > 0) & (n < held.snapshot.rules.min_count)).to_numpy(dtype=bool, na_value=False)
    told = pd.DataFrame(rows.assign(n_dwellings_62=n.mask(small)))
    told = told.drop(columns=["camera_name", "source_id", "filing_no", "geometry"], errors="ignore")
    told.attrs = {"hidden": {"n_dwellings_62": np.flatnonzero(small).tolist()}}
    return told


def shown_units(held: Held, role: Role, wanted: Wanted, shown: Shown) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """The same of units of a level: by facade per camera, and those where a camera has one of the statuses."""
    snapshot, px = held.snapshot, held.snapshot.rules.px_per_m
    units = queries.table(snapshot, "safeguards", level=shown.level, within=shown.within, role=role)
    seen = queries.table(snapshot, "coverage", level=shown.level, within=shown.within, at=px, role=role)
    cameras = units["n_cameras"].to_numpy(dtype=float, na_value=0.0)
    each = np.divide(units["facade_62_m"].to_numpy(dtype=float), np.where(cameras > 0, cameras, np.nan))
    rows = units.assign(facade_each_m=each, public_3plus_share=seen["public_3plus_share"])
    keep = between(rows["facade_each_m"], wanted.facade_m, _METRES_DIGITS)
    if wanted.statuses:
        names = [name for status in _known_statuses(wanted) for name in _COUNTED[status]]
        keep &= (rows[names] > 0).any(axis=1).to_numpy(dtype=bool)
    return _laid_out(rows[keep], UNIT_COLUMNS, shown, "facade_each_m")


def to_file(
    held: Held,
    of: Of,
    fmt: str,
    role: Role,
    wanted: Wanted,
    shown: Shown,
    tell: export.Tell = export.silent,
) -> tuple[bytes, int]:
    """The rows shown as a file of format `fmt` and how many they are; the filters stand beside the definitions."""
    queries.columns_of("cameras" if of == "cameras" else "safeguards", role)
    rows, columns = shown_cameras(held, wanted, shown) if of == "cameras" else shown_units(held, role, wanted, shown)
    facts = {"rows": f"{len(rows)} {of}", "filter": describe_filter(wanted, shown)}
    return export.to_bytes(rows, f"safeguards_{of}", fmt, held.snapshot, columns, facts, tell), len(rows)


def describe_filter(wanted: Wanted, shown: Shown) -> str:
    """The filters and the order in one line.

    >>> describe_filter(Wanted((30.0, None), ("no_sign",)), Shown(within="county:1", sort="facade_62_m"))
    'within=county:1; facade_m=30-; statuses=no_sign; sort=facade_62_m, highest first'
    """
    lists = {name: ",".join(getattr(wanted, name)) for name in ("statuses", "overlaps", "programmes", "owners")}
    parts = {
        "within": shown.within or "",
        "facade_m": span_words(wanted.facade_m),
        **lists,
        "spare": "only" if wanted.spare else "",
    }
    order = f"{shown.sort}, {'lowest' if shown.ascending else 'highest'} first" if shown.sort else ""
    return "; ".join(f"{name}={value}" for name, value in {**parts, "sort": order}.items() if value)


def _laid_out(
    rows: pd.DataFrame, declared: Sequence[Column], shown: Shown, first: str
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Rows in the order asked (worst first), with the columns asked: always those that name the row."""
    known = {column.name: column for column in declared}
    sort = shown.sort or first
    strange = [name for name in shown.columns if name not in known]
    if sort not in rows.columns or (sort in known and known[sort].dtype == "text"):
        strange.append(sort)
    check_columns(strange, declared)
    rounded = np.round(
        pd.to_numeric(rows[sort]).to_numpy(dtype=float, na_value=np.nan), _DIGITS.get(sort, _METRES_DIGITS)
    )
    ordered = rows.iloc[np.argsort(rounded if shown.ascending else -rounded, kind="stable")]
    return lay_out(ordered, declared, shown.columns)


def _known_statuses(wanted: Wanted) -> list[str]:
    strange = [status for status in wanted.statuses if status not in STATUSES]
    if strange:
        raise BadQuery(Words(f"no status {strange[0]!r}; they are {', '.join(STATUSES)}", f"没有状态 {strange[0]!r}"))
    return list(wanted.statuses)
