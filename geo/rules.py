"""Every choice a result depends on, in one frozen record that is hashed into the snapshot id and printed with each map.

>>> Rules().px_per_m
25.0
>>> Rules().levels_px_per_m()[:3]
(12.5, 20.0, 25.0)
"""

import json
from dataclasses import asdict, dataclass, field

#: Pixel densities by name, px/m on the target. DORI: IEC 62676-4:2014; OODPCVS: the newer seven-step scheme.
SCALES: dict[str, dict[str, float]] = {
    "dori": {"monitor": 12.5, "detect": 25.0, "observe": 62.5, "recognise": 125.0, "identify": 250.0},
    "oodpcvs": {
        "overview": 20.0,
        "outline": 40.0,
        "discern": 80.0,
        "perceive": 125.0,
        "characterise": 250.0,
        "validate": 500.0,
        "scrutinise": 1500.0,
    },
}


@dataclass(frozen=True)
class Assumed:
    """The span a missing camera attribute may lie in, (low, high); the nominal value is the middle."""

    hfov_deg: tuple[float, float] = (60.0, 100.0)
    h_px: tuple[float, float] = (1280.0, 2560.0)
    height_m: tuple[float, float] = (3.0, 6.0)
    tilt_deg: tuple[float, float] = (10.0, 30.0)
    aspect: float = 9.0 / 16.0


@dataclass(frozen=True)
class Rules:
    """The conventions of a build (DOMAIN sections 3, 4, 4a, 6)."""

    px_per_m: float = 25.0
    assume: Assumed = field(default_factory=Assumed)
    host_building: str = "by_mount"
    arc_chord_deg: float = 2.0
    fisheye_from_deg: float = 150.0
    road_half_width_m: float = 4.0
    near_home_m: float = 30.0
    facade_px_per_m: float = 62.5
    facade_close_px_per_m: float = 125.0
    max_retention_days: float = 90.0
    place_open_share: float = 0.5
    usual_buffer_m: float = 50.0
    min_gap_m2: float = 25.0
    online_target_key: float = 0.98
    online_target_other: float = 0.95
    on_time_target: float = 0.90
    neighbours: str = "queen"
    neighbour_gap_m: float = 1.0
    neighbour_band_m: float = 1000.0
    n_nearest: int = 8
    hotspot_permutations: int = 99_999
    hotspot_seed: int = 1
    fdr_levels: tuple[float, float, float] = (0.01, 0.05, 0.10)
    hotspot_tail: str = "two-sided"
    kde_bandwidth_m: float = 1000.0
    min_count: int = 5
    refused_days: int = 30
    rollback_days: int = 30
    rollback_imports: int = 10
    due_days: tuple[tuple[str, float], ...] = ()
    overlap_share_limit: float = 0.01
    nest_share_limit: float = 0.99
    future_minutes: float = 5.0
    extent_margin_share: float = 0.25
    max_vertices: int = 5_000_000
    max_columns: int = 1_000
    max_cell_chars: int = 100_000
    max_json_depth: int = 64
    max_file_bytes: int = 4_000_000_000
    max_zip_ratio: float = 200.0

    def levels_px_per_m(self) -> tuple[float, ...]:
        """All pixel densities of both scales, ascending, each once."""
        return tuple(sorted({value for scale in SCALES.values() for value in scale.values()}))

    def to_json(self) -> str:
        """Canonical JSON (sorted keys, no spaces): what the snapshot id hashes."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
