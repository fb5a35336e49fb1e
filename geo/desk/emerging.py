"""Emerging hot spots of the incidents that a filter keeps, by days, weeks or months, worked out when asked for."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy import sparse

from geo.desk.held import Held
from geo.desk.hotspots import check_known, filled, neighbour_words, neighbours_of, to_cells, with_neighbours
from geo.desk.measures import not_loaded
from geo.errors import NotAvailable, TooLarge, Words
from geo.hotspots.cube import EVERY, Cube, Wanted
from geo.hotspots.emerging.find import FEW_STEPS, Emerging, Reference, Window, find_emerging
from geo.hotspots.emerging.stability import share_stable
from geo.hotspots.emerging.steps import CUBE_STEPS, CubeStep, find_whole_steps
from geo.hotspots.emerging.table import table_of_emerging
from geo.hotspots.measures import exposure_of
from geo.rules import Rules
from geo.schema import Role
from geo.schema.column import may_see
from geo.schema.results import CUBE_COLUMNS
from geo.snapshot import queries
from geo.snapshot.counts import count_events
from geo.snapshot.protect import needs_protection
from geo.snapshot.store import Snapshot

WINDOWS: tuple[Window, ...] = get_args(Window)
REFERENCES: tuple[Reference, ...] = get_args(Reference)
MAX_RERUNS, MAX_PERMUTATIONS = 99, 99_999
#: Bins of one cube: two years of days of some 5,500 units.
MAX_BINS = 4_000_000
_NO_RESULT = "no_result"
_STEP_WORDS = {"day": Words("days", "天"), "week": Words("weeks", "周"), "month": Words("months", "个月")}
_WINDOW_WORDS = {
    "cube": Words("against the whole cube", "与整个立方体比较"),
    "step": Words("each step against itself", "各时段仅与本时段比较"),
}
_REFERENCE_WORDS = {
    "expected": Words("worlds in which exposure alone decides", "仅由暴露量决定的情形"),
    "permutation": Words("{n} permutations of all bins (seed {seed})", "全部单元的 {n} 次置换（种子 {seed}）"),
}
_FEW = Words("fewer than 10 steps: labels are to be taken with caution", "不足 10 个时段，类别请谨慎解读")
_NO_STEPS = Words("there is no whole step of records", "没有完整的时段")
_LABELS_ONLY = Words(
    "of filtered incidents and other steps only labels are shown; those of fewer than {n} incidents are hidden",
    "筛选后的事件与其他时段仅显示类别；依据少于 {n} 件事件的类别已隐藏",
)
_FEW_HIDDEN = Words(
    "labels that rest on fewer than {n} incidents at a step are hidden", "某一时段依据少于 {n} 件事件的类别已隐藏"
)


@dataclass(frozen=True)
class CubeQuestion:
    """What is asked; None stands for the rules' value, or for the finest level.

    `step`, `window` and `reference` as `find_emerging` has them; `reruns` re-runs tell how firmly labels stand.
    """

    level: str | None = None
    within: str | None = None
    step: CubeStep = "month"
    window: Window = "cube"
    reference: Reference = "expected"
    neighbours: str | None = None
    band_m: float | None = None
    n_nearest: int | None = None
    permutations: int | None = None
    seed: int | None = None
    reruns: int = 0
    wanted: Wanted = EVERY


def find_emerging_units(held: Held, role: Role, asked: CubeQuestion) -> dict[str, Any]:
    """Columns over the units of a level (those in `within`), what they mean, which cells are hidden, and the method.

    Steps are whole ones of the records within the filter's days. All units of the level are tested, wherever `within`
    is. Below analyst every question but that of the table `emerging` has labels hidden, see `_hide`, and nothing but
    labels is told of it unless it differs in days alone. Errors: `NotAvailable` without incidents, `BadQuery`,
    `NotFound`, `TooLarge`.
    """
    snapshot = held.snapshot
    if not snapshot.has("incidents"):
        raise NotAvailable(not_loaded("incidents"))
    for name, value, known in (
        ("step", asked.step, CUBE_STEPS),
        ("window", asked.window, WINDOWS),
        ("reference", asked.reference, REFERENCES),
    ):
        check_known(name, value, known)
    level = snapshot.home.level(asked.level or snapshot.home.levels[0].name).name
    units = queries.units_of(snapshot, level)
    rows = np.arange(len(units)) if asked.within is None else queries.rows_within(snapshot, level, asked.within)
    rules = _rules(snapshot.rules, asked)
    is_veiled = needs_protection(role) and not _is_stored(asked)
    cube, found, stable = _find(held, level, asked, is_veiled=is_veiled)
    table = table_of_emerging(found, asked.step, stable).assign(code=units["code"])
    table["label"] = table["label"].where(table["label"] != "", _NO_RESULT)
    columns = [column for column in CUBE_COLUMNS if may_see(role, column.sees)]
    hidden = np.zeros(0, dtype=np.int64)
    if is_veiled:
        if not _is_by_months(asked):
            columns = [column for column in columns if column.name in ("code", "label")]
        hidden = np.flatnonzero(_hide(cube, found, neighbours_of(held, level, rules), rules.min_count))
    cells = {column.name: to_cells(table[column.name], column) for column in columns}
    for name in cells.keys() - {"code", "n_steps"}:
        for number in hidden.tolist():
            cells[name][number] = None
    place = {int(row): position for position, row in enumerate(rows)}
    veiled = [place[number] for number in hidden.tolist() if number in place]
    return {
        "level": level,
        "within": asked.within,
        "snapshot": snapshot.id,
        "columns": [column.row() for column in columns],
        "units": {name: [values[row] for row in rows] for name, values in cells.items()},
        "hidden": {name: veiled for name in cells if name not in ("code", "n_steps")} if veiled else {},
        "method": _method(table, cube, rules, asked, is_veiled=is_veiled),
    }


def count_hot(held: Held, role: Role, level: str, within: str | None, wanted: Wanted) -> dict[str, Any]:
    """How many units of `level` (those in `within`) are hot at the last month of a cube, and at the one before it.

    Below analyst those that `_hide` hides are left out, whichever months are asked for. `n_before` is None where there
    is no month before. Errors: as `find_emerging_units`.
    """
    snapshot = held.snapshot
    if not snapshot.has("incidents"):
        raise NotAvailable(not_loaded("incidents"))
    asked = CubeQuestion(level, within, wanted=wanted)
    is_veiled = needs_protection(role) and not _is_stored(asked)
    cube, found, _ = _find(held, level, asked, is_veiled=is_veiled)
    hot = found.signs > 0
    if needs_protection(role):
        near = neighbours_of(held, level, snapshot.rules)
        hot = hot & ~_hide(cube, found, near, snapshot.rules.min_count)
    rows = np.arange(hot.shape[1]) if within is None else queries.rows_within(snapshot, level, within)
    n = hot[:, rows].sum(axis=1)
    return {
        "n": int(n[-1]) if len(n) else None,
        "n_before": int(n[-2]) if len(n) > 1 else None,
        "n_units": len(rows),
        "n_steps": len(cube.steps),
    }


def count_steps(snapshot: Snapshot, level: str, step: CubeStep, wanted: Wanted) -> Cube:
    """Incidents by whole step and unit of `level`; no steps where none is whole. `TooLarge` for too many."""
    as_of = snapshot.as_of.astimezone(ZoneInfo(snapshot.home.timezone)).date()
    days = find_whole_steps(snapshot.events(), as_of, step, wanted.days)
    n_units = len(queries.units_of(snapshot, level))
    if days is None:
        return Cube(np.zeros((0, n_units), dtype=np.int32), ())
    if _n_steps(days, step) * n_units > MAX_BINS:
        raise TooLarge(
            Words(
                f"more than {MAX_BINS:,} bins; ask for longer steps, fewer days or a coarser level",
                f"单元超过 {MAX_BINS:,} 个，请改用更长的时段、更少的天数或更粗的层级",
            )
        )
    return count_events(snapshot, level, step, replace(wanted, days=days))


def _n_steps(days: tuple[date, date], step: CubeStep) -> int:
    return ((days[1] - days[0]).days + 1) // {"day": 1, "week": 7, "month": 28}[step]


def _rules(rules: Rules, asked: CubeQuestion) -> Rules:
    usual = rules.hotspot_permutations if asked.permutations is None else asked.permutations
    return replace(
        with_neighbours(rules, asked.neighbours, asked.band_m, asked.n_nearest),
        hotspot_permutations=min(MAX_PERMUTATIONS, usual),
        hotspot_seed=rules.hotspot_seed if asked.seed is None else asked.seed,
        stability_reruns=min(MAX_RERUNS, asked.reruns),
    )


def _is_stored(asked: CubeQuestion) -> bool:
    """Whether the answer is that of the table `emerging`, which every role may see."""
    plain = CubeQuestion(asked.level, asked.within, permutations=asked.permutations)
    return asked in (plain, replace(plain, reruns=MAX_RERUNS))


def _is_by_months(asked: CubeQuestion) -> bool:
    """Whether the question is that of the table `emerging`, but perhaps for the days."""
    return _is_stored(replace(asked, wanted=replace(asked.wanted, days=None)))


def _find(held: Held, level: str, asked: CubeQuestion, *, is_veiled: bool) -> tuple[Cube, Emerging, np.ndarray]:
    """The cube, what is found in it, and the share of re-runs with the same label, NaN without any; kept.

    Where `is_veiled` and there are few incidents in all, there are none: that there are any is not told, either.
    """
    rules, units = _rules(held.snapshot.rules, asked), queries.units_of(held.snapshot, level)
    residents = units["residents"] if held.snapshot.has("residents") else None
    exposure = exposure_of(units, residents).to_numpy(dtype=float)
    near = neighbours_of(held, level, rules)
    how: dict[str, Any] = {"window": asked.window, "seed": rules.hotspot_seed}

    def find() -> tuple[Cube, Emerging, np.ndarray]:
        cube = count_steps(held.snapshot, level, asked.step, asked.wanted)
        if is_veiled and cube.counts.sum() < rules.min_count:
            cube = Cube(np.zeros_like(cube.counts), cube.steps)
        rest: dict[str, Any] = {"reference": asked.reference, "n_permutations": rules.hotspot_permutations}
        found = find_emerging(cube.counts, exposure, near, cube.steps, **how, **rest)
        stable = np.full(len(exposure), np.nan)
        if rules.stability_reruns:
            stable = share_stable(found.label, cube.counts, exposure, near, n_reruns=rules.stability_reruns, **how)
        return cube, found, stable

    kept: tuple[Cube, Emerging, np.ndarray] = held.cubes.get(
        (replace(asked, level=level, within=None), is_veiled), find
    )
    return kept


def _hide(cube: Cube, found: Emerging, near: sparse.csr_array, min_count: int) -> np.ndarray:
    """Units whose label is hidden, bool (n units,): in and around them are few incidents in all, none included, or few
    at a hot or cold step and the one before it."""
    around = np.asarray(cube.counts + (near @ cube.counts.T.astype(np.float64)).T)
    at_step = around.copy()
    at_step[1:] += around[:-1]
    few_at_step = ((found.signs != 0) & (at_step < min_count)).any(axis=0)
    return np.asarray(few_at_step | (around.sum(axis=0) < min_count))


def _method(table: pd.DataFrame, cube: Cube, rules: Rules, asked: CubeQuestion, *, is_veiled: bool) -> dict[str, Any]:
    """The method line in both languages, its parts, and what a reader must be warned of."""
    n_units, n_steps = len(table), len(cube.steps)
    near, steps, window = neighbour_words(rules), _STEP_WORDS[asked.step], _WINDOW_WORDS[asked.window]
    against = filled(_REFERENCE_WORDS[asked.reference], n=f"{rules.hotspot_permutations:,}", seed=rules.hotspot_seed)
    span = f" ({cube.steps[0]} to {cube.steps[-1]})" if n_steps else ""
    span_zh = f"（{cube.steps[0]} 至 {cube.steps[-1]}）" if n_steps else ""
    line = Words(
        f"Gi* of the excess over expectation on the space-time cube of {n_units:,} units and {n_steps} "
        f"{steps.en}{span}, {window.en}; {near.en}, this step and the one before; two-sided p from {against.en}; "
        "Benjamini-Hochberg over all bins at 0.05; Mann-Kendall trend at 0.05",
        f"{n_units:,} 个单位、{n_steps} {steps.zh}{span_zh}的时空立方体上超出期望的 Gi*，"
        f"{window.zh}；{near.zh}，含本时段与上一时段；双侧 p 值来自：{against.zh}；"
        f"对全部单元作 Benjamini-Hochberg 校正（0.05）；Mann-Kendall 趋势（0.05）",
    )
    warnings = []
    if not n_steps:
        warnings.append(_NO_STEPS)
    elif n_steps < FEW_STEPS:
        warnings.append(_FEW)
    if is_veiled:
        warnings.append(filled(_FEW_HIDDEN if _is_by_months(asked) else _LABELS_ONLY, n=rules.min_count))
    return {
        "step": asked.step,
        "window": asked.window,
        "reference": asked.reference,
        "neighbours": rules.neighbours,
        "tail": "two-sided",
        "permutations": rules.hotspot_permutations if asked.reference == "permutation" else None,
        "seed": rules.hotspot_seed,
        "reruns": rules.stability_reruns,
        "n_units": n_units,
        "n_steps": n_steps,
        "first_step": cube.steps[0] if n_steps else None,
        "last_step": cube.steps[-1] if n_steps else None,
        "line": line.both(),
        "warnings": [words.both() for words in warnings],
    }
