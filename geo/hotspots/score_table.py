"""The table `scores`: how each way of flagging units did on the home's own later months."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from geo.errors import Words
from geo.hotspots.analysis import expected_counts
from geo.hotspots.cube import Cube
from geo.hotspots.getis_ord import excess, fdr_q, gi_star
from geo.hotspots.random_worlds import excess_p
from geo.hotspots.score import Score, roll_origins
from geo.rules import Rules

Floats = npt.NDArray[np.float64]
METHODS = ("gi_star", "counts", "last_month")
#: Name of the row that has the mean of the months.
ALL_MONTHS = "all"
_NO_MONTHS = Words("no score: there are no two whole months", "无评分：不足两个完整月份")
_NO_FLAGS = Words("no score: no unit was flagged", "无评分：没有标记任何单位")
_NO_LATER = Words("no score: no incidents came later", "无评分：其后没有事件")
_BASELINE = Words("what the others are compared with", "其他方法以此为基准")


def measure_scores(
    months: Cube, exposure: Floats, area_km2: Floats, neighbours: sparse.csr_array, rules: Rules
) -> pd.DataFrame:
    """The rows of one level: the columns of the table `scores` but level, code and name.

    `months` are the counts by whole months, `exposure` and `area_km2` float64 (n units,). Each of the last
    `Rules.score_origins` months is scored with what `Rules.score_window_months` months before it flag (`roll_origins`),
    hot being hot at the widest of `Rules.fdr_levels`. First the mean of the months that have a score, then each month.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(40, 40)).tocsr()
    >>> counts = np.full((3, 40), 20) + np.arange(40) % 3
    >>> counts[:, 10:13] = 60
    >>> table = measure_scores(Cube(counts, ("2026-01", "2026-02", "2026-03")), np.ones(40), np.ones(40), line, Rules())
    >>> table.loc[:2, ["method", "period", "n_origins", "n_flagged", "pai"]].round(2).to_numpy().tolist()
    [['gi_star', 'all', 2, 3.0, 2.51], ['counts', 'all', 2, 3.0, 2.51], ['last_month', 'all', 2, 3.0, 2.51]]
    >>> table["verdict_en"][0]
    'does not beat plain counts: PAI 2.51 against 2.51 (mean of 2 months)'
    """
    origins = roll_origins(
        months.counts,
        area_km2,
        partial(find_hot, exposure=exposure, neighbours=neighbours, q_limit=max(rules.fdr_levels)),
        n_origins=rules.score_origins,
        n_window=rules.score_window_months,
    )
    names = months.steps[len(months.steps) - len(origins) :]
    rows = [_row(method, ALL_MONTHS, origins) for method in METHODS]
    rows += [_row(method, name, [origin]) for name, origin in zip(names, origins, strict=True) for method in METHODS]
    table = pd.DataFrame(rows)
    return table.assign(
        beats_counts=table["beats_counts"].astype("boolean"), n_origins=table["n_origins"].astype("Int64")
    )


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


def _row(method: str, period: str, origins: list[dict[str, Score]]) -> dict[str, object]:
    """One method over some months, those without a score left out."""
    scores = [origin[method] for origin in origins if np.isfinite(origin[method].pai)]
    plain = [origin["counts"] for origin in origins if np.isfinite(origin["counts"].pai)]
    beats = None
    if scores and method != "counts":
        beats = bool(_mean(scores, "pai") > _mean(plain, "pai") + 1e-9)
    words = _tell(method, origins, scores, plain, beats)
    return {
        "method": method,
        "period": period,
        "n_origins": len(scores),
        "n_flagged": _mean([origin[method] for origin in origins], "n_flagged"),
        "area_share": _mean(scores, "area_share"),
        "n_later": sum(score.n_later for score in scores),
        "n_hit": sum(score.n_hit for score in scores),
        **{name: _mean(scores, name) for name in ("hit_share", "pai", "pei", "rri")},
        "beats_counts": beats,
        "verdict_en": words.en,
        "verdict_zh": words.zh,
    }


def _mean(scores: list[Score], name: str) -> float:
    """Mean of one measure over the scores that have it; NaN where none has."""
    known = [value for value in (getattr(score, name) for score in scores) if np.isfinite(value)]
    return float(np.mean(known)) if known else np.nan


def _tell(
    method: str, origins: list[dict[str, Score]], scores: list[Score], plain: list[Score], beats: bool | None
) -> Words:
    if not origins:
        return _NO_MONTHS
    if not scores:
        return _NO_FLAGS if any(origin[method].n_later for origin in origins) else _NO_LATER
    if method == "counts":
        return _BASELINE
    own, other = f"{_mean(scores, 'pai'):.2f}", f"{_mean(plain, 'pai'):.2f}"
    en, zh = ("beats plain counts", "优于按件数排") if beats else ("does not beat plain counts", "不优于按件数排")
    over = (f" (mean of {len(scores)} months)", f"（{len(scores)} 个月平均）") if len(scores) > 1 else ("", "")
    return Words(f"{en}: PAI {own} against {other}{over[0]}", f"{zh}：PAI {own} 对 {other}{over[1]}")
