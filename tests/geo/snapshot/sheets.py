"""All that a role below analyst is told of cases and people of a snapshot, as sheets of cells for the attack.

Each function takes what the answers themselves give (their counts, and which cells they hide), and ties the cells by
the sums that anyone knows: parents and children, groups and wholes, days and months, parts of one count.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from geo.hotspots.cube import EVERY, Step
from geo.schema import CAMERA_WITHIN_M, RESULTS, SERVICE_WITHIN_M, Role
from geo.snapshot import queries
from geo.snapshot.case_rows import By, Until, count_cases, count_waiting
from geo.snapshot.counts import step_counts
from geo.snapshot.hide_cases import hidden_rates, hidden_waiting, large_units
from geo.snapshot.store import Snapshot
from tests.geo.snapshot.attack import Attack

#: The most that is shown below analyst.
ROLE: Role = "planner"


@dataclass
class Sheets:
    """Cells (n units, g groups) of `snapshot`, each with its number, and the sums between them."""

    snapshot: Snapshot
    counts: list[np.ndarray] = field(default_factory=list)
    hidden: list[np.ndarray] = field(default_factory=list)
    ties: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    n: int = 0

    def add(self, counts: np.ndarray, hidden: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """Numbers (n, g) of new cells of the units `rows` (None: all); a parent's are the sums of its children's."""
        ids = np.arange(self.n, self.n + counts.size).reshape(counts.shape)
        self.n += counts.size
        self.counts.append(counts.ravel().astype(float))
        self.hidden.append(hidden.ravel())
        for parent, children in self._families(np.arange(len(counts)) if rows is None else rows):
            self.sum(ids[parent], ids[children])
        return ids

    def untold(self, counts: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """Numbers of cells that no answer has, but that follow from what is told of others."""
        return self.add(counts, np.ones(counts.shape, dtype=bool), rows)

    def sum(self, wholes: np.ndarray, parts: np.ndarray) -> None:
        """Cells `wholes` (m,) are the sums of `parts` (k, m)."""
        self.ties.append((wholes, parts))

    def attack(self) -> Attack:
        counts, hidden = np.concatenate(self.counts), np.concatenate(self.hidden)
        attack = Attack(self.n)
        attack.tell(sparse.eye_array(self.n, format="csr"), counts, hidden)
        of = np.cumsum([0, *(len(wholes) for wholes, _ in self.ties)])
        lines = [
            np.tile(np.arange(first, first + len(wholes)), 1 + len(parts))
            for first, (wholes, parts) in zip(of[:-1], self.ties, strict=True)
        ]
        cells = [np.concatenate([wholes, parts.ravel()]) for wholes, parts in self.ties]
        signs = [np.repeat([-1.0, 1.0], [len(wholes), parts.size]) for wholes, parts in self.ties]
        where = np.concatenate(lines), np.concatenate(cells)
        sums = sparse.csr_array((np.concatenate(signs), where), shape=(int(of[-1]), self.n))
        assert not (sums @ counts).any()
        attack.tell(sums, np.zeros(int(of[-1])), np.zeros(int(of[-1]), dtype=bool))
        return attack

    def _families(self, rows: np.ndarray) -> list[tuple[int, np.ndarray]]:
        """Places among `rows` of each parent and of its children."""
        units, levels = self.snapshot.frame("units").iloc[rows], self.snapshot.home.levels
        above = units["level"].map({level.name: level.parent for level in levels})
        keys = pd.MultiIndex.from_frame(units[["level", "code"]])
        parent = keys.get_indexer(pd.MultiIndex.from_arrays([above, units["parent_code"]]))
        order = np.argsort(parent, kind="stable")
        order = order[parent[order] >= 0]
        if not len(order):
            return []
        return [(int(parent[one[0]]), one) for one in np.split(order, np.flatnonzero(np.diff(parent[order])) + 1)]


def totals(snapshot: Snapshot) -> Sheets:
    """Incidents of all units, hidden where no table tells them."""
    counts, hidden = steps(snapshot, "all")
    for name, table in RESULTS.items():
        for column in ("n_incidents", "n_received"):
            if column in table.names() and table.row_of == "unit" and column in snapshot.frame(name).columns:
                hidden = hidden & blanks(snapshot, name, column)[:, None]
    sheets = Sheets(snapshot)
    sheets.add(counts, hidden)
    return sheets


def months(snapshot: Snapshot) -> Sheets:
    """Incidents of all units by month, and in all."""
    sheets = totals(snapshot)
    n = len(snapshot.frame("units"))
    cells = sheets.add(*steps(snapshot, "month"))
    sheets.sum(np.arange(n), cells.T)
    return sheets


def times(snapshot: Snapshot) -> Sheets:
    """Incidents by month, week, day, weekday and hour, of the units of which any of the last three is told."""
    told = {step: steps(snapshot, step) for step in ("month", "week", "day", "weekday_hour")}
    rows = np.flatnonzero(~(told["day"][1].all(axis=1) & told["weekday_hour"][1].all(axis=1)))
    sheets = Sheets(snapshot)
    ids = {step: sheets.add(counts[rows], hidden[rows], rows) for step, (counts, hidden) in told.items()}
    days = pd.to_datetime(list(step_counts(snapshot, snapshot.home.levels[-1].name, "day", EVERY, ROLE)[0].steps))
    weekdays = sheets.untold(told["weekday_hour"][0][rows].reshape(len(rows), 7, 24).sum(axis=2), rows)
    for step, form in (("month", "%Y-%m"), ("week", "%G-W%V")):
        names = step_counts(snapshot, snapshot.home.levels[-1].name, step, EVERY, ROLE)[0].steps
        for place, name in enumerate(names):
            sheets.sum(ids[step][:, place], ids["day"][:, days.strftime(form) == name].T)
    for weekday in range(7):
        sheets.sum(weekdays[:, weekday], ids["day"][:, days.day_of_week == weekday].T)
        sheets.sum(weekdays[:, weekday], ids["weekday_hour"][:, weekday * 24 : weekday * 24 + 24].T)
    return sheets


#: Counts of cases and the parts that each is the sum of: on time, late, open; filed or not; mediated, solved otherwise,
#: unsolved, not accepted.
SPLITS: tuple[dict[str, tuple[int, ...]], ...] = (
    {"n_on_time": (0,), "n_closed": (0, 1), "n_due": (0, 1, 2)},
    {"n_filed": (0,), "n_received": (0, 1)},
    {"n_mediated": (0,), "n_solved": (0, 1), "n_accepted": (0, 1, 2), "n_received": (0, 1, 2, 3)},
)


def rates(snapshot: Snapshot, by: By, split: dict[str, tuple[int, ...]]) -> Sheets:
    """Counts of cases by group of the units of which groups are told, with the units' own, and the parts they tell."""
    sheets, large = Sheets(snapshot), np.flatnonzero(large_units(snapshot, by))
    of_units = _add_split(sheets, "unit", split, large)
    if by != "unit":
        for of_unit, of_groups in zip(of_units, _add_split(sheets, by, split, large), strict=True):
            sheets.sum(of_unit[:, 0], of_groups.T)
    return sheets


def waiting(snapshot: Snapshot, by: By, until: Until) -> Sheets:
    """Cases that are timed by group, open and ended ones, with those of the rates that are the same."""
    sheets, large = Sheets(snapshot), np.flatnonzero(large_units(snapshot, by))
    ids = {}
    for one in dict.fromkeys(("unit", by)):
        n, n_open = (cells[large] for cells in count_waiting(snapshot, one, until))
        hidden = hidden_waiting(snapshot, one, until)[large]
        told = [sheets.add(n, hidden, large), sheets.add(n_open, hidden, large), sheets.untold(n - n_open, large)]
        sheets.sum(told[0].ravel(), np.stack([told[1].ravel(), told[2].ravel()]))
        for name, place in (("n_received", 0), ("n_accepted", 2)):
            counts, veiled = count_cases(snapshot, one)[name][large], hidden_rates(snapshot, one)[name][large]
            if (counts == (n, n_open, n - n_open)[place]).all():
                sheets.sum(told[place].ravel(), sheets.add(counts, veiled, large).ravel()[None])
        ids[one] = told
    if by != "unit":
        for of_unit, of_groups in zip(ids["unit"], ids[by], strict=True):
            sheets.sum(of_unit[:, 0], of_groups.T)
    return sheets


#: A count, the share of it in view, the rest that the gaps tell, and its name among the reasons of gaps.
SEEN = {
    "incidents": ("n_incidents", "incidents_seen_share", "n_incidents_unseen", "n_incidents"),
    "residents": ("residents", "residents_near_share", "residents_not_near", "residents"),
}
#: What is out of view at the least is what is left of what is in view at the most.
REST = {"": "", "_low": "_high", "_high": "_low"}


def seen(snapshot: Snapshot, who: str, end: str) -> Sheets:
    """Incidents or residents of all units, those in view and not, at one end; and why not, where that is told.

    Of residents all are taken to have a place, as in the demo. A unit that is no gap is known to have all in view.
    """
    whole, share, rest, why = SEEN[who]
    keys = pd.MultiIndex.from_frame(snapshot.frame("units")[["level", "code"]])
    cover, gaps = (_by_unit(snapshot, name, keys) for name in ("coverage", "gaps"))
    n = cover[whole].to_numpy(dtype=float)
    part = np.nan_to_num(np.rint(cover[f"{share}{end}"].to_numpy(dtype=float, na_value=np.nan) * n))
    is_gap = gaps["rank"].notna().to_numpy()
    left = gaps[f"{rest}{REST[end]}"].to_numpy(dtype=float, na_value=np.nan)
    assert (left == n - part)[is_gap].all()
    no_rest = blanks(snapshot, "gaps", f"{rest}{REST[end]}") | (~is_gap & ((end != "") | (n != part)))
    sheets = Sheets(snapshot)
    ids = sheets.add(n[:, None], blanks(snapshot, "coverage", whole)[:, None])
    inside = sheets.add(part[:, None], blanks(snapshot, "coverage", f"{share}{end}")[:, None])
    outside = sheets.add((n - part)[:, None], no_rest[:, None])
    sheets.sum(ids.ravel(), np.stack([inside.ravel(), outside.ravel()]))
    if not end:
        reasons = sheets.add(*_reasons(snapshot, keys, why))
        sheets.sum(outside.ravel()[is_gap], reasons[is_gap].T)
    return sheets


#: Counts within so many metres of a camera or a service point, told as cumulative shares of those that have a place.
LADDERS = {
    "n_incidents_located": [f"camera_within_{metres}m_share" for metres in CAMERA_WITHIN_M],
    "residents_located": [f"residents_service_{metres}m_share" for metres in SERVICE_WITHIN_M["residents"]],
}


def ladder(snapshot: Snapshot, whole: str) -> Sheets:
    """Incidents or residents of all units by how near a camera or a service point is; how many have a place is taken as
    told wherever it is not a small count."""
    units = snapshot.frame("units")
    n = units[whole].to_numpy(dtype=float, na_value=np.nan)
    steps_of = [np.rint(units[name].to_numpy(dtype=float, na_value=np.nan) * n) for name in LADDERS[whole]]
    between = np.nan_to_num(np.diff(np.column_stack([np.zeros(len(n)), *steps_of, n]), axis=1))
    sheets = Sheets(snapshot)
    ids = sheets.add(n[:, None], blanks(snapshot, "units", whole)[:, None])
    hidden = blanks(snapshot, "units", LADDERS[whole][0])
    assert all((blanks(snapshot, "units", name) == hidden).all() for name in LADDERS[whole])
    cells = sheets.add(between, np.repeat(hidden[:, None], between.shape[1], axis=1))
    sheets.sum(ids.ravel(), cells.T)
    return sheets


def steps(snapshot: Snapshot, step: Step) -> tuple[np.ndarray, np.ndarray]:
    """Counts of all units by time step, and the cells that are hidden: (units, steps) each."""
    told = [step_counts(snapshot, level.name, step, EVERY, ROLE) for level in snapshot.home.levels]
    return np.hstack([cube.counts for cube, _ in told]).T, np.vstack([hidden for _, hidden in told])


def blanks(snapshot: Snapshot, name: str, column: str) -> np.ndarray:
    """Units of which a column of a unit table is hidden, bool (units,)."""
    found = []
    for level in snapshot.home.levels:
        frame, hidden = queries.unit_frame(snapshot, name, level.name, snapshot.rules.px_per_m, ROLE)
        found.append(np.isin(np.arange(len(frame)), hidden.get(column, ())))
    return np.concatenate(found)


def _add_split(sheets: Sheets, by: By, split: dict[str, tuple[int, ...]], rows: np.ndarray) -> list[np.ndarray]:
    """Adds the counts of `split` and their parts; returns the numbers of all."""
    counts, hidden = count_cases(sheets.snapshot, by), hidden_rates(sheets.snapshot, by)
    ends = [counts[name][rows] for name in split]
    parts = [sheets.untold(part, rows) for part in np.diff([np.zeros_like(ends[0]), *ends], axis=0)]
    told = []
    for name, of in split.items():
        told.append(sheets.add(counts[name][rows], hidden[name][rows], rows))
        sheets.sum(told[-1].ravel(), np.stack([parts[one].ravel() for one in of]))
    return [*parts, *told]


def _by_unit(snapshot: Snapshot, name: str, keys: pd.MultiIndex) -> pd.DataFrame:
    """The rows of a unit table at the default density, in the order of the units frame."""
    frame = pd.DataFrame(snapshot.frame(name))
    if "px_per_m" in frame.columns:
        frame = frame[frame["px_per_m"] == snapshot.rules.px_per_m]
    return frame.set_index(["level", "code"]).reindex(keys)


def _reasons(snapshot: Snapshot, keys: pd.MultiIndex, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Counts by reason of all units, 0 where there is no gap, and the hidden ones: (units, reasons) each."""
    kinds = sorted(snapshot.frame("gap_reasons")["reason"].unique())
    counts, hidden = np.zeros((len(keys), len(kinds))), np.zeros((len(keys), len(kinds)), dtype=bool)
    rows = pd.DataFrame(snapshot.frame("gap_reasons"))
    at = (
        keys.get_indexer(pd.MultiIndex.from_frame(rows[["level", "code"]])),
        pd.Index(kinds).get_indexer(rows["reason"]),
    )
    counts[at] = rows[column].to_numpy(dtype=float)
    for level in snapshot.home.levels:
        told = queries.table(snapshot, "gap_reasons", level=level.name, role=ROLE)
        veiled = told.iloc[told.attrs["hidden"].get(column, [])]
        row = keys.get_indexer(pd.MultiIndex.from_frame(veiled[["level", "code"]]))
        hidden[row, pd.Index(kinds).get_indexer(veiled["reason"])] = True
    return counts, hidden
