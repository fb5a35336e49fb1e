"""What the API takes and gives, as pydantic models made from the columns of `geo.schema`: declared once, there."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from geo.intake.columns import RANGES
from geo.intake.rows import columns_of_rows
from geo.schema import KINDS, SOURCES, Column

#: Longer texts are no names.
_MAX_TEXT = 500
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_DEGREES = {"lon": 180.0, "lat": 90.0}
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

Reason = Annotated[str, Field(min_length=1, max_length=_MAX_TEXT, pattern=r"\S", description="Why; kept in the log")]
Uid = Annotated[str, Field(min_length=1, description="source:source_id")]


def _column_of(table: str, name: str) -> Column:
    named = {column.name: column for column in SOURCES[table].columns}
    return named[name] if name in named else SOURCES["cameras"].column(name)


def _type_of(table: str, column: Column) -> Any:
    """The annotation of one column: its type, limits and meaning."""
    said: dict[str, Any] = {"description": " / ".join((column.meaning.en, column.meaning.zh))}
    known = KINDS.get(f"{table}.{column.name}")
    if known is not None:
        return Annotated[Literal[known], Field(**said)]
    if column.dtype == "bool":
        return Annotated[bool, Field(**said)]
    if column.name == "azimuth_deg":
        return Annotated[float | Annotated[str, Field(max_length=20)], Field(**said)]
    if column.dtype in ("int", "float"):
        side = _DEGREES.get(column.name)
        low, high = (-side, side) if side is not None else RANGES.get(column.name, (None, None))
        return Annotated[int if column.dtype == "int" else float, Field(ge=low, le=high, **said)]
    pattern = _DAY if column.dtype == "date" else None
    return Annotated[str, Field(max_length=_MAX_TEXT, pattern=pattern, **said)]


def values_of(name: str, table: str, *, needed: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> type[BaseModel]:
    """A model of a row's values: every column that may be given, of which `needed` must be."""
    fields: dict[str, Any] = {}
    for column in columns_of_rows(table):
        if column not in without:
            kind = _type_of(table, _column_of(table, column))
            fields[column] = (kind, ...) if column in needed else (kind | None, None)
    return create_model(name, __config__=_STRICT, **fields)


class Strict(BaseModel):
    """Takes what is declared and nothing else."""

    model_config = _STRICT


def _asked(name: str, values: type[BaseModel], *, reason: bool = True) -> type[BaseModel]:
    fields: dict[str, Any] = {"values": (values, ...)} | ({"reason": (Reason, ...)} if reason else {})
    return create_model(name, __config__=_STRICT, **fields)


_PLACED = ("source_id", "lon", "lat")
CameraChange = _asked("CameraChange", values_of("CameraChangeValues", "cameras", without=("source_id",)))
NewCamera = _asked("NewCamera", values_of("NewCameraValues", "cameras", needed=_PLACED))
PlaceChange = _asked("PlaceChange", values_of("PlaceChangeValues", "places", without=("source_id",)))
NewPlace = _asked("NewPlace", values_of("NewPlaceValues", "places", needed=_PLACED))
NewIncident = _asked(
    "NewIncident", values_of("NewIncidentValues", "incidents", needed=("source_id", "reported_at")), reason=False
)


class Undo(Strict):
    """Why an edit is taken back."""

    reason: Reason


class Batch(Strict):
    """Rows of a feed, each an object by column; a row that cannot be used is refused on its own, by its position."""

    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=1000)]


class Sentence(BaseModel):
    """One sentence in both languages."""

    en: str
    zh: str


class Fault(Sentence):
    """What is wrong, and the number that also stands in the log."""

    id: str


class Refusal(BaseModel):
    """The answer to a request that is not followed."""

    error: Fault


class Differs(BaseModel):
    """A column before and after."""

    old: Any
    new: Any


class Edited(Differs):
    """The edit that a column's value comes from."""

    who: str
    at: str
    edit: int


class RegisterRow(BaseModel):
    """A camera or key place as it is now; If-Match wants `etag`; `live`: the measures do not have it yet."""

    model_config = ConfigDict(extra="allow")

    uid: Uid
    values: dict[str, Any] = {}
    edited: dict[str, Edited] = {}
    etag: str = ""
    live: bool = False


class Rows(BaseModel):
    """A page of rows."""

    total: int
    limit: int
    offset: int
    rows: list[dict[str, Any]]


class EditLine(BaseModel):
    """One line of the log of the register."""

    edit: int
    at: str
    who: str
    reason: str
    table: str
    uid: Uid
    kind: Literal["change", "add", "undo"]
    changes: dict[str, Differs]
    undoes: int | None
    undone_by: int | None
    gone: bool


class EditLines(BaseModel):
    """A page of the log, newest first."""

    total: int
    limit: int
    offset: int
    edits: list[EditLine]


class ChangedLine(BaseModel):
    """What became of one line of a CSV of changes."""

    line: int
    uid: str
    accepted: bool
    changes: dict[str, Differs]
    fault: Sentence | None


class ChangedLines(BaseModel):
    """What became of a CSV of changes."""

    dry_run: bool
    n_accepted: int
    n_refused: int
    rows: list[ChangedLine]


class RefusedRow(Sentence):
    """A row of a batch that was refused: its position from 0, and why."""

    row: int
    reason: str


class Taken(BaseModel):
    """What became of a batch; it is given once all of it is on the disk."""

    n_rows: int
    n_new: int
    n_changed: int
    n_unchanged: int
    n_older: int
    refused: list[RefusedRow]


class HotspotMethod(BaseModel):
    """How the classes came about: its parts, one line that says them, and what to be warned of."""

    variable: str
    statistic: str
    reference: Annotated[
        Literal["expected", "permutation", "worlds"], Field(description="What the p-values of the classes come from")
    ]
    neighbours: str
    tail: str
    permutations: int
    seed: int
    fdr_levels: list[float]
    n_units: int
    n_tested: int
    n_islands: int
    line: Sentence
    warnings: list[Sentence]


class Analysis(BaseModel):
    """One analysis: `units` has a list per column, `columns` says what each holds, `hidden` the positions of cells."""

    level: str
    within: str | None
    snapshot: str
    columns: list[dict[str, str]]
    units: dict[str, list[Any]]
    hidden: dict[str, list[int]]


class Hotspots(Analysis):
    """Units tested by one statistic, and how."""

    method: HotspotMethod


class Added(BaseModel):
    """The id of what was added."""

    uid: Uid
