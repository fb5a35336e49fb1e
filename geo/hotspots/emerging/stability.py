"""How firmly a label stands: the share of re-runs with a few incidents missing that end in the same one."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.hotspots.emerging.find import Counts, Texts, Window, find_emerging

N_RERUNS = 99
KEEP_PROBABILITY = 0.95


def share_stable(
    label: Texts,
    counts: Counts,
    exposure: npt.NDArray[np.float64],
    neighbours: sparse.csr_array,
    *,
    window: Window = "cube",
    n_reruns: int = N_RERUNS,
    seed: int = 0,
) -> npt.NDArray[np.float64]:
    """Of each unit the share of re-runs with the same `label`, float64 (n units,); NaN where it has none ("").

    Arguments as `find_emerging` takes them. In each re-run every incident stays with probability 0.95 (the counts are
    thinned binomially; run r draws from the seed (`seed`, r)) and everything is worked out anew, with the reference
    "expected". A share of 1 says that none of the re-runs changed the label, not that it is certain.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(30, 30)).tocsr()
    >>> counts = np.full((12, 30), 20) + np.arange(30) % 3
    >>> counts[:, 10:13] = 60
    >>> label = np.array(["none"] * 29 + [""], dtype=object)
    >>> share_stable(label, counts, np.ones(30), line)[[5, 11, 29]].tolist()
    [1.0, 0.0, nan]
    """

    steps = ("",) * len(counts)

    def rerun(number: int) -> npt.NDArray[np.bool_]:
        thinned = np.random.default_rng([seed, number]).binomial(counts, KEEP_PROBABILITY)
        return np.asarray(find_emerging(thinned, exposure, neighbours, steps, window=window).label == label)

    same = np.zeros(len(label))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for one in pool.map(rerun, range(n_reruns)):
            same += one
    return np.where(label == "", np.nan, same / n_reruns)
