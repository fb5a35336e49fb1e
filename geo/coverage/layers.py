"""Ground in view of at least one, two, three cameras, without a loop over cameras."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.coverage.threads import each

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Less than this (m2, m) is what rounding leaves of coordinates of millions of metres: nothing.
TRACE = 1e-5
#: GEOS type numbers.
LINE, POLYGON, MULTILINE, MULTIPOLYGON = 1, 3, 5, 6


class Layers(NamedTuple):
    """Ground seen by at least 1, 2, 3 sectors: one (multi)polygon per component, empty where there is none."""

    one: Geometries
    two: Geometries
    three: Geometries


def k_layers(sectors: Geometries) -> Layers:
    """The ground that at least one, two and three of `sectors` (polygons of one metric CRS; empty ones skipped) hold.

    Sectors that touch, directly or through others, form a component; the three arrays have one geometry per component,
    and components do not overlap, so areas and lengths may be summed over them. The order of the sectors does not
    matter beyond rounding. Neighbouring groups of sectors are merged pairwise, all components at once: `two = two_a
    + two_b + one_a one_b`, `three = three_a + three_b + two_a one_b + one_a two_b`.

    >>> layers = k_layers(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), shapely.box(9, 0, 10, 1)]))
    >>> shapely.area(layers.one).tolist(), shapely.area(layers.two).tolist(), shapely.area(layers.three).tolist()
    ([3.0, 1.0], [1.0, 0.0], [0.0, 0.0])
    """
    kept = np.asarray(sectors, dtype=object)
    kept = kept[~shapely.is_empty(kept)]
    component = _components(kept)
    order = _along_curve(kept, component)
    component, one = component[order], kept[order]
    two = np.full(len(one), shapely.Polygon(), dtype=object)
    three = two.copy()
    while True:
        left, right, stay = _pairs(component)
        if not len(left):
            return Layers(one, two, three)
        a1, b1, a2, b2 = one[left], one[right], two[left], two[right]
        three[left] = _union(_union(three[left], three[right]), _union(_common(a2, b1), _common(a1, b2)))
        two[left] = _union(_union(a2, b2), _common(a1, b1))
        one[left] = shapely.union(a1, b1)
        component, one, two, three = component[stay], one[stay], two[stay], three[stay]


def union_by_group(geometries: Geometries, group: Ints, n_groups: int) -> Geometries:
    """The union of the polygons of each group: array of `n_groups` (multi)polygons, empty where a group has none.

    `group` gives each geometry its group, 0 .. n_groups - 1.

    >>> union_by_group(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]), np.array([1, 1]), 2)[1].area
    2.0
    """
    unions = np.full(n_groups, shapely.Polygon(), dtype=object)
    kept = ~shapely.is_empty(geometries)
    geoms, of = geometries[kept], group[kept]
    order = _along_curve(geoms, of)
    geoms, of = geoms[order], of[order]
    while True:
        left, right, stay = _pairs(of)
        if not len(left):
            unions[of] = geoms
            return unions
        geoms[left] = each(shapely.union, geoms[left], geoms[right])
        geoms, of = geoms[stay], of[stay]


def polygonal(geometries: Geometries) -> Geometries:
    """The polygons in each geometry as one (multi)polygon: lines and points of touching edges fall away.

    >>> mixed = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(5, 5)])
    >>> shapely.area(polygonal(np.array([mixed, shapely.Point(0, 0)]))).tolist()
    [1.0, 0.0]
    """
    return _only(geometries, POLYGON, MULTIPOLYGON)


def linear(geometries: Geometries) -> Geometries:
    """The lines in each geometry as one (multi)line: points and polygons fall away.

    >>> mixed = shapely.GeometryCollection([shapely.LineString([(0, 0), (3, 4)]), shapely.Point(5, 5)])
    >>> shapely.length(linear(np.array([mixed, shapely.box(0, 0, 1, 1)]))).tolist()
    [5.0, 0.0]
    """
    return _only(geometries, LINE, MULTILINE)


def _only(geometries: Geometries, single: int, multi: int) -> Geometries:
    types = shapely.get_type_id(geometries)
    odd = np.flatnonzero((types != single) & (types != multi))
    if not len(odd):
        return geometries
    clean = geometries.copy()
    clean[odd] = shapely.Polygon() if single == POLYGON else shapely.LineString()
    parts, of = shapely.get_parts(geometries[odd], return_index=True)
    wanted = shapely.get_type_id(parts) == single
    if wanted.any():
        found, of = np.unique(of[wanted], return_inverse=True)
        join = shapely.multipolygons if single == POLYGON else shapely.multilinestrings
        clean[odd[found]] = join(parts[wanted], indices=of)
    return clean


def _common(a: Geometries, b: Geometries) -> Geometries:
    """Polygonal intersections; pairs of which one is empty or that lie apart cost nothing."""
    common = np.full(len(a), shapely.Polygon(), dtype=object)
    box_a, box_b = shapely.bounds(a), shapely.bounds(b)
    # Comparisons with the NaN bounds of an empty geometry are false.
    near = (
        (box_a[:, 0] < box_b[:, 2])
        & (box_b[:, 0] < box_a[:, 2])
        & (box_a[:, 1] < box_b[:, 3])
        & (box_b[:, 1] < box_a[:, 3])
    )
    common[near] = polygonal(shapely.intersection(a[near], b[near]))
    return common


def _union(a: Geometries, b: Geometries) -> Geometries:
    empty_a, empty_b = shapely.is_empty(a), shapely.is_empty(b)
    union = np.where(empty_a, b, a)
    both = ~empty_a & ~empty_b
    union[both] = shapely.union(a[both], b[both])
    return union


def _components(geometries: Geometries) -> Ints:
    a, b = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    links = coo_array((np.ones(len(a), dtype=bool), (a, b)), shape=(len(geometries), len(geometries)))
    if not len(geometries):
        return np.zeros(0, dtype=np.int64)
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _along_curve(geometries: Geometries, group: Ints) -> Ints:
    """An order by group and, within it, along a Hilbert curve: neighbours in the order are neighbours on the ground."""
    if len(geometries) < 2:
        return np.arange(len(geometries), dtype=np.int64)
    along = gpd.GeoSeries(geometries).hilbert_distance().to_numpy()
    return np.asarray(np.lexsort((along, group)), dtype=np.int64)


def _pairs(group: Ints) -> tuple[Ints, Ints, Ints]:
    """Positions to merge (left, right) and those that stay, for sorted `group`: every second one and its next."""
    position = np.arange(len(group))
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    within = position - np.repeat(starts, np.diff(np.append(starts, len(group))))
    stay = np.flatnonzero(within % 2 == 0)
    next_one = np.minimum(stay + 1, len(group) - 1)
    paired = (next_one > stay) & (group[next_one] == group[stay])
    return stay[paired], next_one[paired], stay
