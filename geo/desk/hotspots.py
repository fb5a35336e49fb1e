"""Hotspots of the incidents that a filter keeps, worked out when they are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from geo import crs
from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.desk.values import to_list
from geo.errors import BadQuery, NotAvailable, Words
from geo.hotspots.analysis import STATISTICS, VARIABLES, Analysis, analyse, is_thin
from geo.hotspots.cube import EVERY, Wanted
from geo.hotspots.measures import exposure_of, neighbours_by
from geo.hotspots.neighbours import KINDS
from geo.rules import Rules
from geo.schema import Column, Role
from geo.schema.column import may_see
from geo.schema.results import ANALYSIS_COLUMNS
from geo.snapshot import queries
from geo.snapshot.counts import count_events
from geo.snapshot.protect import needs_protection

#: Most permutations, and for rates most whole worlds; so many worlds are drawn where nothing is said.
MAX_PERMUTATIONS, MAX_WORLDS, WORLDS = 99_999, 9_999, 999
MAX_NEAREST = 100
_NO_RESULT = "no_result"

_VARIABLE = {
    "excess": Words("excess over expectation", "超出期望"),
    "count": Words("raw counts", "原始件数"),
    "rate": Words("raw rates", "原始率"),
    "eb": Words("empirical Bayes rates", "经验贝叶斯率"),
}
_STATISTIC = {"gi": Words("Getis-Ord Gi*", "Getis-Ord Gi*"), "moran": Words("local Moran's I", "局部莫兰指数")}
_REFERENCE = {
    "expected": Words("worlds in which exposure alone decides", "仅由暴露量决定的情形"),
    "permutation": Words("{n} conditional permutations (seed {seed})", "{n} 次条件置换（种子 {seed}）"),
    "worlds": Words(
        "{n} random worlds drawn by exposure (seed {seed})", "按暴露量抽取的 {n} 个随机情形（种子 {seed}）"
    ),
}
_BY_COUNT = Words("counts: large and populous units rank high", "件数：面积大、人口多的单位排名靠前")
_NO_VARIATION = Words("no variation beyond chance", "没有超出随机波动的差异")
_ANALYSTS_ONLY = Words(
    "figures of filtered incidents are for analysts; classes with fewer than {n} incidents around are hidden",
    "筛选后的数值仅供分析员查看；周围事件少于 {n} 件的类别已隐藏",
)
_FEW = Words(
    "many units expect less than one incident: permutations flag random worlds, too; take a coarser level or more time",
    "许多单位的期望不足 1 件：置换检验在随机情形中也会标出单位；请改用更粗的层级或更长的时段",
)
_COARSE = Words(
    "the least p is {p}: of {n} units at least {k} must have it before one is marked",
    "最小 p 值为 {p}：{n} 个单位中至少 {k} 个达到该值才会被标出",
)


@dataclass(frozen=True)
class Question:
    """What is asked; None stands for the rules' value, or for the finest level.

    `neighbours`: a kind of `geo.hotspots.neighbours`, with `band_m` metres or `n_nearest` units where it needs them.
    """

    level: str | None = None
    within: str | None = None
    variable: str = "excess"
    statistic: str = "gi"
    neighbours: str | None = None
    band_m: float | None = None
    n_nearest: int | None = None
    permutations: int | None = None
    seed: int | None = None
    wanted: Wanted = EVERY


def analyse_hotspots(held: Held, role: Role, asked: Question) -> dict[str, Any]:
    """Columns over the units of a level (those in `within`), what they mean, which cells are hidden, and the method.

    Tested are all units of the level, wherever `within` is. Below analyst no score and no p-value is shown, and of
    filtered incidents no figure at all, as counts could be worked back from them; see `_shown`. Errors: `NotAvailable`
    without incidents, `BadQuery`, `NotFound`, `TooLarge`.
    """
    snapshot = held.snapshot
    if not snapshot.has("incidents"):
        raise NotAvailable(not_loaded("incidents"))
    level = snapshot.home.level(asked.level or snapshot.home.levels[0].name).name
    units = queries.units_of(snapshot, level)
    rows = np.arange(len(units)) if asked.within is None else queries.rows_within(snapshot, level, asked.within)
    rules, how = _resolve(snapshot.rules, asked)
    near = neighbours_of(held, level, rules)
    veiled = needs_protection(role) and asked.wanted != EVERY
    count = count_events(snapshot, level, wanted=asked.wanted).counts[0].astype(np.float64)
    if veiled and count.sum() < rules.min_count:
        count[:] = 0.0  # that there are any is not told, either
    exposure = exposure_of(units, units["residents"] if snapshot.has("residents") else None).to_numpy()
    table = analyse(count, exposure, near, how)
    table = table.assign(code=units["code"], n_incidents=count.astype(np.int64), exposure=exposure)
    table["class"] = table["found"].where(table["found"] != "", _NO_RESULT)
    method = _method(table, rules, how)
    names, hidden = _shown(held, role, level, asked, table, near)
    if veiled:
        method["warnings"].append(filled(_ANALYSTS_ONLY, n=rules.min_count).both())
    place = {int(row): position for position, row in enumerate(rows)}
    columns = [column for column in ANALYSIS_COLUMNS if column.name in names]
    cells = {column.name: to_cells(table[column.name], column) for column in columns}
    for name, numbers in hidden.items():
        for number in numbers:
            cells[name][number] = None
    return {
        "level": level,
        "within": asked.within,
        "snapshot": snapshot.id,
        "columns": [column.row() for column in columns],
        "units": cells if asked.within is None else {n: [values[row] for row in rows] for n, values in cells.items()},
        "hidden": {name: [place[int(n)] for n in numbers if int(n) in place] for name, numbers in hidden.items()},
        "method": method,
    }


def to_cells(values: pd.Series, column: Column) -> list[Any]:
    """JSON values; numbers without a unit, p-values among them, to five significant figures."""
    if column.dtype != "float" or column.unit:
        return to_list(values, column)
    numbers = values.to_numpy(dtype=np.float64)
    known = np.isfinite(numbers)
    plain = np.where(known & (numbers != 0), numbers, 1.0)
    scale = 10.0 ** (4.0 - np.floor(np.log10(np.abs(plain))))
    rounded = np.where(numbers == 0, 0.0, np.rint(plain * scale) / scale)
    return [value if is_known else None for value, is_known in zip(rounded.tolist(), known.tolist(), strict=True)]


def warm_up(held: Held, role: Role) -> None:
    """Find the neighbours of the rules at every level and analyse the finest, so that no filter change waits."""
    for level in held.snapshot.home.levels:
        neighbours_of(held, level.name, held.snapshot.rules)
    analyse_hotspots(held, role, Question())


def _resolve(rules: Rules, asked: Question) -> tuple[Rules, Analysis]:
    """The rules with the neighbours that are asked for, and the analysis; `BadQuery` for what there is none of."""
    check_known("variable", asked.variable, VARIABLES)
    check_known("statistic", asked.statistic, STATISTICS)
    of_rates = asked.variable in ("rate", "eb")
    usual, most = (WORLDS, MAX_WORLDS) if of_rates else (rules.hotspot_permutations, MAX_PERMUTATIONS)
    how = Analysis(
        asked.variable,  # type: ignore[arg-type]
        asked.statistic,  # type: ignore[arg-type]
        n_permutations=min(most, usual if asked.permutations is None else asked.permutations),
        seed=rules.hotspot_seed if asked.seed is None else asked.seed,
        fdr_levels=rules.fdr_levels,
    )
    return with_neighbours(rules, asked.neighbours, asked.band_m, asked.n_nearest), how


def with_neighbours(rules: Rules, neighbours: str | None, band_m: float | None, n_nearest: int | None) -> Rules:
    """The rules with the neighbours asked for; None stands for theirs. `BadQuery` for a kind there is none of."""
    check_known("neighbours", neighbours or rules.neighbours, KINDS)
    return replace(
        rules,
        neighbours=neighbours or rules.neighbours,
        neighbour_band_m=band_m or rules.neighbour_band_m,
        n_nearest=min(MAX_NEAREST, n_nearest or rules.n_nearest),
    )


def check_known(name: str, value: str, known: Sequence[str]) -> None:
    """`BadQuery` where the parameter `name` is none of the words that are `known`."""
    if value not in known:
        listed = ", ".join(known)
        raise BadQuery(Words(f"no {name} {value!r}; they are {listed}", f"{name} 没有 {value!r}；可用：{listed}"))


def neighbours_of(held: Held, level: str, rules: Rules) -> sparse.csr_array:
    """Which units of `level` are near each other by the rules; worked out once per snapshot."""
    snapshot = held.snapshot

    def make() -> sparse.csr_array:
        shapes = np.asarray(queries.units_of(snapshot, level).geometry, dtype=object)
        shapes = crs.transform_geometry(shapes, snapshot.home.boundary_crs, snapshot.metric_crs)
        return neighbours_by(rules, shapes)

    own = {"band": rules.neighbour_band_m, "nearest": rules.n_nearest}.get(rules.neighbours)
    found: sparse.csr_array = held.neighbours.get((level, rules.neighbours, own), make)
    return found


def _shown(
    held: Held, role: Role, level: str, asked: Question, table: pd.DataFrame, near: sparse.csr_array
) -> tuple[set[str], dict[str, np.ndarray]]:
    """Names of the columns that `role` is shown, and the unit numbers of the cells that are hidden from it, by column.

    Of all incidents counts, expectations and values are shown as in the table `hotspots`, but no empirical Bayes rates:
    each rests on all counts. Of filtered ones none are: what two filters tell apart would give small counts away. A
    class is hidden where the unit and its neighbours together have fewer than the rules' `min_count`, none included: so
    no filter, however narrow, tells that there was an incident.
    """
    names = {column.name for column in ANALYSIS_COLUMNS if may_see(role, column.sees)}
    if not needs_protection(role):
        return names, {}
    snapshot = held.snapshot
    _, stored = queries.unit_frame(snapshot, "hotspots", level, snapshot.rules.px_per_m, role)
    numbers = {name: np.asarray(stored.get(name, ()), dtype=np.int64) for name in ("n_incidents", "exposure")}
    hidden = {"exposure": numbers["exposure"]}
    if asked.wanted == EVERY:
        both = np.union1d(numbers["n_incidents"], numbers["exposure"])
        hidden |= {"n_incidents": numbers["n_incidents"], "expected": numbers["exposure"], "value": both}
        if asked.variable == "eb":
            names.discard("value")
            hidden.pop("value")
    else:
        names -= {"n_incidents", "expected", "value"}
        count = table["n_incidents"].to_numpy(dtype=np.float64)
        hidden["class"] = np.flatnonzero(near @ count + count < snapshot.rules.min_count)
    return names, {name: places for name, places in hidden.items() if len(places)}


def _method(table: pd.DataFrame, rules: Rules, how: Analysis) -> dict[str, Any]:
    """The method line of a map in both languages, its parts, and what a reader must be warned of."""
    n_units, n_islands = len(table), int((table["n_neighbours"] == 0).sum())
    n_tested = int(table["q"].notna().sum())
    numbers = {"n": f"{how.n_permutations:,}", "seed": how.seed}
    near = neighbour_words(rules)
    mean = f"{table['n_neighbours'].mean():.1f}" if n_units else "0"
    levels = " / ".join(f"{level:g}" for level in how.fdr_levels)
    against = filled(_REFERENCE[how.reference], **numbers)
    beside = filled(_REFERENCE["permutation"], **numbers)
    also = Words(f", beside {beside.en}", f"，另有：{beside.zh}") if how.reference == "expected" else Words("", "")
    variable, statistic = _VARIABLE[how.variable], _STATISTIC[how.statistic]
    line = Words(
        f"{statistic.en} of {variable.en}; {n_units:,} units, {near.en}, {mean} neighbours on average, {n_islands} "
        f"without; two-sided p from {against.en}{also.en}; Benjamini-Hochberg over {n_tested:,} units at {levels}",
        f"{variable.zh}的 {statistic.zh}；{n_units:,} 个单位，{near.zh}，平均 {mean} 个邻居，{n_islands} 个无邻居；"
        f"双侧 p 值来自：{against.zh}{also.zh}；对 {n_tested:,} 个单位作 Benjamini-Hochberg 校正（{levels}）",
    )
    return {
        "variable": how.variable,
        "statistic": how.statistic,
        "reference": how.reference,
        "neighbours": rules.neighbours,
        "tail": "two-sided",
        "permutations": how.n_permutations,
        "seed": how.seed,
        "fdr_levels": list(how.fdr_levels),
        "n_units": n_units,
        "n_tested": n_tested,
        "n_islands": n_islands,
        "line": line.both(),
        "warnings": [words.both() for words in _warnings(table, how, n_tested)],
    }


def neighbour_words(rules: Rules) -> Words:
    """How the rules' neighbours are named."""
    gap, band, n = f"{rules.neighbour_gap_m:g}", f"{rules.neighbour_band_m:g}", rules.n_nearest
    return {
        "queen": Words(f"queen contiguity (gaps up to {gap} m)", f"queen 邻接（缝隙不超过 {gap} 米）"),
        "rook": Words(f"rook contiguity (gaps up to {gap} m)", f"rook 邻接（缝隙不超过 {gap} 米）"),
        "band": Words(f"centroids within {band} m", f"质心距离 {band} 米以内"),
        "nearest": Words(f"{n} nearest centroids", f"质心最近的 {n} 个"),
    }[rules.neighbours]


def _warnings(table: pd.DataFrame, how: Analysis, n_tested: int) -> list[Words]:
    found = []
    if how.variable == "count":
        found.append(_BY_COUNT)
    if how.variable == "excess" and how.reference == "permutation" and is_thin(table["expected"].to_numpy()):
        found.append(_FEW)
    if how.variable == "eb" and not n_tested:
        found.append(_NO_VARIATION)
    if how.reference != "expected" and n_tested:
        least = 2.0 / (how.n_permutations + 1)
        needed = int(np.ceil(n_tested * least / how.fdr_levels[1] - 1e-9))
        if needed > 1:
            found.append(filled(_COARSE, p=f"{least:g}", n=f"{n_tested:,}", k=needed))
    return found


def filled(words: Words, **values: Any) -> Words:
    """`words` with the values put in their places.

    >>> filled(Words("{n} units", "{n} 个单位"), n=3).en
    '3 units'
    """
    return Words(words.en.format(**values), words.zh.format(**values))
