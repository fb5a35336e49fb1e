"""The record of the density map: what came later in the area that it coloured, on the cells of its raster."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geo.hotspots import kde
from geo.hotspots.score import Record
from geo.hotspots.score_table import over_window, roll
from geo.rules import Rules

Floats = npt.NDArray[np.float64]


def score_density(
    x_m: Floats,
    y_m: Floats,
    month: npt.NDArray[np.integer],
    n_months: int,
    ground: tuple[kde.Cells, kde.Mask, kde.Density],
    kernel: kde.Kernel,
    bandwidth_m: float,
    rules: Rules,
) -> list[Record]:
    """The records of the map of `kernel` and `bandwidth_m` on the last `Rules.score_origins` of `n_months` months.

    Of n incidents `x_m`, `y_m` float64 (n,) in the metric CRS and `month` int (n,), -1 for those that do not count;
    `ground` of `kde.lay_ground`. Flagged are the cells of the lowest class and above (`kde.find_breaks`), which the map
    colours, made of the incidents of `Rules.score_window_months` months. The units of the score, and of its baselines,
    are the cells inside; how many are flagged is not told (NaN), their area is.

    >>> from shapely import box
    >>> x_m = np.repeat([500.0, 4500.0, 8500.0], [40, 3, 40])
    >>> month = np.r_[np.zeros(40, int), [0, 0, 1], np.ones(40, int)]  # January here, February there
    >>> ground = kde.lay_ground([box(0, 0, 10_000, 1_000)], "quartic", 400.0)
    >>> (one,) = score_density(x_m, np.full(83, 500.0), month, 2, ground, "quartic", 400.0, Rules())
    >>> one.own.n_later, one.own.n_hit, round(one.own.area_share, 2)
    (41, 0.0, 0.03)
    """
    cells, inside, mass = ground
    place = cells.places(x_m, y_m)
    counted = (month >= 0) & (place >= 0)
    counted[counted] = inside.ravel()[place[counted]]
    taken, of = np.unique(place[counted], return_inverse=True)
    n_empty = int(inside.sum()) - len(taken)
    # Cells without any incident are alike: one unit with the area of all.
    n_units = len(taken) + (n_empty > 0)
    months = np.bincount(month[counted] * n_units + of, minlength=n_months * n_units).reshape(n_months, n_units)
    area_km2 = np.full(n_units, cells.cell_m**2 / 1e6)
    area_km2[len(taken) :] *= n_empty

    def flag(count: Floats) -> Floats:
        counts = np.zeros(inside.size)
        counts[taken] = count[: len(taken)]
        density = kde.find_density(counts.reshape(inside.shape), cells.cell_m, kernel, bandwidth_m, mass)
        breaks = kde.find_breaks(float(density[inside].max()))
        coloured = inside & (density >= breaks[0]) if breaks else np.zeros_like(inside)
        own = coloured.ravel()[taken].astype(np.float64)
        return np.append(own, (coloured.sum() - own.sum()) / n_empty) if n_empty else own

    return [_without_number(record) for record in roll(months, area_km2, over_window(flag, rules), rules)]


def _without_number(record: Record) -> Record:
    return Record(*(replace(score, n_flagged=np.nan) for score in (record.own, record.counts, record.last_month)))
