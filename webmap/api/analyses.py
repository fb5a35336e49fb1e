"""What routes of analyses give, as pydantic models."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from webmap.api.models import Analysis, Sentence


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


class Emerging(Analysis):
    """Units labelled by their history of hot and cold steps, and how."""

    method: CubeMethod
