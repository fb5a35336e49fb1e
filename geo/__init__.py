"""Gridscope's library: from boundary polygons, cameras and incidents to coverage and hotspots.

No web framework, no globals, no environment variables live here; see `webmap` for the faces.
"""
