"""Pieces of neighbouring units that meet at their borders, joined without an overlay of all their corners."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage.layers import Floats, Geometries, Ints, polygonal, union_by_group
from geo.coverage.threads import in_threads

#: Corners nearer than this to each other are one.
WELD_M = 1e-6


def stitch(shapes: Geometries, units: Geometries) -> Geometries:
    """`shapes`, one (multi)polygon per unit and inside it, with the same corners on both sides of shared borders.

    Corners that differ by rounding become one, and a corner that lies on a neighbour's edge becomes its corner, too.

    >>> units = np.array([shapely.box(0, 0, 1, 4), shapely.box(1, 0, 2, 4)])
    >>> a, b = stitch(np.array([shapely.box(0, 0, 1, 2), shapely.box(1 + 1e-9, 1, 2, 3)]), units)
    >>> shapely.coverage_union(a, b).area, shapely.get_num_coordinates([a, b]).tolist()
    (4.0, [6, 6])
    """
    whole = np.flatnonzero(~shapely.is_empty(shapes))
    parts, shape = shapely.get_parts(shapes[whole], return_index=True)
    shape = whole[shape]
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return shapes
    _weld(xy)
    edge, corner = _cuts(xy, ring, _on_border(xy, shape[part[ring]], units))
    start = xy[edge]
    along = ((xy[corner] - start) ** 2).sum(axis=1)
    cuts = pd.DataFrame({"edge": edge, "along": along, "x": xy[corner, 0], "y": xy[corner, 1]})
    cuts = cuts.drop_duplicates(["edge", "x", "y"]).sort_values(["edge", "along"])
    at = cuts["edge"].to_numpy(dtype=np.int64) + 1
    xy = np.insert(xy, at, cuts[["x", "y"]].to_numpy(), axis=0)
    ring = np.insert(ring, at, ring[at - 1])
    closed = np.asarray(shapely.linearrings(xy, indices=ring), dtype=object)
    polygons = shapely.polygons(closed, indices=part)
    stitched = shapes.copy()
    found, of = np.unique(shape, return_inverse=True)
    stitched[found] = shapely.multipolygons(np.asarray(polygons, dtype=object), indices=of)
    return stitched


def gather(shape: "pd.Series[Any]", parents: "pd.Series[str]") -> "pd.Series[Any]":
    """The children's pieces of each parent as one geometry, indexed by the parent's code."""
    codes, of = np.unique(parents.reindex(shape.index).to_numpy(dtype=object), return_inverse=True)
    children = shape.to_numpy(dtype=object)
    families = np.split(children[np.argsort(of, kind="stable")], np.cumsum(np.bincount(of))[:-1])
    merged = np.full(len(codes), shapely.Polygon(), dtype=object)

    def work(begin: int, end: int) -> None:
        for number in range(begin, end):
            merged[number] = _join(families[number])

    in_threads(work, len(codes))
    return pd.Series(merged, index=codes)


def _join(children: Geometries) -> Any:
    """The union of pieces that meet at their borders only; where these do not fit, by overlay."""
    if len(children) == 1:
        return children[0]
    try:
        joined = polygonal(np.array([shapely.coverage_union_all(children)], dtype=object))[0]
        if shapely.is_valid(joined):
            return joined
    except shapely.GEOSException:
        pass
    return union_by_group(children, np.zeros(len(children), dtype=np.int64), 1)[0]


def _weld(xy: Floats) -> None:
    """Make corners that are the same but for rounding the same; neighbours in x are looked at, four at most."""
    for _ in range(2):
        order = np.argsort(xy[:, 0], kind="stable")
        for step in (1, 2, 3, 4):
            first, second = order[:-step], order[step:]
            apart = np.abs(xy[first] - xy[second]).max(axis=1, initial=0.0)
            same = np.flatnonzero((apart > 0.0) & (apart < WELD_M))
            xy[second[same]] = xy[first[same]]


def _on_border(xy: Floats, unit: Ints, units: Geometries) -> Any:
    borders = np.asarray(shapely.boundary(units), dtype=object)
    shapely.prepare(borders)

    def work(begin: int, end: int) -> Any:
        return shapely.dwithin(borders[unit[begin:end]], shapely.points(xy[begin:end]), 10 * WELD_M)

    return np.concatenate(in_threads(work, len(xy)))


def _cuts(xy: Floats, ring: Ints, on_border: Any) -> tuple[Ints, Ints]:
    """Pairs (edge, corner): the corner lies within the edge from that place to the next."""
    edge = np.flatnonzero((ring[1:] == ring[:-1]) & on_border[1:] & on_border[:-1])
    corner = np.flatnonzero(on_border)
    lines = np.asarray(shapely.linestrings(np.stack([xy[edge], xy[edge + 1]], axis=1)), dtype=object)
    c, e = shapely.STRtree(lines).query(shapely.points(xy[corner]), predicate="dwithin", distance=WELD_M)
    c, e = corner[c], edge[e]
    inside = (np.abs(xy[c] - xy[e]).max(axis=1, initial=0.0) > WELD_M) & (
        np.abs(xy[c] - xy[e + 1]).max(axis=1, initial=0.0) > WELD_M
    )
    return e[inside], c[inside]
