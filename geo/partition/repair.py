"""Repair of boundaries by small, stated steps: each says which unit changes, how, and how much ground moves.

No step is taken unless it was asked for. Ground that two units claim stays with the lower code, which is where the
join counts its points anyhow; a gap goes to the neighbour with the longest edge along it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import BadPartition, BadQuery, Words
from geo.partition.faults import REPORTED_M2, Fault, find_faults, make_whole, only_polygons, union_of
from geo.partition.metres import Metres
from geo.partition.topology import NEAR_M
from geo.rules import Rules
from geo.schema import HomeInfo
from geo.schema.home import TOTAL

Shapes = npt.NDArray[np.object_]

#: In this order steps are taken, whatever the order they were asked in.
ACTIONS = ("make_valid", "clip", "cut", "fill")
OLD_REPORT = Words(
    "the boundaries have changed since this report; look at the new one", "边界在报告生成后已有变化，请查看新的报告"
)


@dataclass(frozen=True)
class Step:
    """One repair: `action` (of `ACTIONS`) changes the unit `code` at `fault`; `area_m2` is the ground that moves."""

    fault: Fault
    action: str
    code: str
    words: Words

    @property
    def id(self) -> str:
        """The fault's id: a fault has one step, or none."""
        return self.fault.id

    @property
    def area_m2(self) -> float:
        """Square metres that change hands (for `make_valid`: of the unit as redrawn)."""
        return self.fault.area_m2


def find_steps(
    faults: Sequence[Fault], units: gpd.GeoDataFrame, rules: Rules, metres: Metres | None = None
) -> tuple[tuple[Step, ...], dict[str, Words]]:
    """The steps that repair `faults`, in the order they are taken, and by fault id why the others have none.

    A gap is filled only where it is at most `rules.overlap_share_limit` of the unit that takes it: a larger one may be
    a lake or another authority's land. Missing units need a file. `metres` as in `find_faults`.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("grid", "网格", "Grid"),))
    >>> squares = [shapely.box(x, 3_100_000, x + 10, 3_100_010) for x in (500_000, 500_008)]
    >>> frame = {"level": ["grid"] * 2, "code": ["a", "b"], "parent_code": [None, None]}
    >>> units = gpd.GeoDataFrame(frame, geometry=squares, crs="EPSG:32649")
    >>> steps, _ = find_steps(find_faults(units, home), units, Rules())
    >>> steps[0].words.en
    'cut 20.0 m² from b; they stay with a'
    """
    pairs = list(zip(units["level"].tolist(), units["code"].tolist(), strict=True))
    shapes = dict(zip(pairs, np.asarray(units.geometry, dtype=object), strict=True))
    metres = metres or Metres(units)
    steps: list[Step] = []
    without: dict[str, Words] = {}
    for fault in faults:
        made = _step(fault, {code: shapes.get((fault.level, code)) for code in fault.codes}, metres, rules)
        if isinstance(made, Step):
            steps.append(made)
        else:
            without[fault.id] = made
    return tuple(sorted(steps, key=lambda step: ACTIONS.index(step.action))), without


def choose_steps(
    units: gpd.GeoDataFrame, home: HomeInfo, rules: Rules, ids: Collection[str], metres: Metres | None = None
) -> tuple[Step, ...]:
    """Of all steps for `units` those with `ids`, in the order they are taken; `BadQuery` where one is none of them.

    `metres` as in `find_faults`.
    """
    metres = metres or Metres(units)
    steps, _ = find_steps(find_faults(units, home, metres), units, rules, metres)
    chosen = tuple(step for step in steps if step.id in ids)
    if len(chosen) != len(set(ids)) or not chosen:
        raise BadQuery(OLD_REPORT)
    return chosen


def repair_units(
    units: gpd.GeoDataFrame, home: HomeInfo, steps: Sequence[Step], metres: Metres | None = None
) -> gpd.GeoDataFrame:
    """`units` after `steps`; a unit that no step names keeps its very coordinates, the total follows its parts.

    `metres` as in `find_faults`. Raises `BadPartition` where nothing of a unit would be left.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("grid", "网格", "Grid"),))
    >>> squares = [shapely.box(x, 3_100_000, x + 10, 3_100_010) for x in (500_000, 500_008)]
    >>> frame = {"level": ["grid"] * 2, "code": ["a", "b"], "parent_code": [None, None]}
    >>> units = gpd.GeoDataFrame(frame, geometry=squares, crs="EPSG:32649")
    >>> steps, _ = find_steps(find_faults(units, home), units, Rules())
    >>> repair_units(units, home, steps).geometry.area.tolist()
    [100.0, 80.0]
    """
    levels, codes = units["level"].tolist(), units["code"].tolist()
    place = {pair: position for position, pair in enumerate(zip(levels, codes, strict=True))}
    shapes: Shapes = np.asarray(units.geometry, dtype=object).copy()
    metres = metres or Metres(units)
    for step in steps:
        at = place[step.fault.level, step.code]
        shapes[at] = _apply(step, shapes[at], metres)
        if shapes[at].is_empty:
            raise BadPartition(
                Words(f"nothing of {step.code} would be left; correct it in its file", f"{step.code} 将不剩任何面积")
            )
    tops = {level.name for level in home.levels if level.parent == TOTAL}
    if any(step.fault.level in tops for step in steps):
        shapes[place[TOTAL, TOTAL]] = union_of(shapes[[level in tops for level in levels]])
    repaired: gpd.GeoDataFrame = units.set_geometry(gpd.GeoSeries(shapes, index=units.index, crs=units.crs))
    return repaired


def _apply(step: Step, shape: Any, metres: Metres) -> Any:
    if step.action == "make_valid":
        return make_whole(np.array([shape], dtype=object))[0]
    if step.action == "fill":
        return only_polygons(shapely.union(shape, step.fault.shape))
    left = shapely.get_parts(only_polygons(shapely.difference(shape, step.fault.shape)))
    kept = left[metres.measure(left)[0] >= REPORTED_M2]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)


def _step(fault: Fault, shapes: dict[str, Any], metres: Metres, rules: Rules) -> Step | Words:
    m2 = f"{fault.area_m2:,.1f}"
    if fault.made_of == "self_intersection":
        code = fault.codes[0]
        if fault.shape.is_empty:
            return Words("nothing of its area can be kept; correct it in its file", "无可保留的面积，请在文件中更正")
        words = Words(f"redraw {code} without the crossing: {m2} m²", f"重绘 {code}，消除自相交：{m2} 平方米")
        return Step(fault, "make_valid", code, words)
    if fault.made_of == "overlap":
        low, high = fault.codes
        if not _leaves_some(shapes[high], fault.shape):
            return Words(
                f"{high} lies wholly in {low}; correct it in its file", f"{high} 全部在 {low} 内，请在文件中更正"
            )
        words = Words(f"cut {m2} m² from {high}; they stay with {low}", f"从 {high} 切去 {m2} 平方米，归 {low}")
        return Step(fault, "cut", high, words)
    if fault.made_of == "outside_parent":
        code, above = fault.codes
        if not _leaves_some(shapes[code], fault.shape):
            return Words(f"{code} lies wholly outside {above}", f"{code} 全部在 {above} 之外")
        words = Words(f"cut {m2} m² of {code} outside {above}", f"切去 {code} 超出 {above} 的 {m2} 平方米")
        return Step(fault, "clip", code, words)
    if fault.made_of == "gap":
        return _fill(fault, shapes, metres, rules)
    return Words("units are missing; import a file that holds them", "缺少单位，请导入包含它们的文件")


def _fill(fault: Fault, shapes: dict[str, Any], metres: Metres, rules: Rules) -> Step | Words:
    codes = [code for code, shape in shapes.items() if shape is not None]
    none = Words("no unit lies along it", "周围没有单位")
    if not codes:
        return none
    around = make_whole(np.array([shapes[code] for code in codes], dtype=object))
    (gap,), flat = metres.flatten([fault.shape], fault.shape), metres.flatten(around, fault.shape)
    near = shapely.intersection(flat, shapely.buffer(gap, 1.0))
    edges_m = shapely.length(shapely.intersection(shapely.boundary(gap), shapely.buffer(near, NEAR_M)))
    best = min(range(len(codes)), key=lambda i: (-round(float(edges_m[i]), 3), codes[i]))
    if edges_m[best] <= 0:
        return none
    limit = rules.overlap_share_limit
    if fault.area_m2 > limit * shapely.area(flat[best]):
        return Words(
            f"larger than {limit:.0%} of {codes[best]}, its closest neighbour; correct it in its file",
            f"超过相邻单位 {codes[best]} 面积的 {limit:.0%}，请在文件中更正",
        )
    m2, edge = f"{fault.area_m2:,.1f}", f"{edges_m[best]:,.0f}"
    words = Words(
        f"give {m2} m² to {codes[best]}, which has the longest edge along them ({edge} m)",
        f"将 {m2} 平方米并入 {codes[best]}（共边最长，{edge} 米）",
    )
    return Step(fault, "fill", codes[best], words)


def _leaves_some(shape: Any, cut: Any) -> bool:
    if shape is None:
        return False
    whole = make_whole(np.array([shape], dtype=object))[0]
    return not only_polygons(shapely.difference(whole, cut)).is_empty
