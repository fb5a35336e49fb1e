"""Why a unit bears its emerging label, in one sentence made from the numbers."""

import numpy as np

from geo.errors import Words
from geo.hotspots.emerging.find import FEW_STEPS, NO_RESULT, TREND_P, Emerging
from geo.hotspots.emerging.patterns import SIGNS
from geo.hotspots.emerging.steps import CubeStep

#: What steps are called; in Chinese with the measure word, and the latest one.
_STEPS = {
    "day": ("days", "天", "最近一天"),
    "week": ("weeks", "周", "最近一周"),
    "month": ("months", "个月", "最近一月"),
}
_SPOTS = {"hot": "热点", "cold": "冷点"}
_NO_TREND = Words("no significant trend", "无显著趋势")


def tell_because(found: Emerging, step: CubeStep = "month") -> list[Words]:
    """One sentence for each unit: steps hot and cold, the last one, since when, and the trend of z.

    >>> from geo.hotspots.emerging.mann_kendall import mann_kendall
    >>> z, signs = np.array([[3.0], [0], [2], [4]]), np.array([[1], [0], [1], [1]], dtype=np.int8)
    >>> label, reason = np.array(["sporadic_hot"], dtype=object), np.array([""], dtype=object)
    >>> months = ("2026-01", "2026-02", "2026-03", "2026-04")
    >>> told = tell_because(Emerging(label, reason, signs, z, mann_kendall(z), months))
    >>> told[0].en
    'hot in 3 of 4 months, also in the last (since 2026-03); no significant trend; fewer than 10 months: with caution'
    >>> told[0].zh
    '4 个月中有 3 个月为热点，含最近一月（自 2026-03 起）；无显著趋势；不足 10 个月，谨慎解读'
    """
    told, n = [], len(found.steps)
    plural, measure, _ = _STEPS[step]
    neither = Words(f"neither hot nor cold in any of {n} {plural}", f"{n} {measure}中均非热点或冷点")
    end = Words("", "")
    if n < FEW_STEPS:
        end = Words(f"; fewer than {FEW_STEPS} {plural}: with caution", f"；不足 {FEW_STEPS} {measure}，谨慎解读")
    units = zip(
        found.label, np.any(found.signs, axis=0).tolist(), found.trend.s.tolist(), found.trend.p.tolist(), strict=True
    )
    for unit, (label, is_signed, s, p) in enumerate(units):
        if not label:
            words = NO_RESULT[found.reason[unit]]
            told.append(Words(f"no result: {words.en}", f"无结果：{words.zh}"))
            continue
        begin = _tell_steps(found.signs[:, unit], found.steps, step) if is_signed else neither
        trend = _tell_trend(s, p)
        told.append(Words(f"{begin.en}; {trend.en}{end.en}", f"{begin.zh}；{trend.zh}{end.zh}"))
    return told


def _tell_steps(signs: np.ndarray, steps: tuple[str, ...], step: str) -> Words:
    """How many steps were of the sign of the last one (where it has none: of the more frequent), and of the other.

    One at least is hot or cold.
    """
    plural, measure, latest = _STEPS[step]
    n = len(steps)
    sign = int(signs[-1]) or (1 if (signs > 0).sum() >= (signs < 0).sum() else -1)
    its, others = np.flatnonzero(signs == sign), int((signs == -sign).sum())
    word, other = SIGNS[sign], SIGNS[-sign]
    en, zh = f"{word} in {len(its)} of {n} {plural}", f"{n} {measure}中有 {len(its)} {measure}为{_SPOTS[word]}"
    breaks = np.flatnonzero(signs != sign)
    start = int(breaks[-1]) + 1 if len(breaks) else 0
    if start == n:
        en, zh = f"{en}, last in {steps[its[-1]]}", f"{zh}，最近一次在 {steps[its[-1]]}"
    elif len(its) == 1:
        en, zh = f"{en}, the last one", f"{zh}，即{latest}"
    else:
        en, zh = f"{en}, also in the last", f"{zh}，含{latest}"
        if start < n - 1:
            en, zh = f"{en} (since {steps[start]})", f"{zh}（自 {steps[start]} 起）"
    return (
        Words(f"{en}, {other} in {others}", f"{zh}，{others} {measure}为{_SPOTS[other]}") if others else Words(en, zh)
    )


def _tell_trend(s: float, p: float) -> Words:
    if p > TREND_P:
        return _NO_TREND
    told = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    return (
        Words(f"rising ({told})", f"呈上升趋势（{told}）")
        if s > 0
        else Words(f"falling ({told})", f"呈下降趋势（{told}）")
    )
