"""The gaps that the page keeps: its rows in order, and what they come to by unit of a coarser level."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.coverage.reasons import REASONS
from geo.desk.shown_gaps import ShownGaps
from geo.hotspots.cube import EVERY
from geo.snapshot import queries
from webmap.paper.desks.subject import Subject
from webmap.paper.kept import EVERY_GAP

#: What a gap is counted in: column, figure of the reasons, unit, name, the table it needs.
FIGURES = {
    "roads": ("road_unseen_m", "road_m", "m", "gaps.roads", "roads"),
    "places": ("n_places_unseen", "n_places", "", "gaps.places", "places"),
    "incidents": ("n_incidents_unseen", "n_incidents", "", "gaps.incidents", "incidents"),
    "residents": ("residents_not_near", "residents", "", "gaps.residents", "residents"),
    "area": ("gap_m2", "gap_m2", "m²", "gaps.area", ""),
}
KEPT = "n_incidents_kept"


@dataclass(frozen=True)
class GapRows:
    """Rows of `level` that the filters keep, in order, with the columns of `shown_gaps` and `number` (the unit's).

    `answer` are the level's columns by unit number, whatever is filtered; `n_all` have any of the figure `name`.
    """

    name: str
    level: str
    rows: pd.DataFrame
    answer: dict[str, Any]
    n_all: int
    is_filtered: bool
    reasons: tuple[str, ...]

    @property
    def column(self) -> str:
        """The column of the figure."""
        return FIGURES[self.name][0]

    def total(self, column: str = "shown") -> float | None:
        """Sum of a column over the rows; None where a row does not tell it."""
        cells = self.rows[column].to_numpy(dtype=float, na_value=np.nan)
        return float(cells.sum()) if np.isfinite(cells).all() else None

    def ends(self) -> tuple[float | None, float | None]:
        """Low and high end of the figure over the rows; (None, None) where only some reasons count."""
        known = {f"{self.column}{end}" for end in ("_low", "_high")} <= set(self.rows.columns) and not self.reasons
        return (self.total(f"{self.column}_low"), self.total(f"{self.column}_high")) if known else (None, None)

    def parts(self) -> dict[str, float] | None:
        """The figure by reason that counts, in the order of the test; None where a row hides its reasons."""
        sums = {reason: self.total(f"reason_{reason}") for reason in self.reasons or REASONS}
        told = {reason: value for reason, value in sums.items() if value is not None}
        return told if len(told) == len(sums) else None

    def sums_by(self, subject: Subject, level: str, columns: Iterable[str] = ("shown",)) -> pd.DataFrame:
        """Sums of columns over the rows by unit number of `level`, which is theirs or one above."""
        above = queries.ancestors_of(subject.scope.held.snapshot, self.level)[level]
        numbers = pd.Index(subject.units[level]["code"]).get_indexer(above.iloc[self.rows["number"]])
        return self.rows[list(columns)].astype(float).groupby(numbers).sum(min_count=1)


def find_gaps(subject: Subject, name: str) -> GapRows:
    """The rows of the page's table by the figure `name`: gaps, or units where the address says so."""
    asked, scope = subject.asked, subject.scope
    level = scope.level if asked.rows == "units" else subject.finest_level
    figure, kept = FIGURES[name][1], asked.gaps
    found = subject.desk.gap_rows(
        subject.role,
        ShownGaps(
            level=level,
            within=scope.within,
            figure=figure,
            reasons=kept.reasons,
            shown=kept.length,
            spans={FIGURES[one][0]: span for one, span in kept.spans.items()},
            name=kept.name,
            largest=kept.largest,
            incidents=asked.wanted,
            lang=subject.say.lang,
        ),
    )
    numbers = pd.Index(subject.units[level]["code"]).get_indexer(found["code"])
    answer = subject.desk.gaps(level, subject.role, figure, scope.within)
    n_all = sum(1 for value in answer["columns"][FIGURES[name][0]] if value)
    is_filtered = asked.gaps != EVERY_GAP or asked.wanted != EVERY
    return GapRows(name, level, found.assign(number=numbers), answer, n_all, is_filtered, kept.reasons)


def drawn_values(subject: Subject, gaps: GapRows, drawn: dict[str, Any]) -> dict[int, float]:
    """The figure of each drawn unit as the filters leave it, hidden units apart; 0 where nothing is unseen.

    A unit that the filters leave nothing of is not in it. Where small counts of rows are hidden, a coarser unit keeps
    its own figure, as sums of the others would tell too little.
    """
    scope = subject.scope
    hidden = frozenset(drawn["hidden"].get(gaps.column, ()))
    own = {n: drawn["columns"][gaps.column][n] or 0.0 for n in scope.numbers if n not in hidden}
    is_coarser = gaps.level != scope.level
    if not gaps.is_filtered or (is_coarser and gaps.answer["hidden"].get(gaps.column)):
        return own
    sums = gaps.sums_by(subject, scope.level)["shown"].to_dict()
    return {n: float(sums.get(n, 0.0)) for n in own if n in sums or (not is_coarser and own[n] == 0.0)}
