"""Ids that come twice, found over all parts of a file in little memory, whatever their number."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.util import hash_array

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

#: Putting longer runs together would take more memory than looking into several takes time.
_LONG_RUN = 1_000_000


class Seen:
    """Which of many texts or pairs of numbers came before; 16 bytes each.

    >>> seen = Seen()
    >>> seen.again(hash_ids(np.array(["a", "b", "a"], dtype=object))).tolist()
    [False, False, True]
    >>> seen.again(hash_ids(np.array(["c", "b"], dtype=object))).tolist()
    [False, True]
    """

    def __init__(self) -> None:
        #: Each sorted by the first hash; short ones are put together, long ones stay as they are.
        self._runs: list[tuple[Hashes, Hashes]] = []

    def again(self, hashes: tuple[Hashes, Hashes]) -> Bools:
        """Bool[n]: those that came before, in an earlier call or earlier in this one."""
        first, second = hashes
        order = np.argsort(first, kind="stable")
        a, b = first[order], second[order]
        known = np.zeros(len(a), dtype=bool)
        known[1:] = (a[1:] == a[:-1]) & (b[1:] == b[:-1])
        for run_a, run_b in self._runs:
            place = np.minimum(np.searchsorted(run_a, a), len(run_a) - 1)
            known |= (run_a[place] == a) & (run_b[place] == b)
        self._keep(a[~known], b[~known])
        out = np.empty(len(a), dtype=bool)
        out[order] = known
        return out

    def _keep(self, a: Hashes, b: Hashes) -> None:
        if not len(a):
            return
        while self._runs and len(self._runs[-1][0]) <= min(2 * len(a), _LONG_RUN):
            more_a, more_b = self._runs.pop()
            a, b = np.concatenate([more_a, a]), np.concatenate([more_b, b])
            order = np.argsort(a, kind="stable")
            a, b = a[order], b[order]
        self._runs.append((a, b))


def hash_ids(ids: Texts) -> tuple[Hashes, Hashes]:
    """Two hashes of 64 bits of each text: no two of a file ever pass for one. Another process has others."""
    second = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
    return hash_array(ids, categorize=False), second.view(np.uint64)


def hash_pairs(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> tuple[Hashes, Hashes]:
    """Two hashes of each pair of numbers; 0 and -0 are one number."""
    a, b = (np.ascontiguousarray(values + 0.0).view(np.uint64) for values in (x, y))
    return hash_array(a) * np.uint64(3) + hash_array(b), a ^ (b << np.uint64(17)) ^ (b >> np.uint64(47))


@dataclass(frozen=True)
class Order:
    """Which of two rows is newer: the one reported later, of those reported at once the one further down."""

    reported: Ints
    lines: Ints


class FirstWins:
    """Of rows with the same id the first one in the file stays."""

    def __init__(self) -> None:
        self._seen = Seen()

    def losers(self, ids: Texts, _order: Order) -> Bools:
        """Bool[n]: rows of the next part whose id was there before."""
        return self._seen.again(hash_ids(ids))


class NewestWins:
    """Of rows with the same id the newest stays, wherever in the file it is.

    That takes two looks before the first row is judged: `all_ids` finds out which ids come twice at all, and only for
    those the second one, at the rows that would be kept, notes the newest. Both go through all parts of the file.
    """

    def __init__(self, all_ids: Iterable[Texts], kept_rows: Callable[[], Iterable[tuple[Texts, Order]]]) -> None:
        self._twice = _hashes_twice(all_ids)
        self._best = pd.DataFrame({"reported": [], "line": []}, dtype="int64")
        for ids, order in kept_rows() if len(self._twice) else ():
            mine, keys = self._find(ids)
            more = pd.DataFrame({"reported": order.reported[mine], "line": order.lines[mine]}, index=keys)
            both = pd.concat([self._best, more]).sort_values(["reported", "line"])
            self._best = both[~both.index.duplicated(keep="last")]

    def losers(self, ids: Texts, order: Order) -> Bools:
        """Bool[n]: rows of the next part that are not the newest of their id."""
        out = np.zeros(len(ids), dtype=bool)
        if len(self._twice):
            mine, keys = self._find(ids)
            out[mine] = self._best["line"].reindex(keys).to_numpy() != order.lines[mine]
        return out

    def _find(self, ids: Texts) -> tuple[Bools, Hashes]:
        hashes = hash_array(ids, categorize=False)
        place = np.minimum(np.searchsorted(self._twice, hashes), len(self._twice) - 1)
        mine: Bools = self._twice[place] == hashes
        return mine, hashes[mine]


def _hashes_twice(parts: Iterable[Texts]) -> Hashes:
    seen = Seen()
    found = np.zeros(0, dtype=np.uint64)
    for ids in parts:
        hashes = hash_ids(ids)
        found = np.union1d(found, hashes[0][seen.again(hashes)])
    return found
