"""The one object that a running service asks: it holds the current snapshot and answers for a role."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from geo.desk import (
    camera_evidence,
    camera_plan,
    cameras,
    density,
    evidence,
    facts,
    gaps,
    history,
    layers,
    listing,
    measures,
    relief,
    safeguards,
    scope,
    standing,
    whatif,
)
from geo.desk import shown as shown_room
from geo.desk import units as units_room
from geo.desk.asking import GapQuestions, IncidentQuestions
from geo.desk.held import Held, Holder, Kept
from geo.desk.live import Live, LiveTable, row_numbers
from geo.desk.touched import merge_steps
from geo.errors import BadQuery, NotAvailable, NotFound, Words
from geo.records import Records
from geo.records.labels import read_labels
from geo.records.overlay import EDITED_TABLES
from geo.schema import RESULTS, Role
from geo.schema.column import may_see
from geo.snapshot import export, queries
from geo.snapshot.refused import refusals
from geo.snapshot.store import Snapshot
from geo.tiles import encode


class Desk(GapQuestions, IncidentQuestions):
    """Answers about the home in folder `home`. Thread-safe; takes up a new snapshot within a second.

    Every method takes the role and shows it no more than it may see. Errors are those of `geo.errors`: `BadQuery`,
    `NotFound`, `Forbidden`, `NotAvailable`, `NoSnapshot`.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._holder = Holder(home)
        self._live = Live(home)
        self._months = history.Months(home)
        self._what_if = Kept(limit=1)  # large; of the last snapshot that was asked

    def snapshot(self) -> Snapshot:
        """The snapshot being served."""
        return self._holder.current().snapshot

    def warm_up(self, role: Role) -> None:
        """Compile the tile kernels and work out what pages of `role` ask, the first page first, so that none waits."""
        encode.warm_up()
        held = self._holder.current()
        facts.describe(held, role)
        for level in held.snapshot.home.levels:
            units_room.list_units(held, level.name)
        for level in reversed(held.snapshot.home.levels):
            for name in measures.METRICS:
                with suppress(NotAvailable):
                    measures.metric_columns(held, name, level.name, role, None, None)
            if may_see(role, "planner"):
                with suppress(NotAvailable):
                    gaps.gap_columns(held, level.name, role)
        if held.snapshot.has("cameras"):
            top = held.snapshot.home.levels[-1].name
            history.unit_months(held, self._months, top, units_room.list_units(held, top)["code"][0], role)
        with suppress(NotAvailable):
            density.density_picture(held, role, density.WIDTH_PX, density.DensityQuery())
        with suppress(NotAvailable):
            safeguards.camera_rows(held)
        if relief.has_elevation(held):
            relief.draw_all(held)
        layers.draw_ahead(held)
        if held.snapshot.has("incidents"):
            standing.warm_up(held, role)
        whatif.warm_up(held, self._what_if, role)

    def describe(self, role: Role) -> dict[str, Any]:
        """The boot record of a page: titles, levels, scales, rules; no counts."""
        return facts.describe(self.held(role), role)

    def labels(self) -> dict[str, Words]:
        """Names that the home's own file gives to words of its records, by key; see `read_labels`."""
        return read_labels(self._home)

    def ledger(self, role: Role) -> dict[str, Any]:
        """What became of every row that was read, per joined table and level."""
        return facts.describe_ledger(self.held(role), role)

    def units(self, level: str, role: Role) -> dict[str, Any]:
        """Units of `level` as columns; the position is the unit number. `lon`, `lat`, `bbox` in WGS84 degrees."""
        return units_room.list_units(self.held(role), level)

    def scope(self, role: Role, place: str | None, level: str | None, column: str | None) -> scope.Scope:
        """What a picture of `place` shows: the level of its units, which they are, their outlines."""
        return scope.find_scope(self.held(role), place, level, column)

    def metrics(
        self, name: str, level: str, role: Role, within: str | None = None, at: float | None = None
    ) -> dict[str, Any]:
        """Columns of "coverage" or "hotspots" by unit number, None outside `within` and where hidden."""
        return measures.metric_columns(self.held(role), name, level, role, within, at)

    def card(self, level: str, code: str, role: Role, at: float | None = None) -> dict[str, Any]:
        """Everything about one unit."""
        held = self.held(role)
        card = measures.unit_card(held, level, code, role, at)
        return card | {"gap": gaps.gap_of_unit(held, level, code, role)}

    def history(self, level: str, code: str, role: Role) -> dict[str, Any]:
        """Month-end values of coverage of one unit, oldest first."""
        return history.unit_months(self.held(role), self._months, level, code, role)

    def history_columns(self, month: str, level: str, role: Role) -> dict[str, Any]:
        """Month-end values of coverage of all units of `level` in one month, by unit number."""
        return history.month_columns(self.held(role), self._months, month, level, role)

    def evidence(self, figure: str, level: str, code: str, role: Role, at: float | None = None) -> dict[str, Any]:
        """What stands behind the figure "TABLE.COLUMN" of a unit: meaning, formula with its numbers, rows."""
        return evidence.explain(self.held(role), figure, level, code, role, at)

    def camera_evidence(self, figure: str, uid: str, role: Role) -> dict[str, Any]:
        """What stands behind the figure "cameras.COLUMN" of a camera; planner up."""
        held = self.held(role)
        return camera_evidence.explain_camera(held, self._live_table(held, "cameras"), figure, uid, role)

    def identify(
        self, lon: float, lat: float, role: Role, at: float | None = None, levels: list[str] | None = None
    ) -> dict[str, Any]:
        """What is at a WGS84 point: units, and for a planner the cameras that see it."""
        held = self.held(role)
        return cameras.identify(held, self._live_table(held, "cameras"), lon, lat, role, at, levels)

    def camera(self, uid: str, role: Role, at: float | None = None) -> dict[str, Any]:
        """One camera's record and views, as it is now; planner up."""
        held = self.held(role)
        return cameras.describe_camera(held, self._live_table(held, "cameras"), uid, role, at)

    def place(self, uid: str, role: Role) -> dict[str, Any]:
        """Whether a key place is as the measures have it: {uid, live}; planner up."""
        held = self.held(role)
        queries.columns_of("cameras", role)
        live = self._live_table(held, "places")
        numbers = {} if live is None else row_numbers(held, live, "places")
        if live is None or uid not in numbers:
            raise NotFound(Words(f"no key place {uid!r}", f"没有重点部位 {uid!r}"))
        return {"uid": uid, "live": numbers[uid] >= live.n_built}

    def rows(
        self,
        table: str,
        role: Role,
        *,
        bbox: listing.Box | None = None,
        level: str | None = None,
        within: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict[str, Any]:
        """A page of rows as they are now; cameras and key places planner up, incidents analyst up."""
        held = self.held(role)
        queries.columns_of("incidents" if table == "incidents" else "cameras", role)
        if not held.snapshot.has(table):
            raise NotAvailable(measures.not_loaded(table))
        live = self._live_table(held, table)
        return listing.list_rows(held, table, live, bbox=bbox, level=level, within=within, limit=limit, offset=offset)

    def guarded_cameras(
        self, role: Role, level: str | None = None, within: str | None = None, part: safeguards.Part = "all"
    ) -> dict[str, Any]:
        """Installed cameras by what counts against them, as columns, worst first; without places below planner."""
        return safeguards.list_cameras(self.held(role), role, level, within, part)

    def camera_plan(self, uid: str, role: Role) -> dict[str, Any]:
        """What stands around a camera of the snapshot: its view, facade in it, suggested mask, a better azimuth."""
        return camera_plan.plan_camera(self.held(role), uid, role)

    def shown_cameras(self, role: Role, wanted: shown_room.Wanted, shown: shown_room.Shown) -> pd.DataFrame:
        """The cameras that the safeguards desk shows, filters and all, in its order; unnamed below planner."""
        return shown_room.told_cameras(self.held(role), role, wanted, shown)

    def shown_units(self, role: Role, wanted: shown_room.Wanted, shown: shown_room.Shown) -> pd.DataFrame:
        """The units that the safeguards desk shows, filters and all, in its order."""
        return shown_room.shown_units(self.held(role), role, wanted, shown)[0]

    def shown_bytes(
        self,
        of: shown_room.Of,
        fmt: str,
        role: Role,
        wanted: shown_room.Wanted,
        shown: shown_room.Shown,
        tell: export.Tell = export.silent,
    ) -> tuple[bytes, int]:
        """What the safeguards desk shows as a file of format `fmt`, filters and all, and its number of rows."""
        return shown_room.to_file(self.held(role), of, fmt, role, wanted, shown, tell)

    def tile(self, layer: str, z: int, x: int, y: int, role: Role, at: float | None = None) -> bytes:
        """A vector tile; b"" where it is empty."""
        held = self.held(role)
        return layers.tile_bytes(held, layer, z, x, y, role, at, self._live_table(held, layers.table_of(layer)))

    def relief(self, z: int, x: int, y: int, role: Role) -> bytes:
        """A picture tile (PNG) of the shaded land; b"" where it is empty, `NotAvailable` without elevation."""
        queries.result_table("units", role)
        return relief.relief_tile(self.held(role), z, x, y)

    def search(self, text: str, role: Role, limit: int = 8) -> list[dict[str, Any]]:
        """Units (and cameras, planner up) by code or name, the closest first."""
        held = self.held(role)
        return units_room.search(held, self._live_table(held, "cameras"), text, role, limit)

    def what_if(
        self,
        proposal: whatif.Proposal,
        role: Role,
        at: float | None = None,
        *,
        all_densities: bool = False,
        is_quick: bool = False,
    ) -> dict[str, Any]:
        """What would be gained and lost if cameras stood as in `Register.proposed`; planner up."""
        asked = {"all_densities": all_densities, "is_quick": is_quick}
        return whatif.what_if(self.held(role), self._what_if, proposal, role, at, **asked)

    def live_change(self) -> int:
        """The number of the latest live change: the same for every process of the home."""
        return self._live.change()

    def changes(
        self, since: int, snapshot: int | None = None, role: Role = "leader", *, is_stale: bool = False
    ) -> dict[str, Any] | None:
        """The live change number, the snapshot, whether it is stale, what was touched since; None where all is as told.

        Stale is a snapshot after which a build failed. `touched` is {boxes (WGS84 degrees), cameras}, of the layers
        that `role` sees; None: anything may be.
        """
        held, change = self.held(role), self._live.change()
        stale = self._live.has_failed_since(held.snapshot.built_at)
        if (change, stale) == (since, is_stale) and snapshot in (None, held.snapshot.number):
            return None
        hidden = () if may_see(role, RESULTS["cameras"].sees) else ("cameras",)
        tables = [name for name in EDITED_TABLES if held.snapshot.has(name) and name not in hidden]
        touched = merge_steps([self._live.touched(held, name, since) for name in tables])
        return {"change": change, "snapshot": facts.describe_snapshot(held), "stale": stale, "touched": touched}

    def table(
        self,
        name: str,
        role: Role,
        level: str | None = None,
        within: str | None = None,
        at: float | None = None,
        limit: int | None = None,
        offset: int = 0,
        lang: str = "en",
    ) -> pd.DataFrame:
        """The rows of a table; `attrs["hidden"]` maps column -> positions of hidden cells."""
        if offset < 0 or (limit is not None and limit < 1):
            raise BadQuery(Words("limit is 1 or more, offset 0 or more", "limit 至少为 1，offset 不小于 0"))
        if name == "refusals":
            queries.columns_of(name, role)
            with Records.open(self._home) as records:
                return refusals(records, role, lang, limit=limit, offset=offset)
        snapshot = self.held(role).snapshot
        return queries.table(snapshot, name, level=level, within=within, at=at, role=role, limit=limit, offset=offset)

    def table_rows(self, name: str, role: Role, **query: Any) -> dict[str, Any]:
        """`table` as {"columns", "rows", "hidden"}, JSON-ready, without geometry."""
        return measures.table_rows(self.table(name, role, **query), name, role)

    def table_bytes(
        self,
        name: str,
        fmt: str,
        level: str | None = None,
        within: str | None = None,
        at: float | None = None,
        role: Role = "leader",
        lang: str = "en",
        tell: export.Tell = export.silent,
    ) -> tuple[bytes, int]:
        """A table as a file of format `fmt`, and its number of rows; `tell` hears the share that is written."""
        frame = self.table(name, role, level=level, within=within, at=at, lang=lang)
        return export.to_bytes(frame, name, fmt, self.snapshot(), tell=tell), len(frame)

    def _live_table(self, held: Held, table: str) -> LiveTable | None:
        return self._live.table(held, table) if table in EDITED_TABLES and held.snapshot.has(table) else None

    def held(self, role: Role) -> Held:
        """The snapshot that is served and what is kept of it, for `role` to read from."""
        queries.result_table("units", role)
        return self._holder.current()
