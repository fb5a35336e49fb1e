"""Every history of ten steps against a second reading of DOMAIN section 6, told in words about one unit at a time."""

import itertools

import numpy as np
import pytest

from geo.hotspots.emerging.patterns import LABELS, label_patterns

N = 10
MARKS = "c.h"


def read_domain(history: str, trend: int) -> str:
    """DOMAIN 6 for one history, oldest step first: h hot, c cold, . neither."""
    swapped = history.translate(str.maketrans("hc", "ch"))
    if history.endswith("h"):
        return f"{read_hot(history, trend)}_hot"
    if history.endswith("c"):
        return f"{read_hot(swapped, -trend)}_cold"
    if 10 * history.count("h") >= 9 * len(history):
        return "historical_hot"
    if 10 * history.count("c") >= 9 * len(history):
        return "historical_cold"
    return "none"


def read_hot(history: str, trend: int) -> str:
    before, share = history[:-1], history.count("h") / len(history)
    if "h" not in before:
        return "new"
    tail = history[len(history.rstrip("h")) :]
    if len(tail) >= 2 and "h" not in history[: -len(tail)] and share < 0.9:
        return "consecutive"
    if share >= 0.9:
        return {1: "intensifying", -1: "diminishing", 0: "persistent"}[trend]
    return "oscillating" if "c" in history else "sporadic"


def test_all_histories_of_ten_steps():
    histories = list(itertools.product((-1, 0, 1), repeat=N))
    signs = np.array(histories, dtype=np.int8).T
    told = ["".join(MARKS[step + 1] for step in history) for history in histories]
    met = set()
    for trend in (-1, 0, 1):
        found = label_patterns(signs, np.full(len(histories), trend, dtype=np.int8)).tolist()
        wanted = [read_domain(history, trend) for history in told]
        assert found == wanted
        met |= set(found)
    assert len(histories) == 3**N
    assert met == set(LABELS)
    assert len(LABELS) == 17


@pytest.mark.parametrize(
    ("history", "trend", "label"),
    [
        ("hhhhhhhhhc", 1, "new_cold"),
        ("hhhhhhhhh.", 0, "historical_hot"),
        (".hhhhhhhhh", 0, "persistent_hot"),
        ("chhhhhhhhh", 1, "intensifying_hot"),
        ("ccccccccch", 1, "new_hot"),
        ("..hhhhhhhh", 0, "consecutive_hot"),
        ("c.hhhhhhhh", 0, "consecutive_hot"),
        ("h..c..h..h", 0, "oscillating_hot"),
        ("h.....h..h", 0, "sporadic_hot"),
        ("cccccccccc", -1, "intensifying_cold"),
        ("cccccccccc", 1, "diminishing_cold"),
        ("h", 1, "new_hot"),
        ("hh", 0, "persistent_hot"),
        (".", 0, "none"),
    ],
)
def test_cases_by_hand(history, trend, label):
    signs = np.array([[MARKS.index(mark) - 1] for mark in history], dtype=np.int8)
    assert label_patterns(signs, np.array([trend], dtype=np.int8)).tolist() == [label]
