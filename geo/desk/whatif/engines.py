"""What is made ready of a snapshot before what-if is asked: seconds of work, kept by snapshot."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.coverage.quick.engine import Quick
from geo.coverage.whatif import WhatIf
from geo.desk.held import Held
from geo.heap import trim_heap
from geo.snapshot.nearby import Nearby


@dataclass(frozen=True)
class Engines:
    """What is made ready of a snapshot's cameras: all figures of a change, and the few told while one drags.

    `restricted` are the restricted areas in metres (kind, rule, polygons), None where the home has none.
    """

    full: WhatIf
    quick: Quick
    restricted: Any

    @property
    def cameras(self) -> pd.DataFrame:
        """The cameras by uid, in metres."""
        return self.full.cameras


def make_engines(held: Held) -> Engines:
    """The engines over the snapshot of `held`; seconds of work."""
    nearby = Nearby(held.snapshot)
    full = WhatIf(nearby.units_m, held.snapshot.home, nearby.cameras(), nearby.find, held.snapshot.rules)
    made = Engines(full, Quick(full), nearby.restricted())
    trim_heap()
    return made
