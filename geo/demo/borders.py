"""From labelled cells to polygons: shared arcs, smoothed and made to wind once, then closed into faces.

Every border is one arc used by both neighbours, so the units match edge to edge whatever is done to the arcs.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.demo.cells import Cells, cell_area_m2
from geo.demo.land import to_lonlat, wind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def label_polygons(cells: Cells, label: Ints) -> list[shapely.Polygon]:
    """One lon/lat polygon (WGS84 degrees, 1 cm steps) per label 0..max; labels must be connected sets of cells.

    Raises `ValueError` where a label comes out in pieces: the cells were not connected.
    """
    arcs = [_winding(arc) for arc in _iter_arcs(cells, label)]
    faces = [face for face in shapely.polygonize(arcs).geoms if isinstance(face, shapely.Polygon)]
    tree = shapely.STRtree(faces)
    inside = np.flatnonzero(label >= 0)
    x, y = wind(cells.xy[inside, 0], cells.xy[inside, 1], rural_share(cells.xy[inside, 0], cells.xy[inside, 1]))
    seeds = shapely.points(*to_lonlat(x, y))
    seed_at, face_at = tree.query(seeds, predicate="intersects")
    votes: dict[int, list[int]] = defaultdict(list)
    for seed, face in zip(seed_at, face_at, strict=True):
        votes[int(face)].append(int(label[inside[seed]]))
    owner = {face: max(set(found), key=found.count) for face, found in votes.items()}
    by_label = {lab: faces[face] for face, lab in owner.items()}
    if len(by_label) != int(label.max()) + 1 or len(owner) != len(by_label):
        raise ValueError(f"{len(faces)} faces, {len(owner)} with seeds, for {int(label.max()) + 1} labels")
    return [shapely.normalize(by_label[k]) for k in range(len(by_label))]


def rural_share(x_m: Floats, y_m: Floats) -> Floats:
    """0 where cells are town blocks, 1 where they are hills, smooth between."""
    return np.clip((np.log10(cell_area_m2(x_m, y_m)) - 3.3) / 1.8, 0, 1)


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


def _winding(arc: Floats) -> shapely.LineString:
    """An arc with its corners cut, its points set densely enough, and moved with the land; lon/lat."""
    line = arc
    for _ in range(3):
        line = _cut_corners(line)
    step_m = float(np.clip(0.11 * np.sqrt(cell_area_m2(*line.mean(axis=0))), 6.0, 55.0))
    dense = shapely.get_coordinates(shapely.segmentize(shapely.LineString(line), step_m))
    x, y = wind(dense[:, 0], dense[:, 1], rural_share(dense[:, 0], dense[:, 1]))
    return shapely.LineString(np.column_stack(to_lonlat(x, y)))


def _cut_corners(line: Floats) -> Floats:
    """One round of Chaikin's corner cutting; both ends stay (a ring keeps its first point)."""
    if len(line) < 3:
        return line
    a, b = line[:-1], line[1:]
    cut = np.empty((2 * len(a), 2))
    cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
    return np.vstack([line[:1], cut[1:-1], line[-1:]])
