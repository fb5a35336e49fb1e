"""From labelled cells to polygons: shared arcs, drawn to ridges and streams, smoothed, made to wind, closed into faces.

Every border is one arc used by both neighbours, so the units match edge to edge whatever is done to the arcs.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from geo.demo.cells import Cells
from geo.demo.land import HALF_HIGH_M, HALF_WIDE_M, STEP_M, Land, to_lonlat, wind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PULLS = 14


def label_polygons(cells: Cells, label: Ints, land: Land) -> list[shapely.Polygon]:
    """One lon/lat polygon (WGS84 degrees, 1 cm steps) per label 0..max; labels must be connected sets of cells.

    Raises `ValueError` where a label comes out in pieces: the cells were not connected.
    """
    arcs = _winding(cells, list(_iter_arcs(cells, label)), land)
    faces = [face for face in shapely.polygonize(arcs).geoms if isinstance(face, shapely.Polygon)]
    tree = shapely.STRtree(faces)
    inside = np.flatnonzero(label >= 0)
    x, y = cells.xy[inside].T
    seeds = shapely.points(*to_lonlat(*wind(x, y, rural_share(cells, x, y))))
    seed_at, face_at = tree.query(seeds, predicate="intersects")
    votes: dict[int, list[int]] = defaultdict(list)
    for seed, face in zip(seed_at, face_at, strict=True):
        votes[int(face)].append(int(label[inside[seed]]))
    owner = {face: max(set(found), key=found.count) for face, found in votes.items()}
    by_label = {lab: faces[face] for face, lab in owner.items()}
    if len(by_label) != int(label.max()) + 1 or len(owner) != len(by_label):
        raise ValueError(f"{len(faces)} faces, {len(owner)} with seeds, for {int(label.max()) + 1} labels")
    return [shapely.normalize(by_label[k]) for k in range(len(by_label))]


def rural_share(cells: Cells, x_m: Floats, y_m: Floats) -> Floats:
    """0 where cells are town blocks, 1 where they are hills, smooth between."""
    return np.clip((np.log10(cells.area_at(x_m, y_m)) - 3.5) / 1.7, 0, 1)


def _iter_arcs(cells: Cells, label: Ints) -> Iterator[Floats]:
    """Vertex chains between the places where three labels meet, and closed ones where none do."""
    sides = label[cells.ridge_cells]
    ridges = np.flatnonzero(sides[:, 0] != sides[:, 1])
    ends = cells.ridge_vertices[ridges]
    at: dict[int, list[int]] = defaultdict(list)
    for ridge, (a, b) in enumerate(ends):
        at[int(a)].append(ridge)
        at[int(b)].append(ridge)
    used = np.zeros(len(ridges), bool)

    def follow(start: int, ridge: int) -> Floats:
        chain, here = [start], start
        while True:
            used[ridge] = True
            a, b = ends[ridge]
            here = int(b) if int(a) == here else int(a)
            chain.append(here)
            free = [r for r in at[here] if not used[r]]
            if len(at[here]) != 2 or not free:
                return np.asarray(cells.vertices[chain])
            ridge = free[0]

    for vertex in sorted(at):
        if len(at[vertex]) != 2:
            for ridge in at[vertex]:
                if not used[ridge]:
                    yield follow(vertex, ridge)
    for ridge in range(len(ridges)):
        if not used[ridge]:
            yield follow(int(ends[ridge][0]), ridge)


def _winding(cells: Cells, arcs: list[Floats], land: Land) -> list[shapely.LineString]:
    """Arcs with corners cut, points set densely, drawn to the land's lines, moved with the land, thinned; lon/lat."""
    soft = []
    for arc in arcs:
        line = arc
        for _ in range(3):
            line = _cut_corners(line)
        size_m = float(np.sqrt(cells.area_at(*line.mean(axis=0)[:, None])[0]))
        soft.append(shapely.segmentize(shapely.LineString(line), float(np.clip(0.11 * size_m, 5.0, 60.0))))
    xy, owner = shapely.get_coordinates(soft, return_index=True)
    off = _pulled(xy, owner, cells, land) - xy
    much = np.ones(len(soft))
    while True:
        lines = _moved(xy + off * much[owner][:, None], owner, cells)
        amiss = _crossing(lines)
        if not len(amiss) or not much[amiss].any():
            return lines
        much[amiss] = np.where(much[amiss] > 0.2, much[amiss] - 0.4, 0.0)


def _moved(xy: Floats, owner: Ints, cells: Cells) -> list[shapely.LineString]:
    """Lines of points `xy` (m), by owner, moved with the land and thinned, in lon/lat."""
    rural = rural_share(cells, *xy.T)
    moved = shapely.linestrings(np.column_stack(wind(xy[:, 0], xy[:, 1], rural)), indices=owner)
    thin_m = 0.35 + 2.6 * np.square(np.bincount(owner, rural) / np.bincount(owner))
    flat, owner = shapely.get_coordinates(shapely.simplify(moved, thin_m), return_index=True)
    lonlat = np.column_stack(to_lonlat(*flat.T))
    return list(np.asarray(shapely.linestrings(lonlat, indices=owner), dtype=object))


def _crossing(lines: list[shapely.LineString]) -> Ints:
    """Which lines cross another or themselves."""
    one, _ = shapely.STRtree(lines).query(lines, predicate="crosses")
    return np.union1d(one, np.flatnonzero(~shapely.is_simple(lines)))


def _pulled(xy: Floats, owner: Ints, cells: Cells, land: Land) -> Floats:
    """Inner points of arcs drawn sideways to the nearest ridge or valley line, by a part of a cell at most."""
    inner = np.zeros(len(xy), bool)
    inner[1:-1] = (owner[1:-1] == owner[:-2]) & (owner[1:-1] == owner[2:])
    at = np.flatnonzero(inner)
    slope_y, slope_x = (np.asarray(slope) for slope in np.gradient(land.rise_m, STEP_M))
    rise = _bilinear(land.rise_m, xy)
    sums, n = np.bincount(owner, rise), np.bincount(owner)
    up = np.where(sums / n > 0, 1.0, -1.0)[owner][:, None]
    limit = (0.24 * np.sqrt(cells.area_at(*xy.T)) * rural_share(cells, *xy.T))[:, None]
    moved = xy.copy()
    for _ in range(_PULLS):
        pull = up * np.column_stack([_bilinear(slope_x, moved), _bilinear(slope_y, moved)])
        step = 0.45 * limit * pull / (0.08 + np.hypot(*pull.T)[:, None])
        wished = moved + 0.4 * step
        wished[at] = 0.5 * wished[at] + 0.25 * (wished[at - 1] + wished[at + 1])
        off = wished - xy
        length = np.hypot(*off.T)[:, None]
        moved[at] = (xy + off * np.minimum(1.0, limit / np.maximum(length, 1e-9)))[at]
    return moved


def _bilinear(field: Floats, xy: Floats) -> Floats:
    at = np.stack([(xy[:, 1] + HALF_HIGH_M) / STEP_M, (xy[:, 0] + HALF_WIDE_M) / STEP_M])
    return np.asarray(map_coordinates(field, at, order=1, mode="nearest"), float)


def _cut_corners(line: Floats) -> Floats:
    """One round of Chaikin's corner cutting; both ends stay (a ring keeps its first point)."""
    if len(line) < 3:
        return line
    a, b = line[:-1], line[1:]
    cut = np.empty((2 * len(a), 2))
    cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
    return np.vstack([line[:1], cut[1:-1], line[-1:]])
