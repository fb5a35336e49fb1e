"""Folium elements: the page that the service sends, the same page as one file or notebook figure, and a unit layer."""

from webmap.maps.composer import coverage_map, hotspots_map

__all__ = ["coverage_map", "hotspots_map"]
