"""The questions every face asks of a snapshot. The role is a parameter of each, and is applied here, nowhere else."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from geo.errors import BadQuery, Forbidden, NotAvailable, NotFound, Words
from geo.hotspots.score_table import ALL_MONTHS
from geo.schema import KEY_COLUMNS, RESULTS, Column, Role, Table
from geo.schema.column import may_see
from geo.snapshot.points import describe_points, lie_in
from geo.snapshot.protect import blank_cells, hidden_cells, hide_reasons, hide_scores, hide_seen, needs_protection
from geo.snapshot.store import Snapshot

#: Row positions of hidden cells by column.
Hidden = dict[str, np.ndarray]


def result_table(name: str, role: Role) -> Table:
    """The declaration of table `name` if `role` may read it; `BadQuery` or `Forbidden` otherwise."""
    if name not in RESULTS:
        known = ", ".join(RESULTS)
        raise BadQuery(Words(f"no table {name!r}; tables are {known}", f"没有表 {name!r}；现有：{known}"))
    if not may_see(role, RESULTS[name].sees):
        title = RESULTS[name].title
        raise Forbidden(Words(f"the role {role} may not read the table {name}", f"角色 {role} 不能读取“{title.zh}”"))
    return RESULTS[name]


def columns_of(name: str, role: Role) -> tuple[Column, ...]:
    """The columns of table `name` that `role` is shown, in order."""
    return tuple(column for column in result_table(name, role).columns if may_see(role, column.sees))


def units_of(snapshot: Snapshot, level: str) -> pd.DataFrame:
    """The units of `level` in unit-number order (by code), index 0..n-1."""
    snapshot.home.level(level)
    found: pd.DataFrame = snapshot.cached(
        f"units:{level}",
        lambda: snapshot.frame("units").query("level == @level", local_dict={"level": level}).reset_index(drop=True),
    )
    return found


def find_unit(snapshot: Snapshot, code: str, level: str | None = None) -> tuple[str, str]:
    """(level, code) of the unit `code`, or of `LEVEL:CODE`; the coarsest where several levels share the code."""
    if level is None and ":" in code and code.split(":", 1)[0] in {step.name for step in snapshot.home.levels}:
        level, code = code.split(":", 1)
    units = snapshot.frame("units")
    found = units[(units["code"] == code) & ((units["level"] == level) if level else True)]
    if found.empty:
        raise NotFound(Words(f"no unit has the code {code!r}", f"没有编码为 {code!r} 的单位"))
    return str(found["level"].iloc[-1]), code


def ancestors_of(snapshot: Snapshot, level: str) -> pd.DataFrame:
    """One row per unit of `level` (in unit-number order), one column per level of its chain from `level` up: codes."""

    def make() -> pd.DataFrame:
        units = units_of(snapshot, level)
        table = pd.DataFrame({level: units["code"]})
        parent_code, parent = units["parent_code"], snapshot.home.level(level).parent
        while parent is not None:
            table[parent] = parent_code
            above = units_of(snapshot, parent).set_index("code")["parent_code"]
            parent_code, parent = parent_code.map(above), snapshot.home.level(parent).parent
        return table

    found: pd.DataFrame = snapshot.cached(f"ancestors:{level}", make)
    return found


def lineage(snapshot: Snapshot, level: str, code: str) -> dict[str, str]:
    """The code of the unit itself and of each unit above it, by level."""
    rows: dict[str, dict[str, str]] = snapshot.cached(
        f"lineage:{level}", lambda: ancestors_of(snapshot, level).set_index(level, drop=False).to_dict("index")
    )
    return {above: its for above, its in rows[code].items() if isinstance(its, str)}


def rows_within(snapshot: Snapshot, level: str, within: str) -> np.ndarray:
    """Unit numbers of `level` that lie in the unit `within` (itself included), int64."""
    place, code = find_unit(snapshot, within)
    lineage = ancestors_of(snapshot, level)
    if place not in lineage.columns:
        raise BadQuery(
            Words(
                f"units of level {level} do not nest in units of level {place}", f"层级 {level} 不在层级 {place} 之内"
            )
        )
    return np.flatnonzero((lineage[place] == code).to_numpy())


def table(
    snapshot: Snapshot,
    name: str,
    *,
    level: str | None = None,
    within: str | None = None,
    at: float | None = None,
    role: Role,
    limit: int | None = None,
    offset: int = 0,
) -> pd.DataFrame:
    """The rows of table `name` that `role` may see, with the columns of `columns_of(name, role)`.

    `level`: default the finest (of the ledger: all). `within`: code (or LEVEL:CODE) of a unit that the rows must lie
    in. `at`: pixel density, one of the rules' levels. Small counts are hidden below analyst; `attrs["hidden"]` maps
    column -> rows; `attrs["of"]`: how many rows without `limit`.
    Rows with geometry keep a last column `geometry`; a coarser unit's gap is drawn by the pieces of the finest units
    within it, side by side. Errors: `BadQuery`, `NotFound`, `Forbidden`, `NotAvailable`.
    """
    declared = result_table(name, role)
    if declared.needs and not snapshot.has(declared.needs):
        title = RESULTS[declared.needs].title
        raise NotAvailable(Words(f"not available: no {declared.needs} loaded", f"未提供：没有载入{title.zh}"))
    asked, level = level, snapshot.home.level(level).name if level else snapshot.home.levels[0].name
    at = check_density(snapshot, at)
    hidden: Hidden = {}
    if declared.row_of == "unit":
        found, hidden = _unit_rows(snapshot, name, level, within, at, role)
    elif declared.row_of == "reason":
        found, hidden = _reason_rows(snapshot, level, within, role)
    elif declared.row_of == "method":
        found, hidden = _score_rows(snapshot, level, within, role)
    elif declared.row_of == "point":
        found = _point_rows(snapshot, name, level, within, at)
    else:
        found = _ledger_rows(snapshot, asked, within, role)
    stop = len(found) if limit is None else min(offset + limit, len(found))
    columns = [column.name for column in columns_of(name, role)]
    if "geometry" in found.columns and declared.geometry != "none":
        columns.append("geometry")
    page = found.iloc[offset:stop][columns].reset_index(drop=True)
    if name == "gaps":
        page = _draw_gaps(snapshot, level, page)
    shown = {name: places[(places >= offset) & (places < stop)] for name, places in hidden.items() if name in columns}
    page.attrs["hidden"] = {name: (places - offset).tolist() for name, places in shown.items()}
    page.attrs["of"] = len(found)
    return page


def check_density(snapshot: Snapshot, at: float | None) -> float:
    """`at` if it is one of the rules' pixel densities, the default where None; `BadQuery` otherwise."""
    if at is None:
        return snapshot.rules.px_per_m
    if at not in snapshot.rules.levels_px_per_m():
        known = ", ".join(f"{value:g}" for value in snapshot.rules.levels_px_per_m())
        raise BadQuery(Words(f"no pixel density {at:g}; they are {known}", f"没有像素密度 {at:g}；可用：{known}"))
    return at


def density_of(snapshot: Snapshot, name: str, at: float) -> float:
    """The density whose rows of unit table `name` answer for `at`: the default where the table has but one."""
    return at if "px_per_m" in RESULTS[name].names() else snapshot.rules.px_per_m


def unit_frame(snapshot: Snapshot, name: str, level: str, at: float, role: Role) -> tuple[pd.DataFrame, Hidden]:
    """Every unit of `level` in unit-number order with all columns of unit table `name`, protected for `role`; kept.

    Returns the frame, its hidden cells empty, and the unit numbers of the hidden cells by column.
    """
    at = density_of(snapshot, name, at)

    def make() -> tuple[pd.DataFrame, Hidden]:
        whole = _all_levels(snapshot, name, at)
        hidden = _hidden(snapshot, name, at) if needs_protection(role) else {}
        rows = np.flatnonzero((whole["level"] == level).to_numpy())
        return blank_cells(whole.iloc[rows].reset_index(drop=True), hidden, rows)

    key = f"unit_frame:{name}:{level}:{at}:{needs_protection(role)}"
    found: tuple[pd.DataFrame, Hidden] = snapshot.cached(key, make)
    return found


def unit_rows(snapshot: Snapshot, name: str, units: Sequence[tuple[str, str]], at: float) -> pd.DataFrame:
    """The rows of unit table `name` for `units` (level, code), in that order, unprotected; without geometry."""
    at = density_of(snapshot, name, at)
    whole = _all_levels(snapshot, name, at)
    rows: dict[tuple[str, str], int] = snapshot.cached(
        "unit_rows", lambda: {key: row for row, key in enumerate(zip(whole["level"], whole["code"], strict=True))}
    )
    plain: pd.DataFrame = snapshot.cached(
        f"plain:{name}:{at}", lambda: pd.DataFrame(whole.drop(columns="geometry", errors="ignore"))
    )
    return plain.iloc[[rows[unit] for unit in units]]


def _all_levels(snapshot: Snapshot, name: str, at: float) -> pd.DataFrame:
    """Table `name` for every unit in the order of the units frame, with its name and geometry."""

    def make() -> pd.DataFrame:
        units = snapshot.frame("units")
        if name == "units":
            return units
        frame = snapshot.figures(name) if name == "gaps" else snapshot.frame(name)
        if "px_per_m" in RESULTS[name].names():
            frame = frame[frame["px_per_m"] == at]
        keys = pd.MultiIndex.from_frame(units[["level", "code"]])
        aligned = pd.DataFrame(frame.set_index(["level", "code"])).reindex(keys).reset_index()
        aligned.insert(2, "name", units["name"].to_numpy())
        if name != "gaps" and RESULTS[name].geometry != "none":
            aligned = units[["geometry"]].assign(**{c: aligned[c] for c in aligned.columns})
        return aligned

    found: pd.DataFrame = snapshot.cached(f"all_levels:{name}:{at}", make)
    return found


def _hidden(snapshot: Snapshot, name: str, at: float) -> dict[str, np.ndarray]:
    units, home, min_count = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count

    def make_both() -> dict[str, dict[str, np.ndarray]]:
        coverage, gaps = (_all_levels(snapshot, table, at) for table in ("coverage", "gaps"))
        return dict(zip(("coverage", "gaps"), hide_seen(coverage, gaps, units, home, min_count), strict=True))

    if name in ("coverage", "gaps") and at == snapshot.rules.px_per_m:
        both: dict[str, dict[str, np.ndarray]] = snapshot.cached("hidden:coverage and gaps", make_both)
        return both[name]
    found: dict[str, np.ndarray] = snapshot.cached(
        f"hidden:{name}:{at}", lambda: hidden_cells(name, _all_levels(snapshot, name, at), units, home, min_count)
    )
    return found


def _unit_rows(
    snapshot: Snapshot, name: str, level: str, within: str | None, at: float, role: Role
) -> tuple[pd.DataFrame, Hidden]:
    whole, hidden = unit_frame(snapshot, name, level, at, role)
    rows = np.arange(len(whole)) if within is None else rows_within(snapshot, level, within)
    if name == "gaps":
        rows = rows[whole["rank"].notna().to_numpy()[rows]]
        rows = rows[np.argsort(whole["rank"].to_numpy(dtype=float)[rows], kind="stable")]
    place = np.full(len(whole), -1)
    place[rows] = np.arange(len(rows))
    shown = {column: np.sort(place[numbers][place[numbers] >= 0]) for column, numbers in hidden.items()}
    return whole.iloc[rows].reset_index(drop=True), {column: places for column, places in shown.items() if len(places)}


def _reason_rows(snapshot: Snapshot, level: str, within: str | None, role: Role) -> tuple[pd.DataFrame, Hidden]:
    """Seven rows for each row of the gaps, in their order."""
    at = snapshot.rules.px_per_m
    whole = snapshot.frame("gap_reasons")
    gaps, _ = _unit_rows(snapshot, "gaps", level, within, at, role)
    rows = np.flatnonzero(((whole["level"] == level) & whole["code"].isin(gaps["code"])).to_numpy())
    found = whole.iloc[rows].reset_index(drop=True)
    found = found.assign(name=found["code"].map(gaps.set_index("code")["name"]))
    if not needs_protection(role):
        return found, {}

    def make() -> dict[str, np.ndarray]:
        hidden = _hidden(snapshot, "gaps", at)
        return hide_reasons(whole, hidden, snapshot.frame("units"), snapshot.home, snapshot.rules.min_count)

    return blank_cells(found, snapshot.cached("hidden:gap_reasons", make), rows)


def _score_rows(snapshot: Snapshot, level: str, within: str | None, role: Role) -> tuple[pd.DataFrame, Hidden]:
    """The scores of `level`; below analyst the mean of the months only."""
    if within is not None:
        raise BadQuery(
            Words("scores are of a whole level; ask for them without a unit", "评分针对整个层级，查询时不要指定单位")
        )
    scores = snapshot.frame("scores")
    scores = scores[scores["level"] == level]
    if not needs_protection(role):
        return scores.reset_index(drop=True), {}
    scores = scores[scores["period"] == ALL_MONTHS].reset_index(drop=True)
    return blank_cells(scores, hide_scores(scores, snapshot.rules.min_count), np.arange(len(scores)))


def _draw_gaps(snapshot: Snapshot, level: str, page: pd.DataFrame) -> pd.DataFrame:
    """`page` with its gaps as geometry; stored are those of the finest units only, side by side they draw `level`."""
    finest = next(chain[0] for chain in snapshot.home.chains() if level in chain)
    gaps = snapshot.figures("gaps")
    stored = np.flatnonzero((gaps["level"] == finest).to_numpy())
    unit = gaps["code"].iloc[stored].map(ancestors_of(snapshot, finest).set_index(finest, drop=False)[level])
    row = pd.Index(page["code"]).get_indexer(unit)
    stored, row = stored[row >= 0], row[row >= 0]
    drawn = snapshot.shapes("gaps", stored[np.argsort(row, kind="stable")])
    if level == finest:
        return page.assign(geometry=drawn)
    pieces, of = shapely.get_parts(drawn, return_index=True)
    found, of = np.unique(np.sort(row)[of], return_inverse=True)
    shapes = np.full(len(page), shapely.MultiPolygon(), dtype=object)
    if len(found):
        shapes[found] = shapely.multipolygons(pieces, indices=of)
    return page.assign(geometry=shapes)


def _ledger_rows(snapshot: Snapshot, level: str | None, within: str | None, role: Role) -> pd.DataFrame:
    """The ledger of all levels, or of `level`; below analyst without single units, whose counts could be small."""
    ledger = snapshot.frame("ledger")
    if level is not None or within is not None:
        step = level or snapshot.home.levels[0].name
        ledger = ledger[ledger["level"] == step]
        if within is not None:
            inside = units_of(snapshot, step)["code"].iloc[rows_within(snapshot, step, within)]
            ledger = ledger[ledger["code"].isin(inside)]
    return ledger[ledger["code"] == ""] if needs_protection(role) else ledger


def first_points(
    snapshot: Snapshot, name: str, unit: tuple[str, str], at: float, role: Role, limit: int
) -> tuple[pd.DataFrame, int]:
    """The first `limit` rows of the table of points `name` that lie in `unit` (level, code), and how many do."""
    inside = snapshot.frame(name)[f"assigned_{unit[0]}"] == unit[1]
    rows = snapshot.frame(name).iloc[np.flatnonzero(inside.to_numpy())[:limit]]
    columns = [column.name for column in columns_of(name, role)]
    return pd.DataFrame(_described(snapshot, name, unit[0], at, rows)[columns]), int(inside.sum())


def _point_rows(snapshot: Snapshot, name: str, level: str, within: str | None, at: float) -> pd.DataFrame:
    frame = snapshot.frame(name)
    place = None if within is None else find_unit(snapshot, within)
    return _described(snapshot, name, level, at, frame[lie_in(frame, level, place)])


def _described(snapshot: Snapshot, name: str, level: str, at: float, rows: pd.DataFrame) -> pd.DataFrame:
    names = units_of(snapshot, level).set_index("code")["name"]
    return describe_points(rows, level, names, (snapshot.rules, at) if name == "cameras" else None)


KEYS = tuple(column.name for column in KEY_COLUMNS)
