"""Every table's columns, declared once: names, types, units, words, and who may see them.

`SOURCES` are the tables that a mapping fills (what people bring); `RESULTS` are the tables that
`gridscope table NAME` gives back. The column reference in the README is printed from here.
"""

from geo.schema.column import Column, Role, Table
from geo.schema.home import DEMO_NOTE, HomeInfo, Level
from geo.schema.results import CAMERA_WITHIN_M, GAP_REASONS, KEY_COLUMNS, RESULTS, SERVICE_WITHIN_M
from geo.schema.sources import KINDS, SOURCES

#: Raised whenever the columns of a stored table change.
SCHEMA_VERSION = 6

__all__ = [
    "CAMERA_WITHIN_M",
    "DEMO_NOTE",
    "GAP_REASONS",
    "KEY_COLUMNS",
    "KINDS",
    "RESULTS",
    "SCHEMA_VERSION",
    "SERVICE_WITHIN_M",
    "SOURCES",
    "Column",
    "HomeInfo",
    "Level",
    "Role",
    "Table",
]
