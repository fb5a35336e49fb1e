"""Units of a level compared: rates with intervals, places in rank, and the funnel that chance alone would fill."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from geo.desk.density import Per
from geo.desk.held import Held
from geo.desk.hotspots import neighbours_of
from geo.desk.measures import not_loaded
from geo.errors import NotAvailable
from geo.hotspots.cube import EVERY, Wanted
from geo.hotspots.league import FUNNEL_LEVELS, League, compare_units, dispersion, funnel_limits
from geo.schema import Role
from geo.snapshot.counts import step_counts
from geo.snapshot.queries import rows_within, unit_frame, units_of

#: What a rate is per: its name, and how much of the exposure it is given for.
PER: dict[Per, tuple[str, float]] = {
    "km2": ("incidents per km2", 1.0),
    "residents": ("incidents per 1,000 residents", 1000.0),
}
Reference = Literal["global", "spatial"]
REFERENCES: tuple[Reference, ...] = get_args(Reference)
_FUNNEL_POINTS = 60
_DIGITS = 5


@dataclass(frozen=True)
class LeagueQuery:
    """Which units are compared: those of `level` `within` a unit (None: all), by which exposure, over which incidents.

    Without `per` that is residents where the home has them, else area. Rates are drawn towards the mean of all of them
    ("global") or of each unit's neighbours among them ("spatial").
    """

    level: str
    within: str | None = None
    per: Per | None = None
    reference: Reference = "global"
    wanted: Wanted = EVERY


def compare(held: Held, role: Role, asked: LeagueQuery) -> dict[str, Any]:
    """One row per unit, the groups of two or more that cannot be told apart (`brackets`), and the funnel's limits.

    Below analyst units whose incidents or residents are hidden take no part in anything: their key alone is told.
    Errors: `BadQuery`, `NotFound`, `NotAvailable`.
    """
    snapshot = held.snapshot
    per: Per = asked.per or ("residents" if snapshot.has("residents") else "km2")
    for table in ("incidents", *(("residents",) if per == "residents" else ())):
        if not snapshot.has(table):
            raise NotAvailable(not_loaded(table))
    units = units_of(snapshot, asked.level)
    rows = np.arange(len(units)) if asked.within is None else rows_within(snapshot, asked.level, asked.within)
    cube, hidden = step_counts(snapshot, asked.level, "all", asked.wanted, role)
    frame, blank = unit_frame(snapshot, "units", asked.level, snapshot.rules.px_per_m, role)
    is_hidden = hidden[:, 0].copy()
    exposure = frame["area_m2"].to_numpy(dtype=float) / 1e6
    if per == "residents":
        is_hidden[blank.get("residents", [])] = True
        exposure = frame["residents"].to_numpy(dtype=float, na_value=np.nan)
    name, unit = PER[per]
    exposure = np.where(is_hidden | ~np.isfinite(exposure), 0.0, exposure)[rows] / unit
    count = np.where(is_hidden, 0, cube.counts[0])[rows].astype(np.float64)
    exposed = exposure > 0
    mean = float(count[exposed].sum() / exposure[exposed].sum()) if exposed.any() else 0.0
    count[~exposed] = 0.0
    at = (
        np.geomspace(exposure[exposed].min(), exposure[exposed].max(), _FUNNEL_POINTS) if exposed.any() else np.zeros(0)
    )
    near = None
    if asked.reference == "spatial":
        near = neighbours_of(held, snapshot.home.level(asked.level).name, snapshot.rules)[rows][:, rows]
    league = compare_units(count, exposure, near)
    with np.errstate(invalid="ignore"):
        columns: dict[str, list[Any]] = {
            "code": units["code"].to_numpy()[rows].tolist(),
            "n": [None if veil else n for veil, n in zip(is_hidden[rows], cube.counts[0][rows].tolist(), strict=True)],
            "exposure": _numbers(np.where(exposed, exposure * unit, np.nan)),
            "rate": _numbers(np.where(exposed, count / exposure, np.nan)),
            **{f"eb_{column}": _numbers(getattr(league, column)) for column in ("rate", "low", "high")},
            **{column: [n or None for n in getattr(league, column).tolist()] for column in ("place", "best", "worst")},
            "groups": [_letters(*ends) for ends in zip(league.first.tolist(), league.last.tolist(), strict=True)],
            "funnel": _places_in_funnel(count, exposure, mean),
            "hidden": is_hidden[rows].tolist(),
        }
    return {
        "level": asked.level,
        "within": asked.within,
        "unit": name,
        "reference": asked.reference,
        "mean": _numbers(np.array([mean]))[0],
        "dispersion": _numbers(np.array([dispersion(count, exposure)]))[0],
        "rows": [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)],
        "brackets": _brackets(columns["code"], league),
        "funnel": {"exposure": _numbers(at * unit), **_limits(at, mean)},
        "snapshot": snapshot.id,
    }


def _limits(exposure: NDArray[np.float64], mean: float) -> dict[str, list[float | None]]:
    """The funnel's limits at each exposure, by name: low_95, high_95, low_99.8, high_99.8."""
    found = {}
    for level in FUNNEL_LEVELS:
        for end, side in zip(("low", "high"), funnel_limits(exposure, mean, level), strict=True):
            found[f"{end}_{level * 100:g}"] = _numbers(side)
    return found


def _places_in_funnel(count: NDArray[np.float64], exposure: NDArray[np.float64], mean: float) -> list[str | None]:
    """Each unit's place: above or below the outermost limit that it lies beyond ("above_99.8"), "within", or None."""
    found = np.where(exposure > 0, "within", "")
    for level in FUNNEL_LEVELS:
        low, high = funnel_limits(exposure, mean, level)
        rate = np.divide(count, exposure, out=np.full(len(count), np.nan), where=exposure > 0)
        found = np.where(rate > high, f"above_{level * 100:g}", np.where(rate < low, f"below_{level * 100:g}", found))
    return [place or None for place in found.tolist()]


def _letters(first: int, last: int) -> str | None:
    """The groups of a unit: "A" where it is in the first only, "B-D" where in several, None where in none.

    >>> _letters(0, 0), _letters(1, 3), _letters(26, 26), _letters(-1, -1)
    ('A', 'B-D', 'AA', None)
    """
    if first < 0:
        return None
    names = [("" if group < 26 else chr(64 + group // 26)) + chr(65 + group % 26) for group in (first, last)]
    return "-".join(dict.fromkeys(names))


def _brackets(codes: list[str], league: League) -> list[list[str]]:
    """The codes of the units of each group of two or more, by place."""
    order = [row for row in np.argsort(league.place, kind="stable").tolist() if league.place[row]]
    groups = (
        [codes[row] for row in order if league.first[row] <= group <= league.last[row]]
        for group in range(int(league.last.max(initial=-1)) + 1)
    )
    return [group for group in groups if len(group) > 1]


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None for value in values.tolist()]
