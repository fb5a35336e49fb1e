"""Scenarios: plans of changes of cameras, kept under short ids that nobody guesses; nothing of them is done."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from geo.errors import BadQuery, Conflict, NotFound, Words
from geo.records.base import Base
from geo.records.moments import now_us, to_datetime
from geo.records.tables import SCENARIOS

#: One author has no more than these.
MAX_OF_AUTHOR = 500
_MANY = Words(
    f"you have {MAX_OF_AUTHOR} scenarios already; delete some of them", f"您已有 {MAX_OF_AUTHOR} 个方案，请先删除一些"
)


@dataclass(frozen=True)
class Plan:
    """What is planned: edits in their order (JSON objects, each with `on`), the place on the map, a note.

    `snapshot` and `snapshot_number` say against which figures it was made; `shared` ones are listed to everybody.
    """

    name: str
    edits: list[dict[str, Any]]
    snapshot: str
    snapshot_number: int
    view: dict[str, Any] | None = None
    note: str = ""
    shared: bool = False


@dataclass(frozen=True)
class Scenario:
    """A plan as it is kept; `version` grows by one with each change."""

    id: str
    author: str
    created_at: datetime
    changed_at: datetime
    version: int
    plan: Plan = field(repr=False)


class ScenarioRecords(Base):
    """The scenarios of a home."""

    def scenarios(self, who: str) -> list[Scenario]:
        """Those of `who` and those shared, the latest changed first."""
        s = SCENARIOS.c
        query = select(SCENARIOS).where(or_(s.author == who, s.shared)).order_by(s.changed_at.desc(), s.id)
        with self.reading() as connection:
            return [_to_scenario(row) for row in connection.execute(query)]

    def scenario(self, scenario_id: str) -> Scenario:
        """One scenario. Errors: `NotFound`."""
        with self.reading() as connection:
            found = connection.execute(select(SCENARIOS).where(SCENARIOS.c.id == scenario_id)).one_or_none()
        if found is None:
            raise _no_scenario(scenario_id)
        return _to_scenario(found)

    def add_scenario(self, plan: Plan, author: str) -> str:
        """Keep a new one; returns its id. Errors: `BadQuery` where the author has too many.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     one = records.add_scenario(Plan("Old market", [], "0123", 7), "planner")
        ...     two = records.change_scenario(one, Plan("New market", [], "0123", 7), 1)
        ...     (found,) = records.scenarios("planner")
        ...     len(one), two.version, found.plan.name, records.scenarios("somebody else")
        (16, 2, 'New market', [])
        """
        scenario_id, now = secrets.token_hex(8), now_us()
        with self.writing() as connection:
            of_author = select(func.count()).select_from(SCENARIOS).where(SCENARIOS.c.author == author)
            if int(connection.execute(of_author).scalar_one()) >= MAX_OF_AUTHOR:
                raise BadQuery(_MANY)
            row = {"id": scenario_id, "author": author, "created_at": now, "changed_at": now, "version": 1}
            connection.execute(insert(SCENARIOS).values(**row, **_to_row(plan)))
        return scenario_id

    def change_scenario(self, scenario_id: str, plan: Plan, version: int) -> Scenario:
        """Put `plan` in the place of what was read as `version`.

        Errors: `NotFound`, `Conflict` where it was changed in the meantime.
        """
        s = SCENARIOS.c
        with self.writing() as connection:
            found = connection.execute(select(s.version).where(s.id == scenario_id)).scalar_one_or_none()
            if found is None:
                raise _no_scenario(scenario_id)
            if found != version:
                raise Conflict(
                    Words(
                        "this scenario was changed in the meantime; look at it again, or save yours under a new name",
                        "该方案已被他人修改；请重新打开，或另存为新方案",
                    )
                )
            row = {"changed_at": now_us(), "version": version + 1, **_to_row(plan)}
            connection.execute(update(SCENARIOS).where(s.id == scenario_id).values(**row))
        return self.scenario(scenario_id)

    def drop_scenario(self, scenario_id: str) -> None:
        """Delete it for good. Errors: `NotFound`."""
        with self.writing() as connection:
            if not connection.execute(delete(SCENARIOS).where(SCENARIOS.c.id == scenario_id)).rowcount:
                raise _no_scenario(scenario_id)


def _to_row(plan: Plan) -> dict[str, Any]:
    view = None if plan.view is None else json.dumps(plan.view)
    return {**asdict(plan), "edits": json.dumps(plan.edits, ensure_ascii=False), "view": view}


def _to_scenario(row: Row[Any]) -> Scenario:
    plan = Plan(
        row.name,
        json.loads(row.edits),
        row.snapshot,
        row.snapshot_number,
        None if row.view is None else json.loads(row.view),
        row.note,
        row.shared,
    )
    created, changed = to_datetime(row.created_at), to_datetime(row.changed_at)
    return Scenario(row.id, row.author, created, changed, row.version, plan)


def _no_scenario(scenario_id: str) -> NotFound:
    return NotFound(Words(f"no scenario {scenario_id!r}", f"没有方案 {scenario_id!r}"))
