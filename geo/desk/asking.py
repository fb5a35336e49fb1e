"""What pages ask about gaps, as a part of `Desk`."""

from abc import ABC, abstractmethod
from typing import Any

from geo.desk import closing, gap_incidents, gaps, shown_gaps
from geo.desk.held import Held, Kept
from geo.schema import Role


class GapQuestions(ABC):
    """The questions of the gaps desk; errors are those of `Desk`."""

    _what_if: Kept

    @abstractmethod
    def _held(self, role: Role) -> Held: ...

    def gaps(self, level: str, role: Role, figure: str = "road_m", within: str | None = None) -> dict[str, Any]:
        """Gaps of all units of `level` by unit number and the reasons of `figure`; planner up."""
        return gaps.gap_columns(self._held(role), level, role, figure, within)

    def gap_incidents(self, level: str, role: Role, within: str | None = None) -> dict[str, Any]:
        """The incidents at the gaps of a finest level, as columns; analyst up."""
        return gap_incidents.incident_columns(self._held(role), role, level, within)

    def closing_options(self, level: str, code: str, role: Role) -> dict[str, Any]:
        """What closes the gap of a finest unit; planner up."""
        return closing.closing_options(self._held(role), self._what_if, level, code, role)

    def shown_gaps_bytes(self, fmt: str, role: Role, asked: shown_gaps.ShownGaps) -> tuple[bytes, int]:
        """What the gaps desk shows as a file of format `fmt`, filters and all, and its number of rows; analyst up."""
        return shown_gaps.to_file(self._held(role), fmt, role, asked)
