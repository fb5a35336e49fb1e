"""What is wrong with the boundaries of a home, each fault with its area and its shape."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import Words
from geo.partition.metres import Metres
from geo.schema import HomeInfo, Level
from geo.schema.home import TOTAL

Shapes = npt.NDArray[np.object_]

#: Overlaps, gaps and parts outside the parent below this are rounding of shared corners.
REPORTED_M2 = 0.01
#: What is narrower than this on average (twice its area by its outline's length) is a sliver.
SLIVER_M = 1.0
KINDS = ("self_intersection", "overlap", "gap", "sliver", "outside_parent", "missing")


@dataclass(frozen=True)
class Fault:
    """One fault: its kind (of `KINDS`), level, the codes it touches, its area, and its shape in the boundary CRS.

    A sliver is `made_of` "overlap" or "gap"; any other fault of its own kind.
    """

    kind: str
    level: str
    codes: tuple[str, ...]
    area_m2: float
    shape: Any
    made_of: str
    words: Words

    @property
    def id(self) -> str:
        """A name that stays the same while the boundaries do."""
        name = f"{self.made_of}:{self.level}:{'+'.join(self.codes)}"
        if self.shape.is_empty:
            return name
        x, y = shapely.get_coordinates(shapely.point_on_surface(self.shape))[0]
        return f"{name}:{x:.7f},{y:.7f}"


def find_faults(units: gpd.GeoDataFrame, home: HomeInfo, metres: Metres | None = None) -> tuple[Fault, ...]:
    """Every fault of `units` (columns level, code, parent_code; geometry in the boundary CRS), by level and kind.

    Self-intersections; overlaps of units of one level; gaps: ground of a parent that none of its children covers, or
    enclosed by units of a level that has no parent; children that reach out of their parent; units without a parent and
    parents without children. Areas are metric; within a kind the largest comes first. The total `all` is made of the
    units under it and has no faults of its own. `metres` are those of `units`, where the caller has them.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("grid", "网格", "Grid"),))
    >>> squares = [shapely.box(x, 3_100_000, x + 10, 3_100_010) for x in (500_000, 500_008)]
    >>> frame = {"level": ["grid"] * 2, "code": ["a", "b"], "parent_code": [None, None]}
    >>> units = gpd.GeoDataFrame(frame, geometry=squares, crs="EPSG:32649")
    >>> [(fault.kind, fault.codes, fault.area_m2) for fault in find_faults(units, home)]
    [('overlap', ('a', 'b'), 20.0)]
    """
    metres = metres or Metres(units)
    found: list[Fault] = []
    layers = {
        level.name: _Layer(level, units[units["level"] == level.name]) for level in home.levels if level.name != TOTAL
    }
    for layer in layers.values():
        parent = layers.get(layer.level.parent or "")
        faults = [*_broken(layer, metres), *_overlaps(layer, metres)]
        faults.extend(_holes(layer, metres) if parent is None else _against_parents(layer, parent, metres))
        found.extend(sorted(faults, key=lambda fault: (KINDS.index(fault.kind), -fault.area_m2, fault.codes)))
    return tuple(found)


class _Layer:
    """The units of one level: codes and shapes by position; `whole` are the shapes made valid for measuring."""

    def __init__(self, level: Level, frame: gpd.GeoDataFrame) -> None:
        order = np.argsort(frame["code"].to_numpy(dtype=object), kind="stable")
        self.level = level
        self.codes = frame["code"].to_numpy(dtype=object)[order]
        self.parents = frame["parent_code"].to_numpy(dtype=object)[order]
        self.shapes: Shapes = np.asarray(frame.geometry, dtype=object)[order]
        self.is_valid = shapely.is_valid(self.shapes)
        self.whole = self.shapes.copy()
        self.whole[~self.is_valid] = make_whole(self.shapes[~self.is_valid])


def make_whole(shapes: Shapes) -> Shapes:
    """The polygonal part of `shapes` after `make_valid(method="structure")`.

    >>> bowtie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> make_whole(np.array([bowtie], dtype=object))[0].area
    2.0
    """
    fixed = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    return np.array([only_polygons(shape) for shape in fixed], dtype=object)


def only_polygons(shape: Any) -> Any:
    """`shape` without its points and lines, as one (multi)polygon; empty where no area is left.

    >>> only_polygons(shapely.from_wkt("GEOMETRYCOLLECTION (POINT (0 0), POLYGON ((0 0, 1 0, 0 1, 0 0)))")).area
    0.5
    """
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [only_polygons(part) for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _broken(layer: _Layer, metres: Metres) -> Iterator[Fault]:
    rows = np.flatnonzero(~layer.is_valid)
    for row, area_m2 in zip(rows, metres.measure(layer.whole[rows])[0], strict=True):
        code = str(layer.codes[row])
        words = Words(f"the outline of {code} crosses itself", f"{code} 的边界自相交")
        kind = "self_intersection"
        yield Fault(kind, layer.level.name, (code,), float(area_m2), layer.whole[row], kind, words)


def _overlaps(layer: _Layer, metres: Metres) -> Iterator[Fault]:
    if shapely.coverage_is_valid(layer.whole):
        return
    # Of two units that overlap one at least has an edge that is neither matched nor free.
    loose = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(layer.whole)))
    found, other = shapely.STRtree(layer.whole).query(layer.whole[loose], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([loose[found], other])[loose[found] != other], axis=1), axis=0)
    first, second = pairs[:, 0], pairs[:, 1]
    shared = _polygons(shapely.intersection(layer.whole[first], layer.whole[second]))
    codes = [(str(layer.codes[a]), str(layer.codes[b])) for a, b in pairs]
    words = [Words(f"{a} and {b} overlap", f"{a} 与 {b} 重叠") for a, b in codes]
    yield from _pieces("overlap", layer, codes, shared, metres, words)


def _holes(layer: _Layer, metres: Metres) -> Iterator[Fault]:
    union = union_of(layer.whole)
    rings, owner = shapely.get_rings(shapely.get_parts(union), return_index=True)
    is_inner = np.zeros(len(owner), dtype=bool)
    is_inner[1:] = owner[1:] == owner[:-1]
    holes = shapely.difference(shapely.polygons(rings[is_inner]), union) if is_inner.any() else np.zeros(0, object)
    yield from _gaps(layer, np.arange(len(layer.codes)), holes, metres, "")


def _against_parents(layer: _Layer, parent: _Layer, metres: Metres) -> Iterator[Fault]:
    place = {code: position for position, code in enumerate(parent.codes)}
    of = np.array([place.get(code, -1) for code in layer.parents], dtype=np.int64)
    for row in np.flatnonzero(of < 0):
        code = str(layer.codes[row])
        yield _missing(layer, row, metres, Words(f"{code} has no unit above it", f"{code} 没有上级单位"))
    inside = np.flatnonzero(of >= 0)
    shapely.prepare(parent.whole)
    leaving = inside[~shapely.covers(parent.whole[of[inside]], layer.whole[inside])]
    outside = _polygons(shapely.difference(layer.whole[leaving], parent.whole[of[leaving]]))
    codes = [(str(layer.codes[row]), str(parent.codes[of[row]])) for row in leaving]
    words = [Words(f"{child} reaches out of {over}", f"{child} 超出上级 {over}") for child, over in codes]
    yield from _pieces("outside_parent", layer, codes, outside, metres, words)
    title = layer.level.title()
    m2_by_area = metres.measure(parent.whole)[0] / shapely.area(parent.whole)
    for above, code in enumerate(parent.codes):
        children = inside[of[inside] == above]
        if not len(children):
            none = Words(f"{code} has no unit of the level {title.en}", f"{code} 缺少下级单位（{title.zh}）")
            yield _missing(parent, above, metres, none)
            continue
        covered = union_of(layer.whole[children])
        bare_m2 = (shapely.area(parent.whole[above]) - shapely.area(covered)) * m2_by_area[above]
        if bare_m2 < REPORTED_M2 / 2 and not np.isin(children, leaving).any():
            continue
        bare = shapely.difference(parent.whole[above], covered)
        # Where another parent's child reaches in, the ground is not bare.
        others = layer.whole[leaving[of[leaving] != above]]
        bare = shapely.difference(bare, shapely.union_all(others)) if len(others) else bare
        yield from _gaps(layer, children, np.array([bare], dtype=object), metres, str(code))


def _gaps(layer: _Layer, among: Any, holes: Shapes, metres: Metres, within: str) -> Iterator[Fault]:
    """The pieces of `holes`, each with the codes of the units around it out of the rows `among`."""
    parts = shapely.get_parts(_polygons(holes))
    hole, unit = shapely.STRtree(layer.whole[among]).query(parts, predicate="intersects")
    codes = layer.codes[among]
    around = [tuple(sorted(str(code) for code in codes[unit[hole == i]])) for i in range(len(parts))]
    title = layer.level.title()
    words = Words(f"ground that belongs to no unit of {title.en}", f"不属于任何单位的空隙（{title.zh}）")
    if within:
        words = Words(f"{words.en}, in {within}", f"{within} 内{words.zh}")
    yield from _pieces("gap", layer, around, parts, metres, [words] * len(parts))


def _pieces(
    kind: str, layer: _Layer, codes: Sequence[tuple[str, ...]], shapes: Shapes, metres: Metres, words: list[Words]
) -> Iterator[Fault]:
    """One fault per connected piece of each shape that is large enough to be told."""
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    for piece, own, area_m2, length_m in zip(pieces, owner, *metres.measure(pieces), strict=True):
        if area_m2 >= REPORTED_M2:
            is_sliver = kind in ("overlap", "gap") and 2 * area_m2 / length_m < SLIVER_M
            told = "sliver" if is_sliver else kind
            yield Fault(told, layer.level.name, codes[own], float(area_m2), piece, kind, words[own])


def _missing(layer: _Layer, row: Any, metres: Metres, words: Words) -> Fault:
    area_m2 = float(metres.measure(layer.whole[[row]])[0][0])
    return Fault("missing", layer.level.name, (str(layer.codes[row]),), area_m2, layer.whole[row], "missing", words)


def _polygons(shapes: Shapes) -> Shapes:
    return np.array([only_polygons(shape) for shape in shapes], dtype=object)


def union_of(shapes: Shapes) -> Any:
    """The union of `shapes`, fast where they are a clean coverage.

    >>> union_of(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)).area
    2.0
    """
    return shapely.coverage_union_all(shapes) if shapely.coverage_is_valid(shapes) else shapely.union_all(shapes)
