"""Cameras as they would be: checked edits of which nothing is stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geo.crs import WGS84
from geo.records.overlay import stored_names
from geo.records.rows import to_frame
from geo.schema import SOURCES


@dataclass(frozen=True)
class ProposedEdit:
    """One camera: `uid` of the one that is changed or taken away (None: an added one), and its values afterwards.

    `name` is the uid, or "+1", "+2" by the place among the edits; `values` is None where it is taken away.
    """

    name: str
    uid: str | None
    values: Mapping[str, Any] | None

    @cached_property
    def key(self) -> str:
        """The same for edits that do the same, wherever they stand among others."""
        told = None if self.values is None else {**self.values, "source_id": None}
        return json.dumps([self.uid, told], sort_keys=True)


@dataclass(frozen=True)
class Proposal:
    """Edits in their order."""

    edits: tuple[ProposedEdit, ...]

    @property
    def uids(self) -> list[str]:
        """The cameras that are changed or taken away."""
        return [edit.uid for edit in self.edits if edit.uid is not None]

    @cached_property
    def cameras(self) -> pd.DataFrame:
        """Those that are changed or added, as they would be: the columns of the cameras table and uid, by name.

        >>> Proposal((ProposedEdit("c:1", "c:1", None), ProposedEdit("+2", None, {"lon": 110.0}))).cameras["lon"]
        +2    110.0
        Name: lon, dtype: float64
        """
        rows = [{**edit.values, "uid": edit.name} for edit in self.edits if edit.values is not None]
        cells = [[row.get(name) for name in stored_names("cameras")] for row in rows]
        return to_frame(SOURCES["cameras"], cells, WGS84).set_axis([row["uid"] for row in rows])
