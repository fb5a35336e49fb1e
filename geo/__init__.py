"""Gridscope's library: from boundary polygons, cameras and incidents to coverage and hotspots.

No web framework, no globals live here; see `webmap` for the faces. The one thing it tells the environment is which
drivers GDAL leaves out (`geo.drivers`), because there is no other way to.
"""

from geo.drivers import leave_out_drivers

leave_out_drivers()
