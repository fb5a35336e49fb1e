"""Which rates and times of cases a role below analyst may not see, of units and of groups of their cases.

Groups (words, months) are told of units of large levels only; see `large_levels`.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from geo.snapshot.case_rows import Bools, By, Floats, Until, count_cases, count_waiting
from geo.snapshot.counts import hide_steps
from geo.snapshot.crossed import Crossed
from geo.snapshot.hiding import hide_groups, hide_in_tree, parents_of
from geo.snapshot.large_levels import find_large, hide_rest
from geo.snapshot.parts import hide_parts
from geo.snapshot.protect import hide_rates, hide_shares
from geo.snapshot.store import Snapshot

#: Counts of cases, each part of the next.
_SPLITS = (
    ("n_on_time", "n_closed", "n_due"),
    ("n_filed", "n_received"),
    ("n_mediated", "n_solved", "n_accepted", "n_received"),
)


def large_units(snapshot: Snapshot, by: By) -> Bools:
    """Units of the levels of which groups are told below analyst, bool (units,); of units as a whole: all."""

    def find() -> Bools:
        units = snapshot.frame("units")
        if by == "unit":
            return np.ones(len(units), dtype=bool)
        return find_large(count_cases(snapshot, by)["n_received"], units, snapshot.home, snapshot.rules.min_count)

    found: Bools = snapshot.cached(f"large:{by}", find)
    return found


def hidden_rates(snapshot: Snapshot, by: By) -> dict[str, Bools]:
    """Cells of the counts and shares of all cases to hide, bool (units, groups) each."""
    units, home, min_count = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count

    def hide() -> dict[str, Bools]:
        counts = count_cases(snapshot, by)
        if by == "unit":
            cells = hide_rates({name: one[:, 0] for name, one in counts.items()}, units, home, min_count)
            return {name: one[:, None] for name, one in cells.items()}
        large, wholes = large_units(snapshot, by), hidden_rates(snapshot, "unit")
        if large.any():
            # The received of a month are told by the counts in time, too, and of every level.
            received = hide_steps(snapshot, "month")[large] if by == "month" else None
            of_units = {name: one[large, 0] for name, one in wholes.items()}
            of_large = {name: one[large] for name, one in counts.items()}
            cells = hide_rates(of_large, units[large], home, min_count, of_units, received)
            for split in _SPLITS:
                ends = [name for name in split if np.isfinite(of_large[name]).all()]
                cells |= _hide_crossed(snapshot, large, ends, of_large, cells, of_units)
            cells |= hide_shares(cells)
        n_groups = counts["n_received"].shape[1]
        return {name: hide_rest(large, n_groups, partial(cells.__getitem__, name)) for name in wholes}

    found: dict[str, Bools] = snapshot.cached(f"hidden:rates:{by}", hide)
    return found


def hidden_waiting(snapshot: Snapshot, by: By, until: Until) -> Bools:
    """Units and groups of which no time is told, bool (units, groups): cases, open or ended ones are few there, or the
    rates do not tell as much."""

    def hide() -> Bools:
        n, n_open = count_waiting(snapshot, by, until)
        rates = hidden_rates(snapshot, by)
        hidden = _hide_waiting(snapshot, by, n, n_open) | rates["n_received"]
        if until == "accepted":
            hidden |= rates["n_accepted"]
        large = large_units(snapshot, by)
        if by == "unit" or not large.any():
            return hidden
        # The rates tell how many are timed where all of the received are.
        cells = {"n": rates["n_received"][large], "n_open": hidden[large]}
        of_unit = hidden_rates(snapshot, "unit")["n_received"], hidden_waiting(snapshot, "unit", until)
        wholes = {name: one[large, 0] for name, one in zip(("n", "n_open"), of_unit, strict=True)}
        counts = {"n": n[large], "n_open": n_open[large]}
        found = _hide_crossed(snapshot, large, ["n_open", "n"], counts, cells, wholes)
        return hide_rest(large, n.shape[1], lambda: hidden[large] | found["n_open"])

    found: Bools = snapshot.cached(f"hidden:waiting:{until}:{by}", hide)
    return found


def _hide_waiting(snapshot: Snapshot, by: By, n: Floats, n_open: Floats) -> Bools:
    units, home, min_count = snapshot.frame("units"), snapshot.home, snapshot.rules.min_count
    of_unit = hide_in_tree(n.sum(axis=1, keepdims=True), units, home, min_count)[:, 0]
    of_unit = hide_parts(n.sum(axis=1), [n_open.sum(axis=1)], of_unit, None, units, home, min_count)
    if by == "unit":
        return of_unit[:, None]
    large = large_units(snapshot, by)
    tree = units[large], home, min_count

    def hide() -> Bools:
        groups = hide_groups(n[large], *tree, of_unit[large])
        return hide_parts(n[large], [n_open[large]], groups, None, *tree, of_unit[large])

    return hide_rest(large, n.shape[1], hide)


def _hide_crossed(
    snapshot: Snapshot,
    large: Bools,
    ends: Sequence[str],
    counts: Mapping[str, Floats],
    hidden: Mapping[str, Bools],
    wholes: Mapping[str, Bools],
) -> dict[str, Bools]:
    """The cells to hide of counts `ends`, each part of the next, (large units, groups), that a linear programme adds to
    `hidden`; `wholes` (large units,) are hidden of the units' own."""
    if not ends:
        return {}
    crossed = Crossed(
        np.stack([counts[name] for name in ends], axis=2),
        np.stack([hidden[name] for name in ends], axis=2),
        np.ones((1, counts[ends[0]].shape[1])),
        np.stack([wholes[name] for name in ends], axis=1)[:, None],
        parents_of(snapshot.frame("units")[large], snapshot.home),
    )
    found = crossed.hide(snapshot.rules.min_count)
    return {name: found[:, :, place] for place, name in enumerate(ends)}
