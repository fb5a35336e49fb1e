"""What makes two snapshots the same: the id is a hash of the inputs and rules, never of paths or clocks."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from geo.rules import Rules
from geo.schema import SCHEMA_VERSION
from geo.snapshot.store import FORMAT

#: Raised whenever a result may change though records and rules do not.
ENGINE_VERSION = 6


def snapshot_id(
    rules: Rules, boundary_version: str, digests: Mapping[str, tuple[int, str]], home_json: str, as_of: datetime
) -> str:
    """First 16 hex digits of SHA-256 over versions, rules, home, boundary version, `as_of` and each table's digest.

    `digests` maps table -> (rows, hex sum modulo 2^256 of the rows' SHA-256), so row order does not matter. What else a
    build reads (refused rows) has its digest among them, by a name of its own.

    >>> from datetime import UTC
    >>> one = snapshot_id(Rules(), "b", {"cameras": (1, "0a")}, "{}", datetime(2026, 1, 1, tzinfo=UTC))
    >>> two = snapshot_id(Rules(), "b", {"cameras": (1, "0b")}, "{}", datetime(2026, 1, 1, tzinfo=UTC))
    >>> len(one), one == two
    (16, False)
    """
    parts = {
        "schema": SCHEMA_VERSION,
        "engine": ENGINE_VERSION,
        "format": FORMAT,
        "rules": rules.to_json(),
        "home": home_json,
        "boundary": boundary_version,
        "tables": {table: list(digest) for table, digest in sorted(digests.items())},
        "as_of": as_of.isoformat(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
