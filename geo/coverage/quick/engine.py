"""Answers while a camera is dragged: only what a change touches is looked at again, nothing that is known already."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
import shapely

from geo.coverage.columns import Columns
from geo.coverage.ground import Ground
from geo.coverage.layers import Floats, Ints
from geo.coverage.quick.change import measure_gains, share_seen_twice
from geo.coverage.quick.drawing import NOTHING, Drawing, draw_change
from geo.coverage.quick.sums import Gains
from geo.coverage.quick.swap import Swap, bounds_of, meet, swap_looking
from geo.coverage.quick.today import Looking, Today, join_looking, look_nominal
from geo.coverage.quick.vicinity import Vicinity, cut_vicinity, to_sectors
from geo.coverage.whatif import MAX_WORLD_M2, TOO_WIDE, WhatIf
from geo.errors import BadQuery

Value = TypeVar("Value")

#: So far a camera may be dragged before its vicinity is cut out anew, metres.
_ROOM_M = 120.0
#: Vicinities begin and end at multiples of this, so that two near each other are the same.
_STEP_M = 60.0
#: What is kept: views of all cameras by density, vicinities (some megabytes each), outcomes of changes.
_KEPT_DENSITIES, _KEPT_VICINITIES, _KEPT_OUTCOMES = 3, 12, 1_000


@dataclass(frozen=True)
class Edit:
    """One camera's change: `gone` names the camera that gives way (None: an added one), `come` is how it then looks.

    `come` has the rows of `cut_masks`, none where it is off or away; edits with the same `key` are the same.
    """

    key: str
    gone: Any
    come: Columns


Parts = tuple[Vicinity, tuple[Swap, Swap]]


@dataclass(frozen=True)
class Outcome:
    """What a change does by itself, against today; `parts` gives what that is worked out from, None where nothing is.

    Those are large, and so are not kept with it.
    """

    gains: Gains
    parts: Callable[[], Parts | None] = field(repr=False, compare=False)

    @cached_property
    def drawing(self) -> Drawing:
        """What it looks like."""
        found = self.parts()
        return NOTHING if found is None else draw_change(found[0], *found[1])

    @cached_property
    def seen_twice_share(self) -> float | None:
        """Of the ground newly in view, the share that two or more other cameras see already."""
        found = self.parts()
        return None if found is None else share_seen_twice(found[0], found[1][0])

    @property
    def ground(self) -> Ground | None:
        """The demand around it."""
        found = self.parts()
        return None if found is None else found[0].ground


class Quick:
    """Nominal what-if at one density and that of facades, over the home of `engine`. Thread-safe.

    Figures are those of `WhatIf.compare` with the same changes, as far as they are told here (`sums.FIGURES`).
    """

    def __init__(self, engine: WhatIf) -> None:
        self._engine, self.rules = engine, engine.rules
        self._todays = _Recent[Today](_KEPT_DENSITIES)
        self._vicinities = _Recent[Vicinity](_KEPT_VICINITIES)
        self._outcomes = _Recent[Outcome](_KEPT_OUTCOMES)
        self._looking = _Recent[Looking](_KEPT_OUTCOMES)
        self._views = _Recent[Any](_KEPT_OUTCOMES)

    def alone(self, edits: Sequence[Edit], px_per_m: float, *, people: bool) -> list[Outcome]:
        """What each of `edits` does by itself at `px_per_m`; of people and cases only with `people`."""
        return [self._outcome((edit,), px_per_m, people) for edit in edits]

    def together(self, edits: Sequence[Edit], px_per_m: float, *, people: bool) -> list[Outcome]:
        """What `edits` do all at once: outcomes that do not touch each other, so that their gains add up.

        Errors: `BadQuery` where they see too much ground.
        """
        today = self._today(px_per_m)
        reach = self.rules.near_home_m
        boxes = np.array([bounds_of(self._windows(today, [edit], px_per_m)) for edit in edits]).reshape(-1, 4)
        groups = _groups(boxes + reach * np.array([-1.0, -1.0, 1.0, 1.0]))
        return [self._outcome(tuple(edits[at] for at in group), px_per_m, people) for group in groups]

    def view_of(self, edit: Edit, px_per_m: float) -> Any:
        """The ground that the camera then sees at `px_per_m`, nominal, its masks cut out: one (multi)polygon."""

        def draw() -> Any:
            return shapely.union_all(to_sectors(self._come(edit, px_per_m).ground, self.rules))

        return self._views.get((px_per_m, edit.key), draw)

    def unseen_road(self, level: str, code: str, bounds: Floats, px_per_m: float) -> Floats:
        """The road that no camera sees today in the finest unit `code`, which lies within `bounds` (metres).

        Segments (n, 4: ax, ay, bx, by) in the metric CRS. Errors: `BadQuery` where the unit is too large.
        """
        return self._vicinity(self._today(px_per_m), bounds, px_per_m).unseen_road(level, code)

    def _outcome(self, edits: tuple[Edit, ...], px_per_m: float, people: bool) -> Outcome:
        key = px_per_m, people, tuple(edit.key for edit in edits)
        return self._outcomes.get(key, lambda: self._work_out(edits, px_per_m, people))

    def _work_out(self, edits: Sequence[Edit], px_per_m: float, people: bool) -> Outcome:
        found = self._parts(edits, px_per_m)
        if found is None:
            return Outcome(Gains(self._engine), lambda: None)
        gains = measure_gains(self._engine, found[0], *found[1], people=people)
        return Outcome(gains, lambda: self._parts(edits, px_per_m))

    def _parts(self, edits: Sequence[Edit], px_per_m: float) -> Parts | None:
        """The vicinity of `edits` and what changes of its views; None where none does."""
        today = self._today(px_per_m)
        windows = self._windows(today, edits, px_per_m)
        if not len(windows):
            return None
        come = join_looking([self._come(edit, px_per_m) for edit in edits])
        vicinity = self._vicinity(today, bounds_of(windows), px_per_m)
        gone = vicinity.rows_of({edit.gone for edit in edits if edit.gone is not None})
        return vicinity, swap_looking(vicinity.looking, gone, come)

    def _windows(self, today: Today, edits: Sequence[Edit], px_per_m: float) -> Floats:
        """Bounds of all views that go and come."""
        rows: Ints = np.array([row for edit in edits for row in today.rows_of.get(edit.gone, ())], dtype=np.int64)
        come = [self._come(edit, px_per_m).boxes for edit in edits]
        boxes = np.vstack([today.looking.take(rows).boxes, *come])
        return boxes[np.isfinite(boxes[:, 0])]

    def _come(self, edit: Edit, px_per_m: float) -> Looking:
        return self._looking.get((px_per_m, edit.key), lambda: look_nominal(edit.come, self.rules, px_per_m))

    def _today(self, px_per_m: float) -> Today:
        def make() -> Today:
            return Today(self._engine.names, look_nominal(self._engine.online, self.rules, px_per_m))

        return self._todays.get(px_per_m, make)

    def _vicinity(self, today: Today, bounds: Floats, px_per_m: float) -> Vicinity:
        """A vicinity that holds `bounds` and what homes there are near to."""
        needed = bounds + (2 * self.rules.near_home_m + 1.0) * np.array([-1.0, -1.0, 1.0, 1.0])
        for key, vicinity in self._vicinities.items():
            if key[0] == px_per_m and vicinity.holds(needed):
                self._vicinities.touch(key)
                return vicinity
        low = np.floor((needed[:2] - _ROOM_M) / _STEP_M) * _STEP_M
        high = np.ceil((needed[2:] + _ROOM_M) / _STEP_M) * _STEP_M
        if float(np.prod(high - low)) > MAX_WORLD_M2:
            raise BadQuery(TOO_WIDE)
        box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        return self._vicinities.get((px_per_m, box), lambda: cut_vicinity(self._engine, today, box))


def _groups(boxes: Floats) -> list[list[int]]:
    """Boxes that meet, directly or through others, by their positions.

    >>> _groups(np.array([[0.0, 0, 1, 1], [5, 5, 6, 6], [1, 1, 2, 2]]))
    [[0, 2], [1]]
    """
    near, left, found = meet(boxes, boxes), list(range(len(boxes))), []
    while left:
        group, edge = {left[0]}, {left[0]}
        while edge:
            edge = {other for at in edge for other in np.flatnonzero(near[at]).tolist()} - group
            group |= edge
        found.append(sorted(group))
        left = [at for at in left if at not in group]
    return found


class _Recent(Generic[Value]):
    """The values asked for last, by key, each made once."""

    def __init__(self, n_values: int) -> None:
        self._n_values = n_values
        self._values: OrderedDict[Any, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], Value]) -> Value:
        """The value under `key`, made by `make()` where there is none."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._n_values:
                self._values.popitem(last=False)
        return value

    def touch(self, key: Any) -> None:
        """Count the value under `key` as asked for."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)

    def items(self) -> list[tuple[Any, Value]]:
        """All of them, the latest first."""
        with self._lock:
            return list(reversed(self._values.items()))
