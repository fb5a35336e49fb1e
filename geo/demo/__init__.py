"""The demo: a prefecture of invented borders, and the ordinary source files that people would bring of it."""

from geo.demo.labels import labels_text
from geo.demo.sources import ATTRIBUTION, TITLE, write_sources

__all__ = ["ATTRIBUTION", "TITLE", "labels_text", "write_sources"]
