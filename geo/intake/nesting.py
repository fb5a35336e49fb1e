"""Which unit one level up a unit belongs to, and whether it lies in it."""

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import BadPartition, Words
from geo.intake.mapping import LevelSource
from geo.intake.values import clean_text

Texts = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

#: How many offenders an error names before it says how many more there are.
NAMED = 10


def find_parents(
    level: LevelSource,
    codes: Texts,
    shapes: Texts,
    stated: Texts,
    parent_codes: Texts,
    parent_shapes: Texts,
    nest_share_limit: float,
) -> Texts:
    """Code of each unit's parent (object[n]): as `stated`, else the parent with most of its area (ties: lowest code).

    `shapes` and `parent_shapes` are metric. `BadPartition` names the units whose stated parent does not exist,
    that have no parent, or of whose area less than `nest_share_limit` lies in their parent.
    """
    place = {code: position for position, code in enumerate(parent_codes)}
    stated = clean_text(stated)
    unknown = [i for i, code in enumerate(stated) if code is not None and code not in place]
    if unknown:
        raise BadPartition(*_name_some(level, [(codes[i], f"{stated[i]!r}") for i in unknown], _NO_SUCH_PARENT))
    chosen = np.array([-1 if code is None else place[code] for code in stated], dtype=np.int64)
    share = np.zeros(len(codes))
    given = np.flatnonzero(chosen >= 0)
    share[given] = _shares(shapes[given], parent_shapes[chosen[given]])
    open_rows = np.flatnonzero(chosen < 0)
    if len(open_rows):
        found, found_share = _largest_share(shapes[open_rows], parent_shapes, parent_codes)
        chosen[open_rows], share[open_rows] = found, found_share
    leaving = np.flatnonzero((chosen < 0) | (share < nest_share_limit))
    if len(leaving):
        offenders = [(codes[i], f"{share[i]:.1%}") for i in leaving[np.argsort(share[leaving], kind="stable")]]
        raise BadPartition(*_name_some(level, offenders, _LEAVES_PARENT))
    return np.asarray(parent_codes[chosen], dtype=object)


def _largest_share(shapes: Texts, parent_shapes: Texts, parent_codes: Texts) -> tuple[npt.NDArray[np.int64], Floats]:
    child, parent = shapely.STRtree(parent_shapes).query(shapes, predicate="intersects")
    share = _shares(shapes[child], parent_shapes[parent])
    rank = np.empty(len(parent_codes), dtype=np.int64)
    rank[np.argsort(parent_codes, kind="stable")] = np.arange(len(parent_codes))
    order = np.lexsort((-rank[parent], share, child))
    best = np.full(len(shapes), -1, dtype=np.int64)
    best_share = np.zeros(len(shapes))
    best[child[order]] = parent[order]
    best_share[child[order]] = share[order]
    return best, best_share


def _shares(shapes: Texts, parents: Texts) -> Floats:
    """Share of each shape's area that lies in the parent beside it."""
    shapely.prepare(parents)
    share = np.ones(len(shapes))
    rest = np.flatnonzero(~shapely.covers(parents, shapes))
    if len(rest):
        shared = shapely.area(shapely.intersection(shapes[rest], parents[rest]))
        share[rest] = shared / shapely.area(shapes[rest])
    return share


_NO_SUCH_PARENT = Words("{level} {code}: its parent {said} does not exist", "{level} {code}：上级 {said} 不存在")
_LEAVES_PARENT = Words(
    "{level} {code}: only {said} of it lies in its parent", "{level} {code}：仅 {said} 的面积位于上级之内"
)


def _name_some(level: LevelSource, offenders: list[tuple[str, str]], words: Words) -> list[Words]:
    faults = [
        Words(
            words.en.format(level=level.name, code=code, said=said),
            words.zh.format(level=level.title_zh, code=code, said=said),
        )
        for code, said in offenders[:NAMED]
    ]
    more = len(offenders) - len(faults)
    return [*faults, Words(f"and {more} more", f"另有 {more} 个")] if more else faults
