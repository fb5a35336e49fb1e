"""What a page must know before it asks for anything: titles, levels, scales, the rules it prints."""

from dataclasses import asdict
from typing import Any

from geo.desk.held import Held
from geo.desk.layers import list_layers
from geo.desk.relief import MAX_ZOOM, has_elevation
from geo.desk.units import home_bounds
from geo.desk.values import to_instant
from geo.rules import SCALES
from geo.schema import SOURCES, Role
from geo.schema.column import may_see
from geo.snapshot import queries

_TABLES = ("places", "roads", "incidents", "residents", "buildings", "cameras", "restricted_areas", "service_points")
#: Limits of the reader, which change no result and are not printed.
_LIMITS = ("max_vertices", "max_columns", "max_cell_chars", "max_json_depth", "max_file_bytes", "max_zip_ratio")
_UNPRINTED = (*_LIMITS, "due_days", "extent_margin_share", "future_minutes")


def describe(held: Held, role: Role) -> dict[str, Any]:
    """The boot record of a page; it holds no counts."""
    queries.result_table("units", role)
    snapshot, home = held.snapshot, held.snapshot.home
    chains = home.chains()
    known = held.kept.get("known", lambda: known_shares(held))
    rules = {key: value for key, value in asdict(snapshot.rules).items() if not key.startswith(_UNPRINTED)}
    return {
        "title_zh": home.title_zh,
        "title_en": home.title_en,
        "demo": home.demo,
        "attribution_zh": home.attribution_zh,
        "attribution_en": home.attribution_en,
        "map_review_number": home.map_review_number,
        "timezone": home.timezone,
        "role": role,
        "snapshot": describe_snapshot(held),
        "levels": [
            {
                "name": level.name,
                "title_zh": level.title_zh,
                "title_en": level.title_en,
                "parent": level.parent,
                "n": len(queries.units_of(snapshot, level.name)),
                "chain": list(next(chain for chain in chains if level.name in chain)),
                "known": known.get(level.name, {}),
            }
            for level in home.levels
        ],
        "bounds": [round(value, 6) for value in home_bounds(held)],
        "available": {table: snapshot.has(table) for table in _TABLES},
        "incident_words": _incident_words(held),
        "scales": {name: dict(steps) for name, steps in SCALES.items()},
        "default_px_per_m": snapshot.rules.px_per_m,
        "rules": rules,
        "metric_crs": snapshot.metric_crs,
        "layers": list_layers(held, role) + (["relief"] if has_elevation(held) else []),
        "relief_max_zoom": MAX_ZOOM,
        "sees_points": may_see(role, "planner"),
        "min_count": snapshot.rules.min_count,
    }


def _incident_words(held: Held) -> dict[str, list[str]]:
    """The categories and channels that incidents can be chosen by."""
    if not held.snapshot.has("incidents"):
        return {}
    words = held.snapshot.events().words
    return {name: list(words[name]) for name in ("category", "channel")}


def describe_ledger(held: Held, role: Role) -> dict[str, Any]:
    """Per joined table and level: rows read, assigned, outside, refused; no counts of single units."""
    ledger = queries.table(held.snapshot, "ledger", role=role)
    levels = {level.name: level for level in held.snapshot.home.levels}
    layers = []
    for layer, rows in ledger[ledger["code"] == ""].groupby("layer", sort=False):
        title = SOURCES[str(layer)].title
        steps = [
            {
                "level": row["level"],
                "title_zh": levels[row["level"]].title_zh,
                "title_en": levels[row["level"]].title_en,
                **{name: int(row[name]) for name in ("rows_read", "assigned", "outside", "refused")},
                "balanced": bool(row["balanced"]),
            }
            for row in rows.to_dict("records")
        ]
        layers.append({"layer": layer, "title_zh": title.zh, "title_en": title.en, "levels": steps})
    balanced = bool(held.snapshot.frame("ledger")["balanced"].all())
    return {"snapshot": held.snapshot.id, "balanced": balanced, "layers": layers}


def known_shares(held: Held) -> dict[str, dict[str, float]]:
    """Per level and share of coverage: how many of its units have a value at the default pixel density, 0..1.

    A level on which most units have none is noise on a map, and the page then draws a coarser one.
    """
    if not held.snapshot.has("cameras"):
        return {}
    coverage = held.snapshot.frame("coverage")
    names = [name for name in coverage.columns if name.endswith("_seen_share") or name == "residents_near_share"]
    at_default = coverage[coverage["px_per_m"] == held.snapshot.rules.px_per_m]
    known = at_default[names].notna().groupby(at_default["level"]).mean().round(3)
    return {str(level): {name: float(row[name]) for name in names if row[name] > 0} for level, row in known.iterrows()}


def describe_snapshot(held: Held) -> dict[str, Any]:
    """Id, number and times of a snapshot."""
    snapshot = held.snapshot
    return {
        "id": snapshot.id,
        "number": snapshot.number,
        "as_of": to_instant(snapshot.as_of),
        "built_at": to_instant(snapshot.built_at),
    }
