"""Work shared among threads: kernels and GEOS let others run meanwhile."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

#: Threads that share the work.
WORKERS = min(4, os.cpu_count() or 1)
#: Below this many items one thread is as fast, whatever is done to each; and where kernels go over them.
MIN_SHARED, MIN_SHARED_KERNEL = 200, 500
#: Fewer cameras than these are looked at in passing, without threads and without tidying up.
FEW = 1_000
#: Parts per thread: many, so that none waits long for another and what a part needs in passing stays small.
PARTS = 32


def in_threads(work: Callable[[int, int], Any], n: int, *, least: int = MIN_SHARED) -> list[Any]:
    """`work(begin, end)` over consecutive parts of 0 .. n, in order, by `WORKERS` threads; fewer than `least` by one.

    >>> sum(in_threads(lambda begin, end: end - begin, 1000))
    1000
    """
    if n < least or WORKERS == 1:
        return [work(0, n)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda span: work(*span), spans(n, PARTS * WORKERS)))


def spans(n: int, n_parts: int) -> list[tuple[int, int]]:
    """0 .. n cut into `n_parts` that are about as long: (begin, end) each.

    >>> spans(5, 2)
    [(0, 2), (2, 5)]
    """
    return list(pairwise(np.linspace(0, n, n_parts + 1).astype(int).tolist()))


def each(operation: Callable[..., Any], *arrays: npt.NDArray[Any], **options: Any) -> npt.NDArray[np.object_]:
    """`operation` on every item of arrays of one length, as the operation itself would give it, by threads.

    >>> each(np.add, np.arange(3), np.arange(3)).tolist()
    [0, 2, 4]
    """
    n = len(arrays[0])
    parts = in_threads(lambda begin, end: operation(*(array[begin:end] for array in arrays), **options), n)
    return np.asarray(np.concatenate(parts))


def together(*tasks: Callable[[], Any], is_small: bool = False) -> list[Any]:
    """What `tasks` give, in order; `WORKERS` of them run at a time, one where they are so small that threads cost more.

    >>> together(lambda: 1, lambda: "two")
    [1, 'two']
    """
    if is_small:
        return [task() for task in tasks]
    with ThreadPoolExecutor(WORKERS) as pool:
        return [done.result() for done in [pool.submit(task) for task in tasks]]
