"""What the API takes and gives of what-if and scenarios, as pydantic models."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from webmap.api.models import Strict, Uid, values_of


class WhatIfEdit(Strict):
    """A camera that is changed (uid and values), added (values alone, with lon and lat) or removed (uid and remove)."""

    uid: Uid | None = None
    values: values_of("WhatIfValues", "cameras", without=("source_id",)) | None = None  # type: ignore[valid-type]
    remove: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "WhatIfEdit":
        if (self.values is None) == (self.remove is None) or (self.remove and self.uid is None):
            raise ValueError("an edit has either values, or a uid and remove")
        return self


class WhatIf(Strict):
    """Changes of cameras whose outcome is asked for; nothing is stored."""

    edits: Annotated[list[WhatIfEdit], Field(min_length=1, max_length=200)]
    at: Annotated[float | None, Field(description="Pixel density, px/m; the default one where it is left out")] = None
    all_densities: Annotated[bool, Field(description="Also tell of all other densities of the rules")] = False
    detail: Annotated[
        Literal["quick", "full"], Field(description="quick: nominal headlines at one density, while one drags")
    ] = "full"


class ScenarioEdit(WhatIfEdit):
    """An edit of a scenario; one that is not `on` is kept and does nothing."""

    on: bool = True


class ScenarioView(Strict):
    """Where the map was: the unit in focus (LEVEL:CODE), longitude and latitude of the middle, zoom."""

    place: Annotated[str | None, Field(max_length=200)] = None
    c: Annotated[list[float] | None, Field(min_length=2, max_length=2)] = None
    z: Annotated[float | None, Field(ge=0, le=30)] = None


class ScenarioPlan(Strict):
    """What is planned. `shared`: it is listed to everybody; by its id everybody may open it in any case."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
    edits: Annotated[list[ScenarioEdit], Field(max_length=200)]
    view: ScenarioView | None = None
    note: Annotated[str, Field(max_length=2000)] = ""
    shared: bool = False


class ScenarioChange(ScenarioPlan):
    """What is to stand in the place of the `version` that was read."""

    version: Annotated[int, Field(ge=1, le=2**31)]


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


class ScenarioHead(BaseModel):
    """A scenario without its edits; `is_current`: it was made against the snapshot that is served."""

    id: str
    name: str
    author: str
    mine: bool
    created: str
    changed: str
    version: int
    snapshot: str
    snapshot_number: int
    is_current: bool
    n_edits: int
    note: str
    shared: bool


class ScenarioHeads(BaseModel):
    """One's own scenarios and those that are shared."""

    scenarios: list[ScenarioHead]


class ScenarioRecord(ScenarioHead):
    """A scenario; `missing` are the cameras of its edits that are gone: these edits are kept and do nothing."""

    missing: list[str]
    edits: list[dict[str, Any]]
    view: ScenarioView | None


class ScenarioDropped(BaseModel):
    """The id of what was deleted."""

    id: str
