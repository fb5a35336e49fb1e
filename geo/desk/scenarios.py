"""Scenarios at the desk: plans of changes of cameras, saved, listed, compared with the figures of today.

A scenario answers against the current snapshot, whichever it was made against, and says so. An edit whose camera is
gone is named and kept, and does nothing.
"""

from collections.abc import Mapping
from typing import Any

from geo.desk.desk import Desk
from geo.desk.register import Register
from geo.desk.scenario_files import scenario_file
from geo.desk.values import to_instant
from geo.errors import Forbidden, Words
from geo.records import Plan, Records, Scenario
from geo.schema import Role
from geo.snapshot.store import Snapshot

Edit = Mapping[str, Any]


class Scenarios:
    """The scenarios of a home, for planners and above. Errors are those of `Records`, and `Forbidden`."""

    def __init__(self, records: Records, register: Register) -> None:
        self._records, self._register = records, register

    def heads(self, who: str, snapshot: Snapshot) -> list[dict[str, Any]]:
        """Those of `who` and those shared, the latest changed first, without their edits."""
        return [_to_head(one, who, snapshot) for one in self._records.scenarios(who)]

    def show(self, scenario_id: str, who: str, snapshot: Snapshot) -> dict[str, Any]:
        """One scenario, to whoever knows its id; `missing` are the cameras of its edits that are gone."""
        return self._to_record(self._records.scenario(scenario_id), who, snapshot)

    def add(self, asked: Mapping[str, Any], who: str, snapshot: Snapshot) -> dict[str, Any]:
        """Keep a new scenario (name, edits, view, note, shared) of `who`; errors also those of `Register.proposed`."""
        return self.show(self._records.add_scenario(self._to_plan(asked, snapshot), who), who, snapshot)

    def change(
        self, scenario_id: str, asked: Mapping[str, Any], version: int, who: str, role: Role, snapshot: Snapshot
    ) -> dict[str, Any]:
        """Put `asked` in the place of what was read as `version`: its author, an editor, or anybody if it is shared."""
        there = self._records.scenario(scenario_id)
        if not there.plan.shared:
            _check_owner(there, who, role)
        return self._to_record(
            self._records.change_scenario(scenario_id, self._to_plan(asked, snapshot), version), who, snapshot
        )

    def drop(self, scenario_id: str, who: str, role: Role) -> None:
        """Delete a scenario: its author or an editor."""
        _check_owner(self._records.scenario(scenario_id), who, role)
        self._records.drop_scenario(scenario_id)

    def file(
        self, scenario_id: str, fmt: str, table: str, desk: Desk, role: Role, at: float | None
    ) -> tuple[bytes, int]:
        """A scenario as a file, answered at `at` px/m against the current figures, and its number of rows.

        Edits that are off, or whose camera is gone, have a row and no gain.
        """
        found = self._records.scenario(scenario_id)
        edits = found.plan.edits
        on = self._register.proposed([to_edit(edit) for edit in edits if edit["on"]], without_gone=True)
        answer = desk.what_if(on, role, at, is_quick=True)
        before = self._records.register_values("cameras", [edit["uid"] for edit in edits if edit.get("uid")])
        return scenario_file(found, on, answer, before, desk.snapshot(), fmt, table)

    def _to_plan(self, asked: Mapping[str, Any], snapshot: Snapshot) -> Plan:
        edits = [{"uid": None, **to_edit(edit), "on": edit["on"]} for edit in asked["edits"]]
        self._register.proposed([to_edit(edit) for edit in edits], without_gone=True)
        told = {name: asked[name] for name in ("view", "note", "shared")}
        return Plan(asked["name"], edits, snapshot.id, snapshot.number, **told)

    def _to_record(self, scenario: Scenario, who: str, snapshot: Snapshot) -> dict[str, Any]:
        uids = [edit["uid"] for edit in scenario.plan.edits if edit.get("uid")]
        there = self._records.register_values("cameras", uids)
        return {
            **_to_head(scenario, who, snapshot),
            "missing": [uid for uid in uids if uid not in there],
            "edits": scenario.plan.edits,
            "view": scenario.plan.view,
        }


def to_edit(edit: Edit) -> dict[str, Any]:
    """An edit as what-if takes it: {"uid", "values"}, {"values"} or {"uid", "remove"}.

    >>> to_edit({"uid": "c:1", "values": None, "remove": True, "on": False})
    {'uid': 'c:1', 'remove': True}
    """
    return {name: edit[name] for name in ("uid", "values", "remove") if edit.get(name) is not None}


def _to_head(scenario: Scenario, who: str, snapshot: Snapshot) -> dict[str, Any]:
    plan = scenario.plan
    return {
        "id": scenario.id,
        "name": plan.name,
        "author": scenario.author,
        "mine": scenario.author == who,
        "created": to_instant(scenario.created_at),
        "changed": to_instant(scenario.changed_at),
        "version": scenario.version,
        "snapshot": plan.snapshot,
        "snapshot_number": plan.snapshot_number,
        "is_current": plan.snapshot == snapshot.id,
        "n_edits": len(plan.edits),
        "note": plan.note,
        "shared": plan.shared,
    }


def _check_owner(scenario: Scenario, who: str, role: Role) -> None:
    if who != scenario.author and role != "editor":
        raise Forbidden(
            Words("only its author or an editor may do this with a scenario", "只有方案作者或编辑员可以这样操作")
        )
