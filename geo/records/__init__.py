"""The system of record: source rows, refusals, keys, sessions, audit and jobs of one home, in SQLite (WAL, FULL).

People change records; a build turns them into a snapshot; faces read snapshots. `Records.open` is the door.
"""

from geo.records.backups import restore
from geo.records.base import Key
from geo.records.importing import Importing
from geo.records.jobs import Job
from geo.records.staging import Counts, Part
from geo.records.store import Records

__all__ = ["Counts", "Importing", "Job", "Key", "Part", "Records", "restore"]
