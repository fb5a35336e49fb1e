"""The table `scores`: how each map of hotspots did on the home's own later months, beside two baselines."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from geo.errors import Words
from geo.hotspots.analysis import Analysis, analyse, expected_counts
from geo.hotspots.emerging.find import Window, find_emerging
from geo.hotspots.getis_ord import excess, fdr_q, gi_star
from geo.hotspots.random_worlds import excess_p
from geo.hotspots.score import Record, Score, roll_origins
from geo.rules import Rules

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.integer]
Flag = Callable[[Counts], Floats]
#: Whose maps are scored.
METHODS = ("gi_star", "moran", "emerging", "density")
#: Beginnings of the names of the baselines' columns, as the fields of `Record`.
BASELINES = ("counts", "last_month")
MEASURES = ("hit_share", "pai", "pei", "rri")
#: Name of the row that has the mean of the months.
ALL_MONTHS = "all"
#: Classes of Gi* and of local Moran's I that are hot.
_HOT = ("hot99", "hot95", "hot90", "HH")
_NO_MONTHS = Words("no score: there are no two whole months", "无评分：不足两个完整月份")
_NO_FLAGS = Words("no score: nothing was flagged", "无评分：没有标记任何区域")
_NO_LATER = Words("no score: no incidents came later", "无评分：其后没有事件")


def score_units(
    months: Counts, exposure: Floats, area_km2: Floats, neighbours: sparse.csr_array, rules: Rules
) -> dict[str, list[Record]]:
    """The records of the maps of one level's units by method: "gi_star", "moran" and "emerging".

    `months`: counts by whole months, int (n months, n units); `exposure` and `area_km2` float64 (n units,). Each of the
    last `Rules.score_origins` months is scored with what the months before it flag: units hot by Gi* (at the widest of
    `Rules.fdr_levels`) and units high among high by local Moran's I (at the middle one) over
    `Rules.score_window_months` months, and units hot at the last step of the space-time cube of all months.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(40, 40)).tocsr()
    >>> counts = np.full((3, 40), 20) + np.arange(40) % 3
    >>> counts[:, 10:13] = 60
    >>> found = score_units(counts, np.ones(40), np.ones(40), line, Rules())
    >>> {method: [record.own.n_flagged for record in records] for method, records in found.items()}
    {'gi_star': [3.0, 3.0], 'moran': [0.0, 0.0], 'emerging': [3.0, 3.0]}
    """
    moran = Analysis("excess", "moran", rules.hotspot_permutations, rules.hotspot_seed, rules.fdr_levels)
    gi = partial(find_hot, exposure=exposure, neighbours=neighbours, q_limit=max(rules.fdr_levels))
    flags: dict[str, Flag] = {
        "gi_star": over_window(lambda count: gi(count).astype(np.float64), rules),
        "moran": over_window(lambda count: flag_classes(count, exposure, neighbours, moran), rules),
        "emerging": lambda before: flag_last_step(before, exposure, neighbours),
    }
    return {method: roll(months, area_km2, flag, rules) for method, flag in flags.items()}


def roll(months: Counts, area_km2: Floats, flag: Flag, rules: Rules) -> list[Record]:
    """`roll_origins` with the origins and the window of the rules."""
    return roll_origins(months, area_km2, flag, n_origins=rules.score_origins, n_window=rules.score_window_months)


def over_window(flag: Callable[[Floats], Floats], rules: Rules) -> Flag:
    """What `flag` makes of the counts, float64 (n units,), of the last `Rules.score_window_months` of its months."""
    return lambda before: flag(before[-rules.score_window_months :].sum(axis=0).astype(np.float64))


def find_hot(count: Floats, exposure: Floats, neighbours: sparse.csr_array, q_limit: float) -> npt.NDArray[np.bool_]:
    """Which units the map of Gi* of the excess shows hot at `q_limit`, bool (n units,), from counts and exposure.

    The same units as `analysis.analyse` finds, without its permutations.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(40, 40)).tocsr()
    >>> find_hot(np.where(np.arange(40) < 3, 60.0, 20.0 + np.arange(40) % 5), np.ones(40), line, 0.1).tolist()[:5]
    [True, True, True, False, False]
    """
    if not exposure.sum() > 0:
        return np.zeros(len(count), dtype=bool)
    expected = expected_counts(count, exposure)
    value = excess(count, expected)
    side, p = excess_p(value, expected, neighbours)
    p[np.diff(neighbours.indptr) == 0] = np.nan
    return np.asarray((fdr_q(p) <= q_limit) & (side > 0) & (gi_star(value, neighbours) > 0))


def flag_classes(count: Floats, exposure: Floats, neighbours: sparse.csr_array, how: Analysis) -> Floats:
    """1 for units of a hot class of the analysis `how` (Gi*: hot; local Moran's I: high among high), float64 (n,)."""
    return np.asarray(analyse(count, exposure, neighbours, how)["found"].isin(_HOT), dtype=np.float64)


def flag_last_step(counts: Counts, exposure: Floats, neighbours: sparse.csr_array, window: Window = "cube") -> Floats:
    """1 for units hot at the last step of the space-time cube `counts`, int (n steps, n units): float64 (n units,)."""
    found = find_emerging(counts, exposure, neighbours, ("",) * len(counts), window=window)
    return np.asarray(found.signs[-1] > 0, dtype=np.float64)


def table_of_scores(records: Mapping[str, list[Record]], names: tuple[str, ...]) -> pd.DataFrame:
    """The rows of one level: the columns of the table `scores` but level, code and name.

    `records` by method, each with one for each of the last months, whose `names` these are. First each method's mean
    over the months that have a score, then month by month.

    >>> score = Score(2.0, 0.25, 40, 20.0, 0.5, 2.0, 0.8, 1.0)
    >>> plain = Score(1.5, 0.25, 40, 10.0, 0.25, 1.0, 0.4, 0.9)
    >>> table = table_of_scores({"gi_star": [Record(score, plain, plain)]}, ("2026-10",))
    >>> table[["method", "period", "pai", "counts_pai", "beats_counts"]].to_numpy().tolist()
    [['gi_star', 'all', 2.0, 1.0, True], ['gi_star', '2026-10', 2.0, 1.0, True]]
    >>> table["verdict_en"][0]
    'beats plain counts: PAI 2.00 against 1.00'
    """
    rows = [_row(method, ALL_MONTHS, its) for method, its in records.items()]
    rows += [_row(method, name, [its[i]]) for i, name in enumerate(names) for method, its in records.items()]
    table = pd.DataFrame(rows)
    return table.assign(
        beats_counts=table["beats_counts"].astype("boolean"), n_origins=table["n_origins"].astype("Int64")
    )


def _row(method: str, period: str, records: list[Record]) -> dict[str, object]:
    """One method over some months, those without a score left out."""
    scored = [record for record in records if np.isfinite(record.own.pai)]
    own = [record.own for record in scored]
    beside = {name: [getattr(record, name) for record in scored] for name in BASELINES}
    beats = _mean(own, "pai") > _mean(beside["counts"], "pai") + 1e-9 if scored else None
    words = _tell(records, own, beside["counts"], beats)
    return {
        "method": method,
        "period": period,
        "n_origins": len(scored),
        "n_flagged": _mean([record.own for record in records], "n_flagged"),
        "area_share": _mean(own, "area_share"),
        "n_later": sum(score.n_later for score in own),
        "n_hit": sum(score.n_hit for score in own),
        **{f"{name}_n_hit": sum(score.n_hit for score in scores) for name, scores in beside.items()},
        **{measure: _mean(own, measure) for measure in MEASURES},
        **{f"{name}_{measure}": _mean(scores, measure) for name, scores in beside.items() for measure in MEASURES},
        "beats_counts": beats,
        "verdict_en": words.en,
        "verdict_zh": words.zh,
    }


def _mean(scores: list[Score], name: str) -> float:
    """Mean of one measure over the scores that have it; NaN where none has."""
    known = [value for value in (getattr(score, name) for score in scores) if np.isfinite(value)]
    return float(np.mean(known)) if known else np.nan


def _tell(records: list[Record], own: list[Score], plain: list[Score], beats: bool | None) -> Words:
    if not records:
        return _NO_MONTHS
    if not own:
        return _NO_FLAGS if any(record.own.n_later for record in records) else _NO_LATER
    mine, other = f"{_mean(own, 'pai'):.2f}", f"{_mean(plain, 'pai'):.2f}"
    en, zh = ("beats plain counts", "优于按件数排") if beats else ("does not beat plain counts", "不优于按件数排")
    over = (f" (mean of {len(own)} months)", f"（{len(own)} 个月平均）") if len(own) > 1 else ("", "")
    return Words(f"{en}: PAI {mine} against {other}{over[0]}", f"{zh}：PAI {mine} 对 {other}{over[1]}")
