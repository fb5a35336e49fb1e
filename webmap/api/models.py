"""What the API takes and gives, as pydantic models made from the columns of `geo.schema`: declared once, there."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

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


def _values(name: str, table: str, *, needed: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> type[BaseModel]:
    """A model of a row's values: every column that may be given, of which `needed` must be."""
    fields: dict[str, Any] = {}
    for column in columns_of_rows(table):
        if column not in without:
            kind = _type_of(table, _column_of(table, column))
            fields[column] = (kind, ...) if column in needed else (kind | None, None)
    return create_model(name, __config__=_STRICT, **fields)


class _Strict(BaseModel):
    model_config = _STRICT


def _asked(name: str, values: type[BaseModel], *, reason: bool = True) -> type[BaseModel]:
    fields: dict[str, Any] = {"values": (values, ...)} | ({"reason": (Reason, ...)} if reason else {})
    return create_model(name, __config__=_STRICT, **fields)


_PLACED = ("source_id", "lon", "lat")
CameraChange = _asked("CameraChange", _values("CameraChangeValues", "cameras", without=("source_id",)))
NewCamera = _asked("NewCamera", _values("NewCameraValues", "cameras", needed=_PLACED))
PlaceChange = _asked("PlaceChange", _values("PlaceChangeValues", "places", without=("source_id",)))
NewPlace = _asked("NewPlace", _values("NewPlaceValues", "places", needed=_PLACED))
NewIncident = _asked(
    "NewIncident", _values("NewIncidentValues", "incidents", needed=("source_id", "reported_at")), reason=False
)


class WhatIfEdit(_Strict):
    """A camera that is changed (uid and values), added (values alone, with lon and lat) or removed (uid and remove)."""

    uid: Uid | None = None
    values: _values("WhatIfValues", "cameras", without=("source_id",)) | None = None  # type: ignore[valid-type]
    remove: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "WhatIfEdit":
        if (self.values is None) == (self.remove is None) or (self.remove and self.uid is None):
            raise ValueError("an edit has either values, or a uid and remove")
        return self


class WhatIf(_Strict):
    """Changes of cameras whose outcome is asked for; nothing is stored."""

    edits: Annotated[list[WhatIfEdit], Field(min_length=1, max_length=200)]
    at: Annotated[float | None, Field(description="Pixel density, px/m; the default one where it is left out")] = None
    all_densities: Annotated[bool, Field(description="Also tell of all other densities of the rules")] = False
    detail: Annotated[
        Literal["quick", "full"], Field(description="quick: nominal headlines at one density, while one drags")
    ] = "full"


class Undo(_Strict):
    """Why an edit is taken back."""

    reason: Reason


class Batch(_Strict):
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


class ChangedUnit(BaseModel):
    """A unit's measures as they are and as they would be; `hidden` ones are protected small counts."""

    level: str
    code: str
    name: str | None
    name_en: str | None
    values: dict[str, Any]
    was: dict[str, Any]
    hidden: list[str]


class AtDensity(BaseModel):
    """The units that change, at one pixel density."""

    px_per_m: float
    units: list[ChangedUnit]


class ChangedGaps(AtDensity):
    """Gap figures of the units that change, and as GeoJSON what stays unseen in each finest one."""

    shapes: dict[str, Any]


class GainTotals(BaseModel):
    """What is gained and lost: metres of road and key places at the density asked for, metres of dwelling facade."""

    road_m: float
    facade_m: float
    places: int


class GainOfEdit(GainTotals):
    """What an edit does by itself; of the ground newly in view the share that two or more cameras see already."""

    label: str | None
    range_m: Annotated[float | None, Field(description="How far the camera then sees; null where it is off or away")]
    seen_2plus_share: float | None


class RestrictedInView(BaseModel):
    """Restricted areas of one kind in a camera's view."""

    kind: str | None
    rule: str | None
    n: int
    m2: float


class CheckOfEdit(BaseModel):
    """What to look at before building: facade and dwellings that come into view, restricted areas, filing."""

    facade_m: float
    n_dwellings: int
    restricted: list[RestrictedInView]
    seen_2plus_share: float | None
    filed: Literal["yes", "no", "unknown", "new"]


class WhatIfAnswer(BaseModel):
    """What edits and units would gain and lose; figures are those of `snapshot`. The last four come in full only.

    `shapes` (GeoJSON) have a `kind`: newly_seen, no_longer_seen (public ground), facade_new, facade_gone, facade_now
    (lines), view (of edit number `edit`) and, in full, mask (of `edit`, with `mask`, `facade_m`, `road_m`).
    """

    snapshot: str
    as_of: str
    at: float
    detail: Literal["quick", "full"]
    edits: list[GainOfEdit]
    together: GainTotals
    units: Annotated[list[ChangedUnit], Field(description="Headlines, nominal, at the density asked for")]
    shapes: dict[str, Any]
    densities: list[AtDensity] = []
    safeguards: Annotated[list[ChangedUnit], Field(description="What counts against the cameras; lower is better")] = []
    gaps: ChangedGaps | None = None
    checks: list[CheckOfEdit] = []


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


class Hotspots(BaseModel):
    """One analysis: `units` has a list per column, `columns` says what each holds, `hidden` the positions of cells."""

    level: str
    within: str | None
    snapshot: str
    columns: list[dict[str, str]]
    units: dict[str, list[Any]]
    hidden: dict[str, list[int]]
    method: HotspotMethod


class Added(BaseModel):
    """The id of what was added."""

    uid: Uid
