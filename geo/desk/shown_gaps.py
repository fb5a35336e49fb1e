"""What the gaps desk shows, as a file: its rows, filtered, in order and with columns as on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from geo.coverage.reasons import REASONS, WHOLES
from geo.desk.gap_incidents import at_gaps
from geo.desk.held import Held
from geo.desk.shown_rows import Span, between, check_columns, lay_out, span_words
from geo.errors import BadQuery, Words
from geo.hotspots.cube import EVERY, Wanted, describe_wanted, find_wanted
from geo.schema import RESULTS, Column, Role
from geo.schema.column import col
from geo.snapshot import export, queries
from geo.snapshot.store import Snapshot

#: Digits to which the page has figures.
_DIGITS = 2

#: Incidents at the gap that the filters keep.
N_KEPT = col(
    "n_incidents_kept",
    "int",
    "count",
    ("Incidents kept", "筛选后事件数"),
    ("Incidents at the gap that the filters of time and words keep", "盲区内符合时段、类别和渠道筛选的事件数"),
)
#: What the chosen reasons leave of the figure counted.
SHOWN = col(
    "shown", "float", "", ("Counted", "计数"), ("The figure counted, for the chosen reasons only", "所选原因对应的数量")
)
LARGEST = col(
    "largest_reason",
    "text",
    "",
    ("Largest reason", "最大原因"),
    ("The reason of most of the figure counted", "占比最大的原因"),
)
_REASON = RESULTS["gap_reasons"]


@dataclass(frozen=True)
class ShownGaps:
    """Rows as the page shows them; what is left out filters nothing.

    `figure` of the reasons is what is counted, `reasons` those that count; `shown` keeps from <= figure < to, `spans`
    likewise columns of the table gaps. `name` keeps rows with that text in their name or in that of a unit above.
    `largest` keeps those whose largest reason is among them. `codes` keeps selected rows.
    """

    level: str
    within: str | None = None
    figure: str = "road_m"
    reasons: tuple[str, ...] = ()
    shown: Span = (None, None)
    spans: Mapping[str, Span] = field(default_factory=dict)
    name: str = ""
    largest: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    incidents: Wanted = EVERY
    sort: str = "shown"
    ascending: bool = False
    columns: tuple[str, ...] = ()
    lang: str = "zh"


def shown_gaps(held: Held, role: Role, asked: ShownGaps) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """The rows that the page shows, in its order, with the gap as geometry (EPSG:4326), and their columns.

    Beside the columns of the table gaps: the names of the units above, `SHOWN`, the seven parts of the figure
    (`reason_offline` ...), `LARGEST`, and where incidents are filtered `N_KEPT`, by which rows without any are left
    out. A row whose figure is hidden from the role is left out. Errors: `BadQuery`, `Forbidden` below planner, where
    incidents are filtered below analyst, and those of `queries.table`.
    """
    _check(asked)
    if asked.incidents != EVERY:
        queries.columns_of("incidents", role)
    snapshot = held.snapshot
    rows = queries.table(snapshot, "gaps", level=asked.level, within=asked.within, role=role)
    places = _places_above(snapshot, asked.level, rows["code"], asked.lang)
    rows = rows.assign(**{column.name: cells for column, cells in places})
    parts = _parts(snapshot, asked, rows["code"], role)
    rows = rows.assign(**{f"reason_{reason}": parts[reason] for reason in REASONS})
    counted = parts[list(asked.reasons or REASONS)].sum(axis=1, skipna=False)
    whole = rows[WHOLES[asked.figure]].astype(float)
    rows = rows.assign(shown=counted if asked.reasons else whole, largest_reason=_largest(parts))
    columns = [column for column, _ in places]
    stored = RESULTS["gaps"].columns
    declared = [*stored[: 3 + 1], *columns, *stored[3 + 1 :], SHOWN, *_reason_columns(asked.figure), LARGEST]
    keep = (rows["shown"].round(_DIGITS) > 0).to_numpy() & between(rows["shown"], asked.shown, _DIGITS)
    if asked.incidents != EVERY:
        rows = rows.assign(n_incidents_kept=_count_kept(snapshot, asked, rows["code"]))
        declared.append(N_KEPT)
        keep &= (rows["n_incidents_kept"] > 0).to_numpy()
    for name, span in asked.spans.items():
        keep &= between(rows[name], span, _DIGITS)
    if asked.name:
        own = _names(snapshot, asked.level, asked.lang)
        path = pd.Series(rows["code"].map(own))
        for _, cells in reversed(places):
            path = cells.fillna("").astype(str) + " " + path
        keep &= path.str.contains(asked.name, case=False, regex=False).to_numpy(dtype=bool)
    if asked.largest:
        keep &= rows["largest_reason"].isin(asked.largest).to_numpy()
    if asked.codes:
        keep &= rows["code"].isin(asked.codes).to_numpy()
    return _laid_out(rows[keep], declared, asked)


def to_file(held: Held, fmt: str, role: Role, asked: ShownGaps, tell: export.Tell = export.silent) -> tuple[bytes, int]:
    """The rows shown as a file of format `fmt` and how many they are; the filters stand beside the definitions.

    Errors: those of `shown_gaps`, and `Forbidden` below analyst.
    """
    queries.columns_of("incidents", role)
    rows, columns = shown_gaps(held, role, asked)
    facts = {"rows": f"{len(rows)} gaps", "counted": asked.figure, "filter": describe_filter(asked)}
    return export.to_bytes(rows, "gaps_shown", fmt, held.snapshot, columns, facts, tell), len(rows)


def describe_filter(asked: ShownGaps) -> str:
    """The filters and the order in one line.

    >>> describe_filter(ShownGaps("grid", "county:1", reasons=("offline",), shown=(250.0, None)))
    'level=grid; within=county:1; reasons=offline; shown=250-; sort=shown, highest first'
    """
    parts = {
        "level": asked.level,
        "within": asked.within or "",
        "reasons": ",".join(asked.reasons),
        "shown": span_words(asked.shown),
        **{name: span_words(span) for name, span in asked.spans.items()},
        "name": asked.name,
        "largest_reason": ",".join(asked.largest),
        "selected": ",".join(asked.codes),
        **describe_wanted(asked.incidents),
        "sort": f"{asked.sort}, {'lowest' if asked.ascending else 'highest'} first",
    }
    return "; ".join(f"{name}={value}" for name, value in parts.items() if value)


def _check(asked: ShownGaps) -> None:
    known = {"figure": tuple(WHOLES), "reason": REASONS, "column": tuple(RESULTS["gaps"].names())}
    given = {"figure": (asked.figure,), "reason": (*asked.reasons, *asked.largest), "column": tuple(asked.spans)}
    for what, names in given.items():
        strange = [name for name in names if name not in known[what]]
        if strange:
            raise BadQuery(Words(f"no {what} {strange[0]!r}; they are {', '.join(known[what])}", f"没有“{strange[0]}”"))


def _places_above(snapshot: Snapshot, level: str, codes: pd.Series, lang: str) -> list[tuple[Column, pd.Series]]:
    """The names of the units above each of `codes`, the coarsest first, without the whole home."""
    above = queries.ancestors_of(snapshot, level).set_index(level)
    found = []
    for name in reversed(above.columns):
        units = queries.units_of(snapshot, name)
        if len(units) == 1:
            continue
        step = snapshot.home.level(name)
        meaning = (f"Name of the unit above at level {name}", f"上级单位名称：{step.title_zh}")
        column = col(f"in_{name}", "text", "", (step.title_en, step.title_zh), meaning)
        found.append((column, codes.map(above[name]).map(_names(snapshot, name, lang))))
    return found


def _names(snapshot: Snapshot, level: str, lang: str) -> pd.Series:
    """The name of each unit of `level` by its code, in a language as far as there is one."""
    units = queries.units_of(snapshot, level)
    title = units["name_en"].where(units["name_en"].notna(), units["name"]) if lang == "en" else units["name"]
    return pd.Series(title.to_numpy(dtype=object), index=units["code"])


def _parts(snapshot: Snapshot, asked: ShownGaps, codes: pd.Series, role: Role) -> pd.DataFrame:
    """The seven parts of the figure, one column per reason, one row per code."""
    told = queries.table(snapshot, "gap_reasons", level=asked.level, within=asked.within, role=role)
    wide = told.assign(figure=told[asked.figure].astype(float)).pivot(index="code", columns="reason", values="figure")
    return wide.reindex(codes)[list(REASONS)].reset_index(drop=True)


def _largest(parts: pd.DataFrame) -> pd.Series:
    """The reason of the largest part, None where there is none."""
    known = parts.notna().all(axis=1) & (parts.max(axis=1) > 0)
    return parts.fillna(0.0).idxmax(axis=1).where(known, None)


def _reason_columns(figure: str) -> list[Column]:
    of = _REASON.column(figure)

    def column(reason: str) -> Column:
        title = (f"{of.title.en}: {reason}", f"{of.title.zh}：{reason}")
        return col(f"reason_{reason}", "float", of.unit, title, (of.meaning.en, of.meaning.zh))

    return [column(reason) for reason in REASONS]


def _count_kept(snapshot: Snapshot, asked: ShownGaps, codes: pd.Series) -> pd.Series:
    """How many incidents at each gap the filter keeps; those of coarser units are those of the gaps within."""
    finest = next(chain[0] for chain in snapshot.home.chains() if asked.level in chain)
    found = at_gaps(snapshot, finest)
    kept = find_wanted(snapshot.events(), asked.incidents)[found.event]
    lineage = queries.ancestors_of(snapshot, finest)[asked.level]
    n = lineage.iloc[found.unit[kept]].value_counts()
    return codes.map(n).fillna(0).astype("Int64")


def _laid_out(rows: pd.DataFrame, declared: list[Column], asked: ShownGaps) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Rows in the order asked, with the columns asked: always those that name the row."""
    known = {column.name for column in declared}
    check_columns([name for name in (*asked.columns, asked.sort) if name not in known], declared)
    ordered = rows.sort_values(
        [asked.sort, "code"], ascending=[asked.ascending, True], na_position="last", kind="stable"
    )
    return lay_out(ordered, declared, asked.columns)
