"""Intake: files become clean tables, or are refused with file, line and reason."""

from geo.intake.clean import CleanTable, iter_clean
from geo.intake.mapping import Mapping, home_info, read_mapping
from geo.intake.reasons import REASONS, explain

__all__ = ["REASONS", "CleanTable", "Mapping", "explain", "home_info", "iter_clean", "read_mapping"]
