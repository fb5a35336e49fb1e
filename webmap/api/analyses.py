"""What routes of analyses give, as pydantic models."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from webmap.api.models import Sentence


class CubeMethod(BaseModel):
    """How the labels came about: its parts, one line that says them, and what to be warned of."""

    step: Literal["day", "week", "month"]
    window: Literal["cube", "step"]
    reference: Annotated[
        Literal["expected", "permutation"], Field(description="What the p-values of hot and cold bins come from")
    ]
    neighbours: str
    tail: str
    permutations: int | None
    seed: int
    reruns: Annotated[int, Field(description="Re-runs behind stability_share")]
    n_units: int
    n_steps: int
    first_step: str | None
    last_step: str | None
    line: Sentence
    warnings: list[Sentence]


class Emerging(BaseModel):
    """One analysis: `units` has a list per column, `columns` says what each holds, `hidden` the positions of cells."""

    level: str
    within: str | None
    snapshot: str
    columns: list[dict[str, str]]
    units: dict[str, list[Any]]
    hidden: dict[str, list[int]]
    method: CubeMethod
