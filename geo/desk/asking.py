"""What pages ask about gaps and about incidents, as parts of `Desk`."""

from abc import ABC, abstractmethod
from typing import Any

import pandas as pd

from geo.desk import (
    case_files,
    closing,
    density,
    gap_incidents,
    gaps,
    headline,
    hotspot_files,
    hotspots,
    league,
    measures,
    shown_gaps,
    standing,
)
from geo.desk import cases as cases_room
from geo.desk import emerging as emerging_room
from geo.desk.held import Held, Kept
from geo.errors import NotAvailable
from geo.hotspots.cube import Step, Wanted
from geo.schema import Role
from geo.snapshot import cases
from geo.snapshot.case_rows import Until
from geo.snapshot.export import Tell, silent


class Asked(ABC):
    """What all questions need."""

    @abstractmethod
    def held(self, role: Role) -> Held:
        """The snapshot that is served and what is kept of it, for `role` to read from."""


class GapQuestions(Asked):
    """The questions of the gaps desk; errors are those of `Desk`."""

    _what_if: Kept

    def gaps(self, level: str, role: Role, figure: str = "road_m", within: str | None = None) -> dict[str, Any]:
        """Gaps of all units of `level` by unit number and the reasons of `figure`; planner up."""
        return gaps.gap_columns(self.held(role), level, role, figure, within)

    def gap_incidents(self, level: str, role: Role, within: str | None = None) -> dict[str, Any]:
        """The incidents at the gaps of a finest level, as columns; analyst up."""
        return gap_incidents.incident_columns(self.held(role), role, level, within)

    def closing_options(self, level: str, code: str, role: Role) -> dict[str, Any]:
        """What closes the gap of a finest unit; planner up."""
        return closing.closing_options(self.held(role), self._what_if, level, code, role)

    def gap_rows(self, role: Role, asked: shown_gaps.ShownGaps) -> pd.DataFrame:
        """The rows that the gaps desk shows, filters and all, in its order; planner up."""
        return shown_gaps.shown_gaps(self.held(role), role, asked)[0]

    def shown_gaps_bytes(
        self, fmt: str, role: Role, asked: shown_gaps.ShownGaps, tell: Tell = silent
    ) -> tuple[bytes, int]:
        """What the gaps desk shows as a file of format `fmt`, filters and all, and its number of rows; analyst up."""
        return shown_gaps.to_file(self.held(role), fmt, role, asked, tell)


class IncidentQuestions(Asked):
    """What is asked about incidents; errors are those of `Desk`."""

    def kde(
        self, role: Role, width_px: int = density.WIDTH_PX, asked: density.DensityQuery | None = None
    ) -> dict[str, Any]:
        """The density picture ("png") and its legend."""
        return density.density_picture(self.held(role), role, width_px, asked or density.DensityQuery())

    def kde_geotiff(self, role: Role, asked: density.DensityQuery) -> bytes:
        """The density as a GeoTIFF in the metric CRS; below analyst classes only."""
        return density.density_geotiff(self.held(role), role, asked)

    def hotspots(self, asked: hotspots.Question, role: Role) -> dict[str, Any]:
        """Hotspots of the incidents that a filter keeps, by unit of a level; `NotAvailable` without incidents."""
        return hotspots.analyse_hotspots(self.held(role), role, asked)

    def emerging(self, asked: emerging_room.CubeQuestion, role: Role) -> dict[str, Any]:
        """Emerging hot spots of the incidents that a filter keeps, by steps of time, by unit of a level."""
        return emerging_room.find_emerging_units(self.held(role), role, asked)

    def shown_hotspots_bytes(
        self, fmt: str, role: Role, asked: hotspot_files.ShownHotspots, tell: Tell = silent
    ) -> tuple[bytes, int]:
        """What the hotspots desk shows of chosen incidents as a file of format `fmt`, and its number of rows."""
        return hotspot_files.to_file(self.held(role), fmt, role, asked, tell)

    def headline(self, asked: headline.HeadlineQuery, role: Role) -> dict[str, Any]:
        """The figures of a place in its last whole month, with what they are compared with."""
        return headline.find_headline(self.held(role), role, asked)

    def standing(self, asked: standing.StandingQuery, role: Role) -> dict[str, Any]:
        """The parts of a place compared, its rates, and how long its cases take."""
        return standing.find_standing(self.held(role), role, asked)

    def months(self, level: str, code: str, role: Role) -> list[dict[str, Any]]:
        """Incidents of a unit by month: {month, n}, n None where hidden; `NotAvailable` without incidents."""
        held = self.held(role)
        if not held.snapshot.has("incidents"):
            raise NotAvailable(measures.not_loaded("incidents"))
        return measures.month_counts(held, level, code, role)

    def counts(self, level: str, code: str, step: Step, wanted: Wanted, role: Role) -> dict[str, Any]:
        """Incidents of a unit by month, by ISO week, by day (the calendar) or by weekday and hour (the clock)."""
        return measures.step_counts(self.held(role), level, code, step, wanted, role)

    def league(self, asked: league.LeagueQuery, role: Role) -> dict[str, Any]:
        """Units of a level compared by their rates: intervals, places that cannot be told apart, a funnel."""
        return league.compare(self.held(role), role, asked)

    def rates(self, asked: cases.Asked, role: Role) -> dict[str, Any]:
        """Counts and rates of incidents by unit, channel, category or month."""
        return cases_room.list_rates(self.held(role), asked, role)

    def rates_bytes(self, asked: cases.Asked, role: Role, fmt: str, lang: str) -> tuple[bytes, int]:
        """What `rates` tells as a file of format `fmt`, and its number of rows."""
        return case_files.rates_file(self.held(role), role, asked, fmt, lang)

    def waiting(self, asked: cases.Asked, role: Role, until: Until) -> dict[str, Any]:
        """Days until incidents are accepted or closed, open ones counted, by unit, channel, category or month."""
        return cases_room.list_waiting(self.held(role), asked, role, until)
