"""What a map in one file carries: tables of all units by column, what stands behind each figure, tiles; packed.

The page asks it what it asks of the service: `webmap/static/src/file` answers from these columns.
"""
