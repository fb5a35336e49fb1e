"""What a picture of a place shows: the place, the level of the units drawn in it, which they are, their outlines."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from geo import crs
from geo.desk.facts import known_shares
from geo.desk.held import Held
from geo.desk.units import list_units, number_of
from geo.snapshot import queries
from geo.tiles.address import display_px_m
from geo.tiles.pyramid import FULL_ZOOM, WEB_MERCATOR
from geo.tiles.shapes import Shapes

#: More units than these make a picture of the whole too fine.
_WHOLE_LEVEL_LIMIT = 3000
_MOSTLY = 2 / 3


@dataclass(frozen=True)
class Scope:
    """A `place` (level, code, name, name_en, number, address), the `level` drawn in it, unit numbers of that level."""

    place: dict[str, Any]
    level: str
    numbers: tuple[int, ...]
    is_whole: bool
    held: Held = field(repr=False)

    @property
    def within(self) -> str | None:
        """The place as a query has it, None where it is the whole home."""
        return None if self.is_whole else str(self.place["address"])

    def numbers_of(self, level: str) -> tuple[int, ...]:
        """The unit numbers of `level` in the place."""
        return tuple(queries.rows_within(self.held.snapshot, level, self.place["address"]).tolist())

    def outlines(self, level: str, px_m: float) -> Shapes:
        """Outlines of all units of `level` by unit number, in metres of the snapshot's metric CRS (x east, y north).

        They are as fine as a picture needs that shows `px_m` metres of ground as one pixel. Display geometry: no area
        is ever worked out from it.
        """
        return _outline_units(self.held, level, px_m)


def find_scope(held: Held, place: str | None, level: str | None, column: str | None) -> Scope:
    """The scope of `place` (code or LEVEL:CODE; None: the whole home).

    Without a `level` below the place it is the finest one, for the whole the second below it at most; and none on which
    most units lack the share `column`. Errors: `NotFound` for an unknown place, `BadQuery` for an unknown level.
    """
    home = held.snapshot.home
    top = home.chains()[0][-1]
    where, code = queries.find_unit(held.snapshot, place) if place else (top, list_units(held, top)["code"][0])
    chain = next(chain for chain in home.chains() if where in chain)
    is_whole = where == chain[-1] and len(list_units(held, where)["code"]) == 1
    fits = level is not None and home.level(level).name in chain[: chain.index(where) + 1]
    drawn = level if fits and level is not None else _drawn_level(held, chain, where, column)
    address = f"{where}:{code}"
    numbers = queries.rows_within(held.snapshot, drawn, address)
    names = {name: list_units(held, where)[name][number_of(held, where, code)] for name in ("name", "name_en")}
    found = {"level": where, "code": code, **names, "number": number_of(held, where, code), "address": address}
    return Scope(found, drawn, tuple(numbers.tolist()), is_whole, held)


def _drawn_level(held: Held, chain: tuple[str, ...], where: str, column: str | None) -> str:
    known = held.kept.get("known", lambda: known_shares(held))
    at = chain.index(where)
    is_whole = at == len(chain) - 1 and at > 0
    drawn = max(0, at - 2) if is_whole else 0

    def is_too_fine(level: str) -> bool:
        lacks = known.get(level, {}).get(column or "", 1.0) < _MOSTLY
        return lacks or (is_whole and len(queries.units_of(held.snapshot, level)) > _WHOLE_LEVEL_LIMIT)

    while drawn < at - 1 and is_too_fine(chain[drawn]):
        drawn += 1
    return chain[drawn]


def _outline_units(held: Held, level: str, px_m: float) -> Shapes:
    south, north = np.nanmin(_latitudes(held, level)), np.nanmax(_latitudes(held, level))
    shrink = float(np.cos(np.radians((south + north) / 2)))
    zoom = next((z for z in range(FULL_ZOOM) if display_px_m(z) * shrink <= px_m), FULL_ZOOM)
    shapes = held.pyramid.shapes(level, zoom)
    x, y = crs.transform_xy(shapes.xy[:, 0], shapes.xy[:, 1], WEB_MERCATOR, held.snapshot.metric_crs)
    xy = np.column_stack([x, y])
    return replace(shapes, xy=xy, bounds=_bounds(xy, shapes))


def _latitudes(held: Held, level: str) -> np.ndarray:
    return np.array(list_units(held, level)["bbox"], dtype=float)[:, 1::2]


def _bounds(xy: np.ndarray, shapes: Shapes) -> np.ndarray:
    """minx, miny, maxx, maxy of each feature, float64 (4, n); NaN where it is empty."""
    first, end = (shapes.piece_starts[shapes.feature_pieces[side]] for side in (slice(None, -1), slice(1, None)))
    found = np.full((4, len(shapes)), np.nan)
    filled = end > first
    if filled.any():
        starts = first[filled]
        found[:2, filled] = np.minimum.reduceat(xy, starts).T
        found[2:, filled] = np.maximum.reduceat(xy, starts).T
    return found
