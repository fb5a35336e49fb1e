"""Intake: files become clean tables, or are refused with file, line and reason."""

from geo.intake.clean import CleanTable, iter_clean
from geo.intake.mapping import Mapping, TableSource, home_info, parse_mapping, read_mapping
from geo.intake.reasons import REASONS, explain, summarise
from geo.intake.standing import Standing, standing_units

__all__ = [
    "REASONS",
    "CleanTable",
    "Mapping",
    "Standing",
    "TableSource",
    "explain",
    "home_info",
    "iter_clean",
    "parse_mapping",
    "read_mapping",
    "standing_units",
    "summarise",
]
