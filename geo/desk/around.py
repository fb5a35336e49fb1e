"""What rows handed in one by one are held against: extent, unit codes and time zone of the home as it is now."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

from geo.errors import NotAvailable, Words
from geo.intake.standing import standing_units, surroundings
from geo.intake.tables import Surroundings
from geo.records import Records
from geo.rules import Rules

#: How long new boundaries may stay unnoticed.
_LOOK_EVERY_S = 2.0


class Around:
    """The surroundings of a home's rows, worked out anew when its boundaries change; safe between threads."""

    def __init__(self, records: Records, rules: Rules | None = None) -> None:
        self._records, self._rules = records, rules or Rules()
        self._version, self._looked_at_s = "", float("-inf")
        self._found: Surroundings | None = None
        self._lock = threading.Lock()

    def now(self) -> Surroundings:
        """The surroundings at this moment. Errors: `NotAvailable` before units are loaded."""
        with self._lock:
            if self._found is None or time.monotonic() - self._looked_at_s > _LOOK_EVERY_S:
                version = self._records.boundary_version()
                if self._found is None or version != self._version:
                    self._found = self._read()
                self._version, self._looked_at_s = version, time.monotonic()
            return replace(self._found, now=datetime.now(UTC))

    def _read(self) -> Surroundings:
        home, units = self._records.home(), self._records.frame("units")
        if home is None or units.empty:
            raise NotAvailable(Words("no units are loaded", "尚未导入单位"))
        return surroundings(standing_units(units, home.timezone), self._rules, datetime.now(UTC))
