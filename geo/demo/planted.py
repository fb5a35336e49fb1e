"""What is planted in the demo's incidents for finders to find: where, when, how much. Never read by what finds it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.demo.fabric import Fabric
from geo.demo.scope import Scope

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N_MONTHS = 24
#: Pattern of an emerging hot spot (DOMAIN 6) and the weight of each of the 24 months, the last one last.
PATTERNS: dict[str, tuple[float, ...]] = {
    "new": (0.0,) * 23 + (1.0,),
    "consecutive": (0.0,) * 19 + (1.0,) * 5,
    "intensifying": tuple(0.5 + 0.07 * month for month in range(24)),
    "diminishing": tuple(2.1 - 0.07 * month for month in range(24)),
    "persistent": (1.0,) * 24,
    "sporadic": tuple(1.0 if month in (2, 6, 7, 12, 15, 19, 23) else 0.0 for month in range(24)),
    "oscillating": tuple(1.6 if month % 4 > 1 else 0.0 for month in range(24)),
    "historical": (1.0,) * 23 + (0.0,),
}
_PER_PATTERN = 3
_N_BLIND = 12
_BLIND_M = 250.0
_BLIND_SHARE = 40


@dataclass(frozen=True)
class Cluster:
    """Incidents of one category around a spot (demo metres): so many in each month, first month first."""

    pattern: str
    category: int
    east_m: float
    north_m: float
    spread_m: float
    per_month: tuple[int, ...]

    @property
    def n(self) -> int:
        """How many in all."""
        return sum(self.per_month)


def plant_hotspots(scope: Scope, fabric: Fabric, rng: np.random.Generator) -> tuple[Cluster, ...]:
    """Each pattern in several towns, at a market or square where there is one; larger towns, larger clusters."""
    towns = scope.units["township"].sort_values("core_m", ascending=False, kind="stable")
    open_air = fabric.places[fabric.places["kind"].isin(["market", "square", "school"])].geometry.centroid
    tree = cKDTree(np.column_stack([open_air.x, open_air.y]))
    found: list[Cluster] = []
    wanted = [name for name in PATTERNS for _ in range(_PER_PATTERN if scope.share == 1 else 1)]
    places = towns[["east_m", "north_m", "core_m"]].to_numpy(float)[: len(wanted)]
    for k, (name, (east, north, core)) in enumerate(zip(rng.permutation(wanted), places, strict=False)):
        away, nearest = tree.query((east, north))
        x, y = tree.data[nearest] if away < 1.5 * core else (east, north)
        strength = float(np.clip(core / 14, 9, 42)) * rng.uniform(0.85, 1.2)
        counts = rng.poisson(np.array(PATTERNS[str(name)]) * strength)
        spread = float(np.clip(core / 7, 45, 95))
        found.append(Cluster(str(name), k % 8, float(x), float(y), spread, tuple(counts.tolist())))
    return tuple(found)


def plant_blind(hamlets: Floats, cameras: Floats, rng: np.random.Generator, share: float) -> tuple[Cluster, ...]:
    """Clusters by hamlets where no camera stands within 250 m: outside every view."""
    away, _ = cKDTree(cameras).query(hamlets)
    far = np.flatnonzero(away > _BLIND_M)
    spots = hamlets[far]
    if len(far) < _N_BLIND:
        spots = hamlets[np.argsort(-away)[:_N_BLIND]] + 2 * _BLIND_M
        away, _ = cKDTree(cameras).query(spots)
        spots = spots[away > _BLIND_M]
    picked = rng.permutation(len(spots))[: max(2, round(_N_BLIND * share))]
    counts = rng.poisson(_BLIND_SHARE / N_MONTHS, (len(picked), N_MONTHS))
    category = rng.integers(0, 8, len(picked))
    return tuple(
        Cluster("outside_views", int(k), float(x), float(y), 40.0, tuple(n.tolist()))
        for k, (x, y), n in zip(category, spots[picked], counts, strict=True)
    )
