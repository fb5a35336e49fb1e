"""truth.toml: what was planted in the demo, written beside its files for tests. No mapping names it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from geo.demo.cameras import Register
from geo.demo.dirt import Dirt
from geo.demo.incidents import CATEGORIES, CHANNELS, FIRST, Ledgers
from geo.demo.land import to_lonlat
from geo.demo.misplaced import SWAPPED_FILE, OnBorder
from geo.demo.planted import Cluster


def truth_toml(
    register: Register,
    ledgers: Ledgers,
    dirt: Dirt,
    shifted: dict[str, dict[str, str]],
    on_border: list[OnBorder],
    seed: int,
) -> str:
    """The truth as TOML: clusters with WGS84 places and counts per month, pairs and rows by id.

    `shifted` is the datum of single shifted rows, by source and id.
    """
    first = str(FIRST.astype("datetime64[M]"))
    parts = [
        f'seed = {seed}\nfirst_month = "{first}"\n',
        _tables("hotspots", (_cluster(c) for c in ledgers.hotspots)),
        _tables("outside_views", (_cluster(c) for c in ledgers.blind)),
        _tables("datums", ({"source": source, "datum": datum} for source, datum in _datums())),
        f'swapped_sources = ["incident-{SWAPPED_FILE}"]\n',
        _rows("shifted_rows", [_shifted(source, *row) for source, rows in shifted.items() for row in rows.items()]),
        _rows("on_border", [asdict(report) for report in on_border]),
        _rows("linked", ledgers.linked),
        _rows("near_repeats", ledgers.near_repeats),
        _rows("doubled_cameras", register.doubled),
        f"wrong_incident_codes = {json.dumps(ledgers.wrong_code)}\n",
        f"wrong_camera_codes = {json.dumps(register.wrong_code)}\n",
        _rows("refused", dirt.refused),
        _rows("outside", dirt.outside),
        _rows("odd", dirt.odd),
    ]
    head = [part for part in parts if not part.startswith("[[")]
    return "\n".join([*head, *(part for part in parts if part.startswith("[["))])


def _datums() -> Iterable[tuple[str, str]]:
    yield "village-cameras", "gcj02"
    yield from dict.fromkeys((f"incident-{file}", datum) for _, _, file, datum in CHANNELS if datum != "wgs84")


def _shifted(source: str, row_id: str, datum: str) -> dict[str, str]:
    return {"source": source, "id": row_id, "datum": datum}


def _cluster(cluster: Cluster) -> dict[str, Any]:
    lon, lat = to_lonlat(np.array([cluster.east_m]), np.array([cluster.north_m]))
    return {
        "pattern": cluster.pattern,
        "category": CATEGORIES[cluster.category][0],
        "lon": float(lon[0]),
        "lat": float(lat[0]),
        "spread_m": cluster.spread_m,
        "n": cluster.n,
        "per_month": list(cluster.per_month),
    }


def _tables(name: str, rows: Iterable[dict[str, Any]]) -> str:
    return "\n".join(f"[[{name}]]\n{_keys(row)}\n" for row in rows)


def _keys(row: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items())


def _rows(name: str, rows: Sequence[dict[str, Any]]) -> str:
    lines = (
        "  {" + ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items()) + "},\n"
        for row in rows
    )
    return f"{name} = [\n{''.join(lines)}]\n"
