"""Where the demo's counties and towns lie: counties grown over the land to their size, towns low beside streams."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_closing,
    binary_fill_holes,
    binary_opening,
    gaussian_filter,
    gaussian_gradient_magnitude,
)
from scipy.ndimage import label as nd_label
from scipy.sparse.csgraph import dijkstra

from geo.demo.land import HALF_HIGH_M, HALF_WIDE_M, STEP_M, Land, ripple
from geo.demo.names import COUNTIES, County, town_name
from geo.demo.relief import raster_graph
from geo.errors import Words

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_COARSE = 2
_CELL_KM2 = (_COARSE * STEP_M / 1000) ** 2


@dataclass(frozen=True)
class Town:
    """A township: its county, the three digits of its kind, its centre (m east, m north of the middle), town radius."""

    county_code: str
    number: str
    name: Words
    east_m: float
    north_m: float
    core_m: float

    @property
    def code(self) -> str:
        """The nine-digit code."""
        return self.county_code + self.number


def crossing_cost(rise_m: Floats, stream: Floats) -> Floats:
    """How slow ground is to cross, 1 and up: ridges, so that fronts meet there, and rivers a little."""
    return 1 + 4.5 * np.square(np.clip(rise_m / 150, 0, 1.4)) + 0.9 * np.clip((stream - 9) / 4, 0, 1)


def grow_counties(land: Land) -> tuple[Ints, Floats]:
    """County of each coarse raster node (-1 outside) and how far beyond the prefecture's edge it is (cost, <= 0 in).

    Additively weighted growth over `crossing_cost`; the weights are found so that every county has its area.
    """
    rise, stream = land.rise_m[::_COARSE, ::_COARSE], land.stream[::_COARSE, ::_COARSE]
    shape = rise.shape
    graph = raster_graph(crossing_cost(rise, stream) * _COARSE * STEP_M)
    away = np.stack(
        [
            dijkstra(graph, directed=False, indices=[_node(x, y, shape) for x, y in county.around], min_only=True)
            for county in COUNTIES
        ]
    )
    wanted = np.array([county.area_km2 for county in COUNTIES])
    uneven = 2_600.0 * (_wave(shape, 22_000.0, 41) + 0.7 * _wave(shape, 9_000.0, 42)).ravel()
    weight = np.sqrt(wanted) * 400.0
    for _ in range(300):
        owner = np.argmin(away - weight[:, None], axis=0)
        inside = _one_piece(((away - weight[:, None]).min(axis=0) <= uneven).reshape(shape)).ravel()
        area = np.bincount(owner[inside], minlength=len(COUNTIES)) * _CELL_KM2
        weight += 250.0 * np.clip((wanted - area) / np.sqrt(wanted), -4, 4)
    beyond = np.where(inside, 0.0, (away - weight[:, None]).min(axis=0) - uneven)
    return np.where(inside, owner, -1).reshape(shape), beyond.reshape(shape)


def _wave(shape: tuple[int, ...], wavelength_m: float, salt: int) -> Floats:
    y, x = np.indices(shape) * _COARSE * STEP_M
    return ripple(x, y, wavelength_m, salt)


def _one_piece(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest piece, with its holes filled and its threads cut."""
    piece, _ = nd_label(binary_opening(inside, iterations=2))
    largest = piece == np.argmax(np.bincount(piece.ravel())[1:]) + 1
    return np.asarray(binary_fill_holes(binary_closing(largest, iterations=3)), bool)


def at_coarse(field: NDArray[np.generic], xy: Floats) -> NDArray[np.generic]:
    """The nearest node's value of a coarse raster at points (n, 2)."""
    row = np.round((xy[:, 1] + HALF_HIGH_M) / STEP_M / _COARSE).astype(int)
    column = np.round((xy[:, 0] + HALF_WIDE_M) / STEP_M / _COARSE).astype(int)
    found: NDArray[np.generic] = field[np.clip(row, 0, field.shape[0] - 1), np.clip(column, 0, field.shape[1] - 1)]
    return found


def place_towns(land: Land, county_of: Ints, rng: np.random.Generator) -> tuple[Town, ...]:
    """All townships' centres: seats where `COUNTIES` say, the rest spread over their county, low and beside streams."""
    height, stream = land.height_m[::_COARSE, ::_COARSE], land.stream[::_COARSE, ::_COARSE]
    slope = gaussian_gradient_magnitude(land.height_m, 1.5)[::_COARSE, ::_COARSE] / STEP_M
    suits = np.clip(stream, 0, 12) / 12 - 3.0 * slope - height / 2500 - land.rise_m[::_COARSE, ::_COARSE] / 250
    inner = gaussian_filter(rng.uniform(0, 1, suits.shape), 1) * 0.4 + suits
    y, x = np.indices(height.shape) * _COARSE * STEP_M
    xy = np.stack([x - HALF_WIDE_M, y - HALF_HIGH_M], axis=-1)
    number = 0
    towns: list[Town] = []
    for c, county in enumerate(COUNTIES):
        own = gaussian_filter((county_of == c).astype(float), 4) > 0.86
        centres = _centres(county, xy[own], inner[own])
        kinds = ["office"] * county.n_offices + ["town"] * county.n_towns + ["township"] * county.n_townships
        digits = {"office": 1, "town": 100, "township": 200}
        for rank, ((east, north), kind) in enumerate(zip(centres, kinds, strict=True)):
            core = _core_m(county, kind, rank, rng)
            towns.append(
                Town(county.code, f"{digits[kind]:03d}", town_name(number, kind), float(east), float(north), core)
            )
            digits[kind] += 1
            number += 5
    return tuple(towns)


def _core_m(county: County, kind: str, rank: int, rng: np.random.Generator) -> float:
    if rank == 0:
        return county.core_m
    if kind == "office":
        return county.core_m * float(rng.uniform(0.55, 0.8))
    return float(rng.uniform(150, 260) if kind == "town" else rng.uniform(95, 150))


def _centres(county: County, xy: Floats, suits: Floats) -> list[Floats]:
    """The seat, further street offices close by it, then the most suitable and remote places in turn."""
    seat = np.array(county.seat) * 1000
    away = np.hypot(*(xy - seat).T)
    chosen = [xy[np.argmax(suits - away / 2500)]]
    for office in range(1, county.n_offices):
        angle = 2.4 * office
        wish = chosen[0] + (1.9 + 0.25 * office) * county.core_m * np.array([np.cos(angle), np.sin(angle)])
        chosen.append(wish)
    reach = np.sqrt(county.area_km2 / county.n_units) * 1000
    nearest = np.min([np.hypot(*(xy - other).T) for other in chosen], axis=0)
    while len(chosen) < county.n_units:
        best = xy[np.argmax(1.6 * np.clip(nearest / reach, 0, 1.25) + 0.8 * suits)]
        chosen.append(best)
        nearest = np.minimum(nearest, np.hypot(*(xy - best).T))
    return chosen


def _node(x_km: float, y_km: float, shape: tuple[int, ...]) -> int:
    row = round((y_km * 1000 + HALF_HIGH_M) / STEP_M / _COARSE)
    return int(row * shape[1] + round((x_km * 1000 + HALF_WIDE_M) / STEP_M / _COARSE))
