"""Sentences word for word."""

import numpy as np
import pytest

from geo.hotspots.emerging.because import tell_because
from geo.hotspots.emerging.find import Emerging
from geo.hotspots.emerging.mann_kendall import mann_kendall

MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))


def sentence(history: str, z: np.ndarray, step: str = "month") -> tuple[str, str]:
    signs = np.array([["c.h".index(mark) - 1] for mark in history], dtype=np.int8)
    label, reason = np.array(["any"], dtype=object), np.array([""], dtype=object)
    words = tell_because(Emerging(label, reason, signs, z[:, None], mann_kendall(z[:, None]), MONTHS[: len(z)]), step)[
        0
    ]
    return words.en, words.zh


FLAT, UP = np.tile([1.0, 2.0], 6), np.arange(12.0)


@pytest.mark.parametrize(
    ("history", "z", "en", "zh"),
    [
        (
            "hhhhhhhh.h.h",
            FLAT,
            "hot in 10 of 12 months, also in the last; no significant trend",
            "12 个月中有 10 个月为热点，含最近一月；无显著趋势",
        ),
        (
            "...........h",
            FLAT,
            "hot in 1 of 12 months, the last one; no significant trend",
            "12 个月中有 1 个月为热点，即最近一月；无显著趋势",
        ),
        (
            "hhhhhhhhhhhh",
            UP,
            "hot in 12 of 12 months, also in the last (since 2026-01); rising (p < 0.001)",
            "12 个月中有 12 个月为热点，含最近一月（自 2026-01 起）；呈上升趋势（p < 0.001）",
        ),
        (
            "hhhhhhhhhhh.",
            -UP,
            "hot in 11 of 12 months, last in 2026-11; falling (p < 0.001)",
            "12 个月中有 11 个月为热点，最近一次在 2026-11；呈下降趋势（p < 0.001）",
        ),
        (
            "h..h......cc",
            FLAT,
            "cold in 2 of 12 months, also in the last (since 2026-11), hot in 2; no significant trend",
            "12 个月中有 2 个月为冷点，含最近一月（自 2026-11 起），2 个月为热点；无显著趋势",
        ),
        (
            "............",
            FLAT,
            "neither hot nor cold in any of 12 months; no significant trend",
            "12 个月中均非热点或冷点；无显著趋势",
        ),
    ],
)
def test_sentences(history, z, en, zh):
    assert sentence(history, z) == (en, zh)


def test_few_steps_and_weeks_are_told():
    en, zh = sentence(".h.h", np.array([0.0, 1, 0, 1]), "week")
    assert en == "hot in 2 of 4 weeks, also in the last; no significant trend; fewer than 10 weeks: with caution"
    assert zh == "4 周中有 2 周为热点，含最近一周；无显著趋势；不足 10 周，谨慎解读"


def test_p_is_given_to_three_digits():
    """n = 5, strictly rising: p = 0.02749 (DOMAIN 6)."""
    assert "rising (p = 0.027)" in sentence(".....", np.arange(5.0))[0]
