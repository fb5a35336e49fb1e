"""Vector tiles: the display pyramid of the units and our own encoder (Mapbox Vector Tile 2.1)."""
