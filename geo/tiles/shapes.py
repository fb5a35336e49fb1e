"""Geometry as plain arrays: what the pyramid stores and the encoder reads."""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

POINT, LINE, POLYGON = 1, 2, 3


@dataclass(frozen=True)
class Shapes:
    """`n` features of one or more pieces (rings, lines or points) in one flat coordinate array.

    Feature `i` has the pieces `feature_pieces[i]:feature_pieces[i + 1]`; piece `j` has the
    coordinates `piece_starts[j]:piece_starts[j + 1]`. A ring with `holes[j] == 1` lies in the last ring
    before it that has 0. Rings repeat their first point.
    """

    kinds: NDArray[np.uint8]  # [n] POINT, LINE or POLYGON
    xy: NDArray[np.float64]  # [m, 2] x, y
    piece_starts: NDArray[np.int64]  # [pieces + 1]
    holes: NDArray[np.uint8]  # [pieces]
    feature_pieces: NDArray[np.int64]  # [n + 1]
    bounds: NDArray[np.float64]  # [4, n] minx, miny, maxx, maxy; NaN where empty

    def __len__(self) -> int:
        return len(self.kinds)


ARRAYS = ("kinds", "xy", "piece_starts", "holes", "feature_pieces", "bounds")


def to_shapes(geometries: Sequence[Any] | NDArray[Any]) -> Shapes:
    """The geometries as `Shapes`, in order; None and empty ones become features without pieces.

    Of a collection only the parts of the highest dimension are kept.

    >>> shapes = to_shapes([shapely.box(0, 0, 1, 1), shapely.Point(5, 6), None])
    >>> shapes.kinds.tolist(), shapes.feature_pieces.tolist(), shapes.piece_starts.tolist()
    ([3, 1, 1], [0, 1, 2, 2], [0, 5, 6])
    """
    features = np.empty(len(geometries), dtype=object)
    features[:] = geometries
    parts, owner = shapely.get_parts(features, return_index=True)
    parts, within = shapely.get_parts(parts, return_index=True)
    owner = owner[within]
    filled = ~shapely.is_empty(parts)
    parts, owner = parts[filled], owner[filled]
    dimension = shapely.get_dimensions(parts)
    highest = np.zeros(len(features), dtype=np.int64)
    np.maximum.at(highest, owner, dimension)
    wanted = dimension == highest[owner]
    parts, owner, dimension = parts[wanted], owner[wanted], dimension[wanted]

    areal = np.flatnonzero(dimension == 2)
    rings, ring_part = shapely.get_rings(parts[areal], return_index=True)
    ring_is_hole = np.r_[False, ring_part[1:] == ring_part[:-1]][: len(rings)]
    other = np.flatnonzero(dimension < 2)
    pieces = np.concatenate([rings, parts[other]])
    piece_owner = np.concatenate([owner[areal][ring_part], owner[other]])
    holes = np.concatenate([ring_is_hole, np.zeros(len(other), dtype=bool)])
    order = np.argsort(piece_owner, kind="stable")
    pieces, piece_owner, holes = pieces[order], piece_owner[order], holes[order]

    counts = shapely.get_num_coordinates(pieces)
    return _frozen(
        kinds=(highest + 1).astype(np.uint8),
        xy=shapely.get_coordinates(pieces),
        piece_starts=np.r_[0, np.cumsum(counts)].astype(np.int64),
        holes=holes.astype(np.uint8),
        feature_pieces=np.searchsorted(piece_owner, np.arange(len(features) + 1)).astype(np.int64),
        bounds=np.ascontiguousarray(shapely.bounds(features).reshape(-1, 4).T),
    )


def splice_shapes(shapes: Shapes, without: NDArray[np.int64], more: Shapes) -> Shapes:
    """`shapes` in which the features `without` are in no place any more, followed by those of `more`.

    >>> two, more = to_shapes([shapely.Point(1, 1), shapely.Point(2, 2)]), to_shapes([shapely.Point(9, 9)])
    >>> both = splice_shapes(two, np.array([0]), more)
    >>> len(both), both.bounds[0].tolist(), both.feature_pieces.tolist()
    (3, [nan, 2.0, 9.0], [0, 1, 2, 3])
    """
    bounds = np.concatenate([shapes.bounds, more.bounds], axis=1)
    bounds[:, without] = np.nan
    return _frozen(
        kinds=np.concatenate([shapes.kinds, more.kinds]),
        xy=np.concatenate([shapes.xy, more.xy]),
        piece_starts=np.concatenate([shapes.piece_starts, more.piece_starts[1:] + shapes.piece_starts[-1]]),
        holes=np.concatenate([shapes.holes, more.holes]),
        feature_pieces=np.concatenate([shapes.feature_pieces, more.feature_pieces[1:] + shapes.feature_pieces[-1]]),
        bounds=bounds,
    )


def write_shapes(shapes: Shapes, folder: Path, stem: str) -> None:
    """Write each array as `<stem>_<array>.npy` into `folder`."""
    for name in ARRAYS:
        np.save(folder / f"{stem}_{name}.npy", getattr(shapes, name), allow_pickle=False)


def open_shapes(folder: Path, stem: str) -> Shapes:
    """The arrays that `write_shapes` wrote, memory-mapped and read-only."""
    arrays: dict[str, NDArray[Any]] = {}
    for name in ARRAYS:
        path = folder / f"{stem}_{name}.npy"
        empty = np.load(path, mmap_mode=None, allow_pickle=False) if path.stat().st_size < 4096 else None
        arrays[name] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)) if empty is None else empty
    return _frozen(**arrays)


def map_shapes(shapes: Shapes) -> Shapes:
    """The same arrays in files without a name, memory-mapped: where nobody looks they take no memory.

    Where the folder for such files has no room, they stay as they are.

    >>> mapped = map_shapes(to_shapes([shapely.box(0, 0, 1, 1)]))
    >>> mapped.xy.tolist()
    [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    """
    try:
        with TemporaryDirectory() as folder:
            write_shapes(shapes, Path(folder), "shapes")
            return open_shapes(Path(folder), "shapes")
    except OSError:
        return shapes


def let_pages_go(shapes: Shapes) -> None:
    """Takes what was read of mapped arrays out of memory; it is read again where somebody looks.

    >>> mapped = map_shapes(to_shapes([shapely.Point(n, 0) for n in range(1000)]))
    >>> let_pages_go(mapped)
    >>> mapped.xy[-1].tolist()
    [999.0, 0.0]
    """
    for name in ARRAYS:
        held = getattr(shapes, name)
        while isinstance(held, np.ndarray):
            held = held.base
        if isinstance(held, mmap.mmap):
            held.madvise(mmap.MADV_DONTNEED)


def _frozen(**arrays: NDArray[Any]) -> Shapes:
    for array in arrays.values():
        array.flags.writeable = False
    return Shapes(**arrays)
