"""The demo's bare land, made once with the borders: valleys that join into rivers, ridges between them.

A tree of flow over a raster is grown from outlets, heights follow from it (slope falls with the area drained:
Flint 1974, slope = k area^-theta), steepest descent gives the next tree, and so on until both agree. Every valley
therefore drains, and every ridge is a watershed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.demo.land import HALF_HIGH_M, HALF_WIDE_M, STEP_M

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_THETA = 0.45
_STEEPEST = 0.34
_ROUNDS = 12
#: Where rivers leave the frame (m east, m north of the middle), and how low.
_OUTLETS = (
    (81_000.0, 4_000.0, 95.0),
    (81_000.0, -66_000.0, 110.0),
    (81_000.0, 104_000.0, 190.0),
    (-30_000.0, -130_000.0, 250.0),
)
_NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


@dataclass(frozen=True)
class Relief:
    """Rasters, row 0 in the south, step `STEP_M`: height (m) and area drained (cells)."""

    height_m: Floats
    drained: Floats


def make_relief(seed: int) -> Relief:
    """The land of `seed`; a minute or less."""
    rng = np.random.default_rng([seed, 0])
    shape = (int(2 * HALF_HIGH_M / STEP_M) + 1, int(2 * HALF_WIDE_M / STEP_M) + 1)
    rough = sum(gaussian_filter(rng.normal(size=shape), s) * s for s in (2, 6, 18, 50))
    uplift = _uplift(shape, rng)
    outlets = np.array([_node(x, y, shape) for x, y, _ in _OUTLETS])
    receiver = _first_tree(np.exp(0.9 * np.asarray(rough)), outlets)
    for _ in range(_ROUNDS):
        order, drained = _drain(receiver)
        height = _heights(receiver, order, drained, uplift.ravel(), shape)
        receiver = _steepest(height.reshape(shape), outlets)
    return _warped(height.reshape(shape), drained.reshape(shape), rng)


def _warped(height: Floats, drained: Floats, rng: np.random.Generator) -> Relief:
    """The same land moved about smoothly, so that no valley shows the raster's eight directions."""
    at = np.indices(height.shape).astype(float)
    for spread, reach in ((24, 7.0), (9, 2.0), (3.5, 0.7)):
        for axis in (0, 1):
            field = gaussian_filter(rng.normal(size=height.shape), spread)
            at[axis] += reach * field / field.std()
    soft = gaussian_filter(height, 0.8)
    return Relief(
        map_coordinates(soft, at, order=1, mode="nearest"), map_coordinates(drained, at, order=0, mode="nearest")
    )


def _uplift(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """How steep the land is, about 0.5 to 1.7: higher ranges in the north-west, in two long folds."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    wide = gaussian_filter(rng.normal(size=shape), 28)
    folds = 0.30 * np.cos(7.5 * (x * 0.75 - y * 0.62) + 1.1 + wide / wide.std() * 0.7)
    near = gaussian_filter(rng.normal(size=shape), 12)
    fine = gaussian_filter(rng.normal(size=shape), 2)
    even = 0.86 + 0.22 * (y * 0.8 - x) + folds + 0.18 * near / near.std()
    return np.asarray(np.clip(even, 0.36, 1.6) * np.exp(0.25 * fine / fine.std()), float)


def _node(x_m: float, y_m: float, shape: tuple[int, int]) -> int:
    column = round(np.clip((x_m + HALF_WIDE_M) / STEP_M, 0, shape[1] - 1))
    row = round(np.clip((y_m + HALF_HIGH_M) / STEP_M, 0, shape[0] - 1))
    return int(row * shape[1] + column)


def raster_graph(cost: Floats) -> csr_array:
    """Steps between the eight neighbours of a raster, each as long as the mean cost of its ends."""
    shape, n = cost.shape, cost.size
    number = np.arange(n).reshape(shape)
    rows, columns, costs = [], [], []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, shape[0] - dr), slice(max(0, -dc), shape[1] - max(0, dc)))
        there = (slice(dr, shape[0]), slice(max(0, dc), shape[1] + min(0, dc)))
        rows.append(number[here].ravel())
        columns.append(number[there].ravel())
        costs.append((np.hypot(dr, dc) * (cost[here] + cost[there]) / 2).ravel())
    return csr_array((np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))


def _first_tree(cost: Floats, outlets: Ints) -> Ints:
    """Receiver of each node: its way to an outlet over cheap ground."""
    n = cost.size
    _, before, _ = dijkstra(
        raster_graph(cost), directed=False, indices=outlets, return_predecessors=True, min_only=True
    )
    receiver: Ints = np.where(before < 0, np.arange(n), before).astype(np.int64)
    return receiver


def _drain(receiver: Ints) -> tuple[list[int], Floats]:
    """Nodes from the outlets upwards, and how many nodes drain through each (itself counted)."""
    n = len(receiver)
    first = np.argsort(receiver, kind="stable")
    start = np.searchsorted(receiver[first], np.arange(n + 1))
    order: list[int] = np.flatnonzero(receiver == np.arange(n)).tolist()
    donors, starts = first.tolist(), start.tolist()
    at = 0
    while at < len(order):
        node = order[at]
        order.extend(d for d in donors[starts[node] : starts[node + 1]] if d != node)
        at += 1
    drained, to = [1.0] * n, receiver.tolist()
    for node in reversed(order):
        if to[node] != node:
            drained[to[node]] += drained[node]
    return order, np.array(drained)


def _heights(receiver: Ints, order: list[int], drained: Floats, uplift: Floats, shape: tuple[int, int]) -> Floats:
    """Height of every node: its receiver's and the rise of its step."""
    row, column = np.divmod(np.arange(len(receiver)), shape[1])
    away_m = STEP_M * np.hypot(row - row[receiver], column - column[receiver])
    rise = (away_m * uplift * _STEEPEST * drained**-_THETA).tolist()
    height = np.zeros(len(receiver))
    for x, y, low in _OUTLETS:
        height[_node(x, y, shape)] = low
    out, to = height.tolist(), receiver.tolist()
    for node in order:
        if to[node] != node:
            out[node] = out[to[node]] + rise[node]
    return np.array(out)


def _steepest(height: Floats, outlets: Ints) -> Ints:
    """The neighbour each node falls to most steeply (itself at an outlet)."""
    padded = np.pad(height, 1, constant_values=np.inf)
    falls = np.stack(
        [
            (height - padded[1 + dr : 1 + dr + height.shape[0], 1 + dc : 1 + dc + height.shape[1]]) / np.hypot(dr, dc)
            for dr, dc in _NEIGHBOURS
        ]
    )
    best = np.argmax(falls, axis=0).ravel()
    step = np.array([dr * height.shape[1] + dc for dr, dc in _NEIGHBOURS])
    receiver: Ints = np.arange(height.size) + step[best]
    receiver[outlets] = outlets
    return receiver
