"""Lines and areas as they are drawn from afar: fewer corners, no short lines. Units have their own pyramid.

Display geometry only, as in `geo.tiles.pyramid`.
"""

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.tiles.address import display_px_m
from geo.tiles.shapes import Shapes, to_shapes

#: Corners nearer than this to the line without them go (Douglas and Peucker 1973).
TOLERANCE_PX = 0.5
#: Lines shorter than this per zoom below `WHOLE_ZOOM`, at most three, go: a street matters to a town, not to a county.
SHORTEST_PX = 8.0
WHOLE_ZOOM = 13


def thin_lines(shapes: Shapes, groups: NDArray[np.int64], zoom: int) -> tuple[Shapes, NDArray[np.int64]]:
    """Lines of one group joined where just two meet, without short ones and small bends; and the group of each.

    `shapes` in EPSG:3857 metres, `groups` [n] the kind of each feature. Joined first, so that a main road that side
    streets cut into pieces stays whole.

    >>> lines = to_shapes([shapely.LineString([(0, 0), (9e4, 0)]), shapely.LineString([(9e4, 0), (2e5, 10)])])
    >>> far, groups = thin_lines(lines, np.array([3, 3]), 9)
    >>> far.xy.tolist(), groups.tolist()
    ([[0.0, 0.0], [200000.0, 10.0]], [3])
    """
    px_m = display_px_m(zoom)
    piece_group = np.repeat(groups, np.diff(shapes.feature_pieces))
    lines = _as_lines(shapes)
    found: list[NDArray[np.object_]] = []
    owners: list[NDArray[np.int64]] = []
    for group in np.unique(piece_group):
        joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines[piece_group == group])))
        kept = joined[shapely.length(joined) >= SHORTEST_PX * px_m * min(max(0, WHOLE_ZOOM - zoom), 3)]
        found.append(shapely.simplify(kept, TOLERANCE_PX * px_m, preserve_topology=False))
        owners.append(np.full(len(kept), group, dtype=np.int64))
    if not found:
        return shapes, groups
    return to_shapes(np.concatenate(found)), np.concatenate(owners)


def thin_areas(shapes: Shapes, zoom: int) -> Shapes:
    """Every ring with fewer corners; one that would collapse stays as it is. Features keep their number.

    >>> bent = to_shapes([shapely.Polygon([(0, 0), (5e4, 1), (9e4, 0), (9e4, 9e4)])])
    >>> thin_areas(bent, 9).xy.tolist()
    [[0.0, 0.0], [90000.0, 0.0], [90000.0, 90000.0], [0.0, 0.0]]
    """
    rings = _as_lines(shapes)
    simpler = shapely.simplify(rings, TOLERANCE_PX / 2 * display_px_m(zoom), preserve_topology=False)
    simpler = np.where(shapely.get_num_coordinates(simpler) < 4, rings, simpler)
    starts = np.r_[0, np.cumsum(shapely.get_num_coordinates(simpler))].astype(np.int64)
    return replace(shapes, xy=shapely.get_coordinates(simpler), piece_starts=starts)


def _as_lines(shapes: Shapes) -> NDArray[np.object_]:
    """One line per piece."""
    piece = np.repeat(np.arange(len(shapes.holes)), np.diff(shapes.piece_starts))
    lines: NDArray[np.object_] = np.asarray(shapely.linestrings(shapes.xy, indices=piece), dtype=object)
    return lines
