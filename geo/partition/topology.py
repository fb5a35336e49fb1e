"""Where units of one level overlap, and whether that is more than the rules allow (DOMAIN 1a)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.errors import BadPartition, Words
from geo.rules import Rules

#: Overlaps below a square millimetre are rounding of shared corners, not overlaps.
NOISE_M2 = 1e-6
#: How many offenders an error names before it says how many more there are.
NAMED = 10


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
    geoms = np.asarray(geometries_metric, dtype=object)
    names = np.asarray(list(codes), dtype=object)
    if len(geoms) != len(names):
        raise BadPartition(
            Words(f"{len(geoms)} geometries but {len(names)} codes", f"{len(geoms)} 个图形，{len(names)} 个编码")
        )
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
