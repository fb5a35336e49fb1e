"""Where units of one level overlap or leave holes, and whether that is more than the rules allow (DOMAIN 1a)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.errors import BadPartition, Words
from geo.rules import Rules

Geometries = npt.NDArray[np.object_]

#: Overlaps below a square millimetre are rounding of shared corners, not overlaps.
NOISE_M2 = 1e-6
#: How many offenders an error names before it says how many more there are.
NAMED = 10
#: Units within this distance of a hole lie around it: borders that were meant to meet may miss by rounding.
NEAR_M = 0.001


def find_overlaps(geometries_metric: Any, codes: Sequence[str]) -> pd.DataFrame:
    """Pairs of units whose interiors overlap.

    `geometries_metric` is a sequence, array or GeoSeries of n valid (multi)polygons of one level in one
    metric CRS (x, y in metres); `codes` are their n codes. Returns one row per overlapping pair with
    `code_a` < `code_b` (by code point), `overlap_m2` and `share_of_smaller` (0..1 of the smaller of the two),
    the largest overlap first. Edges and corners in common are no overlap. Raises `BadPartition` where the
    two inputs differ in length.

    >>> from shapely import box
    >>> find_overlaps([box(0, 0, 10, 10), box(9, 0, 19, 10), box(19, 0, 29, 10)], ["a", "b", "c"]).to_dict("records")
    [{'code_a': 'a', 'code_b': 'b', 'overlap_m2': 10.0, 'share_of_smaller': 0.1}]
    """
    geoms, names = _same_length(geometries_metric, codes)
    first, second = shapely.STRtree(geoms).query(geoms, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    overlap = shapely.area(shapely.intersection(geoms[first], geoms[second]))
    real = overlap > NOISE_M2
    first, second, overlap = first[real], second[real], overlap[real]
    area = shapely.area(geoms)
    a, b = names[first], names[second]
    swap = np.array([x > y for x, y in zip(a, b, strict=True)], dtype=bool)
    return (
        pd.DataFrame(
            {
                "code_a": pd.Series(np.where(swap, b, a), dtype="object"),
                "code_b": pd.Series(np.where(swap, a, b), dtype="object"),
                "overlap_m2": overlap,
                "share_of_smaller": overlap / np.minimum(area[first], area[second]),
            }
        )
        .sort_values(["overlap_m2", "code_a", "code_b"], ascending=[False, True, True])
        .reset_index(drop=True)
    )


def find_holes(geometries_metric: Any, codes: Sequence[str]) -> pd.DataFrame:
    """Ground that the units of one level enclose but that belongs to none of them.

    `geometries_metric` and `codes` as in `find_overlaps`. Returns one row per hole of the union with `codes` (tuple of
    the codes of the units around it, by code point) and `hole_m2`, the largest first. What lies outside the union's
    outline, also a narrow bay of it, is no hole. Raises `BadPartition` where the two inputs differ in length.

    >>> from shapely import box
    >>> ring = [box(0, 0, 30, 10), box(0, 10, 10, 20), box(20, 10, 30, 20), box(0, 20, 30, 30)]
    >>> find_holes(ring, ["s", "w", "e", "n"]).to_dict("records")
    [{'codes': ('e', 'n', 's', 'w'), 'hole_m2': 100.0}]
    """
    geoms, names = _same_length(geometries_metric, codes)
    if not len(geoms):
        return pd.DataFrame({"codes": pd.Series([], dtype=object), "hole_m2": pd.Series([], dtype="float64")})
    whole = shapely.coverage_union_all(geoms) if shapely.coverage_is_valid(geoms) else shapely.union_all(geoms)
    parts = shapely.get_parts(whole)
    rings, _ = shapely.get_rings(parts, return_index=True)
    outer = np.cumsum(shapely.get_num_interior_rings(parts) + 1) - shapely.get_num_interior_rings(parts) - 1
    holes: Geometries = np.asarray(shapely.polygons(np.delete(rings, outer)), dtype=object)
    # An island within a hole is a part of the union of its own.
    hole_of, part_in = shapely.STRtree(parts).query(holes, predicate="contains")
    area = shapely.area(holes) - np.bincount(hole_of, shapely.area(parts)[part_in], minlength=len(holes))
    holes, area = holes[area > NOISE_M2], area[area > NOISE_M2]
    hole_of, unit = shapely.STRtree(geoms).query(holes, predicate="dwithin", distance=NEAR_M)
    around = [tuple(sorted(names[unit[hole_of == hole]])) for hole in range(len(holes))]
    found = pd.DataFrame({"codes": pd.Series(around, dtype=object), "hole_m2": area})
    return found.sort_values("hole_m2", ascending=False, kind="stable", ignore_index=True)


def check_overlaps(geometries_metric: Any, codes: Sequence[str], rules: Rules, accept: bool = False) -> pd.DataFrame:
    """The overlaps of `find_overlaps`, unless one is larger than `rules.overlap_share_limit` of its smaller unit.

    `geometries_metric` may also be a GeoDataFrame. Raises `BadPartition` naming the offending pairs with their
    square metres; with `accept` (the mapping's `accept_overlaps = true`) they are only returned.

    >>> from shapely import box
    >>> squares = [box(0, 0, 10, 10), box(9, 0, 19, 10)]
    >>> check_overlaps(squares, ["a", "b"], Rules())
    Traceback (most recent call last):
    geo.errors.BadPartition: units a and b overlap by 10.00 m2, 10.0% of the smaller (limit 1%)
    >>> len(check_overlaps(squares, ["a", "b"], Rules(), accept=True))
    1
    """
    overlaps = find_overlaps(getattr(geometries_metric, "geometry", geometries_metric), codes)
    beyond = overlaps[overlaps["share_of_smaller"] > rules.overlap_share_limit]
    if accept or beyond.empty:
        return overlaps
    limit = f"{rules.overlap_share_limit:.0%}"
    faults = [
        Words(
            f"units {row.code_a} and {row.code_b} overlap by {row.overlap_m2:.2f} m2, "
            f"{row.share_of_smaller:.1%} of the smaller (limit {limit})",
            f"单位 {row.code_a} 与 {row.code_b} 重叠 {row.overlap_m2:.2f} 平方米，"
            f"占较小者的 {row.share_of_smaller:.1%}（上限 {limit}）",
        )
        for row in beyond.head(NAMED).itertuples()
    ]
    more = len(beyond) - len(faults)
    if more:
        faults.append(Words(f"and {more} more pairs", f"另有 {more} 对"))
    raise BadPartition(*faults)


def _same_length(geometries: Any, codes: Sequence[str]) -> tuple[Geometries, Geometries]:
    geoms, names = np.asarray(geometries, dtype=object), np.asarray(list(codes), dtype=object)
    if len(geoms) != len(names):
        raise BadPartition(
            Words(f"{len(geoms)} geometries but {len(names)} codes", f"{len(geoms)} 个图形，{len(names)} 个编码")
        )
    return geoms, names
