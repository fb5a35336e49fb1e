"""The system of record: source rows, refusals, keys, sessions, audit and jobs of one home, in SQLite (WAL, FULL).

People change records; a build turns them into a snapshot; faces read snapshots. `Records.open` is the door.
"""

from geo.records.backups import restore
from geo.records.base import Key
from geo.records.edit_log import Edit
from geo.records.edits import Wanted
from geo.records.feed import FeedBatch, Status, Taken
from geo.records.history import Imported
from geo.records.importing import Importing
from geo.records.jobs import Job
from geo.records.refused import Refused
from geo.records.register_rows import RegisterRow
from geo.records.scenarios import Plan, Scenario
from geo.records.staging import Counts, Part
from geo.records.store import Records

__all__ = [
    "Counts",
    "Edit",
    "FeedBatch",
    "Imported",
    "Importing",
    "Job",
    "Key",
    "Part",
    "Plan",
    "Records",
    "Refused",
    "RegisterRow",
    "Scenario",
    "Status",
    "Taken",
    "Wanted",
    "restore",
]
