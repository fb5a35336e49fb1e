"""Local Moran's I (L. Anselin, "Local Indicators of Spatial Association", Geographical Analysis 27, 1995)."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.hotspots.getis_ord import ISLAND, NO_RESULT

Floats = npt.NDArray[np.float64]
#: High among high, low among low, high among low, low among high; a unit's own value comes first.
QUADRANTS = ("HH", "LL", "HL", "LH")


def local_moran(values: Floats, neighbours: sparse.csr_array) -> tuple[Floats, Floats]:
    """(I, lag) of n units: float64 (n,) or (n, worlds) both, as `values`.

    `I_i = z_i lag_i / m2` with z the values less their mean, `m2 = mean(z^2)` and the lag the mean of z over the
    neighbours (0/1 without diagonal, row-standardised). NaN where a unit has no neighbours or the values do not vary.

    >>> from geo.hotspots.neighbours import distance_band
    >>> moran, lag = local_moran(np.array([3.0, 1, -4]), distance_band(np.arange(3.0), np.zeros(3), 1.0))
    >>> moran.round(4).tolist(), lag.tolist()  # m2 = 26 / 3
    ([0.3462, -0.0577, -0.4615], [1.0, -0.5, 1.0])
    """
    away = values - values.mean(axis=0)
    square = (away**2).mean(axis=0)
    degree = np.diff(neighbours.indptr).astype(np.float64)
    degree[degree == 0] = np.nan
    lag = np.asarray(neighbours @ away) / (degree if values.ndim == 1 else degree[:, None])
    return np.asarray(away * lag / np.where(square > 1e-24, square, np.nan)), np.asarray(lag)


def classify_moran(
    values: Floats, lag: Floats, q: Floats, n_neighbours: npt.NDArray[np.integer], fdr_level: float
) -> npt.NDArray[np.object_]:
    """Quadrant of each unit whose q-value is at most `fdr_level`, else "none", "island" or "" (no result): object (n,).

    `values` float64 (n,), `lag` of `local_moran`. A value or lag equal to the mean lies in no quadrant.

    >>> classify_moran(np.array([3.0, 1, -4, -2, 2]), np.array([1, -0.5, 1, -1, np.nan]),
    ...     np.array([0.01, 0.04, 0.03, 0.2, np.nan]), np.array([2, 2, 2, 2, 0]), 0.05).tolist()
    ['HH', 'HL', 'LH', 'none', 'island']
    """
    away = np.sign(values - values.mean())
    around = np.sign(lag)
    found = np.full(len(values), "none", dtype=object)
    for name, own, near in zip(QUADRANTS, (1, -1, 1, -1), (1, -1, -1, 1), strict=True):
        found[(away == own) & (around == near) & (q <= fdr_level)] = name
    found[np.isnan(q)] = NO_RESULT
    found[n_neighbours == 0] = ISLAND
    return found
